"""Conditions by what they say: two have one number where they are alike once names stand for their expressions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from wrpc.override import override
from wrpc.policy.expr import (
    All,
    Among,
    AnswerConfidence,
    Any,
    Caused,
    Condition,
    Confidence,
    Constant,
    Cost,
    Failed,
    Fires,
    Has,
    Indicator,
    Linear,
    Meaning,
    Not,
    OneOf,
    Outcome,
    Provided,
    Raw,
    Text,
    Within,
    fold,
)  # fmt: skip
from wrpc.policy.model import Policy

Table = dict[object, int]
"""Shared by the policies whose conditions are compared."""


class Structure(Meaning[int, int]):
    """Of one policy. The order of the parts of `and`, `or` and a sum does not count."""

    def __init__(self, policy: Policy, table: Table) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self._table = table

    def of(self, condition: Condition | None) -> int | None:
        return None if condition is None else fold(condition, self)

    def _number(self, *key: object) -> int:
        return self._table.setdefault(key, len(self._table))

    def constant(self, node: Constant) -> int:
        return self._number(node)

    def fires(self, node: Fires) -> int:
        return self._number(node)

    def within(self, node: Within, number: int) -> int:
        return self._number("within", number, node.ranges)

    def one_of(self, node: OneOf) -> int:
        return self._number(node)

    def has(self, node: Has) -> int:
        return self._number(node)

    def text(self, node: Text) -> int:
        return self._number(node)

    @override
    def among(self, node: Among) -> int:
        return self._number(node)

    def failed(self, node: Failed) -> int:
        return self._number(node)

    def caused(self, node: Caused) -> int:
        return self._number(node)

    @override
    def negation(self, node: Not, operand: int) -> int:
        return self._number("not", operand)

    @override
    def all(self, node: All, parts: Sequence[int]) -> int:
        return self._number("all", tuple(sorted(parts)))

    @override
    def any(self, node: Any, parts: Sequence[int]) -> int:
        return self._number("any", tuple(sorted(parts)))

    def outcome(self, node: Outcome) -> int:
        return self._number(node)

    def raw(self, node: Raw) -> int:
        return self._number(node)

    def confidence(self, node: Confidence) -> int:
        return self._number(node)

    @override
    def indicator(self, node: Indicator, condition: int) -> int:
        return self._number("indicator", condition)

    def provided(self, node: Provided) -> int:
        return self._number(node)

    def cost(self, node: Cost) -> int:
        return self._number(node)

    def answer_confidence(self, node: AnswerConfidence) -> int:
        return self._number(node)

    def linear(self, node: Linear, quantities: Sequence[int]) -> int:
        terms: dict[int, Fraction] = {}
        for (factor, _), quantity in zip(node.terms, quantities, strict=True):
            terms[quantity] = terms.get(quantity, Fraction(0)) + factor
        return self._number("linear", node.constant, tuple(sorted(terms.items())))
