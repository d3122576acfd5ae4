"""Rooms of the index's own terms, behind which the reference stands, and terms made again as the reference's."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from wrpc.policy.model import Policy
from wrpc.solver.index.own import Own
from wrpc.solver.room import Room
from wrpc.solver.terms import Term, conj, disj, negate

if TYPE_CHECKING:
    from wrpc.solver.reference import Reference


class Backed(Room):
    """`reference` makes the room that answers what this one cannot; it is not made before it is needed."""

    def __init__(self, policy: Policy, *, failures: bool, reference: Callable[[], Reference]) -> None:
        super().__init__(policy, failures=failures)
        self._make = reference

    @cached_property
    def reference(self) -> Reference:
        return self._make()

    def define(self, label: str, term: Term) -> Term:
        """A name that the term has once it is made again."""
        return term.named(label) if isinstance(term, Own) else term

    def again(self, term: Term) -> Term:
        """The term as the reference has it."""
        return self._translated.of(term)

    @cached_property
    def _translated(self) -> Translation:
        return Translation(self.reference, self.reference.define)


class Translation:
    """Each once."""

    def __init__(self, room: Reference, define: Callable[[str, Term], Term]) -> None:
        self._room = room
        self._define = define
        self._made: dict[int, tuple[Own, Term]] = {}  # the term is kept, so that its address stays its own

    def of(self, term: Term) -> Term:
        if isinstance(term, bool):
            return term
        todo: list[Own] = [term]
        while todo:
            last = todo[-1]
            missing = [p for p in last.parts if isinstance(p, Own) and id(p) not in self._made]
            if missing and last.operation != "leaf":
                todo += missing
            else:
                todo.pop()
                if id(last) not in self._made:
                    self._made[id(last)] = last, self._one(last)
        return self._made[id(term)][1]

    def _one(self, term: Own) -> Term:
        match term.operation:
            case "and":
                return conj(self._made[id(p)][1] for p in term.parts)
            case "or":
                return disj(self._made[id(p)][1] for p in term.parts)
            case "not":
                return negate(self._made[id(term.parts[0])][1])
            case "named":
                return self._define(term.parts[0], self._made[id(term.parts[1])][1])
            case "leaf":
                return term.parts[0](self._room)
            case _:
                raise AssertionError(term.operation)
