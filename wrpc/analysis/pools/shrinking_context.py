"""A fallback on `context` to a pool whose context is no larger than that of the pools before it.

A request that did not fit there does not fit here either: it fails twice, and later.

Bad:

    pool large { context 131_072 }
    pool small { context 8_192 }
    default { to large  fallback small on context }
    #                            ^^^^^ WRP506

Good:

    pool large { context 131_072 }
    pool small { context 8_192 }
    default { to small  fallback large on context }

What counts is the pool's context, or its model's where the pool has none; where neither is known, nothing is reported.
An edge is compared with the largest main destination, and with the edges on `context` before it. It is a note if the
context is the same, or if a smaller or unknown main destination may refuse what fits here.

To repair, name a pool with a greater context, the smallest of several first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown, subject
from wrpc.analysis.pools.edges import declaration, reached
from wrpc.diagnostics import Code
from wrpc.policy.model import FallbackEdge, Policy, Route, plan
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP506", "context-shrinks", "warning", __doc__ or "")


@value
class Shrinking:
    """`larger` are the pools before the edge that take at least as much, the largest first. `certain`: there is
    nothing that they turn away and the edge takes."""

    edge: FallbackEdge
    larger: tuple[str, ...]
    certain: bool


def check(policy: Policy, ask: Asker) -> Found:
    contexts = {pool: context for pool in policy.pools if (context := _context(policy, pool)) is not None}
    told: set[object] = set()
    for route in policy.answering:
        for one in _shrinking(route, contexts):
            # One written name, however many pools an imported file makes of it.
            place = None if one.edge.span is None else one.edge.span.key()
            if place in told:
                continue
            answer = reached(ask, route, one.edge.pool, one.larger)
            if answer.impossible:
                continue
            if place is not None:
                told.add(place)
            here, there = one.edge.pool, one.larger[0]
            yield shown(
                CODE,
                f"the fallback `{here}` of {subject(route, policy)} on `context` takes {contexts[here]:,} tokens, "
                f"`{there}` before it {contexts[there]:,}",
                one.edge.span or route.span,
                policy,
                answer,
                severity="warning" if one.certain and contexts[here] < contexts[there] else "info",
                subjects=(subject(route, policy), f"pool {here}"),
                related=(declaration(policy, here), declaration(policy, there)),
                help="name a pool with a greater context, the smallest of several first",
            )


def _context(policy: Policy, name: str) -> int | None:
    pool = policy.pools[name]
    model = policy.models.get(pool.model or "")
    return pool.context if pool.context is not None else model.context if model is not None else None


def _shrinking(route: Route, contexts: dict[str, int]) -> Iterator[Shrinking]:
    edges = [f for f in route.action.fallbacks if "context" in f.causes]
    if not edges:
        return
    mains = [p.pool for p in plan(route.action) if p.role == "primary"]
    earlier: list[str] = []
    for edge in edges:
        here = contexts.get(edge.pool)
        if here is None or edge.pool in mains or edge.pool in earlier:  # twice in one plan is WRP503
            continue
        larger = [p for p in (*mains, *earlier) if contexts.get(p, 0) >= here]
        if larger:
            certain = {*mains} <= {*larger} or not {*earlier}.isdisjoint(larger)
            yield Shrinking(edge, tuple(sorted(larger, key=lambda p: -contexts[p])), certain)
        earlier.append(edge.pool)
