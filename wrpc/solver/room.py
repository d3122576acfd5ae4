"""A request space with the decision on all of it: what checks ask, whoever answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, Interpreter, interpreter
from wrpc.decide.request import BadRequest, RequestValue
from wrpc.decide.state import State
from wrpc.decide.state import state as state_of
from wrpc.policy.model import Policy, Route
from wrpc.solver.decision import Encoded
from wrpc.solver.terms import Term, disj


@dataclass(frozen=True)
class Replay:
    """What the interpreter makes of a request."""

    policy: Policy
    request: Mapping[str, RequestValue]
    decision: Decision | None
    conflict: Conflict | None
    known: State | None = None

    @cached_property
    def state(self) -> State:
        return self.known or state_of(self.policy, self.request)


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


class Line(ABC):
    """Questions about conditions, one after the other, each asserted away before the next: what no earlier route
    took."""

    @abstractmethod
    def holds(self, route: Route) -> Term:
        """As `Encoded.holds`, without a name that only the room knows."""

    @abstractmethod
    def named(self, label: str, term: Term) -> Term:
        """A name for a term that many questions of this line share."""

    @abstractmethod
    def settle(self, term: Term) -> Answer:
        """As `Room.settle`."""

    @abstractmethod
    def ask(self, term: Term) -> Answer:
        """As `settle`, with a request as it is found: nobody has replayed it, and nobody is shown it."""

    @abstractmethod
    def exclude(self, term: Term) -> None:
        """Speak only of requests for which the term does not hold, from now on."""


class Room(ABC):
    """One request space, with or without failures, in which the whole decision is encoded."""

    decision: Encoded

    def __init__(self, policy: Policy, *, failures: bool) -> None:
        self.policy = policy
        self.failures = failures
        self._replayed: tuple[Mapping[str, RequestValue], Replay | None] | None = None  # what is shown is asked twice

    @abstractmethod
    def possible(self, term: Term, confirm: Confirm) -> Answer:
        """Whether the term holds for a request of the space. A request is an answer only when `confirm` says so of its
        replay; one that it turns down is the solver's mistake, and makes the question open, never settled."""

    @abstractmethod
    def settle(self, term: Term) -> Answer:
        """Whether the term holds for a request, where only "impossible" is news and nobody is shown a request."""

    def among(self, terms: Sequence[Term]) -> Iterator[int]:
        """Those of the terms, by index and in order, that may hold for a request: asked of all together where none
        does, then by halves. One that stands alone is not asked about again."""
        pending = [(0, len(terms))]
        while pending:
            first, behind = pending.pop()
            if behind - first == 1:
                yield first
            elif behind > first and not self.settle(disj(terms[first:behind])).impossible:
                middle = (first + behind) // 2
                pending += [(middle, behind), (first, middle)]

    def each(self, terms: Sequence[Term], confirms: Sequence[Confirm]) -> Iterator[tuple[int, Answer]]:
        """The answers of those of the terms that are not impossible, in order, as `possible` gives them."""
        for i in self.among(terms):
            answer = self.possible(terms[i], confirms[i])
            if not answer.impossible:
                yield i, answer

    def seen(self, term: Term) -> int | None:  # noqa: ARG002  a hook
        """The samples of the space for which the term holds, as the bits of a number: what one of them shows needs no
        question. None where there are none, or where nobody can say."""
        return None

    @abstractmethod
    def blamed(self, term: Term, parts: Sequence[Term]) -> list[int]:
        """Few of the parts, by index, that together make the term impossible; none where they do not. The parts are
        names or negated names."""

    def remaining(self, wanted: Collection[str]) -> Mapping[str, Answer]:
        """Of routes, by name: whether one of higher precedence leaves it a request, as it is found, or none."""
        line = self.line()
        found: dict[str, Answer] = {}
        for group in self.policy.ranked:  # each class is asked, then asserted away
            found |= {route.name: line.ask(line.holds(route)) for route in group if route.name in wanted}
            for route in group:
                line.exclude(line.holds(route))
        return found

    @abstractmethod
    def line(self) -> Line:
        """A fresh line of questions about conditions."""

    @cached_property
    def interpreter(self) -> Interpreter:
        return interpreter(self.policy)

    def replay(self, request: Mapping[str, RequestValue]) -> Replay | None:
        """None where the request is outside the space."""
        if self._replayed is None or self._replayed[0] is not request:
            self._replayed = request, self._replay(request)
        return self._replayed[1]

    def _replay(self, request: Mapping[str, RequestValue]) -> Replay | None:
        try:
            self.interpreter.admit(request)
            decision, state = self.interpreter.decision(request)
        except BadRequest:
            return None
        except Conflict as conflict:
            return Replay(self.policy, request, None, conflict)
        return Replay(self.policy, request, decision, None, state)

    def _confirmed(self, request: Mapping[str, RequestValue], confirm: Confirm) -> bool:
        replay = self.replay(request)
        return replay is not None and confirm(replay)
