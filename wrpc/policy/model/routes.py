"""What a route does with a request, and the plan of destinations that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from typing import Literal, Protocol

from wrpc.policy import kinds as k
from wrpc.policy.expr import Condition
from wrpc.policy.model.values import Amount, Value
from wrpc.policy.rows import DESCRIPTION, LABELS, attribute, block
from wrpc.source import Span
from wrpc.values import value


@value
class FallbackEdge:
    """`causes` is empty for any failure."""

    pool: str
    causes: tuple[str, ...] = ()
    span: Span | None = field(default=None, compare=False, repr=False)


@value
class SpillEdge:
    pool: str
    above: Fraction
    span: Span | None = field(default=None, compare=False, repr=False)


@value
class MirrorEdge:
    pool: str
    share: Fraction
    span: Span | None = field(default=None, compare=False, repr=False)


@value
class Share:
    """One primary and its normalised weight."""

    pool: str
    weight: Fraction
    span: Span | None = field(default=None, compare=False, repr=False)


@block
class Cache:
    """`ttl` in seconds. Answers are shared among requests alike in the signal `scope`; None: among all."""

    similarity: Fraction | None = attribute(k.SHARE, "how alike two requests are that share an answer", default=None)
    ttl: Fraction | None = attribute(k.TIME, "how long an answer is kept", default=None)
    scope: str | None = attribute(
        k.Reference("signal"), "the signal whose values have each a cache of their own", "cache scope", default=None
    )
    span: Span | None = field(default=None, compare=False, repr=False)


@block
class Retain:
    """`ttl` as written: turns where plain, seconds where a time."""

    ttl: Amount | None = attribute(k.Either((k.COUNT, k.TIME)), "how long, in turns or as a time", default=None)
    share: Fraction | None = attribute(k.SHARE, "how much of the cache at most", default=None)
    span: Span | None = field(default=None, compare=False, repr=False)


@value
class Sticky:
    """Requests alike in the signal `by` go to the same primary; `time` in seconds."""

    by: str
    time: Fraction | None = None


@value
class Measure:
    """What happens once a budget is used up `at` times over (1: when it is used up): a setting of the route takes
    `value`, the pool `value` takes the place of the plan, or the request is denied with the reason `value`."""

    at: Fraction
    kind: Literal["tools", "reasoning", "compress", "pool", "deny"]
    value: Value | int
    span: Span | None = field(default=None, compare=False, repr=False)


@value
class Budget:
    """`amount` of tokens, money in USD, or requests (a `limit`), in `period` seconds. `per` is the signal whose values
    each have one; None where all requests of the route share it. What `then` says happens once it is used up; where it
    says nothing the request is denied."""

    amount: Fraction
    per: str | None = None
    of: Literal["tokens", "USD", "requests"] = "tokens"
    period: Fraction = Fraction(1)
    then: tuple[Measure, ...] = ()


@block
class Action:
    """What a route does. Two routes that do the same have equal actions: spans and spellings do not count.

    `kind` "to": `shares` has the primaries; "any": the router picks one of `shares`, which are all pools;
    "cascade": `steps`; "deny": `reason`. `others` are the causes for which the primaries stand in for one another: none
    for any failure, None where they do not.
    """

    kind: Literal["to", "any", "cascade", "deny"]
    shares: tuple[Share, ...] = ()
    steps: tuple[str, ...] = ()
    escalate: Condition | None = None
    reason: str | None = None
    others: tuple[str, ...] | None = None
    fallbacks: tuple[FallbackEdge, ...] = ()
    spills: tuple[SpillEdge, ...] = ()
    mirrors: tuple[MirrorEdge, ...] = ()
    select: str | None = attribute(
        k.Words(k.SELECTIONS), "how to choose among several destinations", "select", idle=("weighted",), default=None
    )
    retries: int | None = attribute(k.COUNT, "how often a request is tried again", "retries", default=None)
    timeout: Fraction | None = attribute(
        k.Quantity("s", low=k.ZERO, low_open=True), "after how long a request has failed", "timeout", default=None
    )
    reasoning: str | None = attribute(k.Phrase(), "how much the model thinks first", "reasoning", default=None)
    tools: Value | None = attribute(k.Worded(), "which tools the model is given", "tools", default=None)
    cache: Cache | None = attribute(
        k.Nested("cache"), "answers that are given again to requests alike", "cache", default=None
    )
    compress: int | None = attribute(
        k.POSITIVE, "to how many tokens a longer prompt is shortened", "compress", default=None
    )
    retain: Retain | None = attribute(
        k.Nested("retain"), "how long the engine keeps what it computed of a session", "retain", default=None
    )
    budgets: tuple[Budget, ...] = ()
    sticky: Sticky | None = None
    step_spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)

    @property
    def same(self) -> Action:
        """The action with what has no order sorted: equal for two routes that do the same."""
        return replace(
            self,
            shares=tuple(sorted(self.shares, key=lambda s: s.pool)),
            others=None if self.others is None else tuple(sorted(self.others)),
            fallbacks=tuple(FallbackEdge(f.pool, tuple(sorted(f.causes))) for f in self.fallbacks),
        )

    def others_of(self, left: Sequence[Standing]) -> tuple[str, ...] | None:
        """The causes, sorted, for which one primary of what is left stands in for another; "any" for every failure."""
        if self.others is None or sum(p.role == "primary" for p in left) < 2:
            return None
        return tuple(sorted(self.others)) or ("any",)

    @property
    def told_apart_by(self) -> tuple[str, ...]:
        """The signals whose values have each a budget, a primary or a cache."""
        named = (
            *(b.per for b in self.budgets),
            self.sticky.by if self.sticky else None,
            self.cache.scope if self.cache else None,
        )
        return tuple(n for n in named if n is not None)

    def budgets_of(self, left: Sequence[Standing]) -> tuple[Budget, ...]:
        """The budgets with those of their measures that a plan of which this is left can take."""
        if not any(m.kind == "pool" for b in self.budgets for m in b.then):
            return self.budgets
        pools = {p.pool for p in left if p.role == "over_budget"}
        return tuple(
            replace(b, then=tuple(m for m in b.then if m.kind != "pool" or m.value in pools)) for b in self.budgets
        )


OnUnknown = Literal["silent", "fires", "deny"]


@block
class Route:
    """`when` is None for a catch-all. The `default` block is a route named `default` that stands apart."""

    name: str
    when: Condition | None
    action: Action
    span: Span = field(compare=False, repr=False)
    tier: int | None = attribute(k.COUNT, "which routes go first: lower numbers", "tier and priority", default=None)
    priority: int = attribute(
        k.Quantity(whole=True), "which routes of a tier go first: higher numbers", "tier and priority", default=0
    )
    on_unknown: OnUnknown = attribute(
        k.Words(k.ON_UNKNOWN), "what an unknown `when` means", "on_unknown", default="silent"
    )
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)

    def names(self, pool: str) -> bool:
        """The pool stands in the route's plan, whatever a guard makes of it."""
        return any(p.pool == pool for p in plan(self.action))


Role = Literal["primary", "fallback", "cascade", "over_budget", "spill", "mirror"]


class Standing(Protocol):
    """A destination of a plan, as written or as it is left."""

    @property
    def pool(self) -> str: ...
    @property
    def role(self) -> Role: ...


@value
class Planned:
    """One destination of a plan. `cause` is what leads to it: the causes of a fallback, a spill's level, a share."""

    pool: str
    role: Role
    weight: Fraction | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


def plan(action: Action) -> tuple[Planned, ...]:
    """Every destination of an action in plan order: primaries as written, cascade steps, fallbacks, the pools that
    budgets lead to, spills, mirrors."""
    chosen_elsewhere = action.kind == "any" or action.select not in (None, "weighted")
    primaries = [Planned(s.pool, "primary", None if chosen_elsewhere else s.weight, s.span) for s in action.shares]
    spans = action.step_spans or (None,) * len(action.steps)  # a policy that is read back has none
    steps = [
        Planned(s, "cascade" if i else "primary", None if i else Fraction(1), at)
        for i, (s, at) in enumerate(zip(action.steps, spans, strict=True))
    ]
    return (
        *primaries,
        *steps,
        *(Planned(f.pool, "fallback", None, f.span) for f in action.fallbacks),
        *(
            Planned(str(m.value), "over_budget", None, m.span)
            for b in action.budgets
            for m in b.then
            if m.kind == "pool"
        ),
        *(Planned(s.pool, "spill", None, s.span) for s in action.spills),
        *(Planned(m.pool, "mirror", None, m.span) for m in action.mirrors),
    )
