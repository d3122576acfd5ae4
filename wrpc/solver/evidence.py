"""Which score stands behind a route, symbolically: what `resolve [confidence]` compares.

Mirrors `Evidence` in `decide/evaluate.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import z3

from wrpc.override import override
from wrpc.policy.expr import (
    All,
    AnswerConfidence,
    Any,
    Condition,
    Confidence,
    Cost,
    Fires,
    Indicator,
    Linear,
    Meaning,
    Not,
    Provided,
    Raw,
    Within,
    fold,
)  # fmt: skip
from wrpc.policy.model import Score
from wrpc.solver.encode import Encoding
from wrpc.solver.formulas import choose
from wrpc.solver.terms import Number, Term, conj, disj, negate


@dataclass(frozen=True, slots=True)
class Behind:
    """`true`: the condition holds. `scores`: when each bare score is collected. `confidence`: the greatest of those
    that are, 0 where none is."""

    true: Term
    scores: dict[str, Term] = field(default_factory=dict)
    confidence: Number = field(default_factory=lambda: z3.RealVal(0))

    @property
    def any(self) -> Term:
        return disj(self.scores.values())


class EvidenceTerms(Meaning[Behind, None]):
    def __init__(self, encoding: Encoding) -> None:
        super().__init__(encoding.policy.conditions, encoding.policy.numbers)
        self._encoding = encoding
        self._signals = encoding.policy.signals

    def _plain(self, node: Condition) -> Behind:
        return Behind(fold(node, self._encoding).true)

    constant = one_of = has = text = failed = caused = outcome = _plain

    @override
    def within(self, node: Within, number: None) -> Behind:  # numbers are never evidence
        return self._plain(node)

    def fires(self, node: Fires) -> Behind:
        fires = fold(node, self._encoding).true
        if not isinstance(self._signals[node.signal].type, Score):
            return Behind(fires)
        return Behind(fires, {node.signal: fires}, self._encoding.space.confidence(node.signal).value)

    @override
    def negation(self, node: Not, operand: Behind) -> Behind:
        return self._plain(node)

    def all(self, node: All, parts: Sequence[Behind]) -> Behind:
        scores: dict[str, list[Term]] = {}
        for part in parts:
            for name, when in part.scores.items():
                scores.setdefault(name, []).append(when)
        greatest = _greatest([(p.any, p.confidence) for p in parts])
        return Behind(fold(node, self._encoding).true, {n: disj(w) for n, w in scores.items()}, greatest)

    def any(self, node: Any, parts: Sequence[Behind]) -> Behind:
        counting = [(p, conj([p.true, p.any])) for p in parts if p.scores]
        scores: dict[str, list[Term]] = {}
        for i, (part, counts) in enumerate(counting):
            # Of equal parts the first as written is the one that counts.
            beaten = [
                conj([c, other.confidence >= part.confidence if j < i else other.confidence > part.confidence])
                for j, (other, c) in enumerate(counting)
                if j != i
            ]
            chosen = conj([counts, *(negate(b) for b in beaten)])
            for name, when in part.scores.items():
                scores.setdefault(name, []).append(conj([chosen, when]))
        greatest = _greatest([(c, p.confidence) for p, c in counting])
        return Behind(fold(node, self._encoding).true, {n: disj(w) for n, w in scores.items()}, greatest)

    def raw(self, node: Raw) -> None: ...
    def confidence(self, node: Confidence) -> None: ...
    def indicator(self, node: Indicator, condition: Behind) -> None: ...
    def provided(self, node: Provided) -> None: ...
    def cost(self, node: Cost) -> None: ...
    def answer_confidence(self, node: AnswerConfidence) -> None: ...
    def linear(self, node: Linear, quantities: Sequence[None]) -> None: ...


def _greatest(parts: Sequence[tuple[Term, Number]]) -> Number:
    """The greatest number of the parts that count; confidences may be negative, so "none yet" is kept apart."""
    some: Term = False
    result: Number = z3.RealVal(0)
    for counts, confidence in parts:
        if counts is False:
            continue
        result = choose(conj([counts, disj([negate(some), confidence > result])]), confidence, result)
        some = disj([some, counts])
    return result
