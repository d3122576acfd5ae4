"""Of many routes those that may hold are found without asking each: all that hold are among them, whatever failed."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given

import wrpc.api
from benchmarks.families import KINDS, family
from tests.laws.dice import Dice, dices
from tests.laws.policies import requests
from tests.laws.volume import compared, many
from wrpc.decide.candidates import MANY
from wrpc.decide.interpret import Interpreter
from wrpc.decide.request import BadRequest, read
from wrpc.decide.state import state


@many(400, floors={"asked": 1_000, "holds": 1_400, "holds for what is unknown": 500, "failed": 300})
@given(dice=dices())
def test_all_that_hold(dice: Dice) -> None:
    kind, seed = dice.one(sorted(KINDS)), dice.number(0, 1 << 30)
    r = Random(seed)
    text = re.sub(
        r"  to p", lambda _: r.choice(["  to p", "  on_unknown fires  to p", "  to p"]), family(kind, MANY + 16, seed)
    )
    policy = wrpc.api.loads(text.replace("on_error fires", r.choice(["on_error fires", ""])))
    machine = Interpreter(policy)
    for _ in range(3):
        request = read(policy, dice.draw(requests(policy)))
        try:
            s = state(policy, request)
        except BadRequest:
            continue
        found = [route.name for route in machine.holding(s)]
        routes = [route for contest in machine.contests for route in contest]
        assert found == [route.name for route in routes if machine.takes(route, s)], policy.sources[0].text
        compared("asked")
        compared("failed") if None in request.values() else None
        for name in found:
            compared("holds")
            compared("holds for what is unknown") if machine.holds(policy.routes[name].when, s) is None else None
