"""What arrives at a pool, as loads: by hour, from the least to the most that it may be, and by workload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wrpc.fleet.arriving import Lengths
from wrpc.fleet.sizing.load import Length, Load
from wrpc.fleet.sizing.smallest import Band, Promises
from wrpc.fleet.traffic import Arrival, PoolTraffic, Stage
from wrpc.policy.model import Policy, Workload
from wrpc.values import value

CLASSES = 20
SELDOM = 1e-6
"""Requests a second, where none may come: whoever does come is promised what all are."""


@value
class Hour:
    """Requests a second in one hour of the day, or always; by workload. `lengths`: of all together."""

    rate: Band
    rates: Mapping[str, Band]
    lengths: tuple[Length, ...]

    def load(self, *, most: bool = True) -> Load:
        """Of the most that may arrive, or of the least: what may not arrive at all is one request now and then."""
        rate = self.rate.high if most else self.rate.low
        return Load(max(rate, SELDOM) if self.rate.high > 0 else 0.0, self.lengths)


@value
class Demand:
    """`hours`: one, or 24. `lengths` of each workload that arrives, and what each is promised. `missing`: workloads
    that do not say their lengths or rates."""

    hours: tuple[Hour, ...]
    lengths: Mapping[str, tuple[Length, ...]]
    promises: Mapping[str, Promises]
    shares: Mapping[str, Band]
    missing: tuple[str, ...] = ()

    @property
    def peak(self) -> int:
        """The hour in which most work may arrive, by tokens."""
        return max(range(len(self.hours)), key=lambda at: (_work(self.hours[at]), -at))

    @property
    def promised(self) -> Promises:
        """The strictest of all."""
        found = Promises()
        for each in self.promises.values():
            found = found.strictest(each)
        return found


def _work(hour: Hour) -> float:
    load = hour.load()
    return load.rate * (load.prompt + load.answer)


def demand(policy: Policy, traffic: PoolTraffic, hit: float = 0.0) -> Demand:
    """Ordinary arrivals. `hit`: the share of prompts' tokens that the prefix cache has."""
    sent = [a for a in traffic.arrivals if not a.rates or any(r.high > 0 for r in a.rates)]
    known = [a for a in sent if a.lengths is not None and a.rates]
    missing = tuple(sorted(a.workload for a in sent if a.lengths is None or not a.rates))
    lengths = {a.workload: _classes(a.lengths, hit, traffic.stage) for a in known if a.lengths is not None}
    count = max((len(a.rates) for a in known), default=1)
    hours = tuple(_hour(known, lengths, at) for at in range(count)) if known else ()
    promises = {a.workload: promised(policy.workloads[a.workload]) for a in known}
    shares = {a.workload: Band(float(a.share.low), float(a.share.high)) for a in known}
    return Demand(hours, lengths, promises, shares, missing)


def _hour(arrivals: list[Arrival], lengths: Mapping[str, tuple[Length, ...]], at: int) -> Hour:
    rates = {}
    for a in arrivals:
        found = a.rates[at] if len(a.rates) > 1 else a.rates[0]
        rates[a.workload] = Band(float(found.low), float(found.high))
    low, high = sum(r.low for r in rates.values()), sum(r.high for r in rates.values())
    if high <= 0:
        every = next(iter(lengths.values()))
        return Hour(Band(0.0, 0.0), rates, every)
    together = tuple(
        replace(c, share=c.share * rates[name].high / high)
        for name, cs in lengths.items()
        for c in cs
        if rates[name].high
    )
    return Hour(Band(low, high), rates, together)


def _classes(lengths: Lengths, hit: float, stage: Stage) -> tuple[Length, ...]:
    """At a pool that only reads, an answer is its first token; at one that only writes, all of a prompt is there."""
    reads, writes = stage != "decode", stage != "prefill"
    return tuple(
        Length(weight, prompt, max(answer, 1.0) if writes else 1.0, hit if reads else 1.0)
        for weight, prompt, answer in lengths.classes(CLASSES)
    )


def promised(workload: Workload) -> Promises:
    slo = workload.slo
    found = (slo.ttft_p99, slo.ttft_queue_p99, slo.tpot_p99, slo.e2e_p99)
    return Promises(*(None if seconds is None else float(seconds) for seconds in found))
