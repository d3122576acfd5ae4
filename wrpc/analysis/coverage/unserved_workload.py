"""A workload of which no request is served.

Either no request is one of it, or each that is one is denied, or taken by no route. Then its rate is traffic that no
pool ever sees, while sizes and costs may count it.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool all { }
    workload books { when tokens > 50k  rate 1/s }
    #        ^^^^^ WRP304
    route chat { when tokens <= 32k  to all }
    default { deny "too long" }

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool all { }
    workload chats { when tokens <= 32k  rate 1/s }
    route chat { when tokens <= 32k  to all }
    default { deny "too long" }

To repair, correct its condition, give its requests a route, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, is_library, shown
from wrpc.analysis.coverage.overlapping_workloads import counted, of
from wrpc.diagnostics import Code
from wrpc.policy.model import Policy, Workload

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay

CODE = Code("WRP304", "unserved-workload", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    from wrpc.solver.terms import conj

    if is_library(policy):
        return
    for workload in policy.workloads.values():
        room = counted(ask, workload)
        if not room.settle(conj([of(room, workload), room.decision.served])).impossible:
            continue
        answer = room.possible(of(room, workload), _unserved(workload))
        why = "no request is one of it" if answer.impossible else "its requests are denied, or no route takes them"
        yield shown(
            CODE,
            f"no request of workload `{workload.name}` is served: {why}",
            workload.span,
            policy,
            answer,
            subjects=(f"workload {workload.name}",),
            help="correct its condition, or give its requests a route",
        )


def _unserved(workload: Workload) -> Confirm:
    from wrpc.decide.interpret import interpreter

    def confirm(replay: Replay) -> bool:
        is_one = interpreter(replay.policy).holds(workload.when, replay.state) is True
        return is_one and (replay.decision is None or not replay.decision.destinations)

    return confirm
