"""What a simulation shows, in figures: waits and times of answers, how busy replicas were, what was full first."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf
from typing import Literal

from wrpc.fleet.simulator.engine import BUDGET, CACHE, SLOTS
from wrpc.fleet.simulator.network import Running
from wrpc.fleet.simulator.plans import ENDS, SERVED, Jobs, Node
from wrpc.fleet.simulator.station import Station
from wrpc.values import value

Bound = Literal["slots", "KV cache", "compute"]


@value
class Spread:
    """Of many times in seconds, the mean and what so many in a hundred do not exceed."""

    mean: float
    p50: float
    p90: float
    p99: float

    def json(self) -> dict[str, float]:
        return {"mean": _round(self.mean), "p50": _round(self.p50), "p90": _round(self.p90), "p99": _round(self.p99)}


def spread(times: Sequence[float]) -> Spread | None:
    """None where there is none."""
    if not times:
        return None
    ordered = sorted(times)
    count = len(ordered)
    p50, p90, p99 = (ordered[max(0, ceil(share * count) - 1)] for share in (0.5, 0.9, 0.99))
    return Spread(sum(ordered) / count, p50, p90, p99)


@value
class Times:
    """`taken`: until the first token, from when the engine takes the request; `first`: from when it came; `pace`: of
    each further token; `whole`: of the whole answer. `count` requests stand behind them."""

    count: int
    taken: Spread | None
    first: Spread | None
    pace: Spread | None
    whole: Spread | None

    def json(self) -> dict[str, object]:
        named = {"ttft": self.taken, "ttft_queue": self.first, "tpot": self.pace, "e2e": self.whole}
        return {name: None if s is None else s.json() for name, s in named.items()}


def times(jobs: Jobs, numbers: Sequence[int]) -> Times:
    """Of those requests that were served."""
    at, began, first, last, answer = jobs.at, jobs.began, jobs.first, jobs.last, jobs.answer
    served = [j for j in numbers if last[j] < inf]
    return Times(
        len(served),
        spread([first[j] - began[j] for j in served]),
        spread([first[j] - at[j] for j in served]),
        spread([(last[j] - first[j]) / (answer[j] - 1) for j in served if answer[j] > 1]),
        spread([last[j] - at[j] for j in served]),
    )


@value
class Saturated:
    """A node that fell behind: what bounds it, and since when its queue was never empty again."""

    node: str
    by: Bound
    at: float

    def json(self) -> dict[str, object]:
        return {"pool": self.node, "by": self.by, "at": _round(self.at)}


@value
class Served:
    """One node. `rate`: requests a second that it finished while requests came. `busy`: the share of the time for which
    a replica made steps; `batch`: how many sequences these wrote for; `used`: the share of the slots in use over all
    the time. `replicas`: the mean number that was paid for."""

    node: Node
    arrived: int
    rate: float
    replicas: float
    most: int
    busy: float
    batch: float
    used: float
    preempted: int
    refused: int
    saturated: Saturated | None
    batches: tuple[float, ...]
    """Seconds of all replicas at each number of sequences."""


def served(run: Running, number: int) -> Served:
    """What a node did up to the last arrival."""
    station, node = run.stations[number], run.network.nodes[number]
    end = run.jobs.at[-1] if run.jobs.at else 0.0
    requests = station.requests
    done = sum(t <= end for t in requests.last)
    paid = station.replica_seconds(end) if end else float(len(station.units))
    batches = [0.0] * (min(node.engine.slots, node.engine.chunk) + 1)
    for unit in station.units:
        for at, seconds in enumerate(unit.replica.batches):
            batches[at] += seconds
    active, weighted = sum(batches), sum(n * s for n, s in enumerate(batches))
    until = sum(max(u.replica.now, end) - u.since if u.until == inf else u.replica.now - u.since for u in station.units)
    return Served(
        node,
        len(requests.enter),
        done / end if end else 0.0,
        paid / end if end else float(len(station.units)),
        max((n for _, n in station.changes), default=0),
        min(1.0, active / until) if until > 0 else 0.0,
        weighted / active if active else 0.0,
        weighted / (until * node.engine.slots) if until > 0 else 0.0,
        sum(u.replica.preempted for u in station.units),
        sum(len(u.replica.refused) for u in station.units),
        saturated(station, end),
        tuple(batches),
    )


BOUNDS: tuple[tuple[int, Bound], ...] = ((SLOTS, "slots"), (CACHE, "KV cache"), (BUDGET, "compute"))
GROWN = 1.6
"""The wait of the last quarter of requests against the second: of a queue that grows steadily it is 7/3, of one that is
stationary 1."""


def saturated(station: Station, end: float) -> Saturated | None:
    """Whether the node fell behind: its waits grow, and when requests stop coming a queue is left that has not been
    empty for the second half of the time."""
    requests = station.requests
    rows = len(requests.enter)
    if rows < 40 or not end:
        return None
    waits = [b - e if b < inf else end - e for b, e in zip(requests.began, requests.enter, strict=True)]
    second, last = waits[rows // 4 : rows // 2], waits[-(rows // 4) :]
    before, after = sum(second) / len(second), sum(last) / len(last)
    stays = [last - b for last, b in zip(requests.last, requests.began, strict=True) if last < inf]
    stay = sum(stays) / len(stays) if stays else 0.0
    if after <= GROWN * before or after < 0.1 * stay:
        return None
    units = [u for u in station.units if u.replica.held[SLOTS] + u.replica.held[CACHE] + u.replica.held[BUDGET] > 0]
    held = [sum(u.replica.held[reason] for u in units) for reason, _ in BOUNDS]
    if not units or not any(held):
        return None
    by = BOUNDS[held.index(max(held))][1]
    since = _behind(requests.enter, waits, after)
    return Saturated(station.node.name, by, since) if since <= requests.enter[-(rows // 4)] else None


def _behind(enter: Sequence[float], waits: Sequence[float], late: float) -> float:
    """When the last request came that waited for less than a twentieth of what the latest do: from then on each was
    behind."""
    return next((enter[at] for at in range(len(waits) - 1, -1, -1) if waits[at] < 0.05 * late), enter[0])


def ends(jobs: Jobs, numbers: Sequence[int]) -> dict[str, int]:
    """How many requests came to each end, those that none came to left out."""
    counts = [0] * len(ENDS)
    for job in numbers:
        counts[jobs.end[job]] += 1
    return {ENDS[at]: count for at, count in enumerate(counts) if count or at == SERVED}


def _round(number: float) -> float:
    """Six digits, which are more than a simulation knows."""
    return float(f"{number:.6g}")
