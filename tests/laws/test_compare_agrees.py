"""Two policies are the same for the comparison exactly where they decide alike."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.mutants import mutant
from tests.laws.policies import policies, requests, resolved, texts
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision
from wrpc.decide.interpret import interpreter
from wrpc.policy.model import Policy
from wrpc.solver.compare import Aspects, Incomparable, compare, told
from wrpc.solver.witness import witness

ALL = Aspects()


@many(2_000, parts=3)
@given(dice=dices())
def test_a_policy_agrees_with_itself(dice: Dice) -> None:
    text = dice.draw(texts())
    again = resolved.__wrapped__(text)
    assert compare(resolved(text), again).answer.impossible


@many(2_000, parts=2, floors={"different": 500, "same": 11_000})
@given(dice=dices())
def test_mutants(dice: Dice) -> None:
    ours = dice.draw(policies())
    theirs = mutant(dice, ours)
    try:
        difference = compare(ours, theirs)
    except Incomparable:
        return
    assert difference.answer.verdict != "open", difference.answer.why
    if difference.answer.request is not None:
        compared("different")
        request = witness(ours, difference.answer.request)
        if any(isinstance(difference.answer.request[n], Fraction) and isinstance(v, str) for n, v in request.items()):
            return  # they differ for a third alone, which nobody can send
        assert said(ours, request) != said(theirs, request), ours.sources[0].text
        return
    for policy in (ours, theirs):
        for _ in range(6):
            request = dict(dice.draw(requests(policy)))
            if request.keys() <= ours.signals.keys() & theirs.signals.keys():
                compared("same")
                one, two = said(ours, request), said(theirs, request)
                assert one == two or ("outside",) in (one, two), f"{request}\n{ours}\n{theirs}"


def said(policy: Policy, request: Mapping[str, object]) -> tuple[object, ...]:
    decision: Decision | None
    try:
        decision = interpreter(policy).decide(request)
    except BadRequest:
        return ("outside",)
    except Conflict:
        decision = None
    return told(decision, ALL)
