"""What a failed signal means to one decision: the one word `on_unknown` has to say it for all of its signals.

A rule tree that is unknown becomes true where every signal that may fail is read so that "true" is what its failure
means (it fires and is asked for, or is silent and is asked not to), and false where every one says the opposite.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from wrpc.override import override
from wrpc.policy import expr
from wrpc.policy.expr import Meaning
from wrpc.policy.model import Policy

Leaning = Literal["up", "down", "own", "lost"]
"""Towards true, towards false, as the route's own `on_unknown` says, or inside a sum, where neither is right."""

Leanings = frozenset[Leaning]
NOTHING: Leanings = frozenset()
OWN: Leanings = frozenset(("own",))
LOST: Leanings = frozenset(("lost",))
MEANINGS: dict[str | None, Leaning] = {"fires": "up", "silent": "down"}
TURNED: dict[Leaning, Leaning] = {"up": "down", "down": "up", "own": "own", "lost": "lost"}


class Failures(Meaning[Leanings, Leanings]):
    """Which way a condition leans when what it reads fails."""

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy.conditions, policy.numbers)
        self.policy = policy

    def _read(self, signal: str) -> Leanings:
        found = self.policy.signals[signal]
        if not found.can_fail:
            return NOTHING
        return frozenset((MEANINGS.get(found.on_error, "own"),))

    @override
    def constant(self, node: expr.Constant) -> Leanings:  # nothing fails in it
        return NOTHING

    def fires(self, node: expr.Fires) -> Leanings:
        return self._read(node.signal)

    def one_of(self, node: expr.OneOf) -> Leanings:
        return self._read(node.signal)

    def has(self, node: expr.Has) -> Leanings:
        return self._read(node.signal)

    def text(self, node: expr.Text) -> Leanings:
        names = [t.name for t in (node.left, node.right) if isinstance(t, expr.StringSignal)]
        return frozenset().union(*(self._read(n) for n in names))

    @override
    def failed(self, node: expr.Failed) -> Leanings:  # asking for a failure is no failure
        return NOTHING

    @override
    def caused(self, node: expr.Caused) -> Leanings:
        return NOTHING

    @override
    def outcome(self, node: expr.Outcome) -> Leanings:  # no signal
        return NOTHING

    def within(self, node: expr.Within, number: Leanings) -> Leanings:
        """A score alone is 1 where its failure fires and 0 where it is silent; in a sum the rest would count too."""
        match node.number:
            case expr.Linear(constant, ((factor, expr.Confidence() | expr.Raw()),)):
                value = {"up": constant + factor, "down": constant}
                return frozenset(self._inside(node, value[x]) if x in value else x for x in number)
            case _ if number <= OWN:
                return number
            case _:
                return LOST | (number & OWN)

    @staticmethod
    def _inside(node: expr.Within, value: Fraction) -> Leaning:
        return "up" if any(value in r for r in node.ranges) else "down"

    @override
    def negation(self, node: expr.Not, operand: Leanings) -> Leanings:  # the operand says it all
        return frozenset(TURNED[leaning] for leaning in operand)

    @override
    def all(self, node: expr.All, parts: Sequence[Leanings]) -> Leanings:  # the parts say it all
        return frozenset().union(*parts)

    @override
    def any(self, node: expr.Any, parts: Sequence[Leanings]) -> Leanings:  # the parts say it all
        return frozenset().union(*parts)

    def raw(self, node: expr.Raw) -> Leanings:
        return self._read(node.signal)

    def confidence(self, node: expr.Confidence) -> Leanings:
        return self._read(node.signal)

    @override
    def indicator(self, node: expr.Indicator, condition: Leanings) -> Leanings:
        return condition

    @override
    def provided(self, node: expr.Provided) -> Leanings:
        return NOTHING

    @override
    def cost(self, node: expr.Cost) -> Leanings:  # no signal
        return NOTHING

    @override
    def answer_confidence(self, node: expr.AnswerConfidence) -> Leanings:  # no signal
        return NOTHING

    @override
    def linear(self, node: expr.Linear, quantities: Sequence[Leanings]) -> Leanings:
        return frozenset().union(*quantities)
