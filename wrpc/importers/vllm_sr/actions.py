"""What a decision does: its models, its algorithm, its plugins and emits, as clauses of a route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.diagnostics import finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.nodes import bool_of, entries_of, int_of, keys_of, line, number_of, place, text_of, texts_of
from wrpc.importers.sketch import attribute, compare, name, number, path, text, value, word
from wrpc.importers.vllm_sr.catalog import Catalog
from wrpc.importers.vllm_sr.kept import LABEL, Kept, rest
from wrpc.importers.vllm_sr.pools import Pools
from wrpc.importers.vllm_sr.scopes import Scopes
from wrpc.source import Span
from wrpc.syntax import tree

# Who answers does not depend on these, so that the router's own word for them is kept as it is.
KEPT = ("adaptations", "output_contract", "output_contract_spec", "annotations")
CONFIDENCE = Fraction(7, 10)


@dataclass(slots=True)
class Action:
    """The clauses of one route in the making; `settings` is what it has no clause for."""

    decision: Keys
    pools: Pools
    kept: Kept
    scopes: Scopes
    clauses: list[tree.Item] = field(default_factory=list)
    extras: list[tree.Item] = field(default_factory=list)
    settings: list[tree.Attribute] = field(default_factory=list)

    @property
    def catalog(self) -> Catalog:
        return self.pools.catalog

    @property
    def own(self) -> str:
        return text_of(self.decision, "name") or ""


def read(decision: Keys, pools: Pools, kept: Kept, scopes: Scopes, route: str) -> list[tree.Item]:
    """The clauses in the order in which people read them: who answers, then how."""
    action = Action(decision, pools, kept, scopes)
    at = line(decision.span)
    plugins = _plugins(action)
    denies = any(isinstance(clause, tree.Deny) for clause in action.clauses)
    if denies:
        # An answer without a model has no tools and no cache that could matter: what they say stays the router's.
        action.extras.clear()
        _keep(action, "algorithm", keys_of(decision, "algorithm"), ())
    else:
        _models(action)
    _keep_plugins(action, plugins, denies=denies)
    _emits(action, denies=denies)
    for key in KEPT:
        if (node := decision.get(key)) is not None:
            action.settings += kept.part(key, node, f"`{key}` of decision `{action.own}`", decision.key(key))
    for key in ("action", "candidateIterations"):
        if decision.get(key) is not None:
            action.catalog.report.omit(f"`{key}` of decision `{action.own}`", decision.key(key))
    order = list(decision)
    bundle = kept.bundle(route, sorted(action.settings, key=lambda part: order.index(part.name.text)), at)
    labels = [] if bundle is None else [attribute("labels", {LABEL: word(bundle, at)}, at)]
    return [*action.clauses, *action.extras, *labels]


# ── Models ────────────────────────────────────────────────────────────────


def _models(action: Action) -> None:
    at = action.decision.key("modelRefs")
    refs = entries_of(action.decision, "modelRefs")
    algorithm = keys_of(action.decision, "algorithm")
    chosen = text_of(algorithm, "type") if algorithm else None
    if not refs:
        _nowhere(action)
        _select(action, chosen, algorithm)
        return
    found: list[tuple[str, Span, Fraction | None]] = []
    for ref in refs:
        given = _ref(action, ref)
        if given is not None and all(given != pool for pool, _, _ in found):
            found.append((given, place(ref, "model"), number_of(ref, "weight")))
    _reasoning(action, refs)
    if not found:
        action.clauses.append(tree.To(at, ()))
        return
    steps = [pool for pool, _, _ in found]
    if chosen == "confidence" and len(found) > 1 and algorithm is not None and _cascade(action, steps, algorithm):
        return
    weighted = all(weight for _, _, weight in found) and len(found) > 1
    if not weighted and any(weight for _, _, weight in found) and len(found) > 1:
        action.catalog.report.omit(f"the weights of decision `{action.own}`", at, why="not every model has one")
    destinations = tuple(
        tree.Destination(where, name(pool, where), number(weight, where) if weighted and weight else None)
        for pool, where, weight in found
    )
    action.clauses.append(tree.To(at, destinations))
    if chosen is not None or (len(found) > 1 and not weighted):
        _select(action, chosen or "static", algorithm)


def _nowhere(action: Action) -> None:
    """A decision without models: the router takes the default model, where there is one."""
    at, default = line(action.decision.span), action.pools.default
    if default is None:
        if action.decision.get("modelRefs") is None and len(action.pools.pools) > 1:
            message = f"decision `{action.own}` names no model, so it may take any of them"
            action.catalog.report.add(finding(codes.NO_MODELS, message, place(action.decision, "name")))
        action.clauses.append(tree.To(at, ()))
        return
    written = "has an empty `modelRefs`" if "modelRefs" in action.decision else "names no model"
    message = f"decision `{action.own}` {written}, so the default model `{action.pools.default_model}` answers"
    hint = "name the models that may answer, or refuse with a `fast_response` plugin"
    where = action.decision.key("modelRefs") if "modelRefs" in action.decision else place(action.decision, "name")
    action.catalog.report.add(finding(codes.NO_MODELS, message, line(where), help=hint))
    action.clauses.append(tree.To(at, (tree.Destination(at, name(default[0], at), None),)))


def _ref(action: Action, ref: Keys) -> str | None:
    model = text_of(ref, "model")
    given = action.pools.pool(model, place(ref, "model"), f"decision `{action.own}`") if model is not None else None
    if given is not None and any(i is not ref and text_of(i, "model") == model for i in _earlier(action, ref)):
        message = f"decision `{action.own}` names the model `{model}` twice"
        action.catalog.report.add(finding(codes.DUPLICATE_NAME, message, place(ref, "model")))
    if text_of(ref, "lora_name"):
        action.catalog.report.omit(f"`lora_name` of decision `{action.own}`", place(ref, "lora_name"))
    for key in ("reasoning_mode", "reasoning_description"):
        if ref.get(key) is not None:
            action.catalog.report.omit(f"`{key}` of decision `{action.own}`", ref.key(key), severity="info")
    return given


def _earlier(action: Action, ref: Keys) -> list[Keys]:
    refs = entries_of(action.decision, "modelRefs")
    return [other for other in refs if other.span.start < ref.span.start]


def _reasoning(action: Action, refs: tuple[Keys, ...]) -> None:
    """One level a route: the first model's, with a note where another has its own."""
    levels = [_level(ref, action.pools.effort) for ref in refs]
    if levels[0] is not None:
        at = place(refs[0], "use_reasoning")
        action.extras.append(attribute("reasoning", word(levels[0], at), at))
    if any(level != levels[0] for level in levels):
        at = next(place(r, "use_reasoning") for r, level in zip(refs, levels, strict=True) if level != levels[0])
        why = "a route has one, and here it is the first model's"
        action.catalog.report.omit(f"a second reasoning level of decision `{action.own}`", at, why=why)


def _level(ref: Keys, effort: str | None) -> str | None:
    wanted = bool_of(ref, "use_reasoning")
    # A level is a name in the policy, which has one line.
    own, usual = (" ".join((said or "").split()) for said in (text_of(ref, "reasoning_effort"), effort))
    if wanted is None:
        return own or None
    return (own or usual or "on") if wanted else "off"


def _select(action: Action, chosen: str | None, algorithm: Keys | None) -> None:
    if chosen is None:
        return
    at = action.decision.key("algorithm")
    action.clauses.append(attribute("select", word(chosen, at), at))
    _keep(action, "algorithm", algorithm, ("type",))


def _keep(action: Action, key: str, settings: Keys | None, said: tuple[str, ...]) -> None:
    """What is left of a mapping of the decision when `said` is in the route's clauses."""
    left = rest(settings, said) if settings is not None else None
    if left is not None and left.pairs:
        what = f"the settings of `{key}` of decision `{action.own}`"
        action.settings += action.kept.part(key, left, what, action.decision.key(key))


def _cascade(action: Action, pools: list[str], algorithm: Keys) -> bool:
    """`confidence` asks one model after the other; as a cascade only where the order is the file's."""
    settings = keys_of(algorithm, "confidence")
    at = action.decision.key("algorithm")
    order = text_of(settings, "escalation_order") if settings else None
    if order != "declared":
        why = f"it goes by `{order or 'size'}`, and a cascade has a fixed order"
        action.catalog.report.omit(f"the escalation of decision `{action.own}`", at, why=why)
        return False
    threshold = (number_of(settings, "threshold") if settings else None) or CONFIDENCE
    escalate = compare(path("confidence", at), "<", number(threshold, at), at)
    action.clauses.append(tree.Cascade(at, tuple(name(p, at) for p in pools), escalate))
    _keep(action, "algorithm", algorithm, ("type", "confidence.escalation_order", "confidence.threshold"))
    return True


# ── Plugins ───────────────────────────────────────────────────────────────


Said = tuple[str, ...]
"""The keys of a mapping that the clauses of a route say."""


def _plugins(action: Action) -> list[tuple[Keys, Said]]:
    """Each plugin, its type once, and what the clauses that are made of it say."""
    seen: set[str] = set()
    found: list[tuple[Keys, Said]] = []
    for plugin in entries_of(action.decision, "plugins"):
        kind, at = text_of(plugin, "type"), place(plugin, "type")
        if kind is None:
            continue
        if kind in seen:
            message = f"decision `{action.own}` has two plugins of type `{kind}`"
            action.catalog.report.add(finding(codes.DUPLICATE_NAME, message, at))
            continue
        seen.add(kind)
        configuration = keys_of(plugin, "configuration") or Keys({}, plugin.span)
        reader = PLUGINS.get(kind) if bool_of(configuration, "enabled") is not False else None
        found.append((plugin, reader(action, configuration, at) if reader is not None else ()))
    return found


def _keep_plugins(action: Action, plugins: list[tuple[Keys, Said]], *, denies: bool) -> None:
    """Each configuration by the type of its plugin."""
    parts: list[tree.Attribute] = []
    for plugin, said in plugins:
        kind, at = text_of(plugin, "type") or "", place(plugin, "type")
        told = () if denies and kind != "fast_response" else said
        left = rest(keys_of(plugin, "configuration") or Keys({}, plugin.span), told)
        if left.pairs or not told:
            parts += action.kept.part(kind, left, f"plugin `{kind}` of decision `{action.own}`", at)
    if parts:
        at = line(action.decision.key("plugins"))
        action.settings.append(attribute("plugins", tree.Block(at, tuple(parts)), at))


def _tools(action: Action, settings: Keys, at: Span) -> Said:
    mode = text_of(settings, "mode")
    if mode == "none":
        action.extras.append(attribute("tools", word("none", at), at))
        return ("enabled", "mode")
    if mode == "filtered" and (allowed := texts_of(settings, "allow_tools")):
        action.extras.append(attribute("tools", value(allowed, place(settings, "allow_tools")), at))
        return ("enabled", "mode", "allow_tools")
    return ()


def _response_cache(action: Action, settings: Keys, at: Span) -> Said:
    semantic = keys_of(settings, "semantic")
    similarity = number_of(settings, "similarity_threshold")
    similarity = number_of(semantic, "similarity_threshold") if similarity is None and semantic else similarity
    ttl = int_of(settings, "ttl_seconds")
    parts = []
    if similarity is not None:
        parts.append(attribute("similarity", number(similarity * 100, at, "%"), at))
    if ttl is not None:
        parts.append(attribute("ttl", number(ttl, at, "s"), at))
    # One that answers without a model has no use for it.
    if (
        not _denies(action)
        and (scope := action.scopes.signal(text_of(settings, "scope"), place(settings, "scope"))) is not None
    ):
        parts.append(attribute("scope", word(scope, at), at))
    action.extras.append(attribute("cache", tree.Block(at, tuple(parts)), at))
    return ("enabled", "similarity_threshold", "semantic.similarity_threshold", "ttl_seconds", "scope")


def _denies(action: Action) -> bool:
    plugins = [p for p in entries_of(action.decision, "plugins") if text_of(p, "type") == "fast_response"]
    return any(bool_of(keys_of(p, "configuration") or p, "enabled") is not False for p in plugins)


def _fast_response(action: Action, settings: Keys, at: Span) -> Said:
    """An answer without a model: a denial, with its message."""
    message = text_of(settings, "message")
    if message is None:
        text_ = f"the fast response of decision `{action.own}` has no `message`"
        action.catalog.report.add(finding(codes.MISSING_KEY, text_, at))
    action.clauses.append(tree.Deny(at, text(message or "no message", at), None))
    return ("message",)


def _compression(action: Action, settings: Keys, at: Span) -> Said:
    budget = keys_of(settings, "budget")
    target = number_of(budget, "target_tokens") if budget else None
    if target is None or target < 1 or target.denominator != 1:
        return ()
    action.extras.append(attribute("compress", number(target, at), at))
    return ("enabled", "budget.target_tokens")


def _shadow(action: Action, settings: Keys, at: Span) -> Said:
    model = text_of(settings, "model")
    pool = action.pools.pool(model, place(settings, "model"), f"decision `{action.own}`") if model else None
    if pool is not None:
        share = number_of(settings, "sample_rate")
        share = Fraction(1) if share is None else share
        action.extras.append(tree.Mirror(at, name(pool, at), number(share * 100, at, "%")))
    return ("enabled", "model", "sample_rate")


PLUGINS: dict[str, Callable[[Action, Keys, Span], Said]] = {
    "context_compression": _compression,
    "fast_response": _fast_response,
    "response_cache": _response_cache,
    "shadow_dispatch": _shadow,
    "tools": _tools,
}


def _emits(action: Action, *, denies: bool) -> None:
    """One retention a decision; how long it lasts is the route's to say."""
    found = [(emit, r) for emit in entries_of(action.decision, "emits") if (r := keys_of(emit, "retention"))]
    for emit, _ in found[1:]:
        action.catalog.report.omit(f"a second retention of decision `{action.own}`", emit.span)
    for emit, retention in found[:1]:
        at = line(emit.span)
        turns = None if denies else int_of(retention, "ttl_turns")
        if turns is not None:
            action.extras.append(attribute("retain", value({"ttl": turns}, at), at))
        left = rest(retention, () if turns is None else ("ttl_turns",))
        if left.pairs:
            parts = action.kept.part("retention", left, f"the retention of decision `{action.own}`", at)
            action.settings += [attribute("emits", tree.Block(at, tuple(parts)), at)] if parts else []
