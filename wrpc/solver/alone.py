"""Z3's solver in a context of its own.

What Z3 finds first hangs on the numbers that it gave to terms, and those on all that was ever made in a context: in one
of its own the same questions have the same answers, whatever else the process asked before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import z3

from wrpc.solver.terms import Term


class Context:
    """Terms are made as ever, and translated where they are asserted."""

    def __init__(self, resources: int) -> None:
        self._context = z3.Context()
        self._resources = resources
        self._known: dict[int, tuple[Term, Term]] = {}  # by number in the main context; both are kept

    def solver(self) -> Solver:
        made = z3.SimpleSolver(ctx=self._context)
        made.set("rlimit", self._resources)
        made.set("random_seed", 0)
        return Solver(made, self)

    def of(self, term: Term) -> Term:
        """The term in this context, made once."""
        if isinstance(term, bool):
            return z3.BoolVal(term, self._context)
        number = term.get_id()
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = term, term.translate(self._context)
        return found[1]


class Solver:
    def __init__(self, solver: z3.Solver, context: Context) -> None:
        self._solver = solver
        self._context = context
        self.push, self.pop, self.reason_unknown = solver.push, solver.pop, solver.reason_unknown

    def add(self, *terms: Term) -> None:
        self._solver.add(*map(self._context.of, terms))

    def check(self, *names: Term) -> z3.CheckSatResult:
        return self._solver.check(*map(self._context.of, names))

    def model(self) -> z3.ModelRef:
        """Of the terms as they were made."""
        return self._solver.model().translate(z3.main_ctx())

    def blamed(self, names: Sequence[Term]) -> list[int]:
        """Those of the names, by index, that the last answer leans on."""
        core: set[Any] = {c.ast.value for c in self._solver.unsat_core()}
        return [i for i, name in enumerate(names) if self._context.of(name).ast.value in core]
