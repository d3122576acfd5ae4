"""The range of numbers that a linear form can have: interval arithmetic over the ranges of the signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import assert_never

from wrpc.policy import expr
from wrpc.policy.expr import Interval
from wrpc.policy.intervals import added, hull, point, times
from wrpc.policy.model import Int, Real, Score, Signal

ZERO, ONE = Fraction(0), Fraction(1)


class Reach:
    """Ranges over one policy; each named number is computed once."""

    def __init__(self, signals: Mapping[str, Signal], number: Callable[[str], expr.Linear | None]) -> None:
        self._signals = signals
        self._number = number
        self._named: dict[str, Interval] = {}

    def linear(self, e: expr.Linear) -> Interval:
        total = point(e.constant)
        for coefficient, quantity in e.terms:
            total = added(total, times(self.quantity(quantity), coefficient))
        return total

    def quantity(self, e: expr.Quantity) -> Interval:
        match e:
            case expr.Raw(signal):
                return self._raw(signal)
            case expr.Confidence(signal):
                return self._confidence(signal)
            case expr.Indicator():
                return Interval(ZERO, ONE)
            case expr.NamedNumber(name):
                if name not in self._named:
                    number = self._number(name)
                    self._named[name] = Interval() if number is None else self.linear(number)
                return self._named[name]
            case expr.Provided():
                return Interval()
            case expr.Cost():
                return Interval(ZERO, None)
            case expr.AnswerConfidence():
                return Interval(ZERO, ONE)
            case _:
                assert_never(e)

    def _raw(self, name: str) -> Interval:
        signal = self._signals.get(name)
        match signal:
            case None:
                return Interval()
            case Signal(type=Int(low, high)):
                return Interval(Fraction(low), Fraction(high))
            case Signal(type=Real(low, high)):
                return Interval(low, high)
            case Signal(type=Score(low, high)):
                return hull((low, high, *_meant(signal)))
            case _:
                return Interval()

    def _confidence(self, name: str) -> Interval:
        """0 where it does not fire; 1 as well, since the default of a group fires with confidence 1."""
        signal = self._signals.get(name)
        if signal is None or not isinstance(signal.type, Score) or signal.type.threshold is None:
            return Interval()
        return hull((ZERO, ONE, signal.type.threshold, signal.type.high, *_meant(signal)))


def _meant(signal: Signal) -> tuple[Fraction, ...]:
    """The number that a failure stands for."""
    return {"fires": (ONE,), "silent": (ZERO,)}.get(signal.on_error or "", ())
