"""What the tests of every target may ask for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Golden = Callable[[str, Mapping[str, str]], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest, update: bool) -> Golden:
    """Compares emitted files with those in `golden/POLICY` beside the test; `--update` rewrites them.

    `golden("canary", {"fleet.json": …})`: a file more or less is a difference as well.
    """
    beside = request.path.parent / "golden"

    def compare(policy: str, emitted: Mapping[str, str]) -> None:
        folder = beside / policy
        if update:
            shutil.rmtree(folder, ignore_errors=True)
            for path, text in emitted.items():
                place = folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8", newline="\n")
            return
        kept = {_name(p, folder): p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()}
        assert sorted(kept) == sorted(emitted), "run `pytest --update` and read the difference"
        for path, text in emitted.items():
            assert text == kept[path], f"{folder / path}: run `pytest --update` and read the difference"

    return compare


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
