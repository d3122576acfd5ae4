"""Requests that stand for all others: for each signal one value out of every range that some condition tells apart."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, combinations, islice, product
from math import floor
from typing import assert_never

from wrpc.policy.expr import (
    PATTERNS,
    Among,
    Condition,
    Confidence,
    Fires,
    Has,
    Linear,
    Named,
    NamedNumber,
    OneOf,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
    walk,
)
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Set, Signal, String

MOST_COMBINATIONS = 512
MOST_SUBSETS = 4  # members of a set that are combined freely


@dataclass(slots=True)
class Reads:
    """What conditions ask of the signals: bounds of numbers, names, members, strings. `exact`: one value of each kind
    that they tell apart stands for all others."""

    bounds: dict[str, set[Fraction]] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=dict)
    prefixes: dict[str, set[str]] = field(default_factory=dict)
    exact: bool = True

    def bound(self, signal: str, *values: Fraction | None) -> None:
        self.bounds.setdefault(signal, set()).update(v for v in values if v is not None)

    def word(self, signal: str, *values: str) -> None:
        self.words.setdefault(signal, set()).update(values)

    @property
    def signals(self) -> set[str]:
        return {*self.bounds, *self.words, *self.prefixes}


@dataclass(frozen=True, slots=True)
class Combinations:
    """`exact`: they stand for all requests."""

    requests: tuple[dict[str, object], ...]
    exact: bool


def reads(policy: Policy, conditions: Iterable[Condition]) -> Reads:
    found = Reads()
    seen: set[str] = set()
    todo: list[Condition | Linear] = list(conditions)
    while todo:
        for node in walk(todo.pop()):
            match node:
                case Named(name) | NamedNumber(name) if name not in seen:
                    seen.add(name)
                    value = policy.definitions[name].value
                    todo.append(value)
                    # Where a number that has a name is cut, no one says of what it is made.
                    found.exact &= not (isinstance(value, Linear) and _measured(value))
                case Within(number, ranges):
                    _numbers(found, number, [b for r in ranges for b in (r.low, r.high) if b is not None])
                    found.exact &= len(number.terms) < 2 or not _measured(number)
                case Fires(signal) | Raw(signal) | Confidence(signal):
                    found.bound(signal)
                case OneOf(signal, names) | Among(signal, names):
                    found.word(signal, *names)
                case Has(signal, member):
                    found.word(signal, member)
                case Text(relation, left, right):
                    # Strings between two others, those that patterns tell apart, and signals held against each other,
                    # are not tried.
                    found.exact &= relation not in ("before", *PATTERNS) and isinstance(right, StringLiteral)
                    for one, other in ((left, right), (right, left)):
                        if isinstance(one, StringSignal):
                            found.word(one.name)
                            if isinstance(other, StringLiteral) and relation != "matches":
                                into = found.prefixes if relation == "prefix" else found.words
                                into.setdefault(one.name, set()).add(other.value)
                case _:
                    pass
    for group in policy.groups.values():
        if found.signals.intersection(group.members):
            for member in group.members:
                found.bound(member)
    return found


def _numbers(found: Reads, number: Linear, bounds: Sequence[Fraction]) -> None:
    """A comparison of one signal splits its range where it says; of several, no one can say where."""
    if len(number.terms) == 1:
        factor, quantity = number.terms[0]
        if isinstance(quantity, Raw | Confidence) and factor:
            found.bound(quantity.signal, *((b - number.constant) / factor for b in bounds))


def _measured(number: Linear) -> bool:
    return any(isinstance(quantity, Raw | Confidence) for _, quantity in number.terms)


def values(signal: Signal, found: Reads) -> list[object]:
    """One value of each kind that the conditions tell apart, as a request has them."""
    words = found.words.get(signal.name, set())
    match signal.type:
        case Bool():
            return [False, True]
        case Int(low, high):
            return list(_cells(Fraction(low), Fraction(high), found.bounds.get(signal.name, set()), whole=True))
        case Real(low, high):
            return list(_cells(low, high, found.bounds.get(signal.name, set()), whole=False))
        case Score(low, high, threshold):
            bounds = found.bounds.get(signal.name, set()) | ({threshold} if threshold is not None else set())
            return list(_cells(low, high, bounds, whole=False))
        case Enum(names):
            rest = [n for n in names if n not in words]
            return [*(n for n in names if n in words), *rest[:1]]
        case Set(names):
            asked = [n for n in names if n in words]
            most = len(asked) if len(asked) <= MOST_SUBSETS else 1
            return [list(c) for c in chain.from_iterable(combinations(asked, k) for k in range(most + 1))]
        case String():
            prefixes = found.prefixes.get(signal.name, set())
            known = [*sorted(words), *(p + "~" for p in sorted(prefixes))]
            other = next(o for o in ("", *(chr(c) for c in range(97, 123)), "~~") if o not in known)
            return [other, *known]
        case _:
            assert_never(signal.type)


def _cells(low: Fraction, high: Fraction, bounds: set[Fraction], *, whole: bool) -> Iterator[Fraction]:
    """Each bound, and a number out of each range between them."""
    edges = sorted(b for b in bounds if low <= b <= high)
    if not edges or low < edges[0]:
        yield low
    for index, edge in enumerate(edges):
        if not whole or edge.denominator == 1:
            yield edge
        after = edges[index + 1] if index + 1 < len(edges) else None
        inside = high if after is None else (edge + after) / 2
        if whole:
            inside = Fraction(floor(inside))
        if edge < inside and (after is None or inside < after):
            yield inside


def combinations_of(policy: Policy, found: Reads, besides: set[str]) -> Combinations:
    """Requests with each combination of the values of all signals but some; a fixed sample where there are too many."""
    free = [n for n in policy.signals if n in found.signals and n not in besides]
    choices = [values(policy.signals[n], found) for n in free]
    total = 1
    for choice in choices:
        total *= len(choice)
    sets = [len(found.words.get(n, ())) for n in free if isinstance(policy.signals[n].type, Set)]
    if total <= MOST_COMBINATIONS:
        combined: Iterator[tuple[object, ...]] = product(*choices)
    else:
        draw = random.Random(0)  # noqa: S311  the same sample every time
        combined = islice(iter(lambda: tuple(draw.choice(c) for c in choices), None), MOST_COMBINATIONS)
    exact = found.exact and total <= MOST_COMBINATIONS and all(n <= MOST_SUBSETS for n in sets)
    return Combinations(tuple(dict(zip(free, picked, strict=True)) for picked in combined), exact)
