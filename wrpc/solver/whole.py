"""Whole numbers from 0 up under linear bounds: a solution, the least of a sum, and bounds that clash.

A row bounds a sum. Its terms are variables by number, and sets of variables that count 1 where any of them is at least
1. The least of a sum is approached from below: the same rows over real numbers give a bound that most often is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Any

import z3

from wrpc.solver.limits import PLACING
from wrpc.solver.stats import answered
from wrpc.values import value

Term = int | frozenset[int]
Terms = tuple[tuple[Fraction, Term], ...]
Values = tuple[int, ...]


@value
class Row:
    """`low` ≤ the sum of `terms` ≤ `high`; None is no bound."""

    terms: Terms
    low: Fraction | None = None
    high: Fraction | None = None


class Undecided(Exception):
    """The solver gives up within its limit; the text is its reason."""


def total(terms: Terms, values: Sequence[int]) -> Fraction:
    """What a sum is for these values."""
    return sum((c * _amount(term, values) for c, term in terms), Fraction(0))


def holds(row: Row, values: Sequence[int]) -> bool:
    found = total(row.terms, values)
    return (row.low is None or row.low <= found) and (row.high is None or found <= row.high)


def _amount(term: Term, values: Sequence[int]) -> int:
    return values[term] if isinstance(term, int) else int(any(values[at] > 0 for at in term))


class Whole:
    """A problem that grows. `most` bounds each variable, None where nothing does."""

    def __init__(self, most: Sequence[int | None], rows: Iterable[Row] = (), *, resources: int = PLACING) -> None:
        self._most = most
        self._resources = resources
        self._made = _Made(most, z3.Int, _solver(resources))
        self._rows: list[Row] = []
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """For good."""
        self._rows.append(row)
        for bound in self._made.bounds(row):
            self._made.solver.add(bound)

    def find(self, *options: Sequence[Row]) -> Values | None:
        """Values for which every row holds, and all rows of one of the options where there are any; None where there
        are none. Raises Undecided."""
        solver = self._made.solver
        answered("z3")
        solver.push()
        try:
            if options:
                solver.add(z3.Or([z3.And([b for row in rows for b in self._made.bounds(row)]) for rows in options]))
            verdict = solver.check()
            if verdict == z3.unknown:
                raise Undecided(solver.reason_unknown())
            return self._made.values(solver.model()) if verdict == z3.sat else None
        finally:
            solver.pop()

    def least(self, terms: Terms, found: Values | None = None) -> Values | None:
        """Values for which a sum is least, and the row that it stays so; None where there are none at all. `found`:
        values that the caller knows to do. Raises Undecided."""
        best = self.find() if found is None else found
        if best is None:
            return None
        unit = _unit(terms)
        if unit is None:
            return best
        high, low = total(terms, best) / unit, ceil(self._below(terms) / unit)
        step = 0
        while low < high:
            # The bound itself first, then in growing steps, and by halves once those are the longer way.
            at = Fraction(min(low + step, (low + floor(high)) // 2) if step else low)
            better = self.find([Row(terms, None, at * unit)])
            if better is None:
                low, step = int(at) + 1, max(1, 2 * step)
            else:
                best, high = better, total(terms, better) / unit
        self.add(Row(terms, None, high * unit))
        return best

    def _below(self, terms: Terms) -> Fraction:
        """No solution makes the sum less."""
        asked = z3.Optimize()
        asked.set("rlimit", self._resources)
        made = _Made(self._most, z3.Real, asked)
        for row in self._rows:
            for bound in made.bounds(row):
                asked.add(bound)
        goal = asked.minimize(made.sum(terms))
        if asked.check() != z3.sat:
            return Fraction(0) if all(c >= 0 for c, _ in terms) else -self._above(terms)
        # An infinite or infinitesimal bound is none of a sum over bounded variables.
        text = str(asked.lower(goal))
        return Fraction(text) if text.lstrip("-").replace("/", "").isdigit() else -self._above(terms)

    def _above(self, terms: Terms) -> Fraction:
        return sum((abs(c) * max((self._most[at] or 0) for at in _of(term)) for c, term in terms), Fraction(0))


@value
class Clash:
    """Groups, by number, that cannot hold together. Without any one of them the others can, but for those of `unsure`:
    of these the solver does not tell within its limit."""

    groups: tuple[int, ...]
    unsure: frozenset[int] = frozenset()


def clash(most: Sequence[int | None], groups: Sequence[Sequence[Row]], *, resources: int = PLACING) -> Clash | None:
    """Groups that cannot hold together; None where all can.

    A group is left out of the answer where the others do without it, the last first. Raises Undecided where the solver
    does not tell whether all can.
    """
    every = range(len(groups))
    # Most clashes are clashes over real numbers too, where a question costs next to nothing.
    among = _clashing(_Guarded(most, groups, every, z3.Real, resources), every, sure=False)
    kept = every if among is None else among.groups
    return _clashing(_Guarded(most, groups, kept, z3.Int, resources), kept, sure=True)


class _Guarded:
    """Groups of rows, each asserted by its name."""

    def __init__(
        self, most: Sequence[int | None], groups: Sequence[Sequence[Row]], among: Iterable[int], number: Any,
        resources: int,
    ) -> None:  # fmt: skip
        made = _Made(most, number, _solver(resources, "QF_LIA" if number is z3.Int else "QF_LRA"))
        self._solver = made.solver
        self._names = {at: z3.Bool(f"group {at}") for at in among}
        self._number = {name.ast.value: at for at, name in self._names.items()}
        for at, name in self._names.items():
            for row in groups[at]:
                for bound in made.bounds(row):
                    self._solver.add(z3.Implies(name, bound))

    def together(self, among: Iterable[int]) -> list[int] | None:
        """Those of them that clash; None where they do not. Raises Undecided."""
        answered("z3")
        verdict = self._solver.check(*(self._names[at] for at in among))
        if verdict == z3.unknown:
            raise Undecided(self._solver.reason_unknown())
        if verdict == z3.sat:
            return None
        return sorted(self._number[name.ast.value] for name in self._solver.unsat_core())


def _clashing(asked: _Guarded, every: Iterable[int], *, sure: bool) -> Clash | None:
    try:
        core = asked.together(every)
    except Undecided:
        if sure:
            raise
        core = None
    if core is None:
        return None
    needed: list[int] = []
    unsure: list[int] = []
    while core:
        last = core.pop()
        try:
            smaller = asked.together([*core, *needed, *unsure])
        except Undecided:
            unsure.append(last)
            continue
        if smaller is None:
            needed.append(last)
        else:
            core = [at for at in smaller if at not in needed and at not in unsure]
            unsure = [at for at in unsure if at in smaller]
    # Beside fewer groups the solver may tell.
    for at in tuple(unsure):
        if at not in unsure:
            continue
        try:
            smaller = asked.together([*needed, *(other for other in unsure if other != at)])
        except Undecided:
            continue
        if smaller is None:
            unsure.remove(at)
            needed.append(at)
        else:
            unsure = [other for other in unsure if other in smaller]
    return Clash(tuple(sorted((*needed, *unsure))), frozenset(unsure))


class _Made:
    """Rows as terms of Z3, over whole or real numbers."""

    def __init__(self, most: Sequence[int | None], number: Any, solver: Any) -> None:
        self.solver = solver
        self._number = number
        self._most = most
        self._variables = [number(f"x{at}") for at in range(len(most))]
        self._used: dict[frozenset[int], Any] = {}
        for x, high in zip(self._variables, most, strict=True):
            solver.add(x >= 0)
            if high is not None:
                solver.add(x <= high)

    def sum(self, terms: Terms) -> Any:
        if not terms:
            return self._constant(0)
        return z3.Sum([self._constant(c) * self._term(term) for c, term in terms])

    def bounds(self, row: Row) -> list[Any]:
        """With whole coefficients that share no factor, so that a bound is as narrow as whole numbers make it."""
        unit = _unit(row.terms)
        scale = 1 if unit is None else 1 / unit
        terms = tuple((c * scale, term) for c, term in row.terms if c)
        found = []
        if row.low is not None:
            low = ceil(row.low * scale)
            found.append(self.sum(terms) >= low if terms else z3.BoolVal(low <= 0))
        if row.high is not None:
            high = floor(row.high * scale)
            found.append(self.sum(terms) <= high if terms else z3.BoolVal(high >= 0))
        return found

    def values(self, model: Any) -> Values:
        return tuple(model.eval(x, model_completion=True).as_long() for x in self._variables)

    def _constant(self, c: Fraction | int) -> Any:
        return z3.IntVal(int(c)) if self._number is z3.Int else z3.RealVal(str(c))

    def _term(self, term: Term) -> Any:
        if isinstance(term, int):
            return self._variables[term]
        if term not in self._used:
            self._used[term] = self._any(term)
        return self._used[term]

    def _any(self, term: frozenset[int]) -> Any:
        of = [self._variables[at] for at in sorted(term)]
        if self._number is z3.Int:
            return z3.If(z3.Or([x >= 1 for x in of]), z3.IntVal(1), z3.IntVal(0))
        share = z3.Real("used " + " ".join(str(at) for at in sorted(term)))
        self.solver.add(share >= 0, share <= 1, share <= z3.Sum(of))
        for at in sorted(term):
            high = self._most[at]
            if high is not None:
                self.solver.add(self._variables[at] <= high * share)
        return share


def _solver(resources: int, logic: str = "QF_LIA") -> Any:
    solver = z3.SolverFor(logic)  # measured: a fifth of the time of the general one
    solver.set("rlimit", resources)
    solver.set("random_seed", 0)
    return solver


def _unit(terms: Terms) -> Fraction | None:
    """The sum is always a multiple of it; None where it is always 0."""
    given = [c for c, _ in terms if c]
    if not given:
        return None
    scale = lcm(*(c.denominator for c in given))
    return Fraction(gcd(*(int(c * scale) for c in given)), scale)


def _of(term: Term) -> Iterable[int]:
    return (term,) if isinstance(term, int) else term
