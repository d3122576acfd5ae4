"""The words of the language: which block has which attributes, of which type and dimension; and the closed lists.

The attributes are the rows of the model (`rows`): the reader, the documentation and completion all go by them. What a
block holds beyond `name value` (`to`, `when`, `forbid`, …) is the grammar's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wrpc.policy import model as m
from wrpc.policy.declarations import DECLARATIONS
from wrpc.policy.kinds import Kind, Labels, Nested, Quantity, Quoted, Reference
from wrpc.policy.rows import Row, rows
from wrpc.syntax.words import OPERATORS

# ── Closed lists of routes ────────────────────────────────────────────────

CAUSES = (
    "timeout", "overload", "error", "rate_limit", "context", "refusal", "content_policy", "unavailable", "connection",
    "server_error", "quota",
)  # fmt: skip

# ── The table ─────────────────────────────────────────────────────────────

# Blocks inside others, by the class of the model that they become.
INNER: Mapping[str, type] = {
    "slo": m.Slo, "phase": m.Phase, "kv_cache": m.KvCache, "price": m.Price, "cache": m.Cache, "retain": m.Retain,
}  # fmt: skip

# Each block by the classes of the model that keep what it says: their rows are its attributes.
SHAPES: Mapping[str, tuple[type, ...]] = {
    **{d.keyword: d.shapes for d in DECLARATIONS.values() if d.shapes},
    **{name: (shape,) for name, shape in INNER.items()},
}
ROWS: Mapping[str, Mapping[str, Row]] = {
    block: {row.name: row for shape in shapes for row in rows(shape)} for block, shapes in SHAPES.items()
}
BLOCKS: Mapping[str, Mapping[str, Kind]] = {
    block: {name: row.kind for name, row in table.items()} for block, table in ROWS.items()
}
NOTES: Mapping[str, Kind] = {"description": Quoted(), "labels": Labels()}

# Attributes that LANGUAGE gives a clause of its own in the grammar, for suggestions.
CLAUSES: Mapping[str, tuple[str, ...]] = {d.keyword: d.clauses for d in DECLARATIONS.values() if d.clauses}

# Of a route, what a catch-all that stands apart has no use for.
NOT_OF_DEFAULT = ("tier", "priority", "on_unknown")

# ── What `destination`, `pool` and `site` have ────────────────────────────


def _asked(block: str, by: str, *, numbers: bool) -> Iterator[tuple[str, Kind]]:
    """The attributes of a block that rules of this kind read, those of blocks in it with a dot."""
    for name, row in ROWS[block].items():
        if isinstance(row.kind, Nested):
            for inner, kind in _asked(row.kind.block, by, numbers=numbers):
                yield f"{name}.{inner}", kind
        elif by in row.asked and isinstance(row.kind, Quantity) == numbers:
            yield name, row.kind


DESTINATION = ("pool", *(name for name, _ in _asked("pool", "destination", numbers=False)))
# What a destination is in a plan. `destination.role` compares with these.
PLACE = ("role", "causes")
# Its numbers, each with its dimension.
NUMBERS = {
    **{
        name: kind.dimension for name, kind in _asked("pool", "destination", numbers=True) if isinstance(kind, Quantity)
    },
    "cost": "USD",
}
PLAN_ROLES = ("primary", "fallback", "cascade", "spill", "mirror", "over_budget")
PLACED_POOL = tuple(name for name, _ in _asked("pool", "place", numbers=False))
PLACED_SITE = tuple(name for name, _ in _asked("site", "place", numbers=False))
# Their numbers in a rule of `place`, where no request is.
PLACED_NUMBERS = {name: dimension for name, dimension in NUMBERS.items() if name != "cost"}

# Attributes whose value is the name of something declared, and of what.
_NAMES = {name: row.kind.kind for name, row in ROWS["pool"].items() if isinstance(row.kind, Reference)}
NAMED = {"pool": "pool", "site": "site", **_NAMES, **{f"pool.{name}": kind for name, kind in _NAMES.items()}}

CLAIM_WORDS = ("route", "routed", "denied", "served", "cost")
RESERVED = OPERATORS | {"default", "none", "any", "when", "true", "false"}
RESERVED_MEMBERS = RESERVED - {"default", "none", "any"}
# Words that mean something wherever an expression or a name stands: a program that makes names avoids them.
MEANT = RESERVED | {
    *CLAIM_WORDS,
    "confidence",
    "raw",
    "failed",
    "prefix",
    "suffix",
    "contains",
    "matches",
    "destination",
    "pool",
    "site",
}

# ── Targets ───────────────────────────────────────────────────────────────

# The settings of each target, by the name of its block; what each takes, the target documents.
SETTINGS: Mapping[str, tuple[str, ...]] = {
    "envoy": (
        "admin", "ca", "endpoints", "headers", "listen", "max_body", "obligations_by", "prefix", "signals_by",
        "trust_headers", "waive",
    ),
    "fleet_sim": ("arrivals", "cdf_dir", "gpus", "hour", "replicas", "requests", "seed", "split", "waive"),
    "kserve": (
        "api_version", "gpu_label", "gpu_nodes", "gpu_resource", "image", "models", "namespace", "options",
        "prometheus", "waiting", "waive",
    ),
    "litellm": ("endpoints", "master_key", "waive"),
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
