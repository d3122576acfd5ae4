"""Syntax trees made by a program: each piece at the place of the foreign file that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from wrpc.letters import visible
from wrpc.policy.vocabulary import MEANT
from wrpc.source import Span
from wrpc.syntax import tree

Sign = Literal["+", "-"]
Content = tree.Value | str | bool | int | Fraction | Sequence["Content"] | Mapping[str, "Content"]


def number(value: int | Fraction, at: Span, unit: str = "") -> tree.Number:
    return tree.Number(at, Fraction(value), unit)


def tokens(count: int, at: Span) -> tree.Number:
    """A count of tokens, in thousands or in 1,024s where that is shorter."""
    for scale, unit in ((1_000_000, "M"), (1000, "k"), (1024, "Ki")):
        if count and count % scale == 0:
            return number(count // scale, at, unit)
    return number(count, at)


def name(text: str, at: Span) -> tree.Name:
    return tree.Name(at, text)


def path(text: str, at: Span) -> tree.Path:
    return tree.Path(at, (name(text, at),))


def word(text: str, at: Span) -> tree.Path:
    return path(text, at)


def text(value: str, at: Span) -> tree.Text:
    return tree.Text(at, value)


def value(content: Content, at: Span) -> tree.Value:
    """Plain data as a value: text in quotes, `true` as a word, a list, a block."""
    match content:
        case tree.Number() | tree.Text() | tree.Path() | tree.Range() | tree.Listing() | tree.Block() | tree.Call():
            return content
        case bool():
            return word("true" if content else "false", at)
        case str():
            return text(content, at)
        case int() | Fraction():
            return number(content, at)
        case Mapping():
            return tree.Block(at, tuple(attribute(k, v, at) for k, v in content.items()))
        case _:
            return tree.Listing(at, tuple(value(v, at) for v in content))


def attribute(key: str, content: Content, at: Span) -> tree.Attribute:
    return tree.Attribute(at, name(key, at), value(content, at))


def call(callee: str, at: Span, *positional: Content, **named: Content) -> tree.Call:
    """A call; named arguments that are an empty list are left out."""
    arguments = [tree.Argument(at, None, value(p, at)) for p in positional]
    arguments += [tree.Argument(at, name(k, at), value(v, at)) for k, v in named.items() if v != ()]
    return tree.Call(at, name(callee, at), tuple(arguments))


def func(callee: str, argument: tree.Expr, at: Span) -> tree.Call:
    return tree.Call(at, name(callee, at), (tree.Argument(at, None, argument),))


# ── Expressions ───────────────────────────────────────────────────────────


def conj(parts: Iterable[tree.Expr], at: Span) -> tree.Expr:
    found = tuple(parts)
    return found[0] if len(found) == 1 else tree.And(at, found)


def disj(parts: Iterable[tree.Expr], at: Span) -> tree.Expr:
    found = tuple(parts)
    return found[0] if len(found) == 1 else tree.Or(at, found)


def compare(left: tree.Expr, operator: tree.Operator, right: tree.Expr, at: Span) -> tree.Compare:
    return tree.Compare(at, operator, left, right)


def equals(left: tree.Expr, right: str, at: Span) -> tree.Compare:
    return compare(left, "==", path(right, at), at)


def sum_of(terms: Iterable[tuple[Fraction, tree.Expr | None]], at: Span) -> tree.Expr:
    """Weights times terms; a term of None is the weight alone."""
    signed: list[tuple[Sign, tree.Expr]] = []
    for weight, term in terms:
        sign: Sign = "-" if weight < 0 and signed else "+"
        size = abs(weight) if signed else weight
        if term is None:
            signed.append((sign, number(size, at)))
        elif size == 1:
            signed.append((sign, term))
        else:
            signed.append((sign, tree.Product(at, (number(size, at), term))))
    if not signed:
        return number(0, at)
    return signed[0][1] if len(signed) == 1 else tree.Sum(at, tuple(signed))


def negate(part: tree.Expr, at: Span) -> tree.Expr:
    """`not`; of an equality the inequality, which reads better and means the same, failures included."""
    if isinstance(part, tree.Compare) and part.operator == "==":
        return tree.Compare(at, "!=", part.left, part.right)
    return tree.Not(at, part)


# ── Names ─────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Names:
    """The names of one scope, each given once."""

    taken: set[str] = field(default_factory=lambda: set(MEANT))

    def give(self, wanted: str, suffix: str) -> str:
        """`wanted`, or with `suffix` behind it where it is taken, then with a number."""
        clean = visible(" ".join(wanted.split())) or suffix
        for candidate in (clean, f"{clean}_{suffix}"):
            if candidate not in self.taken:
                self.taken.add(candidate)
                return candidate
        number = 2
        while f"{clean}_{suffix}_{number}" in self.taken:
            number += 1
        self.taken.add(f"{clean}_{suffix}_{number}")
        return f"{clean}_{suffix}_{number}"
