"""The contract of a target: what it is for, what it carries of a policy, and the three things it does.

A target is data first. `carries` has one row for every construct; the rows are at once the documentation
(`wrpc targets`), the text of WRP801 and WRP802, and what the manifest records. The law of loss is kept by
`targets/compile.py` from these rows: a target itself only adds what no row can know (a band that is too wide to
expand, a name that clashes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Literal

from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy, Value
from wrpc.policy.rows import rows
from wrpc.policy.vocabulary import SHAPES
from wrpc.source import Span
from wrpc.targets.gateway.branches import Settled
from wrpc.values import value

if TYPE_CHECKING:
    from datetime import date


class Construct(StrEnum):
    """The parts of a policy that a target may or may not carry, as far as code names them; `CONSTRUCTS` has them all.
    Found in a policy by `targets/constructs.py`."""

    BOOL = "bool signal"
    INT = "int signal"
    REAL = "real signal"
    ONE_OF = "one_of signal"
    ANY_OF = "any_of signal"
    STRING = "string signal"
    SCORE = "score signal"
    SOURCE = "signal source"
    ON_ERROR = "on_error"
    FAILED = "failed signal"
    ABSENT = "absent"
    GROUP = "exclusive group"
    SUM = "score of several signals"
    BAND = "band"
    COMPARE_SIGNALS = "one signal compared with another"
    ASSUME = "assume"
    ROUTE = "route"
    TIER = "tier and priority"
    CONFIDENCE = "resolve by confidence"
    ON_UNKNOWN = "on_unknown"
    DEFAULT = "default"
    UNROUTED = "requests without a route"
    WEIGHTS = "weights"
    TO_ANY = "to any"
    SELECT = "select"
    CASCADE = "cascade"
    DENY_ROUTE = "deny route"
    OTHERS = "fallback others"
    FALLBACK = "fallback"
    FALLBACK_CAUSES = "fallback causes"
    SPILL = "spill"
    MIRROR = "mirror"
    RETRIES = "retries"
    TIMEOUT = "timeout"
    REASONING = "reasoning"
    TOOLS = "tools"
    CACHE = "cache"
    COMPRESS = "compress"
    RETAIN = "retain"
    BUDGET = "budget"
    LIMIT = "limit"
    OVER_BUDGET = "steps of a budget or limit"
    STICKY = "sticky"
    CACHE_SCOPE = "cache scope"
    GUARD_DENY = "guard: deny"
    GUARD_FORBID = "guard: forbid"
    GUARD_REQUIRE = "guard: require"
    WORKLOAD = "workload"
    RATE = "rate"
    LENGTHS = "lengths"
    SLO = "slo"
    MODEL = "model"
    MODEL_SIZE = "model sizes"
    MODALITY = "modality"
    QUALITY = "quality"
    SITE = "site"
    POOL = "pool"
    ENDPOINT = "endpoint"
    PROVIDER = "provider"
    GPU = "gpu"
    REPLICAS = "replicas"
    REPLICA_RANGE = "range of replicas"
    PARALLELISM = "tensor and pipeline parallelism"
    CONTEXT = "context"
    ROLE = "prefill and decode roles"
    KV_CACHE = "kv_cache"
    PRICE = "price"
    CONCURRENCY = "concurrency"
    PLACE = "place"
    ASSERT = "assert"
    TEST = "test"


def _named() -> Iterator[str]:
    """The constructs that the rows of attributes name."""
    for shapes in SHAPES.values():
        for shape in shapes:
            yield from (row.construct for row in rows(shape) if row.construct)


CONSTRUCTS: tuple[str, ...] = tuple(dict.fromkeys((*Construct, *_named())))
"""Every construct, in the order in which uses are told: those above, then those that an attribute's row alone names."""


class Group(Enum):
    """Constructs that are most often one program's business, for what a target says of all of them at once. What guards
    ask for is in none: a target says of each what becomes of it."""

    CONDITIONS = (
        Construct.BOOL, Construct.INT, Construct.REAL, Construct.ONE_OF, Construct.ANY_OF, Construct.STRING,
        Construct.SCORE, Construct.SOURCE, Construct.ON_ERROR, Construct.FAILED, Construct.ABSENT, Construct.GROUP,
        Construct.SUM, Construct.BAND, Construct.COMPARE_SIGNALS, Construct.ASSUME,
    )  # fmt: skip
    ROUTES = (
        Construct.ROUTE, Construct.TIER, Construct.CONFIDENCE, Construct.ON_UNKNOWN, Construct.DEFAULT,
        Construct.UNROUTED, Construct.WEIGHTS, Construct.TO_ANY, Construct.SELECT, Construct.CASCADE,
        Construct.DENY_ROUTE,
    )  # fmt: skip
    EDGES = (
        Construct.OTHERS,
        Construct.FALLBACK,
        Construct.FALLBACK_CAUSES,
        Construct.SPILL,
        Construct.MIRROR,
        Construct.OVER_BUDGET,
    )
    SETTINGS = (
        Construct.RETRIES, Construct.TIMEOUT, Construct.REASONING, Construct.TOOLS, Construct.CACHE,
        Construct.COMPRESS, Construct.RETAIN, Construct.BUDGET, Construct.LIMIT, Construct.STICKY,
        Construct.CACHE_SCOPE,
    )  # fmt: skip
    LOAD = (Construct.WORKLOAD, Construct.RATE, Construct.LENGTHS, Construct.SLO)
    MODELS = (Construct.MODEL, Construct.MODEL_SIZE, Construct.MODALITY)
    SITES = (Construct.SITE, Construct.PLACE)
    MACHINES = (
        Construct.GPU, Construct.REPLICAS, Construct.REPLICA_RANGE, Construct.PARALLELISM, Construct.CONTEXT,
        Construct.ROLE, Construct.KV_CACHE, Construct.CONCURRENCY, "startup",
    )  # fmt: skip


@value
class Native:
    """Carried exactly, at `where` in the emitted files."""

    where: str


@value
class Approximate:
    """Carried at `where`; `loses` says what is not the same (WRP802)."""

    where: str
    loses: str


@value
class Cannot:
    """Not carried, because of `why` (WRP801)."""

    why: str


@value
class Elsewhere:
    """Not this program's business: it is kept by `by`, and the manifest says so. Never for a rule that this program
    could break: a target that decides requests has no guard here."""

    by: str


Carriage = Native | Approximate | Cannot | Elsewhere


def shared(groups: Mapping[Group, Carriage]) -> Mapping[str, Carriage]:
    """What a target says of each construct of whole groups; its particular rows stand after it and win."""
    return {construct: carriage for group, carriage in groups.items() for construct in group.value}


@value
class Setting:
    """One attribute of a `target NAME { … }` block. `kind` is the type of its value."""

    kind: Literal["text", "number", "bool", "word", "list", "map", "any"]
    doc: str
    default: object = None


@value
class Entry:
    """One emitted entry and where it comes from. `pointer` is a JSON pointer into the artifact."""

    pointer: str
    span: Span


@value
class Artifact:
    """One file. `path` is relative, with forward slashes."""

    path: str
    text: str = field(repr=False)
    entries: tuple[Entry, ...] = field(default=(), repr=False)
    executable: bool = False


@value
class Options:
    """What a compile was asked for, beside the policy. `settings` is the `target` block, checked against its table.

    `base` is the folder of the policy's main file, for data that it names (length distributions); None in memory.
    `today`: the day on which waivers are judged; None: none ends.
    """

    settings: Mapping[str, Value] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    base: str | None = None
    today: date | None = None


@value
class Emitted:
    """What `emit` returns. A diagnostic of severity "error" means that nothing is written.

    `not_enforced` names guards (as "guard NAME") that the files do not enforce although their row says that the target
    can: an obligation that it knows nothing of, say. `unheard` are signals that nobody computes where the files run, so
    that they have failed in every request.
    """

    artifacts: tuple[Artifact, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    not_enforced: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()


@value
class Target:
    """One program that policies compile to.

    `emit` is given the policy with its guards settled, and nothing from before.
    `decides`: the program decides requests, so that an enforced guard must be carried.
    `read(files, policy)`: what the files will do, as a policy over the signals of `policy`; imports nothing from emit.
    `simulates`: it stands in no request's way, so that it keeps nothing for other targets of a stack.
    `obliged_by`: the setting without which the program does nothing of what guards require.
    `heard_by`: how to say who computes the signals that `unheard` names.
    `check(files)`: findings by the target's own schema or program, where it is on this machine.
    `faults(policy, options)`: what the policy asks and the program cannot do, told although `check` has found errors.
    """

    name: str
    title: str
    versions: tuple[str, ...]
    decides: bool
    carries: Mapping[str, Carriage]
    emit: Callable[[Settled, Options], Emitted]
    read: Callable[[Mapping[str, str], Policy], Policy] | None
    check: Callable[[Mapping[str, str]], tuple[Diagnostic, ...]]
    settings: Mapping[str, Setting] = field(default_factory=dict)
    obliged_by: str | None = None
    heard_by: str | None = None
    faults: Callable[[Policy, Options], tuple[Diagnostic, ...]] | None = None
    simulates: bool = False
