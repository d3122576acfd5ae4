"""What a deployment may use, as the budget of a route.

The program counts what each deployment spends and serves, whoever asks; a policy counts by route. Both are one thing
where a deployment is all that one route goes to, and stands in no other plan. Everywhere else the deployment is passed
over and others of its group answer: that has no words, and stays with its numbers as labels, and a note.

Read of `router_strategy/budget_limiter.py`, `lowest_tpm_rpm_v2.py` and `pre_call_checks/model_rate_limit_check.py`: who
is over a budget or limit fails as any failure does, so that the fallbacks of the group are tried.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from wrpc.importers.litellm.config import ROUTER, Config, strategy
from wrpc.importers.litellm.deployments import METRICS, Deployment
from wrpc.importers.litellm.gateway import Gateway
from wrpc.importers.litellm.plans import Plan, Plans
from wrpc.importers.nodes import number_of, place, text_of, texts_of
from wrpc.importers.sketch import name, number
from wrpc.source import Span
from wrpc.syntax import tree

DURATION = re.compile(r"(\d+)(mo|[smhdw])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
# The times that a budget of the language is counted in. A longer one is no more of a shorter one.
PERIODS = {1: "s", 60: "min", 3600: "h", 86400: "d"}
# What makes of `rpm` and `tpm` more than a share of the traffic.
COUNTED, ENFORCED = "usage-based-routing-v2", "enforce_model_rate_limits"
BUDGET, TIME = "max_budget", "budget_duration"
PASSED_OVER = "a deployment whose budget is spent is passed over, while a policy counts by route; labels hold it"


@dataclass(frozen=True, slots=True)
class Limit:
    """`keys` are those that it stands for."""

    kind: Literal["budget", "limit"]
    amount: Fraction
    unit: str
    keys: tuple[str, ...]


def limits(config: Config, gateway: Gateway, plans: Plans) -> Mapping[int, tuple[Limit, ...]]:
    """By deployment, what the one route that goes to it says. What cannot be said so is told."""
    every = [*plans.exact, *(plan for _, plan in plans.patterns), plans.rest]
    counts = Counter(index for plan in every for index in {*_all(plan)})
    alone = {plan.shares[0][0] for plan in every if sayable(plan)}
    found: dict[int, tuple[Limit, ...]] = {}
    told = False
    for deployment in gateway.deployments:
        own = _limits(config, deployment)
        if not own:
            continue
        if deployment.index in alone and counts[deployment.index] == 1:
            found[deployment.index] = own
        elif not told and any(BUDGET in each.keys for each in own):
            told = True
            at = place(deployment.params, BUDGET)
            config.report.omit(f"`{BUDGET}` of `litellm_params` as a budget", at, severity="info", why=PASSED_OVER)
    return found


def sayable(plan: Plan) -> bool:
    """One deployment answers, and at most one pool in its place: a step of a budget names one."""
    return len(plan.shares) == 1 and len(_general(plan)) < 2


def clauses(plan: Plan, own: Sequence[Limit], at: Span, pools: Mapping[int, str]) -> list[tree.Budget]:
    """The budgets of a route, with the fallback in the place of a deployment that is over one."""
    instead = [tree.Measure(at, None, name(pools[pool], at)) for pool in _general(plan)]
    return [tree.Budget(at, number(e.amount, at, e.unit), None, e.kind, tuple(instead)) for e in own]


def _all(plan: Plan) -> list[int]:
    return [*(pool for pool, _ in plan.shares), *(edge.pool for edge in plan.edges)]


def _general(plan: Plan) -> list[int]:
    """The pools that answer when any failure has come: of those for one cause alone none does."""
    return [edge.pool for edge in plan.edges if not edge.causes or "error" in edge.causes]


def _limits(config: Config, deployment: Deployment) -> tuple[Limit, ...]:
    if not deployment.alive or deployment.router:
        return ()
    found: list[Limit] = []
    money, period = number_of(deployment.params, BUDGET), seconds(text_of(deployment.params, TIME))
    if money is not None and money > 0 and period in PERIODS:
        found.append(Limit("budget", money, f"USD/{PERIODS[period]}", (BUDGET, TIME)))
    if _enforced(config):
        rpm, tpm = (deployment.metrics[METRICS.index(key)] for key in ("rpm", "tpm"))
        if rpm is not None and rpm > 0:
            found.append(Limit("limit", rpm, "/min", ("rpm",)))
        if tpm is not None and tpm > 0:
            found.append(Limit("budget", tpm, "/min", ("tpm",)))
    return tuple(found)


def _enforced(config: Config) -> bool:
    router = config.section(ROUTER)
    checks = texts_of(router, "optional_pre_call_checks") if router is not None else ()
    return strategy(config) == COUNTED or ENFORCED in checks


def seconds(written: str | None) -> int | None:
    """How long a duration is that the program reads; None for a month, whose length is the calendar's."""
    found = DURATION.match(written) if written is not None else None
    return None if found is None or found[2] == "mo" else int(found[1]) * SECONDS[found[2]]
