"""A placement is the one best, and a clash is one of which each cause is needed: against every placement there is."""

from collections import Counter

import pytest

import wrpc
from tests.laws.placements import Fleet
from wrpc.fleet.placement import Placement, place

CASES = 520


@pytest.mark.parametrize("part", range(4))
def test_random_problems(part):
    seen: Counter[str] = Counter()
    for seed in range(part, CASES, 4):
        fleet = Fleet(seed)
        seen[compared(fleet)] += 1
    assert sum(seen.values()) == CASES // 4
    assert seen["placed"] >= 30, seen
    assert seen["impossible"] >= 20, seen
    assert seen["open"] >= 4, seen


def compared(fleet: Fleet) -> str:
    found = place(wrpc.loads(fleet.text))
    best = fleet.best()
    if best is None:
        assert found.verdict == "impossible", fleet.text
        clash(fleet, found)
    elif fleet.open or fleet.vague:
        assert found.verdict == "open", fleet.text
        if not fleet.open:
            assert place(wrpc.loads(fleet.text), optimal=False).verdict == "placed", fleet.text
    else:
        assert found.verdict == "placed", fleet.text
        assert standings(found) == expected(fleet, best), fleet.text
    return found.verdict


def standings(found: Placement) -> list[tuple[object, ...]]:
    return [(s.pool, s.phase, s.site, s.replicas, s.gpus) for s in found.standings]


def expected(fleet: Fleet, best: tuple[tuple[int, ...], ...]) -> list[tuple[object, ...]]:
    return [
        (u.pool, u.phase or None, s.name, best[i][j], best[i][j] * u.each)
        for i, u in enumerate(fleet.units)
        for j, s in enumerate(fleet.by_name)
        if best[i][j]
    ]


def clash(fleet: Fleet, found: Placement) -> None:
    """The causes alone are impossible, and without any one of them they are not."""
    assert all(cause.needed for cause in found.clash), fleet.text
    known = fleet.causes()
    for name in {c.name for c in found.clash}:
        assert name in known, (name, fleet.text)
    # Several `require` of a rule share a name: which of them is told by the text.
    lines = fleet.text.split("\n")
    numbered = []
    for cause in found.clash:
        at = 0
        if cause.name.startswith("require"):
            rule = next(r for r in fleet.rules if r.name == cause.name.rpartition(" ")[2])
            at = [f"require {text}" for text, _ in rule.requires].index(lines[cause.span.line - 1].strip())
        numbered.append((cause.name, at))
    assert not fleet.feasible(only=numbered), fleet.text
    for each in numbered:
        assert fleet.feasible(only=[o for o in numbered if o != each]), (each, numbered, fleet.text)
