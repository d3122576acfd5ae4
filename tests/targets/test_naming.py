"""Names of files."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrpc.targets.naming import check_path, stems


def test_a_plain_name_is_kept() -> None:
    assert stems(["short", "long_2", "a-b"]) == {"short": "short", "long_2": "long_2", "a-b": "a-b"}


@pytest.mark.parametrize("name", ["a/b", "..", ".", "", "a b", "con", "NUL", "ä", "x" * 80, "a\0b", "-x", "a.yaml"])
def test_any_other_is_made_plain(name: str) -> None:
    found = stems([name])[name]
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", found)
    check_path(f"{found}.yaml")


def test_names_that_a_disk_may_take_for_one() -> None:
    found = stems(["Short", "short"])
    assert len({f.lower() for f in found.values()}) == 2


@given(st.sets(st.text(max_size=70), max_size=8))
def test_no_two_names_share_a_file(names: set[str]) -> None:
    found = stems(sorted(names))
    assert len({f.lower() for f in found.values()}) == len(names)
    for stem in found.values():
        check_path(stem)
