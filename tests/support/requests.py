"""Random requests of a policy that meet its bounds: numbers at and around every threshold, strings around every
literal, signals that failed, several members of a group."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

from wrpc.policy.expr import Among, Condition, Linear, StringLiteral, Text, Within, walk
from wrpc.policy.model import Bool, Enum, Forbid, Int, Policy, Real, Score, Set, Signal, String

FAILURES = 0.15


class Sampler:
    """Requests as `decide` reads them, with numbers as exact fractions."""

    def __init__(self, policy: Policy, seed: int) -> None:
        self.policy = policy
        self.random = random.Random(seed)
        self.bounds: list[Fraction] = [Fraction(0), Fraction(1)]
        self.texts: list[str] = ["a"]
        for condition in conditions(policy):
            for node in walk(condition):
                self._learn(node)
        for signal in policy.signals.values():
            if isinstance(signal.type, Score) and signal.type.threshold is not None:
                self.bounds.append(signal.type.threshold)
        self.bounds = list(dict.fromkeys(self.bounds))

    def _learn(self, node: object) -> None:
        match node:
            case Within(number, ranges):
                ends = [b for r in ranges for b in (r.low, r.high) if b is not None]
                self.bounds += ends
                self.bounds += [(e - number.constant) / c for e in ends for c, _ in number.terms if c]
            case Among(_, texts):
                self.texts += sorted(texts)
            case Text(_, left, right):
                self.texts += [t.value for t in (left, right) if isinstance(t, StringLiteral) and t.value]
            case _:
                pass

    def request(self) -> dict[str, object]:
        # Some requests have few failures and few signals that fire, so that late routes are met too.
        failures = self.random.choice((0.0, 0.0, FAILURES, 0.5))
        quiet = self.random.choice((0.2, 0.5, 0.8))
        return {s.name: self._value(s, failures, quiet) for s in self.policy.signals.values()}

    def _value(self, signal: Signal, failures: float, quiet: float) -> object:
        r = self.random
        if signal.can_fail and r.random() < failures:
            return None
        match signal.type:
            case Bool():
                return r.random() > quiet
            case Enum(names):
                return r.choice(names)
            case Set(names):
                return [n for n in names if r.random() > quiet]
            case String():
                text = r.choice(self.texts)
                return text if r.random() < 0.4 else r.choice((text + "x", text[:-1], "z" + text, "", "é,b c%"))
            case Int(low, high):
                return int(self._number(Fraction(low), Fraction(high), whole=True))
            case Real(low, high):
                return self._number(low, high, whole=False)
            case Score(low, high, threshold, _):
                if r.random() < quiet and threshold is not None:
                    high = min(high, max(low, threshold))
                return self._number(low, high, whole=False)

    def _number(self, low: Fraction, high: Fraction, *, whole: bool) -> Fraction:
        r = self.random
        inside = [b for b in self.bounds if low <= b <= high]
        step = Fraction(1) if whole else Fraction(1, 10 ** r.choice((1, 2, 3, 6, 12)))
        if inside and r.random() < 0.7:
            found = r.choice(inside) + r.choice((-1, 0, 0, 1)) * step
        else:
            found = low + Fraction(r.randint(0, 1000), 1000) * (high - low)
        found = min(max(found, low), high)
        return Fraction(round(found)) if whole else Fraction(round(found * 10**12), 10**12)


def conditions(policy: Policy) -> Iterator[Condition | Linear]:
    """Every condition and number of a policy that a decision may read."""
    yield from (d.value for d in policy.definitions.values())
    yield from (a.condition for a in policy.assumptions.values())
    yield from (r.when for r in policy.routes.values() if r.when is not None)
    for guard in policy.guards.values():
        for rule in guard.rules:
            if isinstance(rule, Forbid):
                yield rule.what
            if rule.when is not None:
                yield rule.when
