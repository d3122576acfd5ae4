"""What a number of replicas gives a load, and the least number that keeps its promises.

The load of a pool is cut evenly by its router, so that each replica sees a Poisson stream of a part of it; numbers of
replicas are whole. What is doubtful stays a range: the step model is trusted within `factor`, and a figure past 75% of
what a replica takes is one too. Past the knee there is no figure: the pool is saturated.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from math import inf, log
from typing import Literal

from wrpc.fleet.sizing import latency, waits
from wrpc.fleet.sizing.capacity import FULL, Bound, Capacity, capacity, kv_share
from wrpc.fleet.sizing.load import Load
from wrpc.fleet.steps import Engine, StepModel
from wrpc.values import value

Figure = Literal["ttft_p99", "ttft_queue_p99", "tpot_p99", "e2e_p99"]
FIGURES: tuple[Figure, ...] = ("ttft_p99", "ttft_queue_p99", "tpot_p99", "e2e_p99")

STEADY, KNEE = 0.75, 0.9
"""Up to the first share of its capacity a replica's figures are numbers, up to the second ranges."""
BEYOND: Mapping[Figure, tuple[float, float]] = {
    "ttft_p99": (1.0, 0.25),
    "ttft_queue_p99": (1.0, 0.25),
    "tpot_p99": (0.25, 0.25),
    "e2e_p99": (0.4, 0.15),
}
"""By what part a figure at the knee may be lower and higher than the formula's; less so nearer to `STEADY`. Against a
simulated engine, in docs/fleet.md."""
LATE = 0.01
"""The share of requests that may be slower than a 99th percentile."""
MOST = 1 << 20
"""More replicas than that serve nobody."""


@value
class Band:
    """From `low` to `high`; a number where they are equal."""

    low: float
    high: float

    @property
    def known(self) -> bool:
        return self.low == self.high

    def __mul__(self, factor: float) -> Band:
        return Band(self.low * factor, self.high * factor)

    def over(self, other: Band) -> Band:
        """What spans both."""
        return Band(min(self.low, other.low), max(self.high, other.high))


@value
class Promises:
    """Seconds, None where nothing is promised."""

    ttft_p99: float | None = None
    ttft_queue_p99: float | None = None
    tpot_p99: float | None = None
    e2e_p99: float | None = None

    def of(self, figure: Figure) -> float | None:
        found: float | None = getattr(self, figure)
        return found

    @property
    def made(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in FIGURES if self.of(figure) is not None)

    def strictest(self, other: Promises) -> Promises:
        """What keeps both."""
        made = {}
        for figure in FIGURES:
            both = [p for p in (self.of(figure), other.of(figure)) if p is not None]
            made[figure] = min(both, default=None)
        return Promises(**made)


@value
class Figures:
    """Of one replica under its part of the load. `utilisation`: of what it can take; `bound`: what runs out first;
    `kv`: how full its cache is. `bands` is None where it is saturated. `residents`: sequences that write at once."""

    utilisation: float
    bound: Bound
    kv: float
    bands: Mapping[Figure, Band] | None = None
    residents: float = 0.0

    @property
    def saturated(self) -> bool:
        return self.bands is None

    def missed(self, promises: Promises) -> list[Figure]:
        """Promises that are not surely kept, by the upper ends; all of them where it is saturated."""
        promised = [(figure, p) for figure in FIGURES if (p := promises.of(figure)) is not None]
        if self.bands is None:
            return [figure for figure, _ in promised]
        return [figure for figure, p in promised if self.bands[figure].high > p]

    def keeps(self, promises: Promises) -> bool:
        return self.bands is not None and not self.missed(promises)


def figures(
    engine: Engine, load: Load, replicas: float, of: latency.Lengths = None, only: Collection[Figure] = FIGURES
) -> Figures:
    """What one of `replicas` gives `of` the requests, all of them where absent; `only` these figures, where it is not
    saturated."""
    if replicas <= 0:
        return Figures(inf, "slots", inf)
    mine = replace(load, rate=load.rate / replicas, burst=1 + (load.burst - 1) / replicas)
    most = capacity(engine, mine)
    used = mine.rate / most.rate if most.rate > 0 else inf
    at = latency.steady(engine, mine) if used < 1 else None
    if at is None or used > KNEE:
        return Figures(used, most.bound, inf)
    kv = kv_share(engine, mine, at.step)
    if kv > FULL:
        return Figures(max(used, kv), "KV", kv)
    wait = _wait(at, engine, most) if "ttft_queue_p99" in only or "e2e_p99" in only else 0.0
    first = latency.ttft_quantile(at, of=of) if "ttft_p99" in only or "ttft_queue_p99" in only else 0.0
    found: dict[Figure, float] = {"ttft_p99": first, "ttft_queue_p99": first + wait}
    if "tpot_p99" in only:
        found["tpot_p99"] = latency.tpot_quantile(at, of=of)
    if "e2e_p99" in only:
        found["e2e_p99"] = latency.e2e_quantile(at, of=of) + wait
    if inf in found.values():
        return Figures(used, most.bound, kv)
    bands = {name: about(name, middle, middle, used) for name, middle in found.items() if name in only}
    return Figures(used, most.bound, kv, bands, at.residents)


def about(figure: Figure, low: float, high: float, used: float) -> Band:
    """What the formula says, as a range where the replica is loaded beyond `STEADY`."""
    beyond = max(0.0, round((used - STEADY) / (KNEE - STEADY), 9))
    less, more = BEYOND[figure]
    return Band(low / (1 + less * beyond), high * (1 + more * beyond))


def _wait(at: latency.Steady, engine: Engine, most: Capacity) -> float:
    """The 99th percentile of the wait for a slot, or for room in the KV cache: M/G/c, whichever is longer.

    Sequences slow each other, so that crowds last: of as many slots as one likes, the number in use would have the
    peakedness 1/(1 − ρ), which goes into Hayward's correction beside that of the arrivals; and in a cache, sequences of
    unequal size are E[c²]/E[c]² times as peaked. The tail is that of full slots, each served in n/λ* (Little).
    """
    load = at.load
    took = [(c.share, latency.own(at, c) + c.more * latency.token(at, c)) for c in load.lengths]
    mean = sum(w * s for w, s in took)
    variation = max(0.0, sum(w * s * s for w, s in took) / mean**2 - 1) if mean > 0 else 0.0
    peaked = load.burst / (1 - at.busy)
    room = engine.kv_tokens / max(load.context, 1.0)
    found = 0.0
    for servers, rate, unequal in ((float(engine.slots), most.slots, 1.0), (room, most.kv, load.unequal)):
        if servers == inf or rate == inf:
            continue
        share = waits.waiting(servers, load.rate * mean, peaked * unequal)
        if share > LATE:
            slow = waits.tail(servers, servers / rate, load.rate, variation=variation, burst=load.burst)
            found = max(found, log(share / LATE) * slow)
    return found


def slower(engine: Engine, factor: float) -> Engine:
    """The same with steps that take `factor` times as long."""
    s = engine.step
    step = StepModel(
        s.fixed * factor, s.per_token * factor, s.per_sequence * factor, s.per_cached * factor, s.per_pair * factor
    )
    return replace(engine, step=step)


def least(keeps: Callable[[int], bool], *, at_least: int = 1) -> int | None:
    """The fewest replicas that keep what is promised; more are never worse. None where no number does."""
    if not keeps(MOST):
        return None
    low, high = at_least - 1, at_least
    while not keeps(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if keeps(middle):
            high = middle
        else:
            low = middle
    return high
