"""The resolved policy as values: every name bound, every number exact and in base units, nothing left of syntax.

Base units: seconds, bytes, watts, USD; a rate is per second, a price in USD per second, per token or per request.
A field that is written as an attribute says so with its row (`rows`). Here are the policy and what is said of it as a
whole; its parts stand in the modules beside, and are imported from here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from typing import Literal

from wrpc.policy import kinds as k
from wrpc.policy.expr import Condition, Linear
from wrpc.policy.model.guards import Assertion, Claim, Denial, Forbid, Guard, Obligation, Rule, Waiver
from wrpc.policy.model.machines import (
    Aim,
    Frequency,
    KvCache,
    Model,
    Phase,
    Place,
    PlaceRule,
    Pool,
    Price,
    Site,
    Slo,
    Workload,
)
from wrpc.policy.model.routes import (
    Action,
    Budget,
    Cache,
    FallbackEdge,
    Measure,
    MirrorEdge,
    OnUnknown,
    Planned,
    Retain,
    Role,
    Route,
    Share,
    SpillEdge,
    Standing,
    Sticky,
    plan,
)
from wrpc.policy.model.signals import (
    ABSENTEES,
    Absent,
    Assumption,
    Band,
    BandStep,
    Bool,
    Definition,
    Enum,
    Group,
    Int,
    OnError,
    Real,
    Score,
    Set,
    Signal,
    String,
    Table,
    Type,
)
from wrpc.policy.model.values import Amount, Bounds, Env, Invocation, Value, Word
from wrpc.policy.rows import DESCRIPTION, NOTE, attribute, block
from wrpc.source import Source, Span
from wrpc.values import value

__all__ = [
    "ABSENTEES", "Absent", "Action", "Aim", "Amount", "Assertion", "Assumption", "Band", "BandStep", "Bool", "Bounds",
    "Budget", "Cache", "Claim", "Definition", "Denial", "Enum", "Env", "FallbackEdge", "Forbid", "Frequency", "Group",
    "Guard", "Int", "Invocation", "KvCache", "Measure", "MirrorEdge", "Model", "Obligation", "OnError", "OnUnknown",
    "Overridden", "Phase", "Place", "PlaceRule", "Planned", "Policy", "Pool", "Price", "Real", "ResolveKey", "Retain",
    "Role", "Route", "Rule", "Score", "Set", "Share", "Signal", "Site", "Slo", "SpillEdge", "Stack", "Standing",
    "Sticky", "String", "Table", "TargetSettings", "Test", "Type", "Value", "Waiver", "Word", "Workload", "plan",
]  # fmt: skip


@value
class Stack:
    """Targets that are deployed together, the one that decides first."""

    name: str
    targets: tuple[str, ...]
    span: Span = field(compare=False, repr=False)


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
    frequencies: tuple[Frequency, ...] = ()
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
