"""A rule's condition for one pool: what it says of the destination has become true or false, and is read no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from wrpc.decide.evaluate import RELATIONS
from wrpc.policy.destination import Destination
from wrpc.policy.expr import (
    All,
    Any,
    Attribute,
    Caused,
    Condition,
    Constant,
    Indicator,
    Linear,
    Not,
    Quantity,
    StringLiteral,
    StringSignal,
    Text,
    TextTerm,
    Within,
)
from wrpc.policy.model import Policy
from wrpc.policy.numbers import both, numeric


def at(policy: Policy, condition: Condition, place: Destination) -> Condition:
    """The condition of requests that the destination is to serve. Unknown where the rule is, but true where that is a
    matter of numbers that nobody knows: guards act then. No `let` names a destination."""
    return _at(both(policy, condition, place)[1] if numeric(condition) else condition, place)


def _at(condition: Condition, place: Destination) -> Condition:
    match condition:
        case Text(relation, left, right):
            return _text(condition, relation, _term(left, place), _term(right, place))
        case Caused(cause):
            return Constant(place.caused(cause), span=condition.span)
        case Not(operand):
            return negated(_at(operand, place))
        case All(parts):
            return every(_at(p, place) for p in parts)
        case Any(parts):
            return some(_at(p, place) for p in parts)
        case Within(number, _) if any(isinstance(q, Indicator) for _, q in number.terms):
            return replace(condition, number=_number(number, place))
        case _:
            return condition


def _number(number: Linear, place: Destination) -> Linear:
    def held(quantity: Quantity) -> Quantity:
        if isinstance(quantity, Indicator):
            return replace(quantity, condition=_at(quantity.condition, place))
        return quantity

    return replace(number, terms=tuple((factor, held(quantity)) for factor, quantity in number.terms))


def _term(term: TextTerm, place: Destination) -> StringLiteral | StringSignal | None:
    """None for an attribute that the pool does not declare."""
    if not isinstance(term, Attribute):
        return term
    declared = place.attribute(term.name)
    return None if declared is None else StringLiteral(declared)


def _text(
    node: Text, relation: str, left: StringLiteral | StringSignal | None, right: StringLiteral | StringSignal | None
) -> Condition:
    if isinstance(left, StringLiteral) and isinstance(right, StringLiteral):
        return Constant(RELATIONS[relation](left.value, right.value), span=node.span)
    if left is not None and right is not None:
        return replace(node, left=left, right=right)
    signal = left if isinstance(left, StringSignal) else right
    if not isinstance(signal, StringSignal):
        return Constant(False, span=node.span)
    # No relation holds with what is not declared, and that is unknown where the signal is.
    read = Text("equals", signal, StringLiteral(""), span=node.span)
    return All((read, Not(read)), span=node.span)


# ── Constants go ──────────────────────────────────────────────────────────


def every(parts: Iterable[Condition]) -> Condition:
    left = [p for p in parts if not (isinstance(p, Constant) and p.value)]
    if any(isinstance(p, Constant) for p in left):
        return Constant(False)
    return left[0] if len(left) == 1 else All(tuple(left)) if left else Constant(True)


def some(parts: Iterable[Condition]) -> Condition:
    left = [p for p in parts if not (isinstance(p, Constant) and not p.value)]
    if any(isinstance(p, Constant) for p in left):
        return Constant(True)
    return left[0] if len(left) == 1 else Any(tuple(left)) if left else Constant(False)


def negated(condition: Condition) -> Condition:
    match condition:
        case Constant(value):
            return Constant(not value, span=condition.span)
        case Not(operand):
            return operand
        case _:
            return Not(condition)
