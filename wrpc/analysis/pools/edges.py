"""Edges that lead to another kind of pool than the main destinations, and whether a request can take them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from wrpc.diagnostics import Related
from wrpc.policy.expr import Attribute, Caused, Condition, Text, walk
from wrpc.policy.model import Claim, Denial, Forbid, Planned, Policy, Pool, Route, Rule, plan
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term


@value
class Leaving:
    """`home` has what the main destinations declare, each value once; `mains` are the pools that declare it."""

    route: Route
    edge: Planned
    value: str
    home: tuple[str, ...]
    mains: tuple[str, ...]

    @property
    def key(self) -> object:
        """One written edge from like to unlike, however many routes an imported file makes of it."""
        span = self.edge.span
        return (self.route.name if span is None else span.key(), self.edge.pool, self.home)


def leaving(policy: Policy, declared: Callable[[Pool], str | None]) -> Iterator[Leaving]:
    """The edges whose pool declares what no main destination of their plan does. Who declares nothing says nothing."""
    of = {pool.name: declared(pool) for pool in policy.pools.values()}
    if len({v for v in of.values() if v is not None}) < 2:
        return
    for route in policy.answering:
        if not _has_edges(route):
            continue
        planned = plan(route.action)
        home = {p.pool: at for p in planned if p.role == "primary" and (at := of[p.pool]) is not None}
        if not home:
            continue
        values = tuple(dict.fromkeys(home.values()))
        for edge in planned:
            there = of[edge.pool]
            if edge.role != "primary" and there is not None and there not in values:
                yield Leaving(route, edge, there, values, tuple(home))


def _has_edges(route: Route) -> bool:
    """`to any` has every pool for a main destination, so that nothing leads elsewhere."""
    action = route.action
    return action.kind != "any" and len(plan(action)) > len(action.shares)


def speaks_of(policy: Policy, attribute: str) -> bool:
    """A guard or a claim reads `destination.ATTRIBUTE`: then there is a rule, which is proved or refuted as it is."""
    return any(
        isinstance(node, Text) and Attribute(attribute) in (node.left, node.right)
        for condition in _rules(policy)
        for node in walk(condition)
    )


def speaks_of_causes(policy: Policy) -> bool:
    """A guard or a claim reads `destination.causes`."""
    return any(isinstance(node, Caused) for condition in _rules(policy) for node in walk(condition))


def _rules(policy: Policy) -> Iterator[Condition]:
    rules: list[Rule | Claim] = [r for g in policy.guards.values() for r in g.rules if not isinstance(r, Denial)]
    rules += [c for a in policy.assertions.values() for c in a.claims]
    for rule in rules:
        if isinstance(rule, Forbid | Claim):
            yield rule.what
        if rule.when is not None:
            yield rule.when


def taken(
    policy: Policy, ask: Asker, attribute: str, declared: Callable[[Pool], str | None]
) -> Iterator[tuple[Leaving, Answer]]:
    """The edges that leave what the main destinations declare and that some request can take, with the answer; none
    where the policy has a rule over `destination.ATTRIBUTE`."""
    found = list(leaving(policy, declared))
    if not found or speaks_of(policy, attribute):
        return
    told: set[object] = set()
    for one in found:
        if one.key not in told and not (answer := reached(ask, one.route, one.edge.pool, one.mains)).impossible:
            told.add(one.key)
            yield one, answer


def reached(ask: Asker, route: Route, edge: str, beside: Sequence[str]) -> Answer:
    """Whether the guards leave the edge to some request of the route, and with it one of the pools it leads from."""
    return ask.anywhere(lambda room: _left(room, route, edge, beside), _confirm(route, edge, beside))


def _left(room: Room, route: Route, edge: str, beside: Sequence[str]) -> Term:
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    some = disj(d.left(pool, route) for pool in beside)
    return conj([negate(d.conflict), d.takes(route), d.serves(route), d.left(edge, route), some])


def _confirm(route: Route, edge: str, beside: Sequence[str]) -> Confirm:
    def confirm(replay: Replay) -> bool:
        d = replay.decision
        return d is not None and d.route == route.name and edge in d.pools and not {*d.pools}.isdisjoint(beside)

    return confirm


def declaration(policy: Policy, pool: str) -> Related:
    return Related(policy.pools[pool].span, f"pool `{pool}`")
