"""What a name in a request means, and what is tried when that fails: the router's own lookups, for one release.

The order of lookup is that of `Router._common_checks_available_deployment` behind the proxy's `route_request`, the walk
along fallbacks that of `async_function_with_fallbacks_common_utils` (LiteLLM 1.106).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from wrpc.importers.litellm.auto_router import choices
from wrpc.importers.litellm.chains import ANY, Chain, Chains, Kind
from wrpc.importers.litellm.deployments import Deployment
from wrpc.importers.litellm.facts import Facts
from wrpc.source import Span

Cause = Literal["general", "context", "policy"]
CAUSES: tuple[Cause, ...] = ("general", "context", "policy")
DEDICATED: Mapping[Cause, Kind] = {"context": "context_window_fallbacks", "policy": "content_policy_fallbacks"}
MAX_FALLBACKS = 5
STAR = "*"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is tried: the deployments that one request may take, and where the file says so. Those of the
    `spare` answer only while all the others rest after a failure."""

    deployments: tuple[Deployment, ...]
    at: Span = field(repr=False, compare=False)
    spare: tuple[Deployment, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """A group with `*` in its name. `prefix` is the text before the star where nothing stands behind it: a pattern
    holds for whatever begins so. None where the language cannot say it."""

    text: str
    deployments: tuple[Deployment, ...]

    @property
    def prefix(self) -> str | None:
        head = self.text.rstrip(STAR)
        return None if STAR in head else head

    @cached_property
    def regex(self) -> re.Pattern[str]:
        return re.compile(re.escape(self.text).replace(r"\*", "(.*)"))

    def holds(self, name: str) -> bool:
        return self.regex.match(name) is not None

    def rank(self) -> tuple[int, int]:
        escaped = re.escape(self.text).replace(r"\*", "(.*)")
        return len(escaped), sum(escaped.count(char) for char in "*+?\\^$|()")


@dataclass(frozen=True)
class Gateway:
    """The groups of a file by name, and every other name that leads to one."""

    facts: Facts
    deployments: Sequence[Deployment]
    aliases: Mapping[str, str]
    """Each alias that works, and its target."""
    recognised: frozenset[str]
    """Every key of the aliases, those that do not work included."""
    chains: Mapping[Kind, Chains]
    max_fallbacks: int = MAX_FALLBACKS
    shuffled: bool = True
    first_decides: bool = False
    """A group goes by weights only where its first deployment has one."""

    @cached_property
    def by_index(self) -> Mapping[int, Deployment]:
        return {d.index: d for d in self.deployments}

    @cached_property
    def first(self) -> Mapping[str, Deployment]:
        """The first deployment of each group."""
        found: dict[str, Deployment] = {}
        for deployment in self.deployments:
            found.setdefault(deployment.group, deployment)
        return found

    @cached_property
    def places(self) -> Mapping[int, tuple[int, int]]:
        """Of each deployment that was made: its position in the group, from 1, and of how many."""
        found: dict[str, list[int]] = {}
        for deployment in self.deployments:
            if deployment.alive and not deployment.router:
                found.setdefault(deployment.group, []).append(deployment.index)
        return {index: (at, len(own)) for own in found.values() for at, index in enumerate(own, 1)}

    @cached_property
    def groups(self) -> Mapping[str, tuple[Deployment, ...]]:
        """The deployments that can answer, by group; none where all were left out, or where every draw fails."""
        found: dict[str, list[Deployment]] = {}
        for deployment in self.deployments:
            own = found.setdefault(deployment.group, [])
            if deployment.alive and deployment.group not in self.stuck and not deployment.router:
                own.append(deployment)
        for group, chosen in self.picked.items():
            # A router picks a group, whose deployments answer in the place of its own.
            picked = [d for name in chosen for d in found.get(self.aliases.get(name, name), ()) if not d.router]
            picked += [
                d for name in chosen if name not in found for d in self.deployments if d.alive and d.model == name
            ]
            found[group] = list(dict.fromkeys((*found[group], *picked)))
        return {name: tuple(own) for name, own in found.items()}

    @cached_property
    def picked(self) -> Mapping[str, tuple[str, ...]]:
        """The groups that a router of a group picks from, by the group."""
        return {
            d.group: tuple(choice.name for choice in choices(d.model, d.params))
            for d in self.deployments
            if d.alive and d.router and d.model is not None
        }

    @cached_property
    def stuck(self) -> frozenset[str]:
        """The groups that have deployments of which a request can draw none."""
        return self.closed | {d.group for d in self.deployments if d.undrawable and self.shuffled}

    @cached_property
    def closed(self) -> frozenset[str]:
        """The groups whose requests are refused at once, whatever their fallbacks: all deployments blocked, or orders
        that cannot be sorted."""
        open_ = {d.group for d in self.deployments if d.alive}
        blocked = {d.group for d in self.deployments if d.blocked} - open_
        return frozenset(blocked | {d.group for d in self.deployments if d.unsortable})

    @cached_property
    def ids(self) -> Mapping[str, Deployment]:
        own = (d for d in self.deployments if d.alive and not d.router)
        return {d.id: d for d in own if d.id is not None and d.id not in self.groups}

    @cached_property
    def texts(self) -> Mapping[str, tuple[Deployment, ...]]:
        """The deployments by their `litellm_params.model`, over all groups."""
        found: dict[str, list[Deployment]] = {}
        failing: set[str] = set()
        for deployment in self.deployments:
            if deployment.alive and deployment.model is not None and not deployment.router:
                found.setdefault(deployment.model, []).append(deployment)
                if deployment.unsortable or (deployment.undrawable and self.shuffled):
                    failing.add(deployment.model)
        return {text: () if text in failing else tuple(own) for text, own in found.items()}

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """In the order in which they are tried: the longest first."""
        made = [Pattern(name, own) for name, own in self.groups.items() if STAR in name and (own or name in self.stuck)]
        return tuple(sorted(made, key=Pattern.rank, reverse=True))

    @property
    def default(self) -> tuple[Deployment, ...]:
        """The group of the first default fallback, which also answers for names that nothing else knows."""
        chain = self.chains["fallbacks"].first.get(ANY)
        return self.groups.get(chain.targets[0].name, ()) if chain is not None and chain.targets else ()

    def shares(self, deployments: Sequence[Deployment], name: str = "") -> list[Fraction]:
        """The share of each; what a router of the group picks nobody knows."""
        if self.group(name) in self.picked if name else False:
            return [Fraction(1)] * len(deployments)
        return weights(deployments, first=self.first_decides)

    # ── Names ─────────────────────────────────────────────────────────────

    def asked(self, name: str) -> tuple[tuple[Deployment, ...], bool] | None:
        """What a request for a name gets, and whether it is bound to the deployments' own texts; None: refused."""
        if name in self.groups or name in self.ids or name in self.recognised or self.patterns:
            return None if self.group(name) in self.closed else (self.named(name), False)
        own = self.texts.get(name)
        return None if own is None else (own, True)

    def group(self, name: str) -> str | None:
        """The group that a name leads to, by an alias or a pattern."""
        if name not in self.groups and name in self.ids:
            return None
        name = self.aliases.get(name, name)
        if name in self.groups:
            return name
        found = self.matched(name)
        return None if found is None else found.text

    def named(self, name: str) -> tuple[Deployment, ...]:
        """The deployments that the router finds for a name, none where it fails."""
        if name not in self.groups and name in self.ids:
            return (self.ids[name],)
        group = self.group(name)
        if group is not None and (self.groups[group] or group in self.stuck):
            return self.groups[group]
        return self.texts.get(self.aliases.get(name, name)) or self.default

    def matched(self, name: str) -> Pattern | None:
        """The pattern that takes a name, first as it is, then with its provider before it."""
        if not self.patterns:
            return None
        found = next((p for p in self.patterns if p.holds(name)), None)
        if found is None and (provider := self.facts.provider(name)) is not None:
            found = next((p for p in self.patterns if p.holds(f"{provider}/{name}")), None)
        return found

    def known(self, name: str) -> bool:
        """A fallback to this name leads somewhere by itself."""
        return (
            name in self.groups or name in self.aliases or name in self.ids or name in self.texts
            or self.matched(name) is not None
        )  # fmt: skip

    # ── Fallbacks ─────────────────────────────────────────────────────────

    def chain(self, kind: Kind, names: Sequence[str]) -> Chain | None:
        """The list of the first of these names that has one of its own, else the one for `*`."""
        chains = self.chains[kind]
        if not chains.given:
            return None
        for name in names:
            own = chains.first.get(name) or self._without_provider(chains, name)
            if own is not None and own.group != ANY:
                return own
        return chains.generic

    def _without_provider(self, chains: Chains, name: str) -> Chain | None:
        head, slash, rest = name.partition("/")
        if slash and head in self.facts.providers and rest in chains.last:
            return chains.last[rest]
        if not slash and name in chains.ends and (provider := self.facts.provider(name)) is not None:
            return chains.last.get(f"{provider}/{name}")
        return None

    def tried(self, name: str, cause: Cause) -> list[Step]:
        """What is tried after a request for `name` failed, while everything goes on to fail by the same cause."""
        found = self.asked(name)
        return [] if found is None else list(_Walk(self, name, found[1], cause).after(name, None, 0))

    @cached_property
    def ordered(self) -> bool:
        return any(d.order is not None for d in self.deployments)

    @cached_property
    def alike(self) -> frozenset[Cause]:
        """The causes after which the same is tried as after any other: no list is theirs, and no group has levels."""
        if self.ordered:
            return frozenset()
        return frozenset(cause for cause, kind in DEDICATED.items() if not self.chains[kind].given)

    def levels(self, name: str) -> list[Fraction]:
        """The orders of a group or a wildcard group; other names have none that a failure would go through."""
        if not self.ordered:
            return []
        group = self.group(name)
        return sorted({d.order for d in self.groups.get(group or "", ()) if d.order is not None})


@dataclass(slots=True)
class _Walk:
    gateway: Gateway
    name: str
    bound: bool
    cause: Cause
    seen: set[object] = field(default_factory=set)

    def after(self, failed: str, level: Fraction | None, depth: int, *, missing: bool = False) -> Iterator[Step]:
        """The steps after a failure of `failed` at an order level; the list that is opened may lead to others.

        `missing`: there was no deployment, which is a failure of the general kind.
        """
        cause: Cause = "general" if missing else self.cause
        entries = self.entries(failed, level, cause)
        if not entries or depth >= self.gateway.max_fallbacks:
            return
        self.seen.add(failed)
        for name, order, at in entries:
            key: object = name if order is None else (name, order)
            if key in self.seen or (order is None and name == failed):
                continue
            self.seen.add(key)
            depth += 1
            deployments, spare = self.found(name, order)
            yield Step(deployments, at, spare)
            yield from self.after(name, order, depth, missing=not deployments)

    def entries(self, failed: str, level: Fraction | None, cause: Cause) -> list[tuple[str, Fraction | None, Span]]:
        gateway = self.gateway
        found: list[tuple[str, Fraction | None, Span]] = []
        if cause == "general" and gateway.ordered:
            levels = gateway.levels(failed)
            at = next((d.at for d in gateway.named(failed)), None)
            if len(levels) > 1 and at is not None:
                found += [(failed, o, at) for o in levels if o > (levels[0] if level is None else level)]
        dedicated = DEDICATED.get(cause)
        kind = dedicated if dedicated is not None and gateway.chains[dedicated].given else "fallbacks"
        chain = gateway.chain(kind, (failed, self.name))
        return [*found, *((t.name, None, t.at) for t in (chain.targets if chain is not None else ()))]

    def found(self, name: str, order: Fraction | None) -> tuple[tuple[Deployment, ...], tuple[Deployment, ...]]:
        """The deployments of a step, and those that wait behind them: behind the last level of a group those without
        an order, behind the first of a text all others."""
        gateway = self.gateway
        deployments = gateway.texts.get(name, ()) if self.bound else gateway.named(name)
        if not gateway.ordered:
            return deployments, ()
        levels = [] if self.bound else gateway.levels(name)
        own = tuple(d for d in deployments if d.order == order) if order is not None else first_level(deployments)
        if not levels:
            return own, tuple(d for d in deployments if d not in own)
        last = len(levels) == 1 or self.cause != "general" or order == levels[-1]
        return own, tuple(d for d in deployments if d.order is None) if last else ()


def first_level(deployments: Sequence[Deployment]) -> tuple[Deployment, ...]:
    """Those of the lowest order; all where none has one."""
    orders = [d.order for d in deployments if d.order is not None]
    return tuple(d for d in deployments if not orders or d.order == min(orders))


def weights(deployments: Sequence[Deployment], *, first: bool = False) -> list[Fraction]:
    """The share of each in the shuffle: by the first metric of which one has more than 0, else evenly.

    `first`: a metric counts only where the first deployment has it. A negative weight takes from the sum of those
    before it, as `random.choices` does with its running sums.
    """
    if len(deployments) < 2:
        return [Fraction(1)] * len(deployments)
    for column in range(3):
        if first and deployments[0].metrics[column] is None:
            continue
        values = [d.metrics[column] or Fraction(0) for d in deployments]
        if max(values) > 0 and sum(values) > 0:
            return values if min(values) >= 0 else _running(values)
    return [Fraction(1)] * len(deployments)


def _running(values: list[Fraction]) -> list[Fraction]:
    sums, total = [], Fraction(0)
    for value in values:
        total += value
        sums.append(total)
    shares, reached = [], Fraction(0)
    for edge in sums:
        shares.append(max(edge - reached, Fraction(0)))
        reached = max(reached, edge)
    return shares
