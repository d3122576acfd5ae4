"""A budget or limit that is never used up, because another one of its route denies first.

What its steps say never happens: requests are denied while it still has something left.

Bad:

    signal tenant: string { source claim("tenant") }
    pool main {}
    pool cheap {}
    default {  # WRP511
      to main
      limit 60/min per tenant
      limit 100/min per tenant then cheap
    }

Good:

    signal tenant: string { source claim("tenant") }
    pool main {}
    pool cheap {}
    default {
      to main
      limit 60/min per tenant then cheap
      limit 100/min per tenant
    }

Compared are budgets of the same things in the same time, for requests of the same values or of all together: what one
tenant uses is no more than what all use.

To repair, exchange the two amounts, or delete the budget that is never used up.
"""

from __future__ import annotations

from fractions import Fraction

from wrpc.analysis.check import Found, subject
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Budget, Policy

CODE = Code("WRP511", "idle-budget", "warning", __doc__ or "")


def check(policy: Policy) -> Found:
    for route in policy.answering:
        budgets = route.action.budgets
        for place, budget in enumerate(budgets):
            first = next((b for i, b in enumerate(budgets) if i != place and _before(b, budget, i < place)), None)
            if first is None:
                continue
            yield finding(
                CODE,
                f"the {_told(budget)} of {subject(route, policy)} is never used up: its {_told(first)} denies first",
                route.span,
                subjects=(subject(route, policy),),
                help="exchange the two amounts, or delete the one that is never used up",
            )


def _before(one: Budget, other: Budget, earlier: bool) -> bool:
    """Requests are denied by the one before the other is used up; of two alike the second never is."""
    if (one.of, one.period) != (other.of, other.period) or one.per not in (None, other.per):
        return False
    denies = _denies(one)
    if denies is None:
        return False
    starts = other.amount * (other.then[0].at if other.then else 1)
    return denies < starts or (denies == starts and one.per == other.per and earlier)


def _denies(budget: Budget) -> Fraction | None:
    """From which use on requests are denied."""
    if not budget.then:
        return budget.amount
    last = budget.then[-1]
    return budget.amount * last.at if last.kind == "deny" else None


def _told(budget: Budget) -> str:
    kind = "limit" if budget.of == "requests" else "budget"
    amount = f"{float(budget.amount):,.10g}" + (" USD" if budget.of == "USD" else "")
    return f"{kind} of {amount}" + (f" per `{budget.per}`" if budget.per else "")
