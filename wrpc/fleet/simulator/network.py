"""Requests on their ways through pools, in the order of time.

Pools of which none hands a request back are simulated one after the other, each over all of its arrivals, and a pool in
which nothing hangs on how full it is takes them at once. Pools that hand requests to each other (a spills to b, b falls
back to a) are simulated together, arrival by arrival: what a replica finishes between two arrivals goes on with the
second.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf

from wrpc.fleet.simulator.draws import stream
from wrpc.fleet.simulator.plans import (
    BUDGET,
    DENIED,
    ELSEWHERE,
    OVERLOAD,
    TIMEOUT,
    TOO_LONG,
    Cap,
    Jobs,
    Network,
    Plan,
    groups,
)
from wrpc.fleet.simulator.station import Station, Writing

SOON = 0.01
"""Seconds. What leaves a pool reaches another that hands requests back to it so much late at the most."""


class Running:
    """A run of a network. `stations` by number of the node; `spilled`, `escalated`, `mirrored` and `fell` count what
    took those ways."""

    def __init__(self, network: Network, jobs: Jobs, seed: int) -> None:
        self.network, self.jobs = network, jobs
        self.edges = network.edges()
        self.hasty = [p.patience < inf or bool(p.steps) for p in network.plans]
        """By plan, whether a request that was served may go on."""
        self.rng = stream(seed, "ways")
        self.escalate = stream(seed, "cascade")
        written = {n.then for n in network.nodes}
        self.stations: list[Station] = [
            (Writing if at in written else Station)(node, stream(seed, node.name))
            for at, node in enumerate(network.nodes)
        ]
        self.waiting: list[list[tuple[float, int, int]]] = [[] for _ in network.nodes]
        """By node the arrivals that are known: time, job (below 0: a copy), place in its way."""
        self.place: list[int] = []
        self.since: list[float] = []
        self.spilled = self.escalated = self.mirrored = self.fell = 0

    def run(self) -> None:
        jobs = self.jobs
        jobs.open()
        self.place = [0] * len(jobs.at)
        self.since = list(jobs.at)
        self.dispatch()
        for group in groups(self.edges):
            if len(group) == 1 and self.blind(group[0]):
                self.at_once(group[0])
            else:
                self.together(group)

    # ── At the gateway ────────────────────────────────────────────────────

    def dispatch(self) -> None:
        """Every request to its first pool."""
        jobs, plans, waiting = self.jobs, self.network.plans, self.waiting
        choose = self.rng.random
        caps: dict[tuple[str, Cap], Meter] = {}
        simple = [p.primaries[0][0] if self.simple(p) else -1 for p in plans]
        for job, (time, number) in enumerate(zip(jobs.at, jobs.plan, strict=True)):
            if number < 0:
                jobs.end[job] = DENIED
                continue
            if simple[number] >= 0:
                waiting[simple[number]].append((time, job, 0))
                continue
            plan = plans[number]
            node = -1
            for cap in plan.caps:
                meter = caps.setdefault((plan.name, cap), Meter(cap))
                step = meter.count(time, 1 if cap.of == "requests" else jobs.prompt[job] + jobs.answer[job])
                if step is None:
                    continue
                compress, elsewhere, denied = step
                if compress is not None:
                    jobs.prompt[job] = min(jobs.prompt[job], compress)
                if elsewhere is not None:
                    node = elsewhere
                if denied:
                    node = -2
                    break
            if node == -2:
                jobs.end[job] = BUDGET
                continue
            for copy, share in plan.mirrors:
                if choose() < share:
                    self.mirrored += 1
                    waiting[copy].append((time, ~job, 0))
            if node < 0:
                if plan.steps:
                    node = plan.steps[0][0]
                else:
                    drawn, node = choose(), plan.primaries[-1][0]
                    for each, weight in plan.primaries:
                        drawn -= weight
                        if drawn < 0:
                            node = each
                            break
            waiting[node].append((time, job, 0))

    @staticmethod
    def simple(plan: Plan) -> bool:
        return len(plan.primaries) == 1 and not plan.steps and not plan.mirrors and not plan.caps

    # ── At a pool ─────────────────────────────────────────────────────────

    def blind(self, node: int) -> bool:
        """Whether nothing that happens at a node hangs on how full it is."""
        spec = self.network.nodes[node]
        if spec.rule is not None or spec.queue is not None or (spec.balance == "fewer" and spec.replicas > 1):
            return False
        return not any(plan.spills and any(n == node for n, _ in plan.primaries) for plan in self.network.plans)

    def at_once(self, number: int) -> None:
        station, node, jobs = self.stations[number], self.network.nodes[number], self.jobs
        arrivals = self.waiting[number]
        if node.outside:
            for _, job, _ in arrivals:
                self.elsewhere(number, job)
            return
        arrivals.sort()
        names = [job if job >= 0 else ~job for _, job, _ in arrivals]
        prompt = [jobs.prompt[j] for j in names]
        answer = [1] * len(names) if node.then is not None else [jobs.answer[j] for j in names]
        todo = prompt
        if jobs.found:
            todo = [max(1, p - jobs.found[j]) for p, j in zip(prompt, names, strict=True)]
        elif node.found:
            todo = [max(1, p - int(p * node.found)) for p in prompt]
        station.take([t for t, _, _ in arrivals], [job for _, job, _ in arrivals], prompt, answer, todo)
        station.finish()
        self.leave(number, range(len(names)))
        self.waiting[number] = []

    def together(self, group: Sequence[int]) -> None:
        """Nodes that are looked at while they run, arrival by arrival."""
        stations = [self.stations[n] for n in group]
        inner = [n for n in group if self.edges[n] & set(group)]
        events: list[tuple[float, int, int, int]] = []
        self.collect(events, group)
        end = self.jobs.at[-1] if self.jobs.at else 0.0
        while True:
            time = events[0][0] if events else inf
            tick = min((s.tick for s in stations), default=inf)
            if tick <= time and (events or tick <= end):
                next(s for s in stations if s.tick == tick).scale(tick)
                continue
            if inner:
                # A look at what has left them, at the latest so soon after it may have.
                time = min(time, SOON + min(u.replica.wake for n in inner for u in self.stations[n].units))
                for n in inner:
                    self.stations[n].advance_all(time)
                    self.leave(n, self.stations[n].fresh())
                self.collect(events, group)
            if events and events[0][0] <= time:
                time, job, place, node = heappop(events)
                self.arrive(node, time, job, place)
                self.collect(events, group)
            elif time == inf:
                break
        for n in group:
            self.stations[n].finish()
            self.leave(n, self.stations[n].fresh())
            self.leave(n, self.stations[n].refused())

    def collect(self, events: list[tuple[float, int, int, int]], group: Sequence[int]) -> None:
        for n in group:
            if self.waiting[n]:
                for time, job, place in self.waiting[n]:
                    heappush(events, (time, job, place, n))
                self.waiting[n] = []

    def arrive(self, number: int, time: float, job: int, place: int) -> None:
        station, node, jobs = self.stations[number], self.network.nodes[number], self.jobs
        if node.outside:
            self.elsewhere(number, job)
            return
        plan = self.network.plans[jobs.plan[job]] if job >= 0 else None
        if plan is not None and place == 0 and plan.spills and any(n == number for n, _ in plan.primaries):
            for target, above in plan.spills:
                if target != number and station.load(time) > above:
                    self.spilled += 1
                    self.waiting[target].append((time, job, -1))
                    return
        if station.full(time):
            if plan is None:
                return
            self.fail(time, job, max(place, 0), number, OVERLOAD)
            return
        name = job if job >= 0 else ~job
        prompt = jobs.prompt[name]
        todo = max(1, prompt - (jobs.found[name] if jobs.found else int(prompt * node.found)))
        station.arrive(time, job, prompt, 1 if node.then is not None else jobs.answer[name], todo)
        if job >= 0:
            self.place[job] = max(place, 0)

    def elsewhere(self, number: int, job: int) -> None:
        if job >= 0:
            self.jobs.end[job] = ELSEWHERE
            self.jobs.node[job] = number

    def fail(self, time: float, job: int, place: int, number: int, why: int) -> None:
        """The next that is tried after a failure, if there is one. `place`: how many fallbacks are behind it."""
        plan = self.network.plans[self.jobs.plan[job]]
        for at in range(place, len(plan.fallbacks)):
            other = plan.fallbacks[at]
            if other.node != number and (other.overload if why == OVERLOAD else other.timeout):
                self.fell += 1
                self.since[job] = time
                self.waiting[other.node].append((time, job, at + 1))
                return
        self.jobs.end[job] = why

    def leave(self, number: int, rows: Sequence[int]) -> None:
        """What becomes of the requests that a node has served."""
        station, node, jobs = self.stations[number], self.network.nodes[number], self.jobs
        requests, owners = station.requests, station.owners
        begins, firsts, lasts = requests.began, requests.first, requests.last
        written = isinstance(station, Writing)
        began_of = jobs.began
        ending, first_of, last_of, node_of, places = jobs.end, jobs.first, jobs.last, jobs.node, self.place
        hasty, then = self.hasty, node.then
        for row in rows:
            job = owners[row]
            last = lasts[row]
            if then is not None:
                if last < inf:
                    ready = last + node.transfer * requests.prompt[row]
                    self.waiting[then].append((ready, job, places[job] if job >= 0 else 0))
                    if job >= 0:
                        began_of[job] = begins[row]
                elif job >= 0:
                    ending[job] = TOO_LONG
                continue
            if job < 0:
                continue
            if last == inf:
                ending[job] = TOO_LONG
                continue
            if hasty[jobs.plan[job]] and self.goes_on(job, number, last):
                continue
            if not written:
                began_of[job] = begins[row]
            first_of[job] = firsts[row]
            last_of[job] = last
            node_of[job] = number

    def goes_on(self, job: int, number: int, last: float) -> bool:
        """Whether a served request goes on to another pool: it took too long, or its answer was not good enough."""
        plan = self.network.plans[self.jobs.plan[job]]
        begun = self.since[job]
        if last - begun > plan.patience:
            self.fail(begun + plan.patience, job, self.place[job], number, TIMEOUT)
            return True
        for at, (step, share) in enumerate(plan.steps[:-1]):
            if self.nodes_of(step) == self.nodes_of(number) and self.escalate.random() < share:
                self.escalated += 1
                self.since[job] = last
                self.waiting[plan.steps[at + 1][0]].append((last, job, 0))
                return True
        return False

    def nodes_of(self, number: int) -> int:
        """The node at which a request ends that begins there."""
        then = self.network.nodes[number].then
        return number if then is None else then


class Meter:
    """A budget as it is used up, in periods that follow each other."""

    def __init__(self, cap: Cap) -> None:
        self.cap = cap
        self.period = -1.0
        self.used = 0.0

    def count(self, time: float, amount: float) -> tuple[int | None, int | None, bool] | None:
        """The prompt's new length, the node that takes the request, whether it is denied; None within the budget."""
        period = time // self.cap.period
        if period != self.period:
            self.period, self.used = period, 0.0
        share = self.used / self.cap.amount
        if share < 1 and (not self.cap.steps or share < self.cap.steps[0].at):
            self.used += amount
            return None
        compress, node, denied = None, None, not self.cap.steps
        for step in self.cap.steps:
            if share >= step.at:
                if step.compress is not None:
                    compress = step.compress
                elif step.node is not None:
                    node = step.node
                elif not step.nothing:
                    denied = True
        if not denied:
            self.used += amount
        return compress, node, denied


def run(network: Network, jobs: Jobs, seed: int = 0) -> Running:
    """Every job through the network; what became of each stands in `jobs` after it."""
    running = Running(network, jobs, seed)
    running.run()
    return running
