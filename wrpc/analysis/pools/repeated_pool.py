"""A cycle of fallbacks or cascades: a pool that stands twice in one plan.

A pool that has just failed or was not good enough is asked again, and nothing is gained but time and money.

Bad:

    pool small { }
    pool large { }
    route all { to small, large  fallback small }
    #                                     ^^^^^ WRP503

Good:

    pool small { }
    pool large { }
    route all { to small  fallback large }

To repair, name another pool, or use `retries` to ask the same one again.
"""

from __future__ import annotations

from wrpc.analysis.check import Found, place, subject
from wrpc.diagnostics import Code, Related, finding
from wrpc.policy.model import Planned, Policy, plan

CODE = Code("WRP503", "repeated-pool", "error", __doc__ or "")


def check(policy: Policy) -> Found:
    for route in policy.answering:
        first: dict[str, Planned] = {}
        for planned in plan(route.action):
            if planned.pool in first:
                earlier = first[planned.pool]
                yield finding(
                    CODE,
                    f"pool `{planned.pool}` stands twice in the plan of {subject(route, policy)}: "
                    f"as {place(earlier)} and as {place(planned)}",
                    planned.span or route.span,
                    subjects=(subject(route, policy), f"pool {planned.pool}"),
                    related=() if earlier.span is None else (Related(earlier.span, "first named here"),),
                    help="use `retries` to ask the same pool again",
                )
            else:
                first[planned.pool] = planned
