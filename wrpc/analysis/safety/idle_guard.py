"""A guard that can never act, whatever routes there are.

Its condition holds for no request, or its destination part for no pool of the policy. It would count as proved without
protecting anything: most often a word in it is misspelt. For a `sealed` guard this is an error.

Bad:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own }
    default { to cloud }
    guard home { forbid destination.trust == "clodu" when pii }
    #            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ WRP411

Good:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own }
    default { to cloud }
    guard home { forbid destination.trust == "cloud" when pii }

A guard that waits for pools of other values is not reported: while every pool has trust `"own"`, `forbid
destination.trust != "own"` is there for the first pool that has not.

To repair, correct the value or the condition, or the range of the signal that it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.safety.hollow import idle_rules, missing, unmet
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Forbid, Policy, Rule

if TYPE_CHECKING:
    from wrpc.diagnostics import Fix
    from wrpc.solver.ask import Asker
    from wrpc.source import Span

CODE = Code("WRP411", "idle-guard", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    for guard in policy.guards.values():
        for rule in guard.rules:
            if id(rule) not in idle_rules(ask):
                continue
            why, span, advice, fixes = _reason(policy, ask, rule)
            yield finding(
                CODE,
                f"guard `{guard.name}` can never act: {why}",
                span,
                severity="error" if guard.sealed else "warning",
                subjects=(f"guard {guard.name}",),
                help=advice,
                fixes=fixes,
            )


def _reason(policy: Policy, ask: Asker, rule: Rule) -> tuple[str, Span, str | None, tuple[Fix, ...]]:
    if rule.when is not None and unmet(ask, policy, [rule.when]):
        one = next(missing(policy, [rule.when]), None)
        at = rule.when.span or rule.span
        if one is None:
            return "no request satisfies its `when`", at, "correct it, or the range of the signal that it reads", ()
        return one.message, rule.span, one.help, one.fixes
    what = rule.what if isinstance(rule, Forbid) else None
    if what is not None and unmet(ask, policy, [what]):
        one = next(missing(policy, [what]), None)
        if one is None:
            return "no pool and request satisfy what it forbids", rule.span, "correct it", ()
        return one.message, rule.span, one.help, one.fixes
    return "what it forbids and its `when` never hold together", rule.span, "correct one of them", ()
