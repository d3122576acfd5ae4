"""What a body finds becomes a request: values that satisfy what no cell decides, of signals that have not failed."""

from __future__ import annotations

import pytest

import wrpc.api
from tests.laws.test_bodies_agree import BODIES, confirm, rooms
from tests.laws.test_encode_agrees_with_decide import encoded
from wrpc.solver.index.engine import Body
from wrpc.solver.terms import negate

# A failure of `near` would satisfy the sum whatever `near` is.
SUM = """
signal near: score(-1..1) { source classifier("near")  threshold 0  on_error silent }
score nothing = 0 * confidence(near)
let even = not (raw(near) != nothing)
pool own { trust "own" }
pool cloud { trust "cloud" }
route quiet { when even  to cloud }
route loud { when near  to own }
"""


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_a_value_is_that_of_a_signal_which_has_not_failed(body: tuple[Body, int]) -> None:
    policy = wrpc.api.loads(SUM)
    found = 0
    for room in rooms(policy, body):
        for aspect, term in encoded(room).items():
            if room.settle(term).possible:
                confirm(room, room.found([term]), aspect, True)
                found += 1
    assert found >= 10


# Whoever loses `own` loses `cloud` as well: what one question has found holds of what answers another.
NESTED = """
signal a: bool { source keywords("a") }
signal b: bool { source keywords("b") }
pool own { trust "own" }
pool cloud { trust "cloud" }
default { to own, cloud }
guard g {
  forbid destination.trust == "cloud" when a
  forbid destination.trust == "own" when a and b
}
"""


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_what_was_found_may_hold_of_what_is_found_next(body: tuple[Body, int]) -> None:
    policy = wrpc.api.loads(NESTED)
    for room in rooms(policy, body):
        removed = [
            room.decision.removes("g", pool, policy.default or next(iter(policy.routes.values())))
            for pool in ("cloud", "own")
        ]
        assert [*room.among(removed)] == [0, 1]
        assert [i for i, answer in room.each(removed, [lambda _: True] * 2) if answer.possible] == [0, 1]


# An absent claim has a member: what no member is told of must not be taken for that.
ABSENT = """
signal roles: any_of(admin, guest, staff) { source claim("roles")  absent [guest] }
pool own { trust "own" }
pool cloud { trust "cloud" }
route known { when guest not in roles  to own }
route rest { when admin in roles  to cloud }
"""


@pytest.mark.parametrize("body", BODIES, ids=str)
def test_a_set_without_a_member_that_an_absent_one_has(body: tuple[Body, int]) -> None:
    policy = wrpc.api.loads(ABSENT)
    for room in rooms(policy, body):
        terms = encoded(room)
        for aspect in ("takes known", "takes rest"):
            for so, term in ((True, terms[aspect]), (False, negate(terms[aspect]))):
                assert room.settle(term).possible
                confirm(room, room.found([term]), aspect, so)
