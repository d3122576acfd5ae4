"""What all rooms of a policy share: its leaves, and the bodies that answer, one after the other.

Diagrams answer until their nodes are spent; from then on clauses do. What either finds is a way for leaves to hold;
where atoms are among them, Z3 looks for values, and what it refutes both are told of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from wrpc.decide.request import RequestValue
from wrpc.policy.model import Policy
from wrpc.solver.index.circuit import Circuit
from wrpc.solver.index.leaves import Table
from wrpc.solver.index.realise import Found, Unsettled, Values
from wrpc.solver.limits import NODES, ROUNDS
from wrpc.solver.terms import Term

if TYPE_CHECKING:
    from wrpc.solver.index.clauses import Clauses
    from wrpc.solver.index.diagrams import Diagrams

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
    ) -> None:
        self.table = Table(policy, readers)
        self.answered: Counter[str] = Counter()
        self._resources = resources
        self._nodes = nodes
        self.body: Body = body
        self._refuted: list[list[tuple[Circuit, bool]]] = []

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

    def found(self, terms: Sequence[Term], *, failures: bool) -> Request | None:
        """A request for which all of the terms hold, of a room with or without failures. Raises Unsettled."""
        both = self.both(terms, failures=failures)
        return None if both is None else both[0]

    def both(self, terms: Sequence[Term], *, failures: bool | None = None) -> tuple[Request, Request] | None:
        """As `found`, and the same with the values that the failed signals would have; of terms of both rooms where
        `failures` is None."""
        if any(term is False for term in terms):
            return None
        for _ in range(ROUNDS):
            way = self._way(terms)
            if way is None:
                return None
            if failures is False:
                way.failed.clear()  # what no term reads
            if failures is not None:
                for number in [n for n in way.atoms if self.table.atoms[n].failures is (not failures)]:
                    del way.atoms[number]
            values = self.values.realised(way) if way.atoms else {}
            if isinstance(values, dict):
                real = {**way.values(self.table), **values}
                return {name: None if way.failed.get(name) else value for name, value in real.items()}, real
            self._refute([(self.table.leaf_of(literal), literal[3]) for literal in values])
        raise Unsettled(f"more than {ROUNDS} ways of what sums and strings may be are refuted")

    def _way(self, terms: Sequence[Term]) -> Found | None:
        if self.body == "diagrams":
            from wrpc.solver.index.diagrams import Spent

            try:
                self.answered["diagrams"] += 1
                return self._diagrams.found(terms)
            except Spent:
                self._give_up()
        self.answered["clauses"] += 1
        return self._clauses.found(terms)

    def _give_up(self) -> None:
        self.answered["diagrams"] -= 1
        self.body = "clauses"
        del self._diagrams

    def _refute(self, leaves: list[tuple[Circuit, bool]]) -> None:
        self._refuted.append(leaves)
        if self.body == "diagrams":
            self._diagrams.refuted(leaves)
        else:
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
        if self.body == "diagrams" and not self.table.speaks_of_atoms:
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
            if self.found([conj([*terms, there])], failures=failures) is None:
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
