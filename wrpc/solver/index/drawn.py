"""How samples are drawn: for each of some conditions a few that it holds for, the others by chance, which is the same
chance every time.

A condition over one value after the other can be made to hold leaf by leaf. Where it speaks of sums, those samples that
were drawn by chance and have it so are taken, and the rest of it is put upon them. Bounds are gone to: just behind them
is what other conditions have left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor
from random import Random

from wrpc.decide.cells import Domain, ends
from wrpc.policy import reading
from wrpc.policy.expr import Interval, Linear, walk
from wrpc.policy.model import Int
from wrpc.policy.numbers import everywhere
from wrpc.policy.reading import conditions
from wrpc.solver.index.circuit import Circuit
from wrpc.solver.index.leaves import Table
from wrpc.solver.index.samples import UNKNOWN, Columns, Samples
from wrpc.solver.terms import Term

POOL = 2_048  # samples by chance alone, at most; few for few conditions
LEAST = 256
EACH = 16  # more for each condition, at most
FEW = 4  # of them where there are no sums: clauses cost less than values
MOST = 16_384  # samples in all
LARGE = 2_048  # conditions beyond which they are half as many, and all terms take as much room
DEEP = 60  # parts within parts of a condition that has to hold
NICE = 8  # values of a range that sums are tried with, at least


def drawn(table: Table, seeds: Sequence[Term]) -> Samples:
    """`seeds`: conditions of which each is to hold for some of the samples."""
    wanted = [s for s in seeds if not isinstance(s, bool)]
    draw = _Draw(table, min(POOL, LEAST + 2 * len(wanted)))
    pool = Samples(table, draw.pool())
    each = EACH if table.speaks_of_atoms else FEW
    most = (MOST if len(wanted) <= LARGE else MOST // 2) - pool.size
    return Samples(table, draw.directed(pool, wanted[:most], max(1, min(each, most // (len(wanted) or 1)))))


class _Needs:
    """What one way for a condition to hold needs of leaves."""

    def __init__(self) -> None:
        self.cells: dict[str, int] = {}
        self.atoms: list[tuple[Circuit, bool]] = []
        self.members: list[tuple[tuple[str, str], bool]] = []
        self.read: set[str] = set()


class _Draw:
    def __init__(self, table: Table, pool: int) -> None:
        self._table = table
        self._pool = pool
        self._random = Random(0)  # noqa: S311  nobody has to be unable to guess it
        self._absent = {name: domain.liked[0] for name, domain in table.domains.items()}
        self._summed = _summed(table)
        self._fallible = [s.name for s in table.policy.signals.values() if s.can_fail]

    # ── By chance ─────────────────────────────────────────────────────────

    def pool(self) -> Columns:
        cells: dict[str, list[int]] = {}
        numbers: dict[str, list[Fraction]] = {}
        chance, count = self._random.random, self._pool
        for name, domain in self._table.domains.items():
            size, absent = domain.size, self._absent[name]
            if size == 1:
                cells[name] = [0] * count
            else:  # more and more of them are not what an absent signal is
                cells[name] = [int(chance() * size) if chance() * count <= 2 * i else absent for i in range(count)]
            if name in self._summed:
                numbers[name] = self._valued(domain, cells[name])
        failed = {n: self._few() & ~((1 << count // 2) - 1) for n in self._fallible}
        members = {
            (s.name, m): self._few() | self._few()
            for s in self._table.policy.signals.values()
            for m in self._table.asked.members(s.name)
        }
        return Columns(cells, numbers, failed, members, count)

    def _few(self) -> int:
        """An eighth of the pool."""
        r = self._random
        count = self._pool
        return r.getrandbits(count) & r.getrandbits(count) & r.getrandbits(count)

    def _valued(self, domain: Domain, cells: Sequence[int]) -> list[Fraction]:
        nice: dict[int, list[Fraction]] = {}
        made: list[Fraction] = []
        for cell in cells:
            if cell not in nice:
                nice[cell] = _nice(domain, cell)
            made.append(nice[cell][int(self._random.random() * len(nice[cell]))])
        return made

    # ── For conditions ────────────────────────────────────────────────────

    def directed(self, pool: Samples, seeds: Sequence[Term], each: int) -> Columns:
        """The pool and, for each of the conditions, some samples of it with what the condition needs."""
        taken = list(range(pool.size))
        put: dict[str, list[tuple[int, int]]] = {}
        fail: dict[str, list[int]] = {}
        have: dict[tuple[str, str], list[tuple[int, bool]]] = {}
        for seed in seeds:
            needs = _Needs()
            self._need(seed, True, needs, 0)
            places = self._places(pool, needs)
            for kind in range(each):
                at = len(taken)
                taken.append(places[kind % len(places)])
                for name, allowed in needs.cells.items():
                    if name not in self._summed:
                        put.setdefault(name, []).append((at, self._cell(allowed, kind)))
                for key, so in needs.members:
                    have.setdefault(key, []).append((at, so))
                if kind % 2:
                    for name in self._fallible:
                        if name not in needs.read and self._random.random() < 0.5:
                            fail.setdefault(name, []).append(at)
        cells = {name: [column[i] for i in taken] for name, column in pool.columns.cells.items()}
        for name, those in put.items():
            for at, cell in those:
                cells[name][at] = cell
        numbers = {name: [column[i] for i in taken] for name, column in pool.columns.numbers.items()}
        failed = {n: column | _sum(fail.get(n, ())) for n, column in pool.columns.failed.items()}
        members = {key: _copied(column, taken) for key, column in pool.columns.members.items()}
        for key, marks in have.items():
            on, off = _sum(at for at, so in marks if so), _sum(at for at, so in marks if not so)
            members[key] = members.get(key, 0) & ~off | on
        return Columns(cells, numbers, failed, members, len(taken))

    def _need(self, term: Term, so: bool, needs: _Needs, depth: int) -> None:
        if isinstance(term, bool) or depth > DEEP:
            return
        match term.operation:
            case "and" | "or":
                parts = term.parts
                if (term.operation == "and") is not so:
                    parts = (parts[int(self._random.random() * len(parts))],)
                for part in parts:
                    self._need(part, so, needs, depth + 1)
            case "not":
                self._need(term.parts[0], not so, needs, depth + 1)
            case "named" | "leaf":
                self._need(term.parts[1], so, needs, depth + 1)
            case "cells":
                name, cells = term.parts
                every = (1 << self._table.domains[name].size) - 1
                left = needs.cells.get(name, every) & (cells if so else every & ~cells)
                if left:
                    needs.cells[name] = left
                needs.read.add(name)
            case "member":
                needs.members.append((term.parts, so))
                needs.read.add(term.parts[0])
            case "atom":
                needs.atoms.append((term, so))
                needs.read |= term.parts[0].signals
            case _:
                pass

    def _places(self, pool: Samples, needs: _Needs) -> list[int]:
        """Samples of the pool that have what cannot be put upon them."""
        left = pool.full
        for atom, so in needs.atoms:
            found = pool.of(atom)
            if found != UNKNOWN and (found if so else pool.full ^ found) & left:
                left &= found if so else pool.full ^ found
        for name, allowed in needs.cells.items():
            if name in self._summed and (found := pool.inside(name, allowed)) & left:
                left &= found
        made: list[int] = []
        for _ in range(EACH):
            start = int(self._random.random() * pool.size)
            behind = left >> start or left
            shift = start if left >> start else 0
            made.append(shift + (behind & -behind).bit_length() - 1)
        return made

    def _cell(self, allowed: int, kind: int) -> int:
        """Half of them at the lower bound, an eighth at the upper."""
        first = (allowed & -allowed).bit_length() - 1
        if kind % 8 < 4:
            return first
        last = allowed.bit_length() - 1
        if kind % 8 == 4:
            return last
        start = first + int(self._random.random() * (last - first + 1))
        behind = allowed >> start
        return start + (behind & -behind).bit_length() - 1


def _summed(table: Table) -> set[str]:
    """The signals that sums of several quantities read."""
    found: set[str] = set()
    if table.speaks_of_atoms:
        for reader in table.readers:
            sums = {
                n
                for c in everywhere(reader, conditions(reader))
                for n in walk(c)
                if isinstance(n, Linear) and len(n.terms) > 1
            }
            sums |= {n for n in reader.numbers.values() if len(n.terms) > 1}
            found |= set(reading.signals(reader, list(sums)))
    return {name for name in found if name in table.domains and table.domains[name].intervals}


def _sum(places: Iterable[int]) -> int:
    found = 0
    for place in places:
        found |= 1 << place
    return found


def _copied(column: int, taken: Sequence[int]) -> int:
    return _sum(at for at, i in enumerate(taken) if column >> i & 1)


# ── Numbers ───────────────────────────────────────────────────────────────


def _nice(domain: Domain, cell: int) -> list[Fraction]:
    """Some values of a cell that are short to write."""
    value, interval = domain.values[cell], domain.intervals[cell]
    assert isinstance(value, Fraction), "a number's values are numbers"
    low, high = ends(interval)
    step = Fraction(1) if high == low else _power(high - low)
    whole = isinstance(domain.signal.type, Int)
    if whole:
        step = max(step, Fraction(1))
    made = _steps(interval, low, high, step)
    if len(made) < NICE and not (whole and step == 1):
        made = _steps(interval, low, high, step / 10)
    return made if value in made else [value, *made]


def _steps(interval: Interval, low: Fraction, high: Fraction, step: Fraction) -> list[Fraction]:
    return [v for k in range(ceil(low / step), floor(high / step) + 1) if (v := k * step) in interval]


def _power(width: Fraction) -> Fraction:
    """The power of ten that goes into a width."""
    found = Fraction(1)
    while found > width:
        found /= 10
    while found * 10 <= width:
        found *= 10
    return found
