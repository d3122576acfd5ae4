"""The replicas of one node at work: whom a request is sent to, how full they are, and how many there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from math import ceil, inf
from random import Random

from wrpc.fleet.simulator.engine import Replica, Requests, running
from wrpc.fleet.simulator.plans import Node
from wrpc.override import override
from wrpc.values import record


@record
class Unit:
    """A replica that runs. `since`: when it was started; `serves`: from when on; `until`: when it was told to end."""

    replica: Replica
    loop: Generator[int, float, None]
    since: float
    serves: float
    until: float = inf
    given: int = 0
    done: int = 0
    handed: int = 0


class Station:
    """`owners` has the job of each row of `requests`."""

    def __init__(self, node: Node, rng: Random) -> None:
        self.node = node
        self.rng = rng
        self.requests = Requests()
        self.owners: list[int] = []
        self.units: list[Unit] = []
        self.open: list[Unit] = []
        self.starting: deque[Unit] = deque()
        self.turn = 0
        self.wished: deque[tuple[float, int]] = deque()
        self.tick = 0.0 if node.rule else inf
        self.changes: list[tuple[float, int]] = []
        """When how many replicas were wanted, for each time that this changed."""
        first = node.replicas
        if node.rule is not None and node.rule.schedule:
            first = self.scheduled(0.0)
        for _ in range(first):
            self.start(0.0, 0.0)
        self.changes.append((0.0, first))

    # ── Requests ──────────────────────────────────────────────────────────

    def take(self, times: list[float], jobs: list[int], prompt: list[int], answer: list[int], todo: list[int]) -> None:
        """All requests of the node at once, by arrival: nothing hangs on how full it is."""
        delay = self.node.engine.overhead
        enter = [t + delay for t in times] if delay else times
        numbers = self.requests.extend(enter, prompt, answer, todo, self.brought(todo))
        self.owners += jobs
        for at, unit in enumerate(self.units):
            unit.replica.inbox += numbers[at :: len(self.units)]

    def brought(self, _todo: list[int]) -> list[int] | None:
        """What comes with prompts of which so many tokens are their own."""
        return None

    def arrive(self, time: float, job: int, prompt: int, answer: int, todo: int) -> None:
        units = self.open
        if self.node.balance == "fewer" and len(units) > 1:
            one, other = self.rng.sample(units, 2)
            self.advance(one, time)
            self.advance(other, time)
            unit = one if one.given - one.done <= other.given - other.done else other
        else:
            unit = units[self.turn % len(units)]
            self.turn += 1
            self.advance(unit, time)
        numbers = self.requests.extend(
            [time + self.node.engine.overhead], [prompt], [answer], [todo], self.brought([todo])
        )
        unit.replica.inbox += numbers
        unit.replica.wake = min(unit.replica.wake, time)
        unit.given += 1
        self.owners.append(job)

    def advance(self, unit: Unit, time: float) -> None:
        if unit.replica.wake < time:
            unit.done = unit.loop.send(time)

    def advance_all(self, time: float) -> int:
        """How many requests are waiting or served then."""
        flying = 0
        for unit in self.units:
            if unit.replica.wake < time:
                unit.done = unit.loop.send(time)
            flying += unit.given - unit.done
        return flying

    def load(self, time: float) -> float:
        """Requests that are waiting or served, as a share of the slots."""
        return self.advance_all(time) / (len(self.open) * self.node.engine.slots)

    def full(self, time: float) -> bool:
        queue = self.node.queue
        return queue is not None and self.advance_all(time) >= len(self.open) * (self.node.engine.slots + queue)

    def finish(self) -> None:
        for unit in self.units:
            unit.done = unit.loop.send(inf)

    def fresh(self) -> list[int]:
        """The rows that are finished since this was asked for the last time."""
        rows: list[int] = []
        for unit in self.units:
            rows += unit.replica.done[unit.handed :]
            unit.handed = len(unit.replica.done)
        return rows

    def refused(self) -> list[int]:
        """The rows that the cache could never hold."""
        return [row for unit in self.units for row in unit.replica.refused]

    # ── Replicas ──────────────────────────────────────────────────────────

    def start(self, time: float, delay: float) -> None:
        replica = Replica(self.node.engine, self.node.kept)
        unit = Unit(replica, running(replica, self.requests), time, time + delay)
        next(unit.loop)
        replica.wake = inf
        self.units.append(unit)
        if delay:
            self.starting.append(unit)
        else:
            self.open.append(unit)

    def scheduled(self, time: float) -> int:
        rule = self.node.rule
        assert rule is not None, "only a rule has a schedule"
        part = int((time + rule.offset) % rule.period / rule.period * len(rule.schedule))
        return rule.schedule[part]

    def scale(self, time: float) -> None:
        """One look at how many replicas are needed."""
        rule = self.node.rule
        assert rule is not None, "only a rule looks"
        self.tick = time + rule.every
        while self.starting and self.starting[0].serves <= time:
            self.open.append(self.starting.popleft())
        have = len(self.open) + len(self.starting)
        if rule.schedule:
            want = max(self.scheduled(time), self.scheduled(time + self.node.startup))
        else:
            ratio = self.advance_all(time) / (rule.target * have)
            need = have if abs(ratio - 1) <= rule.tolerance else ceil(ratio * have - 1e-9)
            need = min(max(need, self.node.least), self.node.most)
            while self.wished and self.wished[0][0] < time - rule.hold:
                self.wished.popleft()
            self.wished.append((time, need))
            want = max(need, min(have, max(w for _, w in self.wished)))
        if want != have:
            self.changes.append((time, want))
        for _ in range(want - have):
            self.start(time, self.node.startup)
        for _ in range(have - want):
            # What is only starting is given up first; one always serves.
            if self.starting:
                unit = self.starting.pop()
            elif len(self.open) > 1:
                unit = self.open.pop()
            else:
                break
            unit.until = time

    def replica_seconds(self, end: float) -> float:
        """Of all replicas until that time, start-up and the rest of a replica that ends included."""
        whole = 0.0
        for unit in self.units:
            last = max(unit.until, unit.replica.now if unit.given else 0.0) if unit.until < inf else end
            whole += max(0.0, min(last, end) - unit.since)
        return whole


class Writing(Station):
    """The replicas that write answers to prompts that others have read."""

    @override
    def brought(self, _todo: list[int]) -> list[int] | None:
        # The last token of the prompt is read again, to write the first of the answer.
        return [t - 1 for t in _todo]
