"""Where guards remove destinations: one question a guard and a kind of place, answered route by route."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from wrpc.policy.model import Forbid, Guard, Planned, Policy, Route, plan

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Replay, Room
    from wrpc.solver.terms import Term

Place = tuple[Route, Planned]


def places(policy: Policy, wanted: Callable[[Planned], bool]) -> list[Place]:
    """Every place in a plan of some kind, in order of declaration."""
    routes = (*policy.routes.values(), *(() if policy.default is None else (policy.default,)))
    return [(r, p) for r in routes for p in plan(r.action) if wanted(p)]


def removed(ask: Asker, guard: Guard, candidates: list[Place]) -> Iterator[tuple[Route | None, Planned | None, Answer]]:
    """The places that the guard has to empty, each with a request. One question while none is left; open as None."""
    if not any(isinstance(r, Forbid) for r in guard.rules):
        return
    left = list(candidates)
    while left:
        answer = ask.anywhere(lambda room: _any(room, guard, left), lambda r: _first(r, guard, left) is not None)
        if answer.impossible:
            return
        if answer.request is None:
            yield None, None, answer
            return
        replay = ask.rooms[-1].replay(answer.request)
        found = _first(replay, guard, left) if replay is not None else None
        assert found is not None, "a confirmed request empties a place"
        yield *found, answer
        left.remove(found)


def _any(room: Room, guard: Guard, left: list[Place]) -> Term:
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    return conj([negate(d.conflict), disj(conj([d.takes(r), d.removes(guard.name, p.pool)]) for r, p in left)])


def _first(replay: Replay, guard: Guard, left: list[Place]) -> Place | None:
    decision = replay.decision
    if decision is None:
        return None
    gone = {r.pool for r in decision.removed if r.guard == guard.name}
    return next(((r, p) for r, p in left if r.name == decision.route and p.pool in gone), None)
