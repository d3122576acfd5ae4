"""Routes, denials and the default as decisions, in the order that the router ranks them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.expr import Condition, Fires, fold
from wrpc.policy.model import Bool, Policy, Score, plan
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED, UNSEEN_POOL
from wrpc.targets.gateway.branches import Branch, Outcome, Send, Settled, outcomes
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

    settled: Settled
    rules: Rules
    bundles: Bundles = field(default_factory=Bundles)
    entries: list[Entry] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    default: str | None = None
    _names: set[str] = field(default_factory=set)

    @property
    def policy(self) -> Policy:
        return self.settled.policy

    def make(self) -> None:
        denials = [d for d in self.settled.denials if d.counts == "maybe"]
        for branch in denials:
            self._denial(branch)
        routes = list(self.settled.routes)
        made: dict[str, tuple[Variant, ...]] = {}
        for branch in self.settled.answering:
            try:
                made[branch.name] = variants(branch)
            except Cannot as why:
                self.found.append(cannot(f"route `{branch.name}`", str(why), branch.span, f"route {branch.name}"))
        ranks = _Ranks(routes, made, first=2 if denials else 0)
        for fault in self.settled.faults:
            if isinstance(self.policy.signals[fault.name].type, Bool | Score):
                self._failing(fault.name, fault.span, tiered=ranks.tiered)
        self._ties(routes, made)
        for branch in routes:
            own = made.get(branch.name, ())
            for index, variant in enumerate(own):
                self._route(branch, variant, ranks.of(branch, len(own) - 1 - index), index, len(own))
        if self.settled.default is not None and self.settled.default.name in made:
            self._default(self.settled.default, made[self.settled.default.name], ranks)

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

    def _denial(self, branch: Branch) -> None:
        """First of all; an unknown one denies too."""
        at, what, when = branch.span, f"guard `{branch.name}`", branch.when
        try:
            node = self.rules.condition(when)
        except Cannot as why:
            self.found.append(cannot(what, str(why), at, branch.subject))
            return
        if node.constant is False:
            return
        leanings = NO_LEANING if when is None else fold(when, Failures(self.policy))
        if leanings & {"down", "lost"}:
            self._lost(what, at, branch.subject)
        rules = None if node.constant else _root(node, "match" if leanings else None)
        for outcome in outcomes(branch.ways.way(obligations=False, reasons=False)):
            self._add(branch.name, {"priority": 1, "tier": 1}, rules, self._parts(outcome, branch), at)

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

    def _route(self, branch: Branch, variant: Variant, rank: Entry, index: int, of: int) -> None:
        subject = f"route {branch.name}"
        try:
            node = self._node(branch.when, variant.released)
        except Cannot as why:
            if index == 0:
                self.found.append(cannot(f"route `{branch.name}`", str(why), branch.span, subject))
            return
        if node.constant is False:
            self._never(branch)
            return
        if node.constant and branch.when is not None and self._outranks(branch):
            behind = "its `when` holds for every request, and a decision without rules goes behind all those with some"
            self.found.append(cannot(f"route `{branch.name}`", behind, branch.span, subject))
            return
        unknown = self._on_unknown(branch, variant, index)
        rules = None if node.constant else _root(node, unknown)
        action = self._parts(variant.outcome, branch)
        action, lost = completed(action, self.bundles.of(branch), branch, variant.outcome, self.policy.pools)
        self.found += [f for f in lost if index == 0 or f.code is UNSEEN_POOL]
        name = branch.name if index == of - 1 else f"{branch.name}_{index + 1}"
        self._add(name, rank, rules, action, branch.span, branch.description)

    def _parts(self, outcome: Outcome, branch: Branch) -> Entry:
        return actions.parts(outcome, self.policy, lambda what: self._say(what, branch))

    def _node(self, when: Condition | None, released: Iterable[Condition]) -> Node:
        own = self.rules.condition(when)
        return both([own, *(negate(self.rules.condition(guard)) for guard in released)])

    def _outranks(self, branch: Branch) -> bool:
        """A route with a `when` comes after it in the same tier."""
        here = [b for b in self.settled.routes if b.when is not None and (b.tier or 0) == (branch.tier or 0)]
        return any(b is not branch and b.priority <= branch.priority for b in here)

    def _never(self, branch: Branch) -> None:
        message = f"`vllm-sr` does not carry route `{branch.name}`: no request takes it"
        self.found.append(
            finding(NOT_CARRIED, message, branch.span, severity="info", subjects=[f"route {branch.name}"])
        )

    def _on_unknown(self, branch: Branch, variant: Variant, index: int) -> str | None:
        """The one word for all that may fail; a guard that is not known to be silent matches nothing."""
        failures = Failures(self.policy)
        own = NO_LEANING if branch.when is None else fold(branch.when, failures)
        leanings = {OWN[branch.on_unknown] if leaning == "own" else leaning for leaning in own}
        # A guard that is not known to be silent removes: the freer variant must not match.
        guards = NO_LEANING.union(*(fold(g, failures) for g in variant.released))
        leanings |= {RELEASED[leaning] for leaning in guards}
        if branch.on_unknown == "deny" and "own" in own:
            # The whole request fails: right for what the route itself is to say, wrong beside any other meaning.
            if own != {"own"} and index == 0:
                self._lost(f"route `{branch.name}`", branch.span, f"route {branch.name}")
            return "no_match" if variant.released else "fail_request"
        if "lost" in leanings or ({"up", "down"} <= leanings):
            if index == 0:
                self._lost(f"route `{branch.name}`", branch.span, f"route {branch.name}")
            return "no_match" if "down" in leanings else "match"
        if not leanings:
            return None
        return "match" if "up" in leanings else "no_match"

    def _lost(self, what: str, at: Span, subject: str) -> None:
        message = (
            f"`vllm-sr` does not carry what a failed signal means to {what}: a decision has one word for all of them"
        )
        self.found.append(finding(NOT_CARRIED, message, at, subjects=[subject]))

    def _say(self, what: str, branch: Branch) -> None:
        message = f"`vllm-sr` does not carry {what}"
        self.found.append(finding(NOT_CARRIED, message, branch.span, subjects=[f"route {branch.name}"]))

    # ── The default ──

    def _default(self, branch: Branch, made: tuple[Variant, ...], ranks: _Ranks) -> None:
        """One model without anything else stands in `providers.defaults`; more is a catch-all behind all others."""
        only = made[0].outcome if len(made) == 1 else None
        if isinstance(only, Send) and len(plan(only.action)) == 1 and self._bare(branch, only):
            self.default = plan(only.action)[0].pool
            return
        for index, variant in enumerate(made):
            self._route(branch, variant, ranks.last(len(made) - 1 - index), index, len(made))

    def _bare(self, branch: Branch, found: Send) -> bool:
        a = found.action
        said = (a.select, a.reasoning, a.tools, a.cache, a.compress, a.retain, a.sticky, a.retries, a.timeout)
        return not self.bundles.of(branch) and not a.budgets and all(v is None for v in said)

    def _ties(self, routes: list[Branch], made: dict[str, tuple[Variant, ...]]) -> None:
        """Routes of one rank are told apart by confidence or name, which decisions of several ranks are not.

        By priority alone there is nothing to tell apart: two that clash do not compile.
        """
        for route in routes if len(self.policy.resolve) > 1 else ():
            if len(made.get(route.name, ())) < 2:
                continue
            for other in routes:
                same = (other.tier or 0, other.priority) == (route.tier or 0, route.priority)
                if other is not route and same and other.deed != route.deed:
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

    def __init__(self, routes: list[Branch], made: dict[str, tuple[Variant, ...]], first: int) -> None:
        self.scale = max([1, *(len(v) for v in made.values())])
        self.lowest = min([0, *(r.priority for r in routes)])
        # A catch-all that a guard splits becomes a match like any other, so that each needs a tier behind the matches.
        split = any(r.when is None and len(made.get(r.name, ())) > 1 for r in routes)
        self.tiered = first > 0 or split or any(r.tier for r in routes)
        self.tiers = self._split(routes, first) if split else {r.name: first + (r.tier or 0) for r in routes}
        self.behind = max([first, *self.tiers.values()]) + 1

    @staticmethod
    def _split(routes: list[Branch], first: int) -> dict[str, int]:
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

    def of(self, route: Branch, freer: int) -> Entry:
        rank: Entry = {"priority": route.priority * self.scale + freer}
        if self.tiered:
            rank["tier"] = self.tiers[route.name]
        return rank

    def last(self, freer: int) -> Entry:
        """Behind every route, in a tier of its own."""
        return {"priority": (self.lowest - 1) * self.scale + freer, "tier": self.behind}
