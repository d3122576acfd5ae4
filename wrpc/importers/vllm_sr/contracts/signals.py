"""Definitions of signals that cannot run: banks without candidates, labels that clash, bands without an end."""

from __future__ import annotations

from collections.abc import Iterable

from wrpc.diagnostics import did_you_mean
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import unique
from wrpc.importers.nodes import bool_of, entries_of, keys_of, line, named, number_of, place, text_of
from wrpc.importers.vllm_sr.contracts.judged import Judged, Profile, filled, leaves, texts
from wrpc.importers.vllm_sr.domains import NAMES
from wrpc.source import Span

# What the router's detector calls what it finds (`pkg/config/model_config_types.go`).
PII = (
    "AGE", "CREDIT_CARD", "DATE_TIME", "DOMAIN_NAME", "EMAIL_ADDRESS", "GPE", "IBAN_CODE", "IP_ADDRESS", "NO_PII",
    "NRP", "ORGANIZATION", "PERSON", "PHONE_NUMBER", "STREET_ADDRESS", "US_DRIVER_LICENSE", "US_SSN", "ZIP_CODE",
)  # fmt: skip
BANKS = ("candidates", "image_candidates", "negative_candidates", "negative_image_candidates")
FOLDED = ("metadata", "classifiers", "input_modality", "safety")
LEAST_LABELS = 2
LOCAL_ONLY = ("model_path", "use_cpu")
Texts = list[tuple[str, Span]]


def judge(judged: Judged) -> None:
    for profile in judged.profiles:
        signals = profile.signals
        _names(judged, signals)
        for entry in entries_of(signals, "embeddings"):
            _embedding(judged, entry)
        for entry in entries_of(signals, "domains"):
            _domain(judged, entry)
        for entry in entries_of(signals, "pii"):
            _pii(judged, entry)
        for entry in entries_of(signals, "classifiers"):
            _classifier(judged, entry)
            _selector(judged, profile, entry)
        for entry in entries_of(signals, "safety"):
            _safety(judged, entry)
        for entry in entries_of(signals, "metadata"):
            _metadata(judged, entry)
        for entry in entries_of(signals, "input_modality"):
            _trimmed(judged, entry, "name", "an input modality")
        for kind in ("structure", "conversation"):
            for entry in entries_of(signals, kind):
                _predicate(judged, keys_of(entry, "predicate"), f"{kind} `{text_of(entry, 'name') or ''}`")
        _conditions(judged, profile)


def _names(judged: Judged, signals: Keys | None) -> None:
    """Names that are equal but for their case; equal ones are told where the signals are read."""
    for family in FOLDED:
        seen: dict[str, str] = {}
        for entry in entries_of(signals, family):
            name = text_of(entry, "name") or ""
            first = seen.setdefault(name.lower(), name)
            if first != name:
                message = f"two entries of `{family}` are called `{first}` and `{name}`, which is the same name here"
                judged.say(codes.DUPLICATE_NAME, message, named(entry))
    unique(entries_of(signals, "hallucination"), "hallucination signals", judged.report)


def _conditions(judged: Judged, profile: Profile) -> None:
    roles = [text_of(entry, "name") or "" for entry in entries_of(profile.signals, "role_bindings")]
    for decision in profile.decisions:
        rules = keys_of(decision, "rules")
        for leaf in leaves(rules) if rules is not None else ():
            own = text_of(leaf, "name") or ""
            if text_of(leaf, "type") == "authz" and own not in roles and own:
                message = f"no role binding is called `{own}`; vLLM-SR {judged.facts.release} looks for its name"
                judged.dangling(message, place(leaf, "name"), own, roles)
            what = f"the condition on `{own}`"
            _predicate(judged, keys_of(leaf, "predicate"), what)


def _predicate(judged: Judged, predicate: Keys | None, what: str) -> None:
    """Bounds twice on one side; none, or none between them, is told where the signal is read."""
    for pair in (("gt", "gte"), ("lt", "lte")):
        if predicate is not None and all(predicate.get(key) is not None for key in pair):
            judged.contradict(f"the predicate of {what} has both `{pair[0]}` and `{pair[1]}`", line(predicate.span))


def _embedding(judged: Judged, entry: Keys) -> None:
    name, at = text_of(entry, "name") or "", named(entry)
    banks = {bank: texts(entry, bank) for bank in BANKS}
    if not banks["candidates"] and not banks["image_candidates"]:
        judged.refuse(
            f"embedding `{name}` has no `candidates` and no `image_candidates`, so it compares with nothing", at
        )
    for bank in banks.values():
        for text, where in bank:
            if not text.strip():
                judged.refuse(f"a candidate of embedding `{name}` is empty", where)
    bound = 2 if banks["negative_candidates"] or banks["negative_image_candidates"] else 1
    threshold = number_of(entry, "threshold")
    if threshold is not None and abs(threshold) > bound:
        message = f"the `threshold` of embedding `{name}` is {float(threshold):g}, outside -{bound} to {bound}"
        judged.say(codes.OUT_OF_RANGE, message, place(entry, "threshold"))
    _modality(judged, entry, name, banks)


def _modality(judged: Judged, entry: Keys, name: str, banks: dict[str, Texts]) -> None:
    """Images and sound need an encoder that knows them, or a binding to one."""
    semantic = keys_of(keys_of(keys_of(judged.catalogue, "embeddings"), "semantic"), "embedding_config")
    multimodal = (
        (text_of(semantic, "model_type") or "") if semantic is not None else ""
    ).strip().lower() == "multimodal"
    bindings = [keys_of(judged.catalogue, "bindings")]
    bindings += [keys_of(p.routing, "model_bindings") for p in judged.profiles if _has(p, entry)]
    if multimodal or any(each is not None and "embedding" in each for each in bindings):
        return
    query = text_of(entry, "query_modality")
    if banks["image_candidates"] or banks["negative_image_candidates"] or query in ("image", "audio"):
        message = f"embedding `{name}` compares with images or sound, and the embedding model is not `multimodal`"
        judged.refuse(message, named(entry))


def _has(profile: Profile, entry: Keys) -> bool:
    return any(entry is each for each in entries_of(profile.signals, "embeddings"))


def _domain(judged: Judged, entry: Keys) -> None:
    """What the router's classifier cannot say never fires; the router does not start with it."""
    for text, where in texts(entry, "mmlu_categories"):
        if text.strip() not in NAMES:
            message = f"`{text}` is not one of the categories of the router's classifier"
            judged.dangling(message, where, text.replace("_", " "), NAMES)


def _pii(judged: Judged, entry: Keys) -> None:
    """What is allowed by a name that no detection has is not allowed: it fires the signal."""
    for text, where in texts(entry, "pii_types_allowed"):
        if text not in PII:
            message = f"no type of PII is called `{text}`, so pii `{text_of(entry, 'name') or ''}` allows nothing by it"
            judged.say(codes.DROPPED, message, where, did_you_mean(text, PII))


def _trimmed(judged: Judged, entry: Keys, key: str, what: str, *, colon: bool = True) -> None:
    text = text_of(entry, key)
    if text is None:
        return
    if not text.strip() or text != text.strip():
        judged.refuse(f"the `{key}` of {what} is empty or has blanks around it", place(entry, key))
    if not colon and ":" in text:
        judged.refuse(f"the `{key}` of {what} has a colon in it", place(entry, key))


def _labels(judged: Judged, labels: Texts, what: str, at: Span) -> bool:
    """Whether labels can be told apart: there, trimmed, without colons, each once."""
    names = [text for text, _ in labels]
    for text, where in labels:
        if not text.strip() or text != text.strip() or ":" in text:
            judged.refuse(f"`{text}` cannot be a label of {what}: it is empty, has blanks around it or a colon", where)
    if len(set(names)) < len(names):
        judged.refuse(f"{what} names a label twice", at)
    return len(set(names)) == len(names)


def _classifier(judged: Judged, entry: Keys) -> None:
    name, at, kind = text_of(entry, "name") or "", named(entry), text_of(entry, "type")
    what = f"classifier `{name}`"
    _trimmed(judged, entry, "name", "a classifier", colon=False)
    labels = texts(entry, "labels")
    _labels(judged, labels, what, at)
    if kind in ("local", "sequence_classifier") and len(labels) < LEAST_LABELS:
        judged.refuse(f"{what} of type `{kind}` has fewer than two `labels`", at)
    wrong = {
        "local": ("model", "instructions", "disable_rationale"),
        "llm": LOCAL_ONLY,
        "sequence_classifier": (*LOCAL_ONLY, "instructions", "disable_rationale"),
    }
    for key in wrong.get(kind or "", ()):
        if filled(entry.get(key)):
            judged.contradict(f"{what} of type `{kind}` takes no `{key}`", entry.key(key))
    if kind == "llm" and not text_of(entry, "instructions"):
        judged.missing(f"{what} of type `llm` has no `instructions`", at)


def _selector(judged: Judged, profile: Profile, entry: Keys) -> None:
    """What runs the classifier: a path or a model of its own, or a binding."""
    name, kind = text_of(entry, "name") or "", text_of(entry, "type")
    bindings = (keys_of(judged.catalogue, "bindings"), keys_of(profile.routing, "model_bindings"))
    if kind is None or any(each is not None and f"classifier.{name}" in each for each in bindings):
        return
    key = "model_path" if kind == "local" else "model"
    if not text_of(entry, key):
        message = f"classifier `{name}` of type `{kind}` has neither a `{key}` nor a binding to a model"
        judged.missing(message, named(entry))


def _safety(judged: Judged, entry: Keys) -> None:
    name, at = text_of(entry, "name") or "", named(entry)
    what = f"safety `{name}`"
    _trimmed(judged, entry, "name", "a safety signal", colon=False)
    _blank(judged, entry, "model", what)
    labels = texts(entry, "labels") or [("safe", at), ("unsafe", at)]
    unsafe = texts(entry, "unsafe_labels") or [("unsafe", at)]
    fine = _labels(judged, labels, what, at) and _labels(judged, unsafe, what, at)
    names, bad = {t for t, _ in labels}, {t for t, _ in unsafe}
    if fine and (len(labels) < LEAST_LABELS or not bad < names):
        judged.refuse(f"the `unsafe_labels` of {what} are not some, and not all, of its two or more `labels`", at)
    hazard = keys_of(entry, "hazard")
    if hazard is None:
        return
    _blank(judged, hazard, "model", f"the hazard of {what}")
    own, chosen = texts(hazard, "labels"), texts(hazard, "categories")
    where = line(hazard.span)
    if ("labels" in hazard and len(own) < LEAST_LABELS) or ("categories" in hazard and not chosen):
        judged.refuse(f"the hazard of {what} needs two `labels` and one of its `categories`", where)
        return
    told = _labels(judged, own, f"the hazard of {what}", where)
    told = _labels(judged, chosen, f"the hazard of {what}", where) and told
    if told and own and not _set(chosen) <= _set(own):
        judged.refuse(f"the `categories` of the hazard of {what} are not all among its `labels`", where)


def _set(labels: Iterable[tuple[str, Span]]) -> set[str]:
    return {text for text, _ in labels}


def _blank(judged: Judged, entry: Keys, key: str, what: str) -> None:
    text = text_of(entry, key)
    if text is not None and text != text.strip():
        judged.refuse(f"the `{key}` of {what} has blanks around it", place(entry, key))


def _metadata(judged: Judged, entry: Keys) -> None:
    _trimmed(judged, entry, "name", "a metadata signal")
    _trimmed(judged, entry, "key", "a metadata signal")
    predicate = keys_of(entry, "predicate")
    if predicate is None:
        return
    said = [predicate.get("equals") is not None, filled(predicate.get("in")), bool_of(predicate, "exists") is not None]
    if sum(said) != 1:
        what = f"the predicate of metadata `{text_of(entry, 'name') or ''}`"
        judged.contradict(f"{what} needs exactly one of `equals`, `in` and `exists`", line(predicate.span))
