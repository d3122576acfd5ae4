"""Input that is no policy: a coded finding with a place, soon, and never an exception of another kind."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.work import calls
from wrpc.diagnostics import Refusal
from wrpc.source import Source
from wrpc.syntax.parse import parse
from wrpc.syntax.parser import DEEPEST
from wrpc.syntax.read import LARGEST, from_bytes, read


def refusal(data: bytes) -> tuple[str, int, int]:
    with pytest.raises(Refusal) as raised:
        from_bytes("bad.wrp", data)
    (finding,) = raised.value.diagnostics
    return finding.code.id, finding.span.line, finding.span.column


def test_bytes_that_are_no_text() -> None:
    assert refusal(b"") == ("WRP006", 1, 1)
    assert refusal(b" \r\n\t\n") == ("WRP006", 1, 1)
    assert refusal(b"\xef\xbb\xbf") == ("WRP006", 1, 1)
    assert refusal("pool a {}\r\npool größe {}".encode("latin-1")) == ("WRP005", 2, 8)
    assert refusal("pool a {}".encode("utf-16")) == ("WRP005", 1, 1)
    assert refusal(b"pool a {}\n\x00") == ("WRP005", 2, 1)
    assert refusal(bytes(range(256))) == ("WRP005", 2, 118)
    assert refusal(b"x" * (LARGEST + 1)) == ("WRP007", 1, 1)


def test_line_ends_and_byte_order_marks_are_accepted() -> None:
    source = from_bytes("good.wrp", b"\xef\xbb\xbfpool a {}\r\npool b { x ) }\r\n")
    file, (finding,) = parse(source)
    assert len(file.declarations) == 1
    assert (finding.span.line, finding.span.column) == (2, 12)


def test_paths(tmp_path: Path) -> None:
    (tmp_path / "policy.wrp").write_text("pool a {}\n")
    assert read(tmp_path / "policy.wrp").name == (tmp_path / "policy.wrp").as_posix()
    for path in (tmp_path, tmp_path / "no\0name", tmp_path / ("x" * 5000), tmp_path / "none" / "policy.wrp"):
        with pytest.raises(Refusal) as raised:
            read(path)
        assert [d.code.id for d in raised.value.diagnostics] == ["WRP008"]
    with pytest.raises(Refusal) as raised:
        read(tmp_path / "polcy.wrp")
    assert raised.value.diagnostics[0].help == "did you mean `policy.wrp`?"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.wrp"
    path.write_text("pool a {}\n")
    path.chmod(0)
    with pytest.raises(Refusal) as raised:
        read(path)
    assert raised.value.diagnostics[0].code.id == "WRP008"


def deep(levels: int, opens: str, middle: str = "x", closes: str = "") -> str:
    return opens * levels + middle + closes * levels


NESTED = {
    "parentheses": ("let a = ", "(", ")"),
    "not": ("let a = ", "not ", ""),
    "minus": ("let a = ", "- ", ""),
    "blocks": ("pool a { b ", "{ x ", "}"),
    "lists": ("let a = b in ", "[", "]"),
    "calls": ("let a = ", "f(", ")"),
    "all kinds": ("let a = ", "-f(not (a + (b and ", ")))"),
}


@pytest.mark.parametrize("kind", NESTED)
def test_nesting_has_a_limit(kind: str) -> None:
    before, opens, closes = NESTED[kind]
    after = " }" if kind == "blocks" else ""
    middle = "1" if kind != "lists" else ""
    _, findings = parse(Source("deep.wrp", before + deep(100_000, opens, middle, closes) + after + "\nlet b = \n"))
    assert [f.code.id for f in findings] == ["WRP004", "WRP001"]


def test_the_limit_is_exact() -> None:
    assert not parse(Source("deep.wrp", "let a = " + deep(DEEPEST, "(", "1", ")")))[1]
    assert parse(Source("deep.wrp", "let a = " + deep(DEEPEST + 1, "(", "1", ")")))[1]
    assert not parse(Source("deep.wrp", "let a = " + " - ".join(["(1)"] * 1000)))[1]
    assert not parse(Source("deep.wrp", "let a = " + " and ".join(["not -f(a) == 1"] * 1000)))[1]


HUGE = 3_900_000
GARBAGE = [
    "(", "{", "}", "[", '"', "`", "\\", "'", "1", "1_", "@", "a ", "a", "é", "\n", "x {\n", "pool a { x = 1 }\n",
    '"a" ', '"\\', "{}\n", "not ", "a.", "pool ", "route a {\n", "let x = y z\n", "default ", ";\n", "/*",
]  # fmt: skip


@pytest.mark.parametrize("piece", GARBAGE)
def test_megabytes_of_anything_are_little_work(piece: str) -> None:
    text = "let a = )\n" + piece * (HUGE // len(piece))
    assert calls(lambda: parse(Source("huge.wrp", text))) < 100_000


def test_a_text_that_is_too_large() -> None:
    file, (finding,) = parse(Source("huge.wrp", "pool a {}\n" * 1_000_000))
    assert finding.code.id == "WRP007"
    assert not file.declarations


WORDS = """pool route a { } ( ) [ ] , = == : when to not and or in " ` ' # 1 8k -1 .. . -> let test default ; & é"""
words = st.sampled_from([*WORDS.split(), "\n"])


@given(st.lists(words, max_size=40))
def test_any_words(parts: list[str]) -> None:
    """Nothing raises; and a text without findings is a file that prints and reads back."""
    from wrpc.syntax.format import format_file

    text = " ".join(parts)
    file, findings = parse(Source("any.wrp", text))
    for finding in findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        assert finding.message
        assert not finding.message.endswith(".")
    again, more = parse(Source("again.wrp", format_file(file)))
    assert not more
    assert again == file


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    parse(Source("any.wrp", text))


@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    with suppress(Refusal):
        parse(from_bytes("any.wrp", data))
