"""What traffic each pool gets, as values: shares, rates and lengths, by workload, route and way (`traffic` makes them).

How long requests are a workload says, so that the share of its requests on either side of a bound is exact. How often
a signal fires nobody says: a share is then a range, from what is sent there at least to what is sent there at most,
whatever the signals are and however they go together with each other and with lengths. `assume share …` and a log
narrow it; where everything is known, the range is a point. All shares are exact fractions.

Shares are of decisions, of requests of which no signal fails: what a cache answers, what a budget refuses and what is
sent again after a failure comes off or on at run time. Where that leads is here too, as flows of their own with a range
from 0: `via` says whether requests go there in ordinary operation ("primary", "cascade", "mirror"), or only when
something happens ("fallback", "spill", "over_budget").
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from wrpc.diagnostics import Diagnostic
from wrpc.fleet.arriving import Lengths
from wrpc.policy.model import Role
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)

Stage = Literal["prefill", "decode", "both"]
"""Which side of a request a pool serves. A pool with `prefill { … } decode { … }` serves both; each of its parts
(`wrpc.fleet.parts.parts`) gets all its flows."""

ORDINARY: frozenset[Role] = frozenset(("primary", "cascade", "mirror"))
"""What happens while nothing fails, overflows or is used up."""


@value
class Range:
    """From `low` to `high`, both possible; a point where the two are equal."""

    low: Fraction
    high: Fraction

    @property
    def known(self) -> bool:
        return self.low == self.high

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.high + other.high)

    def __mul__(self, factor: Fraction) -> Range:
        return Range(self.low * factor, self.high * factor)


@value
class Flow:
    """What one route sends one pool of one workload.

    `share`: of all requests of the workload. `shares`: the same in each hour of the day, 24 of them, where the time of
    day decides; else that one. `rates`: requests per second, one, or 24 by hour where the workload's rate is by hour or
    the time of day decides; none where the workload says no rate. `lengths`: of what arrives there, after the route's
    conditions and its `compress`; of a range, those of the most that may arrive; None where the workload says none.
    `cached`: the route answers some of it from a cache."""

    workload: str
    route: str
    pool: str
    stage: Stage
    via: Role
    share: Range
    shares: tuple[Range, ...]
    rates: tuple[Range, ...]
    lengths: Lengths | None
    compress: int | None = None
    cached: bool = False


@value
class Arrival:
    """What a pool gets of one workload in ordinary operation, by all routes together. The range is no sum of those of
    its flows: what one of them gets another cannot get too. Fields as of a flow."""

    workload: str
    share: Range
    shares: tuple[Range, ...]
    rates: tuple[Range, ...]
    lengths: Lengths | None


@value
class PoolTraffic:
    """`arrivals`: one a workload that may reach the pool in ordinary operation. `flows`: the same and what comes by
    edges, by workload, route and way."""

    pool: str
    stage: Stage
    arrivals: tuple[Arrival, ...]
    flows: tuple[Flow, ...]

    @property
    def rates(self) -> tuple[Range, ...]:
        """Requests per second of all workloads together, in ordinary operation: one range, or 24 by hour; none where a
        workload that arrives here says no rate."""
        if not self.arrivals or not all(a.rates for a in self.arrivals):
            return () if self.arrivals else (Range(ZERO, ZERO),)
        hours = max(len(a.rates) for a in self.arrivals)
        every = [a.rates * hours if len(a.rates) < hours else a.rates for a in self.arrivals]
        return tuple(sum(hour, Range(ZERO, ZERO)) for hour in zip(*every, strict=True))


@value
class Ends:
    """What becomes of the requests of a workload: the share that comes to each end. Where all are points, they add up
    to 1. `conflict`: two routes take it and differ (WRP201). `cut`: the share of the stated lengths that its `when`, or
    the range of a signal that counts tokens, leaves out; all else is of the rest."""

    workload: str
    served: Range
    denied: Range
    unrouted: Range
    conflict: Range
    cut: Fraction = ZERO


@value
class Traffic:
    """`pools`: every pool of the policy, by name, also those that nothing reaches. `ends`: by workload. `leans`: the
    names of what narrowed the ranges (`assume share …`, the log). `found`: what is wrong with lengths, shares or the
    log; a workload whose lengths are unusable counts as one that says none. `coarse`: the policy is so large that
    ranges hold, and may be wider than they need be."""

    pools: Mapping[str, PoolTraffic]
    ends: Mapping[str, Ends]
    leans: tuple[str, ...] = ()
    found: tuple[Diagnostic, ...] = ()
    coarse: bool = False
