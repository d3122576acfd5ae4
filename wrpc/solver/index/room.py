"""A room that answers from sets of points, and asks the reference for what they leave undecided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from wrpc.policy.model import Policy, Route
from wrpc.solver.decision import Encoded, running
from wrpc.solver.index.again import Backed, Translation
from wrpc.solver.index.bits import Bits
from wrpc.solver.index.encode import Indexing
from wrpc.solver.index.points import Points
from wrpc.solver.index.universe import universe
from wrpc.solver.limits import POINTS
from wrpc.solver.room import Answer, Confirm, Line
from wrpc.solver.stats import answered
from wrpc.solver.terms import Term, conj, negate

if TYPE_CHECKING:
    from wrpc.solver.reference import Reference

IMPOSSIBLE = Answer("impossible")


class Index(Backed):
    def __init__(
        self, policy: Policy, *, failures: bool, reference: Callable[[], Reference], points: int = POINTS
    ) -> None:
        super().__init__(policy, failures=failures, reference=reference)
        self.universe = universe(policy, failures=failures, points=points)
        self.space = Points(self.universe, failures=failures)
        self.decision = Encoded(policy, Indexing(self.space), self.define)

    @cached_property
    def allowed(self) -> tuple[int, int]:
        """The points that some request of the space lies in, and those that every request lies in."""
        for group in self.policy.groups.values():
            if any(m in self.universe.domains for m in group.members):
                self.space.fires(group.members[0])
        axioms = Indexing(self.space, meanings=False)
        for assumption in self.policy.assumptions.values():
            self.space.axioms.append(negate(axioms.condition(assumption.condition).false))
        return self.sets(conj(self.space.axioms))

    def sets(self, term: Term) -> tuple[int, int]:
        if isinstance(term, bool):
            return (self.universe.full,) * 2 if term else (0, 0)
        assert isinstance(term, Bits), "a term of the index"
        return term.may, term.must

    def look(self, term: Term) -> tuple[bool, int]:
        """Whether no request of the space can satisfy the term, and the points that do so surely."""
        (may, must), (some, every) = self.sets(term), self.allowed
        return not may & some, must & every

    def possible(self, term: Term, confirm: Confirm) -> Answer:
        impossible, points = self.look(term)
        if impossible:
            answered("points")
            return IMPOSSIBLE
        if points:
            request = self.universe.request(points)
            if self._confirmed(request, confirm):
                answered("points")
                return Answer("possible", request)
        return self.reference.possible(self.again(term), confirm)

    def settle(self, term: Term) -> Answer:
        impossible, points = self.look(term)
        if impossible or points:
            answered("points")
            return IMPOSSIBLE if impossible else Answer("possible")
        return self.reference.settle(self.again(term))

    def blamed(self, term: Term, parts: Sequence[Term]) -> list[int]:
        """The first parts that take something of the term away, without those that others make superfluous."""
        left = self.sets(term)[0] & self.allowed[0]
        taking: list[tuple[int, int]] = []
        for i, part in enumerate(parts):
            may = self.sets(part)[0]
            if left & ~may:
                taking.append((i, may))
                left &= may
            if not left:
                return _needed(taking, self.sets(term)[0] & self.allowed[0])
        if self.look(conj([term, *parts]))[1]:
            return []  # they do not
        return self.reference.blamed(self.again(term), [self.again(p) for p in parts])

    def line(self) -> Line:
        return _Line(self)


def _needed(taking: list[tuple[int, int]], left: int) -> list[int]:
    """Without each part that the rest does without, the last first."""
    kept = list(taking)
    for taken in reversed(taking):
        rest = left
        for other in kept:
            if other is not taken:
                rest &= other[1]
        if not rest:
            kept.remove(taken)
    return [i for i, _ in kept]


class _Line(Line):
    """What is left of the space, some of which may be taken already; the reference's line is made when it is needed."""

    def __init__(self, room: Index) -> None:
        self._room = room
        self._some, self._every = room.allowed
        self._excluded: list[Term] = []

    def holds(self, route: Route) -> Term:
        return running(route, self._room.decision.condition(route))

    def named(self, label: str, term: Term) -> Term:
        return self._room.define(label, term)

    def settle(self, term: Term) -> Answer:
        may, must = self._room.sets(term)
        possible = must & self._every
        if possible or not may & self._some:
            answered("points")
            return Answer("possible") if possible else IMPOSSIBLE
        return self._reference().settle(self._translated.of(term))

    def ask(self, term: Term) -> Answer:
        may, must = self._room.sets(term)
        if not may & self._some:
            answered("points")
            return IMPOSSIBLE
        if points := must & self._every:
            answered("points")
            return Answer("possible", self._room.universe.request(points))
        return self._reference().ask(self._translated.of(term))

    def exclude(self, term: Term) -> None:
        may, must = self._room.sets(term)
        self._some &= ~must
        self._every &= ~may
        self._excluded.append(term)

    @cached_property
    def _line(self) -> Line:
        return self._room.reference.line()

    @cached_property
    def _translated(self) -> Translation:
        return Translation(self._room.reference, self._line.named)

    def _reference(self) -> Line:
        """With all excluded that has been."""
        for term in self._excluded:
            self._line.exclude(self._translated.of(term))
        self._excluded.clear()
        return self._line
