"""What an absent header, claim or cookie means where the policy says it."""

from __future__ import annotations

import pytest

from tests.decide.deciding import decided, policy, taken
from wrpc.decide import BadRequest
from wrpc.decide.compiled import decider
from wrpc.decide.request import unsaid

TEAM = 'signal team: string { source header("x-team")  absent "internal" } '
REST = """
route strangers { when team != "internal" to cloud }
default { to own }
"""


def test_a_request_that_does_not_name_it_has_its_value() -> None:
    assert taken(TEAM + REST) == "default"
    assert taken(TEAM + REST, team="other") == "strangers"
    assert taken(TEAM + REST, team="") == "strangers"


def test_a_header_cannot_fail_any_more() -> None:
    with pytest.raises(BadRequest, match=r'cannot fail.*absent: "internal"'):
        decided(TEAM + REST, team=None)


def test_a_claim_fails_with_its_token() -> None:
    claim = 'signal team: string { source claim("team")  absent "internal"  on_error deny } '
    assert taken(claim + REST) == "default"
    assert decided(claim + REST, team=None)["denied_by"] == "signal team"


@pytest.mark.parametrize(
    ("declared", "condition"),
    [
        ("bool { SOURCE absent true }", "x"),
        ("int(0..9) { SOURCE absent 7 }", "x == 7"),
        ("real(0s..60s) { SOURCE absent 2.5s }", "x == 2500ms"),
        ("one_of(a, b) { SOURCE absent b }", "x == b"),
        ("any_of(a, b) { SOURCE absent [b] }", "b in x and not (a in x)"),
        ("any_of(a, b) { SOURCE absent [] }", "not (a in x)"),
        ('string { SOURCE absent "" }', 'x == ""'),
        ("score { SOURCE threshold 0.5 absent 0.5 }", "x and raw(x) == 0.5"),
        ("score(-1..1) { SOURCE above 0 absent -1 }", "not x and raw(x) == -1"),
    ],
)
@pytest.mark.parametrize("source", ['header("x-y")', 'claim("y")', 'cookie("y")'])
def test_values_of_every_type(source: str, declared: str, condition: str) -> None:
    text = f"signal x: {declared.replace('SOURCE', f'source {source} ')} route r {{ when {condition} to own }}"
    assert taken(text) == "r"
    assert decider(policy(text))({}).route == "r"


def test_it_is_assumed_of_nobody() -> None:
    text = (
        TEAM
        + REST
        + 'signal who: string { source claim("who")  absent "nobody" } signal b: bool { source header("b") }'
    )
    assert unsaid(policy(text + 'route w { tier 2 when b and who == "x" to own }'.replace("tier 2 ", "")), {}) == {
        "b": False
    }


def test_a_member_of_a_group_may_fire_where_it_is_absent() -> None:
    text = """
    signal a: bool { source header("a")  absent true }
    signal b: bool { source header("b")  absent false }
    group g exclusive { a, b }
    route ra { when a to own }
    route rb { when b to cloud }
    """
    assert taken(text) == "ra"
    assert taken(text, a=False, b=True) == "rb"
    with pytest.raises(BadRequest, match="fire together"):
        decided(text, b=True)
