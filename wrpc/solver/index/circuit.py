"""Terms of many signals: how each was made, and nothing else. What it holds for, a body says when it is asked
(`diagrams.py`, `clauses.py`).

A leaf is a set of cells of one signal, a failure, a name of a set, or a claim about values that no cell decides (an
`Atom`: a sum below a bound, a string before another).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from wrpc.override import override
from wrpc.solver.index.own import Own

if TYPE_CHECKING:
    from wrpc.solver.index.realise import Values


class Atom:
    """A claim about the values of some signals, and what makes the reference's term of it (`realise.py`). `failures`:
    of which room, None where both read it alike."""

    __slots__ = ("failures", "make", "number", "signals")

    def __init__(
        self, number: int, signals: frozenset[str], make: Callable[[Values], Any], failures: bool | None
    ) -> None:
        self.failures = failures
        self.number = number
        self.signals = signals
        self.make = make


class Circuit(Own):
    """`operation` is "and" or "or" of parts, "not" of one, "named" (a label and a term), "leaf" (a function from the
    reference room to its term, and a term), "cells" (a signal and a set of its cells), "failed" (a signal), "member"
    (a signal and a name), "atom" (an Atom). `diagram` and `literal` are what the bodies have made of it."""

    __slots__ = ("diagram", "literal", "negation")

    def __init__(self, operation: str, parts: tuple[Any, ...]) -> None:
        self.operation = operation
        self.parts = parts
        self.negation: Circuit | None = None
        self.diagram: Any = None
        self.literal = 0

    @override
    def conj(self, parts: Sequence[Own]) -> Circuit | bool:
        return Circuit("and", tuple(parts))

    @override
    def disj(self, parts: Sequence[Own]) -> Circuit | bool:
        return Circuit("or", tuple(parts))

    @override
    def negated(self) -> Circuit:
        found = self.negation
        if found is None:
            found = self.negation = Circuit("not", (self,))
            found.negation = self
        return found

    @override
    def named(self, label: str) -> Circuit:
        return self if self.operation == "named" else Circuit("named", (label, self))

    @override
    def leaf(self, make: Callable[[Any], Any]) -> Circuit:
        return Circuit("leaf", (make, self))

    @property
    def inside(self) -> tuple[Circuit, ...]:
        """The terms that it is made of."""
        operation = self.operation
        if operation in ("and", "or", "not"):
            return self.parts
        return (self.parts[1],) if operation in ("named", "leaf") else ()
