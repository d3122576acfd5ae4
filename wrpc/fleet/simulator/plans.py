"""What is simulated: pools, the ways that requests take through them, and the requests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from math import inf
from typing import Literal

from wrpc.fleet.steps import Engine
from wrpc.values import record, value

Balance = Literal["turns", "fewer"]
"""How a pool's requests are spread over its replicas: in turn, or to the one of two drawn that has fewer."""


@value
class Rule:
    """How many replicas there are: looked at `every` so many seconds. `target` is how many requests one replica should
    have, waiting or served; a replica too many goes once that has been so for `hold` seconds. Within `tolerance` of the
    target nothing changes. With `schedule` there are instead so many in each of its parts of `period` seconds, of which
    `offset` have passed when the run starts."""

    every: float = 15.0
    target: float = inf
    hold: float = 300.0
    tolerance: float = 0.1
    schedule: tuple[int, ...] = ()
    period: float = 86_400.0
    offset: float = 0.0


@value
class Node:
    """Replicas that are alike: a pool, or a phase of one. `least` and `most` bound what a `rule` may make of
    `replicas`; a new one serves after `startup` seconds. `found`: the share of a prompt that the prefix cache holds;
    `kept`: the share of its cache that a sequence finds again after it gave it up. `queue`: a request is refused while
    so many a replica wait; None where the queue has no end. `then`: the node that writes the answers of prompts that
    this one reads, whose caches take `transfer` seconds a token to get there."""

    name: str
    engine: Engine
    replicas: int = 1
    least: int = 1
    most: int = 1
    rule: Rule | None = None
    startup: float = 0.0
    found: float = 0.0
    kept: float = 0.0
    queue: int | None = None
    balance: Balance = "turns"
    then: int | None = None
    transfer: float = 0.0
    outside: bool = False
    """Not simulated: whatever comes here is only counted."""


@value
class Cap:
    """A budget of a route: `amount` of tokens or requests in each `period` seconds. Past `at` times the amount what it
    says happens: the prompt is cut to `compress` tokens, or the request goes to `node`, or, without either, is denied.
    Steps are in the order in which they rise."""

    amount: float
    period: float
    of: Literal["tokens", "requests"]
    steps: tuple[CapStep, ...] = ()


@value
class CapStep:
    at: float
    compress: int | None = None
    node: int | None = None
    nothing: bool = False
    """A step that a simulation of tokens does not see, such as `tools none`."""


@value
class Plan:
    """One way to be served, its nodes by number. `primaries` with weights that add up to 1. `steps` in their place: a
    cascade, each with the share of its answers that goes on to the next. `fallbacks`: who is tried, in turn, after one
    that was full and after one that took too long. `spills`: who takes a request while its primary has more requests
    than that share of its slots. `mirrors` with the share of requests that is copied there. A request that has no whole
    answer after `patience` seconds has failed; its replica writes on."""

    name: str
    primaries: tuple[tuple[int, float], ...]
    steps: tuple[tuple[int, float], ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    spills: tuple[tuple[int, float], ...] = ()
    mirrors: tuple[tuple[int, float], ...] = ()
    patience: float = inf
    caps: tuple[Cap, ...] = ()


@value
class Fallback:
    node: int
    overload: bool = True
    timeout: bool = True


SERVED, OVERLOAD, TIMEOUT, TOO_LONG, BUDGET, DENIED, ELSEWHERE = range(7)
ENDS = (
    "served", "refused by a full pool", "timed out", "too long for the cache", "over budget", "denied",
    "sent to a pool that is not simulated",
)  # fmt: skip
"""What became of a request."""


@record
class Jobs:
    """Columns with a row a request, by arrival. `at` in seconds, `prompt` and `answer` in tokens, `plan` (-1: none, it
    is denied) and `kind` (its workload) by number; `found`: tokens of the prompt that a prefix cache holds, empty
    where the nodes say what share it is. Filled by the run: when an engine `began` with it, its `first` and `last`
    token, infinite until then; `end`, and the node that gave the answer."""

    at: list[float] = field(default_factory=list)
    prompt: list[int] = field(default_factory=list)
    answer: list[int] = field(default_factory=list)
    plan: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)
    end: bytearray = field(default_factory=bytearray)
    node: list[int] = field(default_factory=list)

    def open(self) -> None:
        """Nothing is known yet of what becomes of them."""
        many = len(self.at)
        self.began, self.first, self.last = [inf] * many, [inf] * many, [inf] * many
        self.node = [-1] * many
        self.end = bytearray(many)


@value
class Network:
    nodes: tuple[Node, ...]
    plans: tuple[Plan, ...]

    def edges(self) -> list[set[int]]:
        """By node, those to which it may hand a request on."""
        found: list[set[int]] = [set() for _ in self.nodes]
        for number, node in enumerate(self.nodes):
            if node.then is not None:
                found[number].add(node.then)
        for plan in self.plans:
            entries = [n for n, _ in plan.primaries]
            spills = [n for n, _ in plan.spills]
            self._link(found, entries, spills)
            others = [f.node for f in plan.fallbacks]
            self._link(found, [*entries, *spills, *(n for n, _ in plan.steps)], others)
            for at, one in enumerate(others):
                self._link(found, [one], others[at + 1 :])
            for (one, _), (other, _) in zip(plan.steps, plan.steps[1:], strict=False):
                self._link(found, [one], [other])
        return found

    def _link(self, found: list[set[int]], sources: Sequence[int], targets: Sequence[int]) -> None:
        """Also from the node that ends what a source begins."""
        for source in sources:
            then = self.nodes[source].then
            for each in (source, *(() if then is None else (then,))):
                found[each].update(t for t in targets if t not in (source, each))


def groups(edges: Sequence[set[int]]) -> list[list[int]]:
    """The nodes in an order in which none hands a request back; those that do stand together."""
    reach: list[set[int]] = []
    for start in range(len(edges)):
        seen: set[int] = set()
        stack = [start]
        while stack:
            for each in edges[stack.pop()]:
                if each not in seen:
                    seen.add(each)
                    stack.append(each)
        reach.append(seen)
    together: list[list[int]] = []
    left = list(range(len(edges)))
    while left:
        # One that only those reach that it reaches itself.
        start = next(n for n in left if all(m in reach[n] for m in left if n in reach[m]))
        group = [n for n in left if n == start or (n in reach[start] and start in reach[n])]
        together.append(group)
        left = [n for n in left if n not in group]
    return together
