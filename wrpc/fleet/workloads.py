"""One workload led through routes and guards: what its requests become, and in which shares, by hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from wrpc.fleet.bins import Cells, Piece, bins, requests
from wrpc.fleet.flows import Range
from wrpc.fleet.lengths import Distribution
from wrpc.fleet.mix import Counts, Lot, Mix, Stated
from wrpc.fleet.outcomes import Outcome, Outcomes, Some
from wrpc.policy.model import Frequency, Workload
from wrpc.solver.sets import Requests
from wrpc.solver.terms import negate
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)

Seen = Mapping[Cells, Counter[Outcome]]
"""How many requests of a log became what, by the cells of what counts tokens or tells the time."""


@value
class Hour:
    """`of`: for each lot of the mix, the number of the bin of length that it is of."""

    mix: Mix
    of: tuple[int, ...]


@value
class Load:
    """`hours` are 24, or one where the time of day decides nothing. `pieces`: the lengths of each bin. `cut`: the share
    of the stated lengths that the workload's condition, or the range of a signal, leaves out at every hour."""

    workload: Workload
    fates: tuple[Outcome, ...]
    hours: tuple[Hour, ...]
    pieces: tuple[tuple[Piece, ...], ...]
    cut: Fraction

    def ranges(self, counts: Counts) -> tuple[Range, ...]:
        """By hour, of how many requests it is, least and most, weighted by what each fate counts."""
        found: dict[int, Range] = {}
        for hour in self.hours:
            if id(hour) not in found:
                found[id(hour)] = hour.mix.range(counts)
        return tuple(found[id(hour)] for hour in self.hours)

    def weights(self, counts: Counts, hours: Sequence[Fraction]) -> dict[int, Fraction]:
        """By bin of length, the most requests that count, in hours of these weights."""
        found: dict[int, Fraction] = {}
        for hour, weight in zip(self.hours, hours, strict=True):
            for at in hour.mix.touched(counts):
                lot, number = hour.mix.lots[at], hour.of[at]
                if lot.seen is None:
                    most = max((c[1] for f, c in counts.items() if f in lot.fates), default=ZERO)
                else:
                    most = sum((lot.seen[f] * c[1] for f, c in counts.items() if f in lot.seen), ZERO)
                if weight and most:
                    found[number] = found.get(number, ZERO) + weight * lot.share * most
        return found


class Impossible(Exception):
    """What is stated of shares cannot hold together."""


def load(
    outcomes: Outcomes,
    workload: Workload,
    stated: Distribution | None,
    known: Sequence[Frequency] = (),
    seen: Seen | None = None,
) -> Load:
    """`seen` says all where it says anything: what is `known` besides is then not asked. Raises Impossible."""
    ground = outcomes.ground
    encoding = outcomes.decision.encoding
    made = bins(outcomes.policy, ground, workload, stated)
    own = ground.all if workload.when is None else Requests(ground, encoding.condition(workload.when).true)
    fates, atoms, states = _fates(outcomes, own, () if seen else known)
    if seen:
        fates += [o for o in dict.fromkeys(o for by in seen.values() for o in by) if o not in fates]
    times_of = list(dict.fromkeys(cells for hour in made.hours for cells, _ in hour))
    there_are = possible(outcomes, atoms, [b.cells for b in made.lengths], times_of)
    where = {outcome: number for number, outcome in enumerate(fates)}
    by_time: dict[tuple[tuple[Cells, Fraction], ...], Hour] = {}
    for times in made.hours:
        if times in by_time:
            continue
        lots, of = [], []
        for number, bin_ in enumerate(made.lengths):
            for cells, share in times:
                found = there_are[bin_.cells, cells]
                there = seen.get(_sorted(bin_.cells, cells)) if seen else None
                if not found and not there:
                    continue
                noted = None
                if there:
                    count = there.total()
                    noted = {where[o]: Fraction(n, count) for o, n in there.items()}
                lots.append(Lot(bin_.share * share, found, noted))
                of.append(number)
        whole = sum((lot.share for lot in lots), ZERO)
        mix = Mix([Lot(lot.share / whole, lot.fates, lot.seen) for lot in lots if whole], states if whole else ())
        if not mix.possible:
            raise Impossible
        by_time[times] = Hour(mix, tuple(of) if whole else ())
    hours = tuple(by_time[times] for times in made.hours)
    kept = {n for hour in hours for n in hour.of}
    cut = ONE - sum((made.lengths[n].share for n in kept), ZERO)
    return Load(workload, tuple(fates), hours, tuple(b.pieces for b in made.lengths), cut)


def _sorted(*cells: Cells) -> Cells:
    return tuple(sorted(pair for some in cells for pair in some))


def _fates(
    outcomes: Outcomes, own: Requests, known: Sequence[Frequency]
) -> tuple[list[Outcome], list[Some], list[Stated]]:
    """What becomes of the requests, told apart by the conditions of which something is known: equal outcomes are
    then several fates. Of each the requests, and what is stated of them."""
    ground, encoding = outcomes.ground, outcomes.decision.encoding
    fates = [*outcomes.of(own)]
    holding: list[set[int]] = []
    for each in known:
        truth = encoding.condition(each.condition)
        parts: list[Some] = []
        moved: list[list[int]] = []
        true: set[int] = set()
        for fate in fates:
            moved.append([])
            for holds in (True, False):
                some = fate & Requests(ground, truth.true if holds else negate(truth.true))
                if outcomes.may(some):
                    moved[-1].append(len(parts))
                    if holds:
                        true.add(len(parts))
                    parts.append(some)
        holding = [{new for old in of for new in moved[old]} for of in holding]
        holding.append(true)
        fates = parts
    stated = [Stated(each.share, frozenset(of)) for each, of in zip(known, holding, strict=True)]
    return [f.outcome for f in fates], fates, stated


def possible(
    outcomes: Outcomes, fates: Sequence[Some], lengths: Sequence[Cells], times: Sequence[Cells]
) -> dict[tuple[Cells, Cells], frozenset[int]]:
    """By cells of length and of time, the fates that are possible there, by number."""
    ground = outcomes.ground
    found: dict[tuple[Cells, Cells], set[int]] = {(n, c): set() for n in lengths for c in times}
    names = sorted({name for cells in (*lengths, *times) for name, _ in cells})
    for number, fate in enumerate(fates):
        occurring = {name: some for name in names if (some := outcomes.cells(fate, name)) is not None}

        def out(cells: Cells, there: Mapping[str, frozenset[int]] = occurring) -> bool:
            return any(name in there and cell not in there[name] for name, cell in cells)

        later = [cells for cells in times if not out(cells)]
        for long in lengths:
            if out(long):
                continue
            for cells in later:
                both = _sorted(long, cells)
                # Of one signal its own cells say it; of several all of them together have to be possible.
                alone = len(both) < 2 and all(name in occurring for name, _ in both)
                if alone or outcomes.may(fate & requests(ground, both)):
                    found[long, cells].add(number)
    return {key: frozenset(of) for key, of in found.items()}
