"""Steps 2 and 3: denials, precedence, the keys of `resolve`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decide.deciding import decided, policy, taken
from wrpc.decide import Conflict, decide

BOOLS = "".join(f'signal {n}: bool {{ source header("{n}") }} ' for n in "abcd")
SCORES = "".join(f'signal {n}: score {{ source classifier("{n}")  threshold 0.5 }} ' for n in ("s", "t", "u"))
NEAR = 'signal near: score { source embedding(["x"])  threshold 0.5 } '


# ── Denials ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("value", "denied"), [(True, True), (None, True), (False, False)])
def test_a_deny_guard_that_fires_or_is_unknown_ends_it(value: bool | None, denied: bool) -> None:
    text = BOOLS + 'guard g { deny "stop" when a  require audit } default { to own }'
    found = decided(text, a=value)
    assert (found["action"] == "deny") is denied
    if denied:
        assert (found["route"], found["reason"], found["obligations"]) == (None, "stop", [])


@pytest.mark.parametrize(("value", "route"), [(True, "first"), (False, "first"), (None, None)])
def test_on_unknown_deny_whichever_route_would_win(value: bool | None, route: str | None) -> None:
    text = BOOLS + "route first { tier 1  to own } route last { tier 2  when a  to cloud  on_unknown deny }"
    assert taken(text, a=value) == route


# ── Precedence ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("routes", "request_", "route"),
    [
        ("route x { tier 2  when a  to own } route y { tier 1  when b  to cloud }", {"a": True, "b": True}, "y"),
        ("route x { priority 1  when a  to own } route y { when b  to cloud }", {"a": True, "b": True}, "x"),
        ("route x { priority -1  when a  to own } route y { when b  to cloud }", {"a": True, "b": True}, "y"),
        # In a tier, routes with a `when` go first, whatever the priority; between tiers they do not.
        ("route x { priority 9  to own } route y { when b  to cloud }", {"b": True}, "y"),
        ("route x { tier 1  to own } route y { tier 2  when b  to cloud }", {"b": True}, "x"),
        ("route x { when a  to own }", {"a": None}, "default"),
        ("route x { when a  to own  on_unknown silent }", {"a": None}, "default"),
        ("route x { when a  to own  on_unknown fires }", {"a": None}, "x"),
        ("route x { when a  to own  on_unknown fires }", {"a": False}, "default"),
        # Two that do the same: the first by name.
        ("route y { when a  to own, cloud } route x { when a  to cloud, own }", {"a": True}, "x"),
        ("route x { when a  to own weight 1, cloud weight 1 } route y { when a  to cloud, own }", {"a": True}, "x"),
        # A deny route competes like any other.
        ('route x { when a  deny "no" } route y { priority 1  when a  to own }', {"a": True}, "y"),
        ('route x { priority 2  when a  deny "no" } route y { priority 1  when a  to own }', {"a": True}, "x"),
    ],
)
def test_precedence(routes: str, request_: dict[str, Any], route: str) -> None:
    assert taken(BOOLS + routes + " default { to bare }", **request_) == route


@pytest.mark.parametrize(
    "routes",
    [
        "route x { when a  to own } route y { when b  to cloud }",
        "route x { when a  to own } route y { when b  to own  fallback cloud }",
        "route x { when a  to own } route y { when b  to own  reasoning high }",
        'route x { when a  deny "no" } route y { when b  deny "never" }',
        "route x { when a  to own weight 1, cloud weight 0 } route y { when b  to own }",
        # As written and before any guard.
        'route x { when a  to own } route y { when b  to own, cloud } guard g { forbid destination.trust == "cloud" }',
    ],
)
def test_a_conflict_is_no_decision(routes: str) -> None:
    made = policy(BOOLS + routes)
    with pytest.raises(Conflict) as conflict:
        decide(made, {"a": True, "b": True})
    error = conflict.value.json()["error"]
    assert isinstance(error, dict)
    assert error["code"] == "WRP201"
    assert decide(made, {"a": True}).route == "x"


def test_unrouted() -> None:
    found = decided(BOOLS + "route x { when a  to own } guard g { require audit }")
    assert (found["route"], found["action"], found["reason"]) == (None, "unrouted", None)
    assert found["destinations"] == found["obligations"] == []


def test_the_default_may_deny() -> None:
    found = decided('default { deny "nobody" }')
    assert (found["route"], found["action"], found["reason"]) == ("default", "deny", "nobody")


# ── resolve ───────────────────────────────────────────────────────────────


def resolved(keys: str, routes: str, **request: object) -> object:
    try:
        return taken(f"policy n {{ resolve [{keys}] }} " + BOOLS + SCORES + NEAR + routes, **request)
    except Conflict:
        return "conflict"


XY = "route x { when %s  to own } route y { when %s  to cloud }"


@pytest.mark.parametrize(
    ("one", "two", "request_", "route"),
    [
        ("s", "t", {"s": 0.6, "t": 0.7}, "y"),
        ("s", "t", {"s": 0.7, "t": 0.7}, "conflict"),
        ("s", "t", {"s": None, "t": 0.7}, "y"),
        ("s and a", "t", {"s": 0.9, "t": 0.7, "a": True}, "x"),
        # However often it is named.
        ("s and (s or a)", "t", {"s": 0.9, "t": 0.7}, "x"),
        # Two scores, or none, stand behind it: nothing is compared.
        ("s and u", "t", {"s": 0.9, "u": 0.9, "t": 0.7}, "conflict"),
        ("a", "t", {"a": True, "t": 0.7}, "conflict"),
        # From comparisons and from under `not` none is collected.
        ("confidence(s) > 0.5", "t", {"s": 0.9, "t": 0.7}, "conflict"),
        ("not (not s)", "t", {"s": 0.9, "t": 0.7}, "conflict"),
        # Of an `or` the true part with the greatest confidence, of equal ones the first.
        ("s or u", "t", {"s": 0.6, "u": 0.9, "t": 0.7}, "x"),
        ("(s and a) or u", "t", {"s": 0.9, "u": 0.6, "t": 0.7, "a": False}, "y"),
        ("a or s", "t", {"a": True, "s": 0.8, "t": 0.7}, "x"),
        ("(s and u) or u", "t", {"s": 0.8, "u": 0.9, "t": 0.7}, "conflict"),
        ("u or (s and u)", "t", {"s": 0.8, "u": 0.9, "t": 0.7}, "x"),
        # One kind of source.
        ("near", "t", {"near": 0.9, "t": 0.7}, "conflict"),
    ],
)
def test_confidence(one: str, two: str, request_: dict[str, Any], route: str) -> None:
    assert resolved("priority, confidence", XY % (one, two), **request_) == route


def test_what_is_unknown_is_not_comparable() -> None:
    routes = "route x { when s or a  to own  on_unknown fires } route y { when t  to cloud }"
    assert resolved("priority, confidence", routes, s=0.4, a=None, t=0.7) == "conflict"


def test_every_route_that_holds_in_the_tier_has_to_be_comparable() -> None:
    routes = XY % ("s", "t") + " route z { priority -1  when a  to bare }"
    request = {"s": 0.6, "t": 0.7}
    assert resolved("priority, confidence", routes, **request) == "y"
    assert resolved("priority, confidence", routes, a=True, **request) == "conflict"
    assert resolved("priority, confidence, name", routes, a=True, **request) == "x"
    catch_all = XY % ("s", "t") + " route z { to bare }"
    assert resolved("priority, confidence", catch_all, **request) == "y"


@pytest.mark.parametrize(
    ("keys", "route"),
    [
        ("priority", "y"),
        ("confidence, priority", "x"),
        ("priority, confidence", "y"),
        ("name", "x"),
        ("confidence", "x"),
    ],
)
def test_keys_in_order(keys: str, route: str) -> None:
    routes = "route y { priority 1  when s  to own } route x { when t  to cloud }"
    assert resolved(keys, routes, s=0.6, t=0.7) == route


def test_names_go_by_code_point() -> None:
    assert resolved("name", "route b { when a  to own } route B { when a  to cloud }", a=True) == "B"
