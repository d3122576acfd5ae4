"""The router's own settings in the `target vllm_sr` block, which nothing in the language says.

`settings` has bundles by name, and a route names one: `labels { settings NAME }`. A bundle stands in the decision
beside what is made of the route; where both say something, the route counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from wrpc.diagnostics import Diagnostic, did_you_mean, finding
from wrpc.policy.model import Amount, Env, Value, Word, plan
from wrpc.source import Span
from wrpc.targets.codes import NOT_CARRIED, UNEMITTABLE, UNKNOWN_SETTING, UNSEEN_POOL
from wrpc.targets.gateway.branches import Branch, Outcome, Send, Settled
from wrpc.targets.target import Options
from wrpc.targets.vllm_sr.kinds import Entry, texts

LABEL = "settings"
# What a decision has beside its rules and models, and what `routing` has beside its decisions.
PARTS = ("algorithm", "adaptations", "plugins", "emits", "output_contract", "output_contract_spec", "annotations")
ROUTING = ("candidate_requirements", "data_policy", "model_bindings")
BY_NAME = ("plugins", "emits")
SHADOW = "shadow_dispatch"
WORDS: Mapping[str, object] = {"true": True, "false": False, "null": None}
# Algorithms that do not go without settings.
REQUIRED: dict[str, Entry] = {"latency_aware": {"latency_aware": {"tpot_percentile": 95, "ttft_percentile": 95}}}


class Unsayable(Exception):
    """A value that YAML does not have; the message says which."""


@dataclass(slots=True)
class Bundles:
    """What the block says, and the findings about it."""

    routing: Entry = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    named: dict[str, Entry] = field(default_factory=dict)

    def of(self, route: Branch) -> Entry:
        """The bundle that a route names; empty where it names none."""
        return self.named.get(_name(route) or "", {})


def bundles(settled: Settled, options: Options) -> Bundles:
    """The bundles of a policy; those that no route names and names without a bundle are findings."""
    made = Bundles()
    policy = settled.policy
    at = policy.at
    for key in ROUTING:
        if key in options.settings:
            _take(made.routing, key, options.settings[key], options.spans.get(key, at), made.found)
    where = options.spans.get(LABEL, at)
    given = options.settings.get(LABEL, {})
    named = given if isinstance(given, Mapping) else {}
    made.named = {n: _bundle(n, bundle, where, made.found) for n, bundle in named.items()}
    routes = list(settled.answering)
    asked = {route.name: name for route in routes if (name := _name(route)) is not None}
    for route in routes:
        name = asked.get(route.name)
        if name is not None and name not in named:
            message = f"route `{route.name}` has the settings `{name}`, and `target vllm_sr` no such bundle"
            hint = (
                did_you_mean(name, named) or f"say what they are: `target vllm_sr {{ settings {{ {name} {{ … }} }} }}`"
            )
            subjects = [f"route {route.name}"]
            made.found.append(finding(UNEMITTABLE, message, route.span, help=hint, subjects=subjects))
    for unused in named:
        if unused not in asked.values():
            message = f"no route has the settings `{unused}` of `target vllm_sr`"
            hint = f"name them in a route, `labels {{ settings {unused} }}`, or take them out"
            made.found.append(finding(UNKNOWN_SETTING, message, where, severity="warning", help=hint))
    return made


def _name(route: Branch) -> str | None:
    return next(iter(texts(route.labels.get(LABEL, ()))), None)


def _bundle(name: str, bundle: Value, at: Span, found: list[Diagnostic]) -> Entry:
    made: Entry = {}
    if not isinstance(bundle, Mapping):
        message = f"the settings `{name}` of `vllm-sr` are no block"
        found.append(finding(UNKNOWN_SETTING, message, at, help=f"write `{name} {{ algorithm {{ … }} }}`"))
        return made
    for part, value in bundle.items():
        if part not in PARTS:
            message = f"the settings `{name}` of `vllm-sr` have no `{part}`"
            known = ", ".join(f"`{p}`" for p in PARTS)
            hint = did_you_mean(part, PARTS) or f"known: {known}"
            found.append(finding(UNKNOWN_SETTING, message, at, help=hint))
        elif part != "output_contract" and not isinstance(value, Mapping):
            message = f"`{part}` in the settings `{name}` of `vllm-sr` takes a block"
            found.append(finding(UNKNOWN_SETTING, message, at))
        else:
            _take(made, part, value, at, found)
    return made


def _take(made: Entry, key: str, value: Value, at: Span, found: list[Diagnostic]) -> None:
    try:
        made[key] = plain(value)
    except Unsayable as what:
        message = f"`{key}` of `vllm-sr` has {what}, which its file cannot hold"
        found.append(
            finding(UNKNOWN_SETTING, message, at, help="write text, a plain number, a word, a list or a block")
        )


def plain(value: Value) -> object:
    """A value as YAML has it: a word is text, but for `true`, `false` and `null`."""
    match value:
        case Word(text):
            return WORDS.get(text, text)
        case str():
            return value
        case Amount(number, ""):
            return number
        case Env(name):
            return f"${{{name}}}"
        case tuple():
            return [plain(item) for item in value]
        case Mapping():
            return {key: plain(item) for key, item in value.items()}
        case Amount(_, dimension):
            raise Unsayable(f"a number in {dimension}")
        case _:
            raise Unsayable("a call or a range")


# ── Beside what is made of a route ────────────────────────────────────────


def completed(
    decision: Entry, bundle: Entry, route: Branch, outcome: Outcome, pools: Collection[str]
) -> tuple[Entry, list[Diagnostic]]:
    """What a decision does together with a bundle, and what of that finds no place."""
    made = dict(decision)
    bundle = _seen(bundle, outcome)
    found = [*_strangers(bundle, route, outcome, pools)]
    algorithm = joined(made.get("algorithm"), bundle.get("algorithm"))
    if "type" in algorithm:
        required = REQUIRED.get(str(algorithm["type"]), {})
        made["algorithm"] = {**algorithm, **{k: v for k, v in required.items() if k not in algorithm}}
    elif algorithm and isinstance(outcome, Send) and not _chooses(outcome):
        message = f"`vllm-sr` does not carry the settings of an algorithm for route `{route.name}`: it names none"
        hint = "say which: `select multi_factor`"
        subjects = [f"route {route.name}"]
        found.append(finding(NOT_CARRIED, message, route.span, help=hint, subjects=subjects))
    if plugins := _plugins(made.get("plugins"), bundle.get("plugins")):
        made["plugins"] = plugins
    if emits := _emits(made.get("emits"), bundle.get("emits")):
        made["emits"] = emits
    made |= {part: bundle[part] for part in PARTS if part in bundle and part not in (*BY_NAME, "algorithm")}
    # In the order in which the router's own files have them.
    return {k: made[k] for k in sorted(made, key=_rank)}, found


def _seen(bundle: Entry, outcome: Outcome) -> Entry:
    """What a bundle says of a mirror goes with the mirror, where a guard takes that away."""
    plugins = bundle.get("plugins")
    shadow = plugins.get(SHADOW) if isinstance(plugins, Mapping) else None
    if not isinstance(plugins, Mapping) or not isinstance(shadow, Mapping) or "model" in shadow:
        return bundle
    if isinstance(outcome, Send) and outcome.action.mirrors:
        return bundle
    return {**bundle, "plugins": {k: v for k, v in plugins.items() if k != SHADOW}}


def _strangers(bundle: Entry, route: Branch, outcome: Outcome, pools: Collection[str]) -> Iterator[Diagnostic]:
    """Pools that a bundle names and the plan does not have: guards know nothing of them."""
    planned = {p.pool for p in plan(outcome.action)} if isinstance(outcome, Send) else set()
    for pool in dict.fromkeys(w for w in _words(bundle) if w in pools and w not in planned):
        message = f"the settings of route `{route.name}` name pool `{pool}`, which its plan does not have"
        hint = "say it in the route, where guards see it, or take it out of the settings"
        subjects = [f"route {route.name}", f"pool {pool}"]
        yield finding(UNSEEN_POOL, message, route.span, help=hint, subjects=subjects)


def _words(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _words(item)
        case Mapping():
            for item in value.values():
                yield from _words(item)
        case _:
            pass


def _chooses(found: Send) -> bool:
    return found.action.select not in (None, "weighted") or len(found.action.steps) > 1


def _rank(key: str) -> int:
    return PARTS.index(key) if key in PARTS else -1


def joined(own: object, kept: object) -> Entry:
    """Both mappings, those inside them too; of what both say, what the route says."""
    made: Entry = dict(own) if isinstance(own, Mapping) else {}
    for key, value in kept.items() if isinstance(kept, Mapping) else ():
        if key not in made:
            made[key] = value
        elif isinstance(made[key], Mapping) and isinstance(value, Mapping):
            made[key] = joined(made[key], value)
    return made


def _plugins(own: object, kept: object) -> list[Entry]:
    """Each type once, in the order of the bundle, behind those that the route alone makes."""
    said: dict[str, Entry] = {str(p["type"]): p for p in own} if isinstance(own, list) else {}
    more: Mapping[str, object] = kept if isinstance(kept, Mapping) else {}
    made = [plugin for kind, plugin in said.items() if kind not in more]
    for kind, settings in more.items():
        configuration = joined(said.get(kind, {}).get("configuration"), settings)
        made.append({"type": kind, "configuration": configuration})
    return made


def _emits(own: object, kept: object) -> list[Entry]:
    said: dict[str, Entry] = {str(e["kind"]): e for e in own} if isinstance(own, list) else {}
    more: Mapping[str, object] = kept if isinstance(kept, Mapping) else {}
    kinds = dict.fromkeys([*said, *more])
    return [{"kind": kind, kind: joined(said.get(kind, {}).get(kind), more.get(kind))} for kind in kinds]
