"""The decisions of a policy as a list of which the first entry that matches decides: what an Envoy route table is.

The order is that of LANGUAGE.md: requests that are none, faults, denials, routes by precedence, the default. A route
whose plan guards may change stands in the list once for every way in which they change it, most changed first: then the
first match is exact without a "not" in any row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from wrpc.decide.interpret import promoted
from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.expr import Condition, fold
from wrpc.policy.model import Action, Denial, Forbid, Obligation, Planned, Policy, Route, plan
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED
from wrpc.targets.envoy.conditions import Conditions, Unsayable
from wrpc.targets.envoy.rows import ALWAYS, NEVER, Row, Rows, TooWide, both, covers_row, either, meet_rows, subset

ROUTE_LIMIT = 256
TOTAL_LIMIT = 4096
_WAYS_LIMIT = 256
_NEAR = 200


@dataclass(frozen=True, slots=True)
class Refuse:
    """The request is none of the policy's."""

    reason: str


@dataclass(frozen=True, slots=True)
class Deny:
    """A denial. `route` is None where no route had been asked."""

    reason: str
    route: str | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """A plan after the guards. `action` is the route's own, for what guards do not touch. `obligations` come with the
    pool that they are for, or without one."""

    route: str
    action: Action
    destinations: tuple[Planned, ...]
    obligations: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Unrouted:
    pass


Outcome = Refuse | Deny | Send | Unrouted


@dataclass(frozen=True, slots=True)
class Decided:
    """One entry: `name` is unique only together with its number. `rows`: any of them."""

    name: str
    rows: Rows
    outcome: Outcome
    span: Span = field(repr=False)


@dataclass(frozen=True, slots=True)
class Decisions:
    entries: tuple[Decided, ...]
    diagnostics: tuple[Diagnostic, ...]


def decisions(policy: Policy, *, obligations: bool) -> Decisions:
    """`obligations`: whether something performs them, so that they are worth telling apart."""
    table = _Table(policy, obligations)
    for step in (table.axioms, table.faults, table.denials, table.routes):
        step()
    entries = table.entries
    if table.rows > TOTAL_LIMIT:
        table.report(Unsayable(f"the policy takes more than {TOTAL_LIMIT:,} rows of header matchers", None), None)
    return Decisions(tuple(entries), tuple(table.diagnostics))


@dataclass(frozen=True, slots=True)
class _Effect:
    """What guards do under one condition: pools removed (with the guard), obligations added (with their pool)."""

    rows: Rows
    removed: tuple[tuple[str, str], ...] = ()
    obligations: tuple[tuple[str, str | None], ...] = ()


class _Table:
    def __init__(self, policy: Policy, obligations: bool) -> None:
        self.policy = policy
        self.obliging = obligations
        self.entries: list[Decided] = []
        self.diagnostics: list[Diagnostic] = []
        self.whole = policy.header or policy.sources[0].span()
        self._requests = Conditions(policy)
        self._pools = {name: Conditions(policy, pool=pool) for name, pool in policy.pools.items()}
        self._effects: dict[tuple[str, ...], list[_Effect]] = {}
        self._taken: list[Row] = []
        self._closed = False  # an entry has taken every request that is left

    @property
    def rows(self) -> int:
        return len(self._taken)

    def report(self, error: Unsayable, span: Span | None) -> None:
        at = error.span or span or self.whole
        self.diagnostics.append(finding(NOT_CARRIED, error.message, at, severity="error", help=error.help))

    def add(self, name: str, rows: Rows, outcome: Outcome, span: Span) -> None:
        if len(rows) > ROUTE_LIMIT:
            self.report(_too_wide(name), span)
            return
        # What earlier rows take altogether never gets here. Leaving it out is for the reader, so that it is enough to
        # ask those just before.
        near = self._taken[-_NEAR:]
        left = tuple(row for row in rows if not any(covers_row(wide, row) for wide in near))
        if left and not self._closed:
            self.entries.append(Decided(name, left, outcome, span))
            self._taken += left
            self._closed = {} in left

    # ── Before any route ──────────────────────────────────────────────────

    def axioms(self) -> None:
        """Requests outside the space: two of a group fire, or an `assume` is false. A failure breaks no axiom."""
        seen = Conditions(self.policy, meanings=False)
        for group in self.policy.groups.values():
            members = [seen.domains[m].firing() for m in group.members if m != group.default]
            pairs = [both(a, b) for i, b in enumerate(members) for a in members[:i]]
            try:
                reason = f"several signals of the group {group.name} fire"
                self.add(f"group {group.name}", either(pairs), Refuse(reason), group.span)
            except TooWide:
                self.report(_too_wide(f"group {group.name}"), group.span)
        for assumption in self.policy.assumptions.values():
            try:
                rows = fold(assumption.condition, seen).false
            except Unsayable as error:
                # Nothing that is decided leans on it; requests that break it are only not refused.
                at = error.span or assumption.span
                message = f"requests that break `assume {assumption.name}` are not refused: {error.message}"
                self.diagnostics.append(finding(NOT_CARRIED, message, at, severity="warning"))
                continue
            self.add(f"assume {assumption.name}", rows, Refuse(f"breaks assume {assumption.name}"), assumption.span)

    def faults(self) -> None:
        lost = Conditions(self.policy, meanings=False)
        for signal in self.policy.signals.values():
            if signal.on_error == "deny":
                absent = lost.domains[signal.name].absent
                self.add(f"fault {signal.name}", absent, Deny(f"signal `{signal.name}` failed"), signal.span)

    def denials(self) -> None:
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                if isinstance(rule, Denial):
                    rows = self.maybe(rule.when, self._requests, rule.span)
                    self.add(f"guard {guard.name}", rows, Deny(rule.reason), rule.span)
        for route in self.policy.routes.values():
            if route.on_unknown == "deny" and route.when is not None:
                reason = f"whether route `{route.name}` holds is unknown"
                try:
                    rows = fold(route.when, self._requests).unknown
                except (Unsayable, TooWide) as error:
                    self.report(_said(error, f"route {route.name}"), route.span)
                    continue
                self.add(f"unknown {route.name}", rows, Deny(reason), route.span)

    def maybe(self, condition: Condition | None, seen: Conditions, span: Span) -> Rows:
        """Where a condition is true or unknown; what cannot be said is reported, and the entry left out."""
        if condition is None:
            return ALWAYS
        try:
            return fold(condition, seen).maybe
        except (Unsayable, TooWide) as error:
            self.report(_said(error, "this condition"), span)
            return NEVER

    # ── Routes ────────────────────────────────────────────────────────────

    def routes(self) -> None:
        for routes in self.policy.ranked:
            if self.rows > TOTAL_LIMIT:
                return
            rows: dict[str, Rows] = {}
            for route in sorted(routes, key=lambda r: r.name):
                try:
                    rows[route.name] = self.holds(route)
                except (Unsayable, TooWide) as error:
                    self.report(_said(error, f"route {route.name}"), route.span)
            self.ordered([r for r in routes if r.name in rows], rows)
            for route in self._in_class(routes):
                if route.name in rows:
                    self.guarded(route, rows[route.name])
        if self.policy.default is not None:
            self.guarded(self.policy.default, ALWAYS)
        self.add("unrouted", ALWAYS, Unrouted(), self.whole)

    def holds(self, route: Route) -> Rows:
        if route.when is None:
            return ALWAYS
        found = fold(route.when, self._requests)
        return found.maybe if route.on_unknown == "fires" else found.true

    def _in_class(self, routes: Sequence[Route]) -> list[Route]:
        """The order inside a class of equal precedence: what the keys before any confidence say, then the name."""
        keys = self.policy.resolve
        by_priority = "priority" in keys and ("name" not in keys or keys.index("priority") < keys.index("name"))
        return sorted(routes, key=lambda r: (-r.priority if by_priority else 0, r.name))

    def ordered(self, routes: Sequence[Route], rows: Mapping[str, Rows]) -> None:
        """Reports routes that only a confidence would order: a header matcher compares no two numbers."""
        keys = self.policy.resolve
        if "confidence" not in keys or "name" in keys[: keys.index("confidence")]:
            return
        # Of an exclusive group two never fire: such requests are refused before.
        gone = [row for e in self.entries if isinstance(e.outcome, Refuse) for row in e.rows]
        for i, second in enumerate(routes):
            for first in routes[:i]:
                if first.action.same == second.action.same:
                    continue
                together = (meet_rows(a, b) for a in rows[first.name] for b in rows[second.name])
                if any(t is not None and not any(covers_row(g, t) for g in gone) for t in together):
                    message = f"only a confidence orders the routes `{first.name}` and `{second.name}`"
                    repair = "give one of them a higher priority, or put their signals into an exclusive group"
                    self.report(Unsayable(message, second.span, repair), second.span)

    def guarded(self, route: Route, rows: Rows) -> None:
        """One entry for every way in which guards change the route's plan."""
        label = "default" if route is self.policy.default else f"route {route.name}"
        if route.action.kind == "deny":
            self.add(label, rows, Deny(route.action.reason or "denied", route.name), route.span)
            return
        pools = tuple(dict.fromkeys(p.pool for p in plan(route.action)))
        try:
            ways = list(self.ways(rows, self.effects(pools)))
            entries = _uncovered_later(
                [Decided(label, found, self.outcome(route, chosen), route.span) for chosen, found in ways]
            )
        except TooWide:
            self.report(_too_wide(f"{label} with its guards"), route.span)
            return
        if sum(len(e.rows) for e in entries) > ROUTE_LIMIT:
            self.report(_too_wide(f"{label} with its guards"), route.span)
            return
        for e in entries:
            self.add(e.name, e.rows, e.outcome, e.span)

    def ways(self, rows: Rows, effects: Sequence[_Effect]) -> Iterator[tuple[tuple[_Effect, ...], Rows]]:
        """Every set of effects that some request may have together; a larger set before those inside it."""
        found = 0

        def walk(at: int, left: Rows, chosen: tuple[_Effect, ...]) -> Iterator[tuple[tuple[_Effect, ...], Rows]]:
            nonlocal found
            if not left:
                return
            if at == len(effects):
                found += 1
                if found > _WAYS_LIMIT:
                    raise TooWide
                yield chosen, left
                return
            effect = effects[at]
            yield from walk(at + 1, both(left, effect.rows), (*chosen, effect))
            if not subset(left, effect.rows):
                yield from walk(at + 1, left, chosen)

        yield from walk(0, rows, ())

    def effects(self, pools: tuple[str, ...]) -> list[_Effect]:
        """What guards may do to a plan over these pools; equal conditions are one effect."""
        if pools not in self._effects:
            found: dict[object, _Effect] = {}
            for rows, effect in self._each_effect(pools):
                if rows:
                    same = found.setdefault(_key(rows), _Effect(rows))
                    found[_key(rows)] = replace(
                        same,
                        removed=same.removed + effect.removed,
                        obligations=same.obligations + effect.obligations,
                    )
            self._effects[pools] = list(found.values())
        return self._effects[pools]

    def _each_effect(self, pools: tuple[str, ...]) -> Iterator[tuple[Rows, _Effect]]:
        for guard in self.policy.guards.values():
            for rule in guard.rules:
                match rule:
                    case Forbid(what, when):
                        for pool in pools:
                            seen = self._pools[pool]
                            a, b = (self.maybe(c, seen, rule.span) for c in (what, when))
                            yield both(a, b), _Effect(NEVER, removed=((pool, guard.name),))
                    case Obligation(name, when, per_destination) if self.obliging:
                        for place in pools if per_destination else (None,):
                            seen = self._requests if place is None else self._pools[place]
                            rows = self.maybe(when, seen, rule.span)
                            yield rows, _Effect(NEVER, obligations=((name, place),))
                    case _:
                        pass

    def outcome(self, route: Route, effects: Sequence[_Effect]) -> Outcome:
        gone = {pair for e in effects for pair in e.removed}
        removed = {pool for pool, _ in gone}
        planned = plan(route.action)
        left = promoted(route.action, [p for p in planned if p.pool not in removed])
        if not left:
            by = [g for p in planned for g in self.policy.guards if (p.pool, g) in gone]
            return Deny(f"guard `{by[-1]}` leaves no destination", route.name)
        stays = {p.pool for p in left}
        obligations = {o for e in effects for o in e.obligations if o[1] is None or o[1] in stays}
        ordered = tuple(sorted(obligations, key=lambda o: (o[0], o[1] or "")))
        return Send(route.name, route.action, tuple(left), ordered)


def _uncovered_later(entries: Sequence[Decided]) -> list[Decided]:
    """Without the rows that a later one with the same outcome covers, where none between them says otherwise."""
    flat = [(row, e) for e in entries for row in e.rows]
    if len(flat) > ROUTE_LIMIT * 4:
        return list(entries)
    gone: set[int] = set()
    for i, (row, entry) in enumerate(flat):
        for later, other in flat[i + 1 :]:
            if other.outcome == entry.outcome:
                if covers_row(later, row):
                    gone.add(i)
                    break
            elif meet_rows(later, row) is not None:
                break
    found: list[Decided] = []
    at = 0
    for entry in entries:
        rows = tuple(row for n, row in enumerate(entry.rows, at) if n not in gone)
        at += len(entry.rows)
        if rows and found and found[-1].outcome == entry.outcome:
            found[-1] = replace(found[-1], rows=either((found[-1].rows, rows)))
        elif rows:
            found.append(replace(entry, rows=rows))
    return found


def _key(rows: Rows) -> frozenset[object]:
    return frozenset(frozenset(row.items()) for row in rows)


def _too_wide(what: str) -> Unsayable:
    return Unsayable(
        f"{what} takes more than {ROUTE_LIMIT} rows of header matchers",
        None,
        "say it with fewer alternatives, or as a bool signal that whatever sets the headers computes",
    )


def _said(error: Unsayable | TooWide, what: str) -> Unsayable:
    return error if isinstance(error, Unsayable) else _too_wide(what)
