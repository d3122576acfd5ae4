"""The pairs of routes of one class that clash: asked by set, so that only those that do are looked at one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wrpc.analysis.search import suspects
from wrpc.policy.model import Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Replay, Room
    from wrpc.solver.terms import Term

Meets = Callable[[int], "Term"]


class Known:
    """Pairs that have been told."""

    def __init__(self) -> None:
        self._of: dict[str, set[str]] = {}

    def of(self, route: Route) -> Collection[str]:
        return self._of.get(route.name, ())

    def add(self, a: Route, b: Route) -> None:
        self._of.setdefault(a.name, set()).add(b.name)
        self._of.setdefault(b.name, set()).add(a.name)


@dataclass(frozen=True, slots=True)
class Clash:
    """Two routes that meet in a request; `other` is None where whether `route` meets any is open."""

    route: Route
    other: Route | None
    answer: Answer


class Meeting:
    """Routes of a class that differ and meet: as the first by all keys (a conflict), or where both merely hold."""

    def __init__(self, room: Room, rank: int, *, first: bool) -> None:
        self._room = room
        self._rank = rank
        self._first = first
        self._routes: list[Route] = []
        self._end: list[int] = []  # by position: where those begin that differ from it and stand behind it
        for group in room.decision.actions(rank):
            self._routes += group
            self._end += [len(self._routes)] * len(group)

    def clashes(self, known: Known) -> Iterator[Clash]:
        """Each pair that is not known yet, which then is: all that one request shows, route after route. No pair takes
        a request away from another."""
        from wrpc.solver.terms import conj, disj, negate

        d = self._room.decision
        base = [d.goes_on] if self._first else [d.goes_on, negate(d.earlier(self._rank))]
        at = [d.first(r) if self._first else d.holds(r) for r in self._routes]
        behind: list[Term] = [False]
        for term in reversed(at):
            behind.append(disj([term, behind[-1]]))
        behind.reverse()

        def meets(i: int) -> Term:
            told, end = known.of(self._routes[i]), self._end[i]
            others = (
                disj(at[j] for j in range(end, len(at)) if self._routes[j].name not in told) if told else behind[end]
            )
            return conj([*base, at[i], others])

        for i in suspects(self._room, range(len(at)), meets):
            yield from self._of(i, meets, known)

    def _of(self, i: int, meets: Meets, known: Known) -> Iterator[Clash]:
        """Request after request, until none is left in which the route meets another that is not known."""
        route, others = self._routes[i], self._routes[self._end[i] :]
        while True:
            answer = self._room.possible(meets(i), lambda replay: bool(self.met(replay, route, others, known)))
            if answer.impossible:
                return
            replay = None if answer.request is None else self._room.replay(answer.request)
            if replay is None:
                yield Clash(route, None, answer)
                return
            for other in self.met(replay, route, others, known):
                known.add(route, other)
                yield Clash(route, other, answer)

    def met(self, replay: Replay, route: Route, others: Sequence[Route], known: Known) -> list[Route]:
        """The others that the route meets in a request, by the interpreter."""
        there = self._conflicting(replay) if self._first else self._holding(replay)
        if route.name not in there:
            return []
        told = known.of(route)
        return [r for r in others if r.name in there and r.name not in told]

    def _conflicting(self, replay: Replay) -> set[str]:
        return set() if replay.conflict is None else {r.name for r in replay.conflict.routes}

    def _holding(self, replay: Replay) -> set[str]:
        """Those of the class that hold; none where anything goes before it."""
        s, machine, ranks = replay.state, self._room.interpreter, self._room.policy.rank
        if s.denied_by is not None or any(True for _ in machine.denials(s)):
            return set()
        holding = list(machine.holding(s))
        if any(ranks[r.name] < self._rank for r in holding):
            return set()
        return {r.name for r in holding if ranks[r.name] == self._rank}
