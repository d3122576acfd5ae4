"""Whether failed signals can change a decision at all: where they cannot, one request space is enough.

A failure that means "fires" or "silent" is a request of its own, with the score at 1 or 0; so it brings nothing new,
unless that number is out of the signal's range, a group settles it, or an assumption speaks of the signal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wrpc.policy import reading
from wrpc.policy.expr import Condition, Failed, Linear, reads, walk
from wrpc.policy.model import Forbid, Policy, Score, Signal


def failures_matter(policy: Policy) -> bool:
    read = reading.signals(policy, conditions(policy))
    told_apart = set(_reads(reading.opened(policy, [a.condition for a in policy.assumptions.values()])))
    told_apart |= {n.signal for c in conditions(policy) for n in walk(c) if isinstance(n, Failed)}
    return any(
        s.can_fail and (s.on_error == "deny" or (s.name in read and not _harmless(policy, s, told_apart)))
        for s in policy.signals.values()
    )


def _harmless(policy: Policy, signal: Signal, told_apart: set[str]) -> bool:
    if signal.on_error not in ("fires", "silent") or signal.name in policy.group_of or signal.name in told_apart:
        return False
    meant = 1 if signal.on_error == "fires" else 0
    return not isinstance(signal.type, Score) or signal.type.low <= meant <= signal.type.high


def conditions(policy: Policy) -> Iterator[Condition | Linear]:
    """Every condition that a decision or a claim may rest on; definitions count whether or not something names them."""
    yield from (d.value for d in policy.definitions.values())
    yield from (r.when for r in policy.routes.values() if r.when is not None)
    rules = [r for g in (*policy.guards.values(), *(o.before for o in policy.overridden)) for r in g.rules]
    yield from (r.what for r in rules if isinstance(r, Forbid))
    yield from (r.when for r in rules if r.when is not None)
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            yield from (c for c in (claim.what, claim.when) if c is not None)
    yield from (a.condition for a in policy.assumptions.values())


def _reads(conditions: Iterable[Condition | Linear]) -> Iterator[str]:
    return (name for condition in conditions for node in walk(condition) for name in reads(node))
