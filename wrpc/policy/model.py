"""The resolved policy as values: every name bound, every number exact and in base units, nothing left of syntax.

Base units: seconds, bytes, watts, USD; a rate is per second, a price in USD per second, per token or per request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal

from wrpc.policy.columns import Column
from wrpc.policy.expr import Condition, Interval, Linear
from wrpc.source import Source, Span
from wrpc.values import value

# ── Values of attributes ──────────────────────────────────────────────────


@value
class Amount:
    """An exact number in base units. `dimension` is "" for a plain number, else such as "s", "B", "W", "USD",
    "1/s", "USD/s", "USD/tok", "USD/req"."""

    value: Fraction
    dimension: str = ""


@value
class Env:
    """`env("NAME")`: a value that is looked up where the emitted file runs, never at compile time."""

    name: str


@value
class Word:
    """A bare name where a value stands (`tier cpu`)."""

    text: str


@value
class Invocation:
    """A call where a value stands: `cdf("azure")`, `classifier("pii", threshold = 0.5)`."""

    name: str
    arguments: tuple[Value, ...] = ()
    named: Mapping[str, Value] = field(default_factory=dict)


@value
class Bounds:
    """`2..6`."""

    low: Amount
    high: Amount


Value = Amount | str | Word | Env | Invocation | Bounds | tuple["Value", ...] | Mapping[str, "Value"]


# ── Signals ───────────────────────────────────────────────────────────────


@value
class Bool:
    pass


@value
class Int:
    low: int
    high: int
    dimension: str = ""


@value
class Real:
    low: Fraction
    high: Fraction
    dimension: str = ""


@value
class Enum:
    names: tuple[str, ...]


@value
class Set:
    names: tuple[str, ...]


@value
class String:
    pass


@value
class Score:
    """A confidence. Fires at `threshold` or more, or only beyond it where `above`; None: read by `raw` alone."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    threshold: Fraction | None = None
    above: bool = False

    def fires(self, raw: Fraction) -> bool:
        if self.threshold is None:
            return False
        return raw > self.threshold if self.above else raw >= self.threshold


Type = Bool | Int | Real | Enum | Set | String | Score
OnError = Literal["fires", "silent", "deny"]
Absent = bool | Fraction | str | frozenset[str]
"""A value of a signal's type, as a request has it; a score's raw number."""

ABSENTEES = ("header", "claim", "cookie")
"""The sources at which `absent` may say what it means that they are not there. A claim fails all the same where its
token does not verify."""


@value
class Signal:
    """What is known of a request. `evidence` is the kind of source, which says whose confidences compare. `absent` is
    its value where its header, claim or cookie is absent; None where that is a failure."""

    name: str
    type: Type
    source: Invocation | None
    on_error: OnError | None
    can_fail: bool
    evidence: str
    span: Span = field(compare=False, repr=False)
    description: str = ""
    labels: Mapping[str, Value] = field(default_factory=dict)
    absent: Absent | None = None


@value
class Group:
    """Signals of which at most one fires; with a default exactly one."""

    name: str
    members: tuple[str, ...]
    default: str | None
    span: Span = field(compare=False, repr=False)


@value
class BandStep:
    name: str
    interval: Interval
    span: Span = field(compare=False, repr=False)


@value
class Band:
    """Names for ranges of a number, in ascending order. The steps cover all numbers: what nothing named is `none`."""

    name: str
    number: Linear
    steps: tuple[BandStep, ...]
    of: str
    span: Span = field(compare=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.name for s in self.steps))


@value
class Table:
    """What is known of each value of a signal. Conditions on its columns are conditions on the signal alone."""

    name: str
    signal: str
    columns: Mapping[str, Column]
    span: Span = field(compare=False, repr=False)


@value
class Stack:
    """Targets that are deployed together, the one that decides first."""

    name: str
    targets: tuple[str, ...]
    span: Span = field(compare=False, repr=False)


@value
class Definition:
    """A `let` or a `score`."""

    name: str
    kind: Literal["let", "score"]
    value: Condition | Linear
    span: Span = field(compare=False, repr=False)


@value
class Assumption:
    name: str
    condition: Condition
    span: Span = field(compare=False, repr=False)


# ── Workload, models, pools, places ───────────────────────────────────────


@value
class Slo:
    """Latency objectives in seconds, at the 99th percentile."""

    ttft_p99: Fraction | None = None
    ttft_queue_p99: Fraction | None = None
    tpot_p99: Fraction | None = None
    e2e_p99: Fraction | None = None


@value
class Workload:
    """A class of requests. `rate` is per second: one number, or 24 by hour. `lengths` is `cdf(…)` or given points."""

    name: str
    when: Condition | None
    rate: tuple[Fraction, ...]
    lengths: Value | None
    prompt_share: Fraction | None
    slo: Slo
    span: Span = field(compare=False, repr=False)
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""


@value
class Model:
    """Sizes in bytes, `context` and `max_output` in tokens."""

    name: str
    span: Span = field(compare=False, repr=False)
    source: str | None = None
    context: int | None = None
    max_output: int | None = None
    weights: Fraction | None = None
    kv_per_token: Fraction | None = None
    parameters: Fraction | None = None
    layers: int | None = None
    heads: int | None = None
    modality: str | None = None
    quality: Fraction | None = None
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""


@value
class Site:
    """`gpus` by type; `power` in watts; `price` by GPU type in USD per second."""

    name: str
    span: Span = field(compare=False, repr=False)
    region: str | None = None
    zones: tuple[str, ...] = ()
    gpus: Mapping[str, int] = field(default_factory=dict)
    power: Fraction | None = None
    price: Mapping[str, Fraction] = field(default_factory=dict)
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""


@value
class Phase:
    """The prefill or the decode side of a disaggregated pool."""

    gpu: str | None = None
    replicas: tuple[int, int] | None = None
    tensor_parallel: int | None = None
    pipeline_parallel: int | None = None


@value
class KvCache:
    tier: str | None = None
    size: Fraction | None = None
    share: str | None = None


@value
class Price:
    """USD per token, as exact numbers."""

    input: Fraction | None = None
    output: Fraction | None = None


@value
class Pool:
    name: str
    span: Span = field(compare=False, repr=False)
    model: str | None = None
    engine: str | None = None
    endpoint: str | Env | None = None
    provider: str | None = None
    region: str | None = None
    site: str | None = None
    trust: str | None = None
    gpu: str | None = None
    replicas: tuple[int, int] | None = None
    tensor_parallel: int | None = None
    pipeline_parallel: int | None = None
    context: int | None = None
    role: Literal["prefill", "decode", "both"] | None = None
    prefill: Phase | None = None
    decode: Phase | None = None
    kv_cache: KvCache | None = None
    price: Price | None = None
    concurrency: int | None = None
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""

    def attribute(self, name: str) -> str | None:
        """What `destination.NAME` is for this pool; None where it declares no such attribute."""
        match name:
            case "pool":
                return self.name
            case "model":
                return self.model
            case "provider":
                return self.provider
            case "region":
                return self.region
            case "site":
                return self.site
            case "trust":
                return self.trust
            case _:
                value = self.labels.get(name)
                if isinstance(value, Word):
                    return value.text
                return value if isinstance(value, str) else None


@value
class PlaceRule:
    """A condition over a pair of `pool` and `site`: core text comparisons whose attributes are named `pool`,
    `pool.trust`, `site`, `site.region` …"""

    condition: Condition
    span: Span = field(compare=False, repr=False)


@value
class Place:
    """`budget` in USD per second, `power` in watts."""

    name: str
    span: Span = field(compare=False, repr=False)
    pools: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    requires: tuple[PlaceRule, ...] = ()
    budget: Fraction | None = None
    power: Fraction | None = None
    limit: Mapping[str, Value] = field(default_factory=dict)
    spread: Value | None = None
    prefer: Value | None = None
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""


# ── Routes ────────────────────────────────────────────────────────────────


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


@value
class Cache:
    """`ttl` in seconds."""

    similarity: Fraction | None = None
    ttl: Fraction | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@value
class Retain:
    """`ttl` as written: turns where plain, seconds where a time."""

    ttl: Amount | None = None
    share: Fraction | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@value
class Budget:
    """`amount` tokens per second; `per` the signal whose values each have one."""

    amount: Fraction
    per: str | None = None


@value
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
    select: str | None = None
    retries: int | None = None
    timeout: Fraction | None = None
    reasoning: str | None = None
    tools: Value | None = None
    cache: Cache | None = None
    compress: int | None = None
    retain: Retain | None = None
    budget: Budget | None = None
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

    def others_of(self, left: Sequence[Planned]) -> tuple[str, ...] | None:
        """The causes, sorted, for which one primary of what is left stands in for another; "any" for every failure."""
        if self.others is None or sum(p.role == "primary" for p in left) < 2:
            return None
        return tuple(sorted(self.others)) or ("any",)


OnUnknown = Literal["silent", "fires", "deny"]


@value
class Route:
    """`when` is None for a catch-all. The `default` block is a route named `default` that stands apart."""

    name: str
    when: Condition | None
    action: Action
    span: Span = field(compare=False, repr=False)
    tier: int | None = None
    priority: int = 0
    on_unknown: OnUnknown = "silent"
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""

    def names(self, pool: str) -> bool:
        """The pool stands in the route's plan, whatever a guard makes of it."""
        return any(p.pool == pool for p in plan(self.action))


Role = Literal["primary", "fallback", "cascade", "spill", "mirror"]


@value
class Planned:
    """One destination of a plan. `cause` is what leads to it: the causes of a fallback, a spill's level, a share."""

    pool: str
    role: Role
    weight: Fraction | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


def plan(action: Action) -> tuple[Planned, ...]:
    """Every destination of an action in plan order: primaries as written, cascade steps, fallbacks, spills, mirrors."""
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
        *(Planned(s.pool, "spill", None, s.span) for s in action.spills),
        *(Planned(m.pool, "mirror", None, m.span) for m in action.mirrors),
    )


# ── Safety ────────────────────────────────────────────────────────────────


@value
class Forbid:
    what: Condition
    when: Condition | None
    span: Span = field(compare=False, repr=False)


@value
class Denial:
    reason: str
    when: Condition | None
    span: Span = field(compare=False, repr=False)


@value
class Obligation:
    """`redact("pii")` is named `redact:pii`. `per_destination`: its condition names `destination`."""

    name: str
    when: Condition | None
    per_destination: bool
    span: Span = field(compare=False, repr=False)


Rule = Forbid | Denial | Obligation


@value
class Waiver:
    """What a guard or claim accepts for a time: findings of one code. `until` is the last day, `2026-12-31`."""

    code: str
    reason: str
    owner: str
    until: str
    span: Span = field(compare=False, repr=False)


@value
class Guard:
    """`accepts_failure`: what a failed signal lets past it is meant."""

    name: str
    rules: tuple[Rule, ...]
    span: Span = field(compare=False, repr=False)
    sealed: bool = False
    critical: bool = False
    accepts_failure: bool = False
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""
    waivers: tuple[Waiver, ...] = ()


@value
class Claim:
    kind: Literal["always", "never"]
    what: Condition
    when: Condition | None
    reads_destination: bool
    reads_cost: bool
    span: Span = field(compare=False, repr=False)


@value
class Assertion:
    name: str
    claims: tuple[Claim, ...]
    span: Span = field(compare=False, repr=False)
    critical: bool = False
    labels: Mapping[str, Value] = field(default_factory=dict)
    description: str = ""
    waivers: tuple[Waiver, ...] = ()


@value
class Test:
    """`given`: request values as a JSON request has them (None: failed). `expect`: what must hold of the decision."""

    title: str
    given: Mapping[str, object]
    expect: Mapping[str, object]
    span: Span = field(compare=False, repr=False)


@value
class TargetSettings:
    """`spans` has the place of each setting, for findings."""

    name: str
    settings: Mapping[str, Value]
    span: Span = field(compare=False, repr=False)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@value
class Overridden:
    """A guard as it stood before an override, kept for the proof that a sealed one was only tightened."""

    before: Guard
    after: Guard
    span: Span = field(compare=False, repr=False)


ResolveKey = Literal["priority", "confidence", "name"]


@value
class Policy:
    """One resolved policy. Mappings keep the order of declaration; `routes` without the default."""

    name: str
    sources: tuple[Source, ...] = field(compare=False, repr=False)
    owner: str = ""
    description: str = ""
    language: int = 1
    resolve: tuple[ResolveKey, ...] = ("priority",)
    header: Span | None = field(default=None, compare=False, repr=False)
    signals: Mapping[str, Signal] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    bands: Mapping[str, Band] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    models: Mapping[str, Model] = field(default_factory=dict)
    sites: Mapping[str, Site] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)
    default: Route | None = None
    guards: Mapping[str, Guard] = field(default_factory=dict)
    assertions: Mapping[str, Assertion] = field(default_factory=dict)
    tests: tuple[Test, ...] = ()
    targets: Mapping[str, TargetSettings] = field(default_factory=dict)
    stacks: Mapping[str, Stack] = field(default_factory=dict)
    overridden: tuple[Overridden, ...] = ()

    @cached_property
    def at(self) -> Span:
        """Where to point for what is about the policy as a whole."""
        return self.header or self.sources[0].span()

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """Every `let` that is a condition, by name."""
        return {n: d.value for n, d in self.definitions.items() if not isinstance(d.value, Linear)}

    @cached_property
    def numbers(self) -> Mapping[str, Linear]:
        """Every `score` and every `let` that is a number, by name."""
        return {n: d.value for n, d in self.definitions.items() if isinstance(d.value, Linear)}

    @cached_property
    def group_of(self) -> Mapping[str, Group]:
        """The exclusive group of each signal that stands in one."""
        return {m: g for g in self.groups.values() for m in g.members}

    @cached_property
    def answering(self) -> tuple[Route, ...]:
        """Every route, and the default last."""
        return (*self.routes.values(), *(() if self.default is None else (self.default,)))

    @cached_property
    def naming(self) -> Mapping[str, tuple[Route, ...]]:
        """The routes, and the default, in whose plans a pool stands, whatever a guard makes of them."""
        found: dict[str, dict[str, Route]] = {}
        for route in self.answering:
            for planned in plan(route.action):
                found.setdefault(planned.pool, {})[route.name] = route
        return {pool: tuple(routes.values()) for pool, routes in found.items()}

    @cached_property
    def ranked(self) -> tuple[tuple[Route, ...], ...]:
        """Routes by precedence that is known before any request: classes of equal precedence, highest first.

        Tier, then routes with a `when`, then priority where it is the first key of `resolve`. The default is not in it.
        """

        def rank(route: Route) -> tuple[int, bool, int]:
            by_priority = bool(self.resolve) and self.resolve[0] == "priority"
            return route.tier or 0, route.when is None, -route.priority if by_priority else 0

        classes: dict[tuple[int, bool, int], list[Route]] = {}
        for route in sorted(self.routes.values(), key=rank):
            classes.setdefault(rank(route), []).append(route)
        return tuple(tuple(c) for c in classes.values())

    @cached_property
    def deeds(self) -> Mapping[str, int]:
        """By a route's name, a number that it shares with all that do the same; the default's too."""
        numbers: dict[object, int] = {}
        found: dict[str, int] = {}
        for route in self.answering:
            same = route.action.same
            try:
                key: object = (same, hash(same))
            except TypeError:  # a setting that is a mapping
                key = repr(same)
            found[route.name] = numbers.setdefault(key, len(numbers))
        return found

    @cached_property
    def rank(self) -> Mapping[str, int]:
        """By a route's name, which of the classes of `ranked` it is in."""
        return {r.name: i for i, c in enumerate(self.ranked) for r in c}
