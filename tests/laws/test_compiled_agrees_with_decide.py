"""The compiled decision function answers what the plain interpreter answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision, compiled, vectors
from wrpc.decide.compiled import decider, fast
from wrpc.decide.interpret import Interpreter

WRONG: st.SearchStrategy[object] = st.sampled_from(
    [None, True, 10**9, -0.5, "", "red", [], ["shell"], ["red"], {}, float("nan")]
)


def said(run: Callable[[Mapping[str, object]], Decision], request: Mapping[str, object]) -> object:
    try:
        return run(request)
    except (BadRequest, Conflict) as error:
        return error.json()


@contextmanager
def limited(boxes: int | None = None, room: int | None = None) -> Iterator[None]:
    """So many boxes a condition, so many bytes a dimension: what is left is asked of each request."""
    with pytest.MonkeyPatch.context() as patch:
        if boxes is not None:
            patch.setattr(compiled, "LIMITS", (boxes,))
        if room is not None:
            patch.setattr(vectors, "ROOM", room)
        yield


@many(200, floors={"decision": 1_000, "error": 60, "by itself": 700, "failures by itself": 280})
@given(data=st.data())
def test_decisions(data: st.DataObject) -> None:
    policy = data.draw(policies())
    quick, plain = decider(policy), Interpreter(policy).decide
    alone = fast(Interpreter(policy))
    for _ in range(8):
        request = dict(data.draw(requests(policy)))
        answer = said(plain, request)
        compared("decision" if isinstance(answer, Decision) else "error")
        assert said(quick, request) == answer, policy.sources[0].text
        if alone(request) is not None:
            compared("failures by itself" if None in request.values() else "by itself")
        spoilt = {**request, data.draw(st.sampled_from([*policy.signals, "nobody"])): data.draw(WRONG)}
        assert said(quick, spoilt) == said(plain, spoilt), policy.sources[0].text


@many(100, floors={"decision": 500, "error": 8})
@given(data=st.data(), boxes=st.sampled_from([None, 1, 2]), room=st.sampled_from([None, 1, 4]))
def test_decisions_where_room_is_short(data: st.DataObject, boxes: int | None, room: int | None) -> None:
    policy = data.draw(policies())
    with limited(boxes, room):
        quick = decider(policy)
    plain = Interpreter(policy).decide
    for _ in range(8):
        request = dict(data.draw(requests(policy)))
        answer = said(plain, request)
        compared("decision" if isinstance(answer, Decision) else "error")
        assert said(quick, request) == answer, policy.sources[0].text


@many(40, floors={"decision": 200, "several routes": 10})
@given(data=st.data(), room=st.sampled_from([None, 16]))
def test_decisions_of_many_routes(data: st.DataObject, room: int | None) -> None:
    policy = data.draw(policies(30))
    with limited(room=room):
        quick = decider(policy)
    plain = Interpreter(policy).decide
    compared("several routes", len(policy.routes) > 5)
    for _ in range(10):
        request = dict(data.draw(requests(policy)))
        answer = said(plain, request)
        compared("decision", isinstance(answer, Decision))
        assert said(quick, request) == answer, policy.sources[0].text
