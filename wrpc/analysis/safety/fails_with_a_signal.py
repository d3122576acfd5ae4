"""A claim that holds only while no signal fails.

Classifiers time out, headers are missing. Then a condition that reads them is unknown, the route with that condition is
skipped, and the next one takes the request. For a `sealed` or `critical` rule this is an error.

Bad:

    signal pii: bool { source classifier("pii") }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own }
    default { to cloud }
    assert no_leak { never destination.trust == "cloud" when pii }
    #                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ WRP403

Good:

    signal pii: bool { source classifier("pii")  on_error fires }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own }
    default { to cloud }
    assert no_leak { never destination.trust == "cloud" when pii }

To repair, say what a failure means: `on_error fires` or `deny` at the signal, or `on_unknown fires` or `deny` at the
route that has to hold.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, is_library, shown
from wrpc.analysis.safety.verdicts import acts, broken, claims, guards
from wrpc.diagnostics import Code
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP403", "fails-with-a-signal", "warning", __doc__ or "")
HELP = "say what a failed signal means: `on_error` at the signal, or `on_unknown` at the route"


def check(policy: Policy, ask: Asker) -> Found:
    if is_library(policy):
        return
    for assertion, claim, verdict in claims(ask):
        if verdict.only_with_failures and verdict.failing.possible:
            found = shown(
                CODE, f"claim `{assertion.name}` holds only while no signal fails", claim.span, policy, verdict.failing,
                severity="error" if assertion.critical else "warning", subjects=(f"assert {assertion.name}",),
                help=HELP,
            )  # fmt: skip
            yield Over(found, partial(broken, claim=claim))
    for guard, verdict in guards(ask):
        if verdict.only_with_failures and verdict.failing.possible:
            found = shown(
                CODE, f"the routes keep guard `{guard.name}` only while no signal fails", guard.span, policy,
                verdict.failing, severity="error" if guard.sealed or guard.critical else "warning",
                subjects=(f"guard {guard.name}",), help=HELP,
            )  # fmt: skip
            yield Over(found, partial(acts, guard=guard))
