"""What a piece of an expression is before a comparison decides what it means: its type, with what it reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction
from typing import Protocol

from wrpc.policy import columns, expr, units
from wrpc.policy.columns import Column
from wrpc.policy.intervals import Relation, merged, related, scaled, shifted
from wrpc.policy.labels import Labels
from wrpc.policy.model import Band, Signal, Table
from wrpc.policy.names import Names
from wrpc.source import Span
from wrpc.syntax import tree
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)
ROLE = "role of a destination"


@value
class Where:
    """What an expression may read besides signals, by where it stands."""

    title: str
    destination: bool = False
    outcome: bool = False
    answer: bool = False
    cost: bool = False
    placement: bool = False


REQUEST = Where("a condition on the request")
RULE = Where("a guard", destination=True)
CLAIM = Where("a claim", destination=True, outcome=True)
ESCALATION = Where("`escalate when`", answer=True)
PLACEMENT = Where("a rule of `place`", placement=True)


@value
class Truth:
    """A condition. `score` is the name of a bare score; `silent` one that never fires, which only `raw` may read."""

    condition: expr.Condition
    score: str = ""
    silent: bool = False


@value
class Num:
    value: expr.Linear
    dimension: str = ""

    @property
    def constant(self) -> bool:
        return not self.value.terms


@value
class Choice:
    """One of several names: a `one_of` signal, a band, or a column of words."""

    name: str
    names: tuple[str, ...]
    band: Band | None = None
    column: Column | None = None

    def among(self, names: Collection[str], span: Span) -> expr.Condition:
        """It has one of these names: always a node that reads it, so that unknown stays unknown."""
        if self.column is not None:
            return self.column.where(lambda cell: cell in names, span)
        if self.band is None:
            return expr.OneOf(self.name, frozenset(names), span=span)
        ranges = merged(s.interval for s in self.band.steps if s.name in names)
        return expr.Within(self.band.number, ranges, span=span)


@value
class SetOf:
    """An `any_of` signal, or a column of lists."""

    name: str
    names: tuple[str, ...]
    column: Column | None = None

    def has(self, name: str, span: Span) -> expr.Condition:
        if self.column is None:
            return expr.Has(self.name, name, span=span)
        return self.column.where(lambda cell: isinstance(cell, frozenset) and name in cell, span)


@value
class Str:
    """A string. `named` is the kind whose names it compares with (`destination.pool`), or ROLE, else ""."""

    term: expr.TextTerm | Column
    named: str = ""


@value
class Taken:
    """`route` in a claim: the route that took the request."""


@value
class Bare:
    """A name that is none of what an expression can read; beside an enum it may be a member."""

    name: tree.Name


Operand = Truth | Num | Choice | SetOf | Str | Taken | Bare


@value
class Defined:
    """What a `let` or a `score` stands for."""

    value: expr.Condition | expr.Linear
    dimension: str = ""


class Known(Protocol):
    """What is known by name where an expression stands."""

    @property
    def names(self) -> Names: ...
    @property
    def signals(self) -> Mapping[str, Signal]: ...
    @property
    def pool_labels(self) -> Labels: ...
    @property
    def site_labels(self) -> Labels: ...
    @property
    def tables(self) -> Mapping[str, Table | None]: ...
    def definition(self, name: str) -> Defined | None: ...
    def band(self, name: str) -> Band | None: ...


def described(operand: Operand) -> str:
    """What an operand is, for a message."""
    match operand:
        case Truth(_, score):
            return f"the bare score `{score}`" if score else "a condition"
        case Num(_, dimension):
            return "a number" if not dimension else units.title(dimension)
        case Choice(name, _, band):
            if operand.column is not None:
                return f"the column `{name}`"
            return f"the band `{name}`" if band else f"`{name}`, which is one of several names"
        case SetOf(name, _):
            return f"the set `{name}`"
        case Str(Column() as column):
            return f"the string `{column.title}`"
        case Str(term):
            if isinstance(term, expr.StringLiteral):
                return "a string"
            return (
                f"the string `{term.name}`" if isinstance(term, expr.StringSignal) else f"the attribute `{term.name}`"
            )
        case Taken():
            return "a route"
        case Bare(name):
            return f"the name `{name.text}`"


# ── Linear forms ──────────────────────────────────────────────────────────


def constant(value: Fraction, span: Span) -> expr.Linear:
    return expr.Linear(value, span=span)


def reading(quantity: expr.Quantity, span: Span) -> expr.Linear:
    return expr.Linear(ZERO, ((ONE, quantity),), span=span)


def combined(parts: Iterable[tuple[Fraction, expr.Linear]], span: Span | None) -> expr.Linear:
    """The sum of multiples. A term that cancels stays, with coefficient 0: it is still read."""
    total = ZERO
    terms: dict[expr.Quantity, Fraction] = {}
    for factor, part in parts:
        total += factor * part.constant
        for coefficient, quantity in part.terms:
            terms[quantity] = terms.get(quantity, ZERO) + factor * coefficient
    return expr.Linear(total, tuple((c, q) for q, c in terms.items()), span=span)


def within(number: expr.Linear, ranges: tuple[expr.Interval, ...], span: Span | None) -> expr.Condition:
    """`number` lies in `ranges`, with the constant on the side of the ranges; one quantity alone stands bare."""
    if columns.keyed(number):
        assert span is not None, "what is written stands somewhere"
        return columns.within(number, span, lambda plain: _within(plain, ranges, span))
    return _within(number, ranges, span)


def _within(number: expr.Linear, ranges: tuple[expr.Interval, ...], span: Span | None) -> expr.Condition:
    if not number.terms:
        return expr.Constant(any(number.constant in r for r in ranges), span=span)
    moved = shifted(ranges, -number.constant) if number.constant else ranges
    (coefficient, quantity), *others = number.terms
    if not others and coefficient not in (0, 1):
        moved = scaled(moved, 1 / coefficient)
        return expr.Within(expr.Linear(ZERO, ((ONE, quantity),), span=number.span), moved, span=span)
    return expr.Within(expr.Linear(ZERO, number.terms, span=number.span), moved, span=span)


def compared(left: expr.Linear, relation: Relation, right: expr.Linear, span: Span) -> expr.Condition:
    """`left` in `relation` to `right`, as one linear form within ranges."""
    if (
        not right.terms
        and left.constant is ZERO
        and len(left.terms) == 1
        and left.terms[0][0] is ONE
        and not isinstance(left.terms[0][1], columns.Keyed)
    ):
        # One quantity and a bound, which is nearly every comparison: what the general way below comes to.
        return expr.Within(expr.Linear(ZERO, left.terms, span=span), related(relation, right.constant), span=span)
    difference = combined([(ONE, left), (-ONE, right)], span)
    return within(difference, related(relation, ZERO), span)
