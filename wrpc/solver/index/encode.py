"""Expressions as pairs of sets of points. Mirrors `solver/encode.py`, which is the reference."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from wrpc.decide.cells import ends
from wrpc.decide.evaluate import RELATIONS
from wrpc.decide.vectors import bits
from wrpc.override import override
from wrpc.policy.expr import (
    Among,
    Attribute,
    Condition,
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
from wrpc.policy.intervals import times
from wrpc.policy.numbers import Reached
from wrpc.solver.index.own import Own
from wrpc.solver.index.signals import ONE, ZERO, Measure, Piece, Signals
from wrpc.solver.terms import Term, Truth, conj, disj, negate
from wrpc.solver.truths import Truths

if TYPE_CHECKING:
    from wrpc.solver.reference import Reference

PIECES = 64  # ranges that the value of a sum is told apart in


class Indexing(Truths[Measure]):
    def __init__(self, space: Signals, *, meanings: bool = True) -> None:
        super().__init__(space.policy, space, meanings=meanings)
        self.space = space

    def denied_by_faults(self) -> Term:
        return _leaf(self.space.denied_by_faults(), lambda room: room.space.denied_by_faults())

    @override
    def _asked(self, condition: Condition, unknown: bool | None, of: Reached | None) -> Truth:
        place, claim = self._place, self._outcomes is not None
        truth = super()._asked(condition, unknown, of)

        def again(room: Reference) -> Truth:
            d = room.decision
            encoding = d.encoding.at(place, d.outcomes if claim else None)
            return encoding.condition(condition, unknown=unknown, of=of)

        true = _leaf(truth.true, lambda room: again(room).true)
        return Truth(true, _leaf(truth.false, lambda room: again(room).false))

    # ── Conditions ────────────────────────────────────────────────────────

    def within(self, node: Within, number: Measure) -> Truth:
        inside = self.space.within(number, node.ranges, meanings=self._meanings)
        return Truth(conj([number.known, inside]), conj([number.known, negate(inside)]))

    def one_of(self, node: OneOf) -> Truth:
        domain = self.space.domains.get(node.signal)
        if domain is None:
            return self._known(node.signal, self.space.anything)
        cells = [domain.named[name] for name in node.names if name in domain.named]
        return self._known(node.signal, self.space.at(node.signal, bits(cells, domain.size)))

    def has(self, node: Has) -> Truth:
        return self._known(node.signal, self.space.member(node.signal, node.member))

    def text(self, node: Text) -> Truth:
        left, right = self._text(node.left), self._text(node.right)
        signals = [t.name for t in (left, right) if isinstance(t, StringSignal)]
        if left is None or right is None:
            true: Term = False
        elif isinstance(left, str) and isinstance(right, str):
            true = RELATIONS[node.relation](left, right)
        elif len(signals) == 2 or signals[0] not in self.space.domains:
            true = self.space.related(Text(node.relation, _term(left), _term(right)), signals)
        else:
            words = self.space.domains[signals[0]].words
            other = left if isinstance(left, str) else right
            assert words is not None, "a string's cells are of words"
            assert isinstance(other, str), "only one side is a signal"
            cells = words.asked(node.relation, other, turned=isinstance(left, str))
            true = self.space.at(signals[0], cells)
        known = conj(negate(self.space.failed(name)) for name in signals)
        return Truth(conj([known, true]), conj([known, negate(true)]))

    @override
    def among(self, node: Among) -> Truth:
        domain = self.space.domains.get(node.signal)
        if domain is None:
            return super().among(node)
        assert domain.words is not None, "a string's cells are of words"
        named = domain.words.named
        return self._known(
            node.signal, self.space.at(node.signal, bits([named[text] for text in node.texts], domain.size))
        )

    # ── Numbers ───────────────────────────────────────────────────────────

    def raw(self, node: Raw) -> Measure:
        return self.space.raw(node.signal, meanings=self._meanings)

    def confidence(self, node: Confidence) -> Measure:
        return self.space.confidence(node.signal, meanings=self._meanings)

    @override
    def indicator(self, node: Indicator, condition: Truth) -> Measure:
        pieces = [(Interval(ONE, ONE), condition.true), (Interval(ZERO, ZERO), negate(condition.true))]
        return Measure(disj([condition.true, condition.false]), pieces)

    def linear(self, node: Linear, quantities: Sequence[Measure]) -> Measure:
        if len(quantities) == 1 and (factor := node.terms[0][0]) != 0:
            (quantity,) = quantities
            if factor == 1 and node.constant == 0:
                return quantity
            constant = Interval(node.constant, node.constant)
            scale, form = quantity.scale, quantity.form
            if scale is not None:
                scale = scale._replace(factor=scale.factor * factor, added=scale.added * factor + node.constant)
            if form is not None:
                form = form._replace(factor=form.factor * factor, added=form.added * factor + node.constant)
            pieces = [(_added(times(i, factor), constant), t) for i, t in quantity.pieces]
            return Measure(quantity.known, pieces, scale, form)
        known = conj(q.known for q in quantities)
        sums: list[Piece] = [(Interval(node.constant, node.constant), True)]
        for (coefficient, _), quantity in zip(node.terms, quantities, strict=True):
            parts = _joined([(times(i, coefficient), t) for i, t in self._pieces(quantity) if t is not False])
            sums = _joined([(_added(a, b), conj([s, t])) for a, s in sums for b, t in parts])
        form = self.space.form(node)
        return Measure(known, [(i, t) for i, t in sums if t is not False], None, form)

    # ── Pieces ────────────────────────────────────────────────────────────

    def _pieces(self, number: Measure) -> list[Piece]:
        """Cell by cell."""
        found = list(number.pieces)
        if (scale := number.scale) is not None:
            added = Interval(scale.added, scale.added)
            for i, interval in enumerate(scale.domain.intervals):
                where = conj([scale.where, self.space.at(scale.domain.signal.name, 1 << i)])
                found.append((_added(times(interval, scale.factor), added), where))
        return found

    def _text(self, term: TextTerm) -> StringSignal | str | None:
        """A signal, a string, or None for an attribute that the pool does not declare."""
        match term:
            case StringLiteral(value):
                return value
            case Attribute(name):
                return self._attribute(name)
            case _:
                return term


def _leaf(term: Term, make: Callable[[Reference], Term]) -> Term:
    return term.leaf(make) if isinstance(term, Own) else term


def _term(term: StringSignal | str) -> TextTerm:
    return StringLiteral(term) if isinstance(term, str) else term


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
