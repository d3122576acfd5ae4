"""Where guards remove destinations: one question a guard and a kind of place, answered route by route."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from wrpc.policy.model import Forbid, Guard, Planned, Policy, Route, plan

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

Place = tuple[Route, Planned]


def places(policy: Policy, wanted: Callable[[Planned], bool]) -> list[Place]:
    """Every place in a plan of some kind, in order of declaration."""
    return [(r, p) for r in policy.answering for p in plan(r.action) if wanted(p)]


def removed(
    ask: Asker, guard: Guard, candidates: list[Place], *, once_a_pool: bool = False
) -> Iterator[tuple[Route | None, Planned | None, Answer]]:
    """The places that the guard has to empty, each with a request. One question where it empties none; open as None."""
    if not any(isinstance(r, Forbid) for r in guard.rules):
        return
    left: dict[str, list[Place]] = {}  # by pool where one of a pool is enough, else by route
    for route, planned in candidates:
        left.setdefault(planned.pool if once_a_pool else route.name, []).append((route, planned))
    for room in ask.rooms:
        keys = [key for key in left if left[key]]
        terms = [_emptied(room, guard, left, key) for key in keys]
        for i, answer in room.each(terms, [_empties(guard, left[key]) for key in keys]):
            key = keys[i]
            while not answer.impossible:
                if answer.request is None:
                    yield None, None, answer
                    return
                replay = room.replay(answer.request)
                found = _first(replay, guard, left[key]) if replay is not None else None
                assert found is not None, "a confirmed request empties a place"
                yield *found, answer
                left[key] = [] if once_a_pool else [(r, p) for r, p in left[key] if p is not found[1]]
                if not left[key]:
                    break
                answer = room.possible(_emptied(room, guard, left, key), _empties(guard, left[key]))


def _emptied(room: Room, guard: Guard, left: Mapping[str, list[Place]], key: str) -> Term:
    """The guard removes a destination from one of the places that are left under a key."""
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    emptied = disj(conj([d.takes(route), d.removes(guard.name, planned.pool, route)]) for route, planned in left[key])
    return conj([negate(d.conflict), emptied])


def _empties(guard: Guard, left: list[Place]) -> Confirm:
    return lambda replay: _first(replay, guard, left) is not None


def _first(replay: Replay, guard: Guard, left: list[Place]) -> Place | None:
    decision = replay.decision
    if decision is None:
        return None
    gone = {r.pool for r in decision.removed if r.guard == guard.name}
    return next(((r, p) for r, p in left if r.name == decision.route and p.pool in gone), None)


def taken_away(guard: Guard, route: Route, planned: Planned, room: Room) -> Term:
    """The guard removes this destination from what the route takes."""
    from wrpc.solver.terms import conj, negate

    d = room.decision
    return conj([negate(d.conflict), d.takes(route), d.removes(guard.name, planned.pool, route)])
