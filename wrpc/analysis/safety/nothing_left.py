"""Requests that a guard leaves without any destination.

They are denied, although a route takes them.

Bad:

    signal pii: bool { source keywords("passport") }
    pool cloud { trust "cloud" }
    default { to cloud }
    guard home { forbid destination.trust != "own" when pii }
    #     ^^^^ WRP406

Good:

    signal pii: bool { source keywords("passport") }
    pool cloud { trust "cloud" }
    pool own { trust "own" }
    route private { when pii  to own }
    default { to cloud }
    guard home { forbid destination.trust != "own" when pii }

To repair, give them a route or a fallback that the guard allows, or a `deny` route that says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown, subject
from wrpc.diagnostics import Code, Related
from wrpc.policy.model import Policy, Route
from wrpc.solver.terms import conj, negate

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP406", "nothing-left", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    if not policy.guards:
        return
    left = [r for r in policy.answering if r.action.kind != "deny"]
    found: set[str] = set()
    for room in ask.rooms:
        asked = [_emptied(room, route) for route in left]
        for i, answer in room.each(asked, [_confirm(route.name) for route in left]):
            route = left[i]
            replay = room.replay(answer.request) if answer.request is not None else None
            if replay is None or replay.decision is None:
                guard = next(iter(policy.guards.values()))
                yield shown(CODE, "a guard may leave requests with no destination", guard.span, policy, answer)
                return
            guard = policy.guards[replay.decision.removed[-1].guard]
            yield shown(
                CODE,
                f"guard `{guard.name}` leaves no destination to requests that {subject(route, policy)} takes",
                guard.span,
                policy,
                answer,
                subjects=(f"guard {guard.name}", subject(route, policy)),
                related=(Related(route.span, "takes the request"),),
                help="give them a destination that the guard allows, or a `deny` route that says why",
            )
            found.add(route.name)
        left = [r for r in left if r.name not in found]


def _emptied(room: Room, route: Route) -> Term:
    d = room.decision
    return conj([negate(d.conflict), d.takes(route), negate(d.serves(route))])


def _confirm(name: str) -> Confirm:
    def confirm(replay: Replay) -> bool:
        d = replay.decision
        return d is not None and d.route == name and d.action == "deny"

    return confirm
