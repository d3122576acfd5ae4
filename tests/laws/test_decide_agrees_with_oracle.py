"""The interpreter decides as a second, naive reading of the language does."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given

from tests.laws import oracle
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict
from wrpc.decide.interpret import interpreter
from wrpc.policy.model import Policy


def interpreted(policy: Policy, request: Mapping[str, object]) -> object:
    try:
        return interpreter(policy).decide(request).json()
    except BadRequest:
        return "outside"
    except Conflict:
        return "conflict"


def read_again(policy: Policy, request: Mapping[str, object]) -> object:
    try:
        return oracle.decide(policy, request)
    except oracle.Outside:
        return "outside"
    except oracle.Conflicting:
        return "conflict"


@many(2_000, floors={"decision": 8_500, "conflict": 350, "outside": 1_200})
@given(dice=dices())
def test_decisions(dice: Dice) -> None:
    policy = dice.draw(policies())
    for _ in range(6):
        request = dice.draw(requests(policy))
        ours, theirs = interpreted(policy, request), read_again(policy, request)
        compared(ours if isinstance(ours, str) else "decision")
        if isinstance(ours, dict) and isinstance(theirs, dict) and theirs["reason"] == "":
            assert ours["reason"], "a denial says why"
            theirs = {**theirs, "reason": ours["reason"]}
        assert ours == theirs, policy.sources[0].text


@many(2_000, floors={"broken": 3_000, "kept": 9_000})
@given(dice=dices())
def test_claims(dice: Dice) -> None:
    policy = dice.draw(policies())
    machine = interpreter(policy)
    for _ in range(6):
        request = dice.draw(requests(policy))
        if not isinstance(read_again(policy, request), dict):
            continue
        from wrpc.decide.request import read

        decision, state = machine.decision(read(policy, request))
        for assertion in policy.assertions.values():
            for claim in assertion.claims:
                broken = machine.violations(claim, state, decision) is not None
                compared("broken" if broken else "kept")
                assert broken is oracle.breaks(policy, claim, request), policy.sources[0].text
