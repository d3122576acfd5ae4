"""A route without a tier among routes with one.

People read it as the last one; routers that number tiers from 1 read it as tier 0, ahead of every safety rule.

Bad:

    signal pii: bool { source keywords("passport") }
    signal code: bool { source keywords("def") }
    pool own { }
    pool cloud { }
    route private { tier 1  when pii  to own }
    route coding { when code  to cloud }
    #     ^^^^^^ WRP205
    default { to own, cloud }

Good:

    signal pii: bool { source keywords("passport") }
    signal code: bool { source keywords("def") }
    pool own { }
    pool cloud { }
    route private { tier 1  when pii  to own }
    route coding { tier 2  when code  to cloud }
    default { to own, cloud }

To repair, give every route a tier, or none.
"""

from __future__ import annotations

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, Related, finding
from wrpc.policy.model import Policy

CODE = Code("WRP205", "route-without-tier", "error", __doc__ or "")


def check(policy: Policy) -> Found:
    tiered = next((r for r in policy.routes.values() if r.tier is not None), None)
    if tiered is None:
        return
    for route in policy.routes.values():
        if route.tier is None:
            yield finding(
                CODE,
                f"route `{route.name}` has no tier, and route `{tiered.name}` has tier {tiered.tier}",
                route.span,
                subjects=(f"route {route.name}",),
                related=(Related(tiered.span, "has a tier"),),
                help="give every route a tier; a lower number goes first",
            )
