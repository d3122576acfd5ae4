"""The decision function of a policy as data, for evaluators in other languages: what `decide --table` writes.

It holds what `docs/table.md` describes: signals and what their values may be, dimensions with the bounds and words that
cut them, every condition as boxes of their cells, the order of routes, what guards ask of each pool, and plans. All
numbers are exact and written as strings, whole ones as `8000`, others as `17/20`. Equal policies give equal bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property

from wrpc.decide import codes
from wrpc.decide.boxes import Forms
from wrpc.decide.decision import shown
from wrpc.decide.dimensions import (
    Basic,
    Dimension,
    Every,
    Failure,
    Firing,
    Let,
    Line,
    Membership,
    Name,
    Neither,
    Number,
    Relation,
    Some,
    Test,
    Tree,
)
from wrpc.decide.request import default
from wrpc.decide.space import Space
from wrpc.diagnostics import Diagnostic, finding
from wrpc.letters import in_json
from wrpc.policy import reading
from wrpc.policy.destination import NONE, Destination, written
from wrpc.policy.expr import StringLiteral, StringSignal
from wrpc.policy.model import (
    Action,
    Budget,
    Denial,
    Enum,
    Forbid,
    Int,
    Obligation,
    Policy,
    Real,
    Route,
    Score,
    Set,
    Signal,
    plan,
)
from wrpc.policy.numbers import TRUE, both, costly
from wrpc.policy.regular.syntax import read
from wrpc.policy.regular.text import portable

VERSION = 1
BOXES = 16
"""Of one condition; one that needs more is written as `all`, `any` and `not` of others."""

Json = dict[str, object]


def table(policy: Policy) -> tuple[Json, tuple[Diagnostic, ...]]:
    """The table as a JSON object, and what it does not decide."""
    return _Table(policy).document(), tuple(_left_out(policy))


def _left_out(policy: Policy) -> Iterator[Diagnostic]:
    if policy.measured:
        names = [r.name for routes in policy.ranked if len(routes) > 1 for r in routes]
        yield finding(
            codes.UNDECIDED,
            "where two routes of one tier hold, their confidence decides, which the table does not have",
            policy.at,
            help="an evaluator answers `undecided` for such a request; ask `wrpc decide`, or give the routes tiers",
            subjects=[f"route {name}" for name in names],
        )


def text(document: Json) -> str:
    """The table as a file: an entry a line, so that two of them compare."""
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines = ",\n".join(f"  {_dumped(entry)}" for entry in value)
            parts.append(f"{_dumped(key)}: [\n{lines}\n]")
        else:
            parts.append(f"{_dumped(key)}: {_dumped(value)}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _dumped(value: object) -> str:
    return in_json(json.dumps(value, ensure_ascii=False))


def number(value: Fraction | int) -> str:
    """`8000`, `17/20`."""
    value = Fraction(value)
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


class _Table:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.space = Space(policy)
        self.forms = Forms(self.space, BOXES)
        self.plans: dict[str, int] = {}
        self.written: list[Json] = []
        self.lets: dict[str, Json] = {}

    def document(self) -> Json:
        # All is folded before anything is written: what is asked last may cut a dimension that stands first.
        policy, at = self.policy, self.space.at
        assumptions = [(a.name, at(a.condition)) for a in policy.assumptions.values()]
        guards = list(policy.guards.values())
        denials = [(g.name, r.reason, self._denied(r)) for g in guards for r in g.rules if isinstance(r, Denial)]
        routes = [(i, r, at(r.when)) for i, routes in enumerate(policy.ranked) for r in routes]
        default_route = policy.default
        reached = self._reached()
        forbids: list[tuple[str, list[tuple[str, Tree]]]] = []
        obligations: list[tuple[str, Tree | None, list[tuple[str, Tree]]]] = []
        for guard in guards:
            for rule in guard.rules:
                if isinstance(rule, Forbid):
                    forbids.append((guard.name, [(key, self._forbidden(rule, p)) for key, p in reached.items()]))
                elif isinstance(rule, Obligation) and rule.per_destination:
                    obligations.append((rule.name, None, [(key, at(rule.when, p)) for key, p in reached.items()]))
                elif isinstance(rule, Obligation):
                    obligations.append((rule.name, at(rule.when), []))
        made: Json = {
            "version": VERSION,
            "policy": policy.name,
            "resolve": list(policy.resolve),
            "signals": [self._signal(s) for s in policy.signals.values()],
            "groups": [
                {"name": g.name, "members": list(g.members), "default": g.default} for g in policy.groups.values()
            ],
            "dimensions": [self._dimension(d) for d in self.space.dimensions],
            "lets": [],
            "assumptions": [{"name": n, "when": self._condition(t)} for n, t in assumptions],
            "denials": [{"by": f"guard {n}", "reason": r, **self._denial(d)} for n, r, d in denials],
            "routes": [
                {
                    "name": r.name,
                    "class": rank,
                    "priority": r.priority,
                    "when": self._condition(tree),
                    "on_unknown": r.on_unknown,
                    "plan": self._plan(r),
                }
                for rank, r, tree in routes
            ],
            "wary": [r.name for r in policy.routes.values() if r.on_unknown == "deny"],
            "default": None if default_route is None else self._plan(default_route),
            "plans": self.written,
            "forbids": [{"by": f"guard {n}", "pools": self._pools(each)} for n, each in forbids],
            "obligations": [
                {"name": n, "when": None if tree is None else self._condition(tree), "pools": self._pools(each)}
                for n, tree, each in obligations
            ],
        }
        return {**made, "lets": [{"name": n, "when": c} for n, c in self.lets.items()]}

    def _denied(self, rule: Denial) -> Tree | dict[tuple[str, ...], Tree]:
        """When a denial acts; where that is a matter of a cost, by the pools of the plan that would be chosen."""
        if rule.when is None or not costly(rule.when):
            return self.space.at(rule.when)
        plans = {_pools(r) for r in self.policy.answering} | {()}
        found: dict[tuple[str, ...], Tree] = {}
        for pools in sorted(plans):
            reached = [(TRUE, self.policy.pools[p]) for p in pools]
            found[pools] = self.space.at(both(self.policy, rule.when, None, reached)[1])
        return found

    def _denial(self, acts: Tree | dict[tuple[str, ...], Tree]) -> Json:
        if not isinstance(acts, dict):
            return {"when": self._condition(acts)}
        by_plan = {pools: self._condition(tree) for pools, tree in acts.items()}
        plans = {str(self._plan(r)): by_plan[_pools(r)] for r in self.policy.answering}
        return {"when": {"boxes": []}, "plans": plans, "unrouted": by_plan[()]}

    def _forbidden(self, rule: Forbid, place: Destination) -> Tree:
        return Every((self.space.at(rule.what, place), self.space.at(rule.when, place)))

    @cached_property
    def _by_place(self) -> bool:
        """Some rule asks for the role or the causes of a destination."""
        return reading.by_place(r for g in self.policy.guards.values() for r in g.rules)

    def _reached(self) -> dict[str, Destination]:
        """What rules may be asked of, by the keys of `pools`: pools, or what each of them is in the plans."""
        found: dict[str, Destination] = {}
        for route in self.policy.answering:
            for place in written(self.policy, route.action):
                if self._by_place:
                    found |= {_key(p): p for p in _becomes(route.action, place).values()}
                else:
                    found[place.name] = Destination(place.pool)
        return dict(sorted(found.items()))

    def _pools(self, each: list[tuple[str, Tree]]) -> Json:
        """By pool when a rule acts on it; those that it never acts on are left out."""
        found = ((name, self._condition(tree)) for name, tree in each)
        return {name: condition for name, condition in found if condition != {"boxes": []}}

    # ── Signals and dimensions ────────────────────────────────────────────

    def _signal(self, signal: Signal) -> Json:
        absent = default(signal)
        found: Json = {"name": signal.name, "type": type(signal.type).__name__.lower()}
        match signal.type:
            case Int(low, high) | Real(low, high):
                found |= {"low": number(low), "high": number(high)}
            case Score(low, high, threshold, above):
                fires = None if threshold is None else number(threshold)
                found |= {"low": number(low), "high": number(high), "threshold": fires, "above": above}
            case Enum(names) | Set(names):
                found |= {"type": "one_of" if isinstance(signal.type, Enum) else "any_of", "names": list(names)}
            case _:
                pass
        if isinstance(absent, Fraction):
            absent = number(absent)
        shown = sorted(absent) if isinstance(absent, frozenset) else absent
        return {**found, "absent": shown, "can_fail": signal.can_fail, "on_error": signal.on_error}

    def _dimension(self, dimension: Dimension) -> Json:
        match dimension:
            case Firing(signal=signal):
                return {"kind": "fires", "signal": signal}
            case Failure(signal=signal):
                return {"kind": "failed", "signal": signal}
            case Membership(signal=signal, member=member):
                return {"kind": "has", "signal": signal, "member": member}
            case Name(signal=signal, place=place):
                return {"kind": "name", "signal": signal, "names": list(place)}
            case Line(signal=signal, words=words):
                return {"kind": "text", "signal": signal, "words": list(words)}
            case Relation(relation=relation, left=left, right=right):
                told: Json = {"kind": "relation", "relation": relation, "left": _term(left), "right": _term(right)}
                if relation == "matches":
                    assert isinstance(right, StringLiteral), "a pattern is a constant"
                    told["right"] = {"text": portable(read(right.value))}
                return told
            case Number(terms=terms, points=points):
                return {
                    "kind": "number",
                    "terms": [{"times": number(f), **self._basic(b)} for f, b in terms],
                    "points": [number(p) for p in points],
                }
        raise AssertionError(dimension)

    def _basic(self, basic: Basic) -> Json:
        if basic.kind == "one":
            tree = basic.of
            assert isinstance(tree, (bool, Test, Neither, Every, Some, Let)), "what is counted is a condition"
            return {"one": self._condition(tree)}
        return {basic.kind: basic.of}

    # ── Conditions ────────────────────────────────────────────────────────

    def _condition(self, tree: Tree) -> Json:
        boxes = self.forms.boxes(tree)
        if boxes is not None:
            return {"boxes": [[[d, [list(run) for run in b[d]]] for d in sorted(b)] for b in boxes]}
        match tree:
            case Neither(part):
                return {"not": self._condition(part)}
            case Every(parts):
                return {"all": [self._condition(p) for p in parts]}
            case Some(parts):
                return {"any": [self._condition(p) for p in parts]}
            case Let(name):
                if name not in self.lets:
                    condition = self._condition(self.space.lets[name])
                    self.lets[name] = condition  # after those that it names
                return {"let": name}
        raise AssertionError(tree)  # the others are one box, or none

    # ── Plans ─────────────────────────────────────────────────────────────

    def _plan(self, route: Route) -> int:
        """Where the plan of a route stands. `deed` is equal for what counts as doing the same: a conflict is between
        plans that differ in it."""
        action = route.action
        made: Json = {
            "deed": self.policy.deeds[route.name],
            "deny": action.reason if action.kind == "deny" else None,
            "cascade": action.kind == "cascade",
            "destinations": [
                {
                    "pool": p.pool,
                    "role": p.role,
                    "weight": None if p.weight is None else number(p.weight),
                    **({"as": {n: _key(d) for n, d in _becomes(action, place).items()}} if self._by_place else {}),
                }
                for p, place in zip(plan(action), written(self.policy, action), strict=True)
            ],
            "others": None if action.others is None else sorted(action.others) or ["any"],
            "budgets": [_budget(b) for b in action.budgets],
        }
        key = repr(made)
        if key not in self.plans:
            self.plans[key] = len(self.written)
            self.written.append(made)
        return self.plans[key]


def _budget(budget: Budget) -> Json:
    return {
        "of": budget.of,
        "amount": number(budget.amount),
        "seconds": number(budget.period),
        "per": budget.per,
        "then": [{"at": number(m.at), m.kind: shown(m.value)} for m in budget.then],
    }


def _pools(route: Route) -> tuple[str, ...]:
    return tuple(sorted({p.pool for p in plan(route.action)}))


def _becomes(action: Action, place: Destination) -> dict[str, Destination]:
    """What a destination is to rules: as written, as the primary that it may become, beside another primary that
    stands in for it."""
    found = {"written": place}
    if place.role in ("cascade", "fallback"):
        found["primary"] = place.risen
    elif place.role == "primary" and action.others is not None:
        found["others"] = Destination(place.pool, "primary", frozenset(action.others) or None)
    return found


def _key(place: Destination) -> str:
    """`a as fallback on timeout`; no two places have one key."""
    causes = "" if place.causes == NONE else f" on {', '.join(sorted(place.causes)) if place.causes else 'any'}"
    return f"{place.name} as {place.role}{causes}"


def _term(term: object) -> Json:
    if isinstance(term, StringSignal):
        return {"signal": term.name}
    assert isinstance(term, StringLiteral), "an undeclared attribute is in no dimension"
    return {"text": term.value}
