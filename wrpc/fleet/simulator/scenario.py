"""A policy as something to simulate: its pools as nodes, its routes as plans, its workloads as requests.

How many requests of a workload take a route is what `traffic` says. Where that is a range, because nobody says how
often a signal fires, one point in it is simulated: as few requests are denied as may be, each route gets its least, and
the rest is spread in proportion to how much more each may get. What was assumed so is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate
from math import inf
from typing import Literal

from wrpc.decide import BadRequest, Conflict
from wrpc.decide.compiled import decider
from wrpc.decide.decision import Decision
from wrpc.fleet.flows import Flow, Range, Traffic
from wrpc.fleet.parts import Part, parts
from wrpc.fleet.simulator.arrivals import HOUR, Sampler, expected_of, hourly, sampler
from wrpc.fleet.simulator.codes import MOST_REQUESTS
from wrpc.fleet.simulator.draws import stream
from wrpc.fleet.simulator.engines import Known, Unknown, elsewhere, engine
from wrpc.fleet.simulator.plans import Balance, Jobs, Network, Node, Plan, Rule
from wrpc.fleet.simulator.trace import Trace
from wrpc.fleet.simulator.ways import Left, way
from wrpc.fleet.steps import Engine, StepModel
from wrpc.policy.model import Int, Policy, Real, Role
from wrpc.policy.model import plan as planned
from wrpc.source import Span
from wrpc.values import record, value

ZERO = Fraction(0)
NOON = 12
LOADED = 0.7
"""How many of its slots a replica of a pool that scales should have in use."""
NOWHERE = Engine(StepModel(0.0, 0.0, 0.0))


Scaling = Literal["load", "schedule", "most"]
"""How many replicas there are of a pool that says from how many to how many: what its load needs, what each hour of the
day needs by the formulas of sizing, or the most."""


@value
class Settings:
    """`queue`: a pool refuses while so many a replica wait; None: never. `prefix`: the share of prompts that prefix
    caches hold. `escalate`: the share of a cascade's answers that the next is asked for, where nobody says."""

    seed: int = 0
    requests: int = 50_000
    hours: tuple[float, float] | None = None
    queue: int | None = None
    balance: Balance = "turns"
    prefix: float = 0.0
    escalate: float = 0.5
    warm: float = 0.1
    scaling: Scaling = "load"


@value
class Missing:
    """A pool or workload that is not simulated."""

    subject: str
    span: Span
    why: str
    settle: str


@record
class Scenario:
    """`entry`: the first node of each pool; `pools`: the pool and phase of each node; `engines` what is known of those
    that are simulated. `kinds`: the workloads of the jobs. Jobs before `warm` seconds are not counted."""

    network: Network
    jobs: Jobs
    kinds: tuple[str, ...]
    pools: tuple[tuple[str, str | None], ...]
    engines: Mapping[int, Known]
    assumed: tuple[str, ...]
    missing: tuple[Missing, ...]
    warm: float = 0.0
    elsewhere: tuple[str, ...] = ()
    """Pools that requests may reach, and that run on no GPUs of one's own."""


class Building:
    """`tokens`: the mean length of what comes to a pool, where that is known; `hours`: how many replicas it needs in
    each hour of the day."""

    def __init__(
        self,
        policy: Policy,
        settings: Settings,
        tokens: Mapping[str, float],
        hours: Mapping[str, tuple[int, ...]] | None = None,
    ) -> None:
        self.policy, self.settings, self.tokens, self.hours = policy, settings, tokens, hours or {}
        self.nodes: list[Node] = []
        self.pools: list[tuple[str, str | None]] = []
        self.engines: dict[int, Known] = {}
        self.entry: dict[str, int] = {}
        self.missing: list[Missing] = []
        self.elsewhere: list[str] = []
        self.assumed: list[str] = []
        self.skipped: set[str] = set()
        self.plans: list[Plan] = []
        self.known: dict[object, int] = {}
        for name in policy.pools:
            self.place(name)

    # ── Pools ─────────────────────────────────────────────────────────────

    def place(self, name: str) -> None:
        pool = self.policy.pools[name]
        self.entry[name] = len(self.nodes)
        if elsewhere(pool):
            self.elsewhere.append(name)
            self.pools.append((name, None))
            self.nodes.append(Node(name, NOWHERE, outside=True))
            return
        stages = parts(pool)
        found = [engine(self.policy, part) for part in stages]
        lost = next((f for f in found if isinstance(f, Unknown)), None)
        if lost is not None:
            self.missing.append(Missing(f"pool {name}", pool.span, lost.why, lost.settle))
            self.pools.append((name, None))
            self.nodes.append(Node(name, NOWHERE, outside=True))
            return
        for at, (part, known) in enumerate(zip(stages, found, strict=True)):
            assert isinstance(known, Known), "the others have been told"
            low, high = part.replicas or (1, 1)
            rule = None if low == high else self.rule(part, known, low, high, len(stages))
            if part.replicas is None:
                self.assumed.append(f"`{part.pool.name}` has one replica: nobody says how many")
            last = at == len(stages) - 1
            self.engines[len(self.nodes)] = known
            self.pools.append((name, part.phase))
            self.nodes.append(
                Node(
                    f"{name} {part.phase}" if part.phase else name,
                    known.engine,
                    high if self.settings.scaling == "most" else low,
                    low,
                    high,
                    rule,
                    float(pool.startup or 0),
                    found=self.settings.prefix,
                    queue=self.settings.queue,
                    balance=self.settings.balance,
                    then=None if last else len(self.nodes) + 1,
                    transfer=0.0 if last else known.transfer,
                )
            )

    def rule(self, part: Part, known: Known, low: int, high: int, stages: int) -> Rule | None:
        """How many replicas there are of a pool that has a range of them."""
        name = part.pool.name
        said = f"`{name} {part.phase}`" if part.phase else f"`{name}`"
        if self.settings.scaling == "most":
            self.assumed.append(f"{said} has {high} replicas, the most that it may")
            return None
        hours = self.hours.get(name, ()) if stages == 1 else ()
        if self.settings.scaling == "schedule" and hours:
            counts = tuple(min(max(count, low), high) for count in hours)
            self.assumed.append(
                f"{said} has as many of its {low} to {high} replicas as `wrpc size` says that the hour needs"
            )
            return Rule(schedule=counts)
        tokens = self.tokens.get(name, 0.0)
        room = min(float(known.engine.slots), known.engine.kv_tokens / tokens if tokens else inf)
        made = Rule(target=max(1.0, LOADED * room))
        self.assumed.append(f"{said} has {low} to {high} replicas: so many that each has {made.target:.0f} requests")
        return made

    def plan(self, key: object, made: Plan) -> int:
        if key not in self.known:
            self.known[key] = len(self.plans)
            self.plans.append(made)
        return self.known[key]

    # ── Drawn requests ────────────────────────────────────────────────────

    def drawn(self, traffic: Traffic) -> Scenario:
        draws: list[_Draw] = []
        for name, workload in self.policy.workloads.items():
            flows = [f for p in traffic.pools.values() for f in p.flows if f.workload == name]
            first = [f for f in flows if f.via == "primary" and (f.share.high > 0)]
            rates = [float(r) for r in workload.rate]
            lengths = [f.lengths for f in first]
            if not rates or not any(rates):
                self.missing.append(
                    Missing(f"workload {name}", workload.span, "nobody says how many requests come", "give it a `rate`")
                )
            elif not first or any(given is None for given in lengths):
                why = "nobody says how long its requests are" if first else "nothing serves it"
                self.missing.append(Missing(f"workload {name}", workload.span, why, "give it `lengths`"))
            else:
                draws.append(self.draw(name, rates, first, flows, traffic))
        start, end = self.span(draws)
        for draw in draws:
            self.tell(draw, int(start // HOUR))
        self.nodes = [n if n.rule is None else replace(n, rule=replace(n.rule, offset=start)) for n in self.nodes]
        expected = sum(expected_of(draw.rates, start, end) for draw in draws)
        if expected > MOST_REQUESTS:
            raise TooMany(expected)
        jobs = Jobs()
        for kind, draw in enumerate(draws):
            self.fill(jobs, kind, draw, start, end)
        ordered = sorted(range(len(jobs.at)), key=jobs.at.__getitem__)
        if len(draws) > 1:
            for column in ("at", "prompt", "answer", "plan", "kind"):
                values = getattr(jobs, column)
                setattr(jobs, column, [values[i] for i in ordered])
        jobs.at = [t - start for t in jobs.at] if start else jobs.at
        return self.scenario(jobs, tuple(d.name for d in draws), self.settings.warm * (end - start))

    def draw(self, name: str, rates: list[float], first: list[Flow], flows: list[Flow], traffic: Traffic) -> _Draw:
        hours = max(len(f.shares) for f in first)
        choices = []
        for flow in first:
            action = next(r.action for r in self.policy.answering if r.name == flow.route)
            mine = [f for f in flows if f.route == flow.route]
            left = Left(
                frozenset((f.pool, f.via) for f in mine),
                action.budgets_of([_Stands(f.pool, f.via) for f in mine]),
            )
            escalates, before = {}, flow
            for step in (f for pool in action.steps for f in mine if f.pool == pool and f.via == "cascade"):
                escalates[step.pool] = self.ratio(name, step, before)
                before = step
            made = way(flow.route, action, {flow.pool: 1.0}, left, self.entry, escalates, self.skipped)
            assert flow.lengths is not None, "workloads without lengths are not drawn"
            choices.append((self.plan((name, flow.route, flow.pool), made), sampler(flow.lengths)))
        served = traffic.ends[name].served.high if hours == 1 else Fraction(1)
        weights = [point([_hour(f.shares, hour) for f in first], served) for hour in range(hours)]
        return _Draw(name, rates, weights, choices, first)

    def tell(self, draw: _Draw, hour: int) -> None:
        """What was taken out of ranges."""
        for flow, weight in zip(draw.flows, draw.weights[hour % len(draw.weights)], strict=True):
            between = _hour(flow.shares, hour)
            if not between.known:
                self.assumed.append(
                    f"{_percent(weight)} of workload `{draw.name}` take route `{flow.route}` to `{flow.pool}`: nobody "
                    f"says how many between {_percent(between.low)} and {_percent(between.high)}"
                )

    def ratio(self, name: str, step: Flow, before: Flow) -> float:
        """The share of the answers of the step before it that go on to a step of a cascade."""
        if step.share.known and before.share.known and before.share.low:
            return float(min(Fraction(1), step.share.low / before.share.low))
        share = self.settings.escalate
        what = f"of what workload `{name}` asks of route `{step.route}` goes on to `{step.pool}`"
        self.assumed.append(f"{share:.0%} {what}")
        return share

    def span(self, draws: list[_Draw]) -> tuple[float, float]:
        """From when to when, in seconds since midnight."""
        if self.settings.hours is not None:
            return self.settings.hours[0] * HOUR, self.settings.hours[1] * HOUR
        hours = max((max(len(d.rates), len(d.weights)) for d in draws), default=1)
        rate = [sum(d.rates[h % len(d.rates)] for d in draws) for h in range(hours)]
        busiest = max(range(hours), key=lambda h: (rate[h], -abs(h - NOON)))
        if hours > 1:
            when = ", when most requests come" if len(set(rate)) > 1 else ""
            self.assumed.append(f"it is between {busiest} h and {busiest + 1} h{when}; `--hours` takes others")
        start = busiest * HOUR if hours > 1 else 0.0
        length = self.settings.requests / rate[busiest] if rate[busiest] else 0.0
        return start, start + (min(length, HOUR) if hours > 1 else length)

    def fill(self, jobs: Jobs, kind: int, draw: _Draw, start: float, end: float) -> None:
        """Its requests in the order of time."""
        rng = stream(self.settings.seed, f"workload {draw.name}")
        times = hourly(rng, draw.rates, start, end)
        plans: list[int] = []
        if len(draw.choices) == 1 and draw.weights == [[Fraction(1)]]:
            number, lengths = draw.choices[0]
            prompt, answer = lengths.draw(rng, len(times))
            plans = [number] * len(times)
        else:
            sums = [[float(total) for total in accumulate([*row, 1 - sum(row)])] for row in draw.weights]
            none = len(draw.choices)
            if len(sums) == 1:
                picks = rng.choices(range(none + 1), cum_weights=sums[0], k=len(times))
            else:
                hours = [sums[int(time // HOUR) % len(sums)] for time in times]
                picks = [rng.choices(range(none + 1), cum_weights=row)[0] for row in hours]
            prompt, answer = [1] * len(times), [1] * len(times)
            plans = [-1] * len(times)
            for at, (number, lengths) in enumerate(draw.choices):
                mine = [i for i, pick in enumerate(picks) if pick == at]
                for i, p, a in zip(mine, *lengths.draw(rng, len(mine)), strict=True):
                    prompt[i], answer[i], plans[i] = p, a, number
        jobs.at += times
        jobs.prompt += prompt
        jobs.answer += answer
        jobs.plan += plans
        jobs.kind += [kind] * len(times)

    # ── Requests of a trace ───────────────────────────────────────────────

    def replayed(self, trace: Trace) -> Scenario:
        """Each is decided as `decide` does, by its length, and quiet otherwise."""
        counts = {
            name: (s.source.name, s.type)
            for name, s in self.policy.signals.items()
            if s.source is not None and isinstance(s.type, Int | Real)
            if s.source.name in ("prompt_tokens", "total_tokens", "max_tokens")
        }
        self.assumed.append("every signal of a request but its length is quiet")
        decide = decider(self.policy)
        jobs = Jobs()
        decided: dict[tuple[int, ...], int] = {}
        for at, prompt, answer in zip(trace.at, trace.prompt, trace.answer, strict=True):
            tokens = {"prompt_tokens": prompt, "total_tokens": prompt + answer, "max_tokens": answer}
            given = {name: min(max(tokens[of], int(kind.low)), int(kind.high)) for name, (of, kind) in counts.items()}
            key = tuple(given.values())
            if key not in decided:
                try:
                    decided[key] = self.decided(decide(given))
                except (BadRequest, Conflict):
                    decided[key] = -1
            jobs.at.append(at)
            jobs.prompt.append(prompt)
            jobs.answer.append(answer)
            jobs.plan.append(decided[key])
            jobs.kind.append(0)
        if trace.found and not self.settings.prefix:
            jobs.found = list(trace.found)
            self.assumed.append("blocks of a prompt that came before in the trace are in the prefix cache")
        return self.scenario(jobs, (trace.name,), 0.0)

    def decided(self, decision: Decision) -> int:
        route = next((r for r in self.policy.answering if r.name == decision.route), None)
        if decision.action != "route" or route is None:
            return -1
        key = (decision.route, tuple((d.pool, d.role) for d in decision.destinations))
        first = [d for d in decision.destinations if d.role == "primary"]
        weights = {d.pool: 1 / len(first) if d.weight is None else float(d.weight) for d in first}
        left = Left(frozenset((d.pool, d.role) for d in decision.destinations), decision.budgets)
        escalates = {d.pool: self.settings.escalate for d in decision.destinations if d.role == "cascade"}
        if escalates and key not in self.known:
            said = f"{self.settings.escalate:.0%} of what route `{route.name}` asks of one step goes on to the next"
            self.assumed.append(said)
        return self.plan(key, way(route.name, route.action, weights, left, self.entry, escalates, self.skipped))

    def scenario(self, jobs: Jobs, kinds: tuple[str, ...], warm: float) -> Scenario:
        used = {p.pool for r in self.policy.answering for p in planned(r.action)}
        return Scenario(
            Network(tuple(self.nodes), tuple(self.plans)),
            jobs,
            kinds,
            tuple(self.pools),
            self.engines,
            (*dict.fromkeys(self.assumed), *(f"{what} is not simulated" for what in sorted(self.skipped))),
            tuple(m for m in self.missing if m.subject.partition(" ")[2] in used or m.subject.startswith("workload")),
            warm,
            tuple(name for name in self.elsewhere if name in used),
        )


class TooMany(Exception):
    """More requests than a simulation takes; about how many there would be."""

    def __init__(self, count: float) -> None:
        self.count = count
        super().__init__(f"{count:.0f} requests")


@value
class _Draw:
    """What is drawn of a workload: `weights` of its choices, for the whole day or by hour, and each choice's plan and
    lengths."""

    name: str
    rates: list[float]
    weights: list[list[Fraction]]
    choices: list[tuple[int, Sampler]]
    flows: list[Flow]


@value
class _Stands:
    pool: str
    role: Role


def point(shares: list[Range], served: Fraction) -> list[Fraction]:
    """One point of ranges that add up to `served`, or come as near to it as they can."""
    low, high = sum((s.low for s in shares), ZERO), sum((s.high for s in shares), ZERO)
    whole = min(max(served, low), high)
    if high == low:
        return [s.low for s in shares]
    part = (whole - low) / (high - low)
    return [s.low + (s.high - s.low) * part for s in shares]


def mean_tokens(traffic: Traffic) -> dict[str, float]:
    """By pool how long requests are that come there, prompt and answer together."""
    found: dict[str, float] = {}
    for name, pool in traffic.pools.items():
        whole = tokens = ZERO
        for each in pool.arrivals:
            if each.lengths is not None:
                rate = max((r.high for r in each.rates), default=ZERO)
                whole += rate
                tokens += rate * (each.lengths.prompt + each.lengths.answer)
        if whole:
            found[name] = float(tokens / whole)
    return found


def _hour(shares: tuple[Range, ...], hour: int) -> Range:
    return shares[hour % len(shares)]


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.3g}%"
