"""What an emitted bootstrap will do, as a policy: for the proof that it decides as the policy that it was made from.

Written against Envoy's own meaning of routes, matchers and clusters, and sharing with what wrote the file only the
names of headers. Each entry of the table becomes a route of a tier of its own; every condition is known, because what a
matcher sees is a header or none. A signal that failed is the header that is absent.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from urllib.parse import unquote

from wrpc.diagnostics import Refusal, finding
from wrpc.policy.expr import All, Any, Attribute, Condition, Failed, Linear, Named, Not, Raw, Within, reads, walk
from wrpc.policy.intervals import complement
from wrpc.policy.model import (
    Action,
    Budget,
    Definition,
    FallbackEdge,
    Guard,
    MirrorEdge,
    Obligation,
    Policy,
    Route,
    Share,
    Signal,
    Sticky,
    Value,
    Word,
)  # fmt: skip
from wrpc.source import Source, Span
from wrpc.targets import reading
from wrpc.targets.codes import REJECTED
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.matched import equals, parsed, value, whole
from wrpc.targets.envoy.patterns import Unreadable
from wrpc.targets.envoy.settings import settings
from wrpc.targets.target import Options

COUNTING = "envoy.filters.http.local_ratelimit"
PROCESSOR = "envoy.filters.http.ext_proc"
Json = Mapping[str, typing.Any]  # what a YAML file holds; wrong shapes end in `read`'s Refusal


def read(files: Mapping[str, str], policy: Policy) -> Policy:
    """The policy that the file decides by. Raises Refusal for a file that cannot be understood."""
    import yaml

    (path, text), *_ = files.items()
    source = Source(path, text)
    try:
        return _Reader(source, policy).policy()
    except (yaml.YAMLError, Unreadable, KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        message = f"`{path}` cannot be read back: {str(error) or type(error).__name__}"
        raise Refusal([finding(REJECTED, message, source.span())]) from error


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    when: Condition
    action: Action | None
    obligations: tuple[tuple[str, str | None], ...] = ()
    labels: Mapping[str, Value] = field(default_factory=dict)


class _Reader:
    def __init__(self, source: Source, policy: Policy) -> None:
        self.source = source
        self.origin = policy
        self.span = Span(source, 0, 0)
        bootstrap = reading.yaml(source.text)
        resources = _table(bootstrap, "static_resources")
        (listener,) = resources["listeners"]
        (chain,) = listener["filter_chains"]
        (manager,) = chain["filters"]
        (host,) = manager["typed_config"]["route_config"]["virtual_hosts"]
        if host["domains"] != ["*"]:
            raise Unreadable("a virtual host that is not for every host")
        self.routes: list[Json] = host["routes"]
        if any(f["name"] == PROCESSOR for f in manager["typed_config"].get("http_filters", ())):
            self.routes = _behind_the_mark(self.routes)
        # Of a very long name a header has the beginning and a hash.
        self.names = {headers.said(name): name for name in (*policy.pools, *policy.routes)}
        self.chains = {c["name"]: tuple(map(self.named, _chain(c))) for c in resources["clusters"]}
        self.absent: dict[str, str] = {}
        self.added = dict(_added(manager["typed_config"]))
        self.signals = self._signals()
        self.totals = dict(self._totals(manager["typed_config"]))
        self.buckets = dict(_buckets(manager["typed_config"].get("http_filters", ())))

    def named(self, text: str) -> str:
        return self.names.get(text) or unquote(text)

    def _signals(self) -> dict[str, list[Signal]]:
        options = Options()
        block = self.origin.targets.get("envoy")
        if block is not None:
            options = Options(settings=block.settings, spans=block.spans)
        chosen = settings(self.origin, options)
        names = headers.names(self.origin, chosen.prefix, chosen.headers, self.span)
        found: dict[str, list[Signal]] = {}
        for name, header in names.headers.items():
            found.setdefault(header, []).append(self.origin.signals[name])
            # Where a service sets the headers, it sets this one always.
            if name in names.absent and (chosen.trust_headers or name in names.given):
                self.absent[header] = names.absent[name]
        return found

    def _totals(self, manager: Json) -> Iterator[tuple[str, tuple[tuple[str, Fraction], ...]]]:
        """The headers that are computed as sums of others, none of which a client can have set."""
        gone: set[str] = set()
        for mutation in _early(manager):
            gone.add(mutation.get("remove", ""))
            header = mutation.get("append", {}).get("header", {})
            value = str(header.get("value"))
            terms = parsed(value[5:-2]) if value.startswith("%CEL(") else None
            if terms is None:
                continue
            if header["key"] not in gone:
                raise Unreadable(f"the sum `{header['key']}` is the client's where it cannot be computed")
            gone.discard(header["key"])
            yield header["key"], tuple((self.signals[part][0].name, Fraction(factor)) for part, factor in terms)

    # ── The whole ─────────────────────────────────────────────────────────

    def policy(self) -> Policy:
        entries = list(_merged(self._entries()))
        asked = {name for e in entries for node in walk(e.when) for name in reads(node)}
        for header, text in self.absent.items():
            if self.added.get(header) != text and any(s.name in asked for s in self.signals[header]):
                raise Unreadable(f"the header `{header}` does not get its value where it is absent")
        signals = self._faults(entries)
        routes: dict[str, Route] = {}
        definitions: dict[str, Definition] = {}
        taken: list[tuple[_Entry, Condition]] = []
        for i, e in enumerate(entries):
            if e.obligations:
                taken.append((e, All((e.when, Not(Any(tuple(map(Named, definitions))))))))
            definitions[f"entry {i}"] = Definition(f"entry {i}", "let", e.when, self.span)
            if e.action is not None:
                when = None if e.when == All(()) else e.when
                routes[e.name] = Route(e.name, when, e.action, self.span, tier=i, labels=e.labels)
            elif i + 1 != len(entries) or e.when != All(()):
                raise Unreadable(f"the entry `{e.name}` leaves requests unrouted before the end")
        guards = self._obligations(taken)
        return Policy(
            name=self.origin.name,
            sources=(self.source,),
            signals=signals,
            groups={},
            definitions=definitions if guards else {},
            assumptions={},
            models=self.origin.models,
            sites=self.origin.sites,
            pools=self.origin.pools,
            routes=routes,
            guards=guards,
        )

    def _faults(self, entries: Sequence[_Entry]) -> dict[str, Signal]:
        """The signals, with `on_error deny` only where the file does deny: a policy denies such a failure by itself."""
        denied = {
            part.signal
            for e in entries
            if e.action is not None and e.action.kind == "deny"
            for part in (e.when.parts if isinstance(e.when, Any) else (e.when,))
            if isinstance(part, Failed)
        }
        return {
            name: replace(s, on_error=None) if s.on_error == "deny" and name not in denied else s
            for name, s in self.origin.signals.items()
        }

    def _obligations(self, taken: Sequence[tuple[_Entry, Condition]]) -> dict[str, Guard]:
        due: dict[tuple[str, str | None], list[Condition]] = {}
        for e, when in taken:
            for obligation in e.obligations:
                due.setdefault(obligation, []).append(when)
        found: dict[str, Guard] = {}
        for i, ((name, pool), conditions) in enumerate(due.items()):
            when = Any(tuple(conditions))
            condition = when if pool is None else All((when, equals(Attribute("pool"), pool)))
            rule = Obligation(name, condition, pool is not None, self.span)
            found[f"obligation {i}"] = Guard(f"obligation {i}", (rule,), self.span)
        return found

    # ── Entries ───────────────────────────────────────────────────────────

    def _entries(self) -> Iterator[_Entry]:
        for route in self.routes:
            match = _table(route, "match")
            if match.keys() - {"prefix", "headers"} or match["prefix"] != "/":
                raise Unreadable(f"the entry `{route['name']}` asks for more than headers")
            matchers: list[Json] = match.get("headers", [])
            parts = tuple(self._matcher(m) for m in matchers)
            when = parts[0] if len(parts) == 1 else All(parts)
            said = {
                h["header"]["key"]: h["header"]["value"].replace("%%", "%")
                for h in route.get("response_headers_to_add", [])
            }
            labels = {"route": Word(self.named(said["x-wrpc-route"]))} if "x-wrpc-route" in said else {}
            due = [h["header"]["value"].replace("%%", "%") for h in route.get("request_headers_to_add", [])]
            yield _Entry(str(route["name"]), when, self._action(route), _obligations(due), labels)

    def _action(self, route: Json) -> Action | None:
        if "direct_response" in route:
            answer = _table(route, "direct_response")
            if answer["status"] == 404:
                return None
            body = json.loads(answer["body"]["inline_string"])
            return Action("deny", reason=body["error"]["message"])
        action = _table(route, "route")
        alone: list[Json] = [{"name": action.get("cluster"), "weight": 1}]
        parts = alone if "cluster" in action else action["weighted_clusters"]["clusters"]
        total = sum(int(p["weight"]) for p in parts)
        chains = [self.chains[str(p["name"])] for p in parts]
        heads = tuple(dict.fromkeys(c[0] for c in chains))
        # One order of the same pools in each cluster: each of them stands in for the others.
        stand_in = len(heads) > 1 and all({*c[: len(heads)]} == {*heads} for c in chains)
        count = len(heads) if stand_in else 1
        behind = {c[count:] for c in chains}
        if len(behind) != 1 or (len(heads) < len(chains) and not stand_in):
            raise Unreadable(f"the entry `{route['name']}` has other fallbacks for each pool")
        retry: Json = action.get("retry_policy", {})
        (fallbacks,) = behind
        if "retry_priority" not in retry:
            stand_in, count, fallbacks = False, 1, ()
        found = [(c[:count], Fraction(int(p["weight"]), total)) for c, p in zip(chains, parts, strict=True)]
        weights = {head: sum((w for c, w in found if c[0] == head), Fraction(0)) for head in heads}
        if stand_in and (len(set(chains)) < len(chains) or any(w != _expected(c, weights) for c, w in found)):
            raise Unreadable(f"the entry `{route['name']}` tries its pools in other proportions than it chooses them")
        tries = int(retry.get("num_retries", 0)) + 1
        mirrors: list[Json] = action.get("request_mirror_policies", [])
        return Action(
            "to",
            shares=tuple(Share(head, weight) for head, weight in weights.items()),
            others=() if stand_in else None,
            fallbacks=tuple(FallbackEdge(pool) for pool in fallbacks),
            mirrors=tuple(MirrorEdge(self.chains[str(m["cluster"])][0], _share(m)) for m in mirrors),
            retries=tries // (len(fallbacks) + count) - 1 or None,
            timeout=_time(retry.get("per_try_timeout", action["timeout"])),
            budgets=tuple(self._limits(action.get("rate_limits", ()))),
            sticky=self._sticky(action),
        )

    def _sticky(self, action: Json) -> Sticky | None:
        hashed: list[Json] = action.get("hash_policy", [])
        if not hashed or not action.get("weighted_clusters", {}).get("use_hash_policy"):
            return None
        (by,) = hashed
        return Sticky(self.signals[str(by["header"]["header_name"])][0].name)

    def _limits(self, counted: Sequence[Json]) -> Iterator[Budget]:
        """What an entry counts its requests by; the key that is not the limit's own names a header."""
        told: dict[str, str | None] = {}
        for each in counted:
            limit, *rest = each["actions"]
            name = str(limit["generic_key"]["descriptor_value"])
            told.setdefault(name, None)
            for action in rest:
                if "request_headers" in action:
                    told[name] = self.signals[str(action["request_headers"]["header_name"])][0].name
        for name, per in told.items():
            bucket = self.buckets[name, per is not None]
            every = Fraction(str(bucket["fill_interval"]).removesuffix("s"))
            if bucket["max_tokens"] != bucket["tokens_per_fill"]:
                raise Unreadable(f"the bucket `{name}` fills more slowly than it is used up")
            yield Budget(Fraction(int(bucket["max_tokens"])), per, "requests", every)

    # ── Matchers ──────────────────────────────────────────────────────────

    def _matcher(self, m: Json) -> Condition:
        header = str(m["name"])
        if header in self.totals:
            return self._total(m, self.totals[header])
        signals = self.signals[header]
        kinds = m.keys() - {"name", "invert_match", "treat_missing_header_as_empty"}
        inverted, empty = bool(m.get("invert_match")), bool(m.get("treat_missing_header_as_empty"))
        # Signals that share a header are the same text, and each of them failed where it is absent.
        failed = Failed(signals[0].name)
        (kind,) = kinds
        if kind == "present_match":
            return failed if bool(m["present_match"]) == inverted else Not(failed)
        signal = self._read_as(signals, m, kind)
        matches, on_empty = value(signal, kind, m[kind])
        there = All((Not(failed), Not(matches) if inverted else matches))
        return Any((there, failed)) if empty and on_empty != inverted else there

    @staticmethod
    def _total(m: Json, terms: tuple[tuple[str, Fraction], ...]) -> Condition:
        """What is asked of a sum; there is none where a part of it failed."""
        (kind,) = m.keys() - {"name", "invert_match"}
        within = whole(kind, m[kind])
        total = Linear(Fraction(0), tuple((factor, Raw(name)) for name, factor in terms))
        asked = Within(total, complement(within) if m.get("invert_match") else within)
        return All((*(Not(Failed(name)) for name, _ in terms), asked))

    @staticmethod
    def _read_as(signals: Sequence[Signal], m: Json, kind: str) -> Signal:
        for signal in signals:
            try:
                value(signal, kind, m[kind])
            except Unreadable:
                continue
            return signal
        raise Unreadable(f"a matcher of `{m['name']}` that no value of `{signals[0].name}` is held against: {m[kind]}")


# ── Pieces ────────────────────────────────────────────────────────────────


def _table(value: Json, key: str) -> Json:
    found = value[key]
    if not isinstance(found, dict):
        raise Unreadable(f"`{key}` is no table")
    return found


def _behind_the_mark(routes: list[Json]) -> list[Json]:
    """The table without the mark of the service that sets the signals: every entry has to ask for it, but for the last,
    which refuses what is left. That a signal failed is no reason for either."""
    *table, last = routes
    mark = {"name": headers.MARKER, "present_match": True}
    found: list[Json] = []
    for route in table:
        match = _table(route, "match")
        asked: list[Json] = match.get("headers", [])
        if mark not in asked:
            raise Unreadable(f"the entry `{route['name']}` decides on what the signal service has not answered")
        found.append({**route, "match": {**match, "headers": [m for m in asked if m != mark]}})
    if _table(last, "match") != {"prefix": "/"} or _table(last, "direct_response")["status"] != 503:
        raise Unreadable("what the signal service has not answered is not refused at the end")
    return found


def _buckets(filters: Sequence[Json]) -> Iterator[tuple[tuple[str, bool], Json]]:
    """By the name of a limit, and whether each value of a signal has its own."""
    for each in filters:
        if each["name"] == COUNTING:
            config = each["typed_config"]
            for word in ("filter_enabled", "filter_enforced"):
                if config[word]["default_value"] != {"numerator": 100, "denominator": "HUNDRED"}:
                    raise Unreadable("requests are counted only at times")
            for descriptor in config["descriptors"]:
                limit, *values = descriptor["entries"]
                if all("value" not in v for v in values):
                    yield (str(limit["value"]), bool(values)), descriptor["token_bucket"]


def _chain(cluster: Json) -> tuple[str, ...]:
    """The pools of a cluster, by priority, as headers name them."""
    found: dict[int, str] = {}
    for group in cluster["load_assignment"]["endpoints"]:
        (endpoint,) = group["lb_endpoints"]
        found[group.get("priority", 0)] = endpoint["metadata"]["filter_metadata"].get("wrpc", {}).get("pool", "")
    if sorted(found) != list(range(len(found))):
        raise Unreadable(f"the priorities of `{cluster['name']}` have gaps")
    return tuple(found[i] for i in range(len(found)))


def _expected(order: Sequence[str], weights: Mapping[str, Fraction]) -> Fraction:
    """For which part of the requests pools are tried in this order, each chosen by its weight among those left."""
    part, left = Fraction(1), list(order)
    while left:
        total = sum((weights[p] for p in left), Fraction(0))
        part *= weights[left[0]] / total if total else Fraction(1, len(left))
        left.pop(0)
    return part


def _obligations(texts: Sequence[str]) -> tuple[tuple[str, str | None], ...]:
    found: list[tuple[str, str | None]] = []
    for part in (p for text in texts for p in text.split(", ")):
        name, _, pool = part.partition(";pool=")
        found.append((unquote(name), unquote(pool) or None))
    return tuple(found)


def _share(mirror: Json) -> Fraction:
    percent = mirror["runtime_fraction"]["default_value"]
    return Fraction(
        percent["numerator"], {"HUNDRED": 100, "TEN_THOUSAND": 10_000, "MILLION": 1_000_000}[percent["denominator"]]
    )


def _time(text: object) -> Fraction | None:
    time = Fraction(str(text).removesuffix("s"))
    return time or None


def _merged(entries: Iterator[_Entry]) -> Iterator[_Entry]:
    """Neighbours that do the same as one entry: which of them matches makes no difference."""
    last: _Entry | None = None
    for e in entries:
        if last is not None and (last.action, last.obligations, last.labels) == (e.action, e.obligations, e.labels):
            parts = last.when.parts if isinstance(last.when, Any) and last.when.span is None else (last.when,)
            last = replace(last, when=Any((*parts, e.when)))
            continue
        if last is not None:
            yield last
        last = e
    if last is not None:
        yield last


def _early(manager: Json) -> Iterator[Json]:
    for extension in manager.get("early_header_mutation_extensions", ()):
        yield from extension["typed_config"]["mutations"]


def _added(manager: Json) -> Iterator[tuple[str, str]]:
    """What the listener gives a header that is absent, before anything else reads it."""
    for mutation in _early(manager):
        appended = mutation.get("append", {})
        header = appended.get("header", {})
        if appended.get("append_action") == "ADD_IF_ABSENT" and (header["value"] or appended["keep_empty_value"]):
            yield header["key"], header["value"].replace("%%", "%")
