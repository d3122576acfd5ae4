"""Signals that are decided from the request itself: words, sizes, shapes, messages, metadata."""

from __future__ import annotations

from wrpc.diagnostics import finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import unknown_word
from wrpc.importers.nodes import (
    bool_of,
    entries_of,
    int_of,
    items_of,
    keys_of,
    line,
    named,
    number_of,
    place,
    text_of,
    texts_of,
)
from wrpc.importers.sketch import (
    Content,
    attribute,
    call,
    compare,
    conj,
    number,
    path,
    tokens,
    value,
    word,
)
from wrpc.importers.vllm_sr import patterns
from wrpc.importers.vllm_sr.catalog import Leaf, predicate
from wrpc.importers.vllm_sr.draft import Signals
from wrpc.importers.vllm_sr.facts import OF_KEYWORDS
from wrpc.source import Span
from wrpc.syntax import tree

MOST_COUNT = 100_000


def keyword(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at = place(entry, "keywords")
        method, operator = text_of(entry, "method"), _operator(signals, entry)
        if method == "regex":
            _check_patterns(signals, entry, "keywords")
        threshold = number_of(entry, f"{method}_threshold") if method in ("bm25", "ngram", "fuzzy") else None
        if method is None and bool_of(entry, "fuzzy_match"):
            method, threshold = "fuzzy", number_of(entry, "fuzzy_threshold")
        named_: dict[str, Content] = {}
        if operator != "OR":
            named_["match"] = word({"AND": "all", "NOR": "none"}[operator], at)
        if bool_of(entry, "case_sensitive"):
            named_["case_sensitive"] = True
        if method not in (None, "regex"):
            named_["method"] = word(method or "", at)
        if threshold is not None:
            named_["threshold"] = number(threshold, at)
        if (arity := int_of(entry, "ngram_arity")) is not None:
            named_["arity"] = arity
        source = call("pattern" if method == "regex" else "keywords", at, *texts_of(entry, "keywords"), **named_)
        signals.flag(entry, "keyword", source)


def _operator(signals: Signals, entry: Keys) -> str:
    """Of a word that is no operator the router makes OR."""
    written = text_of(entry, "operator")
    if written is None or written in OF_KEYWORDS:
        return written or "OR"
    signals.catalog.report.add(unknown_word(entry["operator"], "operator", OF_KEYWORDS))
    return "OR"


def _check_patterns(signals: Signals, entry: Keys, key: str) -> None:
    for item in items_of(entry, key):
        _check_pattern(signals, item.span, getattr(item, "value", ""))


def _check_pattern(signals: Signals, at: Span, pattern: object) -> None:
    wrong = patterns.fault(pattern) if isinstance(pattern, str) else None
    if wrong:
        message = f"this pattern does not compile: {wrong}"
        signals.catalog.report.add(finding(codes.BAD_PATTERN, message, line(at)))


def context(signals: Signals, entries: list[Keys]) -> None:
    """Bands of one count of tokens, each a condition on it."""
    if not entries:
        return
    at = named(entries[0])
    bounds = [b for e in entries for k in ("min_tokens", "max_tokens") if (b := int_of(e, k)) is not None]
    most = max([1_000_000, *(10 * b for b in bounds if b >= 1_000_000)])
    type_ = call("int", at, tree.Range(at, number(0, at), number(most // 1_000_000, at, "M")))
    count = signals.signal("tokens", "context", type_, at, attribute("source", word("prompt_tokens", at), at))
    for entry in entries:
        low, high, own = int_of(entry, "min_tokens"), int_of(entry, "max_tokens"), text_of(entry, "name") or ""
        where = named(entry)
        if low is None and high is None:
            message = f"context `{own}` has neither `min_tokens` nor `max_tokens`"
            signals.catalog.report.add(finding(codes.MISSING_KEY, message, where))
        if low is not None and high is not None and low > high:
            message = f"context `{own}` begins at {low} tokens and ends at {high}"
            signals.catalog.report.add(finding(codes.EMPTY_RANGE, message, place(entry, "min_tokens")))
        parts: list[tree.Expr] = []
        if low or high is None:
            parts.append(compare(path(count, where), ">=", tokens(low or 0, where), where))
        if high is not None:
            parts.append(compare(path(count, where), "<=", tokens(high, where), where))
        signals.let(own, "context", own, conj(parts, where), where)


def structure(signals: Signals, entries: list[Keys]) -> None:
    """Rules over one feature of one source read one number."""
    numbers: dict[tuple[str, str], str] = {}
    for entry in sorted(entries, key=lambda e: text_of(keys_of(e, "feature") or e, "type") in ("exists", "sequence")):
        feature, own, at = keys_of(entry, "feature"), text_of(entry, "name") or "", named(entry)
        source = keys_of(feature, "source")
        kind, way = text_of(feature or entry, "type"), text_of(source or entry, "type")
        if feature is None or source is None or kind is None or way is None:
            continue
        if not _structure_fits(signals, entry, source, kind, way):
            continue
        where = place(feature, "source")
        identity = source.span.text
        predicate_ = keys_of(entry, "predicate")
        if kind == "sequence" or (kind == "exists" and ("count", identity) not in numbers):
            signals.flag(entry, "structure", _structure_source(kind, source, way, where))
            continue
        if kind == "exists":
            given, kind = numbers["count", identity], "exists"
        elif (kind, identity) in numbers:
            given = numbers[kind, identity]
        else:
            bound = tree.Range(
                at,
                number(0, at),
                number(1 if kind == "density" else MOST_COUNT // 1000, at, "" if kind == "density" else "k"),
            )
            type_ = call("real" if kind == "density" else "int", at, bound)
            part = attribute("source", _structure_source(kind, source, way, where), where)
            given = numbers[kind, identity] = signals.signal(f"{own}_{kind}", "structure", type_, at, part)
        left = path(given, at)
        tests = predicate(predicate_, left, signals.catalog, f"structure `{own}`") if predicate_ else []
        signals.let(own, "structure", own, conj(tests or [compare(left, ">", number(0, at), at)], at), at)


def _structure_fits(signals: Signals, entry: Keys, source: Keys, kind: str, way: str) -> bool:
    own = text_of(entry, "name") or ""
    wanted = {"regex": "pattern", "keyword_set": "keywords", "sequence": "sequences"}.get(way)
    if wanted and source.get(wanted) is None:
        message = f"structure `{own}` has no `{wanted}`, which a source of type `{way}` reads"
        signals.catalog.report.add(finding(codes.MISSING_KEY, message, line(source.span)))
        return False
    if (kind == "sequence") != (way == "sequence"):
        message = f"structure `{own}` looks for a `{kind}` in a source of type `{way}`"
        signals.catalog.report.add(finding(codes.UNKNOWN_WORD, message, place(source, "type")))
        return False
    if kind == "exists" and entry.get("predicate") is not None:
        message = f"structure `{own}` is true or false; it takes no `predicate`"
        signals.catalog.report.add(finding(codes.BAD_SHAPE, message, entry.key("predicate")))
    if way == "regex":
        _check_pattern(signals, place(source, "pattern"), text_of(source, "pattern"))
    return True


def _structure_source(kind: str, source: Keys, way: str, at: Span) -> tree.Call:
    case = True if bool_of(source, "case_sensitive") else None
    match way:
        case "regex":
            return call("structure", at, word(kind, at), pattern=text_of(source, "pattern") or "")
        case "keyword_set":
            extra: dict[str, Content] = {} if case is None else {"case_sensitive": case}
            return call("structure", at, word(kind, at), keywords=texts_of(source, "keywords"), **extra)
        case "sequence":
            lists = [
                value([s.value for s in getattr(i, "items", ())], line(i.span)) for i in items_of(source, "sequences")
            ]
            return call("structure", at, word("sequence", at), *lists)
        case _:
            return call("structure", at, word(kind, at), word("bytes", at))


def conversation(signals: Signals, entries: list[Keys]) -> None:
    """Counts of messages, tools and calls; `exists` over a source that is counted too reads the count."""

    def facts(entry: Keys) -> tuple[str, str, str]:
        source = keys_of(keys_of(entry, "feature"), "source")
        feature = keys_of(entry, "feature") or entry
        return (
            text_of(feature, "type") or "",
            text_of(source or entry, "type") or "",
            text_of(source or entry, "role") or "",
        )

    counted: dict[tuple[str, str], str] = {}
    for entry in sorted(entries, key=lambda e: facts(e)[0] == "exists"):
        kind, what, role = facts(entry)
        own, at = text_of(entry, "name") or "", named(entry)
        if not kind or not what:
            continue
        if role and what != "message":
            message = f"conversation `{own}` has a `role`, which only a source of type `message` reads"
            signals.catalog.report.add(finding(codes.BAD_SHAPE, message, at))
        source = call("conversation", at, word(what, at), **({"role": word(role, at)} if role else {}))
        predicate_ = keys_of(entry, "predicate")
        if kind == "exists":
            if predicate_ is not None:
                message = f"conversation `{own}` is true or false; it takes no `predicate`"
                signals.catalog.report.add(finding(codes.BAD_SHAPE, message, entry.key("predicate")))
            if (what, role) not in counted:
                signals.flag(entry, "conversation", source)
                continue
            predicate_ = None
        if (what, role) not in counted:
            bound = tree.Range(at, number(0, at), number(MOST_COUNT // 1000, at, "k"))
            wanted = f"{role}_{what}s" if role else f"{what}s"
            part = attribute("source", source, at)
            counted[what, role] = signals.signal(wanted, "conversation", call("int", at, bound), at, part)
        left = path(counted[what, role], at)
        tests = predicate(predicate_, left, signals.catalog, f"conversation `{own}`") if predicate_ else []
        signals.let(own, "conversation", own, conj(tests or [compare(left, ">", number(0, at), at)], at), at)


def metadata(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at, test = named(entry), keys_of(entry, "predicate")
        named_: dict[str, Content] = {}
        if test is not None:
            if (equal := text_of(test, "equals")) is not None:
                named_["equals"] = equal
            if one_of := texts_of(test, "in"):
                named_["among"] = one_of
            if (exists := bool_of(test, "exists")) is not None:
                named_["exists"] = exists
        signals.flag(entry, "metadata", call("metadata", at, text_of(entry, "key") or "", **named_))


def event(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at = named(entry)
        lists = {k: texts_of(entry, k) for k in ("event_types", "severities", "action_codes")}
        extra: dict[str, Content] = {"temporal": True} if bool_of(entry, "temporal") else {}
        signals.flag(entry, "event", call("event", at, **lists, **extra))


def authz(signals: Signals, entries: list[Keys]) -> None:
    for entry in entries:
        at, people = named(entry), entries_of(entry, "subjects")
        users = tuple(text_of(s, "name") or "" for s in people if (text_of(s, "kind") or "").lower() == "user")
        groups = tuple(text_of(s, "name") or "" for s in people if (text_of(s, "kind") or "").lower() == "group")
        role = text_of(entry, "role") or ""
        given = signals.flag(entry, "authz", call("authz", at, role, users=users, groups=groups))
        if role != text_of(entry, "name") and ("authz", role) not in signals.catalog.leaves:
            # What fires is called as the role is.
            signals.catalog.add("authz", role, Leaf(given, "flag", at))
            signals.own("authz", entry, text_of(entry, "name") or "", role)
