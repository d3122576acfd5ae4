"""Questions about all requests, and their answers.

A check asks whether a term can be true of any request, and says how the interpreter would confirm it. The answer is
*impossible*; or a request that shows it, made small and replayed; or *open* where Z3 gives up within its resource
limit, which counts steps and not seconds, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

import z3

from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, Interpreter, interpreter
from wrpc.decide.request import BadRequest, RequestValue, default
from wrpc.decide.state import State
from wrpc.decide.state import state as state_of
from wrpc.policy.model import Bool, Enum, Int, Policy, Set, String
from wrpc.solver.decision import Encoded
from wrpc.solver.encode import Encoding, NotDecidable
from wrpc.solver.space import Space, Variables
from wrpc.solver.terms import Term, negate

RESOURCES = 20_000_000  # Z3's steps for one question: seconds at most, where ordinary questions take milliseconds
TRIES = 8  # witnesses that the interpreter may turn down before a question is open


@dataclass(frozen=True, slots=True)
class Replay:
    """What the interpreter makes of a request."""

    request: Mapping[str, RequestValue]
    state: State
    decision: Decision | None
    conflict: Conflict | None


Confirm = Callable[[Replay], bool]


@dataclass(frozen=True, slots=True)
class Answer:
    """`request` has every signal's value where the verdict is "possible"."""

    verdict: Literal["impossible", "possible", "open"]
    request: Mapping[str, RequestValue] | None = None
    why: str = ""

    @property
    def impossible(self) -> bool:
        return self.verdict == "impossible"

    @property
    def possible(self) -> bool:
        return self.verdict == "possible"


class Room:
    """One request space, with or without failures, and an incremental solver over it."""

    def __init__(self, policy: Policy, *, failures: bool, resources: int = RESOURCES) -> None:
        self.policy = policy
        self.failures = failures
        self._solver = z3.SimpleSolver()
        self._solver.set("rlimit", resources)
        self._solver.set("random_seed", 0)
        self._names = 0
        self.space = Space(policy, failures=failures, assert_=self._solver.add)
        self.decision = Encoded(policy, self.space, self.define)
        self.assume(policy)

    def assume(self, policy: Policy) -> None:
        """Cut the space by what a policy's owner knows: an assumption is not false."""
        axioms = Encoding(policy, self.space, meanings=False)
        for assumption in policy.assumptions.values():
            self._add(negate(axioms.condition(assumption.condition).false))

    def define(self, label: str, term: Term) -> Term:
        """A name for a term that many questions share: each question then stays small."""
        if isinstance(term, bool) or z3.is_const(term) or (z3.is_not(term) and z3.is_const(term.arg(0))):
            return term
        self._names += 1
        named = z3.Bool(f"#{self._names} {label}")  # no signal's variable begins so
        self._solver.add(named == term)
        return named

    def _add(self, term: Term) -> None:
        if term is not True:
            self._solver.add(z3.BoolVal(False) if term is False else term)

    @cached_property
    def interpreter(self) -> Interpreter:
        return interpreter(self.policy)

    def possible(self, term: Term, confirm: Confirm) -> Answer:
        """Whether the term holds for a request of the space. A request is an answer only when `confirm` says so of its
        replay; one that it turns down is the solver's mistake, and makes the question open, never settled."""
        if term is False:
            return Answer("impossible")
        self.space.constrain_groups()
        self._solver.push()
        try:
            self._add(term)
            verdict = self._solver.check()
            if verdict == z3.unsat:
                return Answer("impossible")
            if verdict == z3.unknown:
                return Answer("open", why=f"the solver gives up: {self._solver.reason_unknown()}")
            request = self._request(self._solver.model())
        finally:
            self._solver.pop()
        if not self._confirmed(request, confirm):
            return Answer("open", why="the solver's request is not one for the interpreter; please report this")
        return Answer("possible", self._simplest(request, confirm))

    def replay(self, request: Mapping[str, RequestValue]) -> Replay | None:
        """None where the request is outside the space."""
        try:
            self.interpreter.admit(request)
            decision, state = self.interpreter.decision(request)
        except BadRequest:
            return None
        except Conflict as conflict:
            return Replay(request, state_of(self.policy, request), None, conflict)
        return Replay(request, state, decision, None)

    def _confirmed(self, request: Mapping[str, RequestValue], confirm: Confirm) -> bool:
        replay = self.replay(request)
        return replay is not None and confirm(replay)

    # ── Witnesses ─────────────────────────────────────────────────────────

    def _request(self, model: z3.ModelRef) -> dict[str, RequestValue]:
        return {
            name: _value(self.space.variables[name], model) if name in self.space.variables else default(signal)
            for name, signal in self.policy.signals.items()
        }

    def _simplest(self, request: dict[str, RequestValue], confirm: Confirm) -> dict[str, RequestValue]:
        """The same fault with as many signals as possible at their defaults and numbers that can be written down."""
        for name, signal in self.policy.signals.items():
            for value in (default(signal), *_rounder(request[name])):
                if request[name] == value and type(request[name]) is type(value):
                    break
                trial = {**request, name: value}
                if self._confirmed(trial, confirm):
                    request = trial
                    break
        return request


class Asker:
    """The two rooms of a policy. `healthy` has no failures; `failing` lets any signal that can fail do so."""

    def __init__(self, policy: Policy, *, resources: int = RESOURCES) -> None:
        self.policy = policy
        self._resources = resources

    @cached_property
    def healthy(self) -> Room:
        return Room(self.policy, failures=False, resources=self._resources)

    @cached_property
    def failing(self) -> Room:
        return Room(self.policy, failures=True, resources=self._resources)

    @property
    def can_fail(self) -> bool:
        return any(s.can_fail for s in self.policy.signals.values())

    @property
    def rooms(self) -> tuple[Room, ...]:
        """Both rooms, healthy first; one where nothing can fail."""
        return (self.healthy, self.failing) if self.can_fail else (self.healthy,)

    def anywhere(self, term: Callable[[Room], Term], confirm: Confirm) -> Answer:
        """The answer over all requests: first without failures, then with."""
        answer = Answer("impossible")
        for room in self.rooms:
            try:
                answer = room.possible(term(room), confirm)
            except NotDecidable as reads:
                return Answer("open", why=f"it reads {reads}, which is not decided yet")
            if not answer.impossible:
                return answer
        return answer


def _value(v: Variables, model: z3.ModelRef) -> RequestValue:
    if v.failed is not False and z3.is_true(model.eval(v.failed, model_completion=True)):
        return None
    match v.signal.type:
        case Bool():
            return bool(z3.is_true(model.eval(v.value, model_completion=True)))
        case Int():
            return Fraction(model.eval(v.value, model_completion=True).as_long())
        case Enum(names):
            return next(n for n in names if z3.is_true(model.eval(v.members[n], model_completion=True)))
        case Set(names):
            return frozenset(n for n in names if z3.is_true(model.eval(v.members[n], model_completion=True)))
        case String():
            return _text(str(model.eval(v.value, model_completion=True).as_string()))
        case _:
            found = model.eval(v.value, model_completion=True)
            return Fraction(found.numerator_as_long(), found.denominator_as_long())


def _text(written: str) -> str:
    """Z3 writes what is not printable ASCII as `\\u{…}`."""
    parts = written.split("\\u{")
    text = parts[0]
    for part in parts[1:]:
        digits, _, rest = part.partition("}")
        text += chr(int(digits, 16)) + rest
    return text


def _rounder(value: RequestValue) -> list[RequestValue]:
    """Near values that are shorter to write, roundest first; a third of a token or of a score is no JSON number."""
    if not isinstance(value, Fraction):
        return []
    if value.denominator == 1:
        return _round_whole(int(value))
    near = [Fraction(round(value * 10**digits), 10**digits) for digits in (0, 1, 2, 3, 4, 6, 9, 12)]
    return [*dict.fromkeys(n for n in near if n != value)]


def _round_whole(value: int) -> list[RequestValue]:
    found: list[RequestValue] = []
    for digits in range(len(str(abs(value))) - 1, 0, -1):
        for rounded in (value // 10**digits * 10**digits, -(-value // 10**digits) * 10**digits):
            if rounded != value:
                found.append(Fraction(rounded))  # noqa: PERF401  two loops and a condition read better so
    return found


def witness(policy: Policy, request: Mapping[str, RequestValue]) -> dict[str, object]:
    """A request as JSON: what differs from an absent signal, exact decimals where they exist."""
    return {
        name: _json(value) for name, value in request.items() if value != default(policy.signals[name]) or value is None
    }


def _json(value: RequestValue) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Fraction):
        if value.denominator == 1:
            return int(value)
        number = float(value)
        return number if Fraction(Decimal(repr(number))) == value else str(value)
    return value
