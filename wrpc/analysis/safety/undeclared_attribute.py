"""A guard or claim that reads an attribute which a reachable pool does not declare.

An undeclared attribute equals nothing and differs from everything: `destination.trust != "own"` is true of a pool that
forgot its `trust`. Write down what you mean.

Bad:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool spare { }
    #    ^^^^^ WRP405
    pool cloud { trust "cloud" }
    route private { when pii  to own  fallback spare }
    default { to cloud }
    guard home { forbid destination.trust == "cloud" when pii }

Good:

    signal pii: bool { source keywords("passport") }
    pool own { trust "own" }
    pool spare { trust "own" }
    pool cloud { trust "cloud" }
    route private { when pii  to own  fallback spare }
    default { to cloud }
    guard home { forbid destination.trust == "cloud" when pii }

To repair, declare the attribute.
"""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, Related, finding
from wrpc.policy.expr import Attribute, Condition, Text, walk
from wrpc.policy.model import Denial, Policy, plan
from wrpc.source import Span

CODE = Code("WRP405", "undeclared-attribute", "warning", __doc__ or "")


def check(policy: Policy) -> Found:
    named = {p.pool for r in policy.answering for p in plan(r.action)}
    seen: set[tuple[str, str]] = set()
    for subject, condition, span in _conditions(policy):
        for attribute in _read(condition):
            for pool in policy.pools.values():
                if pool.name not in named or pool.attribute(attribute) is not None or (pool.name, attribute) in seen:
                    continue
                seen.add((pool.name, attribute))
                yield finding(
                    CODE,
                    f"pool `{pool.name}` does not declare `{attribute}`, which {subject} reads",
                    pool.span,
                    subjects=(f"pool {pool.name}", subject.replace("`", "")),
                    related=(Related(span, "read here"),),
                    help=f"add `{attribute}` to the pool",
                )


def _conditions(policy: Policy) -> Iterator[tuple[str, Condition, Span]]:
    for guard in policy.guards.values():
        for rule in guard.rules:
            if not isinstance(rule, Denial):
                parts = (getattr(rule, "what", None), rule.when)
                yield from ((f"guard `{guard.name}`", c, rule.span) for c in parts if c is not None)
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            yield from (
                (f"assert `{assertion.name}`", c, claim.span) for c in (claim.what, claim.when) if c is not None
            )


def _read(condition: Condition) -> Iterator[str]:
    for node in walk(condition):
        if isinstance(node, Text):
            yield from (t.name for t in (node.left, node.right) if isinstance(t, Attribute))
