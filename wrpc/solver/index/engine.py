"""What all rooms of a policy share: its leaves, and the bodies that answer, one after the other.

Diagrams answer until their nodes are spent; from then on clauses do. What either finds is a way for leaves to hold;
where atoms are among them, Z3 looks for values, and what it refutes both are told of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from wrpc.decide.asked import Asked
from wrpc.decide.request import RequestValue
from wrpc.policy.model import Policy
from wrpc.solver.index.circuit import Circuit
from wrpc.solver.index.leaves import Table
from wrpc.solver.index.realise import Found, Unsettled, Values
from wrpc.solver.limits import EASY, HARD, HARDEST, NODES, ROUNDS
from wrpc.solver.stats import answered
from wrpc.solver.terms import Term

if TYPE_CHECKING:
    from wrpc.solver.index.clauses import Clauses
    from wrpc.solver.index.diagrams import Diagrams
    from wrpc.solver.index.samples import Samples

Request = Mapping[str, RequestValue]
Body = Literal["diagrams", "clauses"]


class Engine:
    def __init__(
        self,
        policy: Policy,
        *,
        resources: int,
        nodes: int = NODES,
        body: Body = "diagrams",
        readers: Sequence[Policy] = (),
        asked: Asked | None = None,
    ) -> None:
        """`asked`: what the policy's conditions ask of its signals, where that is known; strings `apart`."""
        self.table = Table(policy, readers, asked)
        self._resources = resources
        self._nodes = nodes
        self.body: Body = body
        self._small = False
        self._hard = 0
        self._refuted: list[list[tuple[Circuit, bool]]] = []
        self._seeds: Callable[[], Sequence[Term]] | None = None

    def sample(self, conditions: Callable[[], Sequence[Term]]) -> None:
        """Before clauses are asked, or values looked for, requests are tried; some for each of the conditions."""
        self._seeds = conditions

    @cached_property
    def _samples(self) -> Samples:
        from wrpc.solver.index.drawn import drawn

        assert self._seeds is not None, "somebody said what to try"
        return drawn(self.table, self._seeds())

    def tried(self, terms: Sequence[Term]) -> int:
        """The samples for which all of the terms hold. A diagram costs as little to ask."""
        if self._seeds is None or (self.body == "diagrams" and not self.table.speaks_of_atoms):
            return 0
        found = self._samples.hold(terms)
        if found:
            answered("samples")
        return found

    def seen(self, terms: Sequence[Term]) -> int | None:
        """As `tried`, of samples that somebody has drawn already; None where nobody has, or nobody can say."""
        return self._samples.known(terms) if "_samples" in self.__dict__ else None

    def sampled(self, terms: Sequence[Term], *, failures: bool) -> Request | None:
        """A sample for which all of the terms hold; None where none does."""
        found = self.tried(terms)
        return self._samples.requests(found, failures)[0] if found else None

    @cached_property
    def _diagrams(self) -> Diagrams:
        from wrpc.solver.index.diagrams import Diagrams

        return Diagrams(self.table, self._nodes)

    @cached_property
    def _clauses(self) -> Clauses:
        from wrpc.solver.index.clauses import Clauses

        made = Clauses(self.table)
        for leaves in self._refuted:
            made.refuted(leaves)
        return made

    @cached_property
    def values(self) -> Values:
        return Values(self.table, self._resources)

    def found(self, terms: Sequence[Term], *, failures: bool, shown: bool = True) -> Request | None:
        """A request for which all of the terms hold, of a room with or without failures; one that is small, where
        somebody is shown it. Raises Unsettled."""
        both = self.both(terms, failures=failures, shown=shown)
        return None if both is None else both[0]

    def both(
        self, terms: Sequence[Term], *, failures: bool | None = None, shown: bool = True
    ) -> tuple[Request, Request] | None:
        """As `found`, and the same with the values that the failed signals would have; of terms of both rooms where
        `failures` is None."""
        if any(term is False for term in terms):
            return None
        if not shown and (some := self.tried(terms)):
            return self._samples.requests(some, failures)
        for _ in range(ROUNDS):
            way = self._way(terms, shown)
            if way is None:
                return None
            found = self._realised(way, failures, shown=shown)
            if found is not None:
                return found
        raise Unsettled(f"more than {ROUNDS} ways of what sums and strings may be are refuted")

    def _realised(self, way: Found, failures: bool | None, *, shown: bool = True) -> tuple[Request, Request] | None:
        """The request, and the same with the values that failed signals would have; None where values refute the way,
        which then is told to the bodies."""
        if failures is False:
            way.failed.clear()  # what no term reads
        if failures is not None:
            for number in [n for n in way.atoms if self.table.atoms[n].failures is (not failures)]:
                del way.atoms[number]
        values = self.values.realised(way, shown=shown) if way.atoms else {}
        if isinstance(values, dict):
            if way.atoms and self.body == "clauses":
                self._clauses.liked(way)
            real = {**way.values(self.table), **values}
            return {name: None if way.failed.get(name) else value for name, value in real.items()}, real
        self._refute([(self.table.leaf_of(literal), literal[3]) for literal in values])
        return None

    def possible(self, terms: Sequence[Term], *, failures: bool) -> bool:
        """There is a request for which all of the terms hold, of a room with or without failures. Raises Unsettled."""
        if self.tried(terms):
            return True
        if self.table.atoms or any(term is False for term in terms):
            return self.found(terms, failures=failures, shown=False) is not None
        if self._by_diagrams(terms):
            from wrpc.solver.index.diagrams import Spent

            try:
                held = self._diagrams.holds(terms)
                answered("diagrams")
                return held
            except Spent:
                self._give_up()
        answered("clauses")
        return self._clauses.holds(terms)

    def _by_diagrams(self, terms: Sequence[Term]) -> bool:
        """Diagrams answer: their budget is not spent, or the terms are small."""
        return self.body == "diagrams" or (self._small and self._diagrams.few(terms))

    def each(
        self, terms: Sequence[Term], among: Sequence[Term], *, failures: bool, shown: bool = True
    ) -> Iterator[tuple[list[int], Request | None]]:
        """Requests for which all of the terms hold and one of `among`, until each that can has: by index those that do,
        or that may where neither clauses nor Z3 say, and then no request. By clauses alone."""
        left = dict.fromkeys(range(len(among)))
        answered("clauses")
        tried = 0
        try:
            for so, way in self._clauses.each(terms, among):
                answered("clauses")
                found = self._realised(way, failures, shown=shown)
                if found is None:
                    tried += 1
                    if tried > ROUNDS:
                        break
                    continue  # it is refuted
                tried = 0
                for i in so:
                    del left[i]
                yield so, found[0]
            else:
                return
        except Unsettled:
            pass
        yield [*left], None

    def _way(self, terms: Sequence[Term], shown: bool) -> Found | None:
        if self._by_diagrams(terms):
            from wrpc.solver.index.diagrams import Spent

            try:
                way = self._diagrams.found(terms, shown=shown)
                answered("diagrams")
                return way
            except Spent:
                self._give_up()
        answered("clauses")
        return self._clauses.found(terms)

    def _give_up(self) -> None:
        """From now on clauses answer; what is small, diagrams as before, once the rest is thrown away."""
        self.body = "clauses"
        self._small = self._diagrams.tidied()

    def hard(self) -> bool:
        """One more question that is not settled. Whether there were so many that Z3 is not asked as well."""
        self._hard += 1
        if self._hard > HARD:
            self._clauses.conflicts = EASY if self._hard <= HARDEST else 0
        return self._hard > HARD

    def _refute(self, leaves: list[tuple[Circuit, bool]]) -> None:
        self._refuted.append(leaves)
        if self.body == "diagrams" or self._small:
            from wrpc.solver.index.diagrams import Spent

            try:
                self._diagrams.refuted(leaves)
            except Spent:  # what they would answer without it is not enough
                self.body, self._small = "clauses", False
        if self.body == "clauses":
            self._clauses.refuted(leaves)

    def blamed(self, terms: Sequence[Term], parts: Sequence[Term]) -> list[int] | None:
        """Few of the parts that leave nothing of the terms; None where they leave something. Raises Unsettled."""
        if self.body == "diagrams":
            from wrpc.solver.index.diagrams import Spent

            try:
                return self._diagrams.blamed(terms, parts)
            except Spent:
                self._give_up()
        return self._clauses.blamed(terms, parts)

    def cells(self, terms: Sequence[Term], name: str, *, failures: bool) -> list[int]:
        """The cells of a signal's value for which all of the terms can hold. Raises Unsettled."""
        from wrpc.solver.terms import conj

        size = self.table.domains[name].size
        if not self.table.speaks_of_atoms and self._by_diagrams(terms):
            from wrpc.solver.index.diagrams import Spent

            try:
                occurring = self._diagrams.cells(terms, name)
                return [cell for cell in range(size) if occurring >> cell & 1]
            except Spent:
                self._give_up()
        found: list[int] = []
        todo = [(0, size)]  # by halves: what is empty is empty at once
        while todo:
            first, behind = todo.pop()
            there = self.table.cells(name, (1 << behind) - (1 << first))
            if not self.possible([conj([*terms, there])], failures=failures):
                continue
            if behind - first == 1:
                found.append(first)
                continue
            middle = (first + behind) // 2
            todo += [(middle, behind), (first, middle)]
        return found

    def points(self, terms: Sequence[Term], *, failures: bool) -> int | None:
        """How many ways there are to choose a cell of each signal, or that it failed, so that all of the terms hold;
        None where diagrams do not say."""
        if self.body != "diagrams":
            return None
        from wrpc.solver.index.diagrams import Spent

        try:
            return self._diagrams.points(terms, failures=failures)
        except Spent:
            self._give_up()
            return None
