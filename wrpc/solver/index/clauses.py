"""The second body, where diagrams grow too large: a term is a literal of a SAT solver, defined by clauses when it is
first asked for. A signal's cells stand in their order: a variable each says that the value lies in it or behind it.

The solver counts conflicts, never seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pysat.solvers import Solver  # type: ignore[import-untyped]  # it has no types

from wrpc.solver.index.bits import runs
from wrpc.solver.index.circuit import Circuit
from wrpc.solver.index.leaves import Related, Table
from wrpc.solver.index.realise import Found, Unsettled
from wrpc.solver.limits import CONFLICTS
from wrpc.solver.terms import Term

SOLVER = "cadical153"
QUICK = {"inprocessing": 0, "rephase": 0}  # questions are many and easy: none pays for a cleaning of the clauses


Key = TypeVar("Key")


class Clauses:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._solver = Solver(name=SOLVER)
        self._solver.configure(QUICK)
        self._add = self._solver.add_clause
        self.conflicts = CONFLICTS
        self._count = 1
        self._true = 1
        self._add([1])
        self._orders: dict[str, int] = {}  # the variable before the first of a signal's
        self._failed: dict[str, int] = {}
        self._members: dict[tuple[str, str], int] = {}
        self._atoms: dict[int, int] = {}
        self._lines = 0
        self._refuted = 0

    def _new(self) -> int:
        self._count += 1
        return self._count

    # ── Terms ─────────────────────────────────────────────────────────────

    def of(self, term: Term) -> int:
        if isinstance(term, bool):
            return self._true if term else -self._true
        if not term.literal:
            self._make(term)
        literal: int = term.literal
        return literal

    def _make(self, term: Circuit) -> None:
        todo = [term]
        while todo:
            last = todo[-1]
            if last.literal:
                todo.pop()
                continue
            parts = last.inside
            missing = [p for p in parts if not p.literal]
            if missing:
                todo += missing
                continue
            todo.pop()
            last.literal = self._one(last, [p.literal for p in parts])

    def _one(self, term: Circuit, parts: list[int]) -> int:
        match term.operation:
            case "and":
                return self._all(parts)
            case "or":
                return -self._all([-p for p in parts])
            case "not":
                return -parts[0]
            case "named" | "leaf":
                return parts[0]
            case "cells":
                return self._cells(*term.parts)
            case "failed":
                return self._leaf(self._failed, term.parts[0])
            case "member":
                return self._leaf(self._members, term.parts)
            case _:
                return self._atom(term.parts[0].number)

    def _all(self, parts: list[int]) -> int:
        if len(parts) == 1:
            return parts[0]
        new, add = self._new(), self._add
        for part in parts:
            add([-new, part])
        add([new, *(-p for p in parts)])
        return new

    def _cells(self, name: str, cells: int) -> int:
        size = self._table.domains[name].size
        parts: list[int] = []
        for first, behind in runs(cells):
            both = [self._at_least(name, first)] if first else []
            both += [-self._at_least(name, behind)] if behind < size else []
            parts.append(self._all(both))
        return -self._all([-p for p in parts])

    def _at_least(self, name: str, cell: int) -> int:
        before = self._orders.get(name)
        if before is None:
            before = self._orders[name] = self._count
            size = self._table.domains[name].size
            self._count += size - 1
            for variable in range(before + 1, before + size - 1):
                self._add([-(variable + 1), variable])
            absent = before + self._table.domains[name].liked[0]
            self._solver.set_phases([v if v <= absent else -v for v in range(before + 1, before + size)])
        return before + cell

    def _leaf(self, among: dict[Key, int], key: Key) -> int:
        if key not in among:
            among[key] = self._new()
            self._solver.set_phases([-among[key]])
        return among[key]

    def _atom(self, number: int) -> int:
        lines = self._table.lines
        while self._lines < len(lines):
            first, second, so = lines[self._lines]
            self._lines += 1
            then = self._claim(second.number)
            self._add([-self._claim(first.number), then if so else -then])
        return self._claim(number)

    def _claim(self, number: int) -> int:
        if number not in self._atoms:
            self._atoms[number] = self._new()
            if isinstance(self._table.atoms[number].make, Related):  # most strings hold none of many words
                self._solver.set_phases([-self._atoms[number]])
        return self._atoms[number]

    # ── Questions ─────────────────────────────────────────────────────────

    def holds(self, terms: Sequence[Term]) -> bool:
        """There is a way for all of the terms to hold. Raises Unsettled."""
        return self._holds([self.of(term) for term in terms])

    def found(self, terms: Sequence[Term]) -> Found | None:
        """A way for all of the terms to hold. Raises Unsettled."""
        if not self.holds(terms):
            return None
        return self._way(self._solver.get_model() or [])

    def each(self, terms: Sequence[Term], among: Sequence[Term]) -> Iterator[tuple[list[int], Found]]:
        """Ways for the terms to hold and with them one of `among`, until each that can has: those that do, and the way.
        One that is refuted before the next is asked for settles nothing. Raises Unsettled."""
        given, literals = [self.of(term) for term in terms], [self.of(term) for term in among]
        # Whether a term is looked for is a variable of its own: one that was found may hold of what is found next, too.
        some, sought = self._new(), [self._new() for _ in literals]
        self._add([-some, *sought])
        for one, literal in zip(sought, literals, strict=True):
            self._add([-one, literal])
        given.append(some)
        left = dict(enumerate(literals))
        while self._holds(given):
            model = self._solver.get_model() or []
            so = [i for i, literal in left.items() if (model[abs(literal) - 1] > 0) == (literal > 0)]
            refuted = self._refuted
            yield so, self._way(model)
            if self._refuted > refuted:
                continue
            for i in so:
                del left[i]
                self._add([-some, -sought[i]])

    def _way(self, model: list[int]) -> Found:
        found = Found(
            failed={name: model[v - 1] > 0 for name, v in self._failed.items()},
            members={key: model[v - 1] > 0 for key, v in self._members.items()},
            atoms={number: model[v - 1] > 0 for number, v in self._atoms.items()},
        )
        for name, before in self._orders.items():
            low, high = 0, self._table.domains[name].size - 1  # the value lies at `low` or behind it, and not beyond
            while low < high:
                middle = (low + high + 1) // 2
                if model[before + middle - 1] > 0:
                    low = middle
                else:
                    high = middle - 1
            found.cells[name] = low
        return found

    def _holds(self, assumptions: list[int]) -> bool:
        if not self.conflicts:
            raise Unsettled("too many questions before it took more than the solvers' limits")
        self._solver.conf_budget(self.conflicts)
        answer = self._solver.solve_limited(assumptions=assumptions)
        if answer is None:
            raise Unsettled(f"it takes more than {self.conflicts:,} conflicts of the SAT solver")
        return bool(answer)

    def liked(self, found: Found) -> None:
        """There are values for this: what is like it is looked at first."""
        phases = [self._atoms[n] if so else -self._atoms[n] for n, so in found.atoms.items() if n in self._atoms]
        for number in found.atoms:
            for name in self._table.atoms[number].signals:
                before = self._orders.get(name)
                if before is not None and name in found.cells:
                    cell = before + found.cells[name]
                    size = self._table.domains[name].size
                    phases += [v if v <= cell else -v for v in range(before + 1, before + size)]
        self._solver.set_phases(phases)

    def refuted(self, leaves: Sequence[tuple[Circuit, bool]]) -> None:
        """These never hold together."""
        self._refuted += 1
        self._add([-self.of(leaf) if so else self.of(leaf) for leaf, so in leaves])

    def blamed(self, terms: Sequence[Term], parts: Sequence[Term], most: int = 12) -> list[int] | None:
        """Few of the parts that leave nothing of the terms; None where they leave something. Where they are many, none
        is left out to see whether the rest suffice."""
        given, literals = [self.of(t) for t in terms], [self.of(p) for p in parts]
        if self._holds([*given, *literals]):
            return None
        core = set(self._solver.get_core() or ())
        kept = [i for i, literal in enumerate(literals) if literal in core]
        for i in reversed(kept) if len(kept) <= most else ():
            rest = [j for j in kept if j != i]
            if not self._holds([*given, *(literals[j] for j in rest)]):
                kept = rest
        return kept
