"""How many examples a law is tried on: few enough for CI, many more at night."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def many(examples: int) -> Callable[[Any], Any]:
    """So many examples in CI, or as many as another profile says.

    In CI a failure is shown as it was found: the same one comes again, and making it small takes minutes.
    """
    if settings.get_current_profile_name() != "ci":
        return settings(suppress_health_check=SLOW)
    return settings(
        max_examples=examples, suppress_health_check=SLOW, phases=[Phase.explicit, Phase.reuse, Phase.generate],
        report_multiple_bugs=False,
    )  # fmt: skip
