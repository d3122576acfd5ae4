"""JSON that any reader takes, whatever characters a policy holds."""

from __future__ import annotations

import json

import pytest

from wrpc.diagnostics import Code, Edit, Fix, finding
from wrpc.report.json import diagnostic, dumps, fix
from wrpc.source import Source


@pytest.mark.parametrize("text", ["→ ok", "\u2028", "\u202e", "\x7f", "\ud800", "😀", "a\nb", "\U000e0001"])
def test_every_character_survives(text):
    for indent in (None, 2):
        written = dumps({"x": text}, indent=indent)
        assert json.loads(written) == {"x": text}
        assert written.replace("\n", "").isprintable()


def test_fixes():
    source = Source("a.wrp", "abc")
    code = Code("WRP101", "unknown-name", "error", "A name.")
    found = finding(code, "m", source.span(0, 1), fixes=[Fix(source.span(0, 1), "b", "write `b`")])
    assert diagnostic(found)["fixes"] == [
        {
            "title": "write `b`",
            "span": {"file": "a.wrp", "line": 1, "column": 1, "end_line": 1, "end_column": 2},
            "text": "b",
            "safe": True,
            "also": [],
        }
    ]


def test_a_fix_of_two_edits():
    source = Source("a.wrp", "abc")
    moved = Fix(source.span(2, 2), "a", "move `a`", also=(Edit(source.span(0, 1), ""),))
    assert [e.text for e in moved.edits] == ["", "a"]
    span = {"file": "a.wrp", "line": 1, "column": 1, "end_line": 1, "end_column": 2}
    assert fix(moved)["also"] == [{"span": span, "text": ""}]
