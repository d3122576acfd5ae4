"""Sets of requests, whichever body answers for them: union, intersection, complement, emptiness, equality; one request
of a set, the cells of a signal that occur in it, how many points it has.

    ground = Ground(policy, failures=False)
    taken = ground.requests(ground.reads(policy).takes(route))
    if taken - covered: ...
    for value in taken.cells("tokens"): ...

A *ground* is the space of requests of one policy, or one that several policies read (`readers`; its signals and groups
are then the first argument's). Each policy's decision is given as terms over it, and any term is a set. What holds of a
set is exact; where neither the bodies nor Z3 come to an end within their limits, `Unsettled` is raised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from wrpc.decide.request import RequestValue
from wrpc.policy.expr import Interval
from wrpc.policy.model import Policy
from wrpc.solver.decision import Encoded
from wrpc.solver.index.encode import Indexing
from wrpc.solver.index.engine import Body, Engine
from wrpc.solver.index.leaves import Leaves
from wrpc.solver.index.own import Own
from wrpc.solver.index.realise import Unsettled
from wrpc.solver.limits import NODES, RESOURCES
from wrpc.solver.terms import Term, conj, disj, negate, same

if TYPE_CHECKING:
    from wrpc.solver.index.wide import Wide

__all__ = ["Ground", "Requests", "Unsettled"]


class Ground:
    """`failures`: whether requests are among it of which signals failed. `body` and `nodes` are for tests."""

    def __init__(
        self,
        space: Policy,
        readers: Sequence[Policy] = (),
        *,
        failures: bool,
        resources: int = RESOURCES,
        nodes: int = NODES,
        body: Body = "diagrams",
    ) -> None:
        self.space = space
        self.failures = failures
        self.engine = Engine(space, resources=resources, nodes=nodes, body=body, readers=readers)
        self._readings: dict[int, Encoded] = {}
        self._leaves: dict[int, Leaves] = {}
        self.admitted: Term = conj(self.axioms(space))

    @classmethod
    def of(cls, room: Wide) -> Ground:
        """The ground of a room, with what it knows already."""
        found = cls.__new__(cls)
        found.space, found.failures, found.engine = room.policy, room.failures, room.engine
        found._readings = {id(room.policy): room.decision}
        found._leaves = {id(room.policy): room.space}
        found.admitted = room.allowed
        return found

    def leaves(self, reader: Policy) -> Leaves:
        """The signals as a policy takes them: when a score fires, what a failure means and what a group settles are its
        own."""
        if id(reader) not in self._leaves:
            seen = reader
            if reader is not self.space:
                seen = replace(reader, signals={**self.space.signals, **reader.signals})
            self._leaves[id(reader)] = Leaves(self.engine.table, failures=self.failures, reader=seen)
        return self._leaves[id(reader)]

    def reads(self, reader: Policy) -> Encoded:
        """The decision of a policy on all requests, as terms."""
        if id(reader) not in self._readings:
            self._readings[id(reader)] = Encoded(reader, Indexing(self.leaves(reader)), _named)
        return self._readings[id(reader)]

    def axioms(self, reader: Policy) -> list[Term]:
        """What is so of every request that a policy admits."""
        leaves = self.leaves(reader)
        for group in leaves.policy.groups.values():
            leaves.fires(group.members[0])
        plain = Indexing(leaves, meanings=False)
        assumed = [negate(plain.condition(a.condition).false) for a in leaves.policy.assumptions.values()]
        return [*leaves.axioms, *assumed]

    def requests(self, term: Term) -> Requests:
        return Requests(self, term)

    def cell(self, name: str, cell: int) -> Requests:
        """The requests of which a signal's value lies in one of its cells."""
        return Requests(self, self.engine.table.cells(name, 1 << cell))

    def failed(self, name: str) -> Requests:
        return Requests(self, self.leaves(self.space).failed(name))

    @cached_property
    def all(self) -> Requests:
        return Requests(self, True)


class Requests:
    """A set of requests of a ground. `term` holds of just these."""

    __hash__ = None  # type: ignore[assignment]  # equal sets need not be made alike

    def __init__(self, ground: Ground, term: Term) -> None:
        self.ground = ground
        self.term = term

    def __and__(self, other: Requests) -> Requests:
        return Requests(self.ground, conj([self.term, other.term]))

    def __or__(self, other: Requests) -> Requests:
        return Requests(self.ground, disj([self.term, other.term]))

    def __sub__(self, other: Requests) -> Requests:
        return Requests(self.ground, conj([self.term, negate(other.term)]))

    def __invert__(self) -> Requests:
        return Requests(self.ground, negate(self.term))

    def __bool__(self) -> bool:
        """There is a request in it."""
        ground = self.ground
        return ground.engine.possible([ground.admitted, self.term], failures=ground.failures)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Requests):
            return NotImplemented
        return not Requests(self.ground, negate(same(self.term, other.term)))

    def __le__(self, other: Requests) -> bool:
        return not self - other

    def request(self) -> Mapping[str, RequestValue] | None:
        """One of them, where diagrams answer with as many signals as possible as absent ones are; None where there is
        none. The interpreter has not seen it."""
        ground = self.ground
        return ground.engine.found([ground.admitted, self.term], failures=ground.failures)

    def cells(self, name: str) -> list[int]:
        """The cells of a signal that occur, by number: what `value` and `interval` say of them. A set's names and a
        failure are no cells."""
        return self.ground.engine.cells([self.ground.admitted, self.term], name, failures=self.ground.failures)

    def value(self, name: str, cell: int) -> RequestValue:
        """A value of a cell, the roundest."""
        return self.ground.engine.table.domains[name].values[cell]

    def interval(self, name: str, cell: int) -> Interval:
        """All values of a cell of a number."""
        return self.ground.engine.table.domains[name].intervals[cell]

    def points(self) -> int | None:
        """How many ways there are to choose a cell of each signal, or that it failed; None where cells do not settle
        which requests are in it, or diagrams do not."""
        return self.ground.engine.points([self.ground.admitted, self.term], failures=self.ground.failures)


def _named(label: str, term: Term) -> Term:
    return term.named(label) if isinstance(term, Own) else term
