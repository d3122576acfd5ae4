"""YAML with positions, and what no text may do."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
import yaml

from tests.support.work import calls
from wrpc.importers import document, scalars
from wrpc.importers.document import Items, Keys, Scalar
from wrpc.importers.scalars import plain
from wrpc.source import Source


def read(text: str) -> tuple[document.Node | None, list[str]]:
    root, found = document.read(Source("x.yaml", text))
    return root, [f"{d.code.id} {d.span.line}:{d.span.column}" for d in found]


def keys(text: str) -> Keys:
    root, found = read(text)
    assert found == []
    assert isinstance(root, Keys)
    return root


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Fraction(1, 10)), ("-.5", Fraction(-1, 2)), ("1e3", Fraction(1000)), ("010", 10), ("0x1F", 31),
        ("0o17", 15), ("yes", "yes"), ("on", "on"), ("1:30", "1:30"), ("1_000", "1_000"), ("true", True), ("~", None),
        ("null", None), ("", None), (".inf", ".inf"), ("2026-01-01", "2026-01-01"), ("9" * 400, "9" * 400),
    ],
)  # fmt: skip
def test_a_scalar_is_what_was_written(text: str, value: object) -> None:
    assert plain(text) == value
    assert type(plain(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "yes", "On", "OFF", "y", "010", "08", "0o7", "1_000", "0_", "0x_", "0x1F", "0b11", "1e3", "1.5e+3", ".5", "5.",
        "1_.5_", "+1", "-0", "-.5", "+.5", "1:30", "-1:30", "12:30:45.5", "2026-01-01", "2001-12-14t21:59:43.10-05:00",
        "2026-1-1", "null", "~", "<<", "=", "os.environ/KEY", "-x", "+", "true", "9" * 50,
    ],
)  # fmt: skip
def test_the_pyyaml_dialect_reads_as_pyyaml_does(text: str) -> None:
    try:
        expected = yaml.safe_load(text)
    except (ValueError, yaml.YAMLError):
        expected = text
    got = document.PYYAML.plain(text)
    if isinstance(expected, dt.date):
        assert got == scalars.Date(text)
    elif isinstance(expected, float):
        assert isinstance(got, Fraction)
        assert float(got) == expected
    else:
        assert got == expected
        assert type(got) is type(expected)


def test_a_dialect_says_which_of_two_values_a_key_has() -> None:
    for dialect, kept in ((document.CORE, 1), (document.PYYAML, 2)):
        root, found = document.read(Source("x.yaml", "a: 1\na: 2\n"), dialect)
        assert isinstance(root, Keys)
        assert root["a"] == Scalar(kept, str(kept), root["a"].span)
        assert [d.code.id for d in found] == ["WRP051"]


def test_quotes_make_text() -> None:
    node = keys('a: "8"')["a"]
    assert isinstance(node, Scalar)
    assert node.value == "8"
    assert node.quoted


def test_positions_count_characters() -> None:
    root = keys("é: 私\nb:\n  - 1\n  - {c: d}\n# end\n")
    assert root.key("b").line == 2
    items = root["b"]
    assert isinstance(items, Items)
    inner = items.items[1]
    assert isinstance(inner, Keys)
    assert inner["c"].span.text == "d"
    assert (inner["c"].span.line, inner["c"].span.column) == (4, 9)


def test_a_block_ends_where_its_text_does() -> None:
    assert keys("a:\n  b: 1\n\n\nc: 2\n")["a"].span.text == "b: 1"


def test_anchors_and_merges() -> None:
    root = keys("base: &b {x: 1, y: 2}\nmade: {<<: *b, y: 3}\n")
    made = root["made"]
    assert isinstance(made, Keys)
    assert [(k, getattr(made[k], "value", None)) for k in made] == [("y", 3), ("x", 1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2", ["WRP050 1:9"]),
        ("a: 'b", ["WRP050 1:6"]),
        ("a:\n\t- b", ["WRP050 2:1"]),
        ("\0", ["WRP050 1:1"]),
        ("a: 1\nb: 2\na: 3", ["WRP051 3:1"]),
        ("a: *b", ["WRP052 1:4"]),
        ("a: &a [*a]", ["WRP052 1:8"]),
        ("1: a", ["WRP053 1:1"]),
        ("[a]: b", ["WRP053 1:1"]),
        ("true: a", ["WRP053 1:1"]),
        ("a: 1\n---\nb: 2", ["WRP054 2:1"]),
    ],
)
def test_a_fault_has_its_place(text: str, expected: list[str]) -> None:
    assert read(text)[1] == expected


def test_nothing_is_nothing() -> None:
    assert read("") == (None, [])
    assert read("# only a comment\n") == (None, [])


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (bomb(9), "WRP052"),
        ("[" * 100_000, "WRP05"),
        ("a: " * 500 + "b", "WRP050"),
        ("\n".join("  " * i + "a:" for i in range(300)), "WRP055"),
        ("a: " + "x" * 5_000_000, "WRP056"),
        ("- a\n" * 2_600_000, "WRP056"),
    ],
    ids=["aliases", "brackets", "colons", "indentation", "one long line", "10 MB"],
)
def test_no_text_is_much_work(text: str, code: str) -> None:
    _, found = document.read(Source("x.yaml", text))
    assert found[0].code.id.startswith(code)
    assert calls(lambda: document.read(Source("x.yaml", text))) < 1_000_000
