"""What is left of a plan, as LiteLLM says it: a group of deployments, and up to three lists of what is tried next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from wrpc.policy.model import Action
from wrpc.policy.vocabulary import CAUSES
from wrpc.targets.gateway.plans import primaries, whole_weights

Kind = Literal["fallbacks", "context_window_fallbacks", "content_policy_fallbacks"]
# The failures that have a list of their own, and all others (litellm/router.py,
# `async_function_with_fallbacks_common_utils`).
_OWN: dict[Kind, tuple[str, ...]] = {
    "context_window_fallbacks": ("context",),
    "content_policy_fallbacks": ("content_policy", "refusal"),
}
KINDS: dict[Kind, frozenset[str]] = {
    "fallbacks": frozenset(CAUSES) - {c for own in _OWN.values() for c in own},
    **{kind: frozenset(own) for kind, own in _OWN.items()},
}
SELECTS = {
    "least_busy": "least-busy",
    "latency": "latency-based-routing",
    "least_cost": "cost-based-routing",
    "usage": "usage-based-routing-v2",
    "latency_aware": "lar1",
}


@dataclass(frozen=True, slots=True)
class Member:
    """A pool in a group. `weight` is None where the group shares evenly, or something else chooses."""

    pool: str
    weight: int | None
    retries: int
    timeout: Fraction | None


@dataclass(frozen=True, slots=True)
class Plan:
    """`spares`: what is fallen back to, in order; `next`: what of it for each kind of failure."""

    members: tuple[Member, ...]
    spares: tuple[Member, ...]
    next: tuple[tuple[Kind, tuple[Member, ...]], ...]
    others: bool
    select: str | None
    losses: tuple[str, ...] = field(default=(), compare=False)

    def tried(self, kind: Kind) -> tuple[Member, ...]:
        return dict(self.next)[kind]


def plan(action: Action) -> Plan:
    main = primaries(action)
    several = len(main) > 1
    losses = []
    retries = action.retries or 0
    if retries and several and action.others is None:
        # A retry draws from the whole group.
        losses.append("the retries: a retry is sent to any pool of the group, not to the one that failed")
        retries = 0
    even = len({s.weight for s in main}) < 2 or action.select not in (None, "weighted") or action.kind == "any"
    weights: Sequence[int | None] = [None] * len(main) if even else whole_weights([s.weight for s in main])
    members = tuple(Member(s.pool, w, retries, action.timeout) for s, w in zip(main, weights, strict=True))
    lists = tuple((kind, tuple(_next(action, words, retries))) for kind, words in KINDS.items())
    if any(edge.causes and _partly(frozenset(edge.causes)) for edge in action.fallbacks):
        losses.append("which failures lead to a fallback: too long a prompt, a refusal and all others are told apart")
    select = action.select if action.select in SELECTS and several else None
    every = tuple(_next(action, frozenset(CAUSES), retries))
    return Plan(members, every, lists, action.others is not None and several, select, tuple(losses))


def _next(action: Action, words: frozenset[str], retries: int) -> list[Member]:
    return [
        Member(edge.pool, None, retries, action.timeout)
        for edge in action.fallbacks
        if not edge.causes or words & frozenset(edge.causes)
    ]


def _partly(causes: frozenset[str]) -> bool:
    """Whether they have a part of a kind of failures and not the rest of it."""
    return any(words & causes and not words <= causes for words in KINDS.values())
