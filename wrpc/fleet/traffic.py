"""What traffic each pool gets: the workloads of a policy led through its routes and guards.

    found = traffic(policy)                    # or traffic(policy, logs.read(policy, path))
    for pool in found.pools.values():
        for flow in pool.flows:                # one a workload, route and way (`via`)
            flow.share, flow.rates, flow.lengths

The values that come out, and what their ranges mean, are in `flows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import get_args

from wrpc.diagnostics import Diagnostic, Related, finding
from wrpc.fleet import codes
from wrpc.fleet.arriving import Lengths, Stretch, lengths_of, mixture
from wrpc.fleet.flows import ORDINARY, Arrival, Ends, Flow, PoolTraffic, Range, Stage, Traffic
from wrpc.fleet.lengths import Distribution, Unusable, finding_of, of_workload, prompt_share
from wrpc.fleet.logs import Log
from wrpc.fleet.mix import Counts
from wrpc.fleet.outcomes import Outcome, Outcomes
from wrpc.fleet.outcomes import outcomes as outcomes_of
from wrpc.fleet.workloads import Impossible, Load, Seen, load
from wrpc.policy.model import Frequency, Policy, Pool, Role, Workload

__all__ = ["ORDINARY", "Arrival", "Ends", "Flow", "PoolTraffic", "Range", "Stage", "Traffic", "traffic"]

ZERO, ONE = Fraction(0), Fraction(1)
DAY = 24
ROLES: tuple[Role, ...] = get_args(Role)

Key = tuple[str, str, Role]
"""Pool, route and way."""


def traffic(policy: Policy, log: Log | None = None) -> Traffic:
    """`log`: what requests were seen; how long they are the workloads say where they do."""
    found: list[Diagnostic] = [] if log is None else [*log.found]
    outcomes = outcomes_of(policy)
    loads: list[Load] = []
    leans: list[str] = []
    for workload in policy.workloads.values():
        stated = _stated(workload, found)
        seen = log.of(outcomes, workload, stated) if log is not None else None
        made = _load(outcomes, workload, stated, seen, leans, found)
        if not any(hour.of for hour in made.hours):
            found.append(_nothing(workload, stated))
        loads.append(made)
    flows = [flow for each in loads for flow in _flows(policy, each)]
    arrivals = [(p, a) for each in loads for p, a in _arrivals(policy, each, flows)]
    pools = {
        name: PoolTraffic(
            name,
            _stage(pool),
            tuple(a for p, a in arrivals if p == name),
            tuple(f for f in flows if f.pool == name),
        )
        for name, pool in policy.pools.items()
    }
    ends = {each.workload.name: _ends(each) for each in loads}
    return Traffic(pools, ends, tuple(dict.fromkeys(leans)), tuple(found), outcomes.coarse or outcomes.unsettled)


def _load(
    outcomes: Outcomes,
    workload: Workload,
    stated: Distribution | None,
    seen: Seen | None,
    leans: list[str],
    found: list[Diagnostic],
) -> Load:
    """With what a log says, or what is assumed of shares. What contradicts the lengths, or an assumption before it, is
    left out."""
    if seen:
        leans.append("log")
        return load(outcomes, workload, stated, (), seen)
    assumed = [f for f in outcomes.policy.frequencies if f.workload in (None, workload.name)]
    try:
        made = load(outcomes, workload, stated, assumed)
    except Impossible:
        kept: list[Frequency] = []
        for each in assumed:
            try:
                made = load(outcomes, workload, stated, [*kept, each])
                kept.append(each)
            except Impossible:
                found.append(_contradicting(each, workload, kept))
        assumed = kept
        made = load(outcomes, workload, stated, assumed)
    leans += [f"assume share {f.said}" for f in assumed]
    return made


def _contradicting(frequency: Frequency, workload: Workload, before: Sequence[Frequency]) -> Diagnostic:
    against = "its lengths, its `when` and what is assumed before" if before else "its lengths and its `when`"
    return finding(
        codes.CONTRADICTING_SHARES,
        f"no traffic of workload `{workload.name}` has this share of `{frequency.said}`: {against} do not allow it",
        frequency.span,
        help="say another share, or of which workload it is: `assume share … = 3% of chat`",
        related=[Related(f.span, "assumed before it") for f in before],
        subjects=[f"workload {workload.name}"],
    )


def _stated(workload: Workload, found: list[Diagnostic]) -> Distribution | None:
    try:
        return of_workload(workload)
    except Unusable as why:
        found.append(finding_of(workload, why))
        return None


def _nothing(workload: Workload, stated: Distribution | None) -> Diagnostic:
    what = "no request" if stated is None else "no request of the lengths that it states"
    return finding(
        codes.EMPTY_WORKLOAD,
        f"{what} is one of workload `{workload.name}`",
        workload.span,
        help=codes.EMPTY_HELP,
        subjects=[f"workload {workload.name}"],
    )


# ── Flows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _stage(pool: Pool) -> Stage:
    return pool.role or "both"


def _counts(fates: Sequence[Outcome]) -> dict[Key, dict[int, tuple[Fraction, Fraction]]]:
    """By pool, route and way, what each fate sends there of a request."""
    found: dict[Key, dict[int, tuple[Fraction, Fraction]]] = {}
    for number, outcome in enumerate(fates):
        for part in outcome.parts:
            counts = found.setdefault((part.pool, outcome.route or "", part.via), {})
            low, high = counts.get(number, (ZERO, ZERO))
            counts[number] = low + part.low, high + part.high
    return found


def _flows(policy: Policy, made: Load) -> Iterator[Flow]:
    order = {name: i for i, name in enumerate(r.name for r in policy.answering)}
    counted = _counts(made.fates)
    for pool, route, via in sorted(counted, key=lambda k: (k[0], order[k[1]], ROLES.index(k[2]))):
        counts = counted[pool, route, via]
        shares = made.ranges(counts)
        if not any(s.high for s in shares):
            continue
        outcome = made.fates[next(iter(counts))]
        yield Flow(
            made.workload.name,
            route,
            pool,
            _stage(policy.pools[pool]),
            via,
            _whole(made, shares),
            shares,
            _rates(made.workload, shares),
            _lengths(made, counts, outcome.compress),
            outcome.compress,
            outcome.cached,
        )


def _arrivals(policy: Policy, made: Load, flows: Sequence[Flow]) -> Iterator[tuple[str, Arrival]]:
    counted = _counts(made.fates)
    for pool in policy.pools:
        counts: dict[int, tuple[Fraction, Fraction]] = {}
        for (name, _, via), some in counted.items():
            if name == pool and via in ORDINARY:
                for fate, (low, high) in some.items():
                    before = counts.get(fate, (ZERO, ZERO))
                    counts[fate] = before[0] + low, before[1] + high
        shares = made.ranges(counts)
        if any(s.high for s in shares):
            own = [f for f in flows if (f.workload, f.pool) == (made.workload.name, pool) and f.via in ORDINARY]
            parts = [(f.share.high, f.lengths) for f in own if f.lengths is not None]
            lengths = mixture(parts) if len(parts) == len(own) else None
            share, rates = _whole(made, shares), _rates(made.workload, shares)
            yield pool, Arrival(made.workload.name, share, shares, rates, lengths)


def _ends(made: Load) -> Ends:
    def share(end: str) -> Range:
        return _whole(made, made.ranges({f: (ONE, ONE) for f, o in enumerate(made.fates) if o.end == end}))

    return Ends(made.workload.name, share("served"), share("denied"), share("unrouted"), share("conflict"), made.cut)


# ── Hours ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _weights(made: Load) -> tuple[Fraction, ...]:
    """How much of the workload's day lies in each of its hours. None of it where an hour admits no request."""
    rate = made.workload.rate
    given = rate if len(rate) == len(made.hours) else (ONE,) * len(made.hours)
    kept = [r if hour.of else ZERO for r, hour in zip(given, made.hours, strict=True)]
    whole = sum(kept, ZERO)
    return tuple(k / whole if whole else ZERO for k in kept)


def _whole(made: Load, shares: Sequence[Range]) -> Range:
    """Of the whole day."""
    return sum((s * w for s, w in zip(shares, _weights(made), strict=True)), Range(ZERO, ZERO))


def _rates(workload: Workload, shares: Sequence[Range]) -> tuple[Range, ...]:
    """Requests per second, once or by hour."""
    rate = workload.rate
    hours = max(len(rate), len(shares)) if rate else 0
    every = [*shares] * (hours // len(shares))
    return tuple(share * each for share, each in zip(every, [*rate] * (hours // max(len(rate), 1)), strict=True))


# ── Lengths ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _lengths(made: Load, counts: Counts, compress: int | None) -> Lengths | None:
    """Of the most that may arrive; None where the workload states none."""
    part = prompt_share(made.workload)
    weights = made.weights(counts, _weights(made))
    if not weights or not all(made.pieces[number] for number in weights):
        return None
    found: list[Stretch] = []
    for number, weight in sorted(weights.items()):
        whole = sum((share for _, _, share in made.pieces[number]), ZERO)
        for above, upto, share in made.pieces[number]:
            found += _stretches(above, upto, weight * share / whole, part, compress)
    return lengths_of(sorted(found, key=lambda s: s.above))


def _stretches(above: int, upto: int, weight: Fraction, part: Fraction, compress: int | None) -> Iterator[Stretch]:
    """Lengths in a row, parted where prompts begin to be shortened."""
    cuts = [above, upto]
    if compress is not None and part and above < (edge := compress // part) < upto:
        cuts = [above, edge, upto]
    for low, high in pairwise(cuts):
        ends = [part * low, part * high]
        if compress is not None and ends[1] > compress:
            ends = [Fraction(compress)] * 2
        yield Stretch(
            low, high, weight * Fraction(high - low, upto - above), (ends[0], ends[1]),
            ((1 - part) * low, (1 - part) * high),
        )  # fmt: skip
