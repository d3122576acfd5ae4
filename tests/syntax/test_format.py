"""The layout, as golden files: `NAME.wrp` is what is written, `NAME.golden.wrp` what comes out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.support.work import calls
from tests.syntax import trees
from wrpc.source import Source
from wrpc.syntax import tree as t
from wrpc.syntax.format import format_expr, format_file
from wrpc.syntax.parse import parse

WRITTEN = [path for path in sorted((Path(__file__).parent / "format").glob("*.wrp")) if ".golden" not in path.name]


def pretty(text: str) -> str:
    file, findings = parse(Source("written.wrp", text))
    assert not findings
    return format_file(file)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_golden(path: Path, update: bool) -> None:
    golden = path.with_suffix(".golden.wrp")
    made = pretty(path.read_text(encoding="utf-8"))
    if update:
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8")
    assert pretty(made) == made
    assert made.count("#") == path.read_text(encoding="utf-8").count("#")


def test_the_examples(root: Path) -> None:
    for path in (root / "policies").rglob("*.wrp"):
        text = path.read_text(encoding="utf-8")
        made = pretty(text)
        assert pretty(made) == made
        assert made.count("#") == text.count("#")
        assert parse(Source("a", made))[0] == parse(Source("b", text))[0]


def test_the_policies(root: Path) -> None:
    """The policies of the project stand in the layout that `fmt` gives."""
    for path in (root / "policies").rglob("*.wrp"):
        text = path.read_text(encoding="utf-8")
        assert pretty(pretty(text)) == pretty(text)


def made(*declarations: t.Declaration) -> str:
    return format_file(t.File(trees.SPAN.source, declarations))


def name(text: str) -> t.Name:
    return t.Name(trees.SPAN, text)


def path(text: str) -> t.Path:
    return t.Path(trees.SPAN, (name(text),))


def pool(text: str, *attributes: tuple[str, t.Value]) -> t.Section:
    items = tuple(t.Attribute(trees.SPAN, name(key), value) for key, value in attributes)
    return t.Section(trees.SPAN, "pool", name(text), items)


def test_a_program_needs_no_spans() -> None:
    gpu, words = path("h100"), t.Text(trees.SPAN, "a text of some length, so that it fits no line")
    assert made(
        pool("a", ("gpu", gpu)),
        pool("b"),
        pool("c", ("one", words), ("two", words)),
        t.Let(trees.SPAN, name("x"), path("y")),
        t.Let(trees.SPAN, name("y"), path("z")),
    ) == (
        "pool a { gpu h100 }\n"
        "pool b {}\n"
        "\n"
        "pool c {\n"
        '  one "a text of some length, so that it fits no line"\n'
        '  two "a text of some length, so that it fits no line"\n'
        "}\n"
        "\n"
        "let x = y\n"
        "let y = z\n"
    )
    assert made() == ""


def test_a_parsed_file_with_a_declaration_of_a_program() -> None:
    file, _ = parse(Source("mixed.wrp", "# one\npool a {}\n# two\npool b {}\n"))
    first, second = file.declarations
    mixed = t.File(file.source, (first, pool("c"), second), file.comments)
    assert format_file(mixed) == "# one\npool a {}\npool c {}\n# two\npool b {}\n"
    assert format_file(t.File(file.source, (pool("c"),), file.comments)) == "pool c {}\n# one\n# two\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", "a"), ("to", "to"), ("not", "`not`"), ("in", "`in`"), ("x-1", "`x-1`"), ("a`b", "`a``b`"),
        ("größe", "`größe`"), ("1a", "`1a`"), ("a b", "`a b`"), ("none", "none"),
    ],
)  # fmt: skip
def test_names(text: str, written: str) -> None:
    assert format_expr(path(text)) == written


@pytest.mark.parametrize("text", ["", "a\nb"])
def test_names_that_cannot_be_written(text: str) -> None:
    with pytest.raises(ValueError, match="no way to write"):
        format_expr(path(text))


@pytest.mark.parametrize(
    ("value", "text", "written"),
    [
        (Fraction(8), "", "8k"), (Fraction(8), "8.0", "8.0k"), (Fraction(8), "9", "8k"), (Fraction(5, 2), "x", "2.5k"),
        (Fraction(-1, 8), "", "-0.125k"), (Fraction(1, 10**6), "", "0.000001k"),
        (Fraction(131072), "131_072", "131_072k"),
    ],
)  # fmt: skip
def test_numbers(value: Fraction, text: str, written: str) -> None:
    assert format_expr(t.Number(trees.SPAN, value, "k", text)) == written


def test_a_number_without_an_end() -> None:
    with pytest.raises(ValueError, match="no finite decimal expansion"):
        format_expr(t.Number(trees.SPAN, Fraction(1, 3)))


def test_texts() -> None:
    assert (
        format_expr(t.Text(trees.SPAN, 'a "b" \\ \n \t é ☂ \x00\u202e'))
        == '"a \\"b\\" \\\\ \\n \\t é ☂ \\u0000\\u202e"'
    )


def test_work_grows_with_the_size() -> None:
    """Ten times the text is about ten times the work."""

    def work(size: int) -> int:
        text = "".join(f"pool p{n} {{ gpu h100  # c\n  labels {{ a [{n}, 2] }} }}\n" for n in range(size))
        text += "let x = " + " and ".join(["(a or b)"] * size) + "\n"
        file, _ = parse(Source("long.wrp", text))
        return calls(lambda: format_file(file))

    assert work(2000) < 11 * work(200)
