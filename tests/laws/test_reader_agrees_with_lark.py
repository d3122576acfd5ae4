"""The fast reader makes the tree that Lark's own parser makes of the same text.

Lark gets the words one by one, cut here by the patterns of the grammar alone, and a tree without meaning comes out; the
builder then makes nodes of it from the leaves up. Two things are the language's own and are said here once more: which
words are names where no rule expects them, and that a minus belongs to a number only where an operand begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from lark import Lark, Token, Tree
from lark.lexer import PatternStr
from lark.parsers.lalr_interactive_parser import InteractiveParser

from tests.laws.dice import Dice, dices
from tests.laws.policies import texts
from tests.laws.volume import compared, many
from wrpc.source import Source, Span
from wrpc.syntax import tree as t
from wrpc.syntax.build import Builder, amount
from wrpc.syntax.parse import parse
from wrpc.syntax.tabulate import GRAMMAR
from wrpc.syntax.words import OPERATORS


@cache
def lark() -> Lark:
    return Lark(GRAMMAR.read_text(encoding="utf-8"), parser="lalr", keep_all_tokens=True, maybe_placeholders=False)


@cache
def names() -> dict[str, str]:
    """The names that Lark gives to words and marks."""
    return {str(t.pattern.value): t.name for t in lark().terminals if isinstance(t.pattern, PatternStr)}


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    return {t.name: re.compile(t.pattern.to_regexp()) for t in lark().terminals}


def pieces(text: str, at: int = 0) -> Iterator[tuple[str, int, int]]:
    while at < len(text):
        for name in ("__IGNORE_1", "COMMENT", "STRING", "NAME", "NUMBER"):
            if found := patterns()[name].match(text, at):
                if name not in ("__IGNORE_1", "COMMENT"):
                    yield name, at, found.end()
                at = found.end()
                break
        else:
            mark = max((m for m in names() if text.startswith(m, at)), key=len)
            yield mark, at, at + len(mark)
            at += len(mark)


def takes(state: InteractiveParser, kind: str) -> bool:
    action = state.choices().get(kind)
    return action is not None and (action[0].name == "Shift" or kind in state.accepts())


def parsed(text: str) -> Tree[Token]:
    state = lark().parse_interactive("")
    for kind, start, end in pieces(text):
        word = text[start:end]
        if kind == "NAME" and word in names():
            settled = word == "default" and patterns()["SETTLED"].match(text, start)
            if settled and takes(state, "SETTLED"):
                kind = "SETTLED"
            elif word in OPERATORS or takes(state, names()[word]):
                kind = names()[word]
        elif kind == "NUMBER" and word[0] == "-" and not takes(state, kind):
            state.feed_token(Token(names()["-"], "-", start_pos=start, end_pos=start + 1))
            start += 1
        kind = names().get(kind, kind)
        state.feed_token(Token(kind, text[start:end], start_pos=start, end_pos=end))
    tree: Tree[Token] = state.feed_eof()
    return tree


def built(text: str) -> t.File:
    source = Source("policy.wrp", text)
    builder = Builder(source)

    def node(at: Tree[Token] | Token) -> Any:
        if isinstance(at, Token):
            assert at.start_pos is not None
            assert at.end_pos is not None
            start, end = at.start_pos, at.end_pos
            written = text[start:end]
            match at.type:
                case "NAME":
                    return t.Name(Span(source, start, end), written.strip("`").replace("``", "`"))
                case "NUMBER":
                    made = amount(written)
                    assert made is not None
                    return t.Number(Span(source, start, end), *made)
                case "STRING":
                    return builder.text(start, end, None)
                case kind:
                    return kind if kind == "SETTLED" else written, start, end
        children = [node(child) for child in at.children]
        if at.data == "start":
            return tuple(children)
        ends = [(c[1], c[2]) if isinstance(c, tuple) else (c.span.start, c.span.end) for c in children]
        return builder.action[str(at.data)](children, Span(source, ends[0][0], ends[-1][1]))

    return t.File(source, node(parsed(text)))


def below(node: object) -> Iterator[t.Node]:
    """Every node of a tree."""
    if isinstance(node, t.Node):
        yield node
        for name in type(node).__match_args__:
            yield from below(getattr(node, name))
    elif isinstance(node, tuple):
        for part in node:
            yield from below(part)


def agree(text: str) -> None:
    read, problems = parse(Source("policy.wrp", text))
    assert not [p for p in problems if p.severity == "error"]
    expected = built(text)
    assert read == expected
    ours = [(type(n).__name__, n.span.start, n.span.end) for n in below(read.declarations)]
    assert ours == [(type(n).__name__, n.span.start, n.span.end) for n in below(expected.declarations)]
    compared(times=len(ours))


def test_on_every_policy_of_the_library(root: Path) -> None:
    paths = sorted((root / "policies").rglob("*.wrp"))
    assert len(paths) >= 8
    for path in paths:
        agree(path.read_text(encoding="utf-8"))


@many(2_000, parts=3, floors=450_000)
@given(dice=dices())
def test_on_random_policies(dice: Dice) -> None:
    text = dice.draw(texts())
    agree(text)
