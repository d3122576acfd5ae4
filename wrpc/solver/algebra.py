"""The requests of two policies as sets: what changes, and its regions and shares of points.

Signals that both have and that are of other kinds in each (a bool that became a name) have no cells in common, nor
have those of which each says something else where they are absent; then there is no such ground.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from wrpc.decide.change import Sides
from wrpc.policy.expr import All as AllOf
from wrpc.policy.expr import Condition, Has, Interval, Linear, Not, OneOf, Raw, Within
from wrpc.policy.model import Assumption, Bool, Enum, Group, Int, Policy, Real, Score, Set, Signal, String
from wrpc.solver.halves import Half, Pairs, Part
from wrpc.solver.limits import RESOURCES
from wrpc.solver.regions import Region, Regions
from wrpc.solver.room import Answer, Confirm, Replay
from wrpc.solver.sets import Ground, Unsettled
from wrpc.solver.terms import Term, at_most_one, conj, disj, negate

EFFORT = 10_000  # questions that the regions of all changes may cost


class Algebra:
    """`regions` says sets in the words of the new policy; a signal that only the old one has is called as there."""

    def __init__(self, sides: Sides, *, resources: int = RESOURCES) -> None:
        self.sides = sides
        if sides.absent:
            raise Strangers(*sides.absent)
        old, new = sides.old.policy, sides.new.policy
        fits = {n: _fits(old.signals[n], new.signals[n]) for n in sides.old.changed}
        both = Policy(
            new.name,
            new.sources,
            signals={n: replace(s, on_error=None) for n, s in sides.signals.items()},
            groups={
                f"{i}": Group(f"{i}", tuple(m for m in g.members if m != g.default), None, g.span)
                for i, g in enumerate(new.groups.values())
            },
        )
        cuts = Policy(
            "",
            old.sources,
            signals=both.signals,
            assumptions={n: Assumption(n, c, old.signals[n].span) for n, c in fits.items() if c is not None},
        )
        # The old policy's signals as the new one types them: what it does not admit is a question of its own.
        seen = {n: _typed(s, new.signals[n]) if n in fits else s for n, s in old.signals.items()}
        before = replace(old, signals=seen)
        reader = replace(new, signals={**sides.signals, **new.signals})
        failures = any(s.can_fail for s in both.signals.values())
        self.ground = Ground(both, (before, reader, cuts), failures=failures, resources=resources)
        self.old, self.new = first, second = self.ground.reads(before), self.ground.reads(reader)
        restricted: list[Term] = []
        self.admits = admitted = self._admits(before, cuts, fits, restricted)
        self.ground.admitted = conj([self.ground.admitted, *self.ground.axioms(reader), *restricted])
        sides.old.conflicts = sides.new.conflicts = True  # it is asked here
        self.define = _plain
        self.pairs = Pairs(Half(sides.old, first, admitted, _plain), Half(sides.new, second, True, _plain))
        leaves = self.ground.leaves(both)
        self._healthy = conj(negate(leaves.failed(n)) for n, s in both.signals.items() if s.can_fail)
        self.regions = Regions(self.ground, reader, (before, reader, cuts), EFFORT)

    def _admits(self, before: Policy, cuts: Policy, fits: dict[str, Condition | None], restricted: list[Term]) -> Term:
        """The old policy admits a request; what only it knows of is as it can have seen it."""
        parts: list[Term] = []
        for name, condition in fits.items():
            failed = self.ground.leaves(cuts).failed(name)
            value = True if condition is None else self.ground.reads(cuts).encoding.condition(condition).true
            can_fail = self.sides.old.signals[name].can_fail
            parts.append(disj([failed, value]) if can_fail else conj([negate(failed), value]))
        leaves = self.ground.leaves(before)
        for group in before.groups.values():
            others = [m for m in group.members if m != group.default]
            really = {m: conj([negate(leaves.failed(m)), leaves.given(m)]) for m in others}
            shared = at_most_one([t for m, t in really.items() if m in self.sides.new.signals])
            restricted.append(disj([negate(shared), at_most_one(really.values())]))
            parts.append(at_most_one(really.values()))
        plain = self.ground.axioms(before)[-len(before.assumptions) :] if before.assumptions else []
        for assumption, term in zip(before.assumptions.values(), plain, strict=True):
            if self.sides.lost(assumption.condition):
                restricted.append(term)
            parts.append(term)
        return conj(parts)

    def ask(self, term: Term, confirm: Confirm) -> Answer:
        """A request for which the term holds, one without failures where there is one. Raises Beyond."""
        engine, space = self.ground.engine, self.ground
        for terms in ([self._healthy, term], [term]) if self._healthy is not True else ([term],):
            try:
                request = engine.found([space.admitted, *terms], failures=space.failures)
            except Unsettled as unsettled:
                raise Beyond(str(unsettled)) from None
            if request is None:
                continue
            if not confirm(Replay(space.space, request, None, None)):
                raise Beyond("the interpreter does not confirm a request")
            return Answer("possible", request)
        return Answer("impossible")

    def region(self, parts: Sequence[Part]) -> Region | None:
        """The requests of some parts, in words; None where nothing exact is found to say of them."""
        return self.regions.of(self.term(parts))

    def term(self, parts: Sequence[Part]) -> Term:
        """The requests of some parts."""
        found: list[Term] = []
        for part in parts:
            here = conj([self.pairs.decided, self.pairs.here(part.pair)])
            found += [t for p, t in self.pairs.parts(part.pair, here) if p == part]
        return disj(found)


class Beyond(Exception):
    """The bodies do not come to an end, or not to what the interpreter says."""


class Strangers(Exception):
    """A signal has values of another kind in each of the policies, or is another where it is absent."""


def _fits(then: Signal, now: Signal) -> Condition | None:
    """Of a value of the new policy's signal: it is one of the old one's. Raises Strangers."""
    number = Linear(Fraction(0), ((Fraction(1), Raw(now.name)),))
    match now.type, then.type:
        case (Int(), Int(low, high)) | (Real(), Real(low, high)) | (Score(), Score(low, high)):
            return Within(number, (Interval(Fraction(low), Fraction(high)),))
        case Enum(), Enum(names):
            return OneOf(now.name, frozenset(names))
        case Set(names), Set(known):
            return AllOf(tuple(Not(Has(now.name, n)) for n in names if n not in known))
        case (Bool(), Bool()) | (String(), String()):
            return None
        case _:
            raise Strangers(now.name)


def _typed(then: Signal, now: Signal) -> Signal:
    of = now.type
    if isinstance(of, Score) and isinstance(then.type, Score):
        of = replace(of, threshold=then.type.threshold, above=then.type.above)
    return replace(then, type=of, can_fail=now.can_fail)


def _plain(_: str, term: Term) -> Term:
    return term


def algebra(sides: Sides, *, resources: int = RESOURCES) -> Algebra | None:
    """None where the policies have no cells in common, or where confidences are compared, which no cell says."""
    if any(side.policy.measured for side in (sides.old, sides.new)):
        return None
    try:
        return Algebra(sides, resources=resources)
    except Strangers:
        return None
