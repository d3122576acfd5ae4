"""Whether failed signals can change a decision at all: where they cannot, one request space is enough.

A failure that means "fires" or "silent" is a request of its own, with the score at 1 or 0; so it brings nothing new,
unless that number is out of the signal's range, a group settles it, or an assumption speaks of the signal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wrpc.policy import reading
from wrpc.policy.expr import Condition, Failed, Linear, reads, walk
from wrpc.policy.model import Policy, Score, Signal
from wrpc.policy.reading import conditions


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


def _reads(conditions: Iterable[Condition | Linear]) -> Iterator[str]:
    return (name for condition in conditions for node in walk(condition) for name in reads(node))
