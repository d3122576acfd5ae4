"""A route with a `when` that is reached only while some signal fails.

As long as everything works, earlier routes take all of its requests. That is rarely intended: the route looks as if it
gets traffic, but gets none until a classifier is down. A default for failures is good practice, and is not reported.

Bad:

    signal pii: bool { source classifier("pii") }
    pool own { }
    pool cloud { }
    pool other { }
    route private { priority 2  when pii  to own }
    route harmless { priority 2  when not pii  to cloud }
    route rest { priority 1  when pii or not pii  on_unknown fires  to other }
    #     ^^^^ WRP210
    default { to own }

Good:

    signal pii: bool { source classifier("pii") }
    pool own { }
    pool cloud { }
    pool other { }
    route private { priority 2  when pii  to own }
    route harmless { priority 2  when not pii  to cloud }
    default { to other }

To repair, make it the default, narrow the routes before it, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.analysis.conflicts.reach import reach
from wrpc.decide.interpret import Conflict
from wrpc.diagnostics import Code
from wrpc.policy import reading
from wrpc.policy.model import Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay

CODE = Code("WRP210", "reached-by-failure", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    for route in policy.routes.values():
        if not reach(ask)[route.name].failing or route.when is None or _means_it(policy, route):
            continue
        answer = reach(ask)[route.name].left
        replay = None if answer.request is None else ask.failing.replay(answer.request)
        if replay is None or not _first(route)(replay):
            answer = ask.failing.possible(ask.failing.decision.first(route), _first(route))
        if answer.impossible:
            continue  # the further keys of `resolve` put others before it
        yield shown(
            CODE,
            f"route `{route.name}` is reached only while a signal fails: otherwise earlier routes take every request it"
            " matches",
            route.span,
            policy,
            answer,
            subjects=(f"route {route.name}",),
            help="make it the default, or narrow the routes before it",
        )


def _means_it(policy: Policy, route: Route) -> bool:
    assert route.when is not None, "only a route with a condition is asked"
    return reading.tells_failures(policy, [route.when])


def _first(route: Route) -> Confirm:
    """Precedence alone: what denies the request before any route is asked does not count."""

    def confirm(replay: Replay) -> bool:
        from wrpc.decide.interpret import interpreter

        machine = interpreter(replay.policy)
        if not machine.takes(route, replay.state):
            return False
        try:
            taken = machine.route(replay.state)
        except Conflict as conflict:
            return any(r.name == route.name for r in conflict.routes)
        # Of a class, one that does the same may be named for it; an earlier route that does the same is not this one.
        policy = replay.policy
        if taken is None or policy.rank.get(taken.name) != policy.rank[route.name]:
            return False
        return policy.deeds[taken.name] == policy.deeds[route.name]

    return confirm
