"""A cycle of fallbacks or cascades: a pool that appears twice in one plan.

A pool that has just failed, or whose answer was not good enough, is asked again: that costs time and money and gains
nothing.

Bad:

    pool small { }
    pool large { }
    route all { to small, large  fallback small }
    #                                     ^^^^^ WRP503

Good:

    pool small { }
    pool large { }
    route all { to small  fallback large }

To repair, name another pool, or use `retries` to ask the same one again. For main destinations that back each other up,
write `fallback others`.
"""

from __future__ import annotations

from wrpc.analysis.check import Found, place, subject
from wrpc.diagnostics import Code, Diagnostic, Fix, Related, finding, listing
from wrpc.policy.model import Planned, Policy, Route, plan
from wrpc.source import Span

CODE = Code("WRP503", "repeated-pool", "error", __doc__ or "")


def check(policy: Policy) -> Found:
    for route in policy.answering:
        mutual = standing_in(route)
        if mutual is not None:
            yield _mutual(policy, route, mutual)
        first: dict[str, Planned] = {}
        for planned in plan(route.action):
            if planned.pool in first:
                if mutual is not None and planned.span is not None and mutual.start <= planned.span.start < mutual.end:
                    continue
                earlier = first[planned.pool]
                yield finding(
                    CODE,
                    f"pool `{planned.pool}` appears twice in the plan of {subject(route, policy)}: "
                    f"as {place(earlier)} and as {place(planned)}",
                    planned.span or route.span,
                    subjects=(subject(route, policy), f"pool {planned.pool}"),
                    related=() if earlier.span is None else (Related(earlier.span, "first named here"),),
                    help="name another pool for one of the two"
                    if "over_budget" in (earlier.role, planned.role)
                    else "use `retries` to ask the same pool again",
                )
            else:
                first[planned.pool] = planned


def standing_in(route: Route) -> Span | None:
    """Where the first fallbacks are the main destinations again, for the same causes."""
    action = route.action
    mains = {s.pool for s in action.shares}
    edges = action.fallbacks[: len(mains)]
    if action.kind != "to" or len(mains) < 2 or {e.pool for e in edges} != mains or action.others is not None:
        return None
    first, last = edges[0].span, edges[-1].span
    if len({e.causes for e in edges}) > 1 or first is None or last is None:
        return None
    return first.to(last)


def _mutual(policy: Policy, route: Route, span: Span) -> Diagnostic:
    pools = list(dict.fromkeys(s.pool for s in route.action.shares))
    # Between clauses of their own stand words that a fix would swallow.
    whole = "fallback" not in span.text
    return finding(
        CODE,
        f"{listing(pools, 'and')} are the main destinations of {subject(route, policy)} and its first fallbacks too",
        span,
        subjects=(subject(route, policy), *(f"pool {p}" for p in pools)),
        help="`fallback others` tries the main destinations that are left",
        fixes=(Fix(span, "others", "write `others`"),) if whole else (),
    )
