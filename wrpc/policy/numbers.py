"""The numbers of a destination, and what conditions come to once they are known.

A number that a pool does not declare, or that nothing bounds, is unknown, and so is every comparison that reads it. A
condition therefore becomes two: what is *certain*, where such a comparison counts as false, and what is *possible*,
where it counts as true. In Kleene's logic the condition is true where the first is, and false where the second is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import product

from wrpc.policy.destination import Destination
from wrpc.policy.expr import (
    All,
    Any,
    Caused,
    Condition,
    Constant,
    Cost,
    Indicator,
    Interval,
    Linear,
    Not,
    Outcome,
    Provided,
    Quantity,
    Raw,
    Within,
    walk,
)  # fmt: skip
from wrpc.policy.intervals import point
from wrpc.policy.model import Amount, Policy, Pool
from wrpc.policy.operands import combined, within
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)
FALSE, TRUE = Constant(False), Constant(True)

Pair = tuple[Condition, Condition]
"""What is certain, and what is possible."""
Case = tuple[Condition, Linear | None]
"""A number where a condition holds; None where it is unknown then. Of several cases just one holds."""
Reached = Sequence[tuple[Condition, Pool]]
"""Pools whose cost counts, each with when it does."""


# ── Numbers of pools ──────────────────────────────────────────────────────


def declared(policy: Policy, pool: Pool, name: str) -> Fraction | None:
    """`destination.NAME`, but for `cost`; None where nothing says it."""
    match name:
        case "context":
            model = policy.models.get(pool.model or "")
            context = pool.context if pool.context is not None or model is None else model.context
            return None if context is None else Fraction(context)
        case "price.input":
            return None if pool.price is None else pool.price.input
        case "price.output":
            return None if pool.price is None else pool.price.output
        case _:
            found = pool.labels.get(name)
            return found.value if isinstance(found, Amount) else None


@value
class Spent:
    """What a request costs at a pool, in USD: `fixed`, and more for each token of the signals `prompt` and `limit`.
    `unlimited` is what an answer may cost where `limit` is 0, None where nothing says it. `unknown`: a price is not
    declared, or nothing counts what it is for."""

    fixed: Fraction = ZERO
    prompt: tuple[Fraction, str] | None = None
    limit: tuple[Fraction, str] | None = None
    unlimited: Fraction | None = None
    unknown: bool = False


def spent(policy: Policy, pool: Pool) -> Spent:
    """A price of 0 costs nothing whatever else is unknown."""
    asked, answered = (declared(policy, pool, f"price.{n}") for n in ("input", "output"))
    prompt, limit = policy.metered
    if asked is None or answered is None or (asked and prompt is None):
        return Spent(unknown=True)
    of_prompt = (asked, prompt) if asked and prompt is not None else None
    if not answered:
        return Spent(prompt=of_prompt)
    model = policy.models.get(pool.model or "")
    most = None if model is None or model.max_output is None else answered * model.max_output
    if limit is not None:
        return Spent(prompt=of_prompt, limit=(answered, limit), unlimited=most)
    return Spent(unknown=True) if most is None else Spent(most, of_prompt)


def _cost(policy: Policy, pool: Pool) -> list[Case]:
    found = spent(policy, pool)
    if found.unknown:
        return [(TRUE, None)]
    base = Linear(found.fixed, () if found.prompt is None else ((found.prompt[0], Raw(found.prompt[1])),))
    if found.limit is None:
        return [(TRUE, base)]
    price, signal = found.limit
    limit = Linear(ZERO, ((ONE, Raw(signal)),))
    none = Within(limit, (point(ZERO),))
    rest = None if found.unlimited is None else Linear(base.constant + found.unlimited, base.terms)
    return [(Not(none), _sum([(ONE, base), (price, limit)])), (none, rest)]


# ── Conditions ────────────────────────────────────────────────────────────


def numeric(condition: Condition | None) -> bool:
    """A condition reads a number of destinations."""
    return condition is not None and any(isinstance(n, Provided | Cost) for n in walk(condition))


def both(policy: Policy, condition: Condition, place: Destination | None, reached: Reached | None = None) -> Pair:
    """The condition for one destination, and where it reads `cost`, for those that count: in what is left of it no
    number of a destination is read."""
    if not any(isinstance(n, Provided | Cost | Caused) for n in walk(condition)):
        return condition, condition
    return _Settling(policy, place, reached).condition(condition)


def costly(condition: Condition | None) -> bool:
    """A condition reads the greatest cost of several."""
    return condition is not None and any(isinstance(n, Cost) for n in walk(condition))


def reached(policy: Policy) -> Reached:
    """The pools whose cost is that of a claim."""
    return [
        (Outcome("reaches", pools=frozenset({p.name})), p) for p in policy.pools.values() if p.name in policy.naming
    ]


def everywhere(policy: Policy, conditions: Iterable[Condition | Linear]) -> Iterator[Condition | Linear]:
    """The conditions, and what each that reads numbers comes to for one pool or another."""
    for condition in conditions:
        if isinstance(condition, Linear) or not numeric(condition):
            yield condition
            continue
        for pool in policy.pools.values():
            yield from both(policy, condition, Destination(pool), reached(policy))


class _Settling:
    def __init__(self, policy: Policy, place: Destination | None, reached: Reached | None) -> None:
        self._policy = policy
        self._place = place
        self._reached = reached

    def condition(self, e: Condition) -> Pair:
        match e:
            case All(parts):
                pairs = [self.condition(p) for p in parts]
                return All(tuple(c for c, _ in pairs), span=e.span), All(tuple(p for _, p in pairs), span=e.span)
            case Any(parts):
                pairs = [self.condition(p) for p in parts]
                return Any(tuple(c for c, _ in pairs), span=e.span), Any(tuple(p for _, p in pairs), span=e.span)
            case Not(operand):
                certain, possible = self.condition(operand)
                return Not(possible, span=e.span), Not(certain, span=e.span)
            case Caused(cause):
                assert self._place is not None, "causes are those of a destination"
                found = Constant(self._place.caused(cause), span=e.span)
                return found, found
            case Within(number, ranges) if any(not isinstance(q, Raw) for _, q in number.terms):
                if any(isinstance(q, Cost) for _, q in number.terms):
                    return self._of_cost(number, ranges)
                return self._within(number, ranges, [])
            case _:
                return e, e

    def _within(self, number: Linear, ranges: tuple[Interval, ...], cost: list[Case]) -> Pair:
        """`cost` are the cases of what takes the place of a cost of several."""
        cases, doubt = self._cases(number, cost)
        certain, possible = [], []
        for when, linear in cases:
            found = None if linear is None else within(linear, ranges, linear.span)
            certain.append(_both(when, FALSE if found is None else found))
            possible.append(_both(when, TRUE if found is None else found))
        sure, may = _either(certain), _either(possible)
        return (sure, may) if doubt == FALSE else (All((sure, Not(doubt))), Any((may, doubt)))

    def _cases(self, number: Linear, cost: list[Case]) -> tuple[list[Case], Condition]:
        """What a number is, case by case, without numbers of destinations; and when it is unknown which condition in it
        holds."""
        doubts: list[Condition] = []
        of_terms: list[list[tuple[Condition, Linear | None]]] = []
        for coefficient, quantity in number.terms:
            of_terms.append([
                (when, None if linear is None else _sum([(coefficient, linear)]))
                for when, linear in self._quantity(quantity, cost, doubts)
            ])  # fmt: skip
        found: list[Case] = []
        for row in product(*of_terms):
            whens = [w for w, _ in row if w != TRUE]
            when = _all(dict.fromkeys(whens))
            parts = [linear for _, linear in row if linear is not None]
            known = len(parts) == len(row)
            if not _contradicts(whens):
                base = Linear(number.constant, span=number.span)
                found.append((when, _sum([(ONE, base), *((ONE, p) for p in parts)]) if known else None))
        return found, _either(doubts)

    def _quantity(self, quantity: Quantity, cost: list[Case], doubts: list[Condition]) -> list[Case]:
        match quantity:
            case Cost():
                return cost
            case Provided("cost"):
                assert self._place is not None, "a number is that of a destination"
                return _cost(self._policy, self._place.pool)
            case Provided(name):
                assert self._place is not None, "a number is that of a destination"
                number = declared(self._policy, self._place.pool, name)
                return [(TRUE, None if number is None else Linear(number))]
            case Indicator(condition):
                certain, possible = self.condition(condition)
                if certain != possible:
                    doubts.append(All((possible, Not(certain))))
                return [(TRUE, Linear(ZERO, ((ONE, Indicator(certain, span=quantity.span)),)))]
            case _:
                return [(TRUE, Linear(ZERO, ((ONE, quantity),)))]

    # ── The greatest of several ───────────────────────────────────────────

    def _of_cost(self, number: Linear, ranges: tuple[Interval, ...]) -> Pair:
        """The greatest lies below a bound where all do; times a negative number it is the least, which lies above one
        where all do."""
        assert self._reached is not None, "a cost is that of destinations"
        groups: dict[object, tuple[list[Condition], list[Case]]] = {}
        for when, pool in self._reached:
            groups.setdefault(spent(self._policy, pool), ([], _cost(self._policy, pool)))[0].append(when)
        each = [(_either(whens), cases) for whens, cases in groups.values()]
        none = Not(_either([when for when, _ in each]))
        each.append((none, [(TRUE, Linear(ZERO))]))
        unknown, failing = [], []
        for when, cases in each:
            made, doubt = self._cases(number, cases)
            unknown += [_both(when, w) for w, linear in made if linear is None]
            if doubt != FALSE:
                unknown.append(_both(when, doubt))
            failing += [_both(when, Within(linear, ())) for _, linear in made if linear is not None and linear.terms]
        sign = next(c for c, q in number.terms if isinstance(q, Cost))

        def every(r: Interval) -> Condition:
            return _all([_either([Not(when), self._within(number, (r,), cases)[0]]) for when, cases in each])

        inside: list[Condition] = []
        for r in ranges:
            if sign >= 0:
                under = TRUE if r.high is None else every(Interval(high=r.high, high_open=r.high_open))
                beyond = FALSE if r.low is None else every(Interval(high=r.low, high_open=not r.low_open))
            else:
                under = TRUE if r.low is None else every(Interval(low=r.low, low_open=r.low_open))
                beyond = FALSE if r.high is None else every(Interval(low=r.high, low_open=not r.high_open))
            inside.append(_both(under, _not(beyond)))
        found, shaky, doubt = _either(inside), _either(failing), _either(unknown)
        if shaky != FALSE and any(s.can_fail for s in self._policy.signals.values()):
            found = Any((All((found, Not(shaky))), shaky))  # unknown where the cost of one of them is
        return _both(found, _not(doubt)), _either([found, doubt])


def _sum(parts: Sequence[tuple[Fraction, Linear]]) -> Linear:
    return combined(parts, None)


def _contradicts(parts: Sequence[Condition]) -> bool:
    return any(p.operand in parts for p in parts if isinstance(p, Not))


def _both(a: Condition, b: Condition) -> Condition:
    return _all([a, b])


def _all(parts: Iterable[Condition]) -> Condition:
    left = [p for p in parts if p != TRUE]
    if FALSE in left:
        return FALSE
    return left[0] if len(left) == 1 else All(tuple(left)) if left else TRUE


def _either(parts: Sequence[Condition]) -> Condition:
    left = [p for p in parts if p != FALSE]
    if TRUE in left:
        return TRUE
    return left[0] if len(left) == 1 else Any(tuple(left)) if left else FALSE


def _not(part: Condition) -> Condition:
    return Constant(not part.value) if isinstance(part, Constant) else Not(part)
