"""For each name that a request may give, the plan: who answers, and who is tried after which failure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.importers.litellm.deployments import Deployment
from wrpc.importers.litellm.gateway import CAUSES, STAR, Cause, Gateway, Pattern, Step, first_level
from wrpc.policy.vocabulary import CAUSES as WORDS
from wrpc.source import Span

# What the language calls the failures that have lists of their own; every other one is general.
DEDICATED: dict[Cause, tuple[str, ...]] = {"context": ("context",), "policy": ("content_policy", "refusal")}
NAMED: dict[Cause, tuple[str, ...]] = {
    "general": tuple(w for w in WORDS if not any(w in own for own in DEDICATED.values())),
    **DEDICATED,
}


@dataclass(frozen=True, slots=True)
class Edge:
    """`causes` is empty for any failure. Pools are deployments, by their index."""

    pool: int
    causes: tuple[str, ...]
    at: Span = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """`shares` are pools with their weights; none: the request is refused."""

    shares: tuple[tuple[int, Fraction], ...]
    edges: tuple[Edge, ...] = ()

    @property
    def refused(self) -> bool:
        return not self.shares


def plan(gateway: Gateway, name: str) -> Plan:
    """The plan of a request for `name`."""
    found = gateway.asked(name)
    if found is None:
        return Plan(())
    deployments = found[0]
    level = first_level(deployments)
    shares = list(zip((d.index for d in level), gateway.shares(level, name), strict=True))
    # Who waits until all others rest: members that get no traffic. The levels of a group follow by themselves.
    leveled = bool(gateway.levels(name))
    shares += [(d.index, Fraction(0)) for d in deployments if d not in level and (d.order is None or not leveled)]
    general = gateway.tried(name, "general")
    steps: dict[Cause, list[Step]] = {"general": general}
    for cause in DEDICATED:
        steps[cause] = general if cause in gateway.alike else gateway.tried(name, cause)
    if not shares:
        return _promoted(gateway, steps)
    # A pool stands once in a plan: one without traffic that a fallback reaches stands there.
    reached = {d.index for own in steps.values() for step in own for d in step.deployments}
    kept = [(index, weight) for index, weight in shares if weight or index not in reached]
    return Plan(tuple(kept), tuple(_edges(gateway, steps, {index for index, _ in kept})))


def _promoted(gateway: Gateway, steps: dict[Cause, list[Step]]) -> Plan:
    """A name without deployments fails at once, and the first fallback that has some answers in its place."""
    general = steps["general"]
    at = next((i for i, step in enumerate(general) if step.deployments), None)
    if at is None:
        return Plan(())
    first = general[at].deployments
    shares = tuple(zip((d.index for d in first), gateway.shares(first), strict=True))
    rest: dict[Cause, list[Step]] = dict.fromkeys(CAUSES, general[at + 1 :])
    return Plan(shares, tuple(_edges(gateway, rest, {index for index, _ in shares})))


def _edges(gateway: Gateway, steps: dict[Cause, list[Step]], taken: set[int]) -> Iterable[Edge]:
    """One list for all causes, in which each cause finds its own order; a pool stands in it once."""
    orders: dict[Cause, list[int]] = {}
    places: dict[int, Span] = {}
    if all(own is steps["general"] for own in steps.values()):
        steps = {"general": steps["general"]}
    for cause, own in steps.items():
        pools = dict.fromkeys(d.index for step in own for d in _by_weight(gateway, step) if d.index not in taken)
        orders[cause] = list(pools)
        for step in own:
            for deployment in (*step.deployments, *step.spare):
                places.setdefault(deployment.index, step.at)
    # The general list goes before where two do not agree.
    ranked = [c for c in CAUSES if c in orders]
    for index in merged([orders[c] for c in ranked]):
        causes = [c for c in ranked if index in orders[c]]
        words = () if len(causes) == len(ranked) else tuple(w for c in causes for w in NAMED[c])
        yield Edge(index, words, places[index])


def _by_weight(gateway: Gateway, step: Step) -> Sequence[Deployment]:
    """Those that get traffic first, as written."""
    if len(step.deployments) < 2:
        return (*step.deployments, *step.spare)
    shares = gateway.shares(step.deployments)
    ranked = sorted(zip(step.deployments, shares, strict=True), key=lambda pair: pair[1] <= 0)
    return [*(deployment for deployment, _ in ranked), *step.spare]


def merged(orders: Sequence[Sequence[int]]) -> list[int]:
    """One order that agrees with each of these wherever they agree with each other; else the first goes before."""
    if len(orders) == 1:
        return list(orders[0])
    left = [list(order) for order in orders]
    found: list[int] = []
    while any(left):
        heads = [order[0] for order in left if order]
        behind = {each for order in left for each in order[1:]}
        head = next((h for h in heads if h not in behind), heads[0])
        found.append(head)
        left = [[each for each in order if each != head] for order in left]
    return found


# ── Names ─────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Plans:
    """`exact`: the names of one plan each, in the order of the file. `patterns`: whatever begins so and is none of
    them, in the order in which they are tried. `rest`: every other name."""

    exact: dict[Plan, list[str]] = field(default_factory=dict)
    patterns: list[tuple[Pattern, Plan]] = field(default_factory=list)
    rest: Plan = field(default_factory=lambda: Plan(()))


def plans(gateway: Gateway) -> Plans:
    found = Plans()
    star = any(p.prefix == "" for p in gateway.patterns)
    for pattern in gateway.patterns:
        if pattern.prefix is not None:
            found.patterns.append((pattern, _of_pattern(gateway, pattern)))
            if pattern.prefix == "":
                break
    if gateway.patterns and not star:
        found.rest = plan(gateway, _unknown(gateway))
    for name in names(gateway):
        own = plan(gateway, name)
        if own != _otherwise(found, name):
            found.exact.setdefault(own, []).append(name)
    return found


def _otherwise(found: Plans, name: str) -> Plan:
    """What a name has without a route of its own: the plan of the first pattern with its beginning, or the rest."""
    for pattern, own in found.patterns:
        if name.startswith(pattern.prefix or ""):
            return own
    return found.rest


def names(gateway: Gateway) -> Iterable[str]:
    """Every name that means something of its own, once."""
    own = [*gateway.groups, *gateway.aliases, *gateway.ids, *gateway.texts, *sorted(gateway.recognised)]
    if gateway.patterns:
        own += _looked_up(gateway)
    return dict.fromkeys(own)


def _looked_up(gateway: Gateway) -> list[str]:
    """Names that the router gets only because the file has a wildcard: with fallbacks of their own, or of a provider
    that the release knows."""
    sources = dict.fromkeys(c.group for chains in gateway.chains.values() for c in chains.all() if STAR not in c.group)
    heads = [p.prefix.partition("/")[0] for p in gateway.patterns if p.prefix and "/" in p.prefix]
    found = [*sources, *(f"{head}/{s}" for s in sources if "/" not in s for head in dict.fromkeys(heads))]
    if not any(p.prefix == "" for p in gateway.patterns):
        known: dict[str, str] = gateway.facts.data["bare"]
        found += [name for name in sorted(known) if known[name] in heads and gateway.matched(name) is not None]
    return found


def _of_pattern(gateway: Gateway, pattern: Pattern) -> Plan:
    """The plan of a name that begins as the pattern says, and that nothing else in the file knows."""
    return plan(gateway, _unlike(gateway, pattern.prefix or ""))


def _unknown(gateway: Gateway) -> str:
    return _unlike(gateway, "")


def _unlike(gateway: Gateway, prefix: str) -> str:
    """A name with this beginning that is no key of any table."""
    taken = {*gateway.groups, *gateway.aliases, *gateway.ids, *gateway.texts}
    taken |= {c.group for chains in gateway.chains.values() for c in chains.all()}
    name = f"{prefix}\N{SECTION SIGN}"
    while name in taken or name.rpartition("/")[2] in taken:
        name += "\N{SECTION SIGN}"
    return name
