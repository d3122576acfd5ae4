"""What a failed signal hides: two requests that agree on every signal which did not fail, and of which the second has
real values for the rest.

Points have the failing requests as points with failed cells, and the healthy ones among the same points: what holds of
a real value holds of the failed cell beside it. Leaves, and the reference's variables, are a signal's value whether it
failed or not, so that the second request is the same ones read as if nothing had failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from wrpc.decide.request import RequestValue
from wrpc.solver.ask import Answer, Asker
from wrpc.solver.decision import Encoded
from wrpc.solver.index.encode import Indexing
from wrpc.solver.index.points import Points
from wrpc.solver.index.realise import Unsettled
from wrpc.solver.index.room import Index
from wrpc.solver.index.wide import Wide
from wrpc.solver.seconds import Confirm, Hidden, Pairs, both
from wrpc.solver.terms import Term, conj, disj, negate

if TYPE_CHECKING:
    from wrpc.solver.pair import Pair


def hidden(ask: Asker, pairs: Pairs, confirm: Confirm) -> Hidden:
    """Whether both terms of one of the pairs can hold: the first of a request some of whose signals failed, the second
    of the same request with real values for these. `confirm` is asked of the replay of the first and of the second's
    state."""
    room = ask.failing
    found: Hidden | None = None
    if isinstance(room, Index):
        found = _among_points(room).answer(pairs, confirm)
    elif isinstance(room, Wide):
        assert isinstance(ask.healthy, Wide), "both rooms have one engine"
        found = _among_leaves(room, ask.healthy, pairs, confirm)
    return found or _reference(ask).answer(pairs, confirm)


# ── Among points ──────────────────────────────────────────────────────────


class _Points:
    """The index's points, those without a failed cell read as requests of their own."""

    def __init__(self, room: Index) -> None:
        self.room = room
        universe = room.universe
        self._space = Points(universe, failures=False)
        self.known = Encoded(room.policy, Indexing(self._space), _plain)
        self._fallible = [n for n, d in universe.domains.items() if d.fails]
        self._healthy = universe.full
        for name in self._fallible:
            self._healthy &= ~universe.at(name, universe.domains[name].failed)
        self._some, self._every = self._admitted()

    def _admitted(self) -> tuple[int, int]:
        """The healthy points that some request of the space lies in, and those that every one does."""
        policy = self.room.policy
        for group in policy.groups.values():
            if any(m in self.room.universe.domains for m in group.members):
                self._space.fires(group.members[0])
        axioms = Indexing(self._space, meanings=False)
        terms = [negate(axioms.condition(a.condition).false) for a in policy.assumptions.values()]
        may, must = self.room.sets(conj([*self._space.axioms, *terms]))
        return may & self._healthy, must & self._healthy

    def hidden(self, points: int) -> int:
        """The points with failures behind which one of these may stand."""
        universe = self.room.universe
        for name in self._fallible:
            domain = universe.domains[name]
            failed = domain.size - 1
            stride = universe.stride(name)
            for cell in range(failed):
                points |= (points & universe.at(name, 1 << cell)) << (failed - cell) * stride
        return points & ~self._healthy

    def answer(self, pairs: Pairs, confirm: Confirm) -> Hidden | None:
        """None where the reference has to say."""
        room, certain = self.room, True
        some, every = room.allowed
        spread: dict[tuple[int, int], tuple[int, int]] = {}
        for first, second in pairs(room.decision, self.known):
            (may, must), (other_may, other_must) = room.sets(first), room.sets(second)
            other = other_may & self._some, other_must & self._every
            if other not in spread:
                spread[other] = self.hidden(other[0]), self.hidden(other[1])
            behind = spread[other]
            if not may & some & behind[0]:
                continue
            points = must & every & behind[1]
            if points:
                request = room.universe.request(points)
                values = self._values(request, other[1])
                if both(room.replay(request), values, confirm):
                    return Hidden(Answer("possible", request), values)
            certain = False
        return Hidden(Answer("impossible"), {}) if certain else None

    def _values(self, request: Mapping[str, RequestValue], points: int) -> dict[str, RequestValue]:
        """Of the points that agree with the request on what did not fail, the failed signals' values of one."""
        universe = self.room.universe
        for name, domain in universe.domains.items():
            if request[name] is not None:
                points &= universe.at(name, 1 << domain.cell(request[name]))
        found = universe.request(points)
        return {name: found[name] for name, value in request.items() if value is None}


@lru_cache(maxsize=4)
def _among_points(room: Index) -> _Points:
    return _Points(room)


def _plain(_: str, term: Term) -> Term:
    return term


# ── Among leaves ──────────────────────────────────────────────────────────


def _among_leaves(seen: Wide, known: Wide, pairs: Pairs, confirm: Confirm) -> Hidden | None:
    """A leaf is the value that a failed signal would have: both requests are one way for leaves to hold."""
    some = disj(seen.space.failed(name) for name in seen.policy.signals)
    term = conj([seen.allowed, known.allowed, some, disj(conj(pair) for pair in pairs(seen.decision, known.decision))])
    try:
        found = seen.engine.both([term])
    except Unsettled:
        return None
    if found is None:
        return Hidden(Answer("impossible"), {})
    request, real = found
    values = {name: real[name] for name, value in request.items() if value is None}
    if both(seen.replay(request), values, confirm):
        return Hidden(Answer("possible", request), values)
    return None


# ── By the reference ──────────────────────────────────────────────────────


@lru_cache(maxsize=4)
def _reference(ask: Asker) -> Pair:
    from wrpc.solver.pair import Pair

    return Pair(ask.policy, ask.resources)
