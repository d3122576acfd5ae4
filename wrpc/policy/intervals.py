"""Sets of numbers as sorted, disjoint intervals; and the range that a linear form can have."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Literal

from wrpc.policy.expr import Interval

Relation = Literal["==", "!=", "<", "<=", ">", ">="]

FLIPPED: dict[Relation, Relation] = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}

_HOLDS: dict[Relation, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def related(relation: Relation, bound: Fraction) -> tuple[Interval, ...]:
    """The numbers that stand in a relation to `bound`."""
    match relation:
        case "==":
            return (point(bound),)
        case "!=":
            return Interval(high=bound, high_open=True), Interval(low=bound, low_open=True)
        case "<":
            return (Interval(high=bound, high_open=True),)
        case "<=":
            return (Interval(high=bound),)
        case ">":
            return (Interval(low=bound, low_open=True),)
        case ">=":
            return (Interval(low=bound),)


def point(value: Fraction) -> Interval:
    return Interval(value, value)


def holds(relation: Relation, left: Fraction | str, right: Fraction | str) -> bool:
    """The relation between two constants of one kind; strings by code point."""
    return _HOLDS[relation](left, right)


def scaled(ranges: Iterable[Interval], factor: Fraction) -> tuple[Interval, ...]:
    """Every number of `ranges` times a factor that is not 0."""
    if factor > 0:
        return tuple(
            Interval(
                None if r.low is None else r.low * factor, None if r.high is None else r.high * factor,
                r.low_open, r.high_open,
            )
            for r in ranges
        )  # fmt: skip
    turned = [
        Interval(
            None if r.high is None else r.high * factor, None if r.low is None else r.low * factor,
            r.high_open, r.low_open,
        )
        for r in ranges
    ]  # fmt: skip
    return tuple(reversed(turned))


def shifted(ranges: Iterable[Interval], by: Fraction) -> tuple[Interval, ...]:
    return tuple(
        Interval(
            None if r.low is None else r.low + by, None if r.high is None else r.high + by, r.low_open, r.high_open
        )
        for r in ranges
    )


def merged(ranges: Iterable[Interval]) -> tuple[Interval, ...]:
    """The union, sorted, with what touches joined and what is empty left out."""

    def start(r: Interval) -> tuple[bool, Fraction, bool]:
        return r.low is not None, r.low or Fraction(0), r.low_open

    found: list[Interval] = []
    for r in sorted((r for r in ranges if not r.empty), key=start):
        if found and _touch(found[-1], r):
            found[-1] = _joined(found[-1], r)
        else:
            found.append(r)
    return tuple(found)


def _touch(a: Interval, b: Interval) -> bool:
    if a.high is None or b.low is None:
        return True
    return b.low < a.high or (b.low == a.high and not (a.high_open and b.low_open))


def _joined(a: Interval, b: Interval) -> Interval:
    if a.high is None or (b.high is not None and b.high < a.high):
        return a
    if b.high is None or b.high > a.high:
        return Interval(a.low, b.high, a.low_open, b.high_open)
    return Interval(a.low, a.high, a.low_open, a.high_open and b.high_open)


def complement(ranges: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """What is left of all numbers; `ranges` sorted and disjoint."""
    found: list[Interval] = []
    low: Fraction | None = None
    low_open = False
    for r in ranges:
        if r.low is not None:
            found.append(Interval(low, r.low, low_open, not r.low_open))
        if r.high is None:
            return tuple(i for i in found if not i.empty)
        low, low_open = r.high, not r.high_open
    found.append(Interval(low, None, low_open, False))
    return tuple(i for i in found if not i.empty)


def intersected(a: tuple[Interval, ...], b: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """What two sets have in common, each sorted and disjoint."""
    return complement(merged((*complement(a), *complement(b))))


def overlap(a: Interval, b: Interval) -> bool:
    """Whether some number lies in both."""
    if a.empty or b.empty:
        return False
    return _meets(a, b) and _meets(b, a)


def _meets(a: Interval, b: Interval) -> bool:
    """Whether `a` does not end before `b` begins."""
    if a.high is None or b.low is None:
        return True
    return a.high > b.low or (a.high == b.low and not a.high_open and not b.low_open)


def hull(values: Iterable[Fraction]) -> Interval:
    found = list(values)
    return Interval(min(found), max(found))


def added(a: Interval, b: Interval) -> Interval:
    """Every sum of a number of each; both closed."""
    return Interval(
        None if a.low is None or b.low is None else a.low + b.low,
        None if a.high is None or b.high is None else a.high + b.high,
    )


def times(a: Interval, factor: Fraction) -> Interval:
    return point(Fraction(0)) if factor == 0 else scaled((a,), factor)[0]
