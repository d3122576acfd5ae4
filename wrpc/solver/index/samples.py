"""Some thousand requests of a policy, and what every term is on all of them at once: a request is a bit of a number.

Most questions whose answer is "possible" one of them answers already, for the cost of a few operations on bits; the
bodies are asked the others. A sample is a value of every signal, and which of them failed: so that it is a request of
both rooms, of the one without failures by its values alone. How they are drawn, `drawn.py` says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import islice
from math import lcm
from typing import NamedTuple

from wrpc.decide.evaluate import RELATIONS
from wrpc.decide.request import RequestValue, default
from wrpc.decide.vectors import bits
from wrpc.policy.expr import (
    Confidence,
    Indicator,
    Linear,
    NamedNumber,
    Quantity,
    Raw,
    StringLiteral,
    StringSignal,
    TextTerm,
)  # fmt: skip
from wrpc.policy.model import Policy, Set
from wrpc.solver.index.bits import runs
from wrpc.solver.index.circuit import Circuit
from wrpc.solver.index.encode import Indexing
from wrpc.solver.index.leaves import Below, Leaves, Related, Sum, Table
from wrpc.solver.terms import Term

LOOKED = 24  # samples of which the one that says least is shown
UNKNOWN = -1  # what a term is that reads what nobody can sample

Request = Mapping[str, RequestValue]


class Columns(NamedTuple):
    """A row of each kind for each signal: its cells, its numbers where sums read them, whether it failed, and which
    names a set has. Of a set of samples."""

    cells: dict[str, list[int]]
    numbers: dict[str, list[Fraction]]
    failed: dict[str, int]
    members: dict[tuple[str, str], int]
    size: int


class Samples:
    def __init__(self, table: Table, columns: Columns) -> None:
        self.table = table
        self.columns = columns
        self.size = columns.size
        self.full = (1 << columns.size) - 1
        self._known: dict[Circuit, int] = {}
        self._ranked: dict[str, Ranked] = {}
        self._numbers: dict[str, Column] = {}
        self._sums: dict[int, tuple[Sum, Ranked | None]] = {}
        self._read: dict[tuple[int, bool, bool], Numbers] = {}

    # ── Requests ──────────────────────────────────────────────────────────

    def requests(self, found: int, failures: bool | None) -> tuple[Request, Request]:
        """One of these samples as a request, and the same with the values that the failed signals would have."""
        return self.request(min(islice(_places(found), LOOKED), key=self._says), failures)

    def request(self, at: int, failures: bool | None) -> tuple[Request, Request]:
        real = {name: self._value(name, at) for name in self.table.policy.signals}
        if failures is False:
            return real, real
        return {n: None if self.columns.failed.get(n, 0) >> at & 1 else v for n, v in real.items()}, real

    def _says(self, at: int) -> int:
        """How much there is to read of a sample."""
        said = 4 * sum(column >> at & 1 for column in self.columns.failed.values())
        domains = self.table.domains
        return said + sum(cells[at] != domains[name].liked[0] for name, cells in self.columns.cells.items())

    def _value(self, name: str, at: int) -> RequestValue:
        if name in self.columns.numbers:
            return self.columns.numbers[name][at]
        domain = self.table.domains.get(name)
        if domain is None:
            signal = self.table.policy.signals[name]
            if not isinstance(signal.type, Set):
                return default(signal)  # what reads it, nobody can sample
            return frozenset(m for (of, m), c in self.columns.members.items() if of == name and c >> at & 1)
        return domain.values[self.columns.cells[name][at]]

    # ── Terms ─────────────────────────────────────────────────────────────

    def hold(self, terms: Sequence[Term]) -> int:
        """The samples for which all of the terms hold; none where nobody can say."""
        return self.known(terms) or 0

    def known(self, terms: Sequence[Term]) -> int | None:
        """As `hold`; None where nobody can say."""
        left = self.full
        for term in terms:
            found = self.of(term)
            if found == UNKNOWN:
                return None
            left &= found
            if not left:
                break
        return left

    def of(self, term: Term) -> int:
        if isinstance(term, bool):
            return self.full if term else 0
        found = self._known.get(term)
        return self._make(term) if found is None else found

    def _make(self, term: Circuit) -> int:
        known, todo = self._known, [term]
        while todo:
            last = todo[-1]
            missing = [p for p in last.inside if p not in known] if last not in known else ()
            if missing:
                todo += missing
                continue
            todo.pop()
            if last not in known:
                known[last] = self._one(last)
        return known[term]

    def _one(self, term: Circuit) -> int:
        known = self._known
        match term.operation:
            case "and":
                found = self.full
                for part in term.parts:
                    if known[part] == UNKNOWN:
                        return UNKNOWN
                    found &= known[part]
                return found
            case "or":
                found = 0
                for part in term.parts:
                    if known[part] == UNKNOWN:
                        return UNKNOWN
                    found |= known[part]
                return found
            case "not":
                part = known[term.parts[0]]
                return UNKNOWN if part == UNKNOWN else self.full ^ part
            case "named" | "leaf":
                return known[term.parts[1]]
            case "cells":
                return self.inside(*term.parts)
            case "failed":
                return self.columns.failed.get(term.parts[0], 0)
            case "member":
                return self.columns.members.get(term.parts, 0)
            case _:
                return self._atom(term.parts[0].make)

    def inside(self, name: str, cells: int) -> int:
        """The samples of which a signal lies in one of these cells."""
        found, ranked = 0, self._rank(name)
        for first, behind in runs(cells):
            found |= ranked.below(behind) & ~ranked.below(first)
        return found

    def _rank(self, name: str) -> Ranked:
        if name not in self._ranked:
            self._ranked[name] = Ranked(self.columns.cells[name])
        return self._ranked[name]

    def _atom(self, make: object) -> int:
        if isinstance(make, Below):
            return self._below(make)
        if isinstance(make, Related):
            sides = self._texts(make.node.left), self._texts(make.node.right)
            holds = RELATIONS.get(make.node.relation)
            if holds is not None and None not in sides:
                return _bits(holds(a, b) for a, b in zip(*sides, strict=True))  # type: ignore[arg-type]  # not None
        return UNKNOWN

    def _texts(self, term: TextTerm) -> list[str] | None:
        match term:
            case StringLiteral(text):
                return [text] * self.size
            case StringSignal(name) if name in self.table.domains:
                values = self.table.domains[name].values
                return [str(values[cell]) for cell in self.columns.cells[name]]
            case _:
                return None

    # ── Sums ──────────────────────────────────────────────────────────────

    def _below(self, below: Below) -> int:
        of, (bound, behind) = below.of, below.cut
        if id(of) not in self._sums:
            column = self._reading(of.reader, of.failures, of.meanings).linear(of.number)
            self._sums[id(of)] = of, None if column is None else column.ranked
        ranked = self._sums[id(of)][1]
        return UNKNOWN if ranked is None else ranked.below(bound, behind)

    def _reading(self, reader: Policy, failures: bool, meanings: bool) -> Numbers:
        key = id(reader), failures, meanings
        if key not in self._read:
            self._read[key] = Numbers(self, Leaves(self.table, failures=failures, reader=reader), meanings)
        return self._read[key]

    def column(self, name: str) -> Column:
        """The numbers of a signal that sums read."""
        if name not in self._numbers:
            made = self.columns.numbers[name]
            bottom = lcm(*{v.denominator for v in made})
            self._numbers[name] = Column([v.numerator * (bottom // v.denominator) for v in made], bottom)
        return self._numbers[name]


class Column:
    """A number of each sample, over one denominator."""

    def __init__(self, tops: Sequence[int], bottom: int = 1) -> None:
        self.tops = tops
        self.bottom = bottom

    @cached_property
    def ranked(self) -> Ranked:
        return Ranked(self.tops, self.bottom)


class Ranked:
    """The samples in the order of a number of theirs: which of them lie below one is looked up."""

    def __init__(self, numbers: Sequence[int], bottom: int = 1) -> None:
        self._bottom = bottom
        self._order = sorted(range(len(numbers)), key=numbers.__getitem__)
        self._keys = [numbers[i] for i in self._order]
        self._asked = [0]  # how many lie below, for each bound that was asked for, and which these are
        self._known = [0]

    def below(self, bound: Fraction | int, behind: bool = False) -> int:
        """`behind`: those at the bound count as well."""
        top = bound * self._bottom
        count = bisect_right(self._keys, top) if behind else bisect_left(self._keys, top)
        at = bisect_right(self._asked, count) - 1
        if self._asked[at] < count:
            found = self._known[at] | bits(self._order[self._asked[at] : count], len(self._order))
            at += 1
            self._asked.insert(at, count)
            self._known.insert(at, found)
        return self._known[at]


class Numbers:
    """The numbers of all samples as a reader takes them, in a room with or without failures."""

    def __init__(self, samples: Samples, space: Leaves, meanings: bool) -> None:
        self._samples = samples
        self._space = space
        self._meanings = meanings
        self._conditions = Indexing(space, meanings=meanings)
        self._named: dict[str, Column | None] = {}

    def linear(self, number: Linear) -> Column | None:
        """None where nobody can say; where it is unknown, anything."""
        columns = [(factor, self._quantity(quantity)) for factor, quantity in number.terms]
        made = [(factor, column) for factor, column in columns if column is not None]
        if len(made) < len(columns):
            return None
        bottom = lcm(number.constant.denominator, *(f.denominator * c.bottom for f, c in made))
        total = [int(number.constant * bottom)] * self._samples.size
        for factor, column in made:
            k = int(factor * bottom / column.bottom)
            total = [t + k * top for t, top in zip(total, column.tops, strict=True)]
        return Column(total, bottom)

    def _quantity(self, quantity: Quantity) -> Column | None:
        match quantity:
            case Raw(name):
                return self._raw(name)
            case Confidence(name):
                return self._confidence(name)
            case Indicator(condition):
                return self._truth(self._conditions.condition(condition).true)
            case NamedNumber(name):
                if name not in self._named:
                    self._named[name] = self.linear(self._space.policy.numbers[name])
                return self._named[name]
            case _:
                return None

    def _raw(self, name: str) -> Column:
        column = self._samples.column(name)
        meaning = self._space.policy.signals[name].on_error if self._meanings else None
        if meaning not in ("fires", "silent") or self._space.failed(name) is False:
            return column
        meant = column.bottom if meaning == "fires" else 0
        failed = _marks(self._samples.of(self._space.failed(name)), self._samples.size)
        return Column([meant if f == "1" else t for f, t in zip(failed, column.tops, strict=True)], column.bottom)

    def _confidence(self, name: str) -> Column | None:
        fires = self._truth(self._space.fires(name, meanings=self._meanings).true)
        group = self._space.policy.group_of.get(name)
        if fires is None or (group is not None and group.default == name):
            return fires
        raw = self._raw(name)
        return Column([t if f else 0 for f, t in zip(fires.tops, raw.tops, strict=True)], raw.bottom)

    def _truth(self, term: Term) -> Column | None:
        found = self._samples.of(term)
        return None if found == UNKNOWN else Column([int(m) for m in _marks(found, self._samples.size)])


def _marks(bits: int, count: int) -> str:
    """A letter a sample, the first first."""
    return bin(bits | 1 << count)[:2:-1]


def _bits(so: Iterator[bool]) -> int:
    return int("".join(["1" if s else "0" for s in so][::-1]) or "0", 2)


def _places(bits: int) -> Iterator[int]:
    """Where the bits stand, the lowest first."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
