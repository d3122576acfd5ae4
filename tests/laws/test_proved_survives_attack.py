"""What is proved survives random requests: a claim holds, a guard is never needed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import oracle, told
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.analysis.run import check


@many(150, floors={"guard": 250, "claim": 25})
@given(data=st.data())
def test_attack(data: st.DataObject) -> None:
    policy = data.draw(policies())
    proved = [p.subject.split() for p in check(policy).proofs if p.verdict == "proved"]
    if not proved:
        return
    for _ in range(12):
        request = data.draw(requests(policy))
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
