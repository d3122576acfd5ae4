"""Expressions as pairs of Z3 terms over a request space: the reference encoding."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import z3

from wrpc.decide.evaluate import RELATIONS
from wrpc.override import override
from wrpc.policy.expr import (
    Attribute,
    Confidence,
    Has,
    Indicator,
    Interval,
    Linear,
    OneOf,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    TextTerm,
    Within,
)  # fmt: skip
from wrpc.policy.model import Policy
from wrpc.policy.regular.syntax import read
from wrpc.solver.formulas import compare
from wrpc.solver.regular import expression
from wrpc.solver.space import Measure, Space, Variables, number
from wrpc.solver.terms import Term, Truth, conj, disj, negate
from wrpc.solver.truths import Truths

LAST = "\U0002ffff"  # the last character that the solver's strings have


class Encoding(Truths[Measure]):
    def __init__(self, policy: Policy, space: Space, *, meanings: bool = True) -> None:
        super().__init__(policy, space, meanings=meanings)
        self.space = space

    def denied_by_faults(self) -> Term:
        return self.space.denied_by_faults()

    # ── Conditions ────────────────────────────────────────────────────────

    def within(self, node: Within, number: Measure) -> Truth:
        there = disj(inside(number, r) for r in node.ranges)
        if number.known is True:
            return Truth.crisp(there)
        return Truth(conj([number.known, there]), conj([number.known, negate(there)]))

    def one_of(self, node: OneOf) -> Truth:
        v = self.space.of(node.signal)
        return self._known(node.signal, disj(v.members[n] for n in sorted(node.names) if n in v.members))

    def has(self, node: Has) -> Truth:
        return self._known(node.signal, self.space.of(node.signal).members[node.member])

    def text(self, node: Text) -> Truth:
        (left_known, left), (right_known, right) = self._term(node.left), self._term(node.right)
        known = conj([left_known, right_known])
        true: Term
        if left is None or right is None:
            true = False
        elif isinstance(left, str) and isinstance(right, str):
            true = RELATIONS[node.relation](left, right)
        else:
            true = related(node.relation, left, right)
        return Truth(conj([known, true]), conj([known, negate(true)]))

    # ── Numbers ───────────────────────────────────────────────────────────

    def raw(self, node: Raw) -> Measure:
        return self.space.raw(node.signal, meanings=self._meanings)

    def confidence(self, node: Confidence) -> Measure:
        return self.space.confidence(node.signal, meanings=self._meanings)

    @override
    def indicator(self, node: Indicator, condition: Truth) -> Measure:
        value = (
            z3.If(condition.true, z3.IntVal(1), z3.IntVal(0))
            if not isinstance(condition.true, bool)
            else (z3.IntVal(int(condition.true)))
        )
        return Measure(disj([condition.true, condition.false]), value, True)

    def linear(self, node: Linear, quantities: Sequence[Measure]) -> Measure:
        known = conj(q.known for q in quantities)
        coefficients = [c for c, _ in node.terms]
        if len(quantities) == 1 and coefficients[0] == 1 and node.constant == 0:
            return Measure(known, quantities[0].value, quantities[0].whole)
        whole = all(q.whole for q in quantities) and all(c.denominator == 1 for c in [*coefficients, node.constant])
        if whole:
            total = z3.IntVal(node.constant.numerator)
            for c, q in zip(coefficients, quantities, strict=True):
                total = total + c.numerator * q.value
        else:
            total = number(node.constant)
            for c, q in zip(coefficients, quantities, strict=True):
                total = total + number(c) * (z3.ToReal(q.value) if q.whole else q.value)
        return Measure(known, total, whole)

    # ── Pieces ────────────────────────────────────────────────────────────

    def _term(self, term: TextTerm) -> tuple[Term, Variables | str | None]:
        """Whether a string is known, and the string; None for an attribute that the pool does not declare."""
        match term:
            case StringLiteral(value):
                return True, value
            case StringSignal(name):
                v = self.space.of(name)
                return negate(v.failed), v
            case Attribute(name):
                return True, self._attribute(name)


def inside(n: Measure, r: Interval) -> Term:
    """Bounds of a whole number are rounded inwards, so that whole variables stay in integer arithmetic."""
    parts: list[Term] = []
    if r.low is not None:
        if n.whole:
            parts.append(compare(">=", n.value, z3.IntVal(floor(r.low) + 1 if r.low_open else ceil(r.low))))
        else:
            parts.append(compare(">" if r.low_open else ">=", n.value, number(r.low)))
    if r.high is not None:
        if n.whole:
            parts.append(compare("<=", n.value, z3.IntVal(ceil(r.high) - 1 if r.high_open else floor(r.high))))
        else:
            parts.append(compare("<" if r.high_open else "<=", n.value, number(r.high)))
    return conj(parts)


def related(relation: str, left: Variables | str, right: Variables | str) -> Term:
    """A relation between a string signal and a constant, or another signal."""
    for signal, other, turned in ((left, right, False), (right, left, True)):
        if isinstance(signal, Variables) and signal.cells is not None and isinstance(other, str):
            return disj(_in_cells(signal, *r) for r in signal.cells.ranges(relation, other, turned=turned))
    if isinstance(left, Variables) and isinstance(right, Variables) and left.cells is not None:
        assert left.cells is right.cells, "what is compared lies on one line"
        return left.value == right.value if relation == "equals" else compare("<", left.value, right.value)
    if relation != "matches" and any(isinstance(t, str) and any(c > LAST for c in t) for t in (left, right)):
        # Whether it holds is then left to chance: what is impossible all the same is so, and no request is confirmed
        # that only chance allows.
        return z3.FreshBool("beyond")
    if relation == "matches":
        assert isinstance(right, str), "a pattern is a constant"
        made = expression(read(right))
        return z3.FreshBool("beyond") if made is None else z3.InRe(_value(left), made)
    a, b = _value(left), _value(right)
    match relation:
        case "equals":
            return a == b
        case "before":
            return a < b
        case "suffix":
            return z3.SuffixOf(b, a)
        case "contains":
            return z3.Contains(a, b)
        case _:
            return z3.PrefixOf(b, a)


def _value(term: Variables | str) -> z3.SeqRef:
    return _string(term) if isinstance(term, str) else term.value


def _in_cells(v: Variables, first: int, last: int | None) -> Term:
    parts: list[Term] = []
    if first > 0:
        parts.append(compare(">=", v.value, z3.IntVal(first)))
    if last is not None:
        parts.append(compare("<=", v.value, z3.IntVal(last)))
    return conj(parts)


def _string(text: str) -> z3.SeqRef:
    """A string constant; z3 reads `\\u{…}`, so a backslash of the text itself is written that way too."""
    written = "".join(c if " " <= c < "\x7f" and c != "\\" else f"\\u{{{ord(c):x}}}" for c in text)
    return z3.StringVal(written)
