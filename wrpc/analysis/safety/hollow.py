"""Rules and claims each by itself: whether anything at all could make one act, or break one, whatever the routes are.

Anything: every request, one with failures only where a rule reads `failed`, every declared pool, and for a claim every
route and outcome. A pool with values that nobody names counts as well: `!= "own"` is no empty rule while all pools are
our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from wrpc.decide.evaluate import RELATIONS
from wrpc.diagnostics import Fix, nearest
from wrpc.policy import reading
from wrpc.policy.destination import Destination, places
from wrpc.policy.expr import Attribute, Caused, Condition, Constant, Outcome, StringLiteral, Text, TextTerm, walk
from wrpc.policy.model import Denial, Forbid, Policy, Pool, Role, Rule, Value
from wrpc.policy.numbers import TRUE, both, numeric
from wrpc.policy.rewrite import conjunction, settled
from wrpc.policy.wording import quoted
from wrpc.source import Span
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

SUBSETS = 6  # attributes that one rule reads, of which any may have a value that nobody names
AT_ONCE = 64
WORDS = {"prefix": "begins with", "suffix": "ends with", "contains": "contains", "matches": "is matched by"}
FIELDS = ("model", "provider", "region", "site", "trust", "pool")  # of a pool; any other attribute is a label

Profile = dict[str, str | None]


@value
class Stand:
    """What a condition sees of a destination: attributes of a pool, and what that is in a plan."""

    profile: Profile
    role: Role
    causes: frozenset[str] | None
    pool: Pool | None = None
    """Whose numbers it has."""
    free: bool = False
    """Nothing is reached, which costs nothing."""

    def value(self, name: str) -> str | None:
        return self.role if name == "role" else self.profile[name]


@value
class Ending:
    """How a decision may end, as a claim sees it."""

    route: str | None = None
    routed: bool = False
    denied: bool = False
    served: bool = False

    def shows(self, node: Outcome) -> bool:
        match node.kind:
            case "route":
                return self.route in node.routes
            case "routed":
                return self.routed
            case "denied":
                return self.denied
            case "served":
                return self.served
            case "reaches":
                return False


def endings(policy: Policy, conditions: Sequence[Condition]) -> list[Ending]:
    """Those that the conditions tell apart: of the routes that none of them names, one."""
    named = {r for c in conditions for n in walk(c) if isinstance(n, Outcome) for r in n.routes}
    declared = ["default" if r is policy.default else r.name for r in policy.answering]
    others = [r for r in declared if r not in named][:1]
    found = [Ending(denied=True), Ending()]
    for name in (*(r for r in declared if r in named), *others):
        found += [Ending(name, routed=True, served=True), Ending(name, routed=True, denied=True)]
    return found


# ── Pools, as far as a condition sees them ────────────────────────────────


def stands(policy: Policy, conditions: Sequence[Condition]) -> list[Stand]:
    """Each of these pools in every role, and with all causes, that the conditions tell apart."""
    known = places(conditions)
    if not any(map(numeric, conditions)):
        return [Stand(profile, *place) for profile in profiles(policy, conditions) for place in known]
    return [
        Stand(profile, *place, pool, free)
        for pool in policy.pools.values()
        for profile in profiles(replace(policy, pools={pool.name: pool}), conditions)
        for place in known
        for free in (False, True)
    ]


def profiles(policy: Policy, conditions: Sequence[Condition]) -> list[Profile]:
    """What the attributes that the conditions read are, for each pool and for pools with values that nobody names:
    those equal nothing, as what is not declared."""
    read = sorted({a for c in conditions for a in reading.attributes(c)})
    if not read:
        return [{}]
    told = {a: _told_apart(a, conditions) for a in read}
    declared = dict.fromkeys(
        tuple(_seen_as(pool.attribute(a), told[a]) for a in read) for pool in policy.pools.values()
    )
    sizes = range(len(read) + 1) if len(read) <= SUBSETS else (0, len(read))
    found: dict[tuple[str | None, ...], None] = {}
    for row in declared:
        for size in sizes:
            for fresh in combinations(range(len(read)), size):
                found[tuple(None if i in fresh else v for i, v in enumerate(row))] = None
    return [dict(zip(read, row, strict=True)) for row in found]


def _told_apart(attribute: str, conditions: Sequence[Condition]) -> frozenset[str] | None:
    """The values that the conditions tell from the rest; None where that is more than to equal a constant."""
    found: set[str] = set()
    for node in (n for c in conditions for n in walk(c)):
        match node:
            case Text("equals", Attribute(name), StringLiteral(text)) | Text(
                "equals", StringLiteral(text), Attribute(name)
            ):
                found |= {text} if name == attribute else set()
            case Text(_, left, right) if Attribute(attribute) in (left, right):
                return None
            case _:
                pass
    return frozenset(found)


def _seen_as(value: str | None, told: frozenset[str] | None) -> str | None:
    return value if told is None or value in told else None


@value
class Nobody(Pool):
    """A pool whose name no rule knows."""

    def attribute(self, name: str) -> str | None:
        return None if name == "pool" else Pool.attribute(self, name)


def stand_in(policy: Policy, stand: Stand) -> Destination:
    """A destination of this kind, whose pool need not be one that is declared."""
    profile = stand.profile
    labels: dict[str, Value] = {a: v for a, v in profile.items() if v is not None and a not in FIELDS}
    model, provider, region, site, trust = (profile.get(a) for a in FIELDS[:-1])
    made = Pool if profile.get("pool") else Nobody
    pool = made(
        profile.get("pool") or "", policy.at, model=model, provider=provider, region=region, site=site, trust=trust,
        labels=labels,
    )  # fmt: skip
    if stand.pool is not None:
        told = replace(stand.pool, labels={**stand.pool.labels, **labels})
        read = {a: profile[a] for a in FIELDS[:-1] if a in profile}
        pool = replace(told, **read) if made is Pool else told  # type: ignore[arg-type]  # strings, all of them
    return Destination(pool, stand.role, stand.causes)


def seen(policy: Policy, condition: Condition, stand: Stand, ending: Ending | None = None) -> Condition:
    """The condition for a destination of this kind and a decision that ends so: over the request alone."""

    if stand.pool is not None and numeric(condition):  # what no pool declares may be any number
        reached = [(TRUE, p) for p in ([] if stand.free else [stand.pool])]
        condition = both(policy, condition, Destination(stand.pool, stand.role, stand.causes), reached)[1]

    def settle(node: Condition) -> Condition | None:
        match node:
            case Text(relation, left, right):
                a, b = _term(left, stand), _term(right, stand)
                if a is None or b is None:
                    return Constant(False)
                if isinstance(a, StringLiteral) and isinstance(b, StringLiteral):
                    return Constant(RELATIONS[relation](a.value, b.value))
                return Text(relation, a, b)
            case Caused(cause):
                return Constant(stand.causes is None or cause in stand.causes)
            case Outcome() if ending is not None:
                return Constant(ending.shows(node))
            case _:
                return None

    return settled(condition, settle)


def _term(term: TextTerm, stand: Stand) -> TextTerm | None:
    if not isinstance(term, Attribute):
        return term
    found = stand.value(term.name)
    return None if found is None else StringLiteral(found)


# ── Questions ─────────────────────────────────────────────────────────────


def never(ask: Asker, conditions: Iterable[Condition], *, fails: bool, unknown: bool = False) -> bool:
    """No request satisfies any of these, those that `fail` among them where this says so. What is `unknown` then counts
    as true where this says so: it breaks a claim."""
    from wrpc.solver.terms import disj, negate

    left = list(dict.fromkeys(conditions))
    if Constant(True) in left:
        left = [Constant(True)]
    rooms = ask.rooms if fails else (ask.healthy,)

    def held(room: Room, condition: Condition) -> Term:
        truth = room.decision.encoding.condition(condition)
        return negate(truth.false) if unknown and room.failures else truth.true

    return all(
        room.settle(disj(held(room, c) for c in left[i : i + AT_ONCE])).impossible
        for room in rooms
        for i in range(0, len(left), AT_ONCE)
    )


@lru_cache(maxsize=4)
def idle_rules(ask: Asker) -> frozenset[int]:
    """The rules, by identity, of which nothing makes all true."""
    rules = [r for g in ask.policy.guards.values() for r in g.rules]
    return frozenset(id(r) for r in rules if unmet(ask, ask.policy, _parts(r)))


def _parts(rule: Rule) -> list[Condition]:
    return [c for c in (rule.what if isinstance(rule, Forbid) else None, rule.when) if c is not None]


def unmet(ask: Asker, policy: Policy, parts: Sequence[Condition]) -> bool:
    """No request and pool satisfy all of the parts. Without pools, whatever reads one may hold."""
    if not policy.pools:
        parts = [p for p in parts if not reading.of_destination(p)]
    fails = reading.tells_failures(policy, parts)
    return never(
        ask, (conjunction(seen(policy, p, stand) for p in parts) for stand in stands(policy, parts)), fails=fails
    )


def denials(rules: Iterable[Rule]) -> list[Denial]:
    return [r for r in rules if isinstance(r, Denial)]


# ── What nobody has ───────────────────────────────────────────────────────


@value
class Missing:
    """A value that no pool has, where it stands, and those that some pool has, nearest first."""

    attribute: str
    value: str
    relation: str
    span: Span | None
    known: tuple[str, ...]

    @property
    def message(self) -> str:
        what = WORDS.get(self.relation, "is")
        return f"no pool's `{self.attribute}` {what} {quoted(self.value)}"

    @property
    def help(self) -> str | None:
        close = nearest(self.value, self.known)
        if close:
            return f"did you mean {' or '.join(map(quoted, close))}?"
        if self.known:
            return "pools have " + ", ".join(map(quoted, self.known[:5]))
        return f"no pool declares `{self.attribute}`"

    @property
    def fixes(self) -> tuple[Fix, ...]:
        close = nearest(self.value, self.known, 1)
        written = quoted(self.value)
        if not close or self.relation in WORDS or self.span is None or self.span.text.count(written) != 1:
            return ()
        start = self.span.start + self.span.text.index(written)
        at = Span(self.span.source, start, start + len(written))
        return (Fix(at, quoted(close[0]), f"write {quoted(close[0])}", safe=False),)


def missing(policy: Policy, conditions: Iterable[Condition | None]) -> Iterator[Missing]:
    """Every value of a `destination` that the conditions name and no pool has."""
    for condition in conditions:
        for node in walk(condition) if condition is not None else ():
            match node:
                case Text(relation, Attribute(name), StringLiteral(text)) | Text(
                    relation, StringLiteral(text), Attribute(name)
                ) if relation != "before" and name != "role":
                    known = {v for p in policy.pools.values() if (v := p.attribute(name)) is not None}
                    if not any(RELATIONS[relation](v, text) for v in known):
                        yield Missing(name, text, relation, node.span, tuple(sorted(known)))
                case _:
                    pass
