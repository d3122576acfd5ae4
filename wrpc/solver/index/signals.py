"""The signals of a request as terms, whichever body answers for them: their cells, and what a number is made of."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from wrpc.decide.cells import Domain, ends
from wrpc.policy.expr import Interval, Linear, Text
from wrpc.policy.intervals import scaled, shifted
from wrpc.policy.model import Bool, Int, Policy, Real, Score
from wrpc.solver.faults import Faults
from wrpc.solver.terms import Term, conj, disj, negate

ZERO, ONE = Fraction(0), Fraction(1)

Piece = tuple[Interval, Term]


class Scale(NamedTuple):
    """A multiple of one signal's number, and something added, where a term holds."""

    domain: Domain
    where: Term
    factor: Fraction = ONE
    added: Fraction = ZERO


class Form(NamedTuple):
    """A multiple of a sum of several quantities, and something added."""

    of: Any
    factor: Fraction = ONE
    added: Fraction = ZERO

    def base(self, ranges: Sequence[Interval]) -> tuple[Interval, ...]:
        """Where the sum lies while this lies in one of the ranges."""
        return scaled(shifted(ranges, -self.added), 1 / self.factor)


class Measure(NamedTuple):
    """A number: where it is known, and the range that it lies in at which points. Scale and pieces cover what is known,
    each once; a scale has too many cells to look at each of them. `form` is what it is beyond that."""

    known: Term
    pieces: Sequence[Piece]
    scale: Scale | None = None
    form: Form | None = None


class Signals(Faults):
    """`domains` are of the signals whose cells are known."""

    policy: Policy
    domains: Mapping[str, Domain]

    @abstractmethod
    def at(self, name: str, cells: int) -> Term:
        """The signal's value lies in one of these cells, which say all of it."""

    @abstractmethod
    def member(self, name: str, member: str) -> Term:
        """The set has this name."""

    @abstractmethod
    def related(self, node: Text, names: Sequence[str]) -> Term:
        """A relation between strings that cells do not decide."""

    @abstractmethod
    def within(self, number: Measure, ranges: Sequence[Interval], *, meanings: bool) -> Term:
        """Where it is known, the number lies in one of the ranges."""

    def form(self, node: Linear) -> Form | None:  # noqa: ARG002  a hook
        """What a sum of several quantities is beyond its pieces; None where nobody looks."""
        return None

    @property
    @abstractmethod
    def anything(self) -> Term:
        """What nobody knows."""

    def given(self, name: str) -> Term:
        domain, of = self.domains.get(name), self.policy.signals[name].type
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
        domain, of = self.domains.get(name), self.policy.signals[name].type
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


def spanned(scale: Scale, ranges: Sequence[Interval]) -> tuple[int, int]:
    """The cells whose numbers reach into one of the ranges, and those whose numbers lie in one."""
    plain = scale.factor == 1 and scale.added == 0
    return scale.domain.spanned(ranges if plain else scaled(shifted(ranges, -scale.added), 1 / scale.factor))


def holds(range_: Interval, part: Interval) -> bool:
    """All of a bounded range lies in another."""
    low, high = ends(part)
    if range_.low is not None and (low < range_.low or (low == range_.low and range_.low_open and not part.low_open)):
        return False
    return range_.high is None or (
        high < range_.high or (high == range_.high and (part.high_open or not range_.high_open))
    )
