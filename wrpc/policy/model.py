"""The resolved policy as values: every name bound, every number exact and in base units, nothing left of syntax.

Base units: seconds, bytes, watts, USD; a rate is per second, a price in USD per second, per token or per request.
A field that is written as an attribute says so with its row (`rows`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property
from typing import Literal, Protocol

from wrpc.policy import kinds as k
from wrpc.policy.columns import Column
from wrpc.policy.expr import Condition, Interval, Linear
from wrpc.policy.rows import DECIDED, DESCRIPTION, LABELS, NOTE, WHOLE, attribute, block
from wrpc.source import Source, Span
from wrpc.values import value

ENGINE = "which target a pool is for: `vllm` leaves out others, and says so"
WAIVED = "who answers for a finding; what it excuses stands in the manifest"

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


@block
class Score:
    """A confidence. Fires at `threshold` or more, or only beyond it where `above`; None: read by `raw` alone."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    threshold: Fraction | None = attribute(k.Quantity(), "a score fires there or above", "score signal", default=None)
    above: bool = attribute(k.Quantity(), "a score fires above, and not there", "score signal", default=False)

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


@block
class Signal:
    """What is known of a request. `evidence` is the kind of source, which says whose confidences compare. `absent` is
    its value where its header, claim or cookie is absent; None where that is a failure."""

    name: str
    type: Type
    source: Invocation | None = attribute(k.Elsewhere(), "how it is obtained: see the sources below", "signal source")
    on_error: OnError | None = attribute(
        k.Words(k.ON_ERROR), "what a failure means; without it, the signal is unknown then", "on_error"
    )
    can_fail: bool
    evidence: str = attribute(
        k.Identifier(),
        "whose confidences compare with its own; without it, those of the same source",
        "resolve by confidence",
    )
    span: Span = field(compare=False, repr=False)
    description: str = field(default="", metadata=DESCRIPTION)
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    absent: Absent | None = attribute(
        k.Elsewhere(), "its value where its header, claim or cookie is absent", "absent", default=None
    )


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


@block
class Slo:
    """Latency objectives in seconds, at the 99th percentile."""

    ttft_p99: Fraction | None = attribute(
        k.TIME, "until the first token, counted from when the engine takes the request", default=None
    )
    ttft_queue_p99: Fraction | None = attribute(
        k.TIME, "until the first token, the wait for a free slot included", default=None
    )
    tpot_p99: Fraction | None = attribute(k.TIME, "for each further token", default=None)
    e2e_p99: Fraction | None = attribute(k.TIME, "for the whole answer", default=None)


@block
class Workload:
    """A class of requests. `rate` is per second: one number, or 24 by hour. `lengths` is `cdf(…)` or given points."""

    name: str
    when: Condition | None
    rate: tuple[Fraction, ...] = attribute(
        k.Either((k.RATE, k.Several(k.RATE))), "how many requests arrive: one number, or 24 by hour", "rate"
    )
    lengths: Value | None = attribute(k.Distribution(), "how long requests are, prompt and answer together", "lengths")
    prompt_share: Fraction | None = attribute(k.SHARE, "how much of the length is the prompt", "lengths")
    slo: Slo = attribute(
        k.Nested("slo"), "what the requests are promised, at the 99th percentile", "slo", idle=(Slo(),)
    )
    span: Span = field(compare=False, repr=False)
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)


@block
class Model:
    """Sizes in bytes, `context` and `max_output` in tokens."""

    name: str
    span: Span = field(compare=False, repr=False)
    source: str | None = attribute(
        k.Phrase(), "where the weights are: a repository or a path", because=WHOLE, default=None
    )
    context: int | None = attribute(k.POSITIVE, "the most tokens of a prompt and its answer", "context", default=None)
    max_output: int | None = attribute(k.POSITIVE, "the most tokens of an answer", "model sizes", default=None)
    weights: Fraction | None = attribute(k.SIZE, "how much memory the weights take", "model sizes", default=None)
    kv_per_token: Fraction | None = attribute(
        k.SIZE, "how much memory a token of the KV cache takes", "model sizes", default=None
    )
    parameters: Fraction | None = attribute(k.NUMBER, "how many parameters it has", "model sizes", default=None)
    layers: int | None = attribute(k.POSITIVE, "how many layers it has", "model sizes", default=None)
    heads: int | None = attribute(k.POSITIVE, "how many attention heads it has", "model sizes", default=None)
    modality: str | None = attribute(k.Phrase(), "what it takes and gives, such as `text`", "modality", default=None)
    quality: Fraction | None = attribute(
        k.NUMBER, "how good its answers are, by a measure of your own", "quality", default=None
    )
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)


@block
class Site:
    """`gpus` by type; `power` and `watts` in watts; `price` by GPU type in USD per second. `spans`: where each
    attribute stands."""

    name: str
    span: Span = field(compare=False, repr=False)
    region: str | None = attribute(
        k.Phrase(), "where it stands; its pools stand there too", because=DECIDED, default=None
    )
    zones: tuple[str, ...] = attribute(k.Several(k.Phrase()), "its availability zones", because=WHOLE, default=())
    gpus: Mapping[str, int] = attribute(
        k.Table(k.COUNT, "GPU"), "how many GPUs of each type it has, and no others", because=WHOLE, default_factory=dict
    )
    power: Fraction | None = attribute(k.POWER, "the most that its GPUs may draw", because=WHOLE, default=None)
    watts: Mapping[str, Fraction] = attribute(
        k.Table(k.POWER, "GPU"),
        "what a GPU of each type draws, where the catalogue's is not true here",
        because=WHOLE,
        default_factory=dict,
    )
    price: Mapping[str, Fraction] = attribute(
        k.Table(k.Quantity("USD/s", low=k.ZERO), "GPU"),
        "what a GPU of each type costs",
        because=WHOLE,
        default_factory=dict,
    )
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@block
class Phase:
    """The prefill or the decode side of a disaggregated pool."""

    gpu: str | None = attribute(k.Familiar("GPU"), "the type of its GPUs", "gpu", default=None)
    replicas: tuple[int, int] | None = attribute(
        k.Between(), "how many there are, or between how many it scales", "replicas", default=None
    )
    tensor_parallel: int | None = attribute(
        k.POSITIVE, "over how many GPUs each layer is split", "tensor and pipeline parallelism", default=None
    )
    pipeline_parallel: int | None = attribute(
        k.POSITIVE, "over how many GPUs the layers are split", "tensor and pipeline parallelism", default=None
    )


@block
class KvCache:
    """One tier with its size, or each of `tiers` with its own. Sizes in bytes, of one replica."""

    tier: str | None = attribute(k.Familiar("KV tier"), "where it lies beyond the GPU", default=None)
    size: Fraction | None = attribute(k.SIZE, "how much of it a replica has", default=None)
    share: str | None = attribute(k.Phrase(), "what shares it between replicas", default=None)
    tiers: Mapping[str, Fraction] = attribute(
        k.Rest(k.SIZE, "KV tier"),
        "in place of `tier` and `size`: how much of each tier a replica has, such as `cpu 64GiB  disk 2TiB`",
        default_factory=dict,
    )

    @property
    def held(self) -> Mapping[str, Fraction | None]:
        """The tiers with their sizes, however they are written."""
        return self.tiers or ({} if self.tier is None else {self.tier: self.size})


@block
class Price:
    """USD per token, as exact numbers."""

    input: Fraction | None = attribute(k.TOKEN_PRICE, "for a token of the prompt", default=None)
    output: Fraction | None = attribute(k.TOKEN_PRICE, "for a token of the answer", default=None)


@block
class Pool:
    name: str
    span: Span = field(compare=False, repr=False)
    model: str | None = attribute(k.Reference("model"), "what it serves", because=WHOLE, default=None)
    engine: str | None = attribute(k.Familiar("engine"), "the program that serves it", because=ENGINE, default=None)
    endpoint: str | Env | None = attribute(k.Address(), "where requests are sent", "endpoint", default=None)
    provider: str | None = attribute(
        k.Familiar("provider"), "whose it is; what stands after a `/` is the model there", "provider", default=None
    )
    auth: Env | None = attribute(k.Secret(), "the key with which requests are sent there", "auth", default=None)
    api: str | None = attribute(k.Words(k.APIS), "the API that it speaks", "api", default=None)
    region: str | None = attribute(
        k.Phrase(), "where it stands; without one, where its site does", because=DECIDED, default=None
    )
    site: str | None = attribute(
        k.Reference("site"), "the one site where its replicas stand", because=WHOLE, default=None
    )
    trust: str | None = attribute(
        k.Phrase(), "how far it is trusted, in words of your own", because=DECIDED, default=None
    )
    gpu: str | None = attribute(k.Familiar("GPU"), "the type of its GPUs", "gpu", default=None)
    replicas: tuple[int, int] | None = attribute(
        k.Between(), "how many there are, or between how many it scales", "replicas", default=None
    )
    tensor_parallel: int | None = attribute(
        k.POSITIVE, "over how many GPUs each layer is split", "tensor and pipeline parallelism", default=None
    )
    pipeline_parallel: int | None = attribute(
        k.POSITIVE, "over how many GPUs the layers are split", "tensor and pipeline parallelism", default=None
    )
    context: int | None = attribute(
        k.POSITIVE, "the most tokens of a prompt and its answer; without one, its model's", "context", default=None
    )
    role: Literal["prefill", "decode", "both"] | None = attribute(
        k.Words(k.ROLES), "which side of a request it serves", "prefill and decode roles", idle=("both",), default=None
    )
    prefill: Phase | None = attribute(
        k.Nested("phase"),
        "the machines that read prompts, where others write answers",
        "prefill and decode roles",
        default=None,
    )
    decode: Phase | None = attribute(
        k.Nested("phase"),
        "the machines that write answers, where others read prompts",
        "prefill and decode roles",
        default=None,
    )
    kv_cache: KvCache | None = attribute(k.Nested("kv_cache"), "the KV cache beyond the GPU", "kv_cache", default=None)
    price: Price | None = attribute(k.Nested("price"), "what its tokens cost", "price", default=None)
    concurrency: int | None = attribute(k.POSITIVE, "how many requests it serves at once", "concurrency", default=None)
    startup: Fraction | None = attribute(k.TIME, "how long a replica takes until it serves", "startup", default=None)
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)

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


Aim = Literal["cost", "power", "sites"]
"""What a `place` may prefer to be the least: money, power, or pairs of pool and site in use."""


@value
class PlaceRule:
    """Of a pair of `pool` and `site` for which `when` holds (None: of any), `what` has to: core comparisons whose
    attributes are named `pool`, `pool.trust`, `site`, `site.region` …"""

    what: Condition
    when: Condition | None
    span: Span = field(compare=False, repr=False)


@block
class Place:
    """`budget` in USD per second, `power` in watts. `spans`: where each of its clauses stands, by the clause's word."""

    name: str
    span: Span = field(compare=False, repr=False)
    pools: tuple[str, ...] = attribute(
        k.Several(k.Reference("pool")), "the pools it is about; without it, all", because=WHOLE, default=()
    )
    sites: tuple[str, ...] = attribute(
        k.Several(k.Reference("site")), "the sites it is about; without it, all", because=WHOLE, default=()
    )
    requires: tuple[PlaceRule, ...] = ()
    budget: Fraction | None = None
    power: Fraction | None = attribute(
        k.POWER, "the most that its pairs may draw together", because=WHOLE, default=None
    )
    limit: Mapping[str, int] = attribute(
        k.Table(k.COUNT, "GPU"),
        "the most GPUs of each type that its pairs take together",
        because=WHOLE,
        default_factory=dict,
    )
    spread: int | None = attribute(
        k.POSITIVE, "on how many of its sites each of its pools stands at least", because=WHOLE, default=None
    )
    apart: bool = False
    prefer: tuple[Aim, ...] = ()
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


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


@block
class Guard:
    """`accepts_failure`: what a failed signal lets past it is meant."""

    name: str
    rules: tuple[Rule, ...]
    span: Span = field(compare=False, repr=False)
    sealed: bool = False
    critical: bool = False
    accepts_failure: bool = False
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)
    waivers: tuple[Waiver, ...] = attribute(
        k.Waivers(), "findings about it that are accepted for a time", because=WAIVED, name="waive", default=()
    )


@value
class Claim:
    kind: Literal["always", "never"]
    what: Condition
    when: Condition | None
    reads_destination: bool
    reads_cost: bool
    span: Span = field(compare=False, repr=False)


@block
class Assertion:
    name: str
    claims: tuple[Claim, ...]
    span: Span = field(compare=False, repr=False)
    critical: bool = False
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    description: str = field(default="", metadata=DESCRIPTION)
    waivers: tuple[Waiver, ...] = attribute(
        k.Waivers(), "findings about it that are accepted for a time", because=WAIVED, name="waive", default=()
    )


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
    """A guard as it stood before an override, kept for the proof that a sealed one was only tightened.

    `was`: the policy of `before`, where signals that the guard reads are overridden, so that a request is another thing
    to each of the two; `lost`: there is none, since without those overrides the policy does not resolve.
    """

    before: Guard
    after: Guard
    span: Span = field(compare=False, repr=False)
    was: Policy | None = field(default=None, compare=False, repr=False)
    lost: bool = False


ResolveKey = Literal["priority", "confidence", "name"]


@block
class Policy:
    """One resolved policy. Mappings keep the order of declaration; `routes` without the default."""

    name: str
    sources: tuple[Source, ...] = field(compare=False, repr=False)
    language: int = attribute(
        k.COUNT, "the version of the language: 1", because="it is of the text, not of what it says", default=1
    )
    owner: str = attribute(k.Quoted(), "who answers for it", because=NOTE, default="")
    description: str = field(default="", metadata=DESCRIPTION)
    resolve: tuple[ResolveKey, ...] = attribute(
        k.Several(k.Words(k.RESOLVE_KEYS)),
        "which keys order routes of one tier, in turn",
        "resolve by confidence",
        default=("priority",),
    )
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
    def metered(self) -> tuple[str | None, str | None]:
        """The signals that count a prompt's tokens and say how many an answer may have: the first of each."""
        of: dict[str, str] = {}
        for name, signal in self.signals.items():
            if signal.source is not None and isinstance(signal.type, Int | Real):
                of.setdefault(signal.source.name, name)
        return of.get("prompt_tokens"), of.get("max_tokens")

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
    def measured(self) -> bool:
        """Which of two routes goes first may depend on their confidence."""
        return "confidence" in self.resolve and any(len(c) > 1 for c in self.ranked)

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
