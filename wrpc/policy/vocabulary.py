"""The words of the language: which block has which attributes, of which type and dimension; and the closed lists.

This is the table of record: the reader, the documentation and completion all go by it. What a block holds beyond
`name value` (`to`, `when`, `forbid`, …) is the grammar's.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wrpc.syntax.words import OPERATORS
from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)

# ── Types of attributes ───────────────────────────────────────────────────


@value
class Quantity:
    """A number of one dimension within bounds; `whole` is without a fraction."""

    dimension: str = ""
    whole: bool = False
    low: Fraction | None = None
    high: Fraction | None = None
    low_open: bool = False


@value
class Phrase:
    """A string; a bare word will do."""


@value
class Familiar:
    """As `Phrase`, of a kind of which many words are known (`familiar`)."""

    of: str


@value
class Quoted:
    """A string."""


@value
class Words:
    """One of these words, bare."""

    words: tuple[str, ...]


@value
class Identifier:
    """A bare name that is the writer's own."""


@value
class Reference:
    """The name of something declared."""

    kind: str


@value
class Several:
    """A list; one thing alone may go without brackets."""

    of: Kind


@value
class Between:
    """A whole number or a range of them (`2..6`)."""

    low: Fraction = ZERO


@value
class Table:
    """A block of names of one's own, each with a value of one type (`gpus { h100 32 }`). `names`: of which kind the
    names are, where many of them are known."""

    of: Kind
    names: str = ""


@value
class Nested:
    """A block with a vocabulary of its own."""

    block: str


@value
class Address:
    """A string, or `env("NAME")`."""


@value
class Labels:
    """Names of one's own with a word, a string or a number."""


@value
class Either:
    """The first type that a value's form fits."""

    options: tuple[Kind, ...]


@value
class Free:
    """Any value: whoever reads it knows more."""


@value
class Worded:
    """A word, a string, a list or a block: anything but a number."""


@value
class Distribution:
    """Points, or a call that names a distribution."""


@value
class Waivers:
    """Codes, each with an owner, a last day and a reason; `waivers` reads them."""


@value
class Elsewhere:
    """What `signals` reads by a table of its own."""


Kind = (
    Quantity | Phrase | Familiar | Quoted | Words | Identifier | Reference | Several | Between | Table | Nested
    | Address | Labels | Either | Free | Worded | Distribution | Waivers | Elsewhere
)  # fmt: skip

COUNT = Quantity(whole=True, low=ZERO)
POSITIVE = Quantity(whole=True, low=ONE)
SHARE = Quantity(low=ZERO, high=ONE)
SIZE = Quantity("B", low=ZERO)
TIME = Quantity("s", low=ZERO)
POWER = Quantity("W", low=ZERO)
RATE = Quantity("1/s", low=ZERO)

NOTES: Mapping[str, Kind] = {"description": Quoted(), "labels": Labels()}

RESOLVE_KEYS = ("priority", "confidence", "name")
ROLES = ("prefill", "decode", "both")
ON_ERROR = ("fires", "silent", "deny")
ON_UNKNOWN = ("silent", "fires", "deny")

# ── Closed lists of routes ────────────────────────────────────────────────

CAUSES = (
    "timeout", "overload", "error", "rate_limit", "context", "refusal", "content_policy", "unavailable", "connection",
    "server_error", "quota",
)  # fmt: skip

# The second half are the algorithms of vLLM Semantic Router (router-config v0.3).
SELECTIONS = (
    "latency", "cost", "quality", "random", "round_robin", "least_busy", "least_cost", "usage", "weighted", "affinity",
    "automix", "confidence", "elo", "fusion", "hybrid", "kmeans", "knn", "latency_aware", "mlp", "multi_factor",
    "prompt", "ratings", "remom", "router_dc", "static", "svm", "workflows",
)  # fmt: skip

# ── The table ─────────────────────────────────────────────────────────────

BLOCKS: Mapping[str, Mapping[str, Kind]] = {
    "policy": {
        "language": COUNT,
        "owner": Quoted(),
        "description": Quoted(),
        "resolve": Several(Words(RESOLVE_KEYS)),
    },
    "signal": {
        "source": Elsewhere(),
        "threshold": Quantity(),
        "above": Quantity(),
        "absent": Elsewhere(),
        "on_error": Words(ON_ERROR),
        "evidence": Identifier(),
        **NOTES,
    },
    "workload": {
        "rate": Either((RATE, Several(RATE))),
        "lengths": Distribution(),
        "prompt_share": SHARE,
        "slo": Nested("slo"),
        **NOTES,
    },
    "slo": {"ttft_p99": TIME, "ttft_queue_p99": TIME, "tpot_p99": TIME, "e2e_p99": TIME},
    "model": {
        "source": Phrase(),
        "context": POSITIVE,
        "max_output": POSITIVE,
        "weights": SIZE,
        "kv_per_token": SIZE,
        "parameters": Quantity(low=ZERO),
        "layers": POSITIVE,
        "heads": POSITIVE,
        "modality": Phrase(),
        "quality": Quantity(low=ZERO),
        **NOTES,
    },
    "site": {
        "region": Phrase(),
        "zones": Several(Phrase()),
        "gpus": Table(COUNT, "GPU"),
        "power": POWER,
        "price": Table(Quantity("USD/s", low=ZERO), "GPU"),
        **NOTES,
    },
    "pool": {
        "model": Reference("model"),
        "engine": Familiar("engine"),
        "endpoint": Address(),
        "provider": Familiar("provider"),
        "region": Phrase(),
        "site": Reference("site"),
        "trust": Phrase(),
        "gpu": Familiar("GPU"),
        "replicas": Between(),
        "tensor_parallel": POSITIVE,
        "pipeline_parallel": POSITIVE,
        "context": POSITIVE,
        "role": Words(ROLES),
        "prefill": Nested("phase"),
        "decode": Nested("phase"),
        "kv_cache": Nested("kv_cache"),
        "price": Nested("price"),
        "concurrency": POSITIVE,
        **NOTES,
    },
    "phase": {
        "gpu": Familiar("GPU"),
        "replicas": Between(),
        "tensor_parallel": POSITIVE,
        "pipeline_parallel": POSITIVE,
    },
    "kv_cache": {"tier": Familiar("KV tier"), "size": SIZE, "share": Phrase()},
    "price": {"input": Quantity("USD/tok", low=ZERO), "output": Quantity("USD/tok", low=ZERO)},
    "place": {
        "pools": Several(Reference("pool")),
        "sites": Several(Reference("site")),
        "power": POWER,
        "limit": Table(Free()),
        "spread": Free(),
        "prefer": Free(),
        **NOTES,
    },
    "route": {
        "tier": COUNT,
        "priority": Quantity(whole=True),
        "retries": COUNT,
        "timeout": Quantity("s", low=ZERO, low_open=True),
        "reasoning": Phrase(),
        "tools": Worded(),
        "cache": Nested("cache"),
        "compress": POSITIVE,
        "retain": Nested("retain"),
        "select": Words(SELECTIONS),
        "on_unknown": Words(ON_UNKNOWN),
        **NOTES,
    },
    "cache": {"similarity": SHARE, "ttl": TIME},
    "retain": {"ttl": Either((COUNT, TIME)), "share": SHARE},
    "guard": {"waive": Waivers(), **NOTES},
    "assert": {"waive": Waivers(), **NOTES},
}

# Attributes that LANGUAGE gives a clause of its own in the grammar, for suggestions.
CLAUSES: Mapping[str, tuple[str, ...]] = {
    "route": ("when", "to", "cascade", "deny", "fallback", "spill", "mirror", "budget"),
    "default": ("to", "cascade", "deny", "fallback", "spill", "mirror", "budget"),
    "workload": ("when",),
    "place": ("require", "budget"),
    "guard": ("forbid", "deny", "require", "sealed", "critical", "accept_failure"),
    "assert": ("always", "never", "critical"),
}

# Of a route, what a catch-all that stands apart has no use for.
NOT_OF_DEFAULT = ("tier", "priority", "on_unknown")

# ── What `destination`, `pool` and `site` have ────────────────────────────

DESTINATION = ("pool", "model", "provider", "region", "site", "trust")
PLACED_POOL = ("model", "provider", "region", "site", "trust", "engine", "gpu", "role")
PLACED_SITE = ("region",)

# Attributes whose value is the name of something declared, and of what.
NAMED = {
    "pool": "pool", "model": "model", "site": "site", "pool.model": "model", "pool.site": "site",
}  # fmt: skip

CLAIM_WORDS = ("route", "routed", "denied", "served", "cost")
RESERVED = OPERATORS | {"default", "none", "any", "when", "true", "false"}
RESERVED_MEMBERS = RESERVED - {"default", "none", "any"}
# Words that mean something wherever an expression or a name stands: a program that makes names avoids them.
MEANT = RESERVED | {*CLAIM_WORDS, "confidence", "raw", "prefix", "destination", "pool", "site"}

# ── Targets ───────────────────────────────────────────────────────────────

# The settings of each target, by the name of its block; what each takes, the target documents.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "envoy": (
        "admin", "ca", "endpoints", "headers", "listen", "max_body", "obligations_by", "prefix", "signals_by",
        "trust_headers", "waive",
    ),
    "fleet_sim": ("arrivals", "cdf_dir", "gpus", "hour", "replicas", "requests", "seed", "split", "waive"),
    "vllm": (
        "connector", "disk_path", "host", "image", "models", "options", "port", "ports", "remote_url", "waive",
    ),
    "vllm_sr": (
        "candidate_requirements", "data_policy", "endpoints", "listen", "model_bindings", "settings", "timeout",
        "waive",
    ),
}  # fmt: skip

# ── Tests ─────────────────────────────────────────────────────────────────

# What a test may expect of a decision. `pool p`: p is the primary, or one of several; `pools [..]`: exactly these
# destinations, edges included; `never_pool p`: p is no destination; `route none`: nothing took the request.
EXPECTATIONS = (
    "pool", "pools", "never_pool", "fallback", "route", "action", "denied", "served", "routed", "reason", "obligation",
    "obligations",
)  # fmt: skip
ACTIONS = ("route", "deny", "unrouted")
