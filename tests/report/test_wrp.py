"""docs/wrp.md and docs/compared.md: every link leads somewhere, and what the tables say of a policy is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wrpc.api
from tests.support.compiling import POLICIES
from wrpc.targets import TARGETS
from wrpc.targets.settings import block

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


@pytest.mark.parametrize("name", ["docs/wrp.md", "docs/compared.md"])
def test_every_link_works(root: Path, name: str):
    for _, link in LINK.findall((root / name).read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        target = ((root / name).parent / file).resolve() if file else root / name
        assert target.exists(), link
        if anchor:
            heads = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {slug(h) for h in heads}, link


def slug(heading: str) -> str:
    """The anchor of a heading, as the forge makes it."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower())
    return kept.strip().replace(" ", "-")


def directions(root: Path) -> list[list[str]]:
    text = (root / "docs/wrp.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if re.match(r"\| \d+ \|", line)]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def test_all_directions_and_cells_are_told(root: Path):
    assert [int(row[0].strip("| ")) for row in directions(root)] == [*range(1, 22)]
    text = (root / "docs/wrp.md").read_text(encoding="utf-8")
    cells = [row.split(" | ")[1:] for row in text.splitlines() if re.match(r"\| \*\*(workload|router|pool)\*\*", row)]
    assert [len(row) for row in cells] == [3, 3, 3]
    assert all("policies/" in cell and "WRP" in cell for row in cells for cell in row)


def test_every_direction_has_a_policy_that_its_target_carries(root: Path):
    """Where a row names a target, one of its policies has a block for it."""
    for row in directions(root):
        policies = {Path(link).stem for _, link in LINK.findall(row[3])}
        assert policies, row[2]
        assert policies <= POLICIES.keys()
        assert re.search(r"WRP\d+", row[4]), row[2]
        for target in {text for text, link in LINK.findall(row[5]) if link.startswith("targets.md")}:
            assert target in TARGETS
            assert any(block(wrpc.api.load(POLICIES[p]), target) for p in policies), (row[2], target)


def test_every_policy_of_the_library_is_named(root: Path):
    text = (root / "docs/wrp.md").read_text(encoding="utf-8")
    assert {name for name in POLICIES if f"policies/{name}.wrp" not in text} == set()
