"""Types as they are written in data, and data that does not hold together."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from wrpc.importers.document import Scalar
from wrpc.importers.schema import (
    Bounds,
    Either,
    ListOf,
    MapOf,
    Plain,
    ReadBy,
    Reader,
    Schema,
    ShapeOf,
    Type,
    Word,
    said,
    schema,
)
from wrpc.source import Source

READERS = {"size": Reader("a size such as `8K`", lambda node: node)}


def read(type_: str) -> tuple[Type, Schema]:
    data = {
        "shapes": {"one": {"keys": {"key": type_}}},
        "words": {"colour": ["red", "blue"]},
        "patterns": {"id": "[a-z]+"},
    }
    made = schema(data, READERS)
    return made.shapes["one"].keys["key"].type, made


def bounds(low: int | None, high: int | None, *, low_open: bool = False, high_open: bool = False) -> Bounds:
    ends = [None if end is None else Fraction(end) for end in (low, high)]
    return Bounds(ends[0], ends[1], low_open, high_open)


@pytest.mark.parametrize(
    ("text", "type_", "words"),
    [
        ("text", Plain("text"), "text"),
        ("int[1,]", Plain("int", bounds(1, None)), "a whole number"),
        ("number(0,1]", Plain("number", bounds(0, 1, low_open=True)), "a number"),
        ("[one]", ListOf(ShapeOf("one")), "a list"),
        ("{[text]}", MapOf(ListOf(Plain("text"))), "a mapping"),
        ("colour", Word(("red", "blue")), "`red` or `blue`"),
        ("=a|=b c", Word(("a", "b c")), "`a` or `b c`"),
        ("int|=auto|null", Either((Plain("int"), Plain("null"), Word(("auto",)))), "a whole number or `auto`"),
        ("size", ReadBy("size"), "a size such as `8K`"),
    ],
)  # fmt: skip
def test_a_type(text: str, type_: Type, words: str) -> None:
    found, made = read(text)
    assert found == type_
    assert said(found, made) == words


@pytest.mark.parametrize("text", ["colours", "[text", "text]", "int[1", "", "text||int", "?"])
def test_what_is_no_type(text: str) -> None:
    with pytest.raises(ValueError, match="type"):
        read(text)


@pytest.mark.parametrize(
    ("within", "value", "outside"),
    [
        (bounds(0, 1), Fraction(3, 2), "outside 0 to 1"),
        (bounds(1, None), 0, "below 1"),
        (bounds(None, 5), 6, "above 5"),
        (bounds(0, 1, low_open=True), 0, "not above 0 or above 1"),
        (bounds(None, 1, high_open=True), 1, "not below 1"),
    ],
)
def test_bounds(within: Bounds, value: int | Fraction, outside: str) -> None:
    assert not within.hold(value)
    assert within.hold(Fraction(1, 2)) or within.hold(3)
    assert within.outside == outside


def test_a_variable() -> None:
    made = schema({"shapes": {}, "variable": r"env/.+"})
    at = Source("", "").span(0, 0)
    assert made.is_variable(Scalar("env/KEY", "env/KEY", at))
    assert not made.is_variable(Scalar("KEY", "KEY", at))
    assert made.variable == re.compile(r"env/.+")
