"""What the solver finds of a change is what the definition for one request says, for every request."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.mutants import mutant
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import Conflict, Interpreter
from wrpc.decide.change import Sides
from wrpc.decide.request import BadRequest, Request, RequestValue, default, read
from wrpc.decide.state import state
from wrpc.policy.expr import Condition
from wrpc.policy.load import from_text
from wrpc.policy.model import Policy
from wrpc.solver.algebra import algebra
from wrpc.solver.changes import Changes, Result, changes


@many(2_000, parts=3, floors={"found": 1_500, "requests": 10_500, "told": 2_600, "references": 450})
@given(dice=dices())
def test_every_change_is_found_and_every_witness_replays(dice: Dice) -> None:
    old = dice.draw(policies())
    new = mutant(dice, old, wide=True)
    if dice.chance(5):
        old, new = new, old
    result = changes(old, new)
    replayed(result)
    if dice.number(0, 2) == 0:
        other = changes(old, new, sets=False)
        assert other.verdict == result.verdict, shown(result)
        assert {f.effect for f in other.found} == {f.effect for f in result.found}, shown(result)
        compared("references")
    held(dice, result)


@many(2_000, parts=3, floors={"found": 6_500, "requests": 8_000, "told": 7_500})
@given(dice=dices())
def test_two_policies_of_nothing_in_common(dice: Dice) -> None:
    """Signals of one name may be of two types, and each has some that the other lacks."""
    result = changes(dice.draw(policies(3)), dice.draw(policies(3)))
    replayed(result)
    held(dice, result)


@many(2_000, parts=2, floors={"regions": 550, "requests": 4_500, "inside": 1_700, "read": 500})
@given(dice=dices())
def test_regions_are_the_requests_that_change(dice: Dice) -> None:
    """A region is true for just the requests of its change, as the core has it and as it is read from its text."""
    old = dice.draw(policies(3))
    new = mutant(dice, old, wide=True)
    result = changes(old, new)
    sets = algebra(result.sides) if result.found else None
    if sets is None:
        return
    finder = Changes(result.sides, sets)
    told = [(f, r) for f in result.found if (r := sets.region(f.parts)) is not None]
    for found, region in told:
        compared("regions")
        tests = [true_of(sets.regions.reader, region.condition)]
        if region.exact and (again := reread(old, region.text)) is not None:
            compared("read")
            tests.append(true_of(sets.regions.reader, again))
        for request in [found.request, *(both(dice, result.sides) for _ in range(8))]:
            if request is None or not result.sides.admits(request):
                continue
            compared("requests")
            inside = finder.part(request) in found.parts
            compared("inside", inside)
            for holds in tests:
                said = holds(request)
                assert said is inside or (not region.exact and not said), f"{region.text}\n{request}\n{shown(result)}"
    for found in result.found:
        points = sets.regions.points(sets.term(found.parts))
        assert points is None or 0 < points <= 1


def true_of(reader: Policy, condition: Condition) -> Callable[[Request], bool]:
    """Whether a condition is true for a request."""
    machine = Interpreter(reader)

    def holds(request: Request) -> bool:
        seen = state(reader, {n: request[n] for n in reader.signals})
        return machine.test(condition)(seen, None, None) is True

    return holds


def reread(policy: Policy, text: str) -> Condition | None:
    """A condition as it is read from its text beside a policy's."""
    again, findings = from_text(f"{policy.sources[0].text}\nlet region_again = {text}\n")
    assert again is not None, f"{text}\n{findings.diagnostics[0].message}"
    return again.conditions["region_again"]


def replayed(result: Result) -> None:
    for found in result.found:
        compared("found")
        assert result.sides.effect(found.request) == found.effect, shown(result)
        decisions = result.sides.told(found.request)
        assert (decisions[0], decisions[2]) == (found.old, found.new)
    for unsettled in result.unsettled:
        assert unsettled.side is not None, f"{unsettled.why}\n{shown(result)}"


def held(dice: Dice, result: Result) -> None:
    """Whatever a request shows was found."""
    effects = {f.effect for f in result.found}
    conflicts = {u.side for u in result.unsettled}
    for _ in range(8):
        request = both(dice, result.sides)
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


def both(dice: Dice, sides: Sides) -> Request | None:
    """A request of both, each signal as one of them has it."""
    found: dict[str, RequestValue] = {}
    for side in (sides.old, sides.new):
        drawn = dice.draw(requests(side.policy))
        try:
            found.update(read(side.policy, drawn))
        except BadRequest:  # a third has no decimals
            return None
    for name, absent in sides.absent.items():
        gone = found[name] is None and not sides.signals[name].can_fail
        found[absent] = gone or dice.chance(5)
        if gone:
            found[name] = default(sides.signals[name])
    return found


def shown(result: Result) -> str:
    return "\n\n".join(s.policy.sources[0].text for s in (result.sides.old, result.sides.new)) + f"\n{result.found}"
