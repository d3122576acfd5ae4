"""The compiled decision function answers what the plain interpreter answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision
from wrpc.decide.compiled import decider
from wrpc.decide.interpret import Interpreter

WRONG: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 10**9, -0.5, "", "red", [], ["shell"], ["red"], {}, float("nan")]
)


def said(run: Callable[[Mapping[str, object]], Decision], request: Mapping[str, object]) -> object:
    try:
        return run(request)
    except (BadRequest, Conflict) as error:
        return error.json()


@many(200, floors={"decision": 1_000, "error": 60})
@given(data=st.data())
def test_decisions(data: st.DataObject) -> None:
    policy = data.draw(policies())
    quick, plain = decider(policy), Interpreter(policy).decide
    for _ in range(8):
        request = dict(data.draw(requests(policy)))
        answer = said(plain, request)
        compared("decision" if isinstance(answer, Decision) else "error")
        assert said(quick, request) == answer, policy.sources[0].text
        spoilt = {**request, data.draw(st.sampled_from([*policy.signals, "nobody"])): data.draw(WRONG)}
        assert said(quick, spoilt) == said(plain, spoilt), policy.sources[0].text
