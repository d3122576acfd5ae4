"""A table, decided by its JSON alone, answers what the plain interpreter answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from tests.support import tables
from wrpc.decide import BadRequest, Conflict, Decision
from wrpc.decide import table as made
from wrpc.decide.interpret import Interpreter
from wrpc.policy.model import Policy

WRONG: Sequence[object] = (None, True, 10**9, -0.5, "", "red", [], ["shell"], {})


def written(policy: Policy) -> tuple[dict[str, Any], bool]:
    """The table as a file has it, and whether it says that it does not decide all."""
    document, left_out = made.table(policy)
    return json.loads(made.text(document)), bool(left_out)


def expected(policy: Policy, request: Mapping[str, object]) -> dict[str, Any]:
    """The interpreter's answer as a table has it: weights exact, of an error the code."""
    try:
        decision = Interpreter(policy).decide(request)
    except (BadRequest, Conflict) as error:
        code = error.json()["error"]
        assert isinstance(code, dict)
        return {"error": {"code": code["code"]}}
    return exact(decision)


def exact(decision: Decision) -> dict[str, Any]:
    found = decision.json()
    for shown, served in zip(found["destinations"], decision.destinations, strict=True):  # type: ignore[call-overload]
        shown["weight"] = None if served.weight is None else str(Fraction(served.weight))
    for told, budget in zip(found.get("budgets", ()), decision.budgets, strict=True):  # type: ignore[call-overload]
        told |= {"amount": str(budget.amount), "seconds": str(budget.period)}
        for step, measure in zip(told["then"], budget.then, strict=True):
            step["at"] = str(measure.at)
    return found


@many(2_000, floors={"decision": 8_500, "error": 9_000, "failure": 2_500, "undecided": 350})
@given(dice=dices())
def test_decisions(dice: Dice) -> None:
    boxes = dice.one([16, 2, 1])
    policy = dice.draw(policies())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(made, "BOXES", boxes)
        table, partial = written(policy)
    for _ in range(6):
        request = dict(dice.draw(requests(policy)))
        spoilt = {**request, dice.one([*policy.signals, "nobody"]): dice.one(WRONG)}
        for each in (request, spoilt):
            answer, right = tables.decide(table, each), expected(policy, each)
            if answer == {"error": {"code": "WRP820"}}:
                assert partial, policy.sources[0].text
                compared("undecided")
                continue
            assert answer == right, policy.sources[0].text
            compared("error" if "error" in right else "decision")
            compared("failure", None in each.values() and "error" not in right)
