"""Expressions as pairs of sets of points. Mirrors `solver/encode.py`, which is the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from wrpc.decide.cells import Domain, ends
from wrpc.decide.evaluate import RELATIONS
from wrpc.override import override
from wrpc.policy.expr import (
    All,
    AnswerConfidence,
    Any,
    Attribute,
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
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    TextTerm,
    Within,
    fold,
)  # fmt: skip
from wrpc.policy.intervals import overlap, scaled, shifted, times
from wrpc.policy.model import Bool, Int, Policy, Pool, Real, Score
from wrpc.solver.faults import Faults
from wrpc.solver.index.bits import Bits
from wrpc.solver.index.universe import Universe
from wrpc.solver.terms import NotDecidable, Term, Truth, conj, disj, negate

if TYPE_CHECKING:
    from wrpc.solver.reference import Reference

PIECES = 64  # ranges that the value of a sum is told apart in
ZERO, ONE = Fraction(0), Fraction(1)

Outcomes = Callable[[Outcome], Term]


Piece = tuple[Interval, Term]


class Scale(NamedTuple):
    """A multiple of one signal's number, and something added, where a term holds."""

    domain: Domain
    where: Term
    factor: Fraction = ONE
    added: Fraction = ZERO


class Measure(NamedTuple):
    """A number: where it is known, and the range that it lies in at which points. Scale and pieces cover what is known;
    a scale has too many cells to look at each of them."""

    known: Term
    pieces: Sequence[Piece]
    scale: Scale | None = None


class Points(Faults):
    """The signals of a request as terms over the universe. What is not followed may be anything anywhere."""

    def __init__(self, universe: Universe, *, failures: bool) -> None:
        super().__init__()
        self.universe = universe
        self.policy = universe.policy
        self.failures = failures
        self.anything = Bits(universe.full, universe.full, 0, "anything", ())

    def at(self, name: str, cells: int) -> Term:
        """The signal lies in one of these cells, which say all of it."""
        points = self.universe.at(name, cells)
        if points in (0, self.universe.full):
            return bool(points)
        return Bits(self.universe.full, points, points, "cells", ())

    def failed(self, name: str) -> Term:
        if not self.failures or not self.policy.signals[name].can_fail:
            return False
        domain = self.universe.domains.get(name)
        return self.anything if domain is None else self.at(name, domain.failed)

    def given(self, name: str) -> Term:
        domain, of = self.universe.domains.get(name), self.policy.signals[name].type
        if isinstance(of, Score) and of.threshold is None:
            return False
        if domain is None:
            return self.anything
        if isinstance(of, Bool):
            return self.at(name, 0b10)
        assert isinstance(of, Score), "a bool or a score fires"
        fires = sum(1 << i for i, interval in enumerate(domain.intervals) if _fires(of, interval))
        return self.at(name, fires)

    def raw(self, name: str, *, meanings: bool) -> Measure:
        """The number of an int, real or score signal."""
        domain, of = self.universe.domains.get(name), self.policy.signals[name].type
        assert isinstance(of, Int | Real | Score), "it has a number"
        failed = self.failed(name)
        healthy = negate(failed)
        pieces = [(Interval(Fraction(of.low), Fraction(of.high)), healthy)] if domain is None else []
        scale = None if domain is None else Scale(domain, healthy)
        meaning = self.policy.signals[name].on_error if meanings else None
        if failed is False or meaning not in ("fires", "silent"):
            return Measure(healthy, pieces, scale)
        meant = ONE if meaning == "fires" else ZERO
        return Measure(True, [*pieces, (Interval(meant, meant), failed)], scale)

    def confidence(self, name: str, *, meanings: bool) -> Measure:
        fires = self.fires(name, meanings=meanings)
        group = self.policy.group_of.get(name)
        known, silent = disj([fires.true, fires.false]), (Interval(ZERO, ZERO), negate(fires.true))
        if group is not None and group.default == name:
            return Measure(known, [(Interval(ONE, ONE), fires.true), silent])
        raw = self.raw(name, meanings=meanings)
        scale = None if raw.scale is None else raw.scale._replace(where=conj([fires.true, raw.scale.where]))
        return Measure(known, [*((i, conj([fires.true, t])) for i, t in raw.pieces), silent], scale)


def _fires(score: Score, interval: Interval) -> bool:
    """Of a range that the threshold does not cut."""
    assert score.threshold is not None, "without one, nothing fires"
    low, _ = ends(interval)
    return low > score.threshold or (low == score.threshold and (not score.above or interval.low_open))


class Indexing(Meaning[Truth, Measure]):
    """`at(pool, outcomes)` is the same for one destination, and for claims over a decision."""

    def __init__(self, space: Points, *, meanings: bool = True) -> None:
        super().__init__(space.policy.conditions, space.policy.numbers)
        self.space = space
        self.policy: Policy = space.policy
        self._meanings = meanings
        self._pool: Pool | None = None
        self._outcomes: Outcomes | None = None

    def at(self, pool: Pool | None, outcomes: Outcomes | None = None) -> Indexing:
        other = copy(self)
        other._pool, other._outcomes = pool, outcomes
        return other

    @property
    def failures(self) -> bool:
        return self.space.failures

    def denied_by_faults(self) -> Term:
        return _leaf(self.space.denied_by_faults(), lambda room: room.space.denied_by_faults())

    def condition(self, condition: Condition | None) -> Truth:
        if condition is None:
            return Truth(True, False)
        truth, pool, claim = fold(condition, self), self._pool, self._outcomes is not None

        def again(room: Reference) -> Truth:
            d = room.decision
            return d.encoding.at(pool, d.outcomes if claim else None).condition(condition)

        true = _leaf(truth.true, lambda room: again(room).true)
        return Truth(true, _leaf(truth.false, lambda room: again(room).false))

    # ── Conditions ────────────────────────────────────────────────────────

    def constant(self, node: Constant) -> Truth:
        return Truth.crisp(node.value)

    def fires(self, node: Fires) -> Truth:
        return self.space.fires(node.signal, meanings=self._meanings)

    def within(self, node: Within, number: Measure) -> Truth:
        """Surely inside where no piece that may apply reaches beyond the ranges."""
        inside = [term for interval, term in number.pieces if any(overlap(interval, r) for r in node.ranges)]
        outside = [term for interval, term in number.pieces if not any(_holds(r, interval) for r in node.ranges)]
        if number.scale is not None:
            reaching, within = self._spanned(number.scale, node.ranges)
            inside.append(conj([number.scale.where, reaching]))
            outside.append(conj([number.scale.where, negate(within)]))
        both = _between(self.space, disj(inside), disj(outside))
        return Truth(conj([number.known, both]), conj([number.known, negate(both)]))

    def one_of(self, node: OneOf) -> Truth:
        domain = self.space.universe.domains.get(node.signal)
        if domain is None:
            return self._known(node.signal, self.space.anything)
        cells = sum(1 << i for i, name in enumerate(domain.values) if name in node.names)
        return self._known(node.signal, self.space.at(node.signal, cells))

    def has(self, node: Has) -> Truth:
        domain = self.space.universe.domains.get(node.signal)
        if domain is None:
            return self._known(node.signal, self.space.anything)
        cells = sum(1 << i for i, v in enumerate(domain.values) if isinstance(v, frozenset) and node.member in v)
        return self._known(node.signal, self.space.at(node.signal, cells))

    def text(self, node: Text) -> Truth:
        left, right = self._text(node.left), self._text(node.right)
        signals = [t.name for t in (left, right) if isinstance(t, StringSignal)]
        if left is None or right is None:
            true: Term = False
        elif isinstance(left, str) and isinstance(right, str):
            true = RELATIONS[node.relation](left, right)
        elif len(signals) == 2 or signals[0] not in self.space.universe.domains:
            true = self.space.anything
        else:
            words = self.space.universe.domains[signals[0]].words
            other = left if isinstance(left, str) else right
            assert words is not None, "a string's cells are of words"
            assert isinstance(other, str), "only one side is a signal"
            cells = 0
            for found in words.at.ranges(node.relation, other, turned=isinstance(left, str)):
                cells |= words.within(*found)
            true = self.space.at(signals[0], cells)
        known = conj(negate(self.space.failed(name)) for name in signals)
        return Truth(conj([known, true]), conj([known, negate(true)]))

    @override
    def negation(self, node: Not, operand: Truth) -> Truth:
        return Truth(operand.false, operand.true)

    @override
    def all(self, node: All, parts: Sequence[Truth]) -> Truth:
        true = conj(p.true for p in parts)
        return Truth(true, disj(p.false for p in parts)) if self.failures else Truth.crisp(true)

    @override
    def any(self, node: Any, parts: Sequence[Truth]) -> Truth:
        true = disj(p.true for p in parts)
        return Truth(true, conj(p.false for p in parts)) if self.failures else Truth.crisp(true)

    def failed(self, node: Failed) -> Truth:
        return Truth.crisp(self.space.failed(node.signal))

    def outcome(self, node: Outcome) -> Truth:
        assert self._outcomes is not None, "a claim is encoded with its decision"
        return Truth.crisp(self._outcomes(node))

    # ── Numbers ───────────────────────────────────────────────────────────

    def raw(self, node: Raw) -> Measure:
        return self.space.raw(node.signal, meanings=self._meanings)

    def confidence(self, node: Confidence) -> Measure:
        return self.space.confidence(node.signal, meanings=self._meanings)

    @override
    def indicator(self, node: Indicator, condition: Truth) -> Measure:
        pieces = [(Interval(ONE, ONE), condition.true), (Interval(ZERO, ZERO), negate(condition.true))]
        return Measure(disj([condition.true, condition.false]), pieces)

    @override
    def cost(self, node: Cost) -> Measure:
        raise NotDecidable("cost")

    @override
    def answer_confidence(self, node: AnswerConfidence) -> Measure:
        raise NotDecidable("the confidence of an answer")

    def linear(self, node: Linear, quantities: Sequence[Measure]) -> Measure:
        known = conj(q.known for q in quantities)
        constant = Interval(node.constant, node.constant)
        if len(quantities) == 1 and (factor := node.terms[0][0]) != 0:
            (quantity,) = quantities
            scale = quantity.scale
            if scale is not None:
                scale = scale._replace(factor=scale.factor * factor, added=scale.added * factor + node.constant)
            return Measure(known, [(_added(times(i, factor), constant), t) for i, t in quantity.pieces], scale)
        sums: list[Piece] = [(constant, True)]
        for (coefficient, _), quantity in zip(node.terms, quantities, strict=True):
            parts = _joined([(times(i, coefficient), t) for i, t in self._pieces(quantity) if t is not False])
            sums = _joined([(_added(a, b), conj([s, t])) for a, s in sums for b, t in parts])
        return Measure(known, [(i, t) for i, t in sums if t is not False])

    # ── Pieces ────────────────────────────────────────────────────────────

    def _spanned(self, scale: Scale, ranges: Sequence[Interval]) -> tuple[Term, Term]:
        """Where the number may lie in one of the ranges, and where it does."""
        at = scaled(shifted(ranges, -scale.added), 1 / scale.factor)
        reaching, inside = scale.domain.spanned(at)
        name = scale.domain.signal.name
        return self.space.at(name, reaching), self.space.at(name, inside)

    def _pieces(self, number: Measure) -> list[Piece]:
        """Cell by cell."""
        found = list(number.pieces)
        if (scale := number.scale) is not None:
            added = Interval(scale.added, scale.added)
            for i, interval in enumerate(scale.domain.intervals):
                where = conj([scale.where, self.space.at(scale.domain.signal.name, 1 << i)])
                found.append((_added(times(interval, scale.factor), added), where))
        return found

    def _known(self, signal: str, true: Term) -> Truth:
        known = negate(self.space.failed(signal))
        return Truth(conj([known, true]), conj([known, negate(true)]))

    def _text(self, term: TextTerm) -> StringSignal | str | None:
        """A signal, a string, or None for an attribute that the pool does not declare."""
        match term:
            case StringLiteral(value):
                return value
            case Attribute(name):
                assert self._pool is not None, "an attribute is encoded for a pool"
                return self._pool.attribute(name)
            case _:
                return term


def _leaf(term: Term, make: Callable[[Reference], Term]) -> Term:
    return term.leaf(make) if isinstance(term, Bits) else term


def _between(space: Points, inside: Term, outside: Term) -> Term:
    """True where a number may be inside, surely so where it may not be outside."""
    full = space.universe.full
    may = _may(inside, full)
    must = full & ~_may(outside, full)
    if may == must:
        must = may
    if not may:
        return False
    return True if must == full else Bits(full, may, must, "within", ())


def _may(term: Term, full: int) -> int:
    return term.may if isinstance(term, Bits) else full if term else 0


def _holds(range_: Interval, part: Interval) -> bool:
    """All of a bounded range lies in another."""
    low, high = ends(part)
    if range_.low is not None and (low < range_.low or (low == range_.low and range_.low_open and not part.low_open)):
        return False
    return range_.high is None or (
        high < range_.high or (high == range_.high and (part.high_open or not range_.high_open))
    )


def _added(a: Interval, b: Interval) -> Interval:
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    return Interval(a_low + b_low, a_high + b_high, a.low_open or b.low_open, a.high_open or b.high_open)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Equal ranges joined; one range about them all where they are too many."""
    found: dict[Interval, list[Term]] = {}
    for interval, term in pieces:
        found.setdefault(interval, []).append(term)
    if len(found) > PIECES:
        return [(Interval(min(ends(i)[0] for i in found), max(ends(i)[1] for i in found)), True)]
    return [(interval, disj(terms)) for interval, terms in found.items()]
