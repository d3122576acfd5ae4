"""What a term is on a sample, the interpreter says of the sample's request, in both rooms."""

from __future__ import annotations

from random import Random

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.laws.volume import compared, many
from wrpc.decide.interpret import Interpreter
from wrpc.decide.request import BadRequest
from wrpc.decide.state import state
from wrpc.solver.index.drawn import drawn
from wrpc.solver.index.engine import Engine, Request
from wrpc.solver.index.samples import UNKNOWN
from wrpc.solver.index.wide import Wide
from wrpc.solver.limits import RESOURCES
from wrpc.solver.reference import Reference


def admitted(machine: Interpreter, request: Request) -> bool:
    try:
        machine.admit(request)
    except BadRequest:
        return False
    return True


@many(2_000, floors={"outside": 5_000, "holds": 30_000, "does not": 50_000, "failed": 1_500})
@given(dice=dices())
def test_routes_on_samples(dice: Dice) -> None:
    policy = dice.draw(policies())
    if "confidence" in policy.resolve:
        return
    machine, engine = Interpreter(policy), Engine(policy, resources=RESOURCES)
    rooms = [Wide(engine, failures=f, reference=lambda f=f: Reference(policy, failures=f)) for f in (False, True)]  # type: ignore[misc]
    routes = [*policy.routes.values()]
    samples = drawn(engine.table, [rooms[0].decision.condition(r).true for r in routes])
    r = Random(0)
    for room in rooms:
        allowed = samples.of(room.allowed)
        held = {route.name: samples.of(room.decision.holds(route)) for route in routes}
        for at in r.sample(range(samples.size), 30):
            request, _ = samples.request(at, room.failures)
            inside = admitted(machine, request)
            if allowed != UNKNOWN:
                assert bool(allowed >> at & 1) is inside, (policy.sources[0].text, request)
            if not inside:
                compared("outside")
                continue
            compared("failed") if None in request.values() else None
            s = state(policy, request)
            for route in routes:
                if held[route.name] != UNKNOWN:
                    so = machine.takes(route, s)
                    assert bool(held[route.name] >> at & 1) is so, (policy.sources[0].text, route.name, request)
                    compared("holds" if so else "does not")
