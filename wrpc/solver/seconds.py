"""What is asked of two requests at once, and how the interpreter confirms it: one with failures, and the same with real
values in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from wrpc.decide.interpret import interpreter
from wrpc.decide.request import BadRequest, RequestValue
from wrpc.decide.state import State, state
from wrpc.policy.model import Policy
from wrpc.solver.decision import Encoded
from wrpc.solver.room import Answer, Replay
from wrpc.solver.terms import Term

Pairs = Callable[[Encoded, Encoded], Sequence[tuple[Term, Term]]]
Confirm = Callable[[Replay, State], bool]


@dataclass(frozen=True, slots=True)
class Hidden:
    """`answer` as ever, of the request with failures; `values` are real ones of the signals that failed."""

    answer: Answer
    values: Mapping[str, RequestValue]


def real(policy: Policy, request: Mapping[str, RequestValue]) -> State | None:
    """The state of the second request; None where it is none of the space."""
    try:
        interpreter(policy).admit(request)
    except BadRequest:
        return None
    return state(policy, request)


def both(replay: Replay | None, values: Mapping[str, RequestValue], confirm: Confirm) -> bool:
    """The interpreter says so of both requests."""
    if replay is None or None not in replay.request.values():
        return False
    second = real(replay.policy, restored(replay.request, values))
    return second is not None and confirm(replay, second)


def restored(request: Mapping[str, RequestValue], values: Mapping[str, RequestValue]) -> dict[str, RequestValue]:
    return {name: values[name] if value is None else value for name, value in request.items()}
