"""Which share of a workload reaches which pool, by length.

A policy says where a request goes, not how often each kind of request comes. By length it is exact: every bound on a
length that a condition has starts a new piece, and what can become of the requests of a piece the engine's sets say.
Where they all go to the same pools, that is exact too. Where they do not, the setting `split` says how much of the
workload each pool gets; else `assume share` says how often a condition holds, which is taken to be as often at every
length, and with each other condition by chance. What is open then counts the same for each outcome, which is said:
for those in which no score fires, if there are any, since a score is there to notice what is out of the ordinary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from wrpc.fleet.bins import Cells, hours, requests, stretches
from wrpc.fleet.lengths import Distribution
from wrpc.fleet.outcomes import Outcome, Some
from wrpc.fleet.workloads import possible
from wrpc.policy.expr import Fires
from wrpc.policy.model import Frequency, Score, Workload
from wrpc.solver.sets import Requests
from wrpc.solver.terms import conj, disj, negate
from wrpc.targets.gateway.branches import Settled

LONGEST = 10_000_000
MOST_KNOWN = 6
"""Assumed shares of one workload that are counted on, the first: each doubles the kinds of requests."""
ZERO, ONE = Fraction(0), Fraction(1)

Shares = dict[str, Fraction]
Points = tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Requests longer than `above` and of at most `upto` tokens. What is missing from 1 in `pools` is denied."""

    above: int
    upto: int
    pools: Shares
    spills: dict[str, list[tuple[str, Fraction]]] = field(default_factory=dict)
    mirrors: Shares = field(default_factory=dict)
    compress: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traffic:
    """`undecided`: the pools of the pieces that were split without being told how. `open`: why it is not known whether
    requests reach all of these pools."""

    pieces: tuple[Piece, ...]
    undecided: tuple[str, ...] = ()
    reachable: tuple[str, ...] = ()
    open: str = ""


@dataclass(frozen=True, slots=True)
class Fate:
    """Something that becomes of requests. `quiet`: of some for which no score fires."""

    outcome: Outcome
    quiet: bool

    @property
    def pools(self) -> tuple[tuple[str, Fraction], ...]:
        """Who serves first, with shares; equal ones where something else chooses."""
        first = [p for p in self.outcome.parts if p.via == "primary"]
        return tuple((p.pool, p.low if p.low == p.high else Fraction(1, len(first))) for p in first)

    @property
    def possible(self) -> list[str]:
        return [p.pool for p in self.outcome.parts if p.via in ("primary", "cascade")]


Truths = tuple[bool, ...]
"""Of the conditions of which a share is assumed."""


Clock = Sequence[tuple[Cells, Fraction]]
"""Cells of what tells the time, with the share of the requests that come there."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of a piece that come at some time, for which the conditions of known share are all so or not so."""

    time: Fraction
    truths: Truths
    fates: tuple[Fate, ...]


class Lead:
    """Leads workloads through a policy."""

    def __init__(self, settled: Settled) -> None:
        self.policy = settled.policy
        self.outcomes = settled.reach.outcomes
        encoding = self.outcomes.decision.encoding
        scores = [n for n, s in self.policy.signals.items() if isinstance(s.type, Score)]
        self._quiet = negate(disj(encoding.condition(Fires(n)).true for n in scores))

    def traffic(
        self,
        workload: Workload,
        split: Mapping[str, Fraction] | None = None,
        points: Points | None = None,
        hour: int | None = None,
    ) -> Traffic:
        """The workload's requests by length, over the day or in an hour of it. Without a signal that measures length
        there is one piece. `points`: its distribution, where that is known."""
        outcomes = self.outcomes
        outcomes.unsettled = False
        known = [f for f in self.policy.frequencies if f.workload in (None, workload.name)][:MOST_KNOWN]
        when = outcomes.decision.encoding.condition(workload.when).true
        fates = [f for f in outcomes.of(Requests(outcomes.ground, when)) if f.outcome.end != "conflict"]
        times = hours(self.policy, outcomes.ground)
        clock = _day(times if hour is None or len(times) == 1 else [times[hour]])
        spans = [*stretches(self.policy, outcomes.ground, workload, (), LONGEST)]
        lengths = list(dict.fromkeys(cells for _, _, cells in spans))
        there = possible(outcomes, fates, lengths, [time for time, _ in clock])
        kinds = {
            cells: [
                kind
                for time, share in clock
                for kind in self._kinds([fates[n] for n in sorted(there[cells, time])], known, (*cells, *time), share)
            ]
            for cells in lengths
        }
        spans = [span for span in spans if kinds[span[2]]]
        often = _often(known, [(_mass(points, a, b), kinds[cells]) for a, b, cells in spans])
        pieces: list[Piece] = []
        undecided: dict[str, None] = {}
        reachable: set[str] = set()
        for above, upto, cells in spans:
            served = [*dict.fromkeys(f for kind in kinds[cells] for f in kind.fates if f.pools)]
            open_ = [p for f in served for p in f.possible]
            shares, told = _shared(kinds[cells], often, split)
            undecided |= {} if told else dict.fromkeys(open_)
            reachable.update(open_)
            pieces.append(_piece(above, upto, shares, served))
        why = "the solver gives up" if outcomes.unsettled else ""
        return Traffic(_joined(pieces), tuple(undecided), tuple(sorted(reachable)), why)

    def _kinds(self, fates: Sequence[Some], known: Sequence[Frequency], cells: Cells, share: Fraction) -> list[Kind]:
        """What becomes of the requests of some cells, of so large a share, by the conditions of known share."""
        ground, encoding = self.outcomes.ground, self.outcomes.decision.encoding
        conditions = [encoding.condition(f.condition).true for f in known]
        here = requests(ground, cells)
        found: list[Kind] = []
        for truths in product((False, True), repeat=len(known)):
            term = conj(c if so else negate(c) for c, so in zip(conditions, truths, strict=True))
            some = [fate & here & Requests(ground, term) for fate in fates]
            some = [s for s in some if self.outcomes.may(s)] if known else some
            # Of one outcome nobody asks whether it is out of the ordinary.
            one = len({Fate(s.outcome, quiet=True).pools for s in some}) == 1
            quiet = Requests(ground, self._quiet)
            made = tuple(Fate(s.outcome, one or self.outcomes.may(s & quiet)) for s in some)
            if made:
                found.append(Kind(share, truths, made))
        return found


def _piece(above: int, upto: int, shares: Shares, served: Sequence[Fate]) -> Piece:
    spills: dict[str, list[tuple[str, Fraction]]] = {}
    mirrors: Shares = {}
    for fate in served:
        edges = [(p.pool, p.above) for p in fate.outcome.parts if p.above is not None]
        for pool, _ in fate.pools:
            if pool in shares and edges:
                there = spills.setdefault(pool, [])
                there += [edge for edge in edges if edge not in there]
        for part in fate.outcome.parts:
            if part.via == "mirror":
                mirrors[part.pool] = max(mirrors.get(part.pool, ZERO), part.high)
    # Prompts are shortened for a pool where every route that leads there in this piece shortens them to one length.
    lengths = {p: {f.outcome.compress for f in served if p in f.possible} for p in shares}
    compress = {p: found for p, of in lengths.items() if len(of) == 1 and (found := next(iter(of))) is not None}
    return Piece(above, upto, shares, spills, mirrors, compress)


def _day(times: Sequence[Clock]) -> Clock:
    """Cells of time over several hours, with their shares of them."""
    found: dict[Cells, Fraction] = {}
    for hour in times:
        for cells, share in hour:
            found[cells] = found.get(cells, ZERO) + share / len(times)
    return [*found.items()]


def _mass(points: Points | None, above: int, upto: int) -> Fraction:
    return Fraction(upto - above) if points is None else Distribution(points).between(above, upto)


def _often(known: Sequence[Frequency], pieces: Sequence[tuple[Fraction, Sequence[Kind]]]) -> list[Fraction]:
    """Of each assumed share what is left of it for the pieces of which only some requests are so."""
    found: list[Fraction] = []
    for at, each in enumerate(known):
        seen = [(mass, {kind.truths[at] for kind in kinds}) for mass, kinds in pieces]
        whole = sum((mass for mass, _ in seen), ZERO)
        always = sum((mass for mass, so in seen if so == {True}), ZERO)
        some = sum((mass for mass, so in seen if len(so) == 2), ZERO)
        found.append(min(max((each.share * whole - always) / some, ZERO), ONE) if some else each.share)
    return found


def _shared(
    kinds: Sequence[Kind], often: Sequence[Fraction], split: Mapping[str, Fraction] | None
) -> tuple[Shares, bool]:
    """How much each pool gets, and whether that is known. Kinds of which nobody serves any get nothing."""
    weights = [kind.time * _chance(kind.truths, often) for kind in kinds]
    if not any(weights):
        weights = [kind.time for kind in kinds]
    whole = sum(weights, ZERO)
    shares: Shares = {}
    told = True
    for kind, weight in zip(kinds, weights, strict=True):
        part, known = _shares([f for f in kind.fates if f.pools], split)
        told &= known or not weight
        for pool, share in part.items():
            shares[pool] = shares.get(pool, ZERO) + share * weight / whole
    return {p: s for p, s in sorted(shares.items()) if s}, told


def _chance(truths: Truths, often: Sequence[Fraction]) -> Fraction:
    found = ONE
    for so, share in zip(truths, often, strict=True):
        found *= share if so else 1 - share
    return found


def _shares(served: Sequence[Fate], split: Mapping[str, Fraction] | None) -> tuple[Shares, bool]:
    """How much each pool gets of requests that are served, and whether that is known."""
    if split is not None:
        possible = {p for f in served for p in f.possible}
        told = {p: s for p, s in split.items() if p in possible and s}
        whole = sum(told.values(), ZERO)
        if whole:
            return {p: s / whole for p, s in sorted(told.items())}, True
    quiet = [f for f in served if f.quiet] or served
    different = {f.pools: None for f in quiet}
    shares: Shares = {}
    for pools in different:
        for pool, share in pools:
            shares[pool] = shares.get(pool, ZERO) + share / len(different)
    known = len({f.pools for f in served}) <= 1 and all(len(f.possible) == 1 or _weighed(f) for f in served)
    return {p: s for p, s in sorted(shares.items()) if s}, known


def _weighed(fate: Fate) -> bool:
    """The policy says how much each destination gets."""
    return all(p.low == p.high for p in fate.outcome.parts if p.via in ("primary", "cascade"))


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Neighbours with the same content as one."""
    found: list[Piece] = []
    for piece in pieces:
        last = found[-1] if found else None
        if last and last.upto == piece.above and _content(last) == _content(piece):
            found[-1] = Piece(last.above, piece.upto, last.pools, last.spills, last.mirrors, last.compress)
        else:
            found.append(piece)
    return tuple(found)


def _content(piece: Piece) -> tuple[object, ...]:
    return piece.pools, piece.spills, piece.mirrors, piece.compress
