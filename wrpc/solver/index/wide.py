"""A room of many signals, whose terms are circuits that the engine's bodies answer for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from wrpc.override import override
from wrpc.policy.model import Route
from wrpc.solver.decision import Encoded
from wrpc.solver.index.again import Backed
from wrpc.solver.index.encode import Indexing
from wrpc.solver.index.engine import Engine, Request
from wrpc.solver.index.leaves import Leaves
from wrpc.solver.index.realise import Unsettled
from wrpc.solver.room import Answer, Confirm, Line
from wrpc.solver.terms import Term, conj, negate

if TYPE_CHECKING:
    from wrpc.solver.reference import Reference

IMPOSSIBLE, POSSIBLE = Answer("impossible"), Answer("possible")


class Wide(Backed):
    def __init__(self, engine: Engine, *, failures: bool, reference: Callable[[], Reference]) -> None:
        super().__init__(engine.table.policy, failures=failures, reference=reference)
        self.engine = engine
        self.space = Leaves(engine.table, failures=failures)
        self.decision = Encoded(self.policy, Indexing(self.space), self.define)

    @cached_property
    def allowed(self) -> Term:
        """What is so of every request of the space."""
        for group in self.policy.groups.values():
            self.space.fires(group.members[0])
        axioms = Indexing(self.space, meanings=False)
        assumed = [negate(axioms.condition(a.condition).false) for a in self.policy.assumptions.values()]
        return conj([*self.space.axioms, *assumed])

    def found(self, terms: Sequence[Term], *, shown: bool = True) -> Request | None:
        """A request of the space for which all of the terms hold; the interpreter has not seen it. Raises Unsettled."""
        return self.engine.found([self.allowed, *terms], failures=self.failures, shown=shown)

    def possible(self, term: Term, confirm: Confirm) -> Answer:
        try:
            request = self.found([term])
        except Unsettled as unsettled:
            if self.engine.hard():
                return _open(unsettled)
            request = {}
        if request is None:
            return IMPOSSIBLE
        if request and self._confirmed(request, confirm):
            return Answer("possible", request)
        return self.reference.possible(self.again(term), confirm)

    @override
    def among(self, terms: Sequence[Term]) -> Iterator[int]:
        """Clauses show one request after the other, each of some of the terms; diagrams are asked by halves."""
        if self.engine.body == "diagrams":
            yield from super().among(terms)
            return
        found = [i for i, term in enumerate(terms) if self.engine.tried([self.allowed, term])]
        rest = sorted(set(range(len(terms))).difference(found))
        asked = self.engine.each([self.allowed], [terms[i] for i in rest], failures=self.failures) if rest else ()
        yield from sorted([*found, *(rest[i] for so, _ in asked for i in so)])

    @override
    def each(self, terms: Sequence[Term], confirms: Sequence[Confirm]) -> Iterator[tuple[int, Answer]]:
        if self.engine.body == "diagrams":
            yield from super().each(terms, confirms)
            return
        found: dict[int, Answer] = {}
        for i, term in enumerate(terms):
            request = self.engine.sampled([self.allowed, term], failures=self.failures)
            if request is not None and self._confirmed(request, confirms[i]):
                found[i] = Answer("possible", request)
        rest = [i for i in range(len(terms)) if i not in found]
        asked = self.engine.each([self.allowed], [terms[i] for i in rest], failures=self.failures) if rest else ()
        for so, request in asked:
            for i in (rest[k] for k in so):
                known = request is not None and self._confirmed(request, confirms[i])
                found[i] = Answer("possible", request) if known else self.possible(terms[i], confirms[i])
        yield from ((i, found[i]) for i in sorted(found) if not found[i].impossible)

    @override
    def seen(self, term: Term) -> int | None:
        return self.engine.seen([self.allowed, term])

    def settle(self, term: Term) -> Answer:
        return self.settled([term])

    def settled(self, terms: Sequence[Term]) -> Answer:
        """As `settle`, of all of the terms together."""
        try:
            return POSSIBLE if self.engine.possible([self.allowed, *terms], failures=self.failures) else IMPOSSIBLE
        except Unsettled as unsettled:
            return _open(unsettled) if self.engine.hard() else self.reference.settle(self.again(conj(terms)))

    def blamed(self, term: Term, parts: Sequence[Term]) -> list[int]:
        try:
            found = self.engine.blamed([self.allowed, term], parts)
            if found is not None:
                return found
            if self.found([term, *parts]) is not None:
                return []  # they do not
        except Unsettled:
            if self.engine.hard():
                return []
            return self.reference.blamed(self.again(term), [self.again(p) for p in parts])
        return self.engine.blamed([self.allowed, term], parts) or []  # what was refuted in the meantime counts

    @override
    def remaining(self, wanted: Collection[str]) -> Mapping[str, Answer]:
        """Samples first. What nothing is left to does not count for those behind it: what it holds for, others do."""
        d = self.decision
        self.engine.sample(lambda: [d.condition(r).true for r in self.policy.routes.values()])
        found: dict[str, Answer] = {}
        for rank, group in enumerate(self.policy.ranked):
            earlier = negate(d.earlier(rank))
            asked = [route for route in group if route.name in wanted]
            found |= {route.name: self.left(conj([d.holds(route), earlier])) for route in asked}
            d.covered.update(route.name for route in asked if found[route.name].impossible)
        return found

    def left(self, term: Term) -> Answer:
        """As `settle`, with a request as it is found."""
        if term is False:
            return IMPOSSIBLE
        try:
            request = self.found([term], shown=False)
        except Unsettled as unsettled:
            return _open(unsettled) if self.engine.hard() else self.reference.settle(self.again(term))
        return IMPOSSIBLE if request is None else Answer("possible", request)

    def line(self) -> Line:
        return _Line(self)


def _open(why: Unsettled) -> Answer:
    return Answer("open", why=str(why))


class _Line(Line):
    """What is left is a term as well."""

    def __init__(self, room: Wide) -> None:
        self._room = room
        self._left: Term = True

    def holds(self, route: Route) -> Term:
        return self._room.decision.holds(route)

    def named(self, label: str, term: Term) -> Term:
        return self._room.define(label, term)

    def settle(self, term: Term) -> Answer:
        return self._room.settled([self._left, term])

    def ask(self, term: Term) -> Answer:
        return self._room.left(conj([self._left, term]))

    def exclude(self, term: Term) -> None:
        self._left = conj([self._left, negate(term)])
