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

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, shown, subject
from wrpc.analysis.conflicts.reach import reach
from wrpc.diagnostics import Code, Related
from wrpc.policy import reading
from wrpc.policy.model import Bool, Policy, Route, Score
from wrpc.solver.room import Answer
from wrpc.solver.terms import conj, negate

if TYPE_CHECKING:
    from wrpc.decide.request import RequestValue
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

MOST = 3  # signals that are tried before anything is asked

CODE = Code("WRP406", "nothing-left", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    if not policy.guards:
        return
    left = [r for r in policy.answering if r.action.kind != "deny"]
    found: set[str] = set()
    for room in ask.rooms:
        answers = _tried(ask, room, left)
        rest = [route for route in left if route.name not in answers]
        for i, answer in room.each([_emptied(room, r) for r in rest], [_confirm(r.name) for r in rest]):
            answers[rest[i].name] = answer
        for route in left:
            if route.name not in answers:
                continue
            answer = answers[route.name]
            replay = room.replay(answer.request) if answer.request is not None else None
            if replay is None or replay.decision is None:
                guard = next(iter(policy.guards.values()))
                yield shown(CODE, "a guard may leave requests with no destination", guard.span, policy, answer)
                return
            guard = policy.guards[replay.decision.removed[-1].guard]
            told = shown(
                CODE,
                f"guard `{guard.name}` leaves no destination to requests that {subject(route, policy)} takes",
                guard.span,
                policy,
                answer,
                subjects=(f"guard {guard.name}", subject(route, policy)),
                related=(Related(route.span, "takes the request"),),
                help="give them a destination that the guard allows, or a `deny` route that says why",
            )
            yield Over(told, partial(_of_route, route))
            found.add(route.name)
        left = [r for r in left if r.name not in found]


def _tried(ask: Asker, room: Room, routes: Sequence[Route]) -> dict[str, Answer]:
    """Answers that need no question: a request that precedence leaves to the route, with what guards read as it would
    make them act."""
    known = reach(ask)
    acting = _acting(room.policy)
    found: dict[str, Answer] = {}
    for route in routes:
        request = known[route.name].left.request if route.name in known else None
        if request is None or room.decision.serves(route) is True or (None in request.values()) is not room.failures:
            continue
        for name, value in acting:
            tried = {**request, name: value}
            replay = room.replay(tried)
            if replay is not None and _confirm(route.name)(replay):
                found[route.name] = Answer("possible", tried)
                break
    return found


def _acting(policy: Policy) -> list[tuple[str, RequestValue]]:
    """Bools and scores that guards read, where they fire."""
    conditions = [r.when for g in policy.guards.values() for r in g.rules if r.when is not None]
    found: list[tuple[str, RequestValue]] = []
    for name in sorted(reading.signals(policy, conditions)):
        match policy.signals[name].type:
            case Bool():
                found.append((name, True))
            case Score(_, high):
                found.append((name, Fraction(high)))
            case _:
                pass
    return found[:MOST]


def _of_route(route: Route, room: Room) -> Term:
    return _emptied(room, route)


def _emptied(room: Room, route: Route) -> Term:
    d = room.decision
    return conj([negate(d.conflict), d.takes(route), negate(d.serves(route))])


def _confirm(name: str) -> Confirm:
    def confirm(replay: Replay) -> bool:
        d = replay.decision
        return d is not None and d.route == name and d.action == "deny"

    return confirm
