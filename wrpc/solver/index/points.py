"""The signals of a request as sets of points of a universe. What is not followed may be anything anywhere."""

from __future__ import annotations

from collections.abc import Sequence

from wrpc.override import override
from wrpc.policy.expr import Interval, Text
from wrpc.policy.intervals import overlap
from wrpc.solver.index.bits import Bits
from wrpc.solver.index.signals import Measure, Signals, holds, spanned
from wrpc.solver.index.universe import Universe
from wrpc.solver.terms import Term, conj, disj, negate


class Points(Signals):
    """Terms over the universe."""

    def __init__(self, universe: Universe, *, failures: bool) -> None:
        super().__init__()
        self.universe = universe
        self.domains = universe.domains
        self.policy = universe.policy
        self.failures = failures
        self._anything = Bits(universe.full, universe.full, 0, "anything", ())

    @property
    def anything(self) -> Term:
        return self._anything

    def at(self, name: str, cells: int) -> Term:
        points = self.universe.at(name, cells)
        if points in (0, self.universe.full):
            return bool(points)
        return Bits(self.universe.full, points, points, "cells", ())

    def failed(self, name: str) -> Term:
        if not self.failures or not self.policy.signals[name].can_fail:
            return False
        domain = self.domains.get(name)
        return self._anything if domain is None else self.at(name, domain.failed)

    def member(self, name: str, member: str) -> Term:
        domain = self.domains.get(name)
        if domain is None:
            return self._anything
        return self.at(
            name, sum(1 << i for i, v in enumerate(domain.values) if isinstance(v, frozenset) and member in v)
        )

    def related(self, node: Text, names: Sequence[str]) -> Term:  # noqa: ARG002  it is not followed
        return self._anything

    @override
    def within(self, number: Measure, ranges: Sequence[Interval], *, meanings: bool) -> Term:
        """Surely inside where no piece that may apply reaches beyond the ranges."""
        inside = [term for interval, term in number.pieces if any(overlap(interval, r) for r in ranges)]
        outside = [term for interval, term in number.pieces if not any(holds(r, interval) for r in ranges)]
        if number.scale is not None:
            where, name = number.scale.where, number.scale.domain.signal.name
            reaching, within = spanned(number.scale, ranges)
            inside.append(conj([where, self.at(name, reaching)]))
            outside.append(conj([where, negate(self.at(name, within))]))
        full = self.universe.full
        may = _may(disj(inside), full)
        must = full & ~_may(disj(outside), full)
        if may == must:
            must = may
        if not may:
            return False
        return True if must == full else Bits(full, may, must, "within", ())


def _may(term: Term, full: int) -> int:
    return term.may if isinstance(term, Bits) else full if term else 0
