"""Which routes a number rules out, for all of them at once: a route for prompts of 4k to 5.5k tokens is none for 6k.

A number lies at a bound that some route has, or between two; for each such place the routes that it leaves are known
beforehand, as the bits of a number.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from wrpc.policy.expr import All, Condition, Interval, Linear, Named, Raw, Within
from wrpc.policy.model import Definition

MOST = 1024
"""Bounds that places are made of, of one signal. Of more only some are taken, and a route counts up to the next."""

Number = Fraction | int
Bounds = tuple[Number | None, bool, Number | None, bool]  # from, and whether that is left out; up to, likewise


class Ranges:
    """`left`: of the routes in the order in which they were given those that numbers do not rule out."""

    def __init__(self, conditions: Sequence[Condition | None], definitions: Mapping[str, Definition]) -> None:
        self._all = (1 << len(conditions)) - 1
        found: dict[str, dict[int, Bounds]] = {}
        for i, condition in enumerate(conditions):
            for within in () if condition is None else needed(condition, definitions):
                signal, bounds = within
                of = found.setdefault(signal, {})
                of[i] = bounds if i not in of else _both(of[i], bounds)
        self._steps = {signal: _Steps(of, self._all) for signal, of in found.items()}

    def left(self, raw: Mapping[str, Number | None]) -> int:
        """`raw`: the number of each signal that has one; what is unknown rules out none."""
        left = self._all
        for signal, steps in self._steps.items():
            value = raw.get(signal)
            if value is not None:
                left &= steps.at(value)
        return left


class _Steps:
    def __init__(self, of: Mapping[int, Bounds], every: int) -> None:
        edges = sorted({b for low, _, high, _ in of.values() for b in (low, high) if b is not None})
        step = -(-len(edges) // MOST)
        self._cuts = cuts = edges[::step] if step else []
        exact = step <= 1
        places = 2 * len(cuts) + 1
        turns = [0] * (places + 1)
        for i, (low, low_open, high, high_open) in of.items():
            start, end = 0, places
            if low is not None:
                at = bisect_right(cuts, low) - 1
                start = 2 * at + 1 + (low_open and exact) if at >= 0 else 0
            if high is not None:
                at = bisect_left(cuts, high)
                end = 2 * at + 2 - (high_open and exact) if at < len(cuts) else places
            if start < end:
                turns[start] ^= 1 << i
                turns[end] ^= 1 << i
        inside = every & ~sum(1 << i for i in of)
        self._left: list[int] = []
        for turn in turns[:-1]:
            inside ^= turn
            self._left.append(inside)

    def at(self, value: Number) -> int:
        at = bisect_left(self._cuts, value)
        there = at < len(self._cuts) and self._cuts[at] == value
        return self._left[2 * at + there]


def needed(condition: Condition, definitions: Mapping[str, Definition]) -> Iterator[tuple[str, Bounds]]:
    """The signals that must lie between bounds lest the condition is false."""
    todo: list[object] = [condition]
    while todo:
        match todo.pop():
            case All(parts):
                todo += parts
            case Named(name):
                todo.append(definitions[name].value)
            case Within(Linear(constant, ((factor, Raw(signal)),)), ranges) if constant == 0 and factor == 1 and ranges:
                yield signal, _hull(ranges)
            case _:
                pass


def _hull(ranges: Sequence[Interval]) -> Bounds:
    first, last = ranges[0], ranges[-1]
    return _whole(first.low), first.low_open, _whole(last.high), last.high_open


def _whole(number: Fraction | None) -> Number | None:
    return number if number is None or number.denominator != 1 else number.numerator


def _both(a: Bounds, b: Bounds) -> Bounds:
    low, low_open, high, high_open = a
    if b[0] is not None and (low is None or b[0] > low or (b[0] == low and b[1])):
        low, low_open = b[0], b[1]
    if b[2] is not None and (high is None or b[2] < high or (b[2] == high and b[3])):
        high, high_open = b[2], b[3]
    return low, low_open, high, high_open
