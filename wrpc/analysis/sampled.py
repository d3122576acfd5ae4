"""A condition over some hundred requests at once, to see cheaply that a part of it matters.

A request is a bit. For each signal that the condition reads there is one value of each kind that the condition tells
apart, and the requests are all their combinations, or where these are many, some of them. Failures, groups and what is
assumed are left out: what matters here is then asked no further, what does not is a question.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, cached_property, reduce
from itertools import islice
from math import prod
from random import Random

from wrpc.decide.asked import Asked
from wrpc.decide.cells import Domain
from wrpc.decide.evaluate import RELATIONS
from wrpc.decide.request import RequestValue
from wrpc.override import override
from wrpc.policy import reading
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
    Named,
    NamedNumber,
    Not,
    OneOf,
    Outcome,
    Provided,
    Raw,
    StringLiteral,
    Text,
    Within,
    fold,
    reads,
    walk,
)  # fmt: skip
from wrpc.policy.model import Action, Enum, Policy, Route, Score

ALL = 1 << 12  # combinations that are all looked at
SOME = 256  # of more
WIDEST = 1 << 10  # values that one number may have among them

Path = tuple[int, ...]  # of a part: its position in its parent's, from the outermost
Values = Mapping[Fraction, int]  # a number: each of its values with the requests that have it


class TooMuch(Exception):
    """The condition reads what cannot be sampled."""


class Sampling:
    """Samples for the conditions of one policy."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.numbers: dict[object, Values] = {}  # what named numbers are on samples that many conditions share
        self.read: dict[str, tuple[str, ...]] = {}

    @cached_property
    def beyond(self) -> set[str]:
        """The signals that do not vary freely."""
        assumed = [a.condition for a in self.policy.assumptions.values()]
        return {*self.policy.group_of, *(reading.signals(self.policy, assumed) if assumed else ())}

    def signals(self, number: str) -> tuple[str, ...]:
        """What a named number reads."""
        if number not in self.read:
            self.read[number] = tuple(sorted(reading.signals(self.policy, [self.policy.numbers[number]])))
        return self.read[number]

    def of(self, condition: Condition) -> Sample | None:
        """None for a condition that cannot be sampled."""
        try:
            return Sample(self, condition)
        except TooMuch:
            return None


def written(condition: Condition) -> bool:
    """Somebody wrote this as an `and` or `or`: what a comparison or a band is lowered to stands where it does."""
    return isinstance(condition, All | Any) and all(p.span is None or p.span != condition.span for p in condition.parts)


def parts(condition: Condition, at: Path = ()) -> Iterator[Path]:
    """Every part of an `and` or `or` that has several, the outer ones first."""
    match condition:
        case All(found) | Any(found) if written(condition):
            for i, part in enumerate(found):
                if len(found) > 1:
                    yield (*at, i)
                yield from parts(part, (*at, i))
        case Not(operand):
            yield from parts(operand, (*at, 0))
        case _:
            pass


def part(condition: Condition, path: Path) -> Condition:
    for i in path:
        match condition:
            case All(found) | Any(found):
                condition = found[i]
            case Not(operand):
                condition = operand
            case _:
                raise AssertionError(path)
    return condition


def without(condition: Condition, path: Path) -> Condition:
    """The condition without one of its parts; what is left of an `and` or `or` stays one."""
    i, rest = path[0], path[1:]
    match condition:
        case All(found) | Any(found):
            left = (*found[:i], *((without(found[i], rest),) if rest else ()), *found[i + 1 :])
            return type(condition)(left, span=condition.span)
        case Not(operand):
            return Not(without(operand, rest), span=condition.span)
        case _:
            raise AssertionError(path)


def unmoved(condition: Condition, full: int, value: Callable[[Condition], int], at: Path = ()) -> Iterator[Path]:
    """The parts of every `and` and `or` of the condition that none of the requests shows to matter, outermost first; of
    what does not matter, no part. `full`: the requests that are looked at, on which what is around the condition
    follows it; `value`: those of them for which a condition holds."""
    match condition:
        case All(found) | Any(found) if written(condition):
            both = isinstance(condition, All)
            values = [value(p) if both else full & ~value(p) for p in found]
            for i, (one, holds) in enumerate(zip(found, values, strict=True)):
                rest = reduce(operator.and_, (v for j, v in enumerate(values) if j != i), full)
                if len(found) > 1 and not rest & ~holds:
                    yield (*at, i)
                else:
                    yield from unmoved(one, rest, value, (*at, i))
        case Not(operand):
            yield from unmoved(operand, full, value, (*at, 0))
        case _:
            pass


class Sample(Meaning[int, Values]):
    """`whole`: all combinations are among the requests, so that without sums, and unless a signal fails, what none of
    them shows no request shows."""

    def __init__(self, sampling: Sampling, condition: Condition) -> None:
        policy = sampling.policy
        super().__init__(policy.conditions, policy.numbers)
        self._sampling = sampling
        self._policy = policy
        found = reading.opened(policy, [condition])
        read = {name for e in found for node in walk(e) for name in reads(node)}
        if not read or not read.isdisjoint(sampling.beyond):
            raise TooMuch
        named = {n.name for e in found for n in walk(e) if isinstance(n, Named | NamedNumber)}
        alone = Policy(
            policy.name,
            policy.sources,
            signals={name: s for name, s in policy.signals.items() if name in read},
            definitions={name: d for name, d in policy.definitions.items() if name in named},
            routes={"": Route("", condition, Action("deny"), policy.at)},
        )
        asked = Asked(alone)
        self._columns: dict[str, Sequence[tuple[RequestValue, int]]] = {}
        domains = []
        for name in alone.signals:
            domain = asked.domain(name, failures=False)
            if domain is None:
                raise TooMuch
            domains.append((name, self._told_apart(name, domain, found)))
        count = prod(len(values) for _, values in domains)
        stride = 1
        for name, values in domains:
            columns = _some(name, len(values)) if count > ALL else _every(stride, len(values), count)
            self._columns[name] = tuple(zip(values, columns, strict=True))
            stride *= len(values)
        self._whole = count <= ALL
        self._full = (1 << (count if self._whole else SOME)) - 1
        self._known: dict[int, tuple[Condition, int]] = {}  # kept with the value, so that its address stays its own
        self._summed = False
        self.can_fail = any(policy.signals[name].can_fail for name in read)
        self._value(condition)

    @property
    def whole(self) -> bool:
        return self._whole and not self._summed

    def never(self, condition: Condition) -> bool:
        return not self._value(condition)

    def always(self, condition: Condition) -> bool:
        return self._value(condition) == self._full

    def same(self, a: Condition, b: Condition) -> bool:
        return self._value(a) == self._value(b)

    def _told_apart(self, name: str, domain: Domain, read: Sequence[Condition | Linear]) -> Sequence[RequestValue]:
        """Of a signal of names, those that the condition names, and one of the others."""
        kind = self._policy.signals[name].type
        if not isinstance(kind, Enum):
            return domain.values
        told = {n for e in read for node in walk(e) if isinstance(node, OneOf) for n in node.names}
        return [*sorted(told.intersection(kind.names)), *islice((n for n in kind.names if n not in told), 1)]

    def unmoved(self, condition: Condition) -> Iterator[Path]:
        """As `unmoved`, on these requests."""
        return unmoved(condition, self._full, self._value)

    def _value(self, node: Condition) -> int:
        known = self._known.get(id(node))
        if known is None:
            match node:
                case All(inner):
                    found = reduce(operator.and_, map(self._value, inner), self._full)
                case Any(inner):
                    found = reduce(operator.or_, map(self._value, inner), 0)
                case _:
                    found = fold(node, self)
            known = self._known[id(node)] = node, found
        return known[1]

    # ── Conditions ────────────────────────────────────────────────────────

    def constant(self, node: Constant) -> int:
        return self._full if node.value else 0

    def fires(self, node: Fires) -> int:
        kind = self._policy.signals[node.signal].type
        return self._where(node.signal, lambda v: kind.fires(_number(v)) if isinstance(kind, Score) else v is True)

    def within(self, node: Within, number: Values) -> int:
        return reduce(operator.or_, (m for v, m in number.items() if any(v in r for r in node.ranges)), 0)

    def one_of(self, node: OneOf) -> int:
        return self._where(node.signal, lambda v: v in node.names)

    def has(self, node: Has) -> int:
        return self._where(node.signal, lambda v: isinstance(v, frozenset) and node.member in v)

    @override
    def among(self, node: Among) -> int:
        return self._where(node.signal, lambda v: v in node.texts)

    def text(self, node: Text) -> int:
        holds = RELATIONS[node.relation]
        match node.left, node.right:
            case StringLiteral(left), StringLiteral(right):
                return self._full if holds(left, right) else 0
            case signal, StringLiteral(right) if hasattr(signal, "name") and signal.name in self._columns:
                return self._where(signal.name, lambda v: holds(str(v), right))
            case StringLiteral(left), signal if hasattr(signal, "name") and signal.name in self._columns:
                return self._where(signal.name, lambda v: holds(left, str(v)))
            case _:
                raise TooMuch

    def caused(self, node: Caused) -> int:  # noqa: ARG002  a matter of the destination
        raise TooMuch

    def failed(self, node: Failed) -> int:  # noqa: ARG002  nothing fails here, so that nothing is shown of it
        raise TooMuch

    @override
    def negation(self, node: Not, operand: int) -> int:
        return self._full & ~operand

    @override
    def all(self, node: All, parts: Sequence[int]) -> int:
        return reduce(operator.and_, parts, self._full)

    @override
    def any(self, node: Any, parts: Sequence[int]) -> int:
        return reduce(operator.or_, parts, 0)

    def outcome(self, node: Outcome) -> int:  # noqa: ARG002  a request has none
        raise TooMuch

    # ── Numbers ───────────────────────────────────────────────────────────

    def raw(self, node: Raw) -> Values:
        return {_number(v): m for v, m in self._columns[node.signal]}

    def confidence(self, node: Confidence) -> Values:
        kind = self._policy.signals[node.signal].type
        assert isinstance(kind, Score), "only a score has a confidence"
        found: dict[Fraction, int] = {}
        for v, m in self._columns[node.signal]:
            number = _number(v) if kind.fires(_number(v)) else Fraction(0)
            found[number] = found.get(number, 0) | m
        return found

    @override
    def indicator(self, node: Indicator, condition: int) -> Values:
        return {Fraction(1): condition, Fraction(0): self._full & ~condition}

    @override
    def provided(self, node: Provided) -> Values:
        raise TooMuch

    @override
    def cost(self, node: Cost) -> Values:
        raise TooMuch

    @override
    def answer_confidence(self, node: AnswerConfidence) -> Values:
        raise TooMuch

    @override
    def named_number(self, node: NamedNumber) -> Values:
        if self._whole:
            return super().named_number(node)
        columns = [self._columns[s] for s in self._sampling.signals(node.name)]
        key = node.name, *(tuple(value for value, _ in column) for column in columns)
        if key not in self._sampling.numbers:
            self._sampling.numbers[key] = super().named_number(node)
        return self._sampling.numbers[key]

    def linear(self, node: Linear, quantities: Sequence[Values]) -> Values:
        self._summed |= len(node.terms) > 1
        total: dict[Fraction, int] = {node.constant: self._full}
        for (coefficient, _), quantity in zip(node.terms, quantities, strict=True):
            made: dict[Fraction, int] = {}
            for before, those in total.items():
                for number, these in quantity.items():
                    if both := those & these:
                        value = before + coefficient * number
                        made[value] = made.get(value, 0) | both
            if len(made) > WIDEST:
                raise TooMuch
            total = made
        return total

    def _where(self, signal: str, test: Callable[[RequestValue], bool]) -> int:
        return reduce(operator.or_, (m for v, m in self._columns[signal] if test(v)), 0)


def _number(value: RequestValue) -> Fraction:
    assert isinstance(value, int | Fraction), "a number's values are numbers"
    return Fraction(value)


def _every(stride: int, size: int, count: int) -> list[int]:
    """For each of the values of a signal the requests that have it, where all combinations are looked at."""
    again = ((1 << count) - 1) // ((1 << stride * size) - 1)
    return [(((1 << stride) - 1) << stride * i) * again for i in range(size)]


@cache
def _some(name: str, size: int) -> tuple[int, ...]:
    """The same by chance, which is the same chance every time."""
    drawn = Random(f"{name} {size}").choices(range(size), k=SOME)  # noqa: S311  nobody has to be unable to guess it
    found = [0] * size
    for i, value in enumerate(drawn):
        found[value] |= 1 << i
    return tuple(found)
