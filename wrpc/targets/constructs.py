"""Where a policy uses each construct that a target may or may not carry.

Only what can make a difference counts: a signal or sum that no route and no guard reads is not used, whatever it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wrpc.policy.expr import (
    Condition,
    Linear,
    Named,
    NamedNumber,
    Quantity,
    StringLiteral,
    Text,
    Within,
    reads,
    walk,
)
from wrpc.policy.kinds import Nested
from wrpc.policy.model import (
    Bool,
    Denial,
    Enum,
    Forbid,
    Int,
    Model,
    Obligation,
    Policy,
    Pool,
    Real,
    Route,
    Score,
    Set,
    Site,
    String,
    Workload,
)
from wrpc.policy.rows import rows
from wrpc.source import Span
from wrpc.targets.target import CONSTRUCTS, Construct

TYPES = {
    Bool: Construct.BOOL,
    Int: Construct.INT,
    Real: Construct.REAL,
    Enum: Construct.ONE_OF,
    Set: Construct.ANY_OF,
    String: Construct.STRING,
    Score: Construct.SCORE,
}
RULES = {
    Denial: Construct.GUARD_DENY,
    Forbid: Construct.GUARD_FORBID,
    Obligation: Construct.GUARD_REQUIRE,
}
_ORDER = {construct: i for i, construct in enumerate(CONSTRUCTS)}


@dataclass(frozen=True, slots=True)
class Use:
    """The first place where `subject` ("route a", "pool b") uses a construct."""

    construct: str
    subject: str
    span: Span = field(repr=False)


def used(policy: Policy) -> tuple[Use, ...]:
    """Every use of every construct: by construct, then in the order of declaration."""
    first: dict[tuple[str, str], Use] = {}
    for use in _uses(policy):
        first.setdefault((use.construct, use.subject), use)
    return tuple(sorted(first.values(), key=lambda u: _ORDER[u.construct]))


def _uses(policy: Policy) -> Iterator[Use]:
    routes = list(policy.answering)
    yield from _signals_and_numbers(policy, routes)
    for assumption in policy.assumptions.values():
        yield Use(Construct.ASSUME, f"assume {assumption.name}", assumption.span)
    for route in policy.routes.values():
        yield from _route(route)
    header = policy.at
    if "confidence" in policy.resolve:
        yield Use(Construct.CONFIDENCE, f"policy {policy.name}", header)
    if policy.default:
        yield Use(Construct.DEFAULT, "default", policy.default.span)
        yield from _action(policy.default, "default")
    else:
        yield Use(Construct.UNROUTED, f"policy {policy.name}", header)
    for guard in policy.guards.values():
        for rule in guard.rules:
            yield Use(RULES[type(rule)], f"guard {guard.name}", rule.span)
    yield from _load(policy)
    for place in policy.places.values():
        yield Use(Construct.PLACE, f"place {place.name}", place.span)
    for assertion in policy.assertions.values():
        yield Use(Construct.ASSERT, f"assert {assertion.name}", assertion.span)
    for test in policy.tests:
        yield Use(Construct.TEST, f'test "{test.title}"', test.span)


def _route(route: Route) -> Iterator[Use]:
    subject = f"route {route.name}"
    yield Use(Construct.ROUTE, subject, route.span)
    yield from _attributes(route, subject, route.span)
    yield from _action(route, subject)


def _action(route: Route, subject: str) -> Iterator[Use]:
    action = route.action
    found: list[tuple[Construct, Span | None]] = []
    match action.kind:
        case "to" if len(action.shares) > 1:
            found.append((Construct.WEIGHTS, action.shares[0].span))
        case "any":
            found.append((Construct.TO_ANY, None))
        case "cascade":
            found.append((Construct.CASCADE, None))
        case "deny":
            found.append((Construct.DENY_ROUTE, None))
        case _:
            pass
    if action.fallbacks:
        found.append((Construct.FALLBACK, action.fallbacks[0].span))
    found += [(Construct.FALLBACK_CAUSES, f.span) for f in action.fallbacks if f.causes]
    found += [(Construct.FALLBACK_CAUSES, None)] * bool(action.others)
    found += [(Construct.SPILL, s.span) for s in action.spills]
    found += [(Construct.MIRROR, m.span) for m in action.mirrors]
    present = {
        Construct.OTHERS: action.others,
        Construct.BUDGET: next((b for b in action.budgets if b.of != "requests"), None),
        Construct.LIMIT: next((b for b in action.budgets if b.of == "requests"), None),
        Construct.OVER_BUDGET: next((b for b in action.budgets if b.then), None),
        Construct.STICKY: action.sticky,
    }
    found += [(construct, None) for construct, value in present.items() if value is not None]
    for construct, span in found:
        yield Use(construct, subject, span or route.span)
    yield from _attributes(action, subject, route.span)


def _load(policy: Policy) -> Iterator[Use]:
    for workload in policy.workloads.values():
        yield from _declared(Construct.WORKLOAD, workload)
    for model in policy.models.values():
        yield from _declared(Construct.MODEL, model)
    for site in policy.sites.values():
        yield from _declared(Construct.SITE, site)
    for pool in policy.pools.values():
        yield from _declared(Construct.POOL, pool)
        ranges = [part.replicas for part in (pool, pool.prefill, pool.decode) if part is not None and part.replicas]
        if any(low != high for low, high in ranges):
            yield Use(Construct.REPLICA_RANGE, f"pool {pool.name}", pool.span)


def _declared(kind: Construct, item: Workload | Model | Site | Pool) -> Iterator[Use]:
    subject = f"{kind} {item.name}"
    yield Use(kind, subject, item.span)
    yield from _attributes(item, subject, item.span)


def _attributes(item: object, subject: str, at: Span) -> Iterator[Use]:
    """The constructs of the attributes that are given a value which says something, by their rows."""
    for row in rows(type(item)):
        given = getattr(item, row.field)
        if given is None or given in (row.default, *row.idle, (), {}):
            continue
        if row.construct:
            yield Use(row.construct, subject, at)
        if isinstance(row.kind, Nested):
            yield from _attributes(given, subject, at)


# ── What conditions read ──────────────────────────────────────────────────


def _signals_and_numbers(policy: Policy, routes: list[Route]) -> Iterator[Use]:
    conditions = _conditions(policy, routes)
    names, reads = _reads(policy, conditions)
    # What only tells requests apart is compared with nothing: its type is no matter.
    apart = {name for r in routes for name in r.action.told_apart_by} - reads
    reads |= apart
    reads |= {s.name for s in policy.signals.values() if s.on_error == "deny"}
    for group in policy.groups.values():
        if reads.intersection(group.members):
            # One member settles the others, so that reading one reads them all.
            reads |= set(group.members)
            yield Use(Construct.GROUP, f"group {group.name}", group.span)
    for signal in policy.signals.values():
        if signal.name not in reads:
            continue
        subject = f"signal {signal.name}"
        if signal.name not in apart:
            yield Use(TYPES[type(signal.type)], subject, signal.span)
        if signal.source is not None:
            yield Use(Construct.SOURCE, subject, signal.span)
        if signal.on_error is not None:
            yield Use(Construct.ON_ERROR, subject, signal.span)
        if signal.absent is not None:
            yield Use(Construct.ABSENT, subject, signal.span)
        if signal.can_fail:
            yield Use(Construct.FAILED, subject, signal.span)
    for definition in policy.definitions.values():
        if definition.name in names and isinstance(definition.value, Linear) and len(definition.value.terms) > 1:
            yield Use(Construct.SUM, f"{definition.kind} {definition.name}", definition.span)
    for band in policy.bands.values():
        # A band has become ranges of its number; it is used where that number is compared.
        if band.of in names:
            yield Use(Construct.BAND, f"band {band.name}", band.span)
    for subject, span, condition in conditions:
        for node in walk(condition):
            construct = _comparison(node)
            if construct is not None:
                yield Use(construct, subject, getattr(node, "span", None) or span)


def _comparison(node: Condition | Linear | Quantity) -> Construct | None:
    match node:
        case Within(number, _) if len(number.terms) > 1:
            signs = {coefficient > 0 for coefficient, _ in number.terms}
            return Construct.COMPARE_SIGNALS if len(signs) > 1 else Construct.SUM
        case Text(_, left, right) if not isinstance(left, StringLiteral) and not isinstance(right, StringLiteral):
            return Construct.COMPARE_SIGNALS
        case _:
            return None


def _conditions(policy: Policy, routes: list[Route]) -> list[tuple[str, Span, Condition]]:
    found: list[tuple[str, Span, Condition]] = []
    for route in routes:
        subject = "default" if route is policy.default else f"route {route.name}"
        found += [(subject, route.span, c) for c in (route.when, route.action.escalate) if c is not None]
    for guard in policy.guards.values():
        for rule in guard.rules:
            parts = [rule.what, rule.when] if isinstance(rule, Forbid) else [rule.when]
            found += [(f"guard {guard.name}", rule.span, c) for c in parts if c is not None]
    return found


def _reads(policy: Policy, conditions: list[tuple[str, Span, Condition]]) -> tuple[set[str], set[str]]:
    """The `let`s and `score`s that conditions go through, and the signals they read."""
    names: set[str] = set()
    signals: set[str] = set()
    todo: list[Condition | Linear] = [c for _, _, c in conditions]
    while todo:
        for node in walk(todo.pop()):
            match node:
                case Named(name) | NamedNumber(name) if name not in names:
                    names.add(name)
                    todo.append(policy.definitions[name].value)
                case _:
                    signals.update(reads(node))
    return names, signals
