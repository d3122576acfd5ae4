"""Routes, denials and the default as decisions, in the order that the router ranks them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.expr import Condition, Fires, fold
from wrpc.policy.model import Bool, Denial, Policy, Route, Score, plan
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED
from wrpc.targets.vllm_sr import actions
from wrpc.targets.vllm_sr.bundles import Bundles, completed
from wrpc.targets.vllm_sr.conditions import Rules, cannot
from wrpc.targets.vllm_sr.kinds import Entry
from wrpc.targets.vllm_sr.nodes import Cannot, Node, both, negate
from wrpc.targets.vllm_sr.unknowns import Failures, Leanings
from wrpc.targets.vllm_sr.variants import Variant, variants

ON_UNKNOWN = {"silent": "no_match", "fires": "match", "deny": "fail_request"}
RELEASED = {"own": "down", "up": "down", "down": "up", "lost": "lost"}
OWN: dict[str, str] = {"silent": "down", "fires": "up", "deny": "down"}


@dataclass(slots=True)
class Decisions:
    """The decisions as they are made, with the place that each comes from."""

    policy: Policy
    rules: Rules
    bundles: Bundles = field(default_factory=Bundles)
    entries: list[Entry] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    default: str | None = None
    _names: set[str] = field(default_factory=set)

    def make(self) -> None:
        denials = [(g.name, r) for g in self.policy.guards.values() for r in g.rules if isinstance(r, Denial)]
        for name, rule in denials:
            self._denial(name, rule)
        routes = list(self.policy.routes.values())
        made: dict[str, tuple[Variant, ...]] = {}
        for route in (*routes, *([self.policy.default] if self.policy.default else ())):
            try:
                made[route.name] = variants(route, self.policy)
            except Cannot as why:
                self.found.append(cannot(f"route `{route.name}`", str(why), route.span, f"route {route.name}"))
        ranks = _Ranks(routes, made, first=2 if denials else 0)
        for signal in self.policy.signals.values():
            if signal.on_error == "deny" and isinstance(signal.type, Bool | Score):
                self._failing(signal.name, signal.span, tiered=ranks.tiered)
        self._ties(routes, made)
        for route in routes:
            for index, variant in enumerate(made.get(route.name, ())):
                self._route(route, variant, ranks.of(route, len(variant.released)), index, len(made[route.name]))
        if self.policy.default is not None and self.policy.default.name in made:
            self._default(self.policy.default, made[self.policy.default.name], ranks)

    # ── One decision ──

    def _add(self, name: str, rank: Entry, rules: Entry | None, action: Entry, at: Span, description: str = "") -> None:
        own, number = name, 2
        while own in self._names:
            own, number = f"{name}_{number}", number + 1
        self._names.add(own)
        entry: Entry = {"name": own}
        if description:
            entry["description"] = description
        entry |= rank
        if rules is not None:
            entry["rules"] = rules
        self.entries.append(entry | action)
        self.spans.append(at)

    def _denial(self, name: str, rule: Denial) -> None:
        """First of all; an unknown one denies too."""
        at, subject = rule.span, f"guard {name}"
        try:
            node = self.rules.condition(rule.when)
        except Cannot as why:
            self.found.append(cannot(f"guard `{name}`", str(why), at, subject))
            return
        if node.constant is False:
            return
        leanings = NO_LEANING if rule.when is None else fold(rule.when, Failures(self.policy))
        if leanings & {"down", "lost"}:
            self._lost(f"guard `{name}`", at, subject)
        rules = None if node.constant else _root(node, "match" if leanings else None)
        self._add(name, {"priority": 1, "tier": 1}, rules, actions.denial(rule.reason), at)

    def _failing(self, signal: str, at: Span, *, tiered: bool) -> None:
        """`on_error deny`: a decision that is never true, and unknown when the signal failed."""
        try:
            node = self.rules.condition(Fires(signal))
        except Cannot as why:
            self.found.append(cannot(f"signal `{signal}`", str(why), at, f"signal {signal}"))
            return
        never = _root(both([node, negate(node)]), "fail_request")
        rank: Entry = {"priority": 0, "tier": 1} if tiered else {"priority": 0}
        self._add(f"{signal}_failed", rank, never, actions.denial(f"`{signal}` is not known"), at)

    def _route(self, route: Route, variant: Variant, rank: Entry, index: int, of: int) -> None:
        subject = f"route {route.name}"
        try:
            node = self._node(route.when, variant.released)
        except Cannot as why:
            if index == 0:
                self.found.append(cannot(f"route `{route.name}`", str(why), route.span, subject))
            return
        if node.constant is False:
            self._never(route)
            return
        unknown = self._on_unknown(route, variant, index)
        rules = None if node.constant else _root(node, unknown)
        action = actions.parts(route.action, variant.removed, lambda what: self._say(what, route))
        action, lost = completed(action, self.bundles.of(route), route)
        self.found += lost if index == 0 else []
        name = route.name if index == of - 1 else f"{route.name}_{index + 1}"
        self._add(name, rank, rules, action, route.span, route.description)

    def _node(self, when: Condition | None, released: Iterable[Condition]) -> Node:
        own = self.rules.condition(when)
        return both([own, *(negate(self.rules.condition(guard)) for guard in released)])

    def _never(self, route: Route) -> None:
        message = f"`vllm-sr` does not carry route `{route.name}`: no request takes it"
        self.found.append(finding(NOT_CARRIED, message, route.span, severity="info", subjects=[f"route {route.name}"]))

    def _on_unknown(self, route: Route, variant: Variant, index: int) -> str | None:
        """The one word for all that may fail; a guard that is not known to be silent matches nothing."""
        failures = Failures(self.policy)
        own = NO_LEANING if route.when is None else fold(route.when, failures)
        leanings = {OWN[route.on_unknown] if leaning == "own" else leaning for leaning in own}
        # A guard that is not known to be silent removes: the freer variant must not match.
        guards = NO_LEANING.union(*(fold(g, failures) for g in variant.released))
        leanings |= {RELEASED[leaning] for leaning in guards}
        if route.on_unknown == "deny" and "own" in own:
            # The whole request fails: right for what the route itself is to say, wrong beside any other meaning.
            if own != {"own"} and index == 0:
                self._lost(f"route `{route.name}`", route.span, f"route {route.name}")
            return "no_match" if variant.released else "fail_request"
        if "lost" in leanings or ({"up", "down"} <= leanings):
            if index == 0:
                self._lost(f"route `{route.name}`", route.span, f"route {route.name}")
            return "no_match" if "down" in leanings else "match"
        if not leanings:
            return None
        return "match" if "up" in leanings else "no_match"

    def _lost(self, what: str, at: Span, subject: str) -> None:
        message = (
            f"`vllm-sr` does not carry what a failed signal means to {what}: a decision has one word for all of them"
        )
        self.found.append(finding(NOT_CARRIED, message, at, subjects=[subject]))

    def _say(self, what: str, route: Route) -> None:
        message = f"`vllm-sr` does not carry {what}"
        self.found.append(finding(NOT_CARRIED, message, route.span, subjects=[f"route {route.name}"]))

    # ── The default ──

    def _default(self, route: Route, made: tuple[Variant, ...], ranks: _Ranks) -> None:
        """One model without anything else stands in `providers.defaults`; more is a catch-all behind all others."""
        action = route.action
        if (
            action.kind == "to"
            and len(plan(action)) == 1
            and len(made) == 1
            and not made[0].removed
            and self._bare(route)
        ):
            self.default = action.shares[0].pool
            return
        for index, variant in enumerate(made):
            self._route(route, variant, ranks.last(len(variant.released)), index, len(made))

    def _bare(self, route: Route) -> bool:
        a = route.action
        said = (a.select, a.reasoning, a.tools, a.cache, a.compress, a.retain, a.budget, a.retries, a.timeout)
        return not self.bundles.of(route) and all(v is None for v in said)

    def _ties(self, routes: list[Route], made: dict[str, tuple[Variant, ...]]) -> None:
        """Routes of one rank are told apart by confidence or name, which decisions of several ranks are not.

        By priority alone there is nothing to tell apart: two that clash do not compile.
        """
        for route in routes if len(self.policy.resolve) > 1 else ():
            if len(made.get(route.name, ())) < 2:
                continue
            for other in routes:
                same = (other.tier or 0, other.priority) == (route.tier or 0, route.priority)
                if other is not route and same and other.action.same != route.action.same:
                    why = f"a guard splits it, and it ranks as `{other.name}` does"
                    self.found.append(cannot(f"route `{route.name}`", why, route.span, f"route {route.name}"))
                    break


NO_LEANING: Leanings = frozenset()


def _root(node: Node, on_unknown: str | None) -> Entry:
    """The root of `rules`: a leaf alone goes below an AND, where `on_unknown` may stand."""
    entry: Entry = node.entry() if node.operator else {"operator": "AND", "conditions": [node.entry()]}
    if on_unknown is not None:
        entry["on_unknown"] = on_unknown
    return entry


class _Ranks:
    """Tiers and priorities that keep the policy's order when routes are split. Denials stand in tier 1."""

    def __init__(self, routes: list[Route], made: dict[str, tuple[Variant, ...]], first: int) -> None:
        self.scale = max([1, *(len(v) for v in made.values())])
        self.lowest = min([0, *(r.priority for r in routes)])
        # A catch-all that a guard splits becomes a match like any other, so that each needs a tier behind the matches.
        split = any(r.when is None and len(made.get(r.name, ())) > 1 for r in routes)
        self.tiered = first > 0 or split or any(r.tier for r in routes)
        self.tiers = self._split(routes, first) if split else {r.name: first + (r.tier or 0) for r in routes}
        self.behind = max([first, *self.tiers.values()]) + 1

    @staticmethod
    def _split(routes: list[Route], first: int) -> dict[str, int]:
        """A tier for the matches of each tier of the policy, and one for each of its catch-alls, best first."""
        found: dict[str, int] = {}
        following = first
        for tier in sorted({r.tier or 0 for r in routes}):
            here = [r for r in routes if (r.tier or 0) == tier]
            found |= {r.name: following for r in here if r.when is not None}
            for catch_all in sorted((r for r in here if r.when is None), key=lambda r: (-r.priority, r.name)):
                following += 1
                found[catch_all.name] = following
            following += 1
        return found

    def of(self, route: Route, released: int) -> Entry:
        rank: Entry = {"priority": route.priority * self.scale + released}
        if self.tiered:
            rank["tier"] = self.tiers[route.name]
        return rank

    def last(self, released: int) -> Entry:
        """Behind every route, in a tier of its own."""
        return {"priority": (self.lowest - 1) * self.scale + released, "tier": self.behind}
