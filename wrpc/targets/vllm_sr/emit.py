"""A policy as one `config.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wrpc.decide.request import show_number
from wrpc.diagnostics import Diagnostic, finding
from wrpc.policy.model import Policy, Pool, Score, Value
from wrpc.source import Span
from wrpc.targets import writing
from wrpc.targets.codes import APPROXIMATED, NOT_CARRIED, UNEMITTABLE
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.target import Artifact, Emitted, Entry, Options
from wrpc.targets.vllm_sr import models
from wrpc.targets.vllm_sr.bundles import bundles, joined
from wrpc.targets.vllm_sr.conditions import Rules, cannot
from wrpc.targets.vllm_sr.decisions import Decisions
from wrpc.targets.vllm_sr.kinds import Entry as Content
from wrpc.targets.vllm_sr.kinds import Rule, described, texts
from wrpc.targets.vllm_sr.made import Made

PATH = "config.yaml"
VERSION = "v0.3"
LISTEN = "0.0.0.0:8899"
STRATEGIES = {
    ("priority",): "priority",
    ("priority", "confidence"): "priority",
    ("priority", "confidence", "name"): "priority",
    ("priority", "name"): "priority",
    ("confidence", "priority"): "confidence",
    ("confidence", "priority", "name"): "confidence",
}
# In the order in which the router's own files list them.
SECTIONS = (
    "keywords", "embeddings", "domains", "fact_check", "user_feedbacks", "reasks", "preferences", "language",
    "context", "structure", "complexity", "modality", "role_bindings", "jailbreak", "safety", "pii", "kb",
    "conversation", "events", "metadata", "classifiers", "input_modality",
)  # fmt: skip
# Kinds whose signals exclude each other by what they are.
EXCLUSIVE = ("domain", "language", "user_feedback", "fact_check", "reask", "modality", "kb", "complexity")
HALF = Fraction(1, 2)


def emit(settled: Settled, options: Options) -> Emitted:
    policy, made = settled.policy, Made()
    kept = bundles(settled, options)
    decisions = Decisions(settled, Rules(policy, made), kept)
    decisions.make()
    found = [*kept.found, *made.found, *decisions.found]
    header = policy.at
    strategy = STRATEGIES.get(policy.resolve)
    if strategy is None:
        why = f"it ranks by priority or by confidence first, not by {', '.join(policy.resolve)}"
        found.append(cannot("this `resolve`", why, header, f"policy {policy.name}"))
    partitions = _partitions(policy, made, found)
    settings, listeners = _global(policy, made, found), [_listener(options, header, found)]
    routing = _routing(policy, made, decisions, partitions, strategy or "priority")
    default, endpoints = decisions.default, _endpoints(options.settings)
    for pool in served(policy):
        if pool.endpoint is None and pool.provider is None and pool.name not in endpoints:
            message = f"`vllm-sr` looks for pool `{pool.name}` at `{models.unaddressed(pool)}`: its address is unknown"
            setting = f'say so: `target vllm_sr {{ endpoints {{ {pool.name} "host:port" }} }}`'
            subject = f"pool {pool.name}"
            found.append(finding(APPROXIMATED, message, pool.span, subjects=[subject], help=setting))
        if pool.api is not None and pool.api not in models.APIS:
            message = f"`vllm-sr` does not carry the api of pool `{pool.name}`: it speaks OpenAI's and Anthropic's"
            found.append(finding(NOT_CARRIED, message, pool.span, subjects=[f"pool {pool.name}"]))
    ratings = models.ratings(served(policy), policy)
    for model in policy.models.values():
        if model.quality is not None and model.quality > 1:
            shown = show_number(model.quality)
            message = (
                f"`vllm-sr` does not carry the quality of model `{model.name}`: a rating is at most 1, not {shown}"
            )
            found.append(finding(NOT_CARRIED, message, model.span, subjects=[f"model {model.name}"]))
    content: Content = {
        "version": VERSION,
        "listeners": listeners,
        "providers": models.providers(served(policy), default, endpoints),
        **({"evaluation": {"records": ratings}} if ratings else {}),
        "routing": routing,
    }
    if settings:
        content["global"] = settings
    head = f"{policy.name}, for vllm-sr 0.4. Compiled by wrpc: change the policy, not this file."
    artifact = Artifact(PATH, writing.yaml(content, [head], indented=True), _entries(policy, made, decisions, routing))
    return Emitted((artifact,), tuple(found), settled.requiring)


def _routing(policy: Policy, made: Made, decisions: Decisions, partitions: list[Content], strategy: str) -> Content:
    kept = decisions.bundles.routing
    routing: Content = {"strategy": strategy, **{k: v for k, v in kept.items() if k != "model_bindings"}}
    routing["modelCards"] = models.cards(served(policy), policy)
    entries = decisions.rules.ordered()
    signals = {s: entries[s] for s in SECTIONS if entries.get(s)}
    if signals:
        routing["signals"] = signals
    projections: Content = {}
    if partitions:
        projections["partitions"] = partitions
    if made.scores:
        projections["scores"] = [*made.scores.values()]
    if made.mappings:
        projections["mappings"] = [*made.mappings.values()]
    if projections:
        routing["projections"] = projections
    if bindings := joined(made.bindings, kept.get("model_bindings")):
        routing["model_bindings"] = bindings
    routing["decisions"] = decisions.entries
    return routing


# ── Groups ────────────────────────────────────────────────────────────────


def _partitions(policy: Policy, made: Made, found: list[Diagnostic]) -> list[Content]:
    """Groups with a default are partitions, others the router's own business, or nobody's."""
    partitions: list[Content] = []
    writer = Rules(policy, made)
    for group in policy.groups.values():
        rules = [described(policy.signals[m]) for m in group.members]
        kinds = {r.kind for r in rules if isinstance(r, Rule)}
        names = [r.name or m for r, m in zip(rules, group.members, strict=True) if isinstance(r, Rule)]
        used = any(n in entries for entries in made.signals.values() for n in names)
        if not used:
            continue
        whole = len(kinds) == 1 and len(names) == len(group.members)
        if whole:
            # One member settles the others, so that all of them have to be known.
            for member, rule in zip(group.members, rules, strict=True):
                if isinstance(rule, Rule):
                    writer.rule(policy.signals[member], rule)
        if group.default is not None and whole and kinds <= {"domain", "embedding"}:
            default = names[group.members.index(group.default)]
            partitions.append({"name": group.name, "semantics": "exclusive", "members": names, "default": default})
        elif group.default is not None or not whole or not kinds <= set(EXCLUSIVE):
            message = f"`vllm-sr` does not carry group `{group.name}`: it keeps no such signals apart"
            subject = f"group {group.name}"
            found.append(finding(NOT_CARRIED, message, group.span, severity="error", subjects=[subject]))
    return partitions


def served(policy: Policy) -> list[Pool]:
    """The pools that are models of the router; one alone that says nothing stands for whatever a deployment has."""
    pools = list(policy.pools.values())
    only = pools[0] if len(pools) == 1 else None
    if only is not None and only.model is None and only.endpoint is None and only.provider is None:
        return []
    return pools


# ── Around the routing ────────────────────────────────────────────────────


def _global(policy: Policy, made: Made, found: list[Diagnostic]) -> Content:
    """The one threshold of the domain classifier, where it is not the default."""
    names = made.signals.get("domains", {})
    thresholds: dict[Fraction, Span] = {}
    for signal in policy.signals.values():
        rule = described(signal)
        if isinstance(rule, Rule) and rule.kind == "domain" and (rule.name or signal.name) in names:
            threshold = signal.type.threshold if isinstance(signal.type, Score) else None
            thresholds.setdefault(HALF if threshold is None else threshold, signal.span)
    if len(thresholds) > 1:
        why = "all domains have one threshold"
        found.append(cannot("these thresholds", why, [*thresholds.values()][1], f"policy {policy.name}"))
    threshold = next(iter(thresholds), HALF)
    if threshold == HALF:
        return {}
    return {"model_catalog": {"modules": {"classifier": {"domain": {"threshold": threshold}}}}}


def _listener(options: Options, header: Span, found: list[Diagnostic]) -> Content:
    listen = (texts(options.settings.get("listen", ())) or [LISTEN])[0]
    address, _, port = listen.rpartition(":")
    number = int(port) if port.isascii() and port.isdecimal() and len(port) < 6 else 0
    if not 0 < number < 65_536:
        message = f"`listen` is `{listen}`, which names no port to listen on"
        at = options.spans.get("listen", header)
        found.append(finding(UNEMITTABLE, message, at, help=f'an address and a port: `listen "{LISTEN}"`'))
    entry: Content = {
        "name": f"http-{number}",
        "address": address or LISTEN.partition(":")[0],
        "port": number,
    }
    if timeout := texts(options.settings.get("timeout", ())):
        entry["timeout"] = timeout[0]
    return entry


def _endpoints(settings: Mapping[str, Value]) -> dict[str, str]:
    given = settings.get("endpoints")
    if not isinstance(given, Mapping):
        return {}
    return {pool: said[0] for pool, value in given.items() if (said := texts(value))}


# ── The source map ────────────────────────────────────────────────────────


def _entries(policy: Policy, made: Made, decisions: Decisions, routing: Content) -> tuple[Entry, ...]:
    found = [Entry(f"/routing/decisions/{i}", at) for i, at in enumerate(decisions.spans)]
    for section, entries in decisions.rules.ordered().items():
        for index, name in enumerate(str(e["name"]) for e in entries):
            if (section, name) in made.spans:
                found.append(Entry(f"/routing/signals/{section}/{index}", made.spans[section, name]))
    for section, names in (("scores", made.scores), ("mappings", made.mappings)):
        for index, name in enumerate(names):
            if (section, name) in made.spans:
                found.append(Entry(f"/routing/projections/{section}/{index}", made.spans[section, name]))
    for index, pool in enumerate(served(policy)):
        found.append(Entry(f"/providers/models/{index}", pool.span))
        found.append(Entry(f"/routing/modelCards/{index}", pool.span))
    return tuple(found) if routing else ()
