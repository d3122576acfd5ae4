"""The programs that need an environment of their own: `make conformance` makes `.venvs/NAME` for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.conformance)


@pytest.fixture(scope="session")
def environment(root: Path) -> Callable[[str], Path]:
    """From the name of an environment to its folder of programs: `environment("fleet-sim") / "python"`."""

    def programs(name: str) -> Path:
        path = root / ".venvs" / name / "bin"
        if not (path / "python").exists():
            pytest.skip(f"no environment `.venvs/{name}` (`make conformance` makes it)")
        return path

    return programs
