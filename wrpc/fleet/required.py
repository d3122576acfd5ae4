"""What a rule of `place` says of one pair of pool and site, in three values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from wrpc.decide.evaluate import RELATIONS
from wrpc.fleet.parts import Part
from wrpc.override import override
from wrpc.policy import expr
from wrpc.policy.model import Amount, PlaceRule, Policy, Site, Word
from wrpc.policy.numbers import declared

Truth = bool | None
Test = Callable[[Part, Site], Truth]
Measure = Callable[[Part, Site], Fraction | None]


def allowed(rule: PlaceRule, policy: Policy) -> Test:
    """Whether a replica may stand; one of which the rule cannot say so may not."""
    meaning = _Pairs(policy)
    what = expr.fold(rule.what, meaning)
    when = None if rule.when is None else expr.fold(rule.when, meaning)

    def test(part: Part, site: Site) -> bool:
        return what(part, site) is True or (when is not None and when(part, site) is False)

    return test


class _Pairs(expr.Meaning[Test, Measure]):
    """No signal is read here: the lowering refuses one in a rule of `place`."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self._policy = policy

    def constant(self, node: expr.Constant) -> Test:
        return lambda _part, _site: node.value

    def text(self, node: expr.Text) -> Test:
        relation = RELATIONS[node.relation]
        left, right = _term(node.left), _term(node.right)

        def test(part: Part, site: Site) -> Truth:
            one, two = left(part, site), right(part, site)
            return one is not None and two is not None and relation(one, two)

        return test

    @override
    def negation(self, node: expr.Not, operand: Test) -> Test:
        def test(part: Part, site: Site) -> Truth:
            found = operand(part, site)
            return None if found is None else not found

        return test

    @override
    def all(self, node: expr.All, parts: Sequence[Test]) -> Test:
        def test(part: Part, site: Site) -> Truth:
            found = [each(part, site) for each in parts]
            return False if False in found else None if None in found else True

        return test

    @override
    def any(self, node: expr.Any, parts: Sequence[Test]) -> Test:
        def test(part: Part, site: Site) -> Truth:
            found = [each(part, site) for each in parts]
            return True if True in found else None if None in found else False

        return test

    def within(self, node: expr.Within, number: Measure) -> Test:
        def test(part: Part, site: Site) -> Truth:
            found = number(part, site)
            return None if found is None else any(found in each for each in node.ranges)

        return test

    def linear(self, node: expr.Linear, quantities: Sequence[Measure]) -> Measure:
        def measure(part: Part, site: Site) -> Fraction | None:
            total = node.constant
            for (coefficient, _), quantity in zip(node.terms, quantities, strict=True):
                found = quantity(part, site)
                if found is None:
                    return None
                total += coefficient * found
            return total

        return measure

    def provided(self, node: expr.Provided) -> Measure:
        kind, _, name = node.name.partition(".")
        if kind == "pool":
            return lambda part, _site: declared(self._policy, part.pool, name)

        def measure(_part: Part, site: Site) -> Fraction | None:
            label = site.labels.get(name)
            return label.value if isinstance(label, Amount) else None

        return measure

    @override
    def indicator(self, node: expr.Indicator, condition: Test) -> Measure:
        def measure(part: Part, site: Site) -> Fraction | None:
            found = condition(part, site)
            return None if found is None else Fraction(found)

        return measure

    def _unread(self, node: expr.Condition) -> Test:
        raise AssertionError(f"a rule of `place` reads no request: {node}")

    def _unmeasured(self, node: expr.Quantity) -> Measure:
        raise AssertionError(f"a rule of `place` reads no request: {node}")

    fires = one_of = has = failed = caused = outcome = _unread
    raw = confidence = cost = answer_confidence = _unmeasured


def _term(term: expr.TextTerm) -> Callable[[Part, Site], str | None]:
    match term:
        case expr.StringLiteral(text):
            return lambda _part, _site: text
        case expr.Attribute(name):
            kind, _, attribute = name.partition(".")
            if kind == "site":
                return lambda _part, site: of_site(site, attribute)
            return lambda part, _site: of_part(part, attribute)
        case _:
            return lambda _part, _site: None


def of_part(part: Part, name: str) -> str | None:
    """`pool.NAME`, "" for the pool itself: as of `destination`, and what a phase says of itself; None where it is not
    declared."""
    pool = part.pool
    match name:
        case "":
            return pool.name
        case "engine":
            return pool.engine
        case "gpu":
            return part.gpu
        case "role":
            return part.phase or pool.role
        case _:
            return pool.attribute(name)


def of_site(site: Site, name: str) -> str | None:
    """`site.NAME`, "" for the site itself; None where it is not declared."""
    if not name:
        return site.name
    if name == "region":
        return site.region
    label = site.labels.get(name)
    return label.text if isinstance(label, Word) else label if isinstance(label, str) else None
