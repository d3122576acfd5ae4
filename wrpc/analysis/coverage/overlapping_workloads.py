"""A request that two workloads both count.

A workload is a class of requests with its rate. Where two overlap, what is in both is counted twice: sizes, costs and
simulated traffic come out too large, and whose latency objective holds is not said.

Bad:

    signal turns: int(0..1k) { source turns }
    pool all { }
    workload chat { when turns < 5  rate 20/s }
    workload agents { when turns > 3  rate 2/s }
    #        ^^^^^^ WRP303
    default { to all }

Good:

    signal turns: int(0..1k) { source turns }
    pool all { }
    workload chat { when turns <= 3  rate 20/s }
    workload agents { when turns > 3  rate 2/s }
    default { to all }

A workload without a `when` has every request.

To repair, make their conditions exclude each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.analysis.search import suspects
from wrpc.diagnostics import Code, Related
from wrpc.policy import reading
from wrpc.policy.model import Policy, Workload

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP303", "overlapping-workloads", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    """Each workload with the first before it that it overlaps."""
    workloads = list(policy.workloads.values())
    widest = counted(ask, *workloads)
    for at in suspects(widest, range(1, len(workloads)), lambda i: _with_any(widest, workloads, i)):
        for earlier in workloads[:at]:
            room = counted(ask, earlier, workloads[at])
            answer = room.possible(_both(room, earlier, workloads[at]), _confirm(earlier, workloads[at]))
            if answer.impossible:
                continue
            yield shown(
                CODE,
                f"workloads `{earlier.name}` and `{workloads[at].name}` both count this request",
                workloads[at].span,
                policy,
                answer,
                subjects=(f"workload {earlier.name}", f"workload {workloads[at].name}"),
                related=(Related(earlier.span, "counts it as well"),),
                help="make their conditions exclude each other",
            )
            break


def counted(ask: Asker, *workloads: Workload) -> Room:
    """Where requests of workloads are looked for: among those without failures, unless a condition reads `failed`."""
    told = reading.tells_failures(ask.policy, [w.when for w in workloads])
    return ask.failing if told and ask.can_fail else ask.healthy


def of(room: Room, workload: Workload) -> Term:
    """A request is one of the workload's."""
    return room.decision.encoding.condition(workload.when).true


def _with_any(room: Room, workloads: list[Workload], at: int) -> Term:
    from wrpc.solver.terms import conj, disj

    return conj([of(room, workloads[at]), disj(of(room, w) for w in workloads[:at])])


def _both(room: Room, a: Workload, b: Workload) -> Term:
    from wrpc.solver.terms import conj

    return conj([of(room, a), of(room, b)])


def _confirm(a: Workload, b: Workload) -> Confirm:
    from wrpc.decide.interpret import interpreter

    def confirm(replay: Replay) -> bool:
        machine = interpreter(replay.policy)
        return all(machine.holds(w.when, replay.state) is True for w in (a, b))

    return confirm
