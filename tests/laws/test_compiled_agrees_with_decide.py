"""The compiled decision function answers what the plain interpreter answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision, compiled, vectors
from wrpc.decide.compiled import decider, fast
from wrpc.decide.interpret import Interpreter

WRONG: Sequence[object] = (None, True, 10**9, -0.5, "", "red", [], ["shell"], ["red"], {}, float("nan"))


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


@many(2_000, floors={"decision": 11_000, "error": 1_500, "by itself": 7_500, "failures by itself": 3_500})
@given(dice=dices())
def test_decisions(dice: Dice) -> None:
    policy = dice.draw(policies())
    quick, plain = decider(policy), Interpreter(policy).decide
    alone = fast(Interpreter(policy))
    for _ in range(8):
        request = dict(dice.draw(requests(policy)))
        answer = said(plain, request)
        compared("decision" if isinstance(answer, Decision) else "error")
        assert said(quick, request) == answer, policy.sources[0].text
        if alone(request) is not None:
            compared("failures by itself" if None in request.values() else "by itself")
        spoilt = {**request, dice.one([*policy.signals, "nobody"]): dice.one(WRONG)}
        assert said(quick, spoilt) == said(plain, spoilt), policy.sources[0].text


@many(2_000, floors={"decision": 11_000, "error": 1_200})
@given(dice=dices())
def test_decisions_where_room_is_short(dice: Dice) -> None:
    boxes, room = dice.one([None, 1, 2]), dice.one([None, 1, 4])
    policy = dice.draw(policies())
    with limited(boxes, room):
        quick = decider(policy)
    plain = Interpreter(policy).decide
    for _ in range(8):
        request = dict(dice.draw(requests(policy)))
        answer = said(plain, request)
        compared("decision" if isinstance(answer, Decision) else "error")
        assert said(quick, request) == answer, policy.sources[0].text


@many(2_000, parts=2, floors={"decision": 13_000, "several routes": 1_500})
@given(dice=dices())
def test_decisions_of_many_routes(dice: Dice) -> None:
    room = dice.one([None, 16])
    policy = dice.draw(policies(30))
    with limited(room=room):
        quick = decider(policy)
    plain = Interpreter(policy).decide
    compared("several routes", len(policy.routes) > 5)
    for _ in range(10):
        request = dict(dice.draw(requests(policy)))
        answer = said(plain, request)
        compared("decision", isinstance(answer, Decision))
        assert said(quick, request) == answer, policy.sources[0].text
