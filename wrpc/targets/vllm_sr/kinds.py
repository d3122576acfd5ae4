"""How a signal of a policy stands in the router's configuration: the section, the entry, the word in a condition.

One direction only: `emit` writes what `described` says, and `read` finds the signal whose description an entry equals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.policy.model import Amount, Bool, Enum, Int, Invocation, Real, Score, Signal, Value, Word

Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class Rule:
    """A signal that fires. `name` is given where the router knows the thing by a name of its own (a label)."""

    section: str
    kind: str
    entry: Entry = field(default_factory=dict)
    name: str | None = None
    label: str | None = None
    least: Fraction | None = None
    """A threshold that no entry can hold, so that each condition asks for it."""
    binding: Entry = field(default_factory=dict)
    """Where the model is deployed; empty where the entry itself says it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A number on which rules put bounds. `bounds`: how an entry writes them."""

    section: str
    kind: str
    bounds: str
    entry: Entry = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that only scores can read."""

    base: str
    metric: str


Described = Rule | Counted | Metric


@dataclass(frozen=True, slots=True)
class Asked:
    """A signal with its source; `label` where one name of a `one_of` is meant."""

    signal: Signal
    source: Invocation
    label: str | None


# Where a classifier beside the router is looked for when its address is unknown.
MODELS = "models/"
HALF = Fraction(1, 2)
OPERATORS = {"all": "AND", "none": "NOR"}
PII = ("pii",)
JAILBREAK = ("jailbreak", "prompt_guard", "prompt_attack")
DOMAIN = ("domain", "domains", "mmlu")
# Sources whose one argument is the name that the router knows the label by.
LABELLED = {
    "fact_check": "fact_check",
    "user_feedback": "user_feedbacks",
    "language": "language",
    "modality": "modality",
}
CONVERSATION: Mapping[str, tuple[str, str | None]] = {
    "has_tools": ("tool_definition", None),
    "has_images": ("image_content", None),
    "turns": ("message", "user"),
}


def described(signal: Signal, label: str | None = None) -> Described | None:
    """How a signal, or one name of a `one_of`, stands there; None where the router has nothing of the kind."""
    if signal.source is None:
        return None
    made = SOURCES.get(signal.source.name)
    if made is None or (isinstance(signal.type, Enum) != (label is not None)):
        return None
    return made(Asked(signal, signal.source, label))


def texts(value: object) -> list[str]:
    """The strings of a value, lists inside it opened."""
    if isinstance(value, tuple):
        return [t for item in value for t in texts(item)]
    if isinstance(value, str):
        return [value]
    return [value.text] if isinstance(value, Word) else []


def number(value: Value | None) -> Fraction | None:
    return value.value if isinstance(value, Amount) else None


def flag(source: Invocation, name: str) -> bool:
    value = source.named.get(name)
    return isinstance(value, Word) and value.text == "true"


def _word(source: Invocation, name: str) -> str | None:
    found = texts(source.named.get(name, ()))
    return found[0] if found else None


def _threshold(a: Asked) -> Fraction:
    if isinstance(a.signal.type, Score) and a.signal.type.threshold is not None:
        return a.signal.type.threshold
    return number(a.source.named.get("threshold")) or Fraction(0)


# ── One function a source ─────────────────────────────────────────────────


def _keywords(a: Asked) -> Described | None:
    if not isinstance(a.signal.type, Bool):
        return None
    entry: Entry = {
        "operator": OPERATORS.get(_word(a.source, "match") or "any", "OR"),
        "keywords": texts(a.source.arguments),
        "case_sensitive": flag(a.source, "case_sensitive"),
    }
    method = "regex" if a.source.name == "pattern" else _word(a.source, "method")
    if method is not None:
        entry["method"] = method
    if method == "fuzzy":
        entry["fuzzy_match"] = True
    if (threshold := number(a.source.named.get("threshold"))) is not None and method is not None:
        entry[f"{method}_threshold"] = threshold
    if (arity := number(a.source.named.get("arity"))) is not None:
        entry["ngram_arity"] = int(arity)
    return Rule("keywords", "keyword", entry)


def _embedding(a: Asked) -> Described | None:
    if not isinstance(a.signal.type, Score) or a.signal.type.threshold is None:
        return None
    entry: Entry = {
        "threshold": a.signal.type.threshold,
        "candidates": texts(a.source.arguments),
        "aggregation_method": _word(a.source, "aggregate") or "max",
    }
    if (query := _word(a.source, "query")) is not None:
        entry["query_modality"] = query
    for key in ("image_candidates", "negative_candidates", "negative_image_candidates"):
        if key in a.source.named:
            entry[key] = texts(a.source.named[key])
    return Rule("embeddings", "embedding", entry)


def _domain(a: Asked) -> Described | None:
    own = a.label if a.label is not None else next(iter(texts(a.source.arguments)), None)
    if own is None:
        return None
    categories = texts(a.source.named.get("categories", ())) if a.label is None else [own]
    return Rule("domains", "domain", {"mmlu_categories": categories} if categories else {}, name=own)


def _labelled(a: Asked) -> Described | None:
    own = a.label if a.label is not None else next(iter(texts(a.source.arguments)), None)
    if own is None:
        return None
    entry: Entry = {}
    if a.source.name == "language" and (threshold := number(a.source.named.get("threshold"))) is not None:
        entry["threshold"] = threshold
    return Rule(LABELLED[a.source.name], a.source.name, entry, name=own)


def _preference(a: Asked) -> Described | None:
    own = a.label if a.label is not None else next(iter(texts(a.source.arguments)), None)
    entry: Entry = {}
    if examples := texts(a.source.named.get("examples", ())):
        entry["examples"] = examples
    if isinstance(a.signal.type, Score) and not a.signal.type.above:
        entry["threshold"] = _threshold(a)
    return None if own is None else Rule("preferences", "preference", entry, name=own)


def _reask(a: Asked) -> Described | None:
    turns = number(a.source.arguments[0]) if a.source.arguments else None
    return Rule("reasks", "reask", {"threshold": _threshold(a), "lookback_turns": int(turns or 1)})


def _jailbreak(a: Asked) -> Described | None:
    entry: Entry = {"threshold": _threshold(a)}
    if (method := _word(a.source, "method")) is not None:
        entry["method"] = method
    if flag(a.source, "history"):
        entry["include_history"] = True
    for key in ("jailbreak_patterns", "benign_patterns"):
        if key in a.source.named:
            entry[key] = texts(a.source.named[key])
    return Rule("jailbreak", "jailbreak", entry)


def _pii(a: Asked) -> Described | None:
    entry: Entry = {"threshold": _threshold(a)}
    if "allowed" in a.source.named:
        entry["pii_types_allowed"] = texts(a.source.named["allowed"])
    if flag(a.source, "history"):
        entry["include_history"] = True
    return Rule("pii", "pii", entry)


def _safety(a: Asked) -> Described | None:
    entry: Entry = {"threshold": _threshold(a)}
    for key in ("labels", "unsafe_labels"):
        if key in a.source.named:
            entry[key] = texts(a.source.named[key])
    if (model := _word(a.source, "model")) is not None:
        entry["model"] = model
    return Rule("safety", "safety", entry)


def _kb(a: Asked) -> Described | None:
    base = next(iter(texts(a.source.arguments)), None)
    target = next(((k, v) for k in ("label", "group") if (v := _word(a.source, k)) is not None), None)
    if base is None or target is None:
        return None
    entry: Entry = {"kb": base, "target": {"kind": target[0], "value": target[1]}}
    entry["match"] = _word(a.source, "match") or "best"
    return Rule("kb", "kb", entry)


def _kb_metric(a: Asked) -> Described | None:
    names = texts(a.source.arguments)
    return Metric(names[0], names[1]) if len(names) == 2 else None


def _authz(a: Asked) -> Described | None:
    role = next(iter(texts(a.source.arguments)), None)
    subjects = [
        {"kind": kind, "name": name}
        for kind, key in (("User", "users"), ("Group", "groups"))
        for name in texts(a.source.named.get(key, ()))
    ]
    return None if role is None else Rule("role_bindings", "authz", {"subjects": subjects, "role": role})


def _event(a: Asked) -> Described | None:
    lists = ("event_types", "severities", "action_codes")
    entry: Entry = {k: texts(a.source.named[k]) for k in lists if k in a.source.named}
    if flag(a.source, "temporal"):
        entry["temporal"] = True
    return Rule("events", "event", entry)


def _metadata(a: Asked) -> Described | None:
    key = next(iter(texts(a.source.arguments)), None)
    test: Entry = {}
    if (equal := _word(a.source, "equals")) is not None:
        test["equals"] = equal
    if "among" in a.source.named:
        test["in"] = texts(a.source.named["among"])
    if "exists" in a.source.named:
        test["exists"] = flag(a.source, "exists")
    return None if key is None else Rule("metadata", "metadata", {"key": key, "predicate": test})


def _input_modality(a: Asked) -> Described | None:
    own = next(iter(texts(a.source.arguments)), "text")
    return Rule("input_modality", "input_modality", {"modality": own})


def _tokens(a: Asked) -> Described | None:
    return Counted("context", "context", "tokens") if isinstance(a.signal.type, Int) else None


def _structure(a: Asked) -> Described | None:
    words = texts(a.source.arguments[:1])
    kind = words[0] if words else ""
    way: Entry
    if "pattern" in a.source.named:
        way = {"type": "regex", "pattern": "".join(texts(a.source.named["pattern"]))}
    elif "keywords" in a.source.named:
        way = {"type": "keyword_set", "keywords": texts(a.source.named["keywords"])}
        if flag(a.source, "case_sensitive"):
            way["case_sensitive"] = True
    elif kind == "sequence":
        way = {"type": "sequence", "sequences": [texts(part) for part in a.source.arguments[1:]]}
    else:
        way = {"type": "text_bytes"}
    entry: Entry = {"feature": {"type": kind, "source": way}}
    if kind in ("exists", "sequence") and isinstance(a.signal.type, Bool):
        return Rule("structure", "structure", entry)
    if kind in ("count", "density") and isinstance(a.signal.type, Int | Real):
        return Counted("structure", "structure", "predicate", entry)
    return None


def _conversation(a: Asked) -> Described | None:
    if a.source.name in CONVERSATION:
        what, role = CONVERSATION[a.source.name]
    else:
        words = texts(a.source.arguments)
        what, role = (words[0] if words else ""), _word(a.source, "role")
    way: Entry = {"type": what} if role is None else {"type": what, "role": role}
    if isinstance(a.signal.type, Bool):
        return Rule("conversation", "conversation", {"feature": {"type": "exists", "source": way}})
    if isinstance(a.signal.type, Int):
        return Counted("conversation", "conversation", "predicate", {"feature": {"type": "count", "source": way}})
    return None


def _complexity(a: Asked) -> Described | None:
    if not isinstance(a.signal.type, Real | Score) or len(a.source.arguments) < 2:
        return None
    banks: list[Entry] = [{"candidates": texts(bank)} for bank in a.source.arguments[:2]]
    for bank, key in zip(banks, ("hard_images", "easy_images"), strict=True):
        if key in a.source.named:
            bank["image_candidates"] = texts(a.source.named[key])
    return Counted("complexity", "complexity", "margin", {"hard": banks[0], "easy": banks[1]})


def _classifier(a: Asked) -> Described | None:
    model = next(iter(texts(a.source.arguments)), "")
    if model in PII and a.label is None:
        return _pii(a)
    if model in JAILBREAK and a.label is None:
        return _jailbreak(a)
    if model in DOMAIN:
        own = a.label if a.label is not None else _word(a.source, "label")
        return None if own is None else Rule("domains", "domain", {"mmlu_categories": [own]}, name=own)
    own = a.label if a.label is not None else _word(a.source, "label") or model
    keys = ("type", "model", "model_path", "instructions")
    entry: Entry = {k: _word(a.source, k) for k in keys if k in a.source.named}
    entry.setdefault("type", "local")
    binding = _binding(a.source)
    if entry["type"] == "local" and not binding:
        entry.setdefault("model_path", f"{MODELS}{model}")
    least = number(a.source.named.get("threshold"))
    if isinstance(a.signal.type, Score) and not a.signal.type.above:
        least = a.signal.type.threshold
    elif isinstance(a.signal.type, Enum) and least is None:
        least = HALF
    return Rule("classifiers", "classifier", entry, name=model, label=own, least=least, binding=binding)


def _binding(source: Invocation) -> Entry:
    keys = ("deployment", "adapter", "contract", "head", "mapping_path")
    found: Entry = {k: _word(source, k) for k in keys if k in source.named}
    if "operating_point" in source.named:
        found["operating_point"] = {"path": _word(source, "operating_point"), "sha256": _word(source, "sha256") or ""}
    return found


SOURCES: dict[str, Callable[[Asked], Described | None]] = {
    "keywords": _keywords,
    "pattern": _keywords,
    "embedding": _embedding,
    "domain": _domain,
    "fact_check": _labelled,
    "user_feedback": _labelled,
    "language": _labelled,
    "modality": _labelled,
    "preference": _preference,
    "reask": _reask,
    "jailbreak": _jailbreak,
    "pii": _pii,
    "safety": _safety,
    "kb": _kb,
    "kb_metric": _kb_metric,
    "authz": _authz,
    "event": _event,
    "metadata": _metadata,
    "input_modality": _input_modality,
    "prompt_tokens": _tokens,
    "total_tokens": _tokens,
    "structure": _structure,
    "conversation": _conversation,
    "has_tools": _conversation,
    "has_images": _conversation,
    "turns": _conversation,
    "complexity": _complexity,
    "classifier": _classifier,
}
