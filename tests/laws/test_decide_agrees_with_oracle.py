"""The interpreter decides as a second, naive reading of the language does."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from tests.laws import oracle
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


@many(500, floors={"decision": 2_000, "conflict": 50, "outside": 100})
@given(data=st.data())
def test_decisions(data: st.DataObject) -> None:
    policy = data.draw(policies())
    for _ in range(6):
        request = data.draw(requests(policy))
        ours, theirs = interpreted(policy, request), read_again(policy, request)
        compared(ours if isinstance(ours, str) else "decision")
        if isinstance(ours, dict) and isinstance(theirs, dict) and theirs["reason"] == "":
            assert ours["reason"], "a denial says why"
            theirs = {**theirs, "reason": ours["reason"]}
        assert ours == theirs, policy.sources[0].text


@many(300, floors={"broken": 300, "kept": 500})
@given(data=st.data())
def test_claims(data: st.DataObject) -> None:
    policy = data.draw(policies())
    machine = interpreter(policy)
    for _ in range(6):
        request = data.draw(requests(policy))
        if not isinstance(read_again(policy, request), dict):
            continue
        from wrpc.decide.request import read

        decision, state = machine.decision(read(policy, request))
        for assertion in policy.assertions.values():
            for claim in assertion.claims:
                broken = machine.violations(claim, state, decision) is not None
                compared("broken" if broken else "kept")
                assert broken is oracle.breaks(policy, claim, request), policy.sources[0].text
