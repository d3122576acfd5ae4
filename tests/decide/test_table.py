"""What a table has, where a law would not see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest
from hypothesis import given

import wrpc
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.laws.volume import many
from tests.support import tables
from wrpc.decide import table
from wrpc.decide.interpret import decide
from wrpc.policy.model import Policy

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/schemas/table.schema.json").read_text(encoding="utf-8"))


def written(policy: Policy) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(table.text(table.table(policy)[0]))
    return found


@pytest.mark.parametrize("path", sorted((ROOT / "policies").glob("*.wrp")), ids=lambda p: p.stem)
def test_the_projects_policies(path: Path) -> None:
    policy = wrpc.load(path)
    found = written(policy)
    jsonschema.validate(found, SCHEMA)
    for test in policy.tests:
        answer = tables.decide(found, test.given)
        assert answer["route"] == decide(policy, test.given).route


@many(200)
@given(dice=dices())
def test_the_schema(dice: Dice) -> None:
    policy = dice.draw(policies())
    jsonschema.validate(written(policy), SCHEMA)


PAIRS = [f'signal {n}{i}: bool {{ source header("{n}{i}") }}\n' for i in range(9) for n in "ab"]
WIDE = (
    "".join(PAIRS)
    + f"let wide = {' and '.join(f'(a{i} or b{i})' for i in range(9))}\n"
    + 'pool p { }\nroute r { when wide or not wide  to p }\nroute s { priority 1  when not wide  deny "no" }\n'
)


def test_a_condition_of_many_boxes_is_written_in_parts() -> None:
    policy = wrpc.loads(WIDE)
    found = written(policy)
    assert [entry["name"] for entry in found["lets"]] == ["wide"]
    assert len(json.dumps(found)) < 20_000
    for request in ({}, dict.fromkeys([f"a{i}" for i in range(9)], True), {"a0": None, "b1": True}):
        answer = tables.decide(found, request)
        assert (answer["route"], answer["action"]) == (decide(policy, request).route, decide(policy, request).action)


def test_two_routes_that_do_the_same_have_one_plan() -> None:
    text = (
        "signal x: bool { source has_tools }\npool p { }\nroute a { tier 1  when x  to p }\nroute b { tier 2  to p }\n"
    )
    assert len(written(wrpc.loads(text))["plans"]) == 1
