"""The core of expressions, and the one fold over it.

Everything that a policy can say in a condition is lowered to the nodes below, once, by `policy/lower.py`: bands become
ranges of their score, `in` a set of names, every comparison of numbers one linear form within some intervals. So each
consumer (interpreter, solver, SQL, header matchers) is one page: a subclass of `Meaning`.

What "unknown" means is said once, here: a node is unknown when anything it reads is (`Within`, `OneOf`, `Has`, `Text`),
even where every value would answer alike; `Not`, `All` and `Any` follow Kleene. Hence lowering never drops a term with
coefficient 0 and never folds a comparison that reads a signal into a constant.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Generic, Literal, TypeVar, assert_never

from wrpc.source import Span
from wrpc.values import value


@value
class Interval:
    """A range of numbers; None is no bound. `low_open` and `high_open` leave the bound itself out."""

    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False
    high_open: bool = False

    def __contains__(self, value: Fraction | int) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return not (self.high is not None and (value > self.high or (self.high_open and value == self.high)))

    @property
    def empty(self) -> bool:
        if self.low is None or self.high is None:
            return False
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))


@value
class Core:
    span: Span | None = field(default=None, compare=False, repr=False, kw_only=True)


# ── Conditions ────────────────────────────────────────────────────────────


@value
class Constant(Core):
    value: bool


@value
class Fires(Core):
    """A bool signal that is true, or a score that fires; in an exclusive group, after the group has been settled."""

    signal: str


@value
class Within(Core):
    """`number` lies in one of `ranges` (sorted, disjoint). `tokens < 8k` is `Within(tokens, (-∞, 8000))`."""

    number: Linear
    ranges: tuple[Interval, ...]


@value
class OneOf(Core):
    """A `one_of` signal has one of these names."""

    signal: str
    names: frozenset[str]


@value
class Has(Core):
    """An `any_of` signal contains this name."""

    signal: str
    member: str


@value
class StringLiteral:
    """A string constant."""

    value: str


@value
class StringSignal:
    """The value of a `string` signal."""

    name: str


@value
class Attribute:
    """`destination.NAME`: an attribute or label of the pool that would serve. Undeclared: no relation holds."""

    name: str


PATTERNS = ("suffix", "contains", "matches")
"""Relations of a string with a constant alone."""

TextTerm = StringLiteral | StringSignal | Attribute


@value
class Text(Core):
    """`left` equals `right`, stands before it by code point, starts with it; ends with it, contains it, or is matched
    by it as RE2 matches a whole string: `right` is a constant in these three."""

    relation: Literal["equals", "before", "prefix", "suffix", "contains", "matches"]
    left: TextTerm
    right: TextTerm


@value
class Among(Core):
    """A `string` signal has one of these values: what `Any` says of as many `equals`, in one step however many."""

    signal: str
    texts: frozenset[str]

    @property
    def each(self) -> Any:
        """The same, value by value."""
        term = StringSignal(self.signal)
        return Any(
            tuple(Text("equals", term, StringLiteral(t), span=self.span) for t in sorted(self.texts)), span=self.span
        )


@value
class Failed(Core):
    """This signal failed, whatever `on_error` or its group then makes of it. Always known. Files that are read back
    speak of a header that is absent so, too."""

    signal: str


@value
class Caused(Core):
    """The destination is one that this failure leads to: `timeout in destination.causes`."""

    cause: str


@value
class Not(Core):
    operand: Condition


@value
class All(Core):
    parts: tuple[Condition, ...]


@value
class Any(Core):
    parts: tuple[Condition, ...]


@value
class Named(Core):
    """A `let` that is a condition; its expression stands in `Policy.conditions`."""

    name: str


@value
class Outcome(Core):
    """What a claim says of the decision. `kind` "route": one of `routes` (the default's name is `default`) took it.
    No
    policy can say "reaches": the decision leads to one of `pools`."""

    kind: Literal["route", "routed", "denied", "served", "reaches"]
    routes: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()


Condition = Constant | Fires | Within | OneOf | Has | Text | Among | Failed | Caused | Not | All | Any | Named | Outcome


# ── Numbers ───────────────────────────────────────────────────────────────


@value
class Raw(Core):
    """The value of an int or real signal, or the number of a score whether it fires or not."""

    signal: str


@value
class Confidence(Core):
    """The number of a score where it fires, 0 where not; after its exclusive group has been settled."""

    signal: str


@value
class Indicator(Core):
    """1 where a condition is true, 0 where it is false."""

    condition: Condition


@value
class NamedNumber(Core):
    """A `score` declaration or a `let` that is a number; its expression stands in `Policy.numbers`."""

    name: str


@value
class Provided(Core):
    """A number of the destination: `context`, `price.input`, `price.output`, `cost`, or a label that is one. In a rule
    of `place` that of a pool or a site: `pool.context`, `site.floor`."""

    name: str


@value
class Cost(Core):
    """The greatest `destination.cost`, in USD: of what is left, in claims; of the plan as written, in a denial."""


@value
class AnswerConfidence(Core):
    """The confidence of a cascade step's answer. Only in `escalate when`."""


Quantity = Raw | Confidence | Indicator | NamedNumber | Provided | Cost | AnswerConfidence


@value
class Linear(Core):
    """`constant + Σ coefficient · quantity`, exact. Each quantity stands once, in order of first use."""

    constant: Fraction
    terms: tuple[tuple[Fraction, Quantity], ...] = ()


Expr = Condition | Linear


# ── The fold ──────────────────────────────────────────────────────────────

C = TypeVar("C")
N = TypeVar("N")


class Meaning(ABC, Generic[C, N]):
    """One use of expressions: what each node becomes. `C` is what a condition becomes, `N` what a number does.

    A named expression is folded once per meaning, however often it is used: inlining would be exponential.
    """

    def __init__(self, conditions: Mapping[str, Condition], numbers: Mapping[str, Linear]) -> None:
        self._conditions = conditions
        self._numbers = numbers
        self._folded_conditions: dict[str, C] = {}
        self._folded_numbers: dict[str, N] = {}

    def named(self, node: Named) -> C:
        if node.name not in self._folded_conditions:
            self._folded_conditions[node.name] = self.define(node.name, fold(self._conditions[node.name], self))
        return self._folded_conditions[node.name]

    def named_number(self, node: NamedNumber) -> N:
        if node.name not in self._folded_numbers:
            self._folded_numbers[node.name] = self.define_number(node.name, fold_number(self._numbers[node.name], self))
        return self._folded_numbers[node.name]

    def define(self, name: str, value: C) -> C:  # noqa: ARG002  a hook: sharing is the meaning's own business
        return value

    def define_number(self, name: str, value: N) -> N:  # noqa: ARG002  as above
        return value

    @abstractmethod
    def constant(self, node: Constant) -> C: ...
    @abstractmethod
    def fires(self, node: Fires) -> C: ...
    @abstractmethod
    def within(self, node: Within, number: N) -> C: ...
    @abstractmethod
    def one_of(self, node: OneOf) -> C: ...
    @abstractmethod
    def has(self, node: Has) -> C: ...
    @abstractmethod
    def text(self, node: Text) -> C: ...
    def among(self, node: Among) -> C:
        """Value by value, unless a meaning has a shorter way."""
        each = node.each
        return self.any(each, [self.text(p) for p in each.parts if isinstance(p, Text)])

    @abstractmethod
    def failed(self, node: Failed) -> C: ...
    @abstractmethod
    def caused(self, node: Caused) -> C: ...
    @abstractmethod
    def negation(self, node: Not, operand: C) -> C: ...
    @abstractmethod
    def all(self, node: All, parts: Sequence[C]) -> C: ...
    @abstractmethod
    def any(self, node: Any, parts: Sequence[C]) -> C: ...
    @abstractmethod
    def outcome(self, node: Outcome) -> C: ...
    @abstractmethod
    def raw(self, node: Raw) -> N: ...
    @abstractmethod
    def confidence(self, node: Confidence) -> N: ...
    @abstractmethod
    def indicator(self, node: Indicator, condition: C) -> N: ...
    @abstractmethod
    def provided(self, node: Provided) -> N: ...
    @abstractmethod
    def cost(self, node: Cost) -> N: ...
    @abstractmethod
    def answer_confidence(self, node: AnswerConfidence) -> N: ...
    @abstractmethod
    def linear(self, node: Linear, quantities: Sequence[N]) -> N: ...


def fold(e: Condition, m: Meaning[C, N]) -> C:
    match e:
        case All(parts):
            return m.all(e, [fold(p, m) for p in parts])
        case Any(parts):
            return m.any(e, [fold(p, m) for p in parts])
        case Not(operand):
            return m.negation(e, fold(operand, m))
        case Fires():
            return m.fires(e)
        case Within(number, _):
            return m.within(e, fold_number(number, m))
        case OneOf():
            return m.one_of(e)
        case Has():
            return m.has(e)
        case Text():
            return m.text(e)
        case Among():
            return m.among(e)
        case Named():
            return m.named(e)
        case Failed():
            return m.failed(e)
        case Caused():
            return m.caused(e)
        case Constant():
            return m.constant(e)
        case Outcome():
            return m.outcome(e)
        case _:
            assert_never(e)


def fold_number(e: Linear, m: Meaning[C, N]) -> N:
    return m.linear(e, [_fold_quantity(q, m) for _, q in e.terms])


def _fold_quantity(e: Quantity, m: Meaning[C, N]) -> N:
    match e:
        case Raw():
            return m.raw(e)
        case Confidence():
            return m.confidence(e)
        case Indicator(condition):
            return m.indicator(e, fold(condition, m))
        case NamedNumber():
            return m.named_number(e)
        case Provided():
            return m.provided(e)
        case Cost():
            return m.cost(e)
        case AnswerConfidence():
            return m.answer_confidence(e)
        case _:
            assert_never(e)


def reads(node: Condition | Linear | Quantity) -> tuple[str, ...]:
    """The signals that this node itself reads, not those of its parts."""
    match node:
        case (
            Fires(signal)
            | OneOf(signal)
            | Has(signal)
            | Among(signal)
            | Failed(signal)
            | Raw(signal)
            | Confidence(signal)
        ):
            return (signal,)
        case Text(_, left, right):
            return tuple(t.name for t in (left, right) if isinstance(t, StringSignal))
        case _:
            return ()


def walk(e: Condition | Linear) -> Iterator[Condition | Linear | Quantity]:
    """Every node of an expression, itself first; names are not looked through."""
    yield e
    match e:
        case All(parts) | Any(parts):
            for part in parts:
                yield from walk(part)
        case Not(operand):
            yield from walk(operand)
        case Within(number, _):
            yield from walk(number)
        case Linear(_, terms):
            for _, quantity in terms:
                yield quantity
                if isinstance(quantity, Indicator):
                    yield from walk(quantity.condition)
        case _:
            pass
