"""A guard that removes a main destination for some requests.

This is a note, with one such request. The guard is enforced, not proved: a target has to carry it. Each pool is noted
once, with one route that loses it. Where nothing is left, that is WRP406.

Bad:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own, cloud }
    #                 ^^^^^ WRP407
    guard home { forbid destination.trust != "own" when pii }
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown, subject
from wrpc.analysis.safety.removals import places, removed
from wrpc.diagnostics import Code, Related
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP407", "removed-primary", "info", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    primaries = places(policy, lambda p: p.role == "primary")
    for guard in policy.guards.values():
        for route, planned, answer in removed(ask, guard, primaries, once_a_pool=True):
            if route is None or planned is None:
                continue  # WRP409 says that the guard is open
            yield shown(
                CODE,
                f"guard `{guard.name}` removes `{planned.pool}` from {subject(route, policy)}",
                planned.span or route.span,
                policy,
                answer,
                subjects=(f"guard {guard.name}", subject(route, policy)),
                related=(Related(guard.span, "this guard"),),
            )
