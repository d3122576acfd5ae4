"""The least and the most of a workload's requests for which something is so, whatever signals of unknown frequency do.

Requests are in bins of known shares. What can become of those of a bin is known too, how many of them each of it
becomes is not: then the least is where all of them become what counts least. Stated shares of conditions bind the bins
together, and a linear program says what is left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from wrpc.fleet.flows import Range
from wrpc.solver.mixing import Mixing, Sum
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)

Counts = Mapping[int, tuple[Fraction, Fraction]]
"""What each of a request's possible fates counts, least and most; 0 where it is not named."""


@value
class Lot:
    """The requests of a bin. `fates`: what can become of them, by number. `seen`: how many of them became each, where a
    log says it; then nothing else does."""

    share: Fraction
    fates: frozenset[int]
    seen: Mapping[int, Fraction] | None = None


@value
class Stated:
    """The requests for which a condition holds are this share of all, or of those of each bin where `everywhere`. `of`:
    the fates for which it holds."""

    share: Fraction
    of: frozenset[int]
    everywhere: bool = False


class Mix:
    """Lots whose shares add up to 1, or to 0 where there is none."""

    def __init__(self, lots: Sequence[Lot], stated: Sequence[Stated] = ()) -> None:
        self.lots = lots
        self._stated = stated
        joined: dict[frozenset[int], Fraction] = {}
        for lot in lots:
            if lot.seen is None:
                joined[lot.fates] = joined.get(lot.fates, ZERO) + lot.share
        self._open = sorted(joined.items(), key=lambda item: sorted(item[0]))

    def range(self, counts: Counts) -> Range:
        """Of how many requests, least and most, weighted by what each counts."""
        low = high = ZERO
        for at in self.touched(counts):
            lot = self.lots[at]
            if lot.seen is not None:
                low += lot.share * sum((lot.seen[f] * c[0] for f, c in counts.items() if f in lot.seen), ZERO)
                high += lot.share * sum((lot.seen[f] * c[1] for f, c in counts.items() if f in lot.seen), ZERO)
        bound = self._bounded(counts)
        return bound + Range(low, high)

    def touched(self, counts: Counts) -> list[int]:
        """The lots, by number, in which something that counts is possible."""
        return sorted({at for f in counts for at in self._of.get(f, ())})

    @cached_property
    def _of(self) -> dict[int, list[int]]:
        """By fate, the lots in which it is possible."""
        found: dict[int, list[int]] = {}
        for at, lot in enumerate(self.lots):
            for fate in lot.fates if lot.seen is None else lot.seen:
                found.setdefault(fate, []).append(at)
        return found

    def _bounded(self, counts: Counts) -> Range:
        """Over the lots of which no log says anything."""
        least = most = None
        if self._bound is not None:
            none = (ZERO, ZERO)
            fates = [f for of, _ in self._open for f in sorted(of)]
            least = self._bound.least([counts.get(f, none)[0] for f in fates])
            most = self._bound.most([counts.get(f, none)[1] for f in fates])
        low = high = ZERO
        if least is None or most is None:
            for of, share in self._open:
                some = [c for f, c in counts.items() if f in of]
                high += share * max((c[1] for c in some), default=ZERO)
                if len(some) == len(of):
                    low += share * min((c[0] for c in some), default=ZERO)
        return Range(low if least is None else least, high if most is None else most)

    @property
    def possible(self) -> bool:
        """What is stated can hold together; also where the solver gives up."""
        return self._bound is None or self._bound.possible() is not False

    @cached_property
    def _bound(self) -> Mixing | None:
        """The shares of each fate in each kind of lot, under what is stated; None where nothing is."""
        if not self._stated or not self._open:
            return None
        numbers: list[tuple[int, int]] = [(k, f) for k, (of, _) in enumerate(self._open) for f in sorted(of)]
        place = {pair: at for at, pair in enumerate(numbers)}
        sums = [Sum(tuple(place[k, f] for f in sorted(of)), share) for k, (of, share) in enumerate(self._open)]
        for each in self._stated:
            inside = [[place[k, f] for f in sorted(of & each.of)] for k, (of, _) in enumerate(self._open)]
            if each.everywhere:
                sums += [Sum(tuple(i), each.share * s) for i, (_, s) in zip(inside, self._open, strict=True)]
            else:
                sums.append(Sum(tuple(at for some in inside for at in some), each.share * self._left))
        return Mixing(len(numbers), sums)

    @cached_property
    def _left(self) -> Fraction:
        return sum((share for _, share in self._open), ZERO)
