"""A pool or model that nothing reaches.

You pay for it, and no request is ever sent there. Or a route that should name it does not.

Bad:

    pool used { }
    pool idle { }
    #    ^^^^ WRP302
    default { to used }

Good:

    pool used { }
    pool idle { }
    default { to used  fallback idle }

To repair, name it in a route, or remove it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, is_library, shown, subject
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy, plan

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP302", "unreached-pool", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    if is_library(policy):
        return
    from wrpc.solver.ask import Answer

    named = {p.pool for r in policy.answering for p in plan(r.action)}
    for pool in policy.pools.values():
        answer = Answer("impossible")
        if pool.name in named:
            answer = ask.settled(partial(_reached, pool.name))
        if not answer.possible:
            why = "no request reaches it" if pool.name in named else "no route names it"
            told = shown(
                CODE, f"pool `{pool.name}` is never used: {why}", pool.span, policy, answer,
                subjects=(f"pool {pool.name}",),
            )  # fmt: skip
            yield replace(told, follows=tuple(subject(r, policy) for r in policy.naming.get(pool.name, ())))
    used = {p.model for p in policy.pools.values()}
    for model in policy.models.values():
        if model.name not in used:
            yield finding(
                CODE, f"model `{model.name}` is never used: no pool serves it", model.span,
                subjects=(f"model {model.name}",),
            )  # fmt: skip


def _reached(pool: str, room: Room) -> Term:
    return room.decision.might_reach(pool)
