"""What precedence leaves to every route, asked once for all the checks that speak of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from wrpc.solver.ask import Answer

if TYPE_CHECKING:
    from wrpc.policy.model import Route
    from wrpc.solver.ask import Asker, Room


@dataclass(frozen=True, slots=True)
class Reach:
    """`left`: whether a request holds that no route of higher precedence takes, and one without failures, as the solver
    found it. `holds`: whether any does at all. `failing`: only while some signal fails."""

    left: Answer
    holds: Answer
    failing: bool = False


@lru_cache(maxsize=4)
def reach(ask: Asker) -> Mapping[str, Reach]:
    """By route. Over requests without failures first; with failures only for what has nothing there."""
    found: dict[str, Reach] = {}
    for room in ask.rooms:
        dead = [r for c in ask.policy.ranked for r in c if r.name not in found or found[r.name].left.impossible]
        if dead:
            found |= _in(room, {r.name for r in dead})
    return found


def _in(room: Room, wanted: set[str]) -> dict[str, Reach]:
    remaining, alone = room.remaining(wanted), room.line()
    found = {}
    for group in room.policy.ranked:
        for route in group:
            if route.name in wanted:
                left = _left(room, route, remaining[route.name], len(group))
                holds = left if left.possible else alone.settle(alone.holds(route))
                found[route.name] = Reach(left, holds, room.failures and left.possible)
    return found


def _left(room: Room, route: Route, answer: Answer, rivals: int) -> Answer:
    """Of a class, the further keys of `resolve` may put another before it wherever it holds. Where they leave it equal
    to another, the two conflict, and neither shadows the other."""
    if answer.impossible or rivals == 1 or set(room.policy.resolve) <= {"priority"}:
        return answer
    return room.settle(room.decision.first(route))
