"""What the emitted files will do, as a policy: for the proof that they decide as the policy that they were made from.

Written against what LiteLLM does with a configuration and what the hook does with a name, and sharing with what wrote
the files only the hook itself, which has to be the one whose meaning is known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any as Json

from wrpc.diagnostics import Refusal, finding
from wrpc.policy.expr import All, Among, Condition, Not, OneOf, StringLiteral, StringSignal, Text
from wrpc.policy.model import Action, Enum, FallbackEdge, Policy, Route, Share, Signal
from wrpc.policy.vocabulary import CAUSES
from wrpc.source import Source, Span
from wrpc.targets import reading
from wrpc.targets.codes import REJECTED
from wrpc.targets.litellm import hook

LISTS = {"context_window_fallbacks": ("context",), "content_policy_fallbacks": ("content_policy", "refusal")}
GENERAL = tuple(c for c in CAUSES if not any(c in own for own in LISTS.values()))
STRATEGIES = {
    "least-busy": "least_busy",
    "latency-based-routing": "latency",
    "cost-based-routing": "least_cost",
    "usage-based-routing-v2": "usage",
    "lar1": "latency_aware",
}
UNROUTED = 404


class Unreadable(Exception):
    pass


def read(files: Mapping[str, str], policy: Policy) -> Policy:
    """The policy that the files decide by. Raises Refusal for files that cannot be understood."""
    import yaml

    path, text = next(((p, t) for p, t in files.items() if p.endswith(".yaml")), ("config.yaml", ""))
    source = Source(path, text)
    try:
        return _Reader(source, files, policy).policy()
    except (yaml.YAMLError, Unreadable, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        message = f"`{path}` cannot be read back: {str(error) or type(error).__name__}"
        raise Refusal([finding(REJECTED, message, source.span())]) from error


class _Reader:
    def __init__(self, source: Source, files: Mapping[str, str], policy: Policy) -> None:
        self.source, self.origin, self.span = source, policy, Span(source, 0, 0)
        content: Json = reading.yaml(source.text)
        self.router: Json = content["router_settings"]
        if hook.CALLBACK not in content["litellm_settings"]["callbacks"] or files[hook.FILE] != hook.TEXT:
            raise Unreadable(f"nothing that is known here looks at names before a call: `{hook.FILE}`")
        self.names: Json = json.loads(files[hook.DATA])
        self.groups: dict[str, list[Json]] = {}
        for entry in content["model_list"]:
            if entry["model_info"]["pool"] not in policy.pools:
                raise Unreadable(f"a deployment of `{entry['model_info']['pool']}`, which is no pool")
            self.groups.setdefault(entry["model_name"], []).append(entry)
        self.places = {name: at for at, name in enumerate(self.groups)}
        if self.router.get("num_retries", 2) != 0:
            raise Unreadable("requests are tried again in every group")
        if self.router.get("disable_cooldowns") is not True:
            raise Unreadable("a pool that fails rests, and others of its group take its part")
        self.aliases: Mapping[str, str] = self.router.get("model_group_alias") or {}
        self.signal = next((s for s in policy.signals.values() if _seen(s)), None)

    def policy(self) -> Policy:
        exact: Mapping[str, Json] = self.names["names"]
        if self.signal is None and exact:
            raise Unreadable("names are told apart, and no signal holds them")
        routes: dict[str, Route] = {}
        together: dict[str, list[str]] = {}
        for name, entry in exact.items():
            together.setdefault(json.dumps(entry, sort_keys=True), []).append(name)
        for said, names in together.items():
            self._route(routes, self._among(names), json.loads(said), names[0])
        before: list[Condition] = [self._among(exact)] if exact else []
        for entry in self.names["beginnings"]:
            begins = self._begins(entry["beginning"])
            parts = [*([] if begins is None else [begins]), *(Not(b) for b in before)]
            self._route(routes, All(tuple(parts)) if parts else None, entry, f"{entry['beginning']}*")
            if begins is None:
                break
            before.append(begins)
        origin = self.origin
        return Policy(
            name=origin.name, sources=(self.source,), signals=origin.signals, groups={}, definitions={},
            assumptions={}, models=origin.models, sites=origin.sites, pools=origin.pools, routes=routes, guards={},
        )  # fmt: skip

    def _route(self, routes: dict[str, Route], when: Condition | None, entry: Json, name: str) -> None:
        if "group" in entry:
            routes[name] = Route(name, when, self._plan(entry["group"]), self.span)
        elif entry["status"] != UNROUTED:
            routes[name] = Route(name, when, Action("deny", reason=entry["reason"]), self.span)

    # ── Names ─────────────────────────────────────────────────────────────

    def _among(self, names: Sequence[str] | Mapping[str, object]) -> Condition:
        assert self.signal is not None
        if isinstance(self.signal.type, Enum):
            return OneOf(self.signal.name, frozenset(names) & frozenset(self.signal.type.names), span=self.span)
        return Among(self.signal.name, frozenset(names), span=self.span)

    def _begins(self, text: str) -> Condition | None:
        """None for whatever is left; members of an enumeration are all told by their names."""
        if not text or self.signal is None or isinstance(self.signal.type, Enum):
            return None
        return Text("prefix", StringSignal(self.signal.name), StringLiteral(text), span=self.span)

    def _found(self, asked: str) -> list[Json]:
        """The deployments that the router finds for a name: of its group, its alias's, the longest pattern's."""
        name = self.aliases.get(asked, asked)
        if name in self.groups:
            return self.groups[name]
        patterns = [g for g in self.groups if g.endswith("*") and asked.startswith(g[:-1])]
        return self.groups[max(patterns, key=len)]

    # ── Plans ─────────────────────────────────────────────────────────────

    def _plan(self, asked: str) -> Action:
        own = self._found(asked)
        group = own[0]["model_name"]
        weights = [Fraction(str(e["litellm_params"]["weight"])) for e in own if "weight" in e["litellm_params"]]
        if weights and (len(weights) != len(own) or sum(weights) <= 0 or min(weights) < 0):
            raise Unreadable(f"some deployments of `{group}` have a weight, and some none")
        shares = weights or [Fraction(1)] * len(own)
        total = sum(shares)
        pools = [e["model_info"]["pool"] for e in own]
        taken = {*pools}
        edges = tuple(FallbackEdge(p, causes, self.span) for p, causes in self._edges(asked) if p not in taken)
        several = len(own) > 1
        return Action(
            "to",
            tuple(Share(p, s / total, self.span) for p, s in zip(pools, shares, strict=True)),
            others=GENERAL if several and self.router.get("enable_weighted_failover") is True else None,
            fallbacks=edges,
            select=STRATEGIES.get(self.router["routing_strategy"]) if several else None,
            retries=_one(own, "num_retries", int),
            timeout=_one(own, "timeout", lambda value: Fraction(str(value))),
        )

    def _edges(self, asked: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """In the order of the first list; a list that is not there at all is the first one."""
        general = self._chain("fallbacks", asked)
        lists = {kind: self._chain(kind, asked) if self.router.get(kind) else general for kind in LISTS}
        order = _merged([general, *lists.values()], self.places)
        for name in order:
            causes = [*(GENERAL if name in general else ())]
            for kind, words in LISTS.items():
                causes += words if name in lists[kind] else ()
            (spare,) = self.groups[name]
            yield spare["model_info"]["pool"], () if len(causes) == len(CAUSES) else tuple(causes)

    def _chain(self, kind: str, asked: str) -> Sequence[str]:
        """The list of the name that is asked for; of one that has none, the list for `*`."""
        lists: dict[str, Sequence[str]] = {}
        for entry in self.router.get(kind) or ():
            for name, targets in entry.items():
                lists.setdefault(name, targets)
        if asked not in lists and any(n.rpartition("/")[2] == asked.rpartition("/")[2] for n in lists):
            raise Unreadable(f"`{kind}` of a name that differs from `{asked}` by its provider")
        chain = lists.get(asked, lists.get("*", ()))
        if len(chain) > self.router.get("max_fallbacks", 5):
            raise Unreadable(f"`{kind}` of `{asked}` are more than LiteLLM tries")
        return chain


def _merged(chains: Sequence[Sequence[str]], places: Mapping[str, int]) -> list[str]:
    """One order with which each of these agrees; of two that no chain has together, the first in the file is first."""
    left = [[*chain] for chain in chains]
    found: list[str] = []
    while any(left):
        behind = {pool for chain in left for pool in chain[1:]}
        heads = [chain[0] for chain in left if chain and chain[0] not in behind]
        if not heads:
            raise Unreadable("the lists of fallbacks of one group have different orders")
        first = min(heads, key=lambda pool: places[pool])
        found.append(first)
        left = [[pool for pool in chain if pool != first] for chain in left]
    return found


def _seen(signal: Signal) -> bool:
    return signal.source is not None and signal.source.name == "model"


def _one(entries: Sequence[Json], key: str, read_as: Json) -> Json:
    """What all deployments of a group say, None where they say nothing."""
    said = {json.dumps(e["litellm_params"].get(key)) for e in entries}
    if len(said) > 1:
        raise Unreadable(f"the deployments of `{entries[0]['model_name']}` differ in `{key}`")
    value = entries[0]["litellm_params"].get(key)
    return None if value is None else read_as(value)
