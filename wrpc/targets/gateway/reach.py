"""What becomes of requests, one by one: for a target that follows requests and decides none."""

from __future__ import annotations

from dataclasses import dataclass

from wrpc.decide import BadRequest, Conflict, Interpreter, Request
from wrpc.decide.state import state
from wrpc.policy.expr import Condition
from wrpc.policy.model import Policy, Score
from wrpc.targets.gateway.branches import Send
from wrpc.targets.gateway.plans import left


@dataclass(frozen=True, slots=True)
class Reached:
    """The plan of a request as the guards leave it, None where nobody serves it. `quiet`: no score fires."""

    send: Send | None
    quiet: bool


class Reach:
    """A policy that can be asked. How it comes to an answer stays its own business."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._interpreter = Interpreter(policy)

    def of(self, request: Request, when: Condition | None) -> Reached | None:
        """None for a request outside the space, or for which `when` is not true."""
        machine = self._interpreter
        try:
            if when is not None and machine.holds(when, state(self._policy, request)) is not True:
                return None
            machine.admit(request)
            decision, _ = machine.decision(request)
        except (BadRequest, Conflict):
            return None
        quiet = not any(isinstance(self._policy.signals[name].type, Score) for name in decision.fired)
        route = next((r for r in self._policy.answering if r.name == decision.route), None)
        if route is None or decision.action != "route":
            return Reached(None, quiet)
        action = left(route.action, {r.pool for r in decision.removed})
        return Reached(None if action is None else Send(route.name, action), quiet)
