"""The reference: a room whose terms are Z3's, and whose witnesses are made small by trials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

import z3

from wrpc.decide.compiled import Fast, fast, plain
from wrpc.decide.request import RequestValue, default
from wrpc.policy.model import Int, Policy, Real, Route, Score, Signal
from wrpc.solver.decision import Encoded, running
from wrpc.solver.encode import Encoding
from wrpc.solver.limits import RESOURCES
from wrpc.solver.room import Answer, Confirm, Line, Replay, Room
from wrpc.solver.session import Session
from wrpc.solver.space import Space
from wrpc.solver.terms import Term, conj, negate
from wrpc.solver.witness import json_value


class Reference(Room):
    """A session in which the whole decision is encoded; `readers` are the policies whose conditions will be, where
    that is not `policy` alone."""

    def __init__(
        self, policy: Policy, *, failures: bool, resources: int = RESOURCES, readers: Sequence[Policy] = ()
    ) -> None:
        super().__init__(policy, failures=failures)
        self._resources = resources
        self.space = Space(policy, failures=failures, readers=readers)
        self._session = Session(self.space, resources)
        self._names = 0
        self.decision = Encoded(policy, Encoding(policy, self.space), self.define)
        self.assume(policy)

    def assume(self, policy: Policy, space: Space | None = None) -> None:
        """Cut the space by what a policy's owner knows: an assumption is not false."""
        axioms = Encoding(policy, space or self.space, meanings=False)
        for assumption in policy.assumptions.values():
            self.space.axioms.append(negate(axioms.condition(assumption.condition).false))

    def define(self, label: str, term: Term) -> Term:
        """A name for a term that many questions share: each question then stays small."""
        if isinstance(term, bool) or z3.is_const(term) or (z3.is_not(term) and z3.is_const(term.arg(0))):
            return term
        self._names += 1
        named = z3.Bool(f"#{self._names} {label}")  # no signal's variable begins so
        self._session.add(named == term)
        return named

    def possible(self, term: Term, confirm: Confirm) -> Answer:
        verdict, request = self._session.ask(term)
        if request is None:
            return Answer(verdict, why=self._session.why)
        request = self._written(term, self._simplest(request, confirm), confirm)
        if not self._confirmed(request, confirm):
            return Answer("open", why="the solver's request is not one for the interpreter; please report this")
        return Answer("possible", request)

    def settle(self, term: Term) -> Answer:
        return Answer(self._session.settle(term), why=self._session.why)

    def blamed(self, term: Term, parts: Sequence[Term]) -> list[int]:
        return self._session.blamed(term, parts)

    def line(self) -> Line:
        return _Line(self, self._resources)

    @cached_property
    def _quick(self) -> Fast:
        return fast(self.interpreter)

    def _glance(self, request: Mapping[str, RequestValue]) -> Replay | None:
        """As `replay`, by the compiled function where it answers: for trials, never for what is shown."""
        decision = self._quick(plain(request))
        return self.replay(request) if decision is None else Replay(self.policy, request, decision, None)

    # ── Witnesses ─────────────────────────────────────────────────────────

    def _written(self, term: Term, request: dict[str, RequestValue], confirm: Confirm) -> dict[str, RequestValue]:
        """The request, or another one whose numbers are all decimals: nobody can send a third. Where sums depend on
        each other, numbers cannot be rounded one at a time."""
        for digits in (1, 3, 6):
            if not any(
                isinstance(value, Fraction) and isinstance(json_value(value), str) for value in request.values()
            ):
                break
            grid = [
                z3.IsInt(v.value * 10**digits)
                for v in self.space.variables.values()
                if isinstance(v.signal.type, (Real, Score))
            ]
            found = self._session.ask(conj([term, *grid]))[1]
            if found is not None and self._confirmed(found, confirm):
                request = self._simplest(found, confirm)
        return request

    def _simplest(self, found: dict[str, RequestValue], confirm: Confirm) -> dict[str, RequestValue]:
        """The same fault with as many signals as possible at their defaults and numbers that can be written down."""
        request = found
        for name, signal in self.policy.signals.items():
            for value in (default(signal), *_rounder(request[name], signal)):
                if request[name] == value and type(request[name]) is type(value):
                    break
                trial = {**request, name: value}
                replay = self._glance(trial)
                if replay is not None and confirm(replay):
                    request = trial
                    break
        return request if self._confirmed(request, confirm) else found  # what the trials say is not yet an answer


class _Line(Line):
    """Its session holds the axioms and what was asserted away, nothing else: much less than a room's."""

    def __init__(self, room: Reference, resources: int) -> None:
        self._session = Session(room.space, resources)
        self._decision = room.decision

    def holds(self, route: Route) -> Term:
        return running(route, self._decision.condition(route))

    def named(self, label: str, term: Term) -> Term:
        if isinstance(term, bool):
            return term
        name = z3.Bool(f"@{label}")  # neither a signal's variable nor a room's name begins so
        self._session.add(name == term)
        return name

    def settle(self, term: Term) -> Answer:
        return Answer(self._session.settle(term), why=self._session.why)

    def ask(self, term: Term) -> Answer:
        verdict, request = self._session.ask(term)
        return Answer(verdict, request, self._session.why)

    def exclude(self, term: Term) -> None:
        self._session.add(negate(term))


def _rounder(value: RequestValue, signal: Signal) -> list[RequestValue]:
    """Near values of the signal's range that are shorter to write, roundest first; a third of a token or of a score is
    no JSON number."""
    if not isinstance(value, Fraction) or not isinstance(signal.type, (Int, Real, Score)):
        return []
    if value.denominator == 1:
        near = _round_whole(int(value))
    else:
        near = [Fraction(round(value * 10**digits), 10**digits) for digits in (0, 1, 2, 3, 4, 6, 9, 12)]
    return [*dict.fromkeys(n for n in near if n != value and signal.type.low <= n <= signal.type.high)]


def _round_whole(value: int) -> list[Fraction]:
    found: list[Fraction] = []
    for digits in range(len(str(abs(value))) - 1, 0, -1):
        for rounded in (value // 10**digits * 10**digits, -(-value // 10**digits) * 10**digits):
            if rounded != value:
                found.append(Fraction(rounded))  # noqa: PERF401  two loops and a condition read better so
    return found
