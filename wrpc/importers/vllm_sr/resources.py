"""The Kubernetes resources IntelligentPool and IntelligentRoute, read as the operator turns them into a configuration.

`pkg/k8s/converter.go` says what becomes of each key; the models are the pool's, and each route is a routing of its own.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from wrpc.diagnostics import Diagnostic, finding
from wrpc.importers import codes, document
from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null
from wrpc.importers.faults import Report, in_order, misfit
from wrpc.importers.fitting import Misfit, fit
from wrpc.importers.importer import Imported, ImportedPolicy
from wrpc.importers.nodes import entries_of, items_of, keys_of, line, text_of
from wrpc.importers.schema import Schema, loads
from wrpc.importers.vllm_sr import recipe
from wrpc.importers.vllm_sr.facts import FOLDER, NEWEST
from wrpc.source import Source

POOL, ROUTE = "IntelligentPool", "IntelligentRoute"
KINDS = (POOL, ROUTE)
MILLION = 1_000_000
# What the converter renames; every other key stands in the configuration in small letters with `_`.
RENAMED = {"contextRules": "context", "factCheckRules": "fact_check"}
PRICES = {
    "inputTokenPrice": "prompt_per_1m",
    "outputTokenPrice": "completion_per_1m",
    "cachedInputTokenPrice": "cached_input_per_1m",
    "cacheWriteTokenPrice": "cache_write_per_1m",
}


@cache
def schema() -> Schema:
    return loads((FOLDER / "resources.json").read_text(encoding="utf-8"))


def holds(source: Source) -> bool:
    """Whether a source is made of these resources."""
    if not any(kind in source.text for kind in KINDS):
        return False
    roots = [each.root for each in document.read_all(source, document.PYYAML).documents]
    return any(isinstance(root, Keys) and text_of(root, "kind") in KINDS for root in roots)


def read(source: Source, release: str | None = None) -> Imported:
    """The policies of the resources of one file, a route each."""
    reading = document.read_all(source, document.PYYAML)
    report = Report(list(reading.found))
    specs: dict[str, list[tuple[str, Keys]]] = {kind: [] for kind in KINDS}
    for each in reading.documents:
        root = each.root
        kind = text_of(root, "kind") if isinstance(root, Keys) else None
        if isinstance(root, Keys) and kind in specs:
            specs[kind].append((_name(root), _spec(root, kind, report)))
    pool = specs[POOL][0][1] if specs[POOL] else None
    for name, other in specs[POOL][1:]:
        report.omit(f"the pool `{name}`", line(other.span), why="a router has one pool, and here it is the first")
    if pool is None:
        at = specs[ROUTE][0][1].span if specs[ROUTE] else source.span(0, 0)
        message = f"no `{POOL}` stands beside the `{ROUTE}`: nothing says what serves"
        report.add(finding(codes.MISSING_KEY, message, line(at), severity="warning"))
    policies = []
    for name, route in specs[ROUTE]:
        _single(route, report)
        policy, found = _policy(name, route, pool, source, release or NEWEST)
        policies.append(policy)
        report.found.extend(found)
    return Imported(tuple(policies), in_order(report.found), release or NEWEST)


def _name(root: Keys) -> str:
    metadata = keys_of(root, "metadata")
    return (text_of(metadata, "name") if metadata is not None else None) or "route"


def _single(route: Keys, report: Report) -> None:
    """A cluster refuses a second model; the operator would take the first alone."""
    for decision in entries_of(route, "decisions"):
        refs = items_of(decision, "modelRefs")
        if len(refs) > 1:
            message = f"decision `{text_of(decision, 'name') or ''}` has {len(refs)} models, and a route takes one"
            report.add(finding(codes.REFUSED, message, line(refs[1].span)))


def _spec(root: Keys, kind: str, report: Report) -> Keys:
    node = root.get("spec")
    if node is None:
        report.add(finding(codes.MISSING_KEY, f"`spec` is missing in the `{kind}`", line(root.span)))
        return Keys({}, root.span)
    found: list[Misfit] = []
    fitted = fit(node, kind, "spec", schema(), found.append)
    for each in found:
        ignored = each.wrong == "unknown"
        end = ", so the cluster drops it" if ignored else ""
        report.add(misfit(each, severity="warning" if ignored else "error", end=end))
    return fitted if isinstance(fitted, Keys) else Keys({}, node.span)


# ── The configuration ─────────────────────────────────────────────────────


def _policy(
    name: str, route: Keys, pool: Keys | None, source: Source, release: str
) -> tuple[ImportedPolicy, list[Diagnostic]]:
    providers, cards = (None, _named(route)) if pool is None else (_providers(pool), _cards(pool))
    signals, decisions = route.pairs.get("signals"), route.pairs.get("decisions")
    pairs: dict[str, Pair] = {}
    if signals is not None:
        pairs["signals"] = Pair(signals.key, _small(signals.value))
    if decisions is not None and isinstance(decisions.value, Items):
        made = tuple(_decision(item) for item in decisions.value.items if isinstance(item, Keys))
        pairs["decisions"] = Pair(decisions.key, Items(made, decisions.value.span))
    return recipe.read(name, None, Keys(pairs, route.span), recipe.File(source, providers, cards, None, release))


def _small(node: Node) -> Node:
    """`caseSensitive` becomes `case_sensitive`, at every depth; a plugin's configuration stays as it is."""
    match node:
        case Keys(pairs=pairs):
            small = ((key, Pair(pair.key, _value(key, pair.value))) for key, pair in pairs.items())
            renamed = {RENAMED.get(key) or _snake(key): pair for key, pair in small}
            return Keys(renamed, node.span, node.size)
        case Items(items=items):
            return Items(tuple(_small(item) for item in items), node.span, node.size)
        case _:
            return node


def _value(key: str, node: Node) -> Node:
    if key in ("minTokens", "maxTokens") and isinstance(node, Scalar):
        return _tokens(node)
    return node if key == "configuration" else _small(node)


def _tokens(node: Scalar) -> Scalar:
    digits, scale = node.text.rstrip("KMkm"), {"k": 1000, "m": MILLION}.get(node.text[-1:].lower(), 1)
    return Scalar(int(Fraction(digits) * scale), node.text, node.span)


def _snake(key: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in key)


def _decision(node: Keys) -> Keys:
    """`signals` are the rules, and a decision without a priority has 0."""
    pairs = {key: pair for key, pair in node.pairs.items() if key != "signals"}
    small = _small(Keys(pairs, node.span, node.size))
    made = dict(small.pairs) if isinstance(small, Keys) else {}
    if "model_refs" in made:
        made["modelRefs"] = made.pop("model_refs")
    if "signals" in node.pairs:
        made["rules"] = node.pairs["signals"]
    return Keys(made, node.span, node.size)


def _providers(pool: Keys) -> Keys:
    pairs: dict[str, Pair] = {}
    default = pool.pairs.get("defaultModel")
    if default is not None:
        pairs["defaults"] = Pair(default.key, Keys({"model": default}, default.key.span.to(default.value.span)))
    models = pool.pairs.get("models")
    if models is not None and isinstance(models.value, Items):
        made = tuple(_served(item) for item in models.value.items if isinstance(item, Keys))
        pairs["models"] = Pair(models.key, Items(made, models.value.span))
    return Keys(pairs, pool.span)


def _served(model: Keys) -> Keys:
    pairs = {key: pair for key, pair in model.pairs.items() if key == "name"}
    pricing = keys_of(model, "pricing")
    if pricing is not None:
        pairs["pricing"] = Pair(model.pairs["pricing"].key, _pricing(pricing))
    family = model.pairs.get("reasoningFamily")
    if family is not None and not is_null(family.value):
        pairs["reasoning"] = Pair(family.key, Keys({"family": family}, family.value.span))
    return Keys(pairs, model.span)


def _pricing(pricing: Keys) -> Keys:
    """Prices of a token become prices of a million."""
    pairs: dict[str, Pair] = {}
    for key, pair in pricing.pairs.items():
        value = pair.value.value if isinstance(pair.value, Scalar) else None
        if key in PRICES and isinstance(value, int | Fraction) and isinstance(pair.value, Scalar):
            scalar = Scalar(Fraction(value) * MILLION, pair.value.text, pair.value.span)
            pairs[PRICES[key]] = Pair(pair.key, scalar)
        elif key == "currency":
            pairs[key] = pair
    return Keys(pairs, pricing.span)


def _named(route: Keys) -> Keys:
    """Without a pool, whatever a decision names is declared elsewhere."""
    refs = [ref for decision in entries_of(route, "decisions") for ref in entries_of(decision, "modelRefs")]
    first: dict[str, Keys] = {}
    for ref in refs:
        pair = ref.pairs.get("model")
        if pair is not None and isinstance(pair.value, Scalar):
            first.setdefault(pair.value.text, Keys({"name": pair}, ref.span))
    key = Scalar("modelCards", "modelCards", route.span)
    return Keys({"modelCards": Pair(key, Items(tuple(first.values()), route.span))}, route.span)


def _cards(pool: Keys) -> Keys:
    models = pool.pairs.get("models")
    if models is None or not isinstance(models.value, Items):
        return Keys({}, pool.span)
    cards = tuple(
        Keys({key: pair for key, pair in item.pairs.items() if key in ("name", "loras")}, item.span)
        for item in models.value.items
        if isinstance(item, Keys)
    )
    return Keys({"modelCards": Pair(models.key, Items(cards, models.value.span))}, pool.span)
