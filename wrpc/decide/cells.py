"""The values of each signal in cells: no condition of a policy tells two values of one cell apart.

Bools, names and sets have a cell a value, numbers one between two bounds, strings one a word and one for all that lies
between the same prefixes. A failed signal is a cell of its own.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import overload

from wrpc.decide.request import RequestValue, default
from wrpc.decide.strings import Cells
from wrpc.policy.expr import (
    PATTERNS,
    Interval,
)  # fmt: skip
from wrpc.policy.model import Int, Signal

Cut = tuple[Fraction | int, bool]  # before a number, or behind it


@dataclass(frozen=True)
class Domain:
    """A signal's cells. `values` has a request's value of each, None for the failed one; `intervals` the numbers of
    each cell of a number; `words` says where a string lies."""

    signal: Signal
    values: Sequence[RequestValue]
    intervals: tuple[Interval, ...] = ()
    words: Words | None = None
    fails: bool = False

    @property
    def size(self) -> int:
        return len(self.values)

    def cell(self, value: RequestValue) -> int:
        """The cell that a value lies in."""
        if value is None:
            return self.size - 1
        if self.size - self.fails == 1:
            return 0
        if self.words is not None:
            assert isinstance(value, str), "a string signal's value"
            return self.words.cell(value)
        if self.intervals:
            assert isinstance(value, Fraction), "a number's value"
            return bisect_right(self._starts, (plain(value), False)) - 1
        if isinstance(value, frozenset):  # names that no condition asks for are in no cell's
            asked = frozenset().union(*(v for v in self.values if isinstance(v, frozenset)))
            value &= asked
        return self.values.index(value)

    def spanned(self, ranges: Sequence[Interval]) -> tuple[int, int]:
        """Of a number: the cells that reach into one of the ranges, and those that lie in one."""
        reaching = inside = 0
        for r in ranges:
            start = None if r.low is None else (plain(r.low), r.low_open)
            end = None if r.high is None else (plain(r.high), not r.high_open)
            first = 0 if start is None else max(bisect_right(self._starts, start) - 1, 0)
            if start is not None and self._ends[first] <= start:
                first += 1
            last = len(self._starts) - 1 if end is None else bisect_left(self._starts, end) - 1
            if first > last:
                continue
            reaching |= (2 << last) - (1 << first)
            first += start is not None and self._starts[first] < start
            last -= end is not None and self._ends[last] > end
            if first <= last:
                inside |= (2 << last) - (1 << first)
        return reaching, inside

    @cached_property
    def named(self) -> dict[RequestValue, int]:
        """Of a signal of names: the cell of each."""
        return {value: i for i, value in enumerate(self.values)}

    @cached_property
    def _starts(self) -> list[Cut]:
        return [(plain(ends(i)[0]), i.low_open) for i in self.intervals]

    @cached_property
    def _ends(self) -> list[Cut]:
        return [(plain(ends(i)[1]), not i.high_open) for i in self.intervals]

    @cached_property
    def failed(self) -> int:
        """The set of cells that has the failed one alone."""
        return 1 << (self.size - 1) if self.fails else 0

    @cached_property
    def liked(self) -> tuple[int, ...]:
        """The cells, first those whose values a reader would rather see: what an absent signal is, then what can be
        written down, then the rest, a failure last."""
        absent = default(self.signal)
        if isinstance(self.signal.type, Int) and absent == self.signal.type.low:
            return tuple(range(self.size))

        def order(cell: int) -> tuple[bool, bool, bool, Fraction, int]:
            value = self.values[cell]
            failed = self.fails and cell == self.size - 1
            far = Fraction(0)
            odd = self.words is not None and cell >= len(self.words.at.words)
            if isinstance(value, Fraction):
                assert isinstance(absent, Fraction), "a number's default is one"
                odd, far = not _decimal(value), abs(value - absent)
            return failed, value != absent, odd, far, cell

        return tuple(sorted(range(self.size), key=order))

    @cached_property
    def preferred(self) -> tuple[int, ...]:
        """Sets of cells, each with one more than the last, in that order."""
        found, cells = [], 0
        for cell in self.liked:
            cells |= 1 << cell
            found.append(cells)
        return tuple(found)


class Rounds(Sequence[RequestValue]):
    """A value of each cell of a number, the roundest, made when it is first looked at; behind them the failed one."""

    def __init__(self, signal: Signal, intervals: Sequence[Interval], fails: bool) -> None:
        self._signal = signal
        self._intervals = intervals
        self._size = len(intervals) + fails
        self._made: dict[int, Fraction] = {}

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, cell: int) -> RequestValue: ...
    @overload
    def __getitem__(self, cell: slice) -> Sequence[RequestValue]: ...
    def __getitem__(self, cell: int | slice) -> RequestValue | Sequence[RequestValue]:
        if isinstance(cell, slice):
            return [self[i] for i in range(*cell.indices(self._size))]
        cell = range(self._size)[cell]
        if cell == len(self._intervals):
            return None
        if cell not in self._made:
            self._made[cell] = _roundest(self._intervals[cell], self._signal)
        return self._made[cell]


class Words:
    """The cells of a string signal: the words, in order, then the gaps that no prefix tells apart."""

    def __init__(self, at: Cells, ranges: Iterable[tuple[int, int | None]]) -> None:
        self.at = at
        ends = sorted({e for first, last in ranges for e in (first, at.count if last is None else last + 1)})
        self.examples: list[str] = []
        self._begun: list[int] = [0]  # by gap: how many cells of gaps begin before it
        passed, counted = 0, -1
        self._first: list[int] = [0]  # by gap: the first of the cells that it shares with those about it
        self._held: list[int] = []  # by cell of gaps: the patterns that hold of it
        own: dict[int, int] = {}  # the cells of the gaps that are not told apart, by these
        for i, start in enumerate(at.starts):
            while passed < len(ends) and ends[passed] <= start + 1:
                passed += 1
            if counted != passed:
                own = {}
            for said in (0,) if at.languages is None else at.gaps[i]:
                cell = start + 1 if at.languages is None else start + 1 + [*at.gaps[i]].index(said)
                if said not in own and (example := at.example(cell)) is not None:
                    own[said] = len(self.examples)
                    self.examples.append(example)
                    self._held.append(said)
                    counted = passed
            self._begun.append(len(self.examples))
            self._first.append(min(own.values(), default=len(self.examples)))

    def cell(self, text: str) -> int:
        """The cell that a string lies in."""
        at = bisect_left(self.at.words, text)
        if self.at.words[at : at + 1] == [text]:
            return at
        first = self._first[at]
        if self.at.languages is None:
            return len(self.at.words) + first
        return len(self.at.words) + self._held.index(self.at.languages.held(text), first)

    def holding(self, relation: str, text: str) -> int:
        """The set of cells of the strings of which a pattern holds."""
        if (relation, text) not in self._holding:
            languages, words = self.at.languages, self.at.words
            assert languages is not None, "every pattern that a policy names is known beforehand"
            bit = 1 << languages.patterns.index((relation, text))
            found = sum(1 << i for i, word in enumerate(words) if languages.held(word) & bit)
            found |= sum(1 << i for i, said in enumerate(self._held, len(words)) if said & bit)
            self._holding[relation, text] = found
        return self._holding[relation, text]

    @cached_property
    def _holding(self) -> dict[tuple[str, str], int]:
        return {}

    def asked(self, relation: str, text: str, *, turned: bool) -> int:
        """The set of cells of the strings that stand in a relation to a constant."""
        if relation in PATTERNS:
            return self.holding(relation, text)
        found = 0
        for each in self.at.ranges(relation, text, turned=turned):
            found |= self.within(*each)
        return found

    def patterns(self, cell: int) -> Iterator[tuple[tuple[str, str], bool]]:
        """Each pattern, and whether it holds of a cell of gaps."""
        if self.at.languages is not None:
            said = self._held[cell - len(self.at.words)]
            for i, pattern in enumerate(self.at.languages.patterns):
                yield pattern, bool(said >> i & 1)

    @cached_property
    def named(self) -> dict[str, int]:
        """The cell of each word."""
        return {word: i for i, word in enumerate(self.at.words)}

    def gap(self, cell: int) -> tuple[int, int | None]:
        """The word before a cell that is none, and the one behind it, by index; None where it has no end. Words between
        the two lie in cells of their own."""
        number = cell - len(self.at.words)
        if self.at.languages is not None:  # the gaps that share a first cell are those that are not told apart
            mine = bisect_right(self._begun, number)
            shared = self._first[mine]
            first, last = mine, mine
            while first > 1 and self._first[first - 1] == shared:
                first -= 1
            while last < len(self.at.words) and self._first[last + 1] == shared:
                last += 1
            return first - 1, last if last < len(self.at.words) else None
        first = bisect_left(self._begun, number + 1) - 1
        behind = bisect_right(self._begun, number + 1) - 1
        return first, behind if behind < len(self.at.words) else None

    def within(self, first: int, last: int | None) -> int:
        """The set of cells of a range of `at`'s own numbering, which ends where it was said to."""
        last = self.at.count - 1 if last is None else last
        if first > last:
            return 0
        starts = self.at.starts
        low, high = bisect_left(starts, first), bisect_right(starts, last) - 1
        words = ((1 << (high + 1)) - (1 << low)) if high >= low else 0
        # A range that ends with a word leaves out the gap behind it.
        begun = self._begun[bisect_right(starts, first) - 1]
        ended = self._begun[high if starts[high] == last else high + 1]
        return words | ((1 << ended) - (1 << begun)) << len(self.at.words)


def plain(number: Fraction) -> Fraction | int:
    """A whole number as one: they are compared many times as fast."""
    return number.numerator if number.denominator == 1 else number


def _decimal(value: Fraction) -> bool:
    bottom = value.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    return bottom == 1


def _roundest(interval: Interval, signal: Signal) -> Fraction:
    """The value of an absent signal where it is one of the range, else one that is short to write."""
    absent = default(signal)
    assert isinstance(absent, Fraction), "a number's default is one"
    low, high = ends(interval)
    if isinstance(signal.type, Int):
        return Fraction(_roundest_whole(floor(low), floor(high), floor(absent)))
    if absent in interval:
        return absent
    near, inwards = (low, 1) if low >= absent else (high, -1)
    for step in (Fraction(10) ** d for d in range(0, -13, -1)):
        for number in (floor(near / step) * step, ceil(near / step) * step):
            for tried in (number, number + inwards * step):
                if tried in interval:
                    return tried
    return near if near in interval else (low + high) / 2


def _roundest_whole(low: int, high: int, absent: int) -> int:
    if low <= absent <= high:
        return absent
    near, inwards = (low, 1) if low >= absent else (high, -1)
    for digits in range(len(str(abs(near))) - 1, 0, -1):
        step: int = 10**digits
        for number in (near // step * step, -(-near // step) * step):
            for tried in (number, number + inwards * step):
                if low <= tried <= high:
                    return tried
    return near


def ends(interval: Interval) -> tuple[Fraction, Fraction]:
    """The ends of a range that has both."""
    assert interval.low is not None, "a signal has a least number"
    assert interval.high is not None, "a signal has a greatest number"
    return interval.low, interval.high
