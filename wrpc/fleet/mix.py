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
        none = (ZERO, ZERO)
        low = high = ZERO
        for lot in self.lots:
            if lot.seen is not None:
                low += lot.share * sum((n * counts.get(f, none)[0] for f, n in lot.seen.items()), ZERO)
                high += lot.share * sum((n * counts.get(f, none)[1] for f, n in lot.seen.items()), ZERO)
        if self._bound is not None:
            fates = [f for of, _ in self._open for f in sorted(of)]
            least = self._bound.least([counts.get(f, none)[0] for f in fates])
            most = self._bound.most([counts.get(f, none)[1] for f in fates])
        else:
            least = most = None
        if least is None:
            least = sum((s * min((counts.get(f, none)[0] for f in of), default=ZERO) for of, s in self._open), ZERO)
        if most is None:
            most = sum((s * max((counts.get(f, none)[1] for f in of), default=ZERO) for of, s in self._open), ZERO)
        return Range(low + least, high + most)

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
