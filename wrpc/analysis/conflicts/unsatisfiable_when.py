"""A `when` that no request satisfies.

The route never takes a request, so the requests that it was written for go elsewhere.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    pool big { }
    route huge { when tokens > 200k  to big }
    #                 ^^^^^^^^^^^^^ WRP203
    default { to small  fallback big }

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    pool big { }
    route huge { when tokens > 50k  to big }
    default { to small  fallback big }

To repair, correct the condition, or the range of the signal that it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.analysis.conflicts.reach import reach
from wrpc.diagnostics import Code
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP203", "unsatisfiable-when", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    for route in policy.routes.values():
        answer = reach(ask)[route.name].holds
        if not answer.possible and route.when is not None:
            yield shown(
                CODE,
                f"no request satisfies the `when` of route `{route.name}`",
                route.when.span or route.span,
                policy,
                answer,
                subjects=(f"route {route.name}",),
            )
