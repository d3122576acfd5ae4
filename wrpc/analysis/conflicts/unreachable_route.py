"""A route that routes of higher precedence, together, leave nothing to.

Each of them may leave something; what counts is all of them. A route that could never hold at all is WRP203 alone.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool a { }
    pool b { }
    route short { priority 3  when tokens < 10k  to a }
    route long { priority 2  when tokens >= 8k  to b }
    route middle { priority 1  when tokens > 5k and tokens < 20k  to a }
    #     ^^^^^^ WRP202

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool a { }
    pool b { }
    route short { priority 3  when tokens < 10k  to a }
    route long { priority 2  when tokens >= 20k  to b }
    route middle { priority 1  when tokens > 5k and tokens < 20k  to b }

To repair, give the route a higher priority or a lower tier, narrow the routes before it, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.diagnostics import Code, Related
from wrpc.policy.model import Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP202", "unreachable-route", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    for rank, group in enumerate(policy.ranked):
        for route in group:
            if rank == 0 and len(group) == 1:
                continue
            answer = ask.anywhere(lambda room, r=route: _left(room, r), _is_first(ask, route))  # type: ignore[misc]  # bound
            if answer.possible:
                continue
            if (
                answer.impossible
                and ask.anywhere(lambda room, r=route: room.decision.holds(r), _holds(ask, route)).impossible
            ):  # type: ignore[misc]
                continue  # it could never hold: WRP203
            before = [r for g in policy.ranked[:rank] for r in g]
            yield shown(
                CODE,
                f"routes before `{route.name}` leave nothing to it",
                route.span,
                policy,
                answer,
                subjects=(f"route {route.name}",),
                related=[Related(r.span, "goes before it") for r in _blamed(ask, route, before)],
                help="give it a higher precedence, or narrow the routes before it",
            )


def _left(room: Room, route: Route) -> Term:
    """It holds, and nothing that surely goes before it does; of equals, the keys of `resolve` may put one first."""
    from wrpc.solver.terms import conj, negate

    d = room.decision
    if set(room.policy.resolve) <= {"priority"}:
        return conj([d.holds(route), negate(d.earlier_than(route))])
    return d.chosen(route)


def _is_first(ask: Asker, route: Route) -> Confirm:
    def confirm(replay: Replay) -> bool:
        machine = ask.healthy.interpreter
        if not machine.takes(route, replay.state):
            return False
        own = next(i for i, g in enumerate(ask.policy.ranked) if route in g)
        return not any(machine.takes(r, replay.state) for g in ask.policy.ranked[:own] for r in g)

    return confirm


def _holds(ask: Asker, route: Route) -> Confirm:
    return lambda replay: ask.healthy.interpreter.takes(route, replay.state)


def _blamed(ask: Asker, route: Route, before: list[Route], most: int = 5) -> list[Route]:
    """Few of the routes before it that suffice: each is left out once, and kept only where something comes through."""
    from wrpc.solver.terms import conj, negate

    if not before or len(before) > 200:
        return []
    room = ask.rooms[-1]
    d = room.decision
    kept = list(before)
    for rival in reversed(before):
        trial = [r for r in kept if r is not rival]
        term = conj([d.holds(route), *(negate(d.holds(r)) for r in trial)])
        if room.possible(term, lambda _: True).impossible:
            kept = trial
    return kept[:most]
