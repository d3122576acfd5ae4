"""A piece of a file: every character has its place, every repair is written as the place demands."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.volume import compared, many
from wrpc.diagnostics import Edit, Fix
from wrpc.importers import document, spelled
from wrpc.importers.document import Keys, Scalar
from wrpc.importers.excerpt import Excerpt
from wrpc.importers.spelled import Spelled
from wrpc.source import Source

STYLES = ("|", ">", "|-", ">-", "|+", ">+", "|2", ">2-", "|1+ # kept", '"', "'")
ROWS = ("a: 1", "  b", "- c", "", " ", "   d: e", "it's", "x", "é", "#no", "a:  b", "\tt")
ESCAPED = ("\\n", "\\t", "\\x41", "\\\\", '\\"', "\\u00e9", "\\U0001F600", "\\\n     ", "\\/")


def written(chance: Random) -> str:
    """A key with a scalar of some style, and what follows it."""
    style = chance.choice(STYLES)
    rows = [chance.choice(ROWS) for _ in range(chance.randint(1, 7))]
    if style[0] in "|>":
        indent = int(style[1]) if style[1:2].isdigit() else chance.choice((1, 2, 4))
        lines = [" " * indent + row if row.strip() or chance.random() < 0.5 else row for row in rows]
        return f"k: {style}\n" + "\n".join(lines) + chance.choice(("\n", "", "\nb: 1\n", "\n# c\nb: 1\n"))
    doubled = {"'": "''"} if style == "'" else {'"': "", "\\": ""}
    rows = ["".join(doubled.get(letter, letter) for letter in row) for row in rows]
    if style == '"':
        rows = [row + (chance.choice(ESCAPED) if chance.random() < 0.5 else "") for row in rows]
    return f"k: {style}" + "\n   ".join(rows) + f"{style}\nb: 1\n"


def scalar_of(text: str) -> Scalar | None:
    try:
        yaml.safe_load(text)
    except yaml.YAMLError:
        return None
    root, _ = document.read(Source("x.yaml", text))
    node = root.get("k") if isinstance(root, Keys) else None
    return node if isinstance(node, Scalar) and node.quoted and node.text.strip() else None


@many(400, floors=200)
@given(st.integers(0, 2**32))
def test_every_character_has_its_place(seed: int) -> None:
    text = written(Random(seed))
    node = scalar_of(text)
    if node is None:
        return
    compared()
    piece = spelled.scalar(node)
    assert piece.exact, text
    assert piece.text == node.text
    assert sum(run.length for run in piece.runs) == len(piece.text)
    for run in piece.runs:
        here, there = piece.text[run.start : run.start + run.length], text[run.outer : run.outer + run.outer_length]
        if run.length == run.outer_length and here.strip():
            assert here.rstrip("\n") == there.rstrip("\n")


def piece_of(text: str) -> tuple[Excerpt, Any]:
    outer = Source("x.yaml", text)

    def piece(source: Source) -> Spelled | None:
        root, _ = document.read(source)
        node = root.get("k") if isinstance(root, Keys) else None
        if isinstance(node, Keys):
            return spelled.mapping(node)
        return spelled.scalar(node) if isinstance(node, Scalar) and node.quoted else None

    made = piece(outer)
    assert made is not None

    def again(changed: Source) -> str | None:
        there = piece(changed)
        return None if there is None else there.text

    return Excerpt(Source("inner", made.text), outer, made, "here", again), again


def repaired(text: str, old: str, new: str) -> str | None:
    """The file with a text of the piece replaced by another."""
    made, _ = piece_of(text)
    at = made.source.text.index(old)
    return applied(made, Fix(made.source.span(at, at + len(old)), new, "t"))


def applied(made: Excerpt, fix: Fix) -> str | None:
    home = made._fix(fix)
    if home is None:
        return None
    text = made.outer.text
    for edit in reversed(home.edits):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


LITERAL = "top: 1\nk: |  # why\n    a: 1\n    b:\n      - c  # here\n\n    d: 2\nlast: 3\n"


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        (LITERAL, "c  #", "[c]  #", LITERAL.replace("c  #", "[c]  #")),
        (LITERAL, "a: 1\n", "", LITERAL.replace("    a: 1\n", "")),
        (LITERAL, "d: 2\n", "d: 2\n\ne:\n  f: 1\n", LITERAL.replace("d: 2\n", "d: 2\n\n    e:\n      f: 1\n")),
        (LITERAL, "b:\n", "x: y\nb:\n", LITERAL.replace("b:\n", "x: y\n    b:\n")),
        ("k: |-\n a: 1\n b: 2\nx: 1\n", "2", "2\nc: 3\n", "k: |-\n a: 1\n b: 2\n c: 3\nx: 1\n"),
        ("k: |-\n a: 1", "1", "2\nc: 3", "k: |-\n a: 2\n c: 3"),
        ('k: "a: 1\\nb: 2\\n"\n', "2", '"x"\n# é', 'k: "a: 1\\nb: \\"x\\"\\n# é\\n"\n'),
        ("k: 'a: ''1'''\n", "'1'", "'2'", "k: 'a: ''2'''\n"),
        ("k: 'a: 1'\n", "1", "1\nb: 2", None),
        ("k: >\n  {a: 1,\n  b: 2}\n", "2", "3", "k: >\n  {a: 1,\n  b: 3}\n"),
        ("k: >\n  {a: 1,\n  b: 2}\n", "2", "3\n", None),
        ("k:\n  a: 1\n  # of b\n  b: 2\n  # end\nz: 1\n", "a: 1\n", "", "k:\n  # of b\n  b: 2\n  # end\nz: 1\n"),
        ("k: {a: 1, b: 2}\n", "1", "[1]", "k: {a: [1], b: 2}\n"),
        ("k:\n  a: |\n     x\n  b: 2", "b: 2", "b: 3\nc: 4", "k:\n  a: |\n     x\n  b: 3\n  c: 4"),
    ],
)  # fmt: skip
def test_a_repair_is_written_as_its_place_demands(text: str, old: str, new: str, expected: str | None) -> None:
    assert repaired(text, old, new) == expected


@many(300, floors=80)
@given(st.integers(0, 2**32))
def test_a_repair_in_the_file_says_what_it_said_of_the_piece(seed: int) -> None:
    chance = Random(seed)
    text = written(chance)
    if scalar_of(text) is None:
        return
    made, again = piece_of(text)
    inner = made.source.text
    start, end = sorted(chance.randint(0, len(inner)) for _ in range(2))
    new = chance.choice(("", "x", "y: z", "x\n", "\n", "x\n  y\n", " ", "'", '"'))
    fix = Fix(made.source.span(start, end), new, "t", also=(Edit(made.source.span(end), "w"),))
    whole = applied(made, fix)
    if whole is not None:
        compared()
        meant = inner[:start] + new + "w" + inner[end:]
        there = again(Source("x.yaml", whole)).strip("\n")
        assert there == meant.strip("\n")


def test_an_alias_for_what_stands_outside_is_spelled_out() -> None:
    text = "x: &x {a: 1, b: yes}\ny: &y 'no'\nk:\n  c: *x\n  d: {<<: *x, e: *y}\n  f: &z 1\n  g: *z\n"
    source = Source("x.yaml", text)
    reading = document.read_all(source)
    root = reading.documents[0].root
    assert isinstance(root, Keys)
    node = root["k"]
    assert isinstance(node, Keys)
    piece = spelled.mapping(node, reading.aliases)
    assert yaml.safe_load(piece.text) == yaml.safe_load(text)["k"]
    made = Excerpt(Source("inner", piece.text), source, piece, "here", lambda _: None)
    at = made.source.text.index('"no"')
    assert made.span(made.source.span(at, at + 4)).text == "*y"
    at = made.source.text.index("f: &z")
    assert made.span(made.source.span(at, at + 1)).line == 6
