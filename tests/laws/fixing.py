"""One concrete request inside a solver's room: every variable of every signal is set to what the request says."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.decide.request import RequestValue
from wrpc.decide.strings import Cells
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
    lines: dict[int, set[str]] = {}
    for name, value in request.items():
        if isinstance(value, str) and (cells := room.space.of(name).cells) is not None:
            lines.setdefault(id(cells), set()).add(value)
    return conj(term for name, value in request.items() for term in _equals(room.space.of(name), value, lines))


def _cell(cells: Cells, text: str, line: set[str]) -> int:
    """Where a string lies among all that lie on the line: in a gap the least comes first."""
    first = cells.of(text)
    return first + sum(other < text for other in line if cells.of(other) == first)


def _equals(v: Variables, value: RequestValue, lines: Mapping[int, set[str]]) -> list[Term]:
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
            if v.cells is None:
                return [*known, v.value == _string(value)]
            return [*known, v.value == _cell(v.cells, value, lines[id(v.cells)])]
        case Int():
            return [*known, v.value == int(value)]  # type: ignore[arg-type]  # a number by its type
        case _:
            return [*known, v.value == number(value)]  # type: ignore[arg-type]  # as above
