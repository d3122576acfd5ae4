"""Values of a file against the types that the facts name."""

from __future__ import annotations

import pytest

from wrpc.importers import document
from wrpc.importers.document import Keys, Node
from wrpc.importers.litellm.types import expected, fits, is_date, misfits
from wrpc.source import Source


def node(text: str) -> Node:
    root, found = document.read(Source("x.yaml", f"a: {text}\n"), document.PYYAML)
    assert isinstance(root, Keys)
    assert found == []
    return root["a"]


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        ("bool", ["true", "yes", "", "os.environ/X"], ["'true'", "1", "[]"]),
        ("bool|flag", ["true", "'yes'", "0", "'False'"], ["maybe", "2", "{}"]),
        ("int", ["3", "3.0", "3.5"], ["true", "'3'"]),
        ("int|numeral", ["3", "'3'"], ["three", "[3]"]),
        ("number", ["3", "0.5"], ["false", "'0.5'"]),
        ("text", ["a", "'3'"], ["3", "[a]", "{a: 1}", "2024-02-01", "no"]),
        ("list", ["[]", "[1]"], ["a", "{}"]),
        ("[text]", ["[]", "[a]"], ["[1]", "a"]),
        ("map", ["{}", "{a: 1}"], ["[]", "a"]),
        ("any", ["1", "a", "[]", "{}"], []),
        ("number|text", ["1", "a"], ["[]", "true"]),
    ],
)
def test_what_fits(type_: str, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not fits(type_, node(text))] == []
    assert [text for text in bad if fits(type_, node(text))] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("0", "range"), ("-0.5", "range"), ("0.5", None), ("'0'", None), ("os.environ/X", None), ("x", "type")],
)
def test_a_number_out_of_bounds_is_still_a_number(text: str, wrong: str | None) -> None:
    found = [each.wrong for each in misfits("number(0,]|numeral", node(text))]
    assert found == ([] if wrong is None else [wrong])
    assert fits("number(0,]|numeral", node(text)) == (wrong != "type")


def test_in_words() -> None:
    assert expected("int|numeral") == "a number"
    assert expected("map|text") == "a mapping or text"
    assert is_date(node("2024-02-01"))
    assert not is_date(node("'2024-02-01'"))
