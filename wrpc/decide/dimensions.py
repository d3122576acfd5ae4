"""What the conditions of a policy tell apart: dimensions, each a line of numbered cells.

A request lies in one cell of every dimension, or beyond the last where what the dimension reads is unknown. A test of
a condition is then a set of cells of one dimension, and what is left of a condition is `and`, `or` and `not` of tests.
The compiled decision function and the table that `decide --table` writes both start here; `cells.py` is the like for
questions about all requests, where each cell has to have a value, and sums have none.

Conditions are folded first, which is how a dimension learns where it is cut; then `ranges` says which cells a test is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from fractions import Fraction

from wrpc.decide.strings import Cells, after
from wrpc.override import override
from wrpc.policy.expr import (
    Interval,
    TextTerm,
)  # fmt: skip
from wrpc.values import value

Ranges = tuple[tuple[int, int], ...]
"""Cells, as first and last of each run, in order; no two runs touch."""


# ── Conditions over dimensions ────────────────────────────────────────────


@value
class Test:
    """What a dimension is asked; the key is the dimension's own."""

    dimension: int
    key: object


@value
class Neither:
    """`not`."""

    part: Tree


@value
class Every:
    parts: tuple[Tree, ...]


@value
class Some:
    parts: tuple[Tree, ...]


@value
class Let:
    """A named condition; its tree stands in `Space.lets`."""

    name: str


Tree = bool | Test | Neither | Every | Some | Let


# ── Dimensions ────────────────────────────────────────────────────────────


class Dimension(ABC):
    """`size` is how many cells are known, and the number of the one for what is unknown. Of a `fallible` one it may be.

    `note` is told every key that will be asked; `size` and `ranges` count from then on."""

    def __init__(self, index: int, *, fallible: bool) -> None:
        self.index = index
        self.fallible = fallible

    @property
    def size(self) -> int:
        return 2

    def note(self, key: object) -> None:  # noqa: B027  most are cut by their signal's type alone
        pass

    @abstractmethod
    def ranges(self, key: object) -> Ranges:
        """The cells for which a test is true; of the unknown one it is unknown."""


class Binary(Dimension):
    """A cell for false and one for true."""

    def ranges(self, key: object) -> Ranges:
        assert key is True, "a truth value is asked whether it is true"
        return ((1, 1),)


class Firing(Binary):
    """Whether a bool or a score fires, after its group has been settled."""

    def __init__(self, index: int, signal: str, *, fallible: bool) -> None:
        super().__init__(index, fallible=fallible)
        self.signal = signal


class Failure(Binary):
    """Whether a signal failed. Always known."""

    def __init__(self, index: int, signal: str) -> None:
        super().__init__(index, fallible=False)
        self.signal = signal


class Membership(Binary):
    """Whether an `any_of` signal has a member."""

    def __init__(self, index: int, signal: str, member: str, *, fallible: bool) -> None:
        super().__init__(index, fallible=fallible)
        self.signal = signal
        self.member = member


class Relation(Binary):
    """Two strings that are held against each other, at least one of them a signal."""

    def __init__(self, index: int, relation: str, left: TextTerm, right: TextTerm, *, fallible: bool) -> None:
        super().__init__(index, fallible=fallible)
        self.relation = relation
        self.left = left
        self.right = right


class Name(Dimension):
    """The name that a `one_of` signal has: a cell for each. A key is a set of names."""

    def __init__(self, index: int, signal: str, names: Sequence[str], *, fallible: bool) -> None:
        super().__init__(index, fallible=fallible)
        self.signal = signal
        self.place = {name: i for i, name in enumerate(names)}

    @property
    @override
    def size(self) -> int:
        return len(self.place)

    def ranges(self, key: object) -> Ranges:
        assert isinstance(key, frozenset), "names are asked for by a set"
        return runs((c, c) for c in sorted(self.place[n] for n in key if n in self.place))


Held = tuple[str, str, bool]  # a relation, the word of the policy, and whether the signal stands on the right


class Line(Dimension):
    """Where a string stands among the words that the policy names, by code point: the words at even cells, what lies
    behind each at the odd one after it. A key is `Held`, or None for what no string is."""

    def __init__(self, index: int, signal: str, *, fallible: bool) -> None:
        super().__init__(index, fallible=fallible)
        self.signal = signal
        self._words: set[str] = set()
        self._cells: Cells | None = None

    @override
    def note(self, key: object) -> None:
        if key is None:
            return
        relation, word, turned = _held(key)
        self._words.add(word)
        if relation == "prefix" and turned:
            self._words.update(word[:end] for end in range(len(word)))
        elif relation == "prefix" and (end := after(word)) is not None:
            self._words.add(end)

    @property
    def words(self) -> list[str]:
        return self.cells.words

    @property
    def cells(self) -> Cells:
        if self._cells is None:
            self._cells = Cells(self._words)
        return self._cells

    @property
    @override
    def size(self) -> int:
        return self.cells.count

    def ranges(self, key: object) -> Ranges:
        if key is None:
            return ()
        relation, word, turned = _held(key)
        last = self.size - 1
        found = self.cells.ranges(relation, word, turned=turned)
        return runs(sorted((low, last if high is None else high) for low, high in found))


def _held(key: object) -> Held:
    assert isinstance(key, tuple), "a string is asked in how it stands to a word"
    return key


@value
class Basic:
    """What a sum is made of: the number of a signal ("raw"), its confidence, or 1 where a condition holds ("one")."""

    kind: str
    of: object


class Sum:
    """A linear form over what requests say themselves, names looked through. Its dimension is looked up once."""

    def __init__(self, constant: Fraction, terms: tuple[tuple[Fraction, Basic], ...]) -> None:
        self.constant = constant
        self.terms = terms
        self.place: tuple[Number, Fraction] | None = None


class Number(Dimension):
    """A number, cut at the points that the policy names: a point at each odd cell, what lies between at the even ones.

    Over one signal alone, `terms` is that one with the factor 1. A key is a tuple of intervals, sorted and disjoint."""

    def __init__(self, index: int, terms: tuple[tuple[Fraction, Basic], ...], *, fallible: bool) -> None:
        super().__init__(index, fallible=fallible)
        self.terms = terms
        self._noted: set[Fraction] = set()
        self._points: list[Fraction] | None = None
        self._place: dict[Fraction, int] = {}

    @override
    def note(self, key: object) -> None:
        for interval in _intervals(key):
            self._noted.update(b for b in (interval.low, interval.high) if b is not None)

    @property
    def points(self) -> list[Fraction]:
        if self._points is None:
            whole = all(p.denominator == 1 for p in self._noted)  # whole numbers compare much faster than ratios
            self._points = sorted(self._noted, key=lambda p: p.numerator if whole else p)
            self._place = {p: 2 * i + 1 for i, p in enumerate(self._points)}
        return self._points

    @property
    @override
    def size(self) -> int:
        return 2 * len(self.points) + 1

    def ranges(self, key: object) -> Ranges:
        found, last = [], self.size - 1
        for r in _intervals(key):
            low = 0 if r.low is None else self._place[r.low] + r.low_open
            high = last if r.high is None else self._place[r.high] - r.high_open
            found.append((low, high))
        return runs(sorted(found))


def _intervals(key: object) -> tuple[Interval, ...]:
    assert isinstance(key, tuple), "a number is asked where it lies"
    return key


# ── Sets of cells ─────────────────────────────────────────────────────────


def runs(found: Iterable[tuple[int, int]]) -> Ranges:
    """Sorted runs with those that touch joined and those that have no cell left out."""
    made: list[tuple[int, int]] = []
    for low, high in found:
        if low > high:
            continue
        if made and low <= made[-1][1] + 1:
            made[-1] = (made[-1][0], max(made[-1][1], high))
        else:
            made.append((low, high))
    return tuple(made)


def without(ranges: Ranges, size: int) -> Ranges:
    """The cells of a dimension of this size that are in none of the runs."""
    found, start = [], 0
    for low, high in ranges:
        if start < low:
            found.append((start, low - 1))
        start = high + 1
    if start < size:
        found.append((start, size - 1))
    return tuple(found)


def union(a: Ranges, b: Ranges) -> Ranges:
    return a if a == b else runs(sorted((*a, *b)))


def common(a: Ranges, b: Ranges) -> Ranges:
    """The cells that are in both."""
    if a == b:
        return a
    found, i, j = [], 0, 0
    while i < len(a) and j < len(b):
        low, high = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if low <= high:
            found.append((low, high))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)
