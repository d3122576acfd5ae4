"""The request space as Z3 variables and axioms.

With failures, each signal that can fail has one more variable. A variable is made when a question first reads its
signal, so that a policy's unread signals cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import z3

from wrpc.decide.strings import Cells, cells
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Set, Signal, String
from wrpc.solver.faults import Faults
from wrpc.solver.formulas import choose
from wrpc.solver.terms import Number, Term, disj, exactly_one, negate


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


class Space(Faults):
    """Variables, and the axioms that have come with them; sessions assert these as they grow."""

    def __init__(self, policy: Policy, *, failures: bool, readers: Sequence[Policy] = (), grouped: bool = True) -> None:
        """`readers` are the policies whose conditions will be encoded, where that is not `policy` alone. Without
        `grouped` the axioms of groups are left out: somebody else holds them."""
        super().__init__()
        self._grouped = grouped
        self._constrained.update(() if grouped else policy.groups)
        self.policy = policy
        self._cells = cells(readers or (policy,))
        self.failures = failures
        self.variables: dict[str, Variables] = {}
        self._own: Mapping[str, Variables] = {}

    def seen_by(self, policy: Policy, own: Mapping[str, Variables] | None = None, *, admits: bool = False) -> Space:
        """The same variables and axioms as one of several policies takes them: when a score fires, what a failure means
        and what an exclusive group settles are its own. With `own`, what it takes some signals for, its axioms are its
        own as well: what it admits is then a question, unless it `admits` every request."""
        other = copy(self)
        if own is not None:
            other._own, other.axioms = own, self.axioms if admits else []
        other.policy = replace(self.policy, signals={**self.policy.signals, **policy.signals}, groups=policy.groups)
        other._settled, other._constrained = {}, set() if self._grouped else set(policy.groups)
        return other

    def cells_of(self, name: str) -> Cells | None:
        """Where the values of a string signal lie; None where it stays a string."""
        return self._cells.get(name)

    # ── What a request gives ──────────────────────────────────────────────

    def of(self, name: str) -> Variables:
        found = self._own.get(name) or self.variables.get(name)
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

    def failed(self, name: str) -> Term:
        return self.of(name).failed

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

    def given(self, name: str) -> Term:
        v, score = self.of(name), self.policy.signals[name].type
        if isinstance(score, Score):
            if score.threshold is None:
                return False
            return v.value > number(score.threshold) if score.above else v.value >= number(score.threshold)
        return v.value

    def constrain_groups(self) -> None:
        """Assert the axioms of groups of which a member is read at all: a witness must not break one unseen."""
        for group in self.policy.groups.values():
            if group.name not in self._constrained and any(m in self.variables for m in group.members):
                self._group(group, True)


def number(value: Fraction | int) -> Number:
    """An exact real constant."""
    value = Fraction(value)
    return z3.RatVal(value.numerator, value.denominator) if value.denominator != 1 else z3.RealVal(value.numerator)
