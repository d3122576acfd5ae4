"""The state of a request after its faults, as terms, and the axioms of groups: step 1 of LANGUAGE.md's `decide`.

Mirrors `decide/state.py`, symbolically. Without failures every signal is known and the three values are two.

A truth is a pair (true, false) of terms: unknown is neither. It is LANGUAGE.md's (known, value) with known = true or
false and value = true; in this form Kleene's `and`, `or`, `not` are one conjunction, one disjunction and a swap.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

from wrpc.policy.model import Group, Policy, Score
from wrpc.solver.terms import Term, Truth, at_most_one, conj, disj, negate


class Faults(ABC):
    """What a failed signal means and what a group settles, over terms that a kind of space has for its signals."""

    policy: Policy
    failures: bool

    def __init__(self) -> None:
        self.axioms: list[Term] = []
        self._settled: dict[tuple[str, bool], dict[str, Truth]] = {}
        self._constrained: set[str] = set()

    @abstractmethod
    def failed(self, name: str) -> Term:
        """The signal failed; False where it cannot."""

    @abstractmethod
    def given(self, name: str) -> Term:
        """Whether the value that the request gives fires."""

    def fires(self, name: str, *, meanings: bool = True) -> Truth:
        """A bool that is true or a score that fires, after its group is settled. Without `meanings`, a failed signal
        is unknown whatever its `on_error`: so axioms see it."""
        group = self.policy.group_of.get(name)
        if group is None:
            return self._alone(name, meanings)
        return self._group(group, meanings)[name]

    def denied_by_faults(self) -> Term:
        """A signal with `on_error deny` failed, whoever reads it."""
        if not self.failures:
            return False
        return disj(self.failed(s.name) for s in self.policy.signals.values() if s.on_error == "deny")

    def _alone(self, name: str, meanings: bool) -> Truth:
        failed, given = self.failed(name), self.given(name)
        if failed is False:
            return Truth.crisp(given)
        match self.policy.signals[name].on_error if meanings else None:
            case "fires":
                return Truth.crisp(self._with_failure(name, disj([failed, given]), Fraction(1)))
            case "silent":
                return Truth.crisp(self._with_failure(name, conj([negate(failed), given]), Fraction(0)))
            case _:
                known = negate(failed)
                return Truth(conj([known, given]), conj([known, negate(given)]))

    def _with_failure(self, name: str, plain: Term, raw: Fraction) -> Term:
        """`plain`, unless the score's threshold says otherwise of the raw 1 or 0 that a failure means."""
        failed, score = self.failed(name), self.policy.signals[name].type
        if not isinstance(score, Score) or score.fires(raw) is (raw == 1):
            return plain
        return disj([conj([failed, score.fires(raw)]), conj([negate(failed), self.given(name)])])

    def _group(self, group: Group, meanings: bool) -> dict[str, Truth]:
        key = (group.name, meanings)
        if key not in self._settled:
            self._settled[key] = self._settle(group, meanings)
        return self._settled[key]

    def _settle(self, group: Group, meanings: bool) -> dict[str, Truth]:
        others = [m for m in group.members if m != group.default]
        alone = {m: self._alone(m, meanings) for m in others}
        really = {m: conj([negate(self.failed(m)), self.given(m)]) for m in others}
        if group.name not in self._constrained:
            self._constrained.add(group.name)
            self.axioms.append(at_most_one(really.values()))
        someone = disj(really.values())
        # A failure that means "fires" counts only while no member really fires; the first such one then does.
        fires: dict[str, Term] = {}
        earlier = someone
        for m in others:
            assumed = conj([self.failed(m), alone[m].true, negate(earlier)])
            fires[m] = disj([really[m], assumed])
            earlier = disj([earlier, assumed])
        unknown = {m: conj([negate(alone[m].true), negate(alone[m].false), negate(earlier)]) for m in others}
        settled = {m: Truth(fires[m], conj([negate(fires[m]), negate(unknown[m])])) for m in others}
        if group.default is not None:
            open_ = disj(unknown.values())
            settled[group.default] = Truth(conj([negate(earlier), negate(open_)]), earlier)
        return settled
