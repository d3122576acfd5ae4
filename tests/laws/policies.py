"""Random whole policies as text, and random requests for them: what every law is tried on.

A policy resolves without an error by construction (types fit, names exist, no pool stands twice in a plan); whether its
routes clash, its guards ever act or its claims hold is left to chance. Numbers come from a coarse grid, so that bounds
meet values often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from tests.laws.dice import Dice
from tests.laws.drawing.callers import Caller, nodes
from tests.laws.drawing.full import Full
from tests.laws.drawing.hand import Hand
from tests.laws.drawing.kinds import Contested, Keyed
from tests.laws.volume import tried
from wrpc.policy import model as m
from wrpc.policy.load import from_text

__all__ = ["contested", "keyed", "nodes", "policies", "requests", "resolved", "texts", "whole"]


def hand(dice: Dice, size: int) -> Hand:
    """One in five draws everything that a file may hold."""
    return Full(dice, size) if dice.chance(2) else Hand(dice, size)


def whole(hand: Hand) -> str:
    """The text of a policy, which counts as one that was tried."""
    text = hand.policy()
    tried(text)
    return text


def texts(size: int = 4) -> Callable[[Dice], str]:
    """The text of a policy of at most so many routes."""
    return lambda dice: whole(hand(dice, size))


def keyed(size: int = 4) -> Callable[[Dice], str]:
    """As `texts`, with conditions over few signals."""
    return lambda dice: whole(Keyed(dice, size))


def contested(resolve: str, size: int = 5) -> Callable[[Dice], m.Policy]:
    """As `texts`, resolved, with routes that meet often."""
    return lambda dice: resolved(whole(Contested(dice, size, resolve)))


@lru_cache(maxsize=4)
def resolved(text: str) -> m.Policy:
    """The policy of a text of this room's making."""
    policy, findings = from_text(text)
    errors = [d for d in findings.diagnostics if d.severity == "error"]
    assert policy is not None, f"{errors[0].code.id} {errors[0].message}\n{text}"
    assert not errors, f"{errors[0].code.id} {errors[0].message}\n{text}"
    return policy


def policies(size: int = 4, *, carried_by: str | None = None) -> Callable[[Dice], m.Policy]:
    """Of all kinds; or such as a target carries, but for what its own rules of spelling forbid."""
    if carried_by is not None:
        from tests.laws.carried import carried

        made = carried(carried_by, size)
        return lambda dice: resolved(made(dice))
    return lambda dice: resolved(whole(dice.one([hand, hand, Keyed, Keyed])(dice, size)))


def requests(policy: m.Policy, fails: bool = True) -> Callable[[Dice], Mapping[str, object]]:
    """A request of a policy; with `fails` some of the signals that can fail did. An `assume` may shut it out."""
    return lambda dice: Caller(dice, policy, fails).request()
