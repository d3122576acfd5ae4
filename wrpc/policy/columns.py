"""Columns of tables, and what is made of a condition that reads one: conditions on the keys, and on nothing else.

Whatever is made here reads the table's signal, so that it is unknown wherever the signal is, even where every row would
answer alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from wrpc.policy import expr
from wrpc.source import Span
from wrpc.values import value

Cell = bool | str | Fraction | frozenset[str]
Type = Literal["words", "string", "number", "bool", "list"]

TITLES: Mapping[Type, str] = {
    "words": "a word", "string": "a string", "number": "a number", "bool": "`true` or `false`", "list": "a list",
}  # fmt: skip


@value
class Keys:
    """The values of a table's signal; `members` are all of them where it is a `one_of`, None for strings."""

    signal: str
    members: tuple[str, ...] | None

    def among(self, some: Some, span: Span) -> expr.Condition:
        """The signal has one of these values: always a node that reads it."""
        if self.members is not None:
            names = [m for m in self.members if m not in some.keys] if some.others else some.keys
            return expr.OneOf(self.signal, frozenset(names), span=span)
        term = expr.StringSignal(self.signal)
        if not some.keys:
            every = expr.Text("prefix", term, expr.StringLiteral(""), span=span)
            return every if some.others else expr.Not(every, span=span)
        found: expr.Condition = expr.Among(self.signal, some.keys, span=span)
        if len(some.keys) == 1:
            (key,) = some.keys
            found = expr.Text("equals", term, expr.StringLiteral(key), span=span)
        return expr.Not(found, span=span) if some.others else found


@value
class Some:
    """Some values of a signal: `keys`, or with `others` all but these."""

    keys: frozenset[str]
    others: bool = False


@value
class Column:
    """An attribute of a table: a cell for each key, and the one of `otherwise`. `names` are the words that stand in it,
    in order of appearance."""

    table: str
    name: str
    keys: Keys
    type: Type
    cells: Mapping[str, Cell]
    other: Cell | None
    names: tuple[str, ...] = ()
    dimension: str = ""

    @property
    def title(self) -> str:
        return f"{self.table}.{self.name}"

    def of(self, key: str) -> Cell:
        found = self.cells.get(key, self.other)
        assert found is not None, "every value of the signal has a row, or there is an `otherwise`"
        return found

    @cached_property
    def classes(self) -> Mapping[Cell, Some]:
        """The values of the signal by what the column says of them, numbers sorted."""
        return _classes(self.keys, [*self.cells], self.of, self.other)

    def where(self, holds: Callable[[Cell], bool], span: Span) -> expr.Condition:
        """The column has a value for which this holds."""
        return self.keys.among(_united(self.classes[c] for c in self.classes if holds(c)), span)

    def split(self, make: Callable[[Cell], expr.Condition], span: Span) -> expr.Condition:
        """What is made of the column's value, whichever it is."""
        return divided(self.keys, [(some, make(cell)) for cell, some in self.classes.items()], span)

    @cached_property
    def number(self) -> tuple[tuple[Fraction, Keyed], ...]:
        """The column as terms of a sum."""
        at = self.at
        terms: list[tuple[Fraction, Keyed]] = []
        for cell, some in self.classes.items():
            terms.append((_number(cell), Keyed(self.keys.among(some, at), self.keys, some, span=at)))
        return tuple(terms)

    at: Span = field(compare=False, repr=False, kw_only=True)


def _classes(keys: Keys, named: Collection[str], of: Callable[[str], Cell], other: Cell | None) -> dict[Cell, Some]:
    """The values of a signal by what is said of them; `named` are those of which something of its own is said."""
    found: dict[Cell, list[str]] = {}
    for key in named if keys.members is None else keys.members:
        found.setdefault(of(key), []).append(key)
    made = {cell: Some(frozenset(those)) for cell, those in found.items()}
    if keys.members is None and other is not None:
        made[other] = Some(frozenset(k for cell, those in found.items() if cell != other for k in those), others=True)
    if all(isinstance(cell, Fraction) for cell in made):
        return {cell: made[cell] for cell in sorted(made)}
    return made


def _united(several: Iterable[Some]) -> Some:
    """The values in any of these."""
    keys: set[str] = set()
    but: frozenset[str] | None = None
    for some in several:
        if some.others:
            but = some.keys if but is None else but & some.keys
        else:
            keys |= some.keys
    return Some(frozenset(keys)) if but is None else Some(but - keys, others=True)


def divided(keys: Keys, cases: Iterable[tuple[Some, expr.Condition]], span: Span) -> expr.Condition:
    """The condition of whichever case the signal is in; unknown where the signal is, since one part alone is always
    the signal's."""
    surely: list[Some] = []
    parts: dict[expr.Condition, list[Some]] = {}
    for some, condition in cases:
        if not isinstance(condition, expr.Constant):
            parts.setdefault(condition, []).append(some)
        elif condition.value:
            surely.append(some)
    sure = keys.among(_united(surely), span)
    if not parts:
        return sure
    made = [expr.All((keys.among(_united(where), span), condition), span=span) for condition, where in parts.items()]
    return expr.Any((*made, sure), span=span)


# ── Numbers ───────────────────────────────────────────────────────────────


def keyed(number: expr.Linear) -> bool:
    """Whether a sum reads a column."""
    return any(isinstance(q, Keyed) for _, q in number.terms)


@value
class Keyed(expr.Indicator):
    """1 where the signal of a table has some of its values: a column in a sum is each number in it times one of these,
    of which exactly one is 1."""

    keys: Keys = field(compare=False, repr=False)
    some: Some = field(compare=False, repr=False)


MOST = 4096
"""So many combinations of rows are told apart where a sum reads tables over several signals."""


def within(
    number: expr.Linear, span: Span, make: Callable[[expr.Linear], expr.Condition], left: int | None = None
) -> expr.Condition:
    """A condition on a sum that reads columns, by the keys of one signal after the other. `left`: so many combinations
    may still be told apart; where there are more, the sum stays one."""
    first = next((q for _, q in number.terms if isinstance(q, Keyed)), None)
    if first is None:
        return make(number)
    keys = first.keys
    rest: list[tuple[Fraction, expr.Quantity]] = []
    read: list[tuple[Fraction, Some]] = []
    for coefficient, quantity in number.terms:
        if isinstance(quantity, Keyed) and quantity.keys == keys:
            read.append((coefficient, quantity.some))
        else:
            rest.append((coefficient, quantity))
    classes = _totals(keys, number.constant, read)
    if left is not None and len(classes) > left:
        return make(number)
    left = (MOST if left is None else left) // max(len(classes), 1)
    plain = [(some, expr.Linear(_number(total), tuple(rest), span=number.span)) for total, some in classes.items()]
    return divided(keys, [(some, within(n, span, make, left)) for some, n in plain], span)


def _totals(keys: Keys, constant: Fraction, read: list[tuple[Fraction, Some]]) -> dict[Cell, Some]:
    """The values of a signal by what these terms of a sum come to."""
    named = sum(len(some.keys) for _, some in read if not some.others)
    others = [some for _, some in read if some.others]
    if named == (len(others[0].keys) if len(others) == 1 else len(keys.members or ())) and len(others) < 2:
        same: dict[Cell, list[Some]] = {}
        for coefficient, some in read:  # of one column: each value stands in one of them
            same.setdefault(constant + coefficient, []).append(some)
        return {total: _united(those) for total, those in same.items()}
    other = constant
    more: dict[str, Fraction] = dict.fromkeys(keys.members or (), Fraction(0))
    for coefficient, some in read:
        other += coefficient if some.others else 0
        for key in some.keys:
            more[key] = more.get(key, Fraction(0)) + (-coefficient if some.others else coefficient)
    return _classes(keys, more, lambda key: other + more[key], other)


def _number(cell: Cell) -> Fraction:
    assert isinstance(cell, Fraction), "the numbers of a column are exact"
    return cell
