"""Step 1: what a failed signal means, and what groups settle; the types of signals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decide.deciding import decided, taken

REST = ' route r { when {} to own } route u { when not ({}) to cloud } default { deny "unknown" }'


def verdict(declared: str, condition: str, **request: object) -> bool | None:
    """Whether a condition is true, false or unknown of a request."""
    route = taken(declared + REST.replace("{}", condition), **request)
    return {"r": True, "u": False}.get(str(route))


BOOL = 'signal a: bool { source header("a") } signal b: bool { source header("b") } '
NUMBER = 'signal n: int(0..10) { source header("n") } signal x: real(0..1) { source header("x") } '
OTHERS = (
    'signal e: one_of(red, blue) { source header("e") } signal t: any_of(shell, mail) { source header("t") } '
    'signal w: string { source header("w") } signal v: string { source header("v") } '
)
SCORE = 'signal s: score { source classifier("s")  threshold 0.5 } signal z: score { source classifier("z")  above 0 } '


@pytest.mark.parametrize(
    ("condition", "request_", "expected"),
    [
        ("a", {"a": None}, None),
        ("not a", {"a": None}, None),
        ("a or not a", {"a": None}, None),
        ("a and not a", {"a": None}, None),
        ("a or b", {"a": None, "b": True}, True),
        ("a or b", {"a": None, "b": False}, None),
        ("a and b", {"a": None, "b": False}, False),
        ("a and b", {"a": None, "b": True}, None),
        ("n >= 0", {"n": None}, None),
        ("n < 5 or n >= 5", {"n": None}, None),
        ("0 * n + x <= 1", {"n": None, "x": 0.5}, None),
        ("n - n == 0", {"n": None}, None),
        ("n + x > 5", {"n": 5, "x": None}, None),
        ("e in [red, blue]", {"e": None}, None),
        ("e == red", {"e": "red"}, True),
        ("e < blue", {"e": "red"}, True),
        ("shell in t", {"t": None}, None),
        ("shell in t", {"t": ["shell"]}, True),
        ("shell not in t", {"t": ["mail"]}, True),
        ("prefix(w, \"\")", {"w": None}, None),
        ("prefix(w, \"eu-\")", {"w": "eu-1"}, True),
        ("w == v", {"w": "a", "v": None}, None),
        ("w < \"b\"", {"w": "a"}, True),
        ("w in [\"a\", \"b\"]", {"w": None}, None),
        ("s", {"s": 0.5}, True),
        ("s", {"s": 0.499}, False),
        ("z", {"z": 0}, False),
        ("z", {"z": 0.001}, True),
        ("confidence(s) == 0", {"s": 0.4}, True),
        ("raw(s) == 0.4", {"s": 0.4}, True),
        ("confidence(s) == 0.6", {"s": 0.6}, True),
        ("s + a == 2", {"s": 0.6, "a": True}, True),
        ("s + a == 1", {"s": 0.6, "a": None}, None),
        ("raw(s) >= 0", {"s": None}, None),
    ],
)  # fmt: skip
def test_conditions(condition: str, request_: dict[str, Any], expected: bool | None) -> None:
    assert verdict(BOOL + NUMBER + OTHERS + SCORE, condition, **request_) is expected


@pytest.mark.parametrize(
    ("type", "meaning", "condition", "expected"),
    [
        ("bool", "fires", "f", True),
        ("bool", "silent", "f", False),
        ("score", "fires", "f", True),
        ("score", "fires", "raw(f) == 1 and confidence(f) == 1", True),
        ("score", "silent", "f", False),
        ("score", "silent", "raw(f) == 0 and confidence(f) == 0", True),
    ],
)
def test_on_error(type: str, meaning: str, condition: str, expected: bool) -> None:
    threshold = "threshold 0.5" if type == "score" else ""
    declared = f'signal f: {type} {{ source classifier("f")  {threshold}  on_error {meaning} }} '
    assert verdict(declared, condition, f=None) is expected


def test_on_error_deny_ends_it_whoever_reads_the_signal() -> None:
    text = 'signal f: int(0..9) { source header("f")  on_error deny } default { to own }'
    found = decided(text, f=None)
    assert (found["route"], found["action"], found["destinations"]) == (None, "deny", [])
    assert found["reason"]


BAND = "score risk = 0.5 * raw(s) + 0.5 * a band level of risk { low below 0.25, mid upto 0.5, high otherwise } "


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ({"s": 0.49}, "low"), ({"s": 0.5}, "mid"), ({"s": 1}, "mid"), ({"s": 0.001, "a": True}, "high"),
        ({"s": 0, "a": True}, "mid"),
    ],
)  # fmt: skip
def test_bands(request_: dict[str, Any], name: str) -> None:
    for other in ("low", "mid", "high"):
        assert verdict(BOOL + SCORE + BAND, f"level == {other}", **request_) is (other == name)


def test_a_band_over_an_unknown_is_unknown() -> None:
    assert verdict(BOOL + SCORE + BAND, "level in [low, mid, high]", s=1, a=None) is None


def test_what_no_step_names_is_none() -> None:
    declared = SCORE + "score risk = raw(s) band level of risk { some upto 0.5 } "
    assert verdict(declared, "level == none", s=0.6) is True
    declared = SCORE + "score risk = raw(s) band level of risk { none below 0.2, some otherwise } "
    assert verdict(declared, "level == none", s=0.1) is True


# ── Exclusive groups ──────────────────────────────────────────────────────

MEMBERS = (
    'signal a: bool { source header("a") } signal b: score { source classifier("b")  threshold 0.5 } '
    'signal c: score { source classifier("c")  threshold 0.5 } '
)
PLAIN = MEMBERS + "group g exclusive { a, b, c } "
SETTLED = MEMBERS + "group g exclusive { a, b, c } default c "


@pytest.mark.parametrize(
    ("declared", "condition", "request_", "expected"),
    [
        (PLAIN, "b", {"a": True, "b": None}, False),
        (PLAIN, "b", {"a": None, "b": 0.7}, True),
        (PLAIN, "a", {"a": None, "b": 0.7}, False),
        (PLAIN, "b", {"b": None}, None),
        (PLAIN, "c", {"b": None}, False),
        # The default fires, with confidence 1, when no other does, whatever its own signal says.
        (SETTLED, "c", {}, True),
        (SETTLED, "confidence(c) == 1", {"c": 0.1}, True),
        (SETTLED, "c", {"c": None}, True),
        (SETTLED, "c", {"a": True, "c": 0.9}, False),
        (SETTLED, "confidence(c) == 0", {"a": True, "c": 0.9}, True),
        (SETTLED, "c", {"b": None}, None),
        (SETTLED, "c", {"b": None, "a": True}, False),
        (SETTLED, "raw(c) == 0.9", {"a": True, "c": 0.9}, True),
    ],
)
def test_groups(declared: str, condition: str, request_: dict[str, Any], expected: bool | None) -> None:
    assert verdict(declared, condition, **request_) is expected


def test_fired_is_what_fires_after_all_that() -> None:
    text = SETTLED + 'signal f: bool { source header("f")  on_error fires } default { to own }'
    assert decided(text, f=None)["fired"] == ["c", "f"]
    assert decided(text, a=True, c=0.9)["fired"] == ["a"]
