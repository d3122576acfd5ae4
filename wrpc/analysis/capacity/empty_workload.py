"""A workload of which no request has a length that it states."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.coverage.overlapping_workloads import of
from wrpc.diagnostics import finding
from wrpc.fleet.bins import parts_of
from wrpc.fleet.codes import EMPTY_HELP, EMPTY_WORKLOAD
from wrpc.fleet.lengths import Distribution, Unusable, of_workload
from wrpc.policy.expr import Interval, Linear, Raw, Within
from wrpc.policy.model import Policy, Workload

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

CODE = EMPTY_WORKLOAD


def check(policy: Policy, ask: Asker) -> Found:
    """What no request is one of at all is found elsewhere (WRP304)."""
    from wrpc.solver.terms import conj

    for workload in policy.workloads.values():
        try:
            stated = of_workload(workload)
        except Unusable:
            continue
        if stated is None:
            continue
        room = ask.healthy
        own = of(room, workload)
        there = conj([own, *_stated(policy, room, workload, stated)])
        if room.settle(there).impossible and not room.settle(own).impossible:
            yield finding(
                CODE,
                f"no request of the lengths that it states is one of workload `{workload.name}`",
                workload.span,
                help=EMPTY_HELP,
                subjects=[f"workload {workload.name}"],
            )


def _stated(policy: Policy, room: Room, workload: Workload, stated: Distribution) -> list[Term]:
    """What counts tokens counts some that are stated."""
    shortest, longest = stated.span
    return [
        room.decision.encoding.condition(
            Within(
                Linear(Fraction(0), ((Fraction(1), Raw(name)),)),
                (Interval(Fraction(shortest * part // 1), Fraction(longest * part // 1)),),
            )
        ).true
        for name, part in parts_of(policy, workload).items()
    ]
