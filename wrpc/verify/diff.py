"""What one policy makes of another, as a value: the changes with their requests, and which rules were touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from wrpc.decide import codes
from wrpc.decide.change import OUTSIDE, Effect, Side, Sides, fits
from wrpc.decide.decision import Decision
from wrpc.decide.request import Request, default
from wrpc.decide.structure import Structure, Table
from wrpc.policy.model import Denial, Forbid, Guard, Obligation, Policy, Route
from wrpc.solver.algebra import Algebra, algebra
from wrpc.solver.changes import Found, Result, Unsettled, Verdict
from wrpc.solver.changes import changes as find
from wrpc.solver.witness import json_value, witness


@dataclass(frozen=True, slots=True)
class Change:
    """Requests of which the new policy makes something else, shown by one of them.

    `witness`: signals that it leaves out have the value of an absent one, in both policies. Where the two say different
    things of an absent header, claim or cookie, one that is left out is absent: to each what its `absent` says, a
    failure to one that has none. `old` and `new` are the
    decisions on it; where the old policy does not admit the request, `old` denies it. `subjects`: the rules behind the
    change. `region`: a condition that is true for just these requests, where one was found. `points`: their share of
    the points of the space, which is no share of traffic.
    """

    effect: Effect
    witness: Mapping[str, object]
    old: Decision
    new: Decision
    subjects: tuple[str, ...]
    region: str | None = None
    points: float | None = None

    def json(self) -> dict[str, object]:
        return {
            "effect": self.effect,
            "region": self.region,
            "witness": dict(self.witness),
            "old": self.old.json(),
            "new": self.new.json(),
            "subjects": list(self.subjects),
            "points": self.points,
        }


@dataclass(frozen=True, slots=True)
class Touched:
    """A rule that only one of the policies has, or that says something else in each."""

    subject: str
    change: Literal["added", "removed", "changed"]

    def json(self) -> dict[str, object]:
        return {"subject": self.subject, "change": self.change}


@dataclass(frozen=True, slots=True)
class Open:
    """Why the verdict may be another one. `code` is WRP201 where routes of a policy conflict for `witness`."""

    why: str
    code: str | None = None
    witness: Mapping[str, object] | None = None

    def json(self) -> dict[str, object]:
        return {"why": self.why, "code": self.code, "witness": None if self.witness is None else dict(self.witness)}


@dataclass(frozen=True, slots=True)
class Changes:
    """`verdict` is "weaker" where some request shows it, whatever else is open."""

    verdict: Verdict
    changes: tuple[Change, ...] = ()
    rules: tuple[Touched, ...] = ()
    open: tuple[Open, ...] = field(default=())

    def __bool__(self) -> bool:
        """Some request is told otherwise."""
        return bool(self.changes)

    def json(self) -> dict[str, object]:
        return {
            "version": 1,
            "verdict": self.verdict,
            "changes": [c.json() for c in self.changes],
            "rules": [r.json() for r in self.rules],
            "open": [o.json() for o in self.open],
        }


ORDER = {"weaker": 0, "stronger": 1, "different": 2}


def diff(old: Policy, new: Policy) -> Changes:
    """What `new` makes of the requests that it admits, against `old`."""
    result = find(old, new)
    sets = result.sets
    if sets is None and result.found:
        sets = algebra(result.sides)
    shown = sorted((_shown(result.sides, f, sets) for f in result.found), key=lambda c: (ORDER[c.effect], c.subjects))
    return Changes(result.verdict, tuple(shown), touched(old, new), tuple(_open(result, u) for u in result.unsettled))


def _shown(sides: Sides, found: Found, sets: Algebra | None) -> Change:
    shown, subjects = request(sides, found.request), tuple(sorted(_subjects(sides, found)))
    region = None if sets is None else sets.region(found.parts)
    if region is None:
        return Change(found.effect, shown, found.old, found.new, subjects)
    return Change(found.effect, shown, found.old, found.new, subjects, region.text, region.points)


def _open(result: Result, unsettled: Unsettled) -> Open:
    if unsettled.request is None:
        return Open(unsettled.why)
    return Open(unsettled.why, codes.CONFLICT.id, request(result.sides, unsettled.request))


# ── Requests ──────────────────────────────────────────────────────────────


def request(sides: Sides, found: Request) -> dict[str, object]:
    """As JSON: what both policies, each asked for its own signals, take for the same request."""
    shown = set(witness(sides.new.policy, sides.new.own(found)))
    if not sides.outside(found):
        shown |= witness(sides.old.policy, sides.old.own(found)).keys()
    for name, value in found.items():
        if value is None or any(value != default(s.signals[name]) for s in (sides.old, sides.new) if name in s.signals):
            shown.add(name)
    for name, absent in sides.absent.items():
        shown = shown - {name} if found[absent] else shown | {name}
    return {name: json_value(found[name]) for name in sides.signals if name in shown}


# ── Rules ─────────────────────────────────────────────────────────────────


def _subjects(sides: Sides, found: Found) -> set[str]:
    """The rules that decide one of the two, or that only one of the decisions was told by."""
    subjects: set[str] = set()
    for decision in (found.old, found.new):
        if decision.route is not None:
            subjects.add(_route(decision.route))
        if decision.by is not None:
            subjects.add(decision.by)
    removals = [{(r.pool, r.guard) for r in d.removed} for d in (found.old, found.new)]
    subjects |= {f"guard {guard}" for _, guard in removals[0] ^ removals[1]}
    if found.old is OUTSIDE:
        return subjects | _shutting(sides, found.request)
    asked = [set(_asking(s, found.request, d)) for s, d in ((sides.old, found.old), (sides.new, found.new))]
    subjects |= {f"guard {guard}" for guard, _, _ in asked[0] ^ asked[1]}
    pools = sides.old.policy.pools.keys() & sides.new.policy.pools.keys()
    named = {*found.old.pools, *found.new.pools} & pools
    return subjects | {f"pool {p}" for p in named if sides.old.profile(p) != sides.new.profile(p)}


def _shutting(sides: Sides, found: Request) -> set[str]:
    """What of the old policy does not admit a request."""
    old = sides.old
    return {
        *(f"signal {n}" for n in old.changed if not fits(old.signals[n], old.seen(found, n))),
        *(f"group {g.name}" for g, m in zip(old.policy.groups.values(), old.firing(found), strict=True) if len(m) > 1),
        *(
            f"assume {a.name}"
            for a in old.policy.assumptions.values()
            if any(c is a.condition for c in old.unmet(found))
        ),
    }


def _asking(side: Side, found: Request, decision: Decision) -> Iterator[tuple[str, str, object]]:
    """Each guard that asks something of a decision, what, and of which destination."""
    if decision.action != "route":
        return
    seen = side.machine.decision(side.own(found))[1]
    for guard in side.policy.guards.values():
        for rule in guard.rules:
            if not isinstance(rule, Obligation):
                continue
            if not rule.per_destination:
                if side.machine.holds(rule.when, seen) is not False:
                    yield guard.name, rule.name, None
                continue
            for place in side.machine.places(decision):
                assert rule.when is not None, "only a condition can name `destination`"
                if side.machine.test(rule.when)(seen, place, None) is not False:
                    yield guard.name, rule.name, side.profile(place.name)


def touched(old: Policy, new: Policy) -> tuple[Touched, ...]:
    """The routes, guards and claims that are not the same in both, however they are spelled; names of conditions stand
    for what they say."""
    table: Table = {}
    before, after = (dict(_rules(p, Structure(p, table))) for p in (old, new))
    found = []
    for subject in sorted(before.keys() | after.keys()):
        if subject not in before:
            found.append(Touched(subject, "added"))
        elif subject not in after:
            found.append(Touched(subject, "removed"))
        elif before[subject] != after[subject]:
            found.append(Touched(subject, "changed"))
    return tuple(found)


def _rules(policy: Policy, structure: Structure) -> Iterator[tuple[str, object]]:
    for route in policy.answering:
        yield _route(route.name), _of_route(route, structure)
    for guard in policy.guards.values():
        yield f"guard {guard.name}", _of_guard(guard, structure)
    for assertion in policy.assertions.values():
        claims = [(c.kind, structure.of(c.what), structure.of(c.when)) for c in assertion.claims]
        yield f"assert {assertion.name}", (assertion.critical, claims)


def _of_route(route: Route, structure: Structure) -> object:
    action = replace(route.action.same, escalate=None, step_spans=())
    escalate = structure.of(route.action.escalate)
    return route.tier, route.priority, route.on_unknown, structure.of(route.when), action, escalate


def _of_guard(guard: Guard, structure: Structure) -> object:
    rules: list[object] = []
    for rule in guard.rules:
        when = structure.of(rule.when)
        match rule:
            case Forbid():
                rules.append(("forbid", structure.of(rule.what), when))
            case Denial():
                rules.append(("deny", rule.reason, when))
            case Obligation():
                rules.append(("require", rule.name, when))
    return rules, guard.sealed, guard.critical, guard.accepts_failure


def _route(name: str) -> str:
    return "default" if name == "default" else f"route {name}"
