"""A claim that nothing could ever break.

No request satisfies its `when`, or no pool, route or label satisfies the rest of it. Such a claim is proved but says
nothing about your requests.

Bad:

    pool own { trust "own" }
    pool cloud { trust "cloud" }
    default { to own  fallback cloud on timeout }
    assert stays { never destination.trust == "coud" }
    #              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ WRP412

Good:

    pool own { trust "own" }
    pool spare { trust "own" }
    default { to own  fallback spare }
    assert stays { never destination.trust != "own" }

To repair, correct the value or the condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, is_library
from wrpc.analysis.safety.hollow import Ending, endings, missing, never, seen, stands
from wrpc.diagnostics import Code, finding
from wrpc.policy import reading
from wrpc.policy.expr import Condition, Constant, Not, Outcome, walk
from wrpc.policy.model import Claim, Policy
from wrpc.policy.numbers import costly
from wrpc.policy.rewrite import conjunction, settled

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP412", "empty-claim", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    if is_library(policy):
        return
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            what, when = _parts(claim)
            fails = reading.tells_failures(policy, [claim.what, claim.when])
            nobody = when is not None and _unmet(ask, policy, [when], fails)
            both = [p for p in (what, when) if p is not None]
            mixed = claim.reads_cost and claim.reads_destination  # of one that is there another may be the dearest
            if not nobody and (mixed or not _unmet(ask, policy, both, fails)):
                continue
            one = next(missing(policy, [claim.when if nobody else claim.what, None if nobody else claim.when]), None)
            why = "no request satisfies its `when`" if nobody else "nothing could break it"
            yield finding(
                CODE,
                f"claim `{assertion.name}` asks nothing: {one.message if one is not None else why}",
                claim.span,
                subjects=(f"assert {assertion.name}",),
                help=one.help if one is not None else "correct it, or remove it",
                fixes=one.fixes if one is not None else (),
            )


def _parts(claim: Claim) -> tuple[Condition, Condition | None]:
    """What breaks the claim, and its `when`; without a `when` that reads a cost, of which any may be."""
    what = Not(claim.what) if claim.kind == "always" else claim.what
    when = claim.when
    return what, None if claim.reads_destination and costly(when) else when


def _unmet(ask: Asker, policy: Policy, parts: list[Condition], fails: bool) -> bool:
    """No request, pool and ending satisfy all of the parts."""
    if not policy.pools:
        parts = [p for p in parts if not reading.of_destination(p)]
    outcomes = any(isinstance(n, Outcome) for p in parts for n in walk(p))
    ends: list[Ending | None] = [*endings(policy, parts)] if outcomes else [None]
    return never(ask, _all(policy, parts, ends), fails=fails, unknown=True)


def _all(policy: Policy, parts: list[Condition], ends: list[Ending | None]) -> Iterator[Condition]:
    for stand in stands(policy, parts):
        of_pool = [seen(policy, p, stand) for p in parts]
        for end in ends:
            if end is not None and stand.pool is not None and end.served is stand.free:
                continue  # it costs nothing just where nothing serves
            yield conjunction(_ended(p, end) for p in of_pool)


def _ended(condition: Condition, end: Ending | None) -> Condition:
    if end is None:
        return condition
    return settled(condition, lambda n: Constant(end.shows(n)) if isinstance(n, Outcome) else None)
