"""Conditions of which every part matters, as can be told from their text: most are an `and` of plain parts."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from math import ceil, floor

from wrpc.policy.expr import (
    All,
    Among,
    Condition,
    Fires,
    Has,
    Interval,
    Linear,
    Named,
    Not,
    OneOf,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
)  # fmt: skip
from wrpc.policy.intervals import complement, intersected
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Type

Ranges = tuple[Interval, ...]


def all_matter(policy: Policy, condition: Condition, beyond: Collection[str]) -> bool:
    """Of each part of an `and` there is a request for which it alone does not hold. False where that is not plain;
    `beyond` are signals that do not vary freely."""
    if not isinstance(condition, All):
        return False
    ranges: dict[str, list[Ranges]] = {}
    seen: set[str] = set()
    for named in condition.parts:
        part = named
        while isinstance(part, Named):
            part = policy.conditions[part.name]
        match part:
            case Within(Linear(constant, ((factor, Raw(name)),)), found) if constant == 0 and factor == 1:
                ranges.setdefault(name, []).append(found)
            case _:
                read = _contingent(policy, part)
                if read is None or read in seen or read in beyond:
                    return False
                seen.add(read)
    return seen.isdisjoint(ranges) and all(
        name not in beyond and _each_cuts(policy.signals[name].type, found) for name, found in ranges.items()
    )


def _contingent(policy: Policy, part: Condition) -> str | None:
    """The only signal that the part reads, where the part holds for some of its values and for others not."""
    match part:
        case Not(operand):
            return _contingent(policy, operand)
        case Fires(name):
            match policy.signals[name].type:
                case Bool():
                    return name
                case Score(low, high) as score if score.fires(high) and not score.fires(low):
                    return name
                case _:
                    return None
        case OneOf(name, names):
            of = policy.signals[name].type
            return name if isinstance(of, Enum) and 0 < len(names.intersection(of.names)) < len(of.names) else None
        case Has(name) | Among(name):
            return name
        case Text("equals" | "prefix" | "suffix" | "contains", StringSignal(name), StringLiteral(text)) if text:
            return name
        case _:
            return None


def _each_cuts(of: Type, parts: list[Ranges]) -> bool:
    """Each of the ranges leaves out a value of the signal that all others hold."""
    if not isinstance(of, Int | Real | Score):
        return False
    whole: Ranges = (Interval(Fraction(of.low), Fraction(of.high)),)
    for i, part in enumerate(parts):
        left = intersected(whole, complement(part))
        for other in (*parts[:i], *parts[i + 1 :]):
            left = intersected(left, other)
        if not any(_holds_one(r, whole=isinstance(of, Int)) for r in left):
            return False
    return True


def _holds_one(r: Interval, *, whole: bool) -> bool:
    """A number lies in a bounded range, a whole one where only these count."""
    if r.empty or not whole:
        return not r.empty
    assert r.low is not None, "it lies in the range of a signal"
    assert r.high is not None, "it lies in the range of a signal"
    first = floor(r.low) + 1 if r.low_open else ceil(r.low)
    last = ceil(r.high) - 1 if r.high_open else floor(r.high)
    return first <= last
