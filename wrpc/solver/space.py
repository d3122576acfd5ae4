"""The request space as Z3 variables and axioms, and the state of a request after its faults.

Mirrors `decide/state.py`, symbolically. Without failures every signal is known and the three values are two; with
them, each signal that can fail has one more variable. A variable is made when a question first reads its signal, so
that a policy's unread signals cost nothing.

A truth is a pair (true, false) of terms: unknown is neither. It is LANGUAGE.md's (known, value) with known = true or
false and value = true; in this form Kleene's `and`, `or`, `not` are one conjunction, one disjunction and a swap.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import z3

from wrpc.policy.model import Bool, Enum, Group, Int, Policy, Real, Score, Set, Signal, String
from wrpc.solver.strings import Cells, cells
from wrpc.solver.terms import Number, Term, at_most_one, choose, conj, disj, exactly_one, negate


class Truth(NamedTuple):
    true: Term
    false: Term

    @classmethod
    def crisp(cls, true: Term) -> Truth:
        return cls(true, negate(true))


class Measure(NamedTuple):
    """A number: whether it is known, and its value where it is."""

    known: Term
    value: Number
    whole: bool


@dataclass(frozen=True, slots=True)
class Variables:
    """What a request gives for one signal. `failed` is False where it cannot."""

    signal: Signal
    failed: Term
    value: Number  # Bool: a term; Int, Real, Score: a number; String: the number of its cell, or a string
    members: dict[str, Term]  # Enum and Set: one term a name
    cells: Cells | None = None


class Space:
    """Variables, and the axioms that have come with them; sessions assert these as they grow."""

    def __init__(self, policy: Policy, *, failures: bool, readers: Sequence[Policy] = ()) -> None:
        """`readers` are the policies whose conditions will be encoded, where that is not `policy` alone."""
        self.policy = policy
        self._cells = cells(readers or (policy,))
        self.failures = failures
        self.axioms: list[Term] = []
        self.variables: dict[str, Variables] = {}
        self._settled: dict[tuple[str, bool], dict[str, Truth]] = {}
        self._constrained: set[str] = set()

    def seen_by(self, policy: Policy) -> Space:
        """The same variables and axioms as one of several policies takes them: when a score fires, what a failure means
        and what an exclusive group settles are its own."""
        other = copy(self)
        other.policy = replace(self.policy, signals={**self.policy.signals, **policy.signals}, groups=policy.groups)
        other._settled, other._constrained = {}, set()
        return other

    # ── What a request gives ──────────────────────────────────────────────

    def of(self, name: str) -> Variables:
        found = self.variables.get(name)
        if found is None:
            found = self.variables[name] = self._make(self.policy.signals[name])
        return found

    def _make(self, signal: Signal) -> Variables:
        name = f"`{signal.name}`"  # no name holds a backtick, so no two variables are one by accident
        failed = z3.Bool(f"failed {name}") if self.failures and signal.can_fail else False
        members: dict[str, Term] = {}
        value: Number = None
        match signal.type:
            case Bool():
                value = z3.Bool(name)
            case Int(low, high):
                value = z3.Int(name)
                self.axioms.append(z3.And(value >= low, value <= high))
            case Real(low, high) | Score(low, high):
                value = z3.Real(name)
                self.axioms.append(z3.And(value >= number(low), value <= number(high)))
            case Enum(names):
                members = {n: z3.Bool(f"{name} = `{n}`") for n in names}
                self.axioms.append(exactly_one(members.values()))
            case Set(names):
                members = {n: z3.Bool(f"`{n}` in {name}") for n in names}
            case String():
                among = self._cells.get(signal.name)
                if among is not None:
                    value = z3.Int(name)
                    self.axioms.append(z3.And(value >= 0, value < among.count, *(value != i for i in among.empty)))
                    return Variables(signal, failed, value, members, among)
                value = z3.String(name)
        return Variables(signal, failed, value, members)

    # ── After the faults ──────────────────────────────────────────────────

    def fires(self, name: str, *, meanings: bool = True) -> Truth:
        """A bool that is true or a score that fires, after its group is settled. Without `meanings`, a failed signal
        is unknown whatever its `on_error`: so axioms see it."""
        group = self.policy.group_of.get(name)
        if group is None:
            return self._alone(name, meanings)
        return self._group(group, meanings)[name]

    def raw(self, name: str, *, meanings: bool = True) -> Measure:
        """The number of an int, real or score signal."""
        v = self.of(name)
        whole = isinstance(v.signal.type, Int)
        meaning = self.policy.signals[name].on_error if meanings else None
        if v.failed is False or meaning not in ("fires", "silent"):
            return Measure(negate(v.failed), v.value, whole)
        return Measure(True, choose(v.failed, z3.RealVal(1 if meaning == "fires" else 0), v.value), False)

    def confidence(self, name: str, *, meanings: bool = True) -> Measure:
        fires = self.fires(name, meanings=meanings)
        group = self.policy.group_of.get(name)
        if group is not None and group.default == name:
            value = choose(fires.true, z3.RealVal(1), z3.RealVal(0))
        else:
            value = choose(fires.true, self.raw(name, meanings=meanings).value, z3.RealVal(0))
        return Measure(disj([fires.true, fires.false]), value, False)

    def denied_by_faults(self) -> Term:
        """A signal with `on_error deny` failed, whoever reads it."""
        if not self.failures:
            return False
        return disj(self.of(s.name).failed for s in self.policy.signals.values() if s.on_error == "deny")

    def _given(self, name: str) -> Term:
        """Whether the value that the request gives fires."""
        v, score = self.of(name), self.policy.signals[name].type
        if isinstance(score, Score):
            if score.threshold is None:
                return False
            return v.value > number(score.threshold) if score.above else v.value >= number(score.threshold)
        return v.value

    def _alone(self, name: str, meanings: bool) -> Truth:
        v, given = self.of(name), self._given(name)
        if v.failed is False:
            return Truth.crisp(given)
        match self.policy.signals[name].on_error if meanings else None:
            case "fires":
                return Truth.crisp(self._with_failure(name, disj([v.failed, given]), Fraction(1)))
            case "silent":
                return Truth.crisp(self._with_failure(name, conj([negate(v.failed), given]), Fraction(0)))
            case _:
                known = negate(v.failed)
                return Truth(conj([known, given]), conj([known, negate(given)]))

    def _with_failure(self, name: str, plain: Term, raw: Fraction) -> Term:
        """`plain`, unless the score's threshold says otherwise of the raw 1 or 0 that a failure means."""
        v, score = self.of(name), self.policy.signals[name].type
        if not isinstance(score, Score) or score.fires(raw) is (raw == 1):
            return plain
        return disj([conj([v.failed, score.fires(raw)]), conj([negate(v.failed), self._given(name)])])

    def _group(self, group: Group, meanings: bool) -> dict[str, Truth]:
        key = (group.name, meanings)
        if key not in self._settled:
            self._settled[key] = self._settle(group, meanings)
        return self._settled[key]

    def _settle(self, group: Group, meanings: bool) -> dict[str, Truth]:
        others = [m for m in group.members if m != group.default]
        alone = {m: self._alone(m, meanings) for m in others}
        really = {m: conj([negate(self.of(m).failed), self._given(m)]) for m in others}
        if group.name not in self._constrained:
            self._constrained.add(group.name)
            self.axioms.append(at_most_one(really.values()))
        someone = disj(really.values())
        # A failure that means "fires" counts only while no member really fires; the first such one then does.
        fires: dict[str, Term] = {}
        earlier = someone
        for m in others:
            assumed = conj([self.of(m).failed, alone[m].true, negate(earlier)])
            fires[m] = disj([really[m], assumed])
            earlier = disj([earlier, assumed])
        unknown = {m: conj([negate(alone[m].true), negate(alone[m].false), negate(earlier)]) for m in others}
        settled = {m: Truth(fires[m], conj([negate(fires[m]), negate(unknown[m])])) for m in others}
        if group.default is not None:
            open_ = disj(unknown.values())
            settled[group.default] = Truth(conj([negate(earlier), negate(open_)]), earlier)
        return settled

    def constrain_groups(self) -> None:
        """Assert the axioms of groups of which a member is read at all: a witness must not break one unseen."""
        for group in self.policy.groups.values():
            if group.name not in self._constrained and any(m in self.variables for m in group.members):
                self._group(group, True)


def number(value: Fraction | int) -> Number:
    """An exact real constant."""
    value = Fraction(value)
    return z3.RatVal(value.numerator, value.denominator) if value.denominator != 1 else z3.RealVal(value.numerator)
