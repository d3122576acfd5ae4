"""Shares of which only some sums are known, and the least and the most that another sum of them can be.

Exactly: a linear program over fractions, which Z3's simplex solves.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import z3

from wrpc.solver.limits import RESOURCES
from wrpc.solver.stats import answered
from wrpc.values import value


@value
class Sum:
    """The shares of these numbers add up to `is_`."""

    of: tuple[int, ...]
    is_: Fraction


class Mixing:
    """So many shares, each 0 or more, under sums."""

    def __init__(self, count: int, sums: Sequence[Sum], *, resources: int = RESOURCES) -> None:
        self._shares = [z3.Real(f"s{i}") for i in range(count)]
        self._asked = z3.Optimize()
        self._asked.set("rlimit", resources)
        for share in self._shares:
            self._asked.add(share >= 0)
        for each in sums:
            self._asked.add(z3.Sum([self._shares[i] for i in each.of]) == _number(each.is_))

    def possible(self) -> bool | None:
        """Some shares add up so; None where the solver gives up."""
        answered("z3")
        verdict = self._asked.check()
        return None if verdict == z3.unknown else bool(verdict == z3.sat)

    def most(self, weights: Sequence[Fraction]) -> Fraction | None:
        """The most that the weighted sum of all shares can be; None where the solver gives up. Some shares have to be
        possible, and every share that has a weight has to stand in a sum."""
        answered("z3")
        terms = [_number(w) * s for w, s in zip(weights, self._shares, strict=True) if w]
        if not terms:
            return Fraction(0)
        self._asked.push()
        try:
            goal = self._asked.maximize(z3.Sum(terms))
            if self._asked.check() != z3.sat:
                return None
            return _exact(self._asked.upper(goal))
        finally:
            self._asked.pop()

    def least(self, weights: Sequence[Fraction]) -> Fraction | None:
        most = self.most([-w for w in weights])
        return None if most is None else -most


def _number(number: Fraction) -> Any:
    return z3.RealVal(str(number))


def _exact(number: Any) -> Fraction | None:
    text = str(number)
    return Fraction(text) if text.lstrip("-").replace("/", "").isdigit() else None
