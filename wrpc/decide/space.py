"""The fold of a policy's conditions to tests of dimensions, which are cut by what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from wrpc.decide.dimensions import (
    Basic,
    Dimension,
    Every,
    Failure,
    Firing,
    Let,
    Line,
    Membership,
    Name,
    Neither,
    Number,
    Relation,
    Some,
    Sum,
    Test,
    Tree,
)
from wrpc.decide.evaluate import RELATIONS
from wrpc.decide.strings import LONGEST
from wrpc.override import override
from wrpc.policy.destination import Destination
from wrpc.policy.expr import (
    PATTERNS,
    All,
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
from wrpc.policy.intervals import scaled, shifted
from wrpc.policy.model import Enum, Int, Policy
from wrpc.policy.numbers import both, numeric


class Space(Meaning[Tree, Sum]):
    """The dimensions of a policy, which grow as conditions are folded. What a dimension reads of others stands before
    it."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self.policy = policy
        self.dimensions: list[Dimension] = []
        self.lets: dict[str, Tree] = {}
        self._known: dict[object, Dimension] = {}
        self._sums: dict[object, Sum] = {}
        self._place: Destination | None = None
        self._shaky: dict[str, bool] = {n: s.can_fail for n, s in policy.signals.items()}
        for group in policy.groups.values():
            shaky = any(self._shaky[m] for m in group.members)
            self._shaky |= dict.fromkeys(group.members, shaky)

    def at(self, condition: Condition | None, place: Destination | None = None) -> Tree:
        """A condition, of the request alone or for a destination; none is true."""
        self._place = place
        if condition is None:
            return True
        if place is not None and numeric(condition):  # what a guard asks, which acts on what is unknown
            condition = both(self.policy, condition, place)[1]
        return fold(condition, self)

    def firing(self, signal: str) -> Test:
        """Whether a bool or a score fires."""
        found = self._known.get(("fires", signal))
        if found is None:
            found = self._new(("fires", signal), Firing(self._next, signal, fallible=self._shaky[signal]))
        return Test(found.index, True)

    @property
    def _next(self) -> int:
        return len(self.dimensions)

    def _new(self, key: object, made: Dimension) -> Dimension:
        self.dimensions.append(made)
        self._known[key] = made
        return made

    def _asked(self, dimension: Dimension, key: object) -> Test:
        dimension.note(key)
        return Test(dimension.index, key)

    # ── Conditions ────────────────────────────────────────────────────────

    @override
    def define(self, name: str, value: Tree) -> Tree:
        self.lets[name] = value
        part = value.part if isinstance(value, Neither) else value
        return value if isinstance(part, (bool, Test, Let)) else Let(name)

    def constant(self, node: Constant) -> Tree:
        return node.value

    def fires(self, node: Fires) -> Tree:
        return self.firing(node.signal)

    def within(self, node: Within, number: Sum) -> Tree:
        if len(number.terms) == 1 and number.terms[0][0] != 0 and number.terms[0][1].kind == "one":
            return _counted(number, node.ranges)
        if not number.terms:
            return any(number.constant in r for r in node.ranges)
        if number.place is None:
            number.place = self._number(number)
        dimension, factor = number.place
        ranges = node.ranges
        if number.constant:
            ranges = shifted(ranges, -number.constant)
        if factor != 1:
            ranges = scaled(ranges, 1 / factor)
        return self._asked(dimension, ranges)

    def one_of(self, node: OneOf) -> Tree:
        found = self._known.get(("name", node.signal))
        if found is None:
            kind = self.policy.signals[node.signal].type
            assert isinstance(kind, Enum), "only a `one_of` signal has one of some names"
            made = Name(self._next, node.signal, kind.names, fallible=self._shaky[node.signal])
            found = self._new(("name", node.signal), made)
        return Test(found.index, node.names)

    def has(self, node: Has) -> Tree:
        key = "has", node.signal, node.member
        found = self._known.get(key)
        if found is None:
            fallible = self._shaky[node.signal]
            found = self._new(key, Membership(self._next, node.signal, node.member, fallible=fallible))
        return Test(found.index, True)

    def text(self, node: Text) -> Tree:
        left, right = self._term(node.left), self._term(node.right)
        signals = [t.name for t in (left, right) if isinstance(t, StringSignal)]
        if not signals:
            if not isinstance(left, StringLiteral) or not isinstance(right, StringLiteral):
                return False
            return RELATIONS[node.relation](left.value, right.value)
        turned = isinstance(right, StringSignal)
        word = left if turned else right
        if (
            len(signals) == 2
            or node.relation in PATTERNS
            or (turned and node.relation == "prefix" and isinstance(word, StringLiteral) and len(word.value) > LONGEST)
        ):
            assert left is not None, "an undeclared attribute stands alone"
            assert right is not None, "an undeclared attribute stands alone"
            key = node.relation, left, right
            found = self._known.get(key)
            if found is None:
                fallible = any(self._shaky[s] for s in signals)
                found = self._new(key, Relation(self._next, node.relation, left, right, fallible=fallible))
            return Test(found.index, True)
        (signal,) = signals
        found = self._known.get(("line", signal))
        if found is None:
            found = self._new(("line", signal), Line(self._next, signal, fallible=self._shaky[signal]))
        return self._asked(found, (node.relation, word.value, turned) if isinstance(word, StringLiteral) else None)

    def _term(self, term: TextTerm) -> StringLiteral | StringSignal | None:
        """What a term is for the pool at hand; None for what it does not declare."""
        if not isinstance(term, Attribute):
            return term
        assert self._place is not None, "an attribute is asked of a destination"
        found = self._place.attribute(term.name)
        return None if found is None else StringLiteral(found)

    def failed(self, node: Failed) -> Tree:
        found = self._known.get(("failed", node.signal))
        if found is None:
            found = self._new(("failed", node.signal), Failure(self._next, node.signal))
        return Test(found.index, True)

    def caused(self, node: Caused) -> Tree:
        assert self._place is not None, "causes are asked of a destination"
        return self._place.caused(node.cause)

    @override
    def negation(self, node: Not, operand: Tree) -> Tree:
        if isinstance(operand, bool):
            return not operand
        return operand.part if isinstance(operand, Neither) else Neither(operand)

    @override
    def all(self, node: All, parts: Sequence[Tree]) -> Tree:
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    @override
    def any(self, node: Any, parts: Sequence[Tree]) -> Tree:
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def outcome(self, node: Outcome) -> Tree:
        raise NotImplementedError(node)  # claims are not decided

    # ── Numbers ───────────────────────────────────────────────────────────

    def raw(self, node: Raw) -> Sum:
        return self._basic("raw", node.signal)

    def confidence(self, node: Confidence) -> Sum:
        return self._basic("confidence", node.signal)

    @override
    def indicator(self, node: Indicator, condition: Tree) -> Sum:
        return self._basic("one", condition)

    def provided(self, node: Provided) -> Sum:
        raise NotImplementedError(node)

    def cost(self, node: Cost) -> Sum:
        raise NotImplementedError(node)

    def answer_confidence(self, node: AnswerConfidence) -> Sum:
        raise NotImplementedError(node)

    def linear(self, node: Linear, quantities: Sequence[Sum]) -> Sum:
        if len(quantities) == 1 and not node.constant and node.terms[0][0] == 1:
            return quantities[0]
        constant, terms = node.constant, dict[Basic, Fraction]()
        for (coefficient, _), quantity in zip(node.terms, quantities, strict=True):
            constant += coefficient * quantity.constant
            for factor, basic in quantity.terms:
                terms[basic] = terms.get(basic, Fraction(0)) + coefficient * factor
        return Sum(constant, tuple((f, b) for b, f in terms.items()))

    def _basic(self, kind: str, of: object) -> Sum:
        found = self._sums.get((kind, of))
        if found is None:
            found = self._sums[kind, of] = Sum(Fraction(0), ((Fraction(1), Basic(kind, of)),))
        return found

    def _number(self, number: Sum) -> tuple[Number, Fraction]:
        """The dimension of a sum, constant aside, and by what the dimension's number is to be multiplied."""
        factor = next((f for f, _ in number.terms if f), Fraction(1))
        terms = tuple((f / factor, b) for f, b in number.terms)
        found = self._known.get(("number", terms))
        if found is None:
            made = Number(self._next, terms, fallible=any(self._doubtful(b) for _, b in terms))
            found = self._new(("number", terms), made)
        assert isinstance(found, Number), "what a sum is found by is its own"
        return found, factor

    def _doubtful(self, basic: Basic) -> bool:
        if basic.kind == "one":
            return any(self.dimensions[d].fallible for d in read(basic.of, self.lets))
        assert isinstance(basic.of, str), "a number is a signal's"
        return self._shaky[basic.of]

    def whole(self, basic: Basic) -> bool:
        """Whether a part of a sum is a whole number by its type."""
        return basic.kind == "one" or (
            basic.kind == "raw" and isinstance(self.policy.signals[str(basic.of)].type, Int)
        )  # fmt: skip


def _counted(number: Sum, ranges: tuple[Interval, ...]) -> Tree:
    """A condition's 1 or 0, times a factor and more, that lies in some ranges."""
    ((factor, basic),) = number.terms
    tree = basic.of
    assert isinstance(tree, (bool, Test, Neither, Every, Some, Let)), "what is counted is a condition"
    one, none = (any(n in r for r in ranges) for n in (number.constant + factor, number.constant))
    if one != none:
        return tree if one else Neither(tree)
    both: tuple[Tree, ...] = (tree, Neither(tree))  # unknown where the condition is, though either would answer alike
    return Some(both) if one else Every(both)


def read(tree: object, lets: Mapping[str, Tree], seen: set[str] | None = None) -> set[int]:
    """The dimensions that a condition reads, names looked through."""
    seen = set() if seen is None else seen
    match tree:
        case Test(dimension):
            return {dimension}
        case Neither(part):
            return read(part, lets, seen)
        case Every(parts) | Some(parts):
            return {d for p in parts for d in read(p, lets, seen)}
        case Let(name) if name not in seen:
            seen.add(name)
            return read(lets[name], lets, seen)
        case _:
            return set()
