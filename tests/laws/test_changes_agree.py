"""What the solver finds of a change is what the definition for one request says, for every request."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.mutants import mutant
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import Conflict
from wrpc.decide.change import Sides
from wrpc.decide.request import BadRequest, Request, RequestValue, read
from wrpc.solver.changes import Result, changes


@many(150, floors={"found": 150, "requests": 1_000, "told": 250})
@given(data=st.data())
def test_every_change_is_found_and_every_witness_replays(data: st.DataObject) -> None:
    old = data.draw(policies())
    new = mutant(data, old, wide=True)
    if data.draw(st.booleans()):
        old, new = new, old
    result = changes(old, new)
    replayed(result)
    held(data, result)


@many(60, floors={"found": 60, "requests": 250})
@given(data=st.data())
def test_two_policies_of_nothing_in_common(data: st.DataObject) -> None:
    """Signals of one name may be of two types, and each has some that the other lacks."""
    result = changes(data.draw(policies(3)), data.draw(policies(3)))
    replayed(result)
    held(data, result)


def replayed(result: Result) -> None:
    for found in result.found:
        compared("found")
        assert result.sides.effect(found.request) == found.effect, shown(result)
        decisions = result.sides.told(found.request)
        assert (decisions[0], decisions[2]) == (found.old, found.new)
    for unsettled in result.unsettled:
        assert unsettled.side is not None, f"{unsettled.why}\n{shown(result)}"


def held(data: st.DataObject, result: Result) -> None:
    """Whatever a request shows was found."""
    effects = {f.effect for f in result.found}
    conflicts = {u.side for u in result.unsettled}
    for _ in range(8):
        request = both(data, result.sides)
        if request is None or not result.sides.admits(request):
            continue
        compared("requests")
        try:
            found = result.sides.effect(request)
        except Conflict:
            assert conflicts, shown(result)
            continue
        assert found == "same" or found in effects, f"{found} {request}\n{shown(result)}"
        compared("told", found != "same")


def both(data: st.DataObject, sides: Sides) -> Request | None:
    """A request of both, each signal as one of them has it."""
    found: dict[str, RequestValue] = {}
    for side in (sides.old, sides.new):
        drawn = data.draw(requests(side.policy))
        try:
            found.update(read(side.policy, drawn))
        except BadRequest:  # a third has no decimals
            return None
    return found


def shown(result: Result) -> str:
    return "\n\n".join(s.policy.sources[0].text for s in (result.sides.old, result.sides.new)) + f"\n{result.found}"
