"""How many examples a law is tried on: few enough for CI, many more at night. And how many of them it really compared:
a law whose examples are all refused before the comparison proves nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import HealthCheck, Phase, settings

NIGHTLY = 4
"""How many times as many examples a law is tried on at night."""

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

_seen: Counter[str] = Counter()


def compared(what: str = "compared", times: int = 1) -> None:
    """Said by a law where it has held one thing against another."""
    _seen[what] += times


def many(
    examples: int, *, floors: int | dict[str, int] | None = None, nightly: int | None = None
) -> Callable[[Any], Any]:
    """So many examples in CI, four times as many in the nightly profile, or so many as `nightly` says, whose seed is
    another each time.

    `floors`: how often the law has to say `compared` in CI, or how often of each name; below that it fails. Without
    floors every example is compared.

    A failure is shown as it was found: making one of a whole policy small takes minutes, at times hours. In CI the same
    one comes again; at night it is kept, and `WRPC_HYPOTHESIS_PROFILE=small` makes it small.
    """
    profile = settings.get_current_profile_name()
    times = 1 if profile == "ci" else NIGHTLY if nightly is None else nightly // examples
    found = [Phase.explicit, Phase.reuse, Phase.generate]
    phases = [*found, Phase.shrink] if profile == "small" else found
    named = {"compared": floors} if isinstance(floors, int) else floors or {}
    least = {what: floor * times for what, floor in named.items()}

    def law(test: Any) -> Any:
        run = settings(
            max_examples=examples * times, suppress_health_check=SLOW, phases=phases, report_multiple_bugs=False
        )(test)
        if not least:
            return run

        @wraps(run)
        def counted(*args: Any, **kwargs: Any) -> None:
            _seen.clear()
            run(*args, **kwargs)
            short = {what: _seen[what] for what, floor in least.items() if _seen[what] < floor}
            assert not short, f"compared too little: {short} where at least {least} are expected"

        return counted

    return law
