"""Where guards remove destinations: one question a guard and a kind of place, answered route by route."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from wrpc.policy.model import Forbid, Guard, Planned, Policy, Route, plan

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Confirm, Replay

Place = tuple[Route, Planned]


def places(policy: Policy, wanted: Callable[[Planned], bool]) -> list[Place]:
    """Every place in a plan of some kind, in order of declaration."""
    return [(r, p) for r in policy.answering for p in plan(r.action) if wanted(p)]


def removed(
    ask: Asker, guard: Guard, candidates: list[Place], *, once_a_pool: bool = False
) -> Iterator[tuple[Route | None, Planned | None, Answer]]:
    """The places that the guard has to empty, each with a request. One question where it empties none; open as None."""
    from wrpc.solver.terms import conj, disj, negate

    if not any(isinstance(r, Forbid) for r in guard.rules):
        return
    left = list(candidates)
    for room in ask.rooms:
        d = room.decision
        terms = {id(p): conj([negate(d.conflict), d.takes(r), d.removes(guard.name, p.pool)]) for r, p in left}
        while left:
            answer = room.possible(disj(terms[id(p)] for _, p in left), _empties(guard, left))
            if answer.impossible:
                break
            if answer.request is None:
                yield None, None, answer
                return
            replay = room.replay(answer.request)
            found = _first(replay, guard, left) if replay is not None else None
            assert found is not None, "a confirmed request empties a place"
            yield *found, answer
            left = [(r, p) for r, p in left if p is not found[1] and not (once_a_pool and p.pool == found[1].pool)]


def _empties(guard: Guard, left: list[Place]) -> Confirm:
    return lambda replay: _first(replay, guard, left) is not None


def _first(replay: Replay, guard: Guard, left: list[Place]) -> Place | None:
    decision = replay.decision
    if decision is None:
        return None
    gone = {r.pool for r in decision.removed if r.guard == guard.name}
    return next(((r, p) for r, p in left if r.name == decision.route and p.pool in gone), None)
