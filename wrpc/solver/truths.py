"""What both encodings of expressions say alike: of truths that are known or not, of names, of one destination.

A truth is a pair of terms; what a term is, Z3's or a set of points, only `terms.py` knows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Self, TypeVar

from wrpc.override import override
from wrpc.policy.destination import Destination
from wrpc.policy.expr import (
    All,
    AnswerConfidence,
    Any,
    Caused,
    Condition,
    Constant,
    Cost,
    Failed,
    Fires,
    Meaning,
    Not,
    Outcome,
    Provided,
    fold,
)
from wrpc.policy.model import Policy
from wrpc.policy.numbers import TRUE, Reached, both, costly, numeric, reached
from wrpc.solver.faults import Faults
from wrpc.solver.terms import NotDecidable, Term, Truth, conj, disj, negate

N = TypeVar("N")
Outcomes = Callable[[Outcome], Term]
Planning = Callable[[], Sequence[tuple[Term, Sequence[str]]]]


class Truths(Meaning[Truth, N]):
    """`at(place, outcomes)` is the same for one destination, and for claims over a decision."""

    def __init__(self, policy: Policy, faults: Faults, *, meanings: bool) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self.policy = policy
        self._faults = faults
        self._meanings = meanings
        self._place: Destination | None = None
        self._outcomes: Outcomes | None = None
        self.planning: Planning | None = None
        """The plans of the routes that step 3 would choose, which are asked for the cost of a denial."""

    def at(self, place: Destination | None, outcomes: Outcomes | None = None) -> Self:
        """For one destination and decision. What is named is shared: a `let` reads neither."""
        other = copy(self)
        other._place, other._outcomes = place, outcomes
        return other

    @property
    def failures(self) -> bool:
        return self._faults.failures

    def condition(
        self, condition: Condition | None, *, unknown: bool | None = None, of: Reached | None = None
    ) -> Truth:
        """`unknown`: what an unknown cost or number of a destination counts as; `of`: what a cost is that of."""
        if condition is None:
            return Truth(True, False)
        if self._outcomes is None and of is None and costly(condition):
            return self._planned(condition, unknown)
        return self._asked(condition, unknown, of)

    def _asked(self, condition: Condition, unknown: bool | None, of: Reached | None) -> Truth:
        """One that names no cost, or whose cost is that of `of`."""
        if not numeric(condition):
            return fold(condition, self)
        costs = reached(self.policy) if of is None else of
        certain, possible = both(self.policy, condition, self._place, costs)
        if unknown is not None:
            return fold(possible if unknown else certain, self)
        return Truth(fold(certain, self).true, fold(possible, self).false)

    def _planned(self, condition: Condition, unknown: bool | None) -> Truth:
        """Of a denial: for the plan of the route that would be chosen, one of them where several conflict."""
        assert self.planning is not None, "who encodes decisions says what they plan"
        true, false = [], []
        for term, pools in self.planning():
            reached = [(TRUE, self.policy.pools[p]) for p in pools]
            truth = self.condition(condition, unknown=unknown, of=reached)
            true.append(conj([term, truth.true]))
            false.append(disj([negate(term), truth.false]))
        return Truth(disj(true), conj(false))

    # ── Nodes ─────────────────────────────────────────────────────────────

    def constant(self, node: Constant) -> Truth:
        return Truth.crisp(node.value)

    def fires(self, node: Fires) -> Truth:
        return self._faults.fires(node.signal, meanings=self._meanings)

    def failed(self, node: Failed) -> Truth:
        return Truth.crisp(self._faults.failed(node.signal))

    def caused(self, node: Caused) -> Truth:
        assert self._place is not None, "causes are encoded for a destination"
        return Truth.crisp(self._place.caused(node.cause))

    @override
    def negation(self, node: Not, operand: Truth) -> Truth:
        return Truth(operand.false, operand.true)

    @override
    def all(self, node: All, parts: Sequence[Truth]) -> Truth:
        true = conj(p.true for p in parts)
        return Truth(true, disj(p.false for p in parts)) if self.failures else Truth.crisp(true)

    @override
    def any(self, node: Any, parts: Sequence[Truth]) -> Truth:
        true = disj(p.true for p in parts)
        return Truth(true, conj(p.false for p in parts)) if self.failures else Truth.crisp(true)

    def outcome(self, node: Outcome) -> Truth:
        assert self._outcomes is not None, "a claim is encoded with its decision"
        return Truth.crisp(self._outcomes(node))

    @override
    def provided(self, node: Provided) -> N:
        raise AssertionError("numbers of a destination are settled")

    @override
    def cost(self, node: Cost) -> N:
        raise AssertionError("a cost is settled")

    @override
    def answer_confidence(self, node: AnswerConfidence) -> N:
        raise NotDecidable("the confidence of an answer")

    # ── Pieces ────────────────────────────────────────────────────────────

    def _known(self, signal: str, true: Term) -> Truth:
        failed = self._faults.failed(signal)
        if failed is False:
            return Truth.crisp(true)
        return Truth(conj([negate(failed), true]), conj([negate(failed), negate(true)]))

    def _attribute(self, name: str) -> str | None:
        """None for one that the pool does not declare."""
        assert self._place is not None, "an attribute is encoded for a destination"
        return self._place.attribute(name)
