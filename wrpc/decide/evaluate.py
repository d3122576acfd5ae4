"""Expressions as closures over the state of a request, in Kleene's three values; None is unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from wrpc.decide.decision import Decision
from wrpc.decide.state import State, Truth
from wrpc.override import override
from wrpc.policy.destination import Destination
from wrpc.policy.expr import (
    All,
    Among,
    AnswerConfidence,
    Any,
    Attribute,
    Caused,
    Condition,
    Confidence,
    Constant,
    Cost,
    Failed,
    Fires,
    Has,
    Indicator,
    Interval,
    Linear,
    Meaning,
    Not,
    OneOf,
    Outcome,
    Provided,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    TextTerm,
    Within,
    fold,
)  # fmt: skip
from wrpc.policy.model import Policy, Pool, Score
from wrpc.policy.numbers import declared
from wrpc.policy.regular.automata import matches

Test = Callable[[State, Destination | None, Decision | None], Truth]
Measure = Callable[[State, Destination | None, Decision | None], Fraction | int | None]


class NotYet(Exception):
    """The confidence of an answer, which no request has."""


class Evaluation(Meaning[Test, Measure]):
    def __init__(self, policy: Policy) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self._policy = policy

    # A named expression is evaluated once a request, however often it stands in conditions.
    def define(self, name: str, value: Test) -> Test:
        def test(s: State, pool: Destination | None, d: Decision | None) -> Truth:
            if name not in s.truths:
                s.truths[name] = value(s, pool, d)
            return s.truths[name]

        return test

    def define_number(self, name: str, value: Measure) -> Measure:
        def measure(s: State, pool: Destination | None, d: Decision | None) -> Fraction | int | None:
            if name not in s.numbers:
                s.numbers[name] = value(s, pool, d)
            return s.numbers[name]

        return measure

    def constant(self, node: Constant) -> Test:
        return lambda _s, _p, _d: node.value

    def fires(self, node: Fires) -> Test:
        return lambda s, _p, _d: s.fires[node.signal]

    def within(self, node: Within, number: Measure) -> Test:
        if len(node.ranges) == 1:
            inside = _inside(node.ranges[0])
        else:
            each = [_inside(r) for r in node.ranges]
            inside = lambda value: any(i(value) for i in each)  # noqa: E731  as the one above it

        def test(s: State, pool: Destination | None, d: Decision | None) -> Truth:
            value = number(s, pool, d)
            return None if value is None else inside(value)

        return test

    def one_of(self, node: OneOf) -> Test:
        def test(s: State, _p: Destination | None, _d: Decision | None) -> Truth:
            value = s.values[node.signal]
            return None if value is None else value in node.names

        return test

    def has(self, node: Has) -> Test:
        def test(s: State, _p: Destination | None, _d: Decision | None) -> Truth:
            value = s.values[node.signal]
            if value is None:
                return None
            assert isinstance(value, frozenset), "an any_of signal's value is a set"
            return node.member in value

        return test

    def text(self, node: Text) -> Test:
        left, right, relation = _term(node.left), _term(node.right), RELATIONS[node.relation]

        def test(s: State, pool: Destination | None, _d: Decision | None) -> Truth:
            a, b = left(s, pool), right(s, pool)
            if a is None or b is None:
                return None
            return a is not UNDECLARED and b is not UNDECLARED and relation(a, b)

        return test

    @override
    def negation(self, node: Not, operand: Test) -> Test:  # the folded operand is all it takes
        def test(s: State, pool: Destination | None, d: Decision | None) -> Truth:
            value = operand(s, pool, d)
            return None if value is None else not value

        return test

    @override
    def all(self, node: All, parts: Sequence[Test]) -> Test:
        return _ended_by(False, parts)

    @override
    def any(self, node: Any, parts: Sequence[Test]) -> Test:
        return _ended_by(True, parts)

    @override
    def among(self, node: Among) -> Test:
        def test(s: State, _p: Destination | None, _d: Decision | None) -> Truth:
            value = s.values[node.signal]
            return None if value is None else value in node.texts

        return test

    def failed(self, node: Failed) -> Test:
        return lambda s, _p, _d: s.values[node.signal] is None

    def caused(self, node: Caused) -> Test:
        def test(_s: State, p: Destination | None, _d: Decision | None) -> Truth:
            assert p is not None, "causes are those of a destination"
            return p.caused(node.cause)

        return test

    def outcome(self, node: Outcome) -> Test:
        def test(_s: State, _p: Destination | None, d: Decision | None) -> Truth:
            assert d is not None, "a claim is evaluated with its decision"
            match node.kind:
                case "route":
                    return d.route in node.routes
                case "routed":
                    return d.route is not None
                case "denied":
                    return d.action == "deny"
                case "served":
                    return bool(d.destinations)
                case "reaches":
                    return not node.pools.isdisjoint(d.pools)

        return test

    def raw(self, node: Raw) -> Measure:
        return lambda s, _p, _d: s.raw[node.signal]

    def confidence(self, node: Confidence) -> Measure:
        return lambda s, _p, _d: s.confidence[node.signal]

    @override
    def indicator(self, node: Indicator, condition: Test) -> Measure:
        def measure(s: State, pool: Destination | None, d: Decision | None) -> Fraction | int | None:
            value = condition(s, pool, d)
            return None if value is None else int(value)

        return measure

    @override
    def provided(self, node: Provided) -> Measure:
        policy, name = self._policy, node.name

        def measure(s: State, p: Destination | None, _d: Decision | None) -> Fraction | int | None:
            assert p is not None, "a number is that of a destination"
            return _spent(policy, p.pool, s) if name == "cost" else declared(policy, p.pool, name)

        return measure

    def cost(self, node: Cost) -> Measure:  # noqa: ARG002  the only one
        policy = self._policy

        def measure(s: State, _p: Destination | None, d: Decision | None) -> Fraction | int | None:
            """The greatest of what is reached; unknown where one of them is."""
            assert d is not None, "a cost is that of a decision, or of a plan"
            greatest: Fraction | int = 0
            for pool in d.pools:
                found = _spent(policy, policy.pools[pool], s)
                if found is None:
                    return None
                greatest = max(greatest, found)
            return greatest

        return measure

    @override
    def answer_confidence(self, node: AnswerConfidence) -> Measure:
        def measure(_s: State, _p: Destination | None, _d: Decision | None) -> Fraction | int | None:
            raise NotYet

        return measure

    def linear(self, node: Linear, quantities: Sequence[Measure]) -> Measure:
        terms = [(_whole(c), q) for (c, _), q in zip(node.terms, quantities, strict=True)]
        constant = _whole(node.constant)
        if constant == 0 and len(terms) == 1 and terms[0][0] == 1:
            return terms[0][1]

        def measure(s: State, pool: Destination | None, d: Decision | None) -> Fraction | int | None:
            total = constant
            for coefficient, quantity in terms:
                value = quantity(s, pool, d)
                if value is None:
                    return None
                total += coefficient * value
            return total

        return measure


def _ended_by(end: bool, parts: Sequence[Test]) -> Test:
    """What the first part that is `end` settles; else unknown where one part is."""

    def test(s: State, pool: Destination | None, d: Decision | None) -> Truth:
        result: Truth = not end
        for part in parts:
            value = part(s, pool, d)
            if value is end:
                return end
            if value is None:
                result = None
        return result

    return test


UNDECLARED = "\0undeclared"  # an attribute that the pool does not declare: no relation holds, and that is known
RELATIONS: dict[str, Callable[[str, str], bool]] = {
    "equals": lambda a, b: a == b,
    "before": lambda a, b: a < b,
    "prefix": lambda a, b: a.startswith(b),
    "suffix": lambda a, b: a.endswith(b),
    "contains": lambda a, b: b in a,
    "matches": matches,
}


def _spent(policy: Policy, pool: Pool, s: State) -> Fraction | int | None:
    """What a request costs at a pool: its prompt's tokens and its answer's limit, each times its price."""
    prompt, limit = policy.metered
    model = policy.models.get(pool.model or "")
    tokens = None if prompt is None else s.raw[prompt]
    answer = None if limit is None else s.raw[limit]
    if limit is None or answer == 0:
        answer = None if model is None else model.max_output
    total: Fraction | int = 0
    for name, number in (("price.input", tokens), ("price.output", answer)):
        price = declared(policy, pool, name)
        if price == 0:
            continue
        if price is None or number is None:
            return None
        total += price * number
    return total


def _whole(number: Fraction) -> Fraction | int:
    """A whole number as an int: exact as well, and twenty times as fast to compare."""
    return number.numerator if number.denominator == 1 else number


def _inside(r: Interval) -> Callable[[Fraction | int], bool]:
    low, high = (None if b is None else _whole(b) for b in (r.low, r.high))
    low_open, high_open = r.low_open, r.high_open

    def inside(value: Fraction | int) -> bool:
        if low is not None and (value <= low if low_open else value < low):
            return False
        return high is None or (value < high if high_open else value <= high)

    return inside


def _term(term: TextTerm) -> Callable[[State, Destination | None], str | None]:
    match term:
        case StringLiteral(value):
            return lambda _s, _p: value
        case StringSignal(name):

            def signal(s: State, _p: Destination | None) -> str | None:
                value = s.values[name]
                assert value is None or isinstance(value, str), "a string signal's value is one"
                return value

            return signal
        case Attribute(name):

            def attribute(_s: State, pool: Destination | None) -> str | None:
                assert pool is not None, "an attribute is evaluated for a pool"
                found = pool.attribute(name)
                return UNDECLARED if found is None else found

            return attribute


Collected = Callable[[State], tuple[str, ...]]


class Evidence(Meaning[tuple[Test, Collected], None]):
    """The scores that stand behind a condition: the bare ones that fire (LANGUAGE.md, "What a policy means")."""

    def __init__(self, policy: Policy, truth: Evaluation) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self._truth = truth
        self._scores = {n for n, s in policy.signals.items() if isinstance(s.type, Score)}

    def _plain(self, node: Condition) -> tuple[Test, Collected]:
        return fold(node, self._truth), lambda _s: ()

    constant = one_of = has = text = failed = caused = outcome = _plain

    @override
    def among(self, node: Among) -> tuple[Test, Collected]:
        return self._plain(node)

    @override
    def within(self, node: Within, number: None) -> tuple[Test, Collected]:
        return self._plain(node)

    def fires(self, node: Fires) -> tuple[Test, Collected]:
        test = fold(node, self._truth)
        if node.signal not in self._scores:
            return test, lambda _s: ()
        return test, lambda s: (node.signal,) if s.fires[node.signal] else ()

    @override
    def negation(self, node: Not, operand: tuple[Test, Collected]) -> tuple[Test, Collected]:
        return self._plain(node)

    def all(self, node: All, parts: Sequence[tuple[Test, Collected]]) -> tuple[Test, Collected]:
        return fold(node, self._truth), lambda s: tuple(dict.fromkeys(n for _, found in parts for n in found(s)))

    def any(self, node: Any, parts: Sequence[tuple[Test, Collected]]) -> tuple[Test, Collected]:
        def collected(s: State) -> tuple[str, ...]:
            best: tuple[str, ...] = ()
            greatest = None
            for test, found in parts:
                names = found(s) if test(s, None, None) is True else ()
                if names:
                    confidence = max(s.confidence[n] or Fraction(0) for n in names)
                    if greatest is None or confidence > greatest:
                        best, greatest = names, confidence
            return best

        return fold(node, self._truth), collected

    def raw(self, node: Raw) -> None: ...
    def confidence(self, node: Confidence) -> None: ...
    def indicator(self, node: Indicator, condition: tuple[Test, Collected]) -> None: ...
    def provided(self, node: Provided) -> None: ...
    def cost(self, node: Cost) -> None: ...
    def answer_confidence(self, node: AnswerConfidence) -> None: ...
    def linear(self, node: Linear, quantities: Sequence[None]) -> None: ...
