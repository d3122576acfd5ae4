"""One concrete request inside a solver's room: every variable of every signal is set to what the request says."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.decide.request import RequestValue
from wrpc.policy.model import Bool, Enum, Int, Set, String
from wrpc.solver.encode import _string
from wrpc.solver.reference import Reference
from wrpc.solver.space import Variables, number
from wrpc.solver.terms import Term, conj, negate


def variables(room: Reference) -> None:
    """Make the variables of all signals, read or not, with their axioms."""
    for name in room.policy.signals:
        room.space.of(name)
    room.space.constrain_groups()


def fixed(room: Reference, request: Mapping[str, RequestValue]) -> Term:
    return conj(term for name, value in request.items() for term in _equals(room.space.of(name), value))


def _equals(v: Variables, value: RequestValue) -> list[Term]:
    if value is None:
        return [v.failed]
    known = [negate(v.failed)]
    match v.signal.type:
        case Bool():
            return [*known, v.value == bool(value)]
        case Enum(names):
            return [*known, *(v.members[n] == (n == value) for n in names)]
        case Set(names):
            assert isinstance(value, frozenset)
            return [*known, *(v.members[n] == (n in value) for n in names)]
        case String():
            assert isinstance(value, str)
            return [*known, v.value == (_string(value) if v.cells is None else v.cells.of(value))]
        case Int():
            return [*known, v.value == int(value)]  # type: ignore[arg-type]  # a number by its type
        case _:
            return [*known, v.value == number(value)]  # type: ignore[arg-type]  # as above
