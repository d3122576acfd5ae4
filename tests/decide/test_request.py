"""Requests as JSON, and decisions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decide.deciding import decided, policy
from wrpc.decide import BadRequest, decide
from wrpc.decide.request import parse

SIGNALS = """
signal flag: bool { source header("f") }
signal count: int(3..10) { source header("n") }
signal below: int(-9..-2) { source prompt_tokens }
signal share: real(0..1) { source header("x") }
signal colour: one_of(red, blue) { source header("c") }
signal tools: any_of(shell, mail) { source tools }
signal who: string { source header("w") }
signal risk: score(-1..1) { source classifier("r")  threshold 0.5 }
"""


@pytest.mark.parametrize(
    "condition",
    [
        "not flag", "count == 3", "below == -2", "share == 0", "colour == red", "shell not in tools", 'who == ""',
        "raw(risk) == 0",
    ],
)  # fmt: skip
def test_an_absent_signal(condition: str) -> None:
    assert decided(SIGNALS + f"route r {{ when {condition}  to own }}")["route"] == "r"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("[]", "WRP170"), ("{", "WRP170"), ('{"share": NaN}', "WRP170"), ('{"flag": true, "flag": false}', "WRP170"),
        ('{"flags": true}', "WRP171"),
        ('{"flag": 1}', "WRP172"), ('{"flag": "true"}', "WRP172"),
        ('{"count": 2}', "WRP172"), ('{"count": 11}', "WRP172"), ('{"count": 3.5}', "WRP172"),
        ('{"count": true}', "WRP172"),
        ('{"share": 1.0000000000000000000001}', "WRP172"), ('{"share": "0.5"}', "WRP172"),
        ('{"colour": "green"}', "WRP172"), ('{"tools": "shell"}', "WRP172"), ('{"tools": ["axe"]}', "WRP172"),
        ('{"who": 7}', "WRP172"), ('{"risk": -1.01}', "WRP172"), ('{"risk": 1e999999999}', "WRP172"),
        ('{"below": null}', "WRP173"), ('{"tools": null}', "WRP173"),
    ],
)  # fmt: skip
def test_what_is_no_request_of_the_policy(line: str, code: str) -> None:
    with pytest.raises(BadRequest) as wrong:
        decide(policy(SIGNALS + "default { to own }"), parse(line))
    error = wrong.value.json()["error"]
    assert isinstance(error, dict)
    assert error["code"] == code
    assert error["message"]


def test_numbers_are_exact_decimals() -> None:
    text = SIGNALS + "route r { when share + share + share == 0.3  to own } default { to bare }"
    assert decide(policy(text), parse('{"share": 0.1}')).route == "r"
    assert decide(policy(text), {"share": 0.1}).route == "r"
    assert decide(policy(text), parse('{"share": 0.1000000000000000000001}')).route == "default"


GROUPED = 'signal a: bool { source header("a") } signal b: bool { source header("b")  on_error fires } '


@pytest.mark.parametrize(
    ("declared", "request_", "inside"),
    [
        ("group g exclusive { a, b }", {"a": True, "b": True}, False),
        ("group g exclusive { a, b }", {"a": True, "b": None}, True),
        ("group g exclusive { a, b } default b", {"a": True, "b": True}, True),
        ("assume k { a or b }", {}, False),
        ("assume k { a or b }", {"a": True}, True),
        # What failed is unknown to an assumption, whatever its failure means.
        ("assume k { not b }", {"b": None}, True),
        ("assume k { a and not b }", {"a": False, "b": None}, False),
    ],
)
def test_axioms(declared: str, request_: dict[str, Any], inside: bool) -> None:
    made = policy(GROUPED + declared + " default { to own }")
    if inside:
        decide(made, request_)
        return
    with pytest.raises(BadRequest) as wrong:
        decide(made, request_)
    assert wrong.value.code.id == "WRP174"


def test_the_shape_of_a_decision() -> None:
    text = SIGNALS + 'default { to own weight 90, cloud weight 10  fallback bare } guard g { require redact("pii") }'
    assert decided(text, flag=True, risk=0.7) == {
        "route": "default", "action": "route", "reason": None,
        "destinations": [
            {"pool": "own", "weight": 0.9, "role": "primary", "obligations": []},
            {"pool": "cloud", "weight": 0.1, "role": "primary", "obligations": []},
            {"pool": "bare", "weight": None, "role": "fallback", "obligations": []},
        ],
        "obligations": ["redact:pii"], "fired": ["flag", "risk"], "removed": [],
        "denied_by": None,
    }  # fmt: skip
