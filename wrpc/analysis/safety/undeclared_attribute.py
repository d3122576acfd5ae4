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

A number that a pool does not declare (`destination.context`, `destination.price.input`, what `destination.cost` is made
of) is unknown: guards act on it. A claim that neither holds nor fails whatever it is, is open, and that is an error.

To repair, declare the attribute.
"""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, Related, finding
from wrpc.policy import reading
from wrpc.policy.expr import Condition, Cost, Provided, walk
from wrpc.policy.model import Policy
from wrpc.policy.numbers import declared
from wrpc.source import Span

CODE = Code("WRP405", "undeclared-attribute", "warning", __doc__ or "")


def check(policy: Policy) -> Found:
    seen: set[tuple[str, str]] = set()
    for subject, condition, span in _conditions(policy):
        for pool, attribute in (*_unsaid(policy, condition), *undeclared(policy, condition)):
            if (pool, attribute) in seen:
                continue
            seen.add((pool, attribute))
            yield finding(
                CODE,
                f"pool `{pool}` does not declare `{attribute}`, which {subject} reads",
                policy.pools[pool].span,
                subjects=(f"pool {pool}", subject.replace("`", "")),
                related=(Related(span, "read here"),),
                help=f"add `{attribute}` to the pool",
            )


def undeclared(policy: Policy, condition: Condition) -> Iterator[tuple[str, str]]:
    """The pools of plans that do not declare a number which the condition reads, with what each would have to."""
    costs = any(isinstance(n, Cost) or (isinstance(n, Provided) and n.name == "cost") for n in walk(condition))
    read = dict.fromkeys([*reading.numbers(condition), *(("price.input", "price.output") if costs else ())])
    for name in read:
        for pool in policy.pools.values():
            if pool.name in policy.naming and declared(policy, pool, name) is None:
                yield pool.name, name


def _unsaid(policy: Policy, condition: Condition) -> Iterator[tuple[str, str]]:
    for attribute in reading.attributes(condition):
        for pool in policy.pools.values():
            if pool.name in policy.naming and pool.attribute(attribute) is None:
                yield pool.name, attribute


def _conditions(policy: Policy) -> Iterator[tuple[str, Condition, Span]]:
    for guard in policy.guards.values():
        for rule in guard.rules:
            yield from ((f"guard `{guard.name}`", c, rule.span) for c in reading.parts(rule))
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            yield from (
                (f"assert `{assertion.name}`", c, claim.span) for c in (claim.what, claim.when) if c is not None
            )
