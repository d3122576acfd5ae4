"""A fallback, spill, cascade step or mirror that leads to another provider than the main destinations.

That is often intended, so it is a note. But contract, price and data terms change there.

Bad:

    pool first { provider "openai/gpt-5" }
    pool second { provider "anthropic/claude-sonnet" }
    default { to first  fallback second on timeout }
    #                            ^^^^^^ WRP505

Good:

    pool first { provider "openai/gpt-5" }
    pool second { provider "openai/gpt-5-mini" }
    default { to first  fallback second }

Only the name before a `/` is compared. Pools without a provider, such as your own, are ignored, and so are edges that a
guard removes. A fallback that is also taken after refusals is reported as WRP507 only, unless that is silent because a
rule reads `destination.causes`.

If it is intended, write a guard or a claim over `destination.provider`: then this check reports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, place, shown, subject
from wrpc.analysis.pools.edges import declaration, speaks_of_causes, taken
from wrpc.analysis.pools.refusal_escape import escapes
from wrpc.diagnostics import Code, listing
from wrpc.policy.model import Policy, Pool

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP505", "edge-leaves-provider", "info", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    # Where a rule reads the causes of an edge, refusals are its business, and the other failures are told here.
    refused = set[object]() if speaks_of_causes(policy) else {e.key for e, _ in escapes(ask)}
    for one, answer in taken(policy, ask, "provider", _provider):
        span = one.edge.span
        if one.edge.role == "fallback" and (one.route.name if span is None else span.key(), one.edge.pool) in refused:
            continue
        yield shown(
            CODE,
            f"the {place(one.edge)} `{one.edge.pool}` of {subject(one.route, policy)} is served by `{one.value}`, "
            f"its main destinations by {listing(one.home, 'and')}",
            one.edge.span or one.route.span,
            policy,
            answer,
            subjects=(subject(one.route, policy), f"pool {one.edge.pool}"),
            related=(declaration(policy, one.edge.pool),),
            help="contract, price and the terms for data change there",
        )


def _provider(pool: Pool) -> str | None:
    """Who the contract is with: `openai/gpt-5` and `openai/gpt-5-mini` are one."""
    return None if pool.provider is None else pool.provider.partition("/")[0]
