"""A second reading of what a policy means: the five steps of the language, naive and slow.

Nothing here is shared with `wrpc/decide`: it walks the nodes of a resolved policy for every request, with its own
three-valued logic, in which None is unknown. The law `decide_agrees_with_oracle` holds the interpreter to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations

from wrpc.policy import expr as x
from wrpc.policy import model as m

Truth = bool | None


class Outside(Exception):
    """The request is none of this policy's."""


class Conflicting(Exception):
    """Two routes of equal precedence differ."""


@dataclass
class Facts:
    """What one request says after faults and groups."""

    policy: m.Policy
    values: dict[str, object] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    fires: dict[str, Truth] = field(default_factory=dict)
    raw: dict[str, Fraction | None] = field(default_factory=dict)
    confidence: dict[str, Fraction | None] = field(default_factory=dict)


# ── Requests ──────────────────────────────────────────────────────────────


def absent(signal: m.Signal) -> object:
    """What a request means that does not speak of a signal."""
    if signal.absent is not None:
        return signal.absent
    match signal.type:
        case m.Bool():
            return False
        case m.Set():
            return frozenset()
        case m.String():
            return ""
        case m.Enum(names):
            return names[0]
        case m.Int(low, high) | m.Real(low, high) | m.Score(low, high):
            return min(max(Fraction(0), Fraction(low)), Fraction(high))


def values(policy: m.Policy, request: Mapping[str, object]) -> tuple[dict[str, object], set[str]]:
    given: dict[str, object] = {}
    failed: set[str] = set()
    for name, signal in policy.signals.items():
        if name not in request:
            given[name] = absent(signal)
            continue
        value = request[name]
        if value is None:
            failed.add(name)
        elif isinstance(signal.type, m.Set):
            assert isinstance(value, list)
            given[name] = frozenset(value)
        elif isinstance(signal.type, m.Int | m.Real | m.Score):
            given[name] = Fraction(str(value))
        else:
            given[name] = value
    return given, failed


def facts(policy: m.Policy, request: Mapping[str, object], *, meanings: bool = True) -> Facts:
    """Step 1, but for denials. Without `meanings` a failed signal is unknown whatever its `on_error`."""
    given, failed = values(policy, request)
    f = Facts(policy, given, failed)
    for name, signal in policy.signals.items():
        fires: Truth = None
        raw: Fraction | None = None
        confidence: Fraction | None = None
        if name in failed:
            if meanings and signal.on_error in ("fires", "silent"):
                fires, raw, confidence = meant(signal)
        elif isinstance(signal.type, m.Bool):
            fires = bool(given[name])
        elif isinstance(signal.type, m.Score):
            raw = Fraction(str(given[name]))
            threshold = signal.type.threshold
            fires = threshold is not None and (raw > threshold if signal.type.above else raw >= threshold)
            confidence = raw if fires else Fraction(0)
        elif isinstance(signal.type, m.Int | m.Real):
            raw = Fraction(str(given[name]))
        f.fires[name], f.raw[name], f.confidence[name] = fires, raw, confidence
    for group in policy.groups.values():
        settle(f, group)
    return f


def meant(signal: m.Signal) -> tuple[bool, Fraction, Fraction]:
    """A failure means true or false of a bool, a score of 1 or 0 of a score: whether that fires, its threshold says."""
    number = Fraction(1 if signal.on_error == "fires" else 0)
    if not isinstance(signal.type, m.Score):
        return number == 1, number, number
    threshold = signal.type.threshold
    fires = threshold is not None and (number > threshold if signal.type.above else number >= threshold)
    return fires, number, number if fires else Fraction(0)


def settle(f: Facts, group: m.Group) -> None:
    others = [n for n in group.members if n != group.default]
    seen = [n for n in others if f.fires[n] and n not in f.failed]
    if len(seen) > 1:
        raise Outside(f"{seen} of {group.name} fire together")
    # One that is seen to fire settles those that failed, whatever a failure of theirs means; of several whose failure
    # means it, the first as written fires: they exclude each other.
    firing = seen or [n for n in others if f.fires[n]][:1]
    unknown = [n for n in others if f.fires[n] is None]
    if firing:
        for name in group.members:
            if name not in firing:
                f.fires[name], f.confidence[name] = False, Fraction(0)
    elif group.default is not None:
        if unknown:
            f.fires[group.default], f.confidence[group.default] = None, None
        else:
            f.fires[group.default], f.confidence[group.default] = True, Fraction(1)


@dataclass(frozen=True)
class Place:
    """A destination: `causes` is "all" where every failure leads to it."""

    pool: m.Pool
    role: str
    causes: frozenset[str] | str


# ── Three-valued logic ────────────────────────────────────────────────────


def true(e: x.Condition, f: Facts, at: Place | None = None, decision: Mapping[str, object] | None = None) -> Truth:
    match e:
        case x.Constant(value):
            return value
        case x.Named(name):
            named = f.policy.definitions[name].value
            assert not isinstance(named, x.Linear)
            return true(named, f, at, decision)
        case x.Not(operand):
            inner = true(operand, f, at, decision)
            return None if inner is None else not inner
        case x.All(parts):
            found = [true(p, f, at, decision) for p in parts]
            return False if False in found else None if None in found else True
        case x.Any(parts):
            found = [true(p, f, at, decision) for p in parts]
            return True if True in found else None if None in found else False
        case x.Fires(signal):
            return f.fires[signal]
        case x.Within(linear, ranges):
            number = amount(linear, f, at, decision)
            return None if number is None else any(inside(number, r) for r in ranges)
        case x.OneOf(signal, names):
            return None if signal in f.failed else f.values[signal] in names
        case x.Has(signal, member):
            held = f.values.get(signal)
            return None if signal in f.failed else isinstance(held, frozenset) and member in held
        case x.Text(relation, left, right):
            return related(relation, left, right, f, at)
        case x.Among(signal, texts):
            return None if signal in f.failed else f.values[signal] in texts
        case x.Failed(signal):
            return signal in f.failed
        case x.Caused(cause):
            assert at is not None
            return at.causes == "all" or cause in at.causes
        case x.Outcome(kind, routes):
            assert decision is not None
            match kind:
                case "route":
                    return decision["route"] in routes
                case "routed":
                    return decision["route"] is not None
                case "denied":
                    return decision["action"] == "deny"
                case "served":
                    return bool(decision["destinations"])
                case _:
                    raise NotImplementedError(kind)


def related(relation: str, left: x.TextTerm, right: x.TextTerm, f: Facts, at: Place | None) -> Truth:
    sides: list[str | None] = []
    for side in (left, right):
        match side:
            case x.StringLiteral(value):
                sides.append(value)
            case x.StringSignal(name):
                if name in f.failed:
                    return None
                sides.append(str(f.values[name]))
            case x.Attribute(name):
                assert at is not None
                sides.append(at.role if name == "role" else declared(at.pool, name))
    one, two = sides
    if one is None or two is None:
        return False
    if relation == "matches":  # of the expressions that are drawn, Python's mean the same
        return re.fullmatch(two, one, re.ASCII) is not None
    return {
        "equals": one == two, "before": one < two, "prefix": one.startswith(two), "suffix": one.endswith(two),
        "contains": two in one,
    }[relation]  # fmt: skip


def declared(pool: m.Pool, name: str) -> str | None:
    if name == "pool":
        return pool.name
    if name in ("model", "provider", "region", "site", "trust"):
        value: str | None = getattr(pool, name)
        return value
    label = pool.labels.get(name)
    return label.text if isinstance(label, m.Word) else label if isinstance(label, str) else None


def inside(number: Fraction, r: x.Interval) -> bool:
    over = r.low is None or number > r.low or (number == r.low and not r.low_open)
    under = r.high is None or number < r.high or (number == r.high and not r.high_open)
    return over and under


def amount(
    e: x.Linear, f: Facts, at: Place | None = None, decision: Mapping[str, object] | None = None
) -> Fraction | None:
    total = e.constant
    for coefficient, quantity in e.terms:
        value: Fraction | None
        match quantity:
            case x.Raw(signal):
                value = f.raw[signal]
            case x.Confidence(signal):
                value = f.confidence[signal]
            case x.Indicator(condition):
                held = true(condition, f, at, decision)
                value = None if held is None else Fraction(held)
            case x.NamedNumber(name):
                named = f.policy.definitions[name].value
                assert isinstance(named, x.Linear)
                value = amount(named, f, at, decision)
            case x.Provided("cost"):
                assert at is not None
                value = costs(f, at.pool)
            case x.Provided(name):
                assert at is not None
                value = provided(f.policy, at.pool, name)
            case x.Cost():
                if decision is None:  # routes conflict, and nothing answers
                    return None
                destinations = decision["destinations"]
                assert isinstance(destinations, list)
                each = [costs(f, f.policy.pools[d["pool"]]) for d in destinations]
                value = None if None in each else max([Fraction(0), *(c for c in each if c is not None)])
            case _:
                raise NotImplementedError(quantity)
        if value is None:
            return None
        total += coefficient * value
    return total


def provided(policy: m.Policy, pool: m.Pool, name: str) -> Fraction | None:
    """A number of a pool; None where nobody says it."""
    if name == "context":
        own = pool.context or (policy.models[pool.model].context if pool.model else None)
        return None if own is None else Fraction(own)
    if name in ("price.input", "price.output"):
        return getattr(pool.price, name[6:]) if pool.price else None
    label = pool.labels.get(name)
    return label.value if isinstance(label, m.Amount) else None


def costs(f: Facts, pool: m.Pool) -> Fraction | None:
    policy = f.policy

    def counted(source: str) -> str | None:
        return next((n for n, s in policy.signals.items() if s.source is not None and s.source.name == source), None)

    def part(price: Fraction | None, tokens: Fraction | int | None) -> Fraction | None:
        if price == 0:
            return Fraction(0)
        return None if price is None or tokens is None else price * tokens

    prompt, limit = counted("prompt_tokens"), counted("max_tokens")
    most = policy.models[pool.model].max_output if pool.model else None
    answer = most if limit is None or f.raw[limit] == 0 else f.raw[limit]
    asked = part(provided(policy, pool, "price.input"), None if prompt is None else f.raw[prompt])
    said = part(provided(policy, pool, "price.output"), answer)
    return None if asked is None or said is None else asked + said


# ── The five steps ────────────────────────────────────────────────────────


def decide(policy: m.Policy, request: Mapping[str, object]) -> dict[str, object]:
    """The decision as its JSON object. Raises Outside, Conflicting."""
    believed = facts(policy, request, meanings=False)
    for assumption in policy.assumptions.values():
        if true(assumption.condition, believed) is False:
            raise Outside(assumption.name)
    f = facts(policy, request)
    fired = sorted(n for n, fires in f.fires.items() if fires)
    ended: dict[str, object] = {
        "route": None, "action": "deny", "reason": "", "destinations": [], "obligations": [], "fired": fired,
        "removed": [], "denied_by": None,
    }  # fmt: skip
    fatal = [n for n, s in policy.signals.items() if s.on_error == "deny" and n in f.failed]
    if fatal:
        return {**ended, "denied_by": f"signal {fatal[0]}"}
    for guard in policy.guards.values():
        for rule in guard.rules:
            if isinstance(rule, m.Denial) and any(
                rule.when is None or true(rule.when, f, None, chosen) is not False for chosen in planned(policy, f)
            ):
                return {**ended, "reason": rule.reason, "denied_by": f"guard {guard.name}"}
    for route in policy.routes.values():
        if route.on_unknown == "deny" and route.when is not None and true(route.when, f) is None:
            return {**ended, "denied_by": f"route {route.name}"}
    taken = winner(policy, f) or policy.default
    if taken is None:
        return {**ended, "action": "unrouted", "reason": None}
    if taken.action.kind == "deny":
        by = "default" if taken.name == "default" else f"route {taken.name}"
        return {**ended, "route": taken.name, "reason": taken.action.reason, "denied_by": by}
    return {**ended, "route": taken.name, **guarded(policy, taken.action, f)}


def planned(policy: m.Policy, f: Facts) -> list[dict[str, object]]:
    """What the cost of a denial is that of: the plan of each route that would be chosen, before any guard."""
    try:
        first = winner(policy, f)
        routes = [first or policy.default]
    except Conflicting as conflict:
        routes = [policy.routes[n] for n in conflict.args[0]]
    plans = [[{"pool": p.pool} for p in m.plan(r.action)] if r is not None else [] for r in routes]
    return [{"route": None, "action": "route", "destinations": plan} for plan in plans]


def holds(route: m.Route, f: Facts) -> bool:
    if route.when is None:
        return True
    held = true(route.when, f)
    return held is True or (held is None and route.on_unknown == "fires")


def winner(policy: m.Policy, f: Facts) -> m.Route | None:
    """Step 3."""
    holding = [r for r in policy.routes.values() if holds(r, f)]
    if not holding:
        return None
    lowest = min(r.tier or 0 for r in holding)
    holding = [r for r in holding if (r.tier or 0) == lowest]
    if any(r.when is not None for r in holding):
        holding = [r for r in holding if r.when is not None]
    behind = {r.name: evidence(r, f) for r in holding}
    for key in policy.resolve:
        if key == "priority":
            best = max(r.priority for r in holding)
            holding = [r for r in holding if r.priority == best]
        elif key == "confidence":
            if any(s is None for s in behind.values()):
                continue
            if len({policy.signals[s].evidence for s in behind.values() if s is not None}) != 1:
                continue
            strength = {r.name: f.confidence[behind[r.name] or ""] or Fraction(0) for r in holding}
            holding = [r for r in holding if strength[r.name] == max(strength.values())]
        else:
            holding = [min(holding, key=lambda r: r.name)]
    first = min(holding, key=lambda r: r.name)
    for other in holding:
        if does(other.action) != does(first.action):
            raise Conflicting([r.name for r in holding])
    return first


def does(a: m.Action) -> tuple[object, ...]:
    """What a route does as written, in a form in which the order of equal shares does not count."""
    shares = frozenset((s.pool, s.weight) for s in a.shares)
    fallbacks = tuple((e.pool, frozenset(e.causes)) for e in a.fallbacks)
    settings = (a.select, a.retries, a.timeout, a.reasoning, a.tools, a.cache, a.compress, a.retain)
    counted = a.budgets, a.sticky
    others = None if a.others is None else frozenset(a.others)
    return a.kind, shares, a.steps, a.escalate, a.reason, others, fallbacks, a.spills, a.mirrors, settings, counted


def evidence(route: m.Route, f: Facts) -> str | None:
    """The one score that stands behind a route which holds, or None: then it is not comparable."""
    if route.when is None or true(route.when, f) is not True:
        return None
    found = scores(route.when, f)
    return found.pop() if len(found) == 1 else None


def scores(e: x.Condition, f: Facts) -> set[str]:
    match e:
        case x.Named(name):
            value = f.policy.definitions[name].value
            assert not isinstance(value, x.Linear)
            return scores(value, f)
        case x.Fires(signal) if f.fires[signal] and isinstance(f.policy.signals[signal].type, m.Score):
            return {signal}
        case x.All(parts):
            return {s for p in parts for s in scores(p, f)}
        case x.Any(parts):
            best: set[str] = set()
            strength: Fraction | None = None
            for part in parts:
                found = scores(part, f) if true(part, f) is True else set()
                if found:
                    mine = max(f.confidence[s] or Fraction(0) for s in found)
                    if strength is None or mine > strength:
                        best, strength = found, mine
            return best
        case _:
            return set()


def guarded(policy: m.Policy, a: m.Action, f: Facts) -> dict[str, object]:
    """Steps 4 and 5."""
    primaries = [(s.pool, s.weight) for s in a.shares]
    led: dict[str, frozenset[str] | str] = {e.pool: frozenset(e.causes) if e.causes else "all" for e in a.fallbacks}
    written = [(p, "primary") for p, _ in primaries] + [
        (p, "cascade" if i else "primary") for i, p in enumerate(a.steps)
    ]
    rest = [("fallback", e.pool) for e in a.fallbacks]
    rest += [("over_budget", str(s.value)) for b in a.budgets for s in b.then if s.kind == "pool"]
    rest += [("spill", e.pool) for e in a.spills] + [("mirror", e.pool) for e in a.mirrors]
    written += [(p, role) for role, p in rest]

    def removers(pool: str, role: str) -> list[str]:
        causes = led[pool] if (role == "fallback" or (pool, "fallback") in written) else frozenset()
        place = Place(policy.pools[pool], role, causes)
        return [
            g.name for g in policy.guards.values()
            if any(isinstance(r, m.Forbid) and forbids(r, place, f) for r in g.rules)
        ]  # fmt: skip

    taken_by = {pool: removers(pool, role) for pool, role in written}
    if not any(not taken_by[p] for p, _ in primaries):
        # Whoever would lead is asked whether it may: the first step that is left, else the first fallback.
        line = [p for p in a.steps if not taken_by[p]]
        if line and dict(written)[line[0]] == "primary":
            line = []
        elif not line or all(removers(p, "primary") for p in line):
            line += [e.pool for e in a.fallbacks if not taken_by[e.pool]]
        for pool in line:
            taken_by[pool] = removers(pool, "primary")
            if not taken_by[pool]:
                break
    removed = [{"pool": p, "by": f"guard {g}"} for p, _ in dict.fromkeys(written) for g in taken_by[p]]
    gone = {r["pool"] for r in removed}
    primaries = [(p, w) for p, w in primaries if p not in gone]
    steps = [p for p in a.steps if p not in gone]
    rest = [(role, p) for role, p in rest if p not in gone]
    total = sum((w for _, w in primaries), Fraction(0))
    left: list[tuple[str, str, Fraction | None]] = []
    for pool, weight in primaries:
        share = weight / total if total else Fraction(1, len(primaries))
        left.append((pool, "primary", None if a.kind == "any" or a.select not in (None, "weighted") else share))
    left += [(p, "cascade" if i else "primary", None if i else Fraction(1)) for i, p in enumerate(steps)]
    if not left:
        first = next((p for role, p in rest if role == "fallback"), None)
        if first is None:
            return {"action": "deny", "reason": "", "removed": removed, "denied_by": removed[-1]["by"]}
        left.append((first, "primary", Fraction(1)))
        rest.remove(("fallback", first))
    left += [(p, role, None) for role, p in rest]
    everywhere: set[str] = set()
    owed: dict[str, set[str]] = {p: set() for p, _, _ in left}
    for guard in policy.guards.values():
        for rule in guard.rules:
            if not isinstance(rule, m.Obligation):
                continue
            if rule.when is None or not names_destination(rule.when, policy):
                if rule.when is None or true(rule.when, f) is not False:
                    everywhere.add(rule.name)
                continue
            for place in standing(policy, a, [(p, role) for p, role, _ in left]):
                if true(rule.when, f, place) is not False:
                    owed[place.pool.name].add(rule.name)
    standing_in: dict[str, object] = {}
    if a.others is not None and len(primaries) >= 2:
        standing_in = {"others": sorted(a.others) if a.others else ["any"]}
    if a.budgets:
        spared = [p for p, role, _ in left if role == "over_budget"]
        standing_in["budgets"] = [budget(b, spared) for b in a.budgets]
    return {
        "action": "route",
        "reason": None,
        "removed": removed,
        "destinations": [
            {"pool": p, "weight": None if w is None else float(w), "role": role, "obligations": sorted(owed[p])}
            for p, role, w in left
        ],
        "obligations": sorted(everywhere.union(*owed.values())),
        **standing_in,
    }


def budget(b: m.Budget, spared: list[str]) -> dict[str, object]:
    """What is left of a budget, where these of its pools are."""
    then: list[dict[str, object]] = []
    for s in b.then:
        if s.kind == "pool" and s.value not in spared:
            continue
        value = s.value.text if isinstance(s.value, m.Word) else s.value
        then.append({"at": float(s.at), s.kind: value})
    return {"of": b.of, "amount": float(b.amount), "seconds": float(b.period), "per": b.per, "then": then}


def standing(policy: m.Policy, a: m.Action, left: list[tuple[str, str]]) -> list[Place]:
    """The destinations of a decision."""
    written = {s.pool for s in a.shares} | {*a.steps}
    several = sum(pool in written and role == "primary" for pool, role in left) > 1
    found = []
    for pool, role in left:
        causes: frozenset[str] | str = frozenset()
        if pool not in written:
            causes = next((frozenset(e.causes) or "all" for e in a.fallbacks if e.pool == pool), causes)
        elif role == "primary" and several and a.others is not None:
            causes = frozenset(a.others) or "all"
        found.append(Place(policy.pools[pool], role, causes))
    return found


ROLES = ("primary", "fallback", "cascade", "spill", "mirror", "over_budget")
CAUSES = [frozenset(s) for n in range(4) for s in combinations(("timeout", "overload", "refusal"), n)]


def places(policy: m.Policy) -> list[Place]:
    """Each pool in every role, with all causes that the generator knows of."""
    found = []
    for pool in policy.pools.values():
        for role in ROLES:
            found += [Place(pool, role, c) for c in (CAUSES if role in ("primary", "fallback") else CAUSES[:1])]
    return found


def forbids(rule: m.Forbid, at: Place, f: Facts) -> bool:
    return true(rule.what, f, at) is not False and (rule.when is None or true(rule.when, f, at) is not False)


def names_destination(e: x.Condition, policy: m.Policy) -> bool:
    match e:
        case x.Not(operand):
            return names_destination(operand, policy)
        case x.All(parts) | x.Any(parts):
            return any(names_destination(p, policy) for p in parts)
        case x.Text(_, left, right):
            return isinstance(left, x.Attribute) or isinstance(right, x.Attribute)
        case x.Caused():
            return True
        case x.Within(linear, _):
            return any(
                isinstance(q, x.Provided) or (isinstance(q, x.Indicator) and names_destination(q.condition, policy))
                for _, q in linear.terms
            )
        case _:
            return False


# ── Claims ────────────────────────────────────────────────────────────────


def breaks(policy: m.Policy, claim: m.Claim, request: Mapping[str, object]) -> bool:
    """Whether a request breaks a claim: an unknown `when` counts as true, and what is unknown is not claimed."""
    decision = decide(policy, request)
    f = facts(policy, request)
    reached: list[Place | None] = [None]
    if claim.reads_destination:
        destinations = decision["destinations"]
        assert isinstance(destinations, list)
        routes = {**policy.routes, **({"default": policy.default} if policy.default else {})}
        reached = []
        if destinations:
            left = [(d["pool"], d["role"]) for d in destinations]
            reached += standing(policy, routes[str(decision["route"])].action, left)
    for at in reached:
        asked = claim.when is None or true(claim.when, f, at, decision) is not False
        wanted = claim.kind == "always"
        if asked and true(claim.what, f, at, decision) is not wanted:
            return True
    return False
