"""A claim that does not hold for some request.

The witness is a request for which it does not hold; `wrpc decide` shows the same decision.

Bad:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own  fallback cloud on timeout }
    assert no_leak { never destination.trust == "cloud" when pii }
    #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ WRP401

Good:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own }
    default { to own  fallback cloud on timeout }
    assert no_leak { never destination.trust == "cloud" when pii }

A claim covers every destination that the decision can reach: weights, fallbacks, cascade steps, pools behind a used-up
budget, spills, mirrors. To repair, change the route that the witness takes, or add a guard.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, is_library, place, shown
from wrpc.analysis.safety import mending
from wrpc.analysis.safety.verdicts import broken, claims
from wrpc.diagnostics import Code, Diagnostic, Related
from wrpc.policy.model import Policy, plan

if TYPE_CHECKING:
    from wrpc.analysis.safety.verdicts import Verdict
    from wrpc.policy.model import Assertion, Claim
    from wrpc.solver.ask import Asker

CODE = Code("WRP401", "refuted-claim", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    if is_library(policy):
        return
    for assertion, claim, verdict in claims(ask):
        if verdict.healthy.possible:
            yield Over(_refuted(policy, ask, assertion, claim, verdict), partial(broken, claim=claim))


def _refuted(policy: Policy, ask: Asker, assertion: Assertion, claim: Claim, verdict: Verdict) -> Diagnostic:
    assert verdict.healthy.request is not None, "a possible answer has a request"
    replay = ask.healthy.replay(verdict.healthy.request)
    assert replay is not None, "a confirmed request is one of the space"
    assert replay.decision is not None, "a confirmed request has a decision"
    decision = replay.decision
    pools = ask.healthy.interpreter.violations(claim, replay.state, decision) or ()
    route = policy.routes.get(decision.route or "") or (policy.default if decision.route == "default" else None)
    taken = {"route": f"route `{decision.route}` takes this request", "deny": "this request is denied"}.get(
        decision.action, "no route takes this request"
    )
    if decision.action == "deny" and decision.by:
        taken = f"{_denier(decision.by)} denies this request"
    if decision.route == "default" and decision.action == "route":
        taken = "the default takes this request"
    if pools and route is not None:
        role = next(place(p) for p in plan(route.action) if p.pool == pools[0])
        taken += f" and reaches `{pools[0]}`" + ("" if role == "primary" else f" as a {role}")
    related = [Related(route.span, "takes the request")] if route is not None else []
    found = mending.leaks(ask.healthy, claim)
    related += [Related(leak.route.span, mending.told(policy, leak)) for leak in found if leak.route is not route]
    return shown(
        CODE, f"claim `{assertion.name}` does not hold: {taken}", claim.span, policy, verdict.healthy,
        subjects=(f"assert {assertion.name}",), related=related, help=mending.repair(policy, assertion, claim, found),
    )  # fmt: skip


def _denier(by: str) -> str:
    """`guard x` with its name in backticks."""
    kind, _, name = by.partition(" ")
    if kind == "default":
        return "the default"
    return f"{kind} `{name}`" if kind != "signal" else f"the failed signal `{name}`"
