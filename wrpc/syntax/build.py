"""From a finished production to a tree node: one method a rule of the grammar, named as the rule is."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from wrpc.diagnostics import Diagnostic, Fix, finding
from wrpc.source import Source, Span
from wrpc.syntax import codes
from wrpc.syntax import tree as t
from wrpc.values import maker

Children = list[Any]

ESCAPES = {'"': '"', "\\": "\\", "/": "/", "n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
LONGEST_NUMBER = 60
UNIT_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%"


Amount = tuple[Fraction, str, str]
"""What a number says: its value without its unit, the unit, and how the value is spelled."""

_span, _text, _path = maker(Span), maker(t.Text), maker(t.Path)


def amount(written: str) -> Amount | None:
    """None for a number of more digits than any has a use for."""
    text, unit = written, ""
    if not written[-1].isdigit():
        text = written.partition("/")[0].rstrip(UNIT_LETTERS)
        unit = written[len(text) :]
    plain = text.replace("_", "")
    if plain.isdigit() and len(plain) <= LONGEST_NUMBER:
        return Fraction(int(plain)), unit, text
    _, _, exponent = plain.lower().partition("e")
    if len(plain) > LONGEST_NUMBER or abs(int(exponent or 0)) > LONGEST_NUMBER:
        return None
    return Fraction(plain), unit, text


class Builder:
    """Nodes for one source, and what is wrong with single words of it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []
        self.action: dict[str, Callable[..., Any]] = {name: getattr(self, method) for name, method in METHODS.items()}

    # ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────

    def text(self, start: int, end: int, plain: str | None) -> t.Text:
        """`plain` is what it says; None where it has to be read here, since there are backslashes in it."""
        span = _span(self.source, start, end)
        return _text(span, self._unescape(self.source.text[start + 1 : end - 1], start + 1) if plain is None else plain)

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

    def too_long(self, span: Span) -> t.Number:
        message = f"a number has at most {LONGEST_NUMBER} digits, before and after its point"
        self.problems.append(finding(codes.LONG_NUMBER, message, span))
        return self.zero(span)

    def zero(self, span: Span) -> t.Number:
        return t.Number(span, Fraction(0), "", "0")

    # ── Declarations ─────────────────────────────────────────────────────────────────────────────────────────────

    def section(self, c: Children, span: Span) -> t.Section:
        kind = c[0][0]
        name = None if kind == "default" else c[1]
        return t.Section(span, kind, name, _nodes(c[2:]))

    def import_(self, c: Children, span: Span) -> t.Import:
        return t.Import(span, c[1])

    def override(self, c: Children, span: Span) -> t.Override:
        return t.Override(span, c[1])

    def signal(self, c: Children, span: Span) -> t.Signal:
        return t.Signal(span, c[1], c[3], c[4] if len(c) > 4 else None)

    def score(self, c: Children, span: Span) -> t.Score:
        return t.Score(span, c[1], c[3])

    def band(self, c: Children, span: Span) -> t.Band:
        return t.Band(span, c[1], c[3], _nodes(c[4:]))

    def step(self, c: Children, span: Span) -> t.Step:
        return t.Step(span, c[0], c[1][0], c[2] if len(c) > 2 else None)

    def group(self, c: Children, span: Span) -> t.Group:
        default = c[-1] if isinstance(c[-1], t.Name) else None
        members = _nodes(c[2:-2] if default else c[2:])
        return t.Group(span, c[1], members, default)

    def let(self, c: Children, span: Span) -> t.Let:
        return t.Let(span, c[1], c[3])

    def table(self, c: Children, span: Span) -> t.Table:
        return t.Table(span, c[1], c[3], _nodes(c[4:]))

    def row(self, c: Children, span: Span) -> t.Row:
        return t.Row(span, None if type(c[0]) is tuple else c[0], c[1])

    def stack(self, c: Children, span: Span) -> t.Stack:
        return t.Stack(span, c[1], _nodes(c[2:]))

    def assume(self, c: Children, span: Span) -> t.Assume:
        return t.Assume(span, c[1], c[3])

    def share(self, c: Children, span: Span) -> t.Share:
        return t.Share(span, c[2], c[4], c[6] if len(c) > 5 else None)

    def test(self, c: Children, span: Span) -> t.Test:
        given, expect = (child for child in c if isinstance(child, t.Block))
        return t.Test(span, c[1], given, expect)

    # ── Clauses ──────────────────────────────────────────────────────────────────────────────────────────────────

    def when(self, c: Children, span: Span) -> t.When:
        return t.When(span, c[1])

    def to(self, c: Children, span: Span) -> t.To:
        return t.To(span, _nodes(c))

    def destination(self, c: Children, span: Span) -> t.Destination:
        return t.Destination(span, c[0], c[2] if len(c) > 1 else None)

    def cascade(self, c: Children, span: Span) -> t.Cascade:
        escalates = c[-1] if c[-2][0] == "when" else None
        return t.Cascade(span, _nodes(c[:-1] if escalates else c), escalates)

    def fallback(self, c: Children, span: Span) -> t.Fallback:
        on = next((at for at, child in enumerate(c) if type(child) is tuple and child[0] == "on"), len(c))
        others = next((child for child in c[:on] if type(child) is tuple and child[0] == "others"), None)
        word = None if others is None else t.Name(Span(self.source, *others[1:]), others[0])
        return t.Fallback(span, _nodes(c[:on]), _nodes(c[on:]), word)

    def spill(self, c: Children, span: Span) -> t.Spill:
        return t.Spill(span, c[1], c[3])

    def mirror(self, c: Children, span: Span) -> t.Mirror:
        return t.Mirror(span, c[1], c[2])

    def budget(self, c: Children, span: Span) -> t.Budget:
        words = [child[0] if type(child) is tuple else "" for child in c]
        per = c[words.index("per") + 1] if "per" in words else None
        name = None if type(per) is tuple else per
        then = _nodes(c[words.index("then") :]) if "then" in words else ()
        return t.Budget(span, c[1], name, "limit" if words[0] == "limit" else "budget", then)

    def measure(self, c: Children, span: Span) -> t.Measure:
        return t.Measure(span, c[1] if len(c) > 1 else None, c[-1])

    def setting(self, c: Children, span: Span) -> t.Attribute:
        return t.Attribute(span, t.Name(Span(self.source, *c[0][1:]), c[0][0]), c[1])

    def sticky(self, c: Children, span: Span) -> t.Sticky:
        return t.Sticky(span, c[2], c[4] if len(c) > 3 else None)

    def deny(self, c: Children, span: Span) -> t.Deny:
        return t.Deny(span, c[1], c[3] if len(c) > 2 else None)

    def forbid(self, c: Children, span: Span) -> t.Forbid:
        return t.Forbid(span, c[1], c[3] if len(c) > 2 else None)

    def require(self, c: Children, span: Span) -> t.Require:
        return t.Require(span, c[1], c[3] if len(c) > 2 else None)

    def sealed(self, _: Children, span: Span) -> t.Sealed:
        return t.Sealed(span)

    def critical(self, _: Children, span: Span) -> t.Critical:
        return t.Critical(span)

    def accept_failure(self, _: Children, span: Span) -> t.AcceptFailure:
        return t.AcceptFailure(span)

    def apart(self, _: Children, span: Span) -> t.Apart:
        return t.Apart(span)

    def prefer(self, c: Children, span: Span) -> t.Prefer:
        return t.Prefer(span, _nodes(c))

    def claim(self, c: Children, span: Span) -> t.Claim:
        return t.Claim(span, c[0][0], c[1], c[3] if len(c) > 2 else None)

    # ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────

    def attribute(self, c: Children, span: Span) -> t.Attribute:
        return t.Attribute(span, c[0], c[1])

    def block(self, c: Children, span: Span) -> t.Block:
        return t.Block(span, _nodes(c))

    def path(self, c: Children, span: Span) -> t.Path:
        return _path(span, (c[0],) if len(c) == 1 else tuple(c[::2]))

    def range(self, c: Children, span: Span) -> t.Range:
        return t.Range(span, c[0], c[2])

    def list(self, c: Children, span: Span) -> t.Listing:
        return t.Listing(span, _nodes(c))

    def call(self, c: Children, span: Span) -> t.Call:
        return t.Call(span, c[0], _nodes(c[1:]))

    def argument(self, c: Children, span: Span) -> t.Argument:
        return t.Argument(span, c[0] if len(c) > 1 else None, c[-1])

    # ── Expressions ──────────────────────────────────────────────────────────────────────────────────────────────

    def or_(self, c: Children, span: Span) -> t.Or:
        return t.Or(span, tuple(c[::2]))

    def and_(self, c: Children, span: Span) -> t.And:
        return t.And(span, tuple(c[::2]))

    def not_(self, c: Children, span: Span) -> t.Not:
        return t.Not(span, c[1])

    def compare(self, c: Children, span: Span) -> t.Compare:
        return t.Compare(span, c[1][0], c[0], c[2])

    def in_(self, c: Children, span: Span) -> t.In:
        return t.In(span, c[0], c[-1], len(c) > 3, c[-2][0] == "within")

    def sum(self, c: Children, span: Span) -> t.Sum:
        return t.Sum(span, (("+", c[0]), *((c[at][0], c[at + 1]) for at in range(1, len(c), 2))))

    def product(self, c: Children, span: Span) -> t.Product:
        return t.Product(span, tuple(c[::2]))

    def signed(self, c: Children, span: Span) -> t.Signed:
        return t.Signed(span, c[0][0], c[1])

    def parentheses(self, c: Children, span: Span) -> t.Expr:
        """The expression itself; its span takes the parentheses in, so that what holds it begins and ends exactly."""
        inner: Any = c[1]
        rest = [getattr(inner, name) for name in inner.__match_args__[1:]]
        return type(inner)(span, *rest)  # type: ignore[no-any-return]  # of the same class


def _nodes(c: Children) -> tuple[Any, ...]:
    return tuple([child for child in c if type(child) is not tuple])


def _hexadecimal(code: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF" for letter in code)


METHODS = {
    name.rstrip("_"): name for name, value in vars(Builder).items() if callable(value) and not name.startswith("_")
}
