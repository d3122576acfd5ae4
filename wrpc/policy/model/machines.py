"""What runs and where: workloads, models, sites, pools, places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Literal

from wrpc.policy import kinds as k
from wrpc.policy.expr import Condition
from wrpc.policy.model.values import Env, Value, Word
from wrpc.policy.rows import DECIDED, DESCRIPTION, LABELS, PLACING, RULES, WHOLE, attribute, block
from wrpc.source import Span
from wrpc.values import value

PROFILE = "what sizes and simulates the fleet goes by it, and nothing that runs"
ENGINE = "which target a pool is for: `vllm` leaves out others, and says so"


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
    """A class of requests. `rate` is per second: one number, or 24 by hour. `lengths` is `cdf(…)` or given points.
    `spans`: where each attribute stands."""

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
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@value
class Frequency:
    """A share of the requests of a workload, of each where it is None, for which a condition holds: what the owner
    assumes. `said`: the condition as it is written."""

    condition: Condition
    share: Fraction
    workload: str | None
    said: str
    span: Span = field(compare=False, repr=False)


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
        k.Phrase(), "where it stands; its pools stand there too", because=DECIDED, asked=PLACING, default=None
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
    profile: str | None = attribute(
        k.Phrase(), "a file of `wrpc calibrate`: how fast a replica was in a run of it", default=None
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

    input: Fraction | None = attribute(k.TOKEN_PRICE, "for a token of the prompt", asked=RULES, default=None)
    output: Fraction | None = attribute(k.TOKEN_PRICE, "for a token of the answer", asked=RULES, default=None)


@block
class Pool:
    name: str
    span: Span = field(compare=False, repr=False)
    model: str | None = attribute(k.Reference("model"), "what it serves", because=WHOLE, asked=RULES, default=None)
    engine: str | None = attribute(
        k.Familiar("engine"), "the program that serves it", because=ENGINE, asked=PLACING, default=None
    )
    endpoint: str | Env | None = attribute(k.Address(), "where requests are sent", "endpoint", default=None)
    provider: str | None = attribute(
        k.Familiar("provider"),
        "whose it is; what stands after a `/` is the model there",
        "provider",
        asked=RULES,
        default=None,
    )
    auth: Env | None = attribute(k.Secret(), "the key with which requests are sent there", "auth", default=None)
    api: str | None = attribute(k.Words(k.APIS), "the API that it speaks", "api", default=None)
    region: str | None = attribute(
        k.Phrase(), "where it stands; without one, where its site does", because=DECIDED, asked=RULES, default=None
    )
    site: str | None = attribute(
        k.Reference("site"), "the one site where its replicas stand", because=WHOLE, asked=RULES, default=None
    )
    trust: str | None = attribute(
        k.Phrase(), "how far it is trusted, in words of your own", because=DECIDED, asked=RULES, default=None
    )
    gpu: str | None = attribute(k.Familiar("GPU"), "the type of its GPUs", "gpu", asked=PLACING, default=None)
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
        k.POSITIVE,
        "the most tokens of a prompt and its answer; without one, its model's",
        "context",
        asked=RULES,
        default=None,
    )
    role: Literal["prefill", "decode", "both"] | None = attribute(
        k.Words(k.ROLES),
        "which side of a request it serves",
        "prefill and decode roles",
        idle=("both",),
        asked=PLACING,
        default=None,
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
    profile: str | None = attribute(
        k.Phrase(), "a file of `wrpc calibrate`: how fast a replica was in a run of it", because=PROFILE, default=None
    )
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
