"""From a finished production to a tree node: one method a rule of the grammar, named as the rule is."""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from wrpc.diagnostics import Diagnostic, Fix, finding
from wrpc.source import Source, Span
from wrpc.syntax import codes
from wrpc.syntax import tree as t

Children = list[Any]

ESCAPES = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
LONGEST_NUMBER = 60
UNIT_LETTERS = string.ascii_letters + "%"


class Builder:
    """Nodes for one source, and what is wrong with single words of it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []
        self.action: dict[str, Callable[[Children], Any]] = {
            name: getattr(self, method) for name, method in METHODS.items()
        }

    # ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────

    def name(self, start: int, end: int) -> t.Name:
        text = self.source.text[start:end]
        if text[0] == "`":
            text = text[1:-1].replace("``", "`")
        return t.Name(Span(self.source, start, end), text)

    def text(self, start: int, end: int) -> t.Text:
        inside = self.source.text[start + 1 : end - 1]
        if "\\" in inside:
            inside = self._unescape(inside, start + 1)
        return t.Text(Span(self.source, start, end), inside)

    def _unescape(self, text: str, offset: int) -> str:
        parts: list[str] = []
        at = 0
        while (slash := text.find("\\", at)) >= 0:
            parts.append(text[at:slash])
            letter = text[slash + 1]
            at = slash + 2
            if letter in ESCAPES:
                parts.append(ESCAPES[letter])
                continue
            code = text[at : at + 4]
            if letter == "u" and len(code) == 4 and _hexadecimal(code) and not "d8" <= code[:2].lower() <= "df":
                parts.append(chr(int(code, 16)))
                at += 4
                continue
            span = Span(self.source, offset + slash, offset + at)
            parts.append("\\" + letter)
            self.problems.append(
                finding(
                    codes.UNKNOWN_ESCAPE,
                    f"`\\{letter}` has no meaning in a string",
                    span,
                    help="write `\\\\` for a backslash",
                    fixes=[Fix(span, f"\\\\{letter}", "write the backslash twice")],
                )
            )
        return "".join((*parts, text[at:]))

    def number(self, start: int, end: int) -> t.Number:
        span = Span(self.source, start, end)
        written = self.source.text[start:end]
        text, unit = written, ""
        if not written[-1].isdigit():
            text = written.partition("/")[0].rstrip(UNIT_LETTERS)
            unit = written[len(text) :]
        plain = text.replace("_", "")
        if plain.isdigit() and len(plain) <= LONGEST_NUMBER:
            return t.Number(span, Fraction(int(plain)), unit, text)
        _, _, exponent = plain.lower().partition("e")
        if len(plain) > LONGEST_NUMBER or abs(int(exponent or 0)) > LONGEST_NUMBER:
            self.problems.append(
                finding(
                    codes.LONG_NUMBER,
                    f"a number has at most {LONGEST_NUMBER} digits, before and after its point",
                    span,
                )
            )
            return self.zero(span)
        return t.Number(span, Fraction(plain), unit, text)

    def zero(self, span: Span) -> t.Number:
        return t.Number(span, Fraction(0), "", "0")

    # ── Declarations ─────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, c: Children) -> tuple[t.Declaration, ...]:
        return tuple(c)

    def section(self, c: Children) -> t.Section:
        kind = c[0][0]
        name = None if kind == "default" else c[1]
        return t.Section(self._span(c), kind, name, _nodes(c[2:]))

    def import_(self, c: Children) -> t.Import:
        return t.Import(self._span(c), c[1])

    def override(self, c: Children) -> t.Override:
        return t.Override(self._span(c), c[1])

    def signal(self, c: Children) -> t.Signal:
        return t.Signal(self._span(c), c[1], c[3], c[4] if len(c) > 4 else None)

    def score(self, c: Children) -> t.Score:
        return t.Score(self._span(c), c[1], c[3])

    def band(self, c: Children) -> t.Band:
        return t.Band(self._span(c), c[1], c[3], _nodes(c[4:]))

    def step(self, c: Children) -> t.Step:
        return t.Step(self._span(c), c[0], c[1][0], c[2] if len(c) > 2 else None)

    def group(self, c: Children) -> t.Group:
        default = c[-1] if isinstance(c[-1], t.Name) else None
        members = _nodes(c[2:-2] if default else c[2:])
        return t.Group(self._span(c), c[1], members, default)

    def let(self, c: Children) -> t.Let:
        return t.Let(self._span(c), c[1], c[3])

    def assume(self, c: Children) -> t.Assume:
        return t.Assume(self._span(c), c[1], c[3])

    def test(self, c: Children) -> t.Test:
        given, expect = (child for child in c if isinstance(child, t.Block))
        return t.Test(self._span(c), c[1], given, expect)

    # ── Clauses ──────────────────────────────────────────────────────────────────────────────────────────────────

    def when(self, c: Children) -> t.When:
        return t.When(self._span(c), c[1])

    def to(self, c: Children) -> t.To:
        return t.To(self._span(c), _nodes(c))

    def destination(self, c: Children) -> t.Destination:
        return t.Destination(self._span(c), c[0], c[2] if len(c) > 1 else None)

    def cascade(self, c: Children) -> t.Cascade:
        escalates = c[-1] if c[-2][0] == "when" else None
        return t.Cascade(self._span(c), _nodes(c[:-1] if escalates else c), escalates)

    def fallback(self, c: Children) -> t.Fallback:
        on = next((at for at, child in enumerate(c) if type(child) is tuple and child[0] == "on"), len(c))
        others = next((child for child in c[:on] if type(child) is tuple and child[0] == "others"), None)
        word = None if others is None else t.Name(Span(self.source, *others[1:]), others[0])
        return t.Fallback(self._span(c), _nodes(c[:on]), _nodes(c[on:]), word)

    def spill(self, c: Children) -> t.Spill:
        return t.Spill(self._span(c), c[1], c[3])

    def mirror(self, c: Children) -> t.Mirror:
        return t.Mirror(self._span(c), c[1], c[2])

    def budget(self, c: Children) -> t.Budget:
        return t.Budget(self._span(c), c[1], c[3] if len(c) > 2 else None)

    def deny(self, c: Children) -> t.Deny:
        return t.Deny(self._span(c), c[1], c[3] if len(c) > 2 else None)

    def forbid(self, c: Children) -> t.Forbid:
        return t.Forbid(self._span(c), c[1], c[3] if len(c) > 2 else None)

    def require(self, c: Children) -> t.Require:
        return t.Require(self._span(c), c[1], c[3] if len(c) > 2 else None)

    def sealed(self, c: Children) -> t.Sealed:
        return t.Sealed(self._span(c))

    def critical(self, c: Children) -> t.Critical:
        return t.Critical(self._span(c))

    def accept_failure(self, c: Children) -> t.AcceptFailure:
        return t.AcceptFailure(self._span(c))

    def claim(self, c: Children) -> t.Claim:
        return t.Claim(self._span(c), c[0][0], c[1], c[3] if len(c) > 2 else None)

    # ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────

    def attribute(self, c: Children) -> t.Attribute:
        return t.Attribute(self._span(c), c[0], c[1])

    def block(self, c: Children) -> t.Block:
        return t.Block(self._span(c), _nodes(c))

    def path(self, c: Children) -> t.Path:
        return t.Path(self._span(c), (c[0],) if len(c) == 1 else tuple(c[::2]))

    def range(self, c: Children) -> t.Range:
        return t.Range(self._span(c), c[0], c[2])

    def list(self, c: Children) -> t.Listing:
        return t.Listing(self._span(c), _nodes(c))

    def call(self, c: Children) -> t.Call:
        return t.Call(self._span(c), c[0], _nodes(c[1:]))

    def argument(self, c: Children) -> t.Argument:
        return t.Argument(self._span(c), c[0] if len(c) > 1 else None, c[-1])

    # ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────

    def or_(self, c: Children) -> t.Or:
        return t.Or(self._span(c), tuple(c[::2]))

    def and_(self, c: Children) -> t.And:
        return t.And(self._span(c), tuple(c[::2]))

    def not_(self, c: Children) -> t.Not:
        return t.Not(self._span(c), c[1])

    def compare(self, c: Children) -> t.Compare:
        return t.Compare(self._span(c), c[1][0], c[0], c[2])

    def in_(self, c: Children) -> t.In:
        return t.In(self._span(c), c[0], c[-1], len(c) > 3)

    def sum(self, c: Children) -> t.Sum:
        return t.Sum(self._span(c), (("+", c[0]), *((c[at][0], c[at + 1]) for at in range(1, len(c), 2))))

    def product(self, c: Children) -> t.Product:
        return t.Product(self._span(c), tuple(c[::2]))

    def signed(self, c: Children) -> t.Signed:
        return t.Signed(self._span(c), c[0][0], c[1])

    def parentheses(self, c: Children) -> t.Expr:
        """The expression itself; its span takes the parentheses in, so that what holds it begins and ends exactly."""
        inner: t.Expr = replace(c[1], span=self._span(c))
        return inner

    def _span(self, c: Children) -> Span:
        first, last = c[0], c[-1]
        start: int = first[1] if type(first) is tuple else first.span.start
        end: int = last[2] if type(last) is tuple else last.span.end
        return Span(self.source, start, end)


def _nodes(c: Children) -> tuple[Any, ...]:
    return tuple([child for child in c if type(child) is not tuple])


def _hexadecimal(code: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in code)


METHODS = {
    name.rstrip("_"): name for name, value in vars(Builder).items() if callable(value) and not name.startswith("_")
}
