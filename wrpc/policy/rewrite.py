"""A condition with some of its parts settled: what is left is folded as far as it is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wrpc.policy.expr import (
    All,
    Any,
    Condition,
    Constant,
    Indicator,
    Linear,
    Not,
    Quantity,
    Within,
)  # fmt: skip

Settle = Callable[[Condition], Condition | None]


def settled(condition: Condition, settle: Settle) -> Condition:
    """`settle` says what takes the place of a part, None where it stays. Only for requests without failures: a part
    that is folded away is not read any more."""
    found = settle(condition)
    if found is not None:
        return found
    match condition:
        case All(parts):
            return conjunction(settled(p, settle) for p in parts)
        case Any(parts):
            left = [p for p in (settled(p, settle) for p in parts) if p != Constant(False)]
            if Constant(True) in left or not left:
                return Constant(bool(left))
            return left[0] if len(left) == 1 else Any(tuple(left))
        case Not(operand):
            inner = settled(operand, settle)
            return Constant(not inner.value) if isinstance(inner, Constant) else Not(inner)
        case Within(Linear(constant, terms), ranges) as within:
            made = tuple((c, _quantity(q, settle)) for c, q in terms)
            return within if made == terms else Within(Linear(constant, made), ranges)
        case _:
            return condition


def conjunction(parts: Iterable[Condition]) -> Condition:
    """All of the parts, without those that are surely true."""
    left = [p for p in parts if p != Constant(True)]
    if Constant(False) in left or not left:
        return Constant(not left)
    return left[0] if len(left) == 1 else All(tuple(left))


def _quantity(quantity: Quantity, settle: Settle) -> Quantity:
    return Indicator(settled(quantity.condition, settle)) if isinstance(quantity, Indicator) else quantity
