"""What guards leave of an action has the plan that the interpreter leaves."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.support.compiling import policy
from wrpc.decide.interpret import promoted
from wrpc.policy.model import Action, Planned, plan
from wrpc.targets.gateway.plans import left, whole_weights

POOLS = "pool a {} pool b {} pool c {} pool d {}\n"


def action(text: str) -> Action:
    found = policy(POOLS + f"default {{ {text} }}").default
    assert found is not None
    return found.action


def shown(planned: list[Planned]) -> list[tuple[str, str, Fraction | None]]:
    return [(p.pool, p.role, p.weight) for p in planned]


@given(dice=dices())
def test_every_removal_leaves_what_the_interpreter_leaves(dice: Dice) -> None:
    found = dice.draw(policies())
    for route in found.answering:
        whole = plan(route.action)
        names = sorted({p.pool for p in whole})
        for removed in (set(c) for n in range(len(names) + 1) for c in combinations(names, n)):
            ours = left(route.action, removed)
            theirs = promoted(route.action, [p for p in whole if p.pool not in removed])
            if ours is not None:
                assert ours.others_of(plan(ours)) == route.action.others_of(theirs)
                assert (ours.others is None) is (ours.others_of(plan(ours)) is None)
            assert shown(list(plan(ours)) if ours is not None and ours.kind != "deny" else []) == shown(theirs)


def test_a_promoted_fallback_is_chosen_by_nobody() -> None:
    rest = left(action("to a, b select latency fallback c fallback d"), {"a", "b"})
    assert rest is not None
    assert (rest.kind, rest.select, [f.pool for f in rest.fallbacks]) == ("to", None, ["d"])


def test_weights_that_are_all_nothing_are_equal_shares() -> None:
    rest = left(action("to a weight 100, b weight 0, c weight 0"), {"a"})
    assert rest is not None
    assert [(s.pool, s.weight) for s in rest.shares] == [("b", Fraction(1, 2)), ("c", Fraction(1, 2))]


def test_a_cascade_of_one_step_escalates_no_more() -> None:
    rest = left(action("cascade a -> b escalate when confidence < 0.7"), {"b"})
    assert rest is not None
    assert (rest.steps, rest.escalate) == (("a",), None)


def test_no_edge_takes_the_place_of_a_primary_but_a_fallback() -> None:
    assert left(action("to a spill b above 80% mirror c 5%"), {"a"}) is None


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("a weight 3, b weight 90", [1, 30]),
        ("a weight 90, b weight 10", [9, 1]),
        ("a, b, c", [1, 1, 1]),
        ("a weight 0, b weight 7", [0, 1]),
        ("a weight 50%, b weight 25%, c weight 25%", [2, 1, 1]),
    ],
)
def test_whole_weights(to: str, expected: list[int]) -> None:
    assert whole_weights([s.weight for s in action(f"to {to}").shares]) == expected
