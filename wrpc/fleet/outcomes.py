"""What becomes of the requests of a workload, as disjoint sets of them: which route takes them, and what guards leave
of its plan.

The sets are the engine's, so that what holds of one holds of all its requests. Where routes are ordered by confidence,
which no set says, each that might be the one has its requests, and the sets overlap: what is said of the least and the
most then still holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from wrpc.decide.decision import Decision, Served
from wrpc.decide.interpret import promoted
from wrpc.policy.model import Action, Denial, Guard, Planned, Policy, Role, Route, plan
from wrpc.policy.numbers import costly
from wrpc.solver.decision import Encoded
from wrpc.solver.sets import Ground, Requests, Unsettled
from wrpc.solver.terms import Term, conj, disj, negate, two_hold
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)

End = Literal["served", "denied", "unrouted", "conflict"]


@value
class Part:
    """What a pool gets of each request: between `low` and `high` of them. Less is sent on where something that no
    signal says decides. `above`: from which load on, of a spill."""

    pool: str
    via: Role
    low: Fraction
    high: Fraction
    above: Fraction | None = None


@value
class Outcome:
    """`route` is None for requests that no route took, or that were denied before. `parts`: one a destination that is
    left, and for primaries that stand in for each other one more."""

    end: End
    route: str | None = None
    parts: tuple[Part, ...] = ()
    compress: int | None = None
    cached: bool = False


def outcomes(policy: Policy, *, ground: Ground | None = None) -> Outcomes:
    """Of a policy; `ground` where somebody has one. Where a denial reads the cost of a plan that confidences choose, it
    may deny any request and may deny none: it is left out, and its requests may be denied."""
    kept: dict[str, Guard] = {}
    for name, guard in policy.guards.items():
        rules = tuple(r for r in guard.rules if not (isinstance(r, Denial) and r.when is not None and costly(r.when)))
        kept[name] = guard if len(rules) == len(guard.rules) else replace(guard, rules=rules)
    if not policy.measured or kept == policy.guards:
        return Outcomes(policy, ground or Ground(policy, failures=False))
    without = replace(policy, guards=kept)
    return Outcomes(without, Ground(without, failures=False), doubtful=True)


@value
class Some:
    """Requests that come to an outcome. `rough`: a set of few terms that has them all, and perhaps others."""

    outcome: Outcome
    requests: Requests
    rough: Requests

    def __and__(self, more: Requests) -> Some:
        return Some(self.outcome, self.requests & more, self.rough & more)

    def __or__(self, other: Some) -> Some:
        return Some(self.outcome, self.requests | other.requests, self.rough | other.rough)


class Outcomes:
    """Of one policy. `unsettled`: some set may be empty although nobody says so. `coarse`: the policy is too large for
    diagrams, so that sets were looked for that have more requests than those meant."""

    def __init__(self, policy: Policy, ground: Ground, *, doubtful: bool = False) -> None:
        """`doubtful`: whether a request is denied before routes are asked, the policy at hand does not say."""
        self.policy = policy
        self.ground = ground
        self._doubtful = doubtful
        self.decision: Encoded = ground.reads(policy)
        self.unsettled = False
        self.coarse = False

    def of(self, requests: Requests) -> list[Some]:
        """What becomes of some requests; of each outcome those that come to it, none of them empty as far as known."""
        decision, found = self.decision, list[Some]()
        on, conflict = decision.goes_on, self._conflict
        found += self._kept(Outcome("denied"), requests, self._doubtful or negate(on))
        found += self._kept(Outcome("conflict"), requests, conflict)
        clear = True if self.policy.measured else negate(conflict)
        for route in self.policy.answering:
            taken = requests & Requests(self.ground, conj([self._takes(route), clear]))
            if self.some(taken):
                rough = requests & Requests(self.ground, decision.condition(route).true)
                if self.decision.encoding.failures or route.on_unknown == "fires":
                    rough = requests
                found += [Some(outcome, there, rough) for outcome, there in self._planned(route, taken)]
        found += self._kept(Outcome("unrouted"), requests, conj([decision.unrouted, clear]))
        return _merged(found)

    def some(self, requests: Requests) -> bool:
        """There may be one."""
        try:
            return bool(requests)
        except Unsettled:
            self.unsettled = True
            return True

    def may(self, fate: Some) -> bool:
        """There may be a request of it. Beyond the budget of diagrams a question about all that goes before a route
        costs too much to be asked of each bin."""
        if self.ground.engine.body == "diagrams":
            return self.some(fate.requests)
        self.coarse = True
        return self.some(fate.rough)

    def cells(self, fate: Some, name: str) -> frozenset[int] | None:
        """The cells of a signal that may occur; None where nobody says."""
        there = fate.requests if self.ground.engine.body == "diagrams" else fate.rough
        self.coarse |= there is fate.rough
        try:
            return frozenset(there.cells(name))
        except Unsettled:
            self.unsettled = True
            return None

    def _kept(self, outcome: Outcome, requests: Requests, term: Term) -> Iterator[Some]:
        there = requests & Requests(self.ground, term)
        if self.some(there):
            yield Some(outcome, there, requests)

    def _takes(self, route: Route) -> Term:
        """The route takes it, or might where confidences decide."""
        decision = self.decision
        if not self.policy.measured or route is self.policy.default:
            return decision.takes(route)
        earlier = decision.earlier(self.policy.rank[route.name])
        return conj([decision.goes_on, decision.holds(route), negate(earlier)])

    @property
    def _conflict(self) -> Term:
        """Two routes that differ are first, or may be where confidences decide."""
        decision = self.decision
        if not self.policy.measured:
            return decision.conflict
        found = []
        for rank in range(len(self.policy.ranked)):
            groups = decision.actions(rank)
            two = two_hold(disj(decision.holds(r) for r in same) for same in groups)
            found.append(conj([decision.goes_on, negate(decision.earlier(rank)), two]))
        return disj(found)

    def _planned(self, route: Route, taken: Requests) -> Iterator[tuple[Outcome, Requests]]:
        if route.action.kind == "deny":
            yield Outcome("denied", route.name), taken
            return
        planned = plan(route.action)
        for left, requests in self._left(route, [*planned], taken):
            kept = promoted(route.action, left)
            if not kept:
                yield Outcome("denied", route.name), requests
                continue
            parts = tuple(_parts(route.action, kept))
            yield Outcome("served", route.name, parts, route.action.compress, route.action.cache is not None), requests

    def _left(
        self, route: Route, planned: Sequence[Planned], requests: Requests
    ) -> Iterator[tuple[list[Planned], Requests]]:
        """The requests by what guards leave of a plan."""
        if not planned:
            yield [], requests
            return
        first, rest = planned[0], planned[1:]
        stays = Requests(self.ground, self.decision.left(first.pool, route))
        for there, more in ((requests & stays, [first]), (requests - stays, [])):
            if self.some(there):
                for others, some in self._left(route, rest, there):
                    yield [*more, *others], some


def _parts(action: Action, kept: Sequence[Planned | Served]) -> Iterator[Part]:
    """What each destination of a plan as it is left gets of a request that is sent there."""
    first = [p for p in kept if p.role == "primary"]
    for p in first:
        alone = ONE if len(first) == 1 else p.weight
        yield Part(p.pool, "primary", *((ZERO, ONE) if alone is None else (alone, alone)))
    if action.others_of(kept) is not None:
        yield from (Part(p.pool, "fallback", ZERO, ONE if p.weight is None else ONE - p.weight) for p in first)
    mirrored = {m.pool: m.share for m in action.mirrors}
    levels = {s.pool: s.above for s in action.spills}
    for p in kept:
        if p.role == "mirror":
            yield Part(p.pool, "mirror", mirrored[p.pool], mirrored[p.pool])
        elif p.role != "primary":
            yield Part(p.pool, p.role, ZERO, ONE, levels[p.pool] if p.role == "spill" else None)


def _merged(found: Sequence[Some]) -> list[Some]:
    """Equal outcomes as one."""
    by: dict[Outcome, Some] = {}
    for each in found:
        by[each.outcome] = by[each.outcome] | each if each.outcome in by else each
    return [*by.values()]


def decided(policy: Policy, decision: Decision) -> Outcome:
    """What became of a request."""
    if decision.action == "unrouted":
        return Outcome("unrouted")
    if decision.action == "deny":
        return Outcome("denied", decision.route)
    route = next(r for r in policy.answering if r.name == decision.route)
    action = route.action
    parts = tuple(_parts(action, decision.destinations))
    return Outcome("served", route.name, parts, action.compress, action.cache is not None)
