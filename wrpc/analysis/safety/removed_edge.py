"""A fallback, spill, cascade step, mirror or pool behind a budget that a guard removes for some requests.

The safety rule holds, but these requests are left without that destination. Its author probably did
not think of them.

Bad:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own  fallback cloud on timeout }
    #                          ^^^^^ WRP402
    guard home { forbid destination.trust != "own" when pii }

Good:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool spare { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own  fallback spare }
    default { to own  fallback cloud on timeout }
    guard home { forbid destination.trust != "own" when pii }

To repair, give those requests a route of their own whose edges the guard allows.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, place, shown, subject
from wrpc.analysis.safety.removals import places, removed, taken_away
from wrpc.diagnostics import Code, Related
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP402", "removed-edge", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    edges = places(policy, lambda p: p.role != "primary")
    for guard in policy.guards.values():
        for route, planned, answer in removed(ask, guard, edges):
            at = (planned.span if planned else None) or (route.span if route else guard.span)
            what = (
                f"the {place(planned)} `{planned.pool}` of {subject(route, policy)}" if planned and route else "an edge"
            )
            found = shown(
                CODE, f"guard `{guard.name}` removes {what}", at, policy, answer,
                subjects=(f"guard {guard.name}", *(() if route is None else (subject(route, policy),))),
                related=(Related(guard.span, "this guard"),),
                help="give these requests a route of their own whose edges the guard allows",
            )  # fmt: skip
            if planned is None or route is None:
                yield found
            else:
                yield Over(found, partial(taken_away, guard, route, planned))
