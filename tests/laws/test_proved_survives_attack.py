"""What is proved survives random requests: a claim holds, a guard is never needed."""

from __future__ import annotations

from hypothesis import given

from tests.laws import oracle, told
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.analysis.run import check


@many(2_000, parts=3, floors={"guard": 5_000, "claim": 3_500})
@given(dice=dices())
def test_attack(dice: Dice) -> None:
    policy = dice.draw(policies())
    proved = [p.subject.split() for p in check(policy).proofs if p.verdict == "proved"]
    if not proved:
        return
    for _ in range(12):
        request = dice.draw(requests(policy))
        try:
            decision = told.outcome(policy, request)
        except oracle.Outside:
            continue
        if decision is None:
            continue
        for kind, name in proved:
            if kind == "guard":
                compared("guard")
                assert not told.acts(policy, name, request), f"guard {name} acts\n{policy.sources[0].text}"
            elif policy.assertions[name].critical or None not in request.values():
                compared("claim")
                held = not told.breaks(policy, policy.assertions[name], request)
                assert held, f"{name} is broken\n{policy.sources[0].text}"
