"""A policy's fleet at work: what its pools would do with its workloads, or with a trace."""

from __future__ import annotations

from math import inf
from typing import Literal

from wrpc.diagnostics import Refusal, finding
from wrpc.fleet.gpus import VERSION as GPUS
from wrpc.fleet.simulator.codes import MOST_REQUESTS, NOTHING_TO_SIMULATE, TOO_MANY_REQUESTS
from wrpc.fleet.simulator.engines import Known
from wrpc.fleet.simulator.figures import Saturated, Served, Times, ends, served, times
from wrpc.fleet.simulator.network import run
from wrpc.fleet.simulator.scenario import Building, Missing, Scenario, Settings, TooMany, mean_tokens
from wrpc.fleet.simulator.trace import Trace
from wrpc.fleet.traffic import Traffic, traffic
from wrpc.policy.model import Policy, Workload
from wrpc.values import value
from wrpc.version import __version__

FORMULAS = "continuous batching, step by step: t = W + a·p + h·n + k·S + q·P"


@value
class Promise:
    """One objective of a workload, in seconds, and what the simulation shows; None where nothing was served."""

    name: str
    limit: float
    shown: float | None

    @property
    def kept(self) -> bool:
        return self.shown is not None and self.shown <= self.limit

    def json(self) -> dict[str, object]:
        return {"objective": self.name, "limit": self.limit, "value": self.shown, "kept": self.kept}


@value
class Group:
    """The requests of one workload, or of a trace. `ends`: how many came to each end."""

    workload: str
    requests: int
    ends: dict[str, int]
    times: Times
    promises: tuple[Promise, ...]

    def json(self) -> dict[str, object]:
        return {
            "workload": self.workload,
            "requests": self.requests,
            "ends": self.ends,
            **self.times.json(),
            "slo": [p.json() for p in self.promises],
        }


@value
class Place:
    """One pool, or a phase of it."""

    pool: str
    phase: str | None
    served: Served
    engine: Known
    times: Times

    def json(self) -> dict[str, object]:
        s = self.served
        return {
            "pool": self.pool,
            "phase": self.phase,
            "requests": s.arrived,
            "rate": _round(s.rate),
            "replicas": _round(s.replicas),
            "most_replicas": s.most,
            "busy": _round(s.busy),
            "batch": _round(s.batch),
            "slots_used": _round(s.used),
            "preempted": s.preempted,
            "refused": s.refused,
            "saturated": None if s.saturated is None else s.saturated.json(),
            **self.times.json(),
            "profile": self.engine.source,
            "factor": self.engine.factor,
        }


@value
class Simulation:
    """`seconds` of simulated time in which requests came. `saturated`: the nodes that fell behind, the first of them
    first. `assumed`: what nobody says, and was taken to be so."""

    verdict: Literal["pass", "fail", "open"]
    seed: int
    requests: int
    seconds: float
    places: tuple[Place, ...]
    groups: tuple[Group, ...]
    saturated: tuple[Saturated, ...]
    assumed: tuple[str, ...]
    missing: tuple[Missing, ...]
    elsewhere: tuple[str, ...] = ()
    """Pools that run on no GPUs of one's own: what they are sent is counted."""

    def json(self) -> dict[str, object]:
        return {
            "version": 1,
            "verdict": self.verdict,
            "seed": self.seed,
            "requests": self.requests,
            "seconds": _round(self.seconds),
            "pools": [p.json() for p in self.places],
            "workloads": [g.json() for g in self.groups],
            "saturated": [s.json() for s in self.saturated],
            "assumed": list(self.assumed),
            "open": [
                {"subject": m.subject, "span": m.span.json(), "why": m.why, "settle": m.settle} for m in self.missing
            ],
            "elsewhere": list(self.elsewhere),
            "profile": {"formulas": FORMULAS, "gpus": GPUS, "version": __version__},
        }


def simulate(policy: Policy, settings: Settings | None = None, trace: Trace | None = None) -> Simulation:
    """Raises Refusal where there is nothing to simulate."""
    settings = settings or Settings()
    if trace is not None:
        scenario = Building(policy, settings, {}).replayed(trace)
    else:
        arriving = traffic(policy)
        wrong = [d for d in arriving.found if d.severity == "error"]
        if wrong:
            raise Refusal(wrong)
        hours = _by_hour(policy, arriving) if settings.scaling == "schedule" else None
        try:
            scenario = Building(policy, settings, mean_tokens(arriving), hours).drawn(arriving)
        except TooMany as many:
            said = f"about {many.count:,.0f} requests would come, more than {MOST_REQUESTS:,}"
            shorter = "take fewer hours with `--hours`, or fewer requests with `--requests`"
            raise Refusal([finding(TOO_MANY_REQUESTS, said, policy.at, help=shorter)]) from None
    if not scenario.jobs.at or not scenario.engines:
        raise _nothing(policy, scenario)
    return _shown(policy, settings, scenario)


def _by_hour(policy: Policy, arriving: Traffic) -> dict[str, tuple[int, ...]]:
    """How many replicas of each pool every hour of the day needs, by the formulas of sizing."""
    from wrpc.fleet.size import size

    found = {}
    for pool in size(policy, arriving).pools:
        hours = pool.by_hour or ((pool.count,) if pool.count is not None else ())
        if hours and None not in hours:
            found[pool.pool] = tuple(count for count in hours if count is not None)
    return found


def _nothing(policy: Policy, scenario: Scenario) -> Refusal:
    found = [
        finding(NOTHING_TO_SIMULATE, f"{m.subject} is not simulated: {m.why}", m.span, help=m.settle)
        for m in scenario.missing
    ]
    if not scenario.jobs.at and not any(m.subject.startswith("workload") for m in scenario.missing):
        said = "the policy has no workload" if not policy.workloads else "no request comes in this time"
        settle = 'add `workload NAME { rate 10/s  lengths cdf("azure") }`, or replay a trace with `--trace FILE`'
        found += [finding(NOTHING_TO_SIMULATE, said, policy.at, help=settle)]
    if scenario.jobs.at and not found:
        settle = "give one of them a `gpu`, `replicas` and a `model`"
        found = [finding(NOTHING_TO_SIMULATE, "no pool runs on GPUs of one's own", policy.at, help=settle)]
    return Refusal(found)


def _shown(policy: Policy, settings: Settings, scenario: Scenario) -> Simulation:
    jobs = scenario.jobs
    ran = run(scenario.network, jobs, settings.seed)
    counted = [j for j, at in enumerate(jobs.at) if at >= scenario.warm]
    by_kind: list[list[int]] = [[] for _ in scenario.kinds]
    by_node: list[list[int]] = [[] for _ in scenario.pools]
    for j in counted:
        by_kind[jobs.kind[j]].append(j)
        if jobs.node[j] >= 0:
            by_node[jobs.node[j]].append(j)
    places = []
    for number, (pool, phase) in enumerate(scenario.pools):
        if number in scenario.engines:
            done = served(ran, number)
            if done.arrived:
                places.append(Place(pool, phase, done, scenario.engines[number], times(jobs, by_node[number])))
    groups = []
    for name, numbers in zip(scenario.kinds, by_kind, strict=True):
        shown = times(jobs, numbers)
        workload = policy.workloads.get(name)
        promises = () if workload is None else _promises(workload, shown)
        groups.append(Group(name, len(numbers), ends(jobs, numbers), shown, promises))
    behind = [p.served.saturated for p in places if p.served.saturated is not None]
    broken = any(not p.kept for g in groups for p in g.promises)
    return Simulation(
        "fail" if behind or broken else "open" if scenario.missing else "pass",
        settings.seed,
        len(jobs.at),
        jobs.at[-1] - jobs.at[0] if len(jobs.at) > 1 else 0.0,
        tuple(places),
        tuple(groups),
        tuple(sorted(behind, key=lambda s: (s.at, s.node))),
        scenario.assumed,
        scenario.missing,
        scenario.elsewhere,
    )


def _promises(workload: Workload, shown: Times) -> tuple[Promise, ...]:
    slo = workload.slo
    rows = (
        ("ttft_p99", slo.ttft_p99, shown.taken),
        ("ttft_queue_p99", slo.ttft_queue_p99, shown.first),
        ("tpot_p99", slo.tpot_p99, shown.pace),
        ("e2e_p99", slo.e2e_p99, shown.whole),
    )
    return tuple(
        Promise(name, float(limit), None if found is None else _round(found.p99))
        for name, limit, found in rows
        if limit is not None
    )


def _round(number: float) -> float:
    return float(f"{number:.6g}") if number < inf else number
