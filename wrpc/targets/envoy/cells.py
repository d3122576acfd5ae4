"""What one row of header matchers can allow of one signal: a set of its values, and whether it may have failed.

A cell is exact. Two cells of one signal always have an exact intersection; their union is a cell only sometimes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import complement, merged
from wrpc.policy.regular.automata import matches
from wrpc.targets.envoy import decimals


@dataclass(frozen=True, slots=True)
class Choice:
    """Some of finitely many words; `of` are all of them."""

    words: frozenset[str]
    absent: bool
    of: frozenset[str]
    fails: bool

    @property
    def empty(self) -> bool:
        return not self.words and not self.absent

    @property
    def full(self) -> bool:
        return self.words == self.of and (self.absent or not self.fails)

    def meet(self, other: Choice) -> Choice:
        return Choice(self.words & other.words, self.absent and other.absent, self.of, self.fails)

    def join(self, other: Choice) -> Choice | None:
        return Choice(self.words | other.words, self.absent or other.absent, self.of, self.fails)

    def covers(self, other: Choice) -> bool:
        return other.words <= self.words and (self.absent or not other.absent)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers of sorted, disjoint ranges, all inside the signal's own range `of`. `whole`: integers, ranges closed."""

    ranges: tuple[Interval, ...]
    absent: bool
    of: Interval
    whole: bool
    fails: bool

    @property
    def empty(self) -> bool:
        return not self.ranges and not self.absent

    @property
    def full(self) -> bool:
        return self.ranges == (self.of,) and (self.absent or not self.fails)

    def meet(self, other: Numbers) -> Numbers:
        ranges = tidy(meet_ranges(self.ranges, other.ranges), self.whole)
        return Numbers(ranges, self.absent and other.absent, self.of, self.whole, self.fails)

    def join(self, other: Numbers) -> Numbers | None:
        ranges = tidy(self.ranges + other.ranges, self.whole)
        return Numbers(ranges, self.absent or other.absent, self.of, self.whole, self.fails)

    def covers(self, other: Numbers) -> bool:
        if other.absent and not self.absent:
            return False
        # What begins before this cell or ends behind it is found out first: of two cells of a table few cover another.
        if other.ranges and not (self.ranges and _within(other.ranges, self.ranges)):
            return False
        return tidy(meet_ranges(self.ranges, other.ranges), self.whole) == other.ranges

    @property
    def missing(self) -> tuple[Interval, ...]:
        """The numbers of the signal's range that are not in this cell."""
        return tidy(meet_ranges(complement(self.ranges), (self.of,)), self.whole)


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing that can be asked of a string or of a set."""

    kind: Literal["equals", "before", "prefix", "suffix", "contains", "matches", "has"]
    value: str

    def holds(self, text: str) -> bool:
        match self.kind:
            case "equals":
                return text == self.value
            case "before":
                return text < self.value
            case "prefix":
                return text.startswith(self.value)
            case "suffix":
                return text.endswith(self.value)
            case "contains":
                return self.value in text
            case "matches":
                return matches(text, self.value)
            case "has":
                return self.value in text.split(",")


@dataclass(frozen=True, slots=True)
class Literals:
    """Strings or sets for which some atoms hold and others do not; `present` false leaves only the absent header."""

    required: frozenset[Atom]
    refused: frozenset[Atom]
    present: bool
    absent: bool
    fails: bool

    @property
    def empty(self) -> bool:
        return not self.present and not self.absent

    @property
    def full(self) -> bool:
        return self.present and not self.required and not self.refused and (self.absent or not self.fails)

    def meet(self, other: Literals) -> Literals:
        absent = self.absent and other.absent
        if not (self.present and other.present):
            return Literals(frozenset(), frozenset(), False, absent, self.fails)
        return _reduced(self.required | other.required, self.refused | other.refused, absent, self.fails)

    def join(self, other: Literals) -> Literals | None:
        absent = self.absent or other.absent
        if not self.present or not other.present:
            some = self if self.present else other
            return Literals(some.required, some.refused, some.present, absent, self.fails)
        if self.required <= other.required and self.refused <= other.refused:
            return Literals(self.required, self.refused, True, absent, self.fails)
        if other.required <= self.required and other.refused <= self.refused:
            return Literals(other.required, other.refused, True, absent, self.fails)
        # `a and x` with `a and not x` is `a`.
        only = self.required - other.required, other.required - self.required
        denied = self.refused - other.refused, other.refused - self.refused
        for mine, theirs in ((only[0], denied[1]), (only[1], denied[0])):
            if len(mine) == 1 and mine == theirs and sum(map(len, (*only, *denied))) == 2:
                shared = self.required & other.required, self.refused & other.refused
                return Literals(*shared, True, absent, self.fails)
        return None

    def covers(self, other: Literals) -> bool:
        if other.absent and not self.absent:
            return False
        return not other.present or (self.present and self.required <= other.required and self.refused <= other.refused)


Cell = Choice | Numbers | Literals


def _reduced(required: frozenset[Atom], refused: frozenset[Atom], absent: bool, fails: bool) -> Literals:
    """The same strings, said shortly: an exact string decides every other atom."""
    nothing = Literals(frozenset(), frozenset(), False, absent, fails)
    if required & refused:
        return nothing
    exact = next((a for a in required if a.kind == "equals"), None)
    if exact is not None:
        agree = all(a.holds(exact.value) for a in required) and not any(a.holds(exact.value) for a in refused)
        return Literals(frozenset((exact,)), frozenset(), True, absent, fails) if agree else nothing
    prefixes = sorted((a for a in required if a.kind == "prefix"), key=lambda a: len(a.value))
    if prefixes:
        longest = prefixes[-1]
        if any(not longest.value.startswith(a.value) for a in prefixes):
            return nothing
        if any(a.kind == "prefix" and longest.value.startswith(a.value) for a in refused):
            return nothing
        required -= frozenset(prefixes[:-1])
        refused = frozenset(a for a in refused if a.kind != "equals" or a.value.startswith(longest.value))
    return Literals(required, refused, True, absent, fails)


def meet(a: Cell, b: Cell) -> Cell:
    return a.meet(b)  # type: ignore[arg-type]  # two cells of one signal are of one kind


def join(a: Cell, b: Cell) -> Cell | None:
    return a.join(b)  # type: ignore[arg-type]  # as above


def covers(a: Cell, b: Cell) -> bool:
    return a.covers(b)  # type: ignore[arg-type]  # as above


# ── Ranges ────────────────────────────────────────────────────────────────


def tidy(ranges: Iterable[Interval], whole: bool) -> tuple[Interval, ...]:
    """Sorted, disjoint, nothing empty, neighbours joined. Only numbers that a header can spell count: of integers those
    between two, and of decimals those with more digits, are no gap."""
    found: list[Interval] = []
    for r in merged(map(_closed, ranges)) if whole else merged(ranges):
        last = found[-1] if found else None
        if not whole and not decimals.any_spelled(r):
            continue
        if last is not None and not _gap(last, r, whole):
            found[-1] = Interval(last.low, r.high, last.low_open, r.high_open)
        else:
            found.append(r)
    return tuple(found)


def _gap(before: Interval, after: Interval, whole: bool) -> bool:
    if before.high is None or after.low is None:
        return False
    if whole:
        return after.low > before.high + 1
    return decimals.any_spelled(Interval(before.high, after.low, not before.high_open, not after.low_open))


def _closed(r: Interval) -> Interval:
    low, high = r.low, r.high
    if low is not None:
        below = Fraction(low.__floor__())
        low = below + 1 if below < low or r.low_open else below
    if high is not None:
        above = Fraction(high.__ceil__())
        high = above - 1 if above > high or r.high_open else above
    return Interval(low, high)


def meet_ranges(a: tuple[Interval, ...], b: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """What lies in a range of each; both sorted and disjoint."""
    found = [_both(x, y) for x in a for y in b]
    return tuple(r for r in found if not r.empty)


def _within(a: tuple[Interval, ...], b: tuple[Interval, ...]) -> bool:
    """Whether no bound of `a` lies outside of all of `b`; whether an open one stands there is not looked at."""
    low, least = a[0].low, b[0].low
    if least is not None and (low is None or _less(low, least)):
        return False
    high, most = a[-1].high, b[-1].high
    return most is None or (high is not None and not _less(most, high))


def _less(a: Fraction, b: Fraction) -> bool:
    """`a < b`, without asking what they are."""
    return a.numerator * b.denominator < b.numerator * a.denominator


def _both(a: Interval, b: Interval) -> Interval:
    low, low_open = a.low, a.low_open
    if b.low is not None and (low is None or b.low > low or (b.low == low and b.low_open)):
        low, low_open = b.low, b.low_open
    high, high_open = a.high, a.high_open
    if b.high is not None and (high is None or b.high < high or (b.high == high and b.high_open)):
        high, high_open = b.high, b.high_open
    return Interval(low, high, low_open, high_open)
