"""Numbers as sums of parts, and where such a sum lies in some ranges.

A part is a number by pieces: a bool is 1 or 0, a confidence is its header where it fires and 0 where not. A sum is
walked part by part, and a branch ends as soon as what is still to come makes no difference; so a sum of many bools
costs about as many rows as it needs. Where several headers stand in a sum as numbers, they have to be whole ones
(`totals.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import scaled, shifted
from wrpc.targets.envoy.cells import meet_ranges
from wrpc.targets.envoy.domain import Domain
from wrpc.targets.envoy.rows import ALWAYS, Rows, TooWide, both, cell, either, every
from wrpc.targets.envoy.totals import lies

STEPS = 1024


class TwoNumbers(Exception):
    """A sum whose value takes two headers to know, not both of whole numbers, or a very large one."""

    def __init__(self, first: str, second: str) -> None:
        self.first = first
        self.second = second
        super().__init__(f"{first} and {second}")


@dataclass(frozen=True, slots=True)
class Piece:
    """`constant + Σ factor · raw(signal)`, for the requests of `rows`; between `low` and `high`."""

    rows: Rows
    constant: Fraction
    terms: Mapping[str, Fraction]
    low: Fraction
    high: Fraction

    def times(self, by: Fraction) -> Piece:
        low, high = sorted((self.low * by, self.high * by))
        terms = {name: factor * by for name, factor in self.terms.items() if by}
        return Piece(self.rows, self.constant * by, terms, low, high)

    def plus(self, other: Piece, rows: Rows) -> Piece:
        names = dict.fromkeys((*self.terms, *other.terms))
        terms = {n: self.terms.get(n, Fraction(0)) + other.terms.get(n, Fraction(0)) for n in names}
        return Piece(
            rows,
            self.constant + other.constant,
            {name: factor for name, factor in terms.items() if factor},
            self.low + other.low,
            self.high + other.high,
        )


def fixed(rows: Rows, value: Fraction) -> Piece:
    return Piece(rows, value, {}, value, value)


def measured(rows: Rows, domain: Domain) -> Piece:
    """The number in the signal's header."""
    return Piece(rows, Fraction(0), {domain.name: Fraction(1)}, domain.low, domain.high)


@dataclass(frozen=True, slots=True)
class Part:
    """Pieces that do not overlap; elsewhere it is unknown."""

    pieces: tuple[Piece, ...]
    unknown: Rows

    def times(self, by: Fraction) -> Part:
        return replace(self, pieces=tuple(p.times(by) for p in self.pieces))

    @property
    def low(self) -> Fraction:
        return min((p.low for p in self.pieces), default=Fraction(0))

    @property
    def high(self) -> Fraction:
        return max((p.high for p in self.pieces), default=Fraction(0))

    @property
    def known(self) -> Rows:
        return either(p.rows for p in self.pieces)


@dataclass(frozen=True, slots=True)
class Number:
    """A constant and parts. Unknown where one of its parts is."""

    constant: Fraction
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, *pieces: Piece, unknown: Rows) -> Number:
        return cls(Fraction(0), (Part(tuple(p for p in pieces if p.rows), unknown),))

    @classmethod
    def total(cls, constant: Fraction, terms: Sequence[tuple[Fraction, Number]]) -> Number:
        constant += sum((factor * n.constant for factor, n in terms), Fraction(0))
        return cls(constant, tuple(p.times(factor) for factor, n in terms for p in n.parts))

    @property
    def unknown(self) -> Rows:
        return either(p.unknown for p in self.parts)

    def inside(self, ranges: tuple[Interval, ...], domains: Mapping[str, Domain]) -> Rows:
        """The requests for which it is known and lies in one of the ranges."""
        # What decides most first; what is a header last, so that its own bound is exact.
        parts = sorted(self.parts, key=lambda p: (any(x.terms for x in p.pieces), p.low - p.high))
        rest = [(Fraction(0), Fraction(0), ALWAYS)]
        for part in reversed(parts):
            low, high, known = rest[-1]
            rest.append((low + part.low, high + part.high, every((known, part.known))))
        rest.reverse()
        steps = 0

        def lying(sum: Piece) -> Rows:
            wanted = shifted(ranges, -sum.constant)
            first, *others = sum.terms
            if not others:
                return cell(first, domains[first].numbers(scaled(wanted, 1 / sum.terms[first])))
            found = lies(sum.terms, wanted, domains)
            if found is None:
                raise TwoNumbers(first, others[0])
            return found

        def walk(at: int, so_far: Piece) -> Iterator[Rows]:
            nonlocal steps
            steps += 1
            if steps > STEPS:
                raise TooWide
            low, high, known = rest[at]
            least, most = so_far.low + low, so_far.high + high
            reach = Interval(least, most)
            if any(least in r and most in r for r in ranges):
                yield both(so_far.rows, known)
            elif meet_ranges((reach,), ranges):
                if at < len(parts):
                    for piece in parts[at].pieces:
                        rows = both(so_far.rows, piece.rows)
                        if rows:
                            yield from walk(at + 1, so_far.plus(piece, rows))
                elif not so_far.terms:
                    # `n - n` reaches further than it goes.
                    if any(so_far.constant in r for r in ranges):
                        yield so_far.rows
                else:
                    yield both(so_far.rows, lying(so_far))

        return either(walk(0, fixed(ALWAYS, self.constant)))
