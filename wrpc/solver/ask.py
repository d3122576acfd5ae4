"""Questions about all requests, and their answers.

A check asks whether a term can be true of any request, and says how the interpreter would confirm it. The answer is
*impossible*; or a request that shows it, made small and replayed; or *open* where Z3 gives up within its resource
limit, which counts steps and not seconds, so that a verdict does not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

import z3

from wrpc.decide.compiled import Fast, fast, plain
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, Interpreter, interpreter
from wrpc.decide.request import BadRequest, RequestValue, default
from wrpc.decide.state import State
from wrpc.decide.state import state as state_of
from wrpc.policy.model import Int, Policy, Real, Route, Score, Signal
from wrpc.solver.decision import Encoded
from wrpc.solver.encode import Encoding, NotDecidable
from wrpc.solver.failures import failures_matter
from wrpc.solver.session import RESOURCES, Session
from wrpc.solver.space import Space
from wrpc.solver.terms import Term, conj, negate


@dataclass(frozen=True)
class Replay:
    """What the interpreter makes of a request."""

    policy: Policy
    request: Mapping[str, RequestValue]
    decision: Decision | None
    conflict: Conflict | None

    @cached_property
    def state(self) -> State:
        return state_of(self.policy, self.request)


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
    """One request space, with or without failures, and a session in which the whole decision is encoded."""

    def __init__(
        self, policy: Policy, *, failures: bool, resources: int = RESOURCES, readers: Sequence[Policy] = ()
    ) -> None:
        self.policy = policy
        self.failures = failures
        self._resources = resources
        self.space = Space(policy, failures=failures, readers=readers)
        self._session = Session(self.space, resources)
        self._names = 0
        self._replayed: tuple[Mapping[str, RequestValue], Replay | None] | None = None  # what is shown is asked twice
        self.decision = Encoded(policy, self.space, self.define)
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

    @cached_property
    def interpreter(self) -> Interpreter:
        return interpreter(self.policy)

    def possible(self, term: Term, confirm: Confirm) -> Answer:
        """Whether the term holds for a request of the space. A request is an answer only when `confirm` says so of its
        replay; one that it turns down is the solver's mistake, and makes the question open, never settled."""
        verdict, request = self._session.ask(term)
        if request is None:
            return Answer(verdict, why=self._session.why)
        request = self._written(term, self._simplest(request, confirm), confirm)
        if not self._confirmed(request, confirm):
            return Answer("open", why="the solver's request is not one for the interpreter; please report this")
        return Answer("possible", request)

    def settle(self, term: Term) -> Answer:
        """Whether the term holds for a request, where only "impossible" is news and nobody is shown a request."""
        return Answer(self._session.settle(term), why=self._session.why)

    def blamed(self, term: Term, parts: Sequence[Term]) -> list[int]:
        """Few of the parts, by index, that together make the term impossible. The parts are names or negated names."""
        return self._session.blamed(term, parts)

    def line(self) -> Line:
        """A fresh line of questions about conditions."""
        return Line(self, self._resources)

    def replay(self, request: Mapping[str, RequestValue]) -> Replay | None:
        """None where the request is outside the space."""
        if self._replayed is None or self._replayed[0] is not request:
            self._replayed = request, self._replay(request)
        return self._replayed[1]

    def _replay(self, request: Mapping[str, RequestValue]) -> Replay | None:
        try:
            self.interpreter.admit(request)
            decision, _ = self.interpreter.decision(request)
        except BadRequest:
            return None
        except Conflict as conflict:
            return Replay(self.policy, request, None, conflict)
        return Replay(self.policy, request, decision, None)

    @cached_property
    def _quick(self) -> Fast:
        return fast(self.interpreter)

    def _glance(self, request: Mapping[str, RequestValue]) -> Replay | None:
        """As `replay`, by the compiled function where it answers: for trials, never for what is shown."""
        decision = self._quick(plain(request))
        return self.replay(request) if decision is None else Replay(self.policy, request, decision, None)

    def _confirmed(self, request: Mapping[str, RequestValue], confirm: Confirm) -> bool:
        replay = self.replay(request)
        return replay is not None and confirm(replay)

    # ── Witnesses ─────────────────────────────────────────────────────────

    def _written(self, term: Term, request: dict[str, RequestValue], confirm: Confirm) -> dict[str, RequestValue]:
        """The request, or another one whose numbers are all decimals: nobody can send a third. Where sums depend on
        each other, numbers cannot be rounded one at a time."""
        for digits in (1, 3, 6):
            if not any(isinstance(value, Fraction) and isinstance(_json(value), str) for value in request.values()):
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


class Line:
    """Questions about conditions, one after the other, each asserted away before the next: what no earlier route took.

    Its session holds the axioms and what was asserted away, nothing else: much less than a room's.
    """

    def __init__(self, room: Room, resources: int) -> None:
        self._session = Session(room.space, resources)
        self._decision = room.decision

    def holds(self, route: Route) -> Term:
        """As `Encoded.holds`, without a name that only the room's session knows."""
        when = self._decision.condition(route)
        return negate(when.false) if route.on_unknown == "fires" else when.true

    def named(self, label: str, term: Term) -> Term:
        """A name for a term that many questions of this line share."""
        if isinstance(term, bool):
            return term
        name = z3.Bool(f"@{label}")  # neither a signal's variable nor a room's name begins so
        self._session.add(name == term)
        return name

    def settle(self, term: Term) -> Answer:
        return Answer(self._session.settle(term), why=self._session.why)

    def ask(self, term: Term) -> Answer:
        """As `settle`, with the request as the solver finds it: nobody has replayed it, and nobody is shown it."""
        verdict, request = self._session.ask(term)
        return Answer(verdict, request, self._session.why)

    def exclude(self, term: Term) -> None:
        self._session.add(negate(term))


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

    @cached_property
    def can_fail(self) -> bool:
        """A failure may change a decision."""
        return failures_matter(self.policy)

    @property
    def rooms(self) -> tuple[Room, ...]:
        """Both rooms, healthy first; one where no failure changes anything."""
        return (self.healthy, self.failing) if self.can_fail else (self.healthy,)

    def settled(self, term: Callable[[Room], Term]) -> Answer:
        """As `anywhere`, for questions where only "impossible" is news: no request is made."""
        answer = Answer("impossible")
        for room in self.rooms:
            answer = room.settle(term(room))
            if not answer.impossible:
                return answer
        return answer

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
