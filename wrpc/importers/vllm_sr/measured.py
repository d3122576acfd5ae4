"""Signals that a model or a service measures, and which of them can fire together."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from wrpc.diagnostics import finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.nodes import bool_of, int_of, keys_of, line, named, number_of, place, text_of, texts_of
from wrpc.importers.sketch import (
    Content,
    attribute,
    call,
    compare,
    conj,
    number,
    path,
    value,
    word,
)
from wrpc.importers.vllm_sr import rules
from wrpc.importers.vllm_sr.draft import Signals, described
from wrpc.syntax import tree

HALF = Fraction(1, 2)
# What the source of a classifier says of the binding of its model.
DEPLOYED = ("deployment", "adapter", "contract", "head", "mapping_path")
BINDING = (*DEPLOYED, "operating_point")
REASK_THRESHOLD = Fraction(4, 5)
COMPLEXITY_THRESHOLD = Fraction(1, 10)


def language(signals: Signals, entries: list[Keys]) -> None:
    members = []
    for entry in entries:
        at = named(entry)
        threshold = number_of(entry, "threshold")
        extra: dict[str, Content] = {} if threshold is None else {"threshold": number(threshold, at)}
        members.append(signals.flag(entry, "language", call("language", at, text_of(entry, "name") or "", **extra)))
    _exclusive(signals, "languages", members, entries)


def one_label(kind: str, plural: str) -> Callable[[Signals, list[Keys]], None]:
    def reader(signals: Signals, entries: list[Keys]) -> None:
        members = [signals.flag(e, kind, call(kind, named(e), text_of(e, "name") or "")) for e in entries]
        _exclusive(signals, plural, members, entries)

    return reader


def input_modality(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at = named(entry)
        signals.flag(entry, "input_modality", call("input_modality", at, text_of(entry, "modality") or "text"))


def _exclusive(signals: Signals, wanted: str, members: list[str], entries: list[Keys]) -> None:
    if entries:
        signals.group(wanted, members, named(entries[0]))


def domain(signals: Signals, entries: list[Keys]) -> None:
    """A softmax whose winner needs the module's threshold: at most one fires, if no two stand for one category."""
    module = signals.setting("model_catalog", "modules", "classifier", "domain")
    threshold = (module and number_of(module, "threshold")) or HALF
    members, seen = [], set[str]()
    shared = False
    for entry in entries:
        own = text_of(entry, "name") or ""
        categories = texts_of(entry, "mmlu_categories")
        source = call("domain", named(entry), own, categories=categories)
        members.append(signals.score(entry, "domain", source, threshold, "probability"))
        stands_for = set(categories) | {own}
        shared = shared or bool(stands_for & seen)
        seen |= stands_for
        if entry.get("model_scores") is not None:
            signals.catalog.report.omit(f"`model_scores` of domain `{own}`", entry.key("model_scores"))
    if not shared:
        _exclusive(signals, "domains", members, entries)


def reask(signals: Signals, entries: list[Keys]) -> None:
    """Only the largest lookback that matches is kept."""
    members = []
    for entry in entries:
        at = named(entry)
        threshold = number_of(entry, "threshold") or REASK_THRESHOLD
        source = call("reask", at, int_of(entry, "lookback_turns") or 1)
        members.append(signals.score(entry, "reask", source, threshold, "similarity"))
    _exclusive(signals, "reasks", members, entries)


# ── Measured by a model ───────────────────────────────────────────────────


def embedding(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at, own = named(entry), text_of(entry, "name") or ""
        named_: dict[str, Content] = {}
        method, query = text_of(entry, "aggregation_method"), text_of(entry, "query_modality")
        if method not in (None, "max"):
            named_["aggregate"] = word(method or "", at)
        if query not in (None, "text"):
            named_["query"] = word(query or "", at)
        for key in ("image_candidates", "negative_candidates", "negative_image_candidates"):
            if found := texts_of(entry, key):
                named_[key] = found
        scoring = keys_of(entry, "prototype_scoring")
        if scoring is not None and bool_of(scoring, "enabled") is not False:
            signals.catalog.report.omit(f"`prototype_scoring` of embedding `{own}`", line(scoring.span))
        candidates = value(texts_of(entry, "candidates"), place(entry, "candidates"))
        source = call("embedding", at, candidates, **named_)
        low = -1 if own in signals.raw_read else 0
        signals.score(entry, "embedding", source, number_of(entry, "threshold"), "similarity", low=low)


def complexity(signals: Signals, entries: list[Keys]) -> None:
    """One margin a rule, and three conditions on it, of which exactly one holds unless its composer says no."""
    for entry in entries:
        own, at = text_of(entry, "name") or "", named(entry)
        hard, easy = keys_of(entry, "hard"), keys_of(entry, "easy")
        given = number_of(entry, "threshold")
        threshold = COMPLEXITY_THRESHOLD if given is None else given
        above = number_of(entry, "hard_above")
        below = number_of(entry, "easy_below")
        above, below = threshold if above is None else above, -threshold if below is None else below
        if above < below:
            message = (
                f"complexity `{own}` is hard above {float(above):g} and easy below {float(below):g}, so both at once"
            )
            signals.catalog.report.add(finding(codes.EMPTY_RANGE, message, at))
        for key in ("hard_below", "easy_above"):
            if entry.get(key) is not None:
                signals.catalog.report.omit(f"`{key}` of complexity `{own}`", entry.key(key))
        banks = [value(texts_of(b, "candidates"), at) for b in (hard, easy)]
        named_: dict[str, Content] = {}
        for key, bank in (("hard_images", hard), ("easy_images", easy)):
            if found := texts_of(bank, "image_candidates"):
                named_[key] = found
        type_ = call("real", at, tree.Range(at, number(-2, at), number(2, at)))
        source = attribute("source", call("complexity", at, *banks, **named_), at)
        margin = signals.signal(own, "complexity", type_, at, source, *described(entry))
        left = path(margin, at)
        levels: dict[str, list[tree.Expr]] = {
            "easy": [compare(left, "<", number(below, at), at)],
            "medium": [compare(left, ">=", number(below, at), at), compare(left, "<=", number(above, at), at)],
            "hard": [compare(left, ">", number(above, at), at)],
        }
        composer = composed(signals, entry)
        for level, parts in levels.items():
            whole = conj([*parts, composer] if composer is not None else parts, at)
            signals.let(f"{own}_{level}", "complexity", f"{own}:{level}", whole, at)
        signals.own("complexity", entry, *(f"{own}:{level}" for level in levels))


def composed(signals: Signals, entry: Keys) -> tree.Expr | None:
    composer = keys_of(entry, "composer")
    whole = None if composer is None else rules.condition(composer, signals.catalog)
    return None if isinstance(whole, rules.Broken) else whole


def jailbreak(signals: Signals, entries: list[Keys]) -> None:
    """No `evidence` is said: what is measured depends on the method, so only signals of one source compare."""
    for entry in entries:
        at, own = named(entry), text_of(entry, "name") or ""
        if text_of(entry, "direction") == "response":
            signals.catalog.report.omit(f"jailbreak `{own}`", at, severity="info", why="it looks at the answer")
            continue
        named_: dict[str, Content] = {}
        if text_of(entry, "method") == "contrastive":
            named_["method"] = word("contrastive", at)
        if bool_of(entry, "include_history"):
            named_["history"] = True
        for key in ("jailbreak_patterns", "benign_patterns"):
            if found := texts_of(entry, key):
                named_[key] = found
        source = call("jailbreak", at, **named_)
        signals.score(entry, "jailbreak", source, number_of(entry, "threshold") or Fraction(0), None)


def pii(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at = named(entry)
        named_: dict[str, Content] = {
            "threshold": number(number_of(entry, "threshold") or 0, place(entry, "threshold"))
        }
        if allowed := texts_of(entry, "pii_types_allowed"):
            named_["allowed"] = allowed
        if bool_of(entry, "include_history"):
            named_["history"] = True
        signals.flag(entry, "pii", call("pii", at, **named_))


def safety(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at = named(entry)
        named_: dict[str, Content] = {}
        for key in ("labels", "unsafe_labels"):
            if found := texts_of(entry, key):
                named_[key] = found
        if model := text_of(entry, "model"):
            named_["model"] = model
        if entry.get("hazard") is not None:
            signals.catalog.report.omit(f"`hazard` of safety `{text_of(entry, 'name')}`", entry.key("hazard"))
        source = call("safety", at, **named_)
        signals.score(entry, "safety", source, number_of(entry, "threshold") or HALF, "probability")


def preference(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at = named(entry)
        source = call("preference", at, text_of(entry, "name") or "", examples=texts_of(entry, "examples"))
        signals.score(entry, "preference", source, number_of(entry, "threshold"), "probability")


def classifier(signals: Signals, entries: list[Keys]) -> None:
    """One score a label; several labels may fire at once, each above the operating point of its model."""
    for entry in entries:
        own, at = text_of(entry, "name") or "", named(entry)
        kept = {k: text_of(entry, k) for k in ("type", "model", "model_path", "instructions")}
        named_: dict[str, Content] = {k: v for k, v in kept.items() if v and (k, v) != ("type", "local")}
        named_ |= _binding(signals.catalog.bindings.get(own))
        if (text_of(entry, "type") or "local") == "local":
            signals.catalog.local.add(own)
        labels = texts_of(entry, "labels")
        if not labels:
            message = f"classifier `{own}` has no `labels`, and a condition on it has to name one"
            signals.catalog.report.add(finding(codes.MISSING_KEY, message, at))
        for label in dict.fromkeys(labels):
            source = call("classifier", at, own, label=label, **named_)
            signals.score(
                entry, "classifier", source, None, "probability",
                wanted=f"{own}_{label}", reference=f"{own}:{label}",
            )  # fmt: skip
        signals.own("classifier", entry, *(f"{own}:{label}" for label in labels))


def _binding(binding: Keys | None) -> dict[str, Content]:
    """Where the model is deployed, and the operating point above which a label fires."""
    if binding is None:
        return {}
    found: dict[str, Content] = {k: v for k in DEPLOYED if (v := text_of(binding, k)) is not None}
    point = keys_of(binding, "operating_point")
    if point is not None:
        found |= {"operating_point": text_of(point, "path") or "", "sha256": text_of(point, "sha256") or ""}
    return found


def kb(signals: Signals, entries: list[Keys]) -> None:
    """`match: best` is the one best label or group of its knowledge base."""
    best: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        at, target = named(entry), keys_of(entry, "target")
        base = text_of(entry, "kb") or ""
        what, which = text_of(target or entry, "kind") or "label", text_of(target or entry, "value") or ""
        match = text_of(entry, "match") or "best"
        extra: dict[str, Content] = {} if match == "best" else {"match": word(match, at)}
        source = call("kb", at, base, **{what: which}, **extra)
        given = signals.score(entry, "kb", source, None, "similarity")
        if match == "best":
            best.setdefault((base, what), []).append(given)
    for (base, what), members in best.items():
        signals.group(f"{base}_{what}s", members, named(entries[0]))
