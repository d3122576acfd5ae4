"""Every node covers exactly the text it was read from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from wrpc.source import Source
from wrpc.syntax import tree as t
from wrpc.syntax.parse import parse

TEXT = """\
policy p { language 1 }
override pool `odd name` { gpu h100 }
signal s: score(-1..1) { source embedding(["a", "b"], k = 2)  threshold 0.85 }
band b of s { low below -0.5, rest otherwise }
group g exclusive { a, b } default b
let x = (a or b) and not -c * 2 - 1 < 8k
route r {
  when x == y and z not in [a, 1..2, 85%]
  cascade a -> b escalate when confidence < 0.7
  to a weight 90, b
}
"""


def walk(node: object) -> Iterator[t.Node]:
    if isinstance(node, t.Node):
        yield node
        for field in fields(node):
            yield from walk(getattr(node, field.name))
    elif isinstance(node, tuple):
        for part in node:
            yield from walk(part)


def nodes(text: str) -> list[t.Node]:
    file, findings = parse(Source("spans.wrp", text))
    assert not findings
    return [node for declaration in file.declarations for node in walk(declaration)]


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (t.Override, ["override pool `odd name` { gpu h100 }"]),
        (t.Range, ["-1..1", "1..2"]),
        (t.Number, ["1", "-1", "1", "2", "0.85", "-0.5", "2", "1", "8k", "1", "2", "85%", "0.7", "90"]),
        (t.Argument, ["-1..1", '["a", "b"]', "k = 2"]),
        (t.Step, ["low below -0.5", "rest otherwise"]),
        (t.Group, ["group g exclusive { a, b } default b"]),
        (t.Or, ["(a or b)"]),
        (t.And, ["(a or b) and not -c * 2 - 1 < 8k", "x == y and z not in [a, 1..2, 85%]"]),
        (t.Not, ["not -c * 2 - 1 < 8k"]),
        (t.Compare, ["-c * 2 - 1 < 8k", "x == y", "confidence < 0.7"]),
        (t.Sum, ["-c * 2 - 1"]),
        (t.Product, ["-c * 2"]),
        (t.Signed, ["-c"]),
        (t.In, ["z not in [a, 1..2, 85%]"]),
        (t.Cascade, ["cascade a -> b escalate when confidence < 0.7"]),
        (t.Destination, ["a weight 90", "b"]),
        (t.To, ["to a weight 90, b"]),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_texts(kind: type[t.Node], texts: list[str]) -> None:
    assert [node.span.text for node in nodes(TEXT) if type(node) is kind] == texts


def test_parts_stand_inside_in_order() -> None:
    for node in nodes(TEXT):
        at = node.span.start
        for field in fields(node):
            part = getattr(node, field.name)
            for child in part if isinstance(part, tuple) else [part]:
                if isinstance(child, t.Node):
                    assert at <= child.span.start <= child.span.end <= node.span.end
                    at = child.span.end


def test_numbers_and_names() -> None:
    made = {
        n.span.text: n
        for n in nodes("let a = 1_000.50 + 1.80USD/Mtok + 1e3 + 200k/min + 2E-2 + 8Ki")
        if isinstance(n, t.Number)
    }
    assert {text: (str(n.value), n.unit, n.text) for text, n in made.items()} == {
        "1_000.50": ("2001/2", "", "1_000.50"),
        "1.80USD/Mtok": ("9/5", "USD/Mtok", "1.80"),
        "1e3": ("1000", "", "1e3"),
        "200k/min": ("200", "k/min", "200"),
        "2E-2": ("1/50", "", "2E-2"),
        "8Ki": ("8", "Ki", "8"),
    }
    named = [n for n in nodes("pool `a``b` {}") if isinstance(n, t.Name)]
    assert [(n.text, n.span.text) for n in named] == [("a`b", "`a``b`")]


@pytest.mark.parametrize(
    ("written", "tree"),
    [
        ("a -1", "Sum"), ("a - 1", "Sum"), ("a-1", "Sum"), ("-1", "Number"), ("- 1", "Signed"), ("-x", "Signed"),
        ("f(-1..1)", "Call"), ("f(0.5..1)", "Call"), ("a and b and c", "And"), ("not a == b", "Not"),
        ("-1 - -1", "Sum"), ("a\n-1", "Sum"),
    ],
)  # fmt: skip
def test_what_a_sign_belongs_to(written: str, tree: str) -> None:
    file, findings = parse(Source("sign.wrp", f"let x = {written}"))
    assert not findings
    (let,) = file.declarations
    assert isinstance(let, t.Let)
    assert type(let.value).__name__ == tree
    assert let.value.span.text == written


def test_the_examples(root: Path) -> None:
    paths = sorted((root / "policies").rglob("*.wrp"))
    assert paths
    for path in paths:
        source = Source(path.name, path.read_text(encoding="utf-8"))
        file, findings = parse(source)
        assert not findings
        assert file.comments
        for declaration in file.declarations:
            for node in walk(declaration):
                assert node.span.text
