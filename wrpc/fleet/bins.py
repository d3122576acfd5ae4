"""What is known of how often requests come: how long they are, and at what hour. Requests in bins of known shares.

A bin is a choice of cells of the signals that count tokens or tell the time, so that no condition tells its requests
apart by those. Its share follows from the workload's distribution of lengths and from the hours of the day, which do
not depend on each other: a workload is as long at night. What counts the prompt has its share of the length, rounded
down to whole tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from wrpc.fleet.lengths import Distribution, prompt_share
from wrpc.policy.expr import Interval
from wrpc.policy.model import Int, Policy, Real, Workload
from wrpc.solver.sets import Ground, Requests
from wrpc.solver.terms import conj
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)
DAY = 24

Cells = tuple[tuple[str, int], ...]
"""Signals, each with the number of one of its cells, by name."""
Piece = tuple[int, int, Fraction]
"""Requests of more than so many tokens and at most so many, and their share."""


@value
class Bin:
    """`share`: of all requests of the workload that the policy's signals can tell of. `pieces` are its lengths, none
    where the workload states none."""

    cells: Cells
    share: Fraction
    pieces: tuple[Piece, ...] = ()


@value
class Bins:
    """`lengths`: bins of length, one without cells where nothing is known of them. `hours`: for each hour of the day
    the cells of the signals that tell the time, with the share of the hour that lies in each; one of nothing where none
    does. `outside`: the share of the distribution that no value of a signal stands for."""

    lengths: tuple[Bin, ...]
    hours: tuple[tuple[tuple[Cells, Fraction], ...], ...]
    outside: Fraction = ZERO


def bins(policy: Policy, ground: Ground, workload: Workload, stated: Distribution | None) -> Bins:
    lengths: tuple[Bin, ...] = (Bin((), ONE),)
    outside = ZERO
    if stated is not None:
        made = _lengths(policy, ground, workload, stated)
        lengths, outside = made, ONE - sum((b.share for b in made), ZERO)
    return Bins(lengths, hours(policy, ground), outside)


def requests(ground: Ground, cells: Cells) -> Requests:
    """Those whose signals lie in these cells."""
    return Requests(ground, conj(ground.cell(name, cell).term for name, cell in cells))


# ── Lengths ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _measures(policy: Policy, ground: Ground, workload: Workload) -> dict[str, Fraction]:
    """Those that are cut into cells."""
    return {name: part for name, part in parts_of(policy, workload).items() if _cut(ground, name)}


def parts_of(policy: Policy, workload: Workload) -> dict[str, Fraction]:
    """The signals that count tokens of a request, with the part of its length that each counts."""
    kinds = {"total_tokens": ONE, "prompt_tokens": prompt_share(workload)}
    return {
        s.name: kinds[s.source.name]
        for s in policy.signals.values()
        if s.source and s.source.name in kinds and isinstance(s.type, Int | Real)
    }


def _cut(ground: Ground, name: str) -> bool:
    domain = ground.engine.table.domains.get(name)
    return domain is not None and bool(domain.intervals)


def stretches(
    policy: Policy, ground: Ground, workload: Workload, edges: Iterable[int], longest: int
) -> Iterator[tuple[int, int, Cells]]:
    """Lengths of more than so many tokens and at most so many, between which no condition and none of the edges lies,
    with the cells of what counts tokens; those of which a signal has no value are left out."""
    domains, measures = ground.engine.table.domains, _measures(policy, ground, workload)
    ranges = {n: _ranges(domains[n].intervals, part, longest) for n, part in sorted(measures.items())}
    every = {0, longest, *edges} | {e for spans in ranges.values() for a, b, _ in spans for e in (a - 1, b)}
    places = dict.fromkeys(ranges, 0)
    for above, upto in pairwise(sorted(e for e in every if 0 <= e <= longest)):
        cells = []
        for name, spans in ranges.items():
            while places[name] < len(spans) and spans[places[name]][1] < upto:
                places[name] += 1
            if places[name] < len(spans) and spans[places[name]][0] <= above + 1:
                cells.append((name, spans[places[name]][2]))
        if len(cells) == len(ranges):
            yield above, upto, tuple(cells)


def _lengths(policy: Policy, ground: Ground, workload: Workload, stated: Distribution) -> tuple[Bin, ...]:
    """Bins in order of their first lengths; lengths of which a signal has no value are in none."""
    found: dict[Cells, list[Piece]] = {}
    edges = [tokens for tokens, _ in stated.points]
    for above, upto, cells in stretches(policy, ground, workload, edges, edges[-1]):
        if share := stated.between(above, upto):
            found.setdefault(cells, []).append((above, upto, share))
    return tuple(Bin(cells, sum((p[2] for p in pieces), ZERO), tuple(pieces)) for cells, pieces in found.items())


def _ranges(intervals: Sequence[Interval], part: Fraction, longest: int) -> list[tuple[int, int, int]]:
    """The whole lengths, first and last, whose counted part lies in each cell of a signal, from 1 to `longest`."""
    found: list[tuple[int, int, int]] = []
    for cell, interval in enumerate(intervals):
        assert interval.low is not None, "a signal has a least number"
        assert interval.high is not None, "and a greatest"
        low = floor(interval.low) + 1 if interval.low_open else ceil(interval.low)
        high = ceil(interval.high) - 1 if interval.high_open else floor(interval.high)
        low = max(low, 0)
        if high < low:
            continue
        # The part rounded down is at least `low` from low / part on, and above `high` from (high + 1) / part on.
        if part:
            first, last = max(ceil(low / part), 1), min(ceil((high + 1) / part) - 1, longest)
        else:
            first, last = (1, longest) if low == 0 else (1, 0)
        if first <= last:
            found.append((first, last, cell))
    return found


# ── Hours ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def hours(policy: Policy, ground: Ground) -> tuple[tuple[tuple[Cells, Fraction], ...], ...]:
    """By hour of the day, the cells of signals that tell the time, each with its share of the hour; one of nothing
    where none does."""
    clocks = [
        (s.name, hour)
        for s in policy.signals.values()
        if s.source and s.source.name == "time_of_day" and _cut(ground, s.name) and (hour := _hour(s.type)) is not None
    ]
    cut = {name: ground.engine.table.domains[name].intervals for name, _ in clocks}
    clocks = [(name, hour) for name, hour in sorted(clocks) if len(cut[name]) > 1]
    if not clocks:
        return ((((), ONE),),)
    return tuple(_of_hour(number, clocks, cut) for number in range(DAY))


def _hour(kind: object) -> tuple[Fraction, bool] | None:
    """How long an hour is in a signal's numbers, and whether these are whole; None where its range is no day."""
    match kind:
        case Int(0, 23 | 24, ""):
            return ONE, True
        case Int(0, 86_399 | 86_400, "s"):
            return Fraction(3600), True
        case Real(low, high, "") if low == 0 and high == DAY:
            return ONE, False
        case Real(low, high, "s") if low == 0 and high == 86_400:
            return Fraction(3600), False
        case _:
            return None


def _of_hour(
    number: int, clocks: Sequence[tuple[str, tuple[Fraction, bool]]], cut: Mapping[str, Sequence[Interval]]
) -> tuple[tuple[Cells, Fraction], ...]:
    """The cells of an hour: moments in it as fractions of it, cut wherever a signal's cells are."""
    spans: dict[str, list[tuple[Fraction, Fraction, int]]] = {}
    edges = {ZERO, ONE}
    for name, (hour, whole) in clocks:
        spans[name] = []
        for cell, interval in enumerate(cut[name]):
            assert interval.low is not None, "a signal has a least number"
            assert interval.high is not None, "and a greatest"
            end = interval.high + 1 if whole else interval.high  # a whole number lasts until the next
            low, high = interval.low / hour - number, end / hour - number
            low, high = max(low, ZERO), min(high, ONE)
            if low < high:
                spans[name].append((low, high, cell))
                edges |= {low, high}
    found: dict[Cells, Fraction] = {}
    for low, high in pairwise(sorted(edges)):
        here = tuple((n, c) for n, every in spans.items() for a, b, c in every if a <= low and high <= b)
        if len(here) == len(spans):
            found[here] = found.get(here, ZERO) + high - low
    return tuple(found.items())
