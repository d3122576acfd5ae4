"""Which share of a workload reaches which pool, by length.

A policy says where a request goes, not how often each kind of request comes. By length it is exact: the distribution is
known, and every bound on a length that a condition has starts a new piece. Within a piece the requests that the
workload admits are tried (`cells`), and where they do not stand for all others the solver is asked for what else
becomes of any; where they all go to the same pools that is exact too. Where they do not, the setting `split` says how
much of the workload each pool gets. Else each outcome counts the same, which is said: those in which no score fires, if
there are any, since a score is there to notice what is out of the ordinary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from wrpc.decide import Request
from wrpc.decide.request import read
from wrpc.policy.expr import Condition
from wrpc.policy.model import Action, Int, Policy, Workload, plan
from wrpc.policy.reading import signals
from wrpc.targets.fleet_sim.cells import Reads, combinations_of, reads
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.gateway.plans import primaries
from wrpc.targets.gateway.reach import Lengths, Reach, Reached

PROMPT_SHARE = Fraction(4, 5)  # the simulator's own, where a workload has none
LONGEST = 10_000_000
MOST_OUTCOMES = 64

Shares = dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Piece:
    """Requests longer than `above` and of at most `upto` tokens. No pools: they are denied."""

    above: int
    upto: int
    pools: Shares
    spills: dict[str, list[tuple[str, Fraction]]] = field(default_factory=dict)
    mirrors: Shares = field(default_factory=dict)
    compress: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Traffic:
    """`undecided`: the pools of the pieces that were split without being told how. `open`: why it is not known whether
    requests reach other pools too."""

    pieces: tuple[Piece, ...]
    undecided: tuple[str, ...] = ()
    reachable: tuple[str, ...] = ()
    open: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of some requests of a piece."""

    pools: tuple[tuple[str, Fraction], ...]
    possible: tuple[str, ...]
    quiet: bool
    action: Action | None = field(hash=False)


def traffic(settled: Settled, workload: Workload, split: Mapping[str, Fraction] | None) -> Traffic:
    """The workload's requests by length. Without a signal that measures length there is one piece."""
    policy = settled.policy
    known = [a.condition for a in policy.assumptions.values()]
    found = reads(policy, [*settled.conditions, *known, *([workload.when] if workload.when is not None else [])])
    share = workload.prompt_share or PROMPT_SHARE
    measures = _measures(policy, share)
    combined = combinations_of(policy, found, set(measures))
    requests = [read(policy, request) for request in combined.requests]
    pieces: list[Piece] = []
    undecided: list[str] = []
    reachable: set[str] = set()
    why = ""
    # Every bound that the workload has on one length begins an interval.
    by_length = len(measures) == 1 and set(signals(policy, [workload.when] if workload.when else [])) <= set(measures)
    for above, upto in _intervals(policy, found, measures):
        lengths = _lengths(measures, upto)
        if by_length and not settled.reach.admits(workload.when, {**requests[0], **lengths}):
            continue
        reached = _reached(settled.reach, workload.when, requests, lengths)
        if not combined.exact and not why:  # once there is too much to find, what was tried has to do
            # A sum of a length and something else has its bounds within the piece.
            least = lengths if len(measures) > 1 else _lengths(measures, above + 1)
            between = {name: (least[name], lengths[name]) for name in lengths}
            why = _complete(settled.reach, workload.when, between, reached)
        outcomes = [*dict.fromkeys(_outcome(r) for r in reached)]
        if not outcomes:
            continue
        served = [o for o in outcomes if o.pools]
        reachable.update(p for o in served for p in o.possible)
        shares, told = _shares(served, split)
        if not told:
            undecided += [p for o in served for p in o.possible]
        pieces.append(_piece(above, upto, shares, served))
    return Traffic(_joined(pieces), tuple(dict.fromkeys(undecided)), tuple(sorted(reachable)), why)


# ── Lengths ───────────────────────────────────────────────────────────────


def _measures(policy: Policy, prompt_share: Fraction) -> dict[str, Fraction]:
    """The signals that measure length, and how much of the total each of them counts."""
    kinds = {"total_tokens": Fraction(1), "prompt_tokens": prompt_share}
    return {
        s.name: kinds[s.source.name]
        for s in policy.signals.values()
        if s.source and s.source.name in kinds and isinstance(s.type, Int)
    }


def _intervals(policy: Policy, found: Reads, measures: Mapping[str, Fraction]) -> list[tuple[int, int]]:
    edges: set[int] = set()
    for name, part in measures.items():
        kind = policy.signals[name].type
        highest = {Fraction(kind.high)} if isinstance(kind, Int) else set()
        for bound in found.bounds.get(name, set()) | highest:
            if part and bound <= min(highest, default=bound):
                # The last total with a part of at most the bound, and the last with one below it.
                edges |= {ceil((floor(bound) + 1) / part) - 1, ceil(ceil(bound) / part) - 1}
    ordered = sorted(e for e in edges if 0 < e <= LONGEST)
    return list(pairwise([0, *ordered])) or [(0, LONGEST)]


def _lengths(measures: Mapping[str, Fraction], total: int) -> dict[str, Fraction]:
    return {name: Fraction(floor(total * part)) for name, part in measures.items()}


# ── Outcomes ──────────────────────────────────────────────────────────────


def _reached(
    reach: Reach, when: Condition | None, requests: Sequence[Request], lengths: Mapping[str, Fraction]
) -> list[Reached]:
    """The different things that become of requests of one length which the workload admits."""
    found: dict[int, Reached] = {}  # of equal ones there is one
    for request in requests:
        reached = reach.of({**request, **lengths}, when)
        if reached is not None:
            found.setdefault(id(reached), reached)
    return [*found.values()]


def _complete(reach: Reach, when: Condition | None, between: Lengths, found: list[Reached]) -> str:
    """Adds what else becomes of any request; says why where that is not known."""
    for _ in range(MOST_OUTCOMES):
        beyond = reach.beyond(when, between, found)
        if beyond.found is None:
            return beyond.why
        found.append(beyond.found)
    return f"more than {MOST_OUTCOMES} different things become of requests of one length"


def _outcome(reached: Reached) -> Outcome:
    if reached.send is None:
        return Outcome((), (), reached.quiet, None)
    action = reached.send.action
    possible = [d.pool for d in plan(action) if d.role in ("primary", "cascade")]
    shares = tuple((s.pool, s.weight) for s in primaries(action))
    return Outcome(shares, tuple(sorted(possible)), reached.quiet, action)


def _shares(outcomes: Sequence[Outcome], split: Mapping[str, Fraction] | None) -> tuple[Shares, bool]:
    """How much each pool gets, and whether that is known."""
    if split is not None:
        possible = {p for o in outcomes for p in o.possible}
        told = {p: s for p, s in split.items() if p in possible and s}
        whole = sum(told.values(), Fraction(0))
        if whole:
            return {p: s / whole for p, s in sorted(told.items())}, True
    quiet = [o for o in outcomes if o.quiet] or outcomes
    different = {o.pools: None for o in quiet}
    shares: Shares = {}
    for pools in different:
        for pool, share in pools:
            shares[pool] = shares.get(pool, Fraction(0)) + share / len(different)
    known = len({o.pools for o in outcomes}) <= 1 and all(len(o.possible) == len(o.pools) for o in outcomes)
    return {p: s for p, s in sorted(shares.items()) if s}, known


def _piece(above: int, upto: int, shares: Shares, outcomes: Sequence[Outcome]) -> Piece:
    actions = [o.action for o in outcomes if o.action is not None]
    spills: dict[str, list[tuple[str, Fraction]]] = {}
    mirrors: Shares = {}
    for action in actions:
        for primary in primaries(action):
            if primary.pool in shares:
                for spill in action.spills:
                    edge = (spill.pool, spill.above)
                    if edge not in spills.setdefault(primary.pool, []):
                        spills[primary.pool].append(edge)
        for mirror in action.mirrors:
            mirrors[mirror.pool] = max(mirrors.get(mirror.pool, Fraction(0)), mirror.share)
    # Prompts are shortened for a pool where every route that leads there in this piece shortens them to one length.
    lengths = {p: {a.compress for a in actions if p in (*a.steps, *(s.pool for s in a.shares))} for p in shares}
    compress = {p: found for p, of in lengths.items() if len(of) == 1 and (found := next(iter(of))) is not None}
    return Piece(above, upto, shares, spills, mirrors, compress)


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
