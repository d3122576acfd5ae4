"""One routing profile of a configuration into one policy."""

from __future__ import annotations

from dataclasses import dataclass

from wrpc.diagnostics import Diagnostic, Related, finding
from wrpc.importers import codes
from wrpc.importers.document import Keys, Node, Pair
from wrpc.importers.faults import unique
from wrpc.importers.importer import ImportedPolicy
from wrpc.importers.nodes import entries_of, int_of, keys_of, line, named, place, text_of
from wrpc.importers.sketch import Names, attribute, name, number, path, word
from wrpc.importers.vllm_sr import actions, domains, pools, projections, ranking, rules, signals
from wrpc.importers.vllm_sr.catalog import Catalog
from wrpc.importers.vllm_sr.draft import Signals, described
from wrpc.importers.vllm_sr.facts import NEWEST
from wrpc.importers.vllm_sr.kept import Kept, rest
from wrpc.importers.vllm_sr.measured import BINDING
from wrpc.importers.vllm_sr.scopes import Scopes
from wrpc.source import Source, Span
from wrpc.syntax import tree

ON_UNKNOWN = {"match": "fires", "no_match": "silent", "fail_request": "deny"}
ON_ERROR = {"match": "fires", "no_match": "silent"}
KEPT = ("candidate_requirements", "data_policy")
BOUND = "classifier."
HAZARD = ".hazard"


@dataclass(frozen=True, slots=True)
class File:
    """What the recipes of one file share."""

    source: Source
    providers: Keys | None
    cards: Keys | None
    settings: Keys | None
    release: str
    evaluation: Keys | None = None


def read(own: str, description: str | None, routing: Keys, file: File) -> tuple[ImportedPolicy, list[Diagnostic]]:
    catalog = Catalog()
    draft = Signals(catalog, file.settings)
    draft.raw_read = projections.raw_embeddings(keys_of(routing, "projections"))
    draft.on_error = _on_error(routing, catalog)
    catalog.bindings = _bindings(routing)
    domains.built_in(draft, routing)
    signals.read(draft, keys_of(routing, "signals"))
    projections.partitions(draft, keys_of(routing, "projections"))
    derived = projections.Projections(draft, keys_of(routing, "projections"))
    projections.read(derived)
    models = pools.read(catalog, file.providers, file.cards, file.evaluation)
    if not models.pools:
        pools.stand_in(models, line(routing.span))
    settings = Kept(catalog)
    for key in KEPT:
        if (node := routing.get(key)) is not None:
            settings.keep(key, node, f"`{key}`", routing.key(key))
    _unsaid(routing, settings, keys_of(draft.setting("model_catalog"), "deployments"))
    scopes = Scopes(draft, always=file.release == NEWEST)
    routes = _routes(routing, models, settings, scopes, always=ranking.plain(routing, file.settings, file.release))
    _unread(catalog)
    fallback = keys_of(routing, "fallback")
    if fallback is not None:
        catalog.report.omit(
            "`fallback`", routing.key("fallback"), why="it goes by status codes, to whichever model is left"
        )
    declarations: list[tree.Declaration] = [
        _header(own, description, routing, file, catalog),
        *draft.signals,
        *draft.groups,
        *_read_levels(draft),
        *derived.declarations,
        *models.declarations,
        *routes,
        *settings.section(line(routing.span)),
    ]
    made = tree.File(file.source, tuple(declarations))
    return ImportedPolicy(own, made, frozenset(catalog.told)), catalog.report.found


def _bindings(routing: Keys) -> dict[str, Keys]:
    bindings = keys_of(routing, "model_bindings")
    found = {key: keys_of(bindings, key) for key in bindings or ()}
    return {key.removeprefix(BOUND): b for key, b in found.items() if b is not None and key.startswith(BOUND)}


def _unsaid(routing: Keys, settings: Kept, deployments: Keys | None) -> None:
    """What of the bindings is not in the source of a classifier. The router refuses one whose other end is missing."""
    bindings, classifiers = keys_of(routing, "model_bindings"), settings.catalog.owners
    if bindings is None:
        return
    pairs: dict[str, Pair] = {}
    for key, pair in bindings.pairs.items():
        known = ("classifier", key.removeprefix(BOUND)) in classifiers and key.startswith(BOUND)
        deployment = text_of(pair.value, "deployment") if isinstance(pair.value, Keys) else None
        missing = deployment in (deployments or ()) or key.endswith(HAZARD)
        if missing and not known:
            why = "the signal has no `hazard` here" if key.endswith(HAZARD) else "its deployment stands in `global`"
            settings.catalog.report.omit(f"the binding of `{key}`", pair.key.span, severity="info", why=why)
            continue
        left: Node = rest(pair.value, BINDING) if known and isinstance(pair.value, Keys) else pair.value
        if not known or (isinstance(left, Keys) and left.pairs):
            pairs[key] = Pair(pair.key, left)
    if pairs:
        settings.keep("model_bindings", Keys(pairs, bindings.span), "`model_bindings`", routing.key("model_bindings"))


def _read_levels(draft: Signals) -> list[tree.Let]:
    """The conditions without those levels of a complexity that nothing asks for: three were made of one entry."""
    catalog = draft.catalog
    unread = {leaf.name for key, leaf in catalog.leaves.items() if key[0] == "complexity" and key not in catalog.read}
    return [let for let in draft.lets if let.name.text not in unread]


def _header(own: str, description: str | None, routing: Keys, file: File, catalog: Catalog) -> tree.Section:
    at = line(routing.span)
    where = place(routing, "strategy") if "strategy" in routing else at
    said = " ".join((description or "").split()).rstrip(".")
    note = f"{said + '. ' if said else ''}Imported from vllm-sr, as runtime {file.release} ranks."
    order = ranking.order(routing, file.settings, file.release, catalog.report)
    keys = tree.Listing(where, tuple(word(k, where) for k in order))
    items = (
        attribute("language", number(1, at), at),
        attribute("description", note, at),
        attribute("resolve", keys, where),
    )
    return tree.Section(at, "policy", name(Names().give(own, "policy"), at), items)


def _on_error(routing: Keys, catalog: Catalog) -> dict[tuple[str, str], str]:
    """What a failed classifier means, where every condition on a label says the same."""
    said: dict[tuple[str, str], list[tuple[str | None, Span]]] = {}
    for decision in entries_of(routing, "decisions"):
        root = keys_of(decision, "rules")
        for leaf in rules.leaves(root) if root is not None else ():
            if text_of(leaf, "type") == "classifier":
                key = ("classifier", f"{text_of(leaf, 'name')}:{text_of(leaf, 'label')}")
                said.setdefault(key, []).append((text_of(leaf, "on_error"), line(leaf.span)))
            if root is not None and text_of(leaf, "on_error") and text_of(root, "on_unknown"):
                message = "a condition has `on_error` and its decision `on_unknown`; the router takes one of them"
                catalog.report.add(finding(codes.BAD_SHAPE, message, leaf.key("on_error")))
    found: dict[tuple[str, str], str] = {}
    for key, values in said.items():
        words = {w for w, _ in values}
        if len(words) == 1 and (only := words.pop()) is not None:
            found[key] = ON_ERROR[only]
        elif len(words) > 1:
            at = next(at for w, at in values if w is not None)
            catalog.report.omit(f"`on_error` of `{key[1]}`", at, why="its conditions disagree, and a signal has one")
    return found


def _routes(
    routing: Keys, models: pools.Pools, settings: Kept, scopes: Scopes, *, always: bool
) -> list[tree.Declaration]:
    catalog, given = models.catalog, Names()
    decisions = unique(entries_of(routing, "decisions"), "decisions", catalog.report)
    tiered = any(int_of(d, "tier") for d in decisions)
    made: list[tree.Declaration] = []
    seen: dict[tree.Expr | None, Keys] = {}
    for decision in decisions:
        own, at, root = text_of(decision, "name") or "", named(decision), keys_of(decision, "rules")
        when = rules.condition(root, catalog) if root is not None else None
        route = given.give(own, "decision")
        if isinstance(when, rules.Broken):
            _broken(decision, root, models)
            actions.read(decision, models, settings, scopes, route)
            continue
        _same(when, decision, seen, catalog)
        items: list[tree.Item] = [*described(decision)]
        if tiered:
            if "tier" not in decision:
                message = f"decision `{own}` has no tier beside others that do, so it goes before tier 1"
                catalog.report.add(finding(codes.WITHOUT_TIER, message, at))
            items.append(attribute("tier", int_of(decision, "tier") or 0, place(decision, "tier")))
        if (priority := int_of(decision, "priority")) is not None:
            items.append(attribute("priority", priority, place(decision, "priority")))
        if when is None and always:
            when = path("true", at)
        if when is not None:
            items.append(tree.When(line(when.span), when))
        if root is not None and (unknown := text_of(root, "on_unknown")) is not None:
            where = place(root, "on_unknown")
            if when is not None:
                items.append(attribute("on_unknown", word(ON_UNKNOWN[unknown], where), where))
        items += actions.read(decision, models, settings, scopes, route)
        made.append(tree.Section(at, "route", name(route, at), tuple(items)))
    if models.default is not None:
        pool, at = models.default
        made.append(tree.Section(at, "default", None, (tree.To(at, (tree.Destination(at, name(pool, at), None),)),)))
    return made


def _broken(decision: Keys, root: Keys | None, models: pools.Pools) -> None:
    """Of what only a broken decision names nothing more has to be told."""
    catalog = models.catalog
    named_ = (models.pools.get(text_of(ref, "model") or "") for ref in entries_of(decision, "modelRefs"))
    catalog.told |= {f"pool {pool}" for pool in named_ if pool is not None}
    for leaf in rules.leaves(root) if root is not None else ():
        found = catalog.leaves.get((text_of(leaf, "type") or "", text_of(leaf, "name") or ""))
        if found is not None:
            catalog.told.add(f"signal {found.name}")


def _same(when: tree.Expr | None, decision: Keys, seen: dict[tree.Expr | None, Keys], catalog: Catalog) -> None:
    """Reports a decision with the rules of an earlier one."""
    other = seen.setdefault(when, decision)
    if other is not decision:
        message = f"decisions `{text_of(other, 'name')}` and `{text_of(decision, 'name')}` have the same rules"
        related = [Related(named(other), "the first")]
        catalog.report.add(finding(codes.SAME_RULES, message, named(decision), related=related))


def _unread(catalog: Catalog) -> None:
    for (kind, own), (at, references) in catalog.owners.items():
        of = "projection" if kind == "mapping" else kind
        if not any((of, reference) in catalog.read for reference in references):
            what = "mapping" if kind == "mapping" else f"{kind} signal"
            message = f"no decision reads the {what} `{own}`"
            catalog.report.add(finding(codes.UNREAD_SIGNAL, message, at))
    for own in catalog.numbers:
        if not own.startswith("kb_metric:") and ("score", own) not in catalog.read:
            at = catalog.scores[own]
            catalog.report.add(finding(codes.UNREAD_SIGNAL, f"no mapping and no score reads the score `{own}`", at))
