"""What becomes of requests, for a target that follows them and decides none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING

from wrpc.decide import BadRequest, Conflict, Interpreter, Request
from wrpc.decide.request import read
from wrpc.policy.expr import Failed
from wrpc.policy.model import Policy
from wrpc.solver.terms import conj

if TYPE_CHECKING:
    from wrpc.fleet.outcomes import Outcomes
    from wrpc.solver.ask import Asker
    from wrpc.solver.room import Replay


class Reach:
    """A policy that can be asked. How it comes to an answer stays its own business."""

    def __init__(self, policy: Policy, ask: Callable[[], Asker]) -> None:
        self._policy = policy
        self._ask = ask
        self._interpreter = Interpreter(policy)

    @cached_property
    def outcomes(self) -> Outcomes:
        """What becomes of all requests of which no signal fails, as sets."""
        from wrpc.fleet.outcomes import outcomes
        from wrpc.solver.index.wide import Wide
        from wrpc.solver.sets import Ground

        room = self._ask().healthy
        return outcomes(self._policy, ground=Ground.of(room) if isinstance(room, Wide) else None)

    def serves(self, failed: Collection[str]) -> bool | None:
        """Whether anybody serves some request for which these signals failed; None where that is not known."""
        lost = [self._policy.signals[name] for name in failed]
        if not all(signal.can_fail for signal in lost):
            return False  # the request is none
        asked = {**read(self._policy, {}), **dict.fromkeys(failed)}
        if self._served(asked):
            return True
        room = self._ask().failing if failed else self._ask().healthy
        condition = room.decision.encoding.condition
        term = conj([room.decision.served, *(condition(Failed(name)).true for name in failed)])

        def served(replay: Replay) -> bool:
            decision = replay.decision
            return (
                decision is not None and decision.action == "route" and all(replay.request[n] is None for n in failed)
            )

        answer = room.possible(term, served)
        if not answer.possible and not failed and self._ask().can_fail:
            # Where no failure is asked for, one that leads elsewhere counts too.
            answer = self._ask().failing.possible(self._ask().failing.decision.served, served)
        return None if answer.verdict == "open" else answer.possible

    def _served(self, request: Request) -> bool:
        """False for a request outside the space too."""
        try:
            self._interpreter.admit(request)
            decision, _ = self._interpreter.decision(request)
        except (BadRequest, Conflict):
            return False
        return decision.action == "route"
