"""What is printed is read back as the same tree, and printing that gives the same text."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.syntax import trees
from wrpc.source import Source
from wrpc.syntax import tree as t
from wrpc.syntax.format import format_expr, format_file
from wrpc.syntax.parse import parse

wide = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def read(text: str) -> t.File:
    file, findings = parse(Source("printed.wrp", text))
    assert not findings, (text, findings)
    return file


@wide
@given(trees.files)
def test_print_then_parse(file: t.File) -> None:
    text = format_file(file)
    again = read(text)
    assert again == file
    assert format_file(again) == text


@wide
@given(trees.expressions)
def test_an_expression_on_one_line(e: t.Expr) -> None:
    text = format_expr(e)
    assert "\n" not in text
    (let,) = read(f"let x = {text}").declarations
    assert isinstance(let, t.Let)
    assert let.value == e


def test_a_route_of_a_reserved_name() -> None:
    """It is refused later; until then the printer changes nothing of what was meant."""
    text = "route `default` { to a }\n"
    assert format_file(read(text)) == text


gaps = st.sampled_from([" ", "  ", "\n", "\n\n\n", " # one\n", "\n# two\n", "\n\n  # three  \n\n"])


@wide
@given(trees.files, st.data())
def test_any_layout(file: t.File, data: st.DataObject) -> None:
    """Any space and comments between the words: the same tree, every comment kept, and one more print no change."""
    from wrpc.syntax.words import words

    text = format_file(file)
    parts: list[str] = []
    for found in words().match.finditer(text):
        word = found[found.lastindex or 0]
        if word != found[0] or not parts:
            parts.append(data.draw(gaps))
        parts.append(word)
    messy = read("".join(parts))
    assert messy == file
    pretty = format_file(messy)
    again = read(pretty)
    assert again == file
    assert sorted(c.text.rstrip() for c in again.comments) == sorted(c.text.rstrip() for c in messy.comments)
    assert format_file(again) == pretty
