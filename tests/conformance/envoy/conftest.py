"""A module that writes its policy as TEXT finds it behind a real Envoy, with nothing where the pool GONE is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.envoy.gateway import Gateway, running
from tests.support.compiling import policy


@pytest.fixture(scope="module")
def gateway(request: pytest.FixtureRequest, envoy: Path) -> Iterator[Gateway]:
    with running(policy(request.module.TEXT), gone=getattr(request.module, "GONE", None)) as made:
        yield made
