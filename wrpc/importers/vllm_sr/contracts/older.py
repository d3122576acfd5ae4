"""What `vllm-sr config validate` of 0.3.0 refuses and 0.4 does not: keys that it needs, models without a card."""

from __future__ import annotations

from wrpc.importers.document import Keys
from wrpc.importers.nodes import entries_of, keys_of, line, named, text_of
from wrpc.importers.vllm_sr.contracts.judged import Judged
from wrpc.importers.vllm_sr.facts import OLDEST

# New at the top of the file, where that release takes no key that it does not know.
NEW = ("entrypoints", "recipes", "evaluation")
NEEDED = ("description", "rules", "modelRefs")
BAND = ("min_tokens", "max_tokens")


def judge(judged: Judged) -> None:
    end = f"; vLLM-SR {OLDEST} refuses it"
    for key in NEW:
        if key in judged.root:
            judged.refuse(f"`{key}` is a key of later releases{end}", judged.root.key(key))
    for decision in judged.decisions:
        for key in NEEDED:
            if key not in decision:
                judged.missing(
                    f"`{key}` is missing in decision `{text_of(decision, 'name') or ''}`{end}", named(decision)
                )
    for profile in judged.profiles:
        for entry in entries_of(profile.signals, "context"):
            for key in BAND:
                if key not in entry:
                    judged.missing(f"`{key}` is missing in context `{text_of(entry, 'name') or ''}`{end}", named(entry))
    for name, model in judged.models.items():
        if name not in judged.cards:
            judged.dangling(f"the model `{name}` has no card among `modelCards`{end}", named(model), name, judged.cards)
    _default(judged, keys_of(judged.root, "providers"), end)


def _default(judged: Judged, providers: Keys | None, end: str) -> None:
    defaults = keys_of(providers, "defaults")
    model = text_of(defaults, "model") if defaults is not None else None
    written = defaults is not None and "model" in defaults and defaults.pairs["model"].key.text == "default_model"
    if model is None or not written:
        at = judged.root.span if providers is None else judged.root.key("providers")
        judged.missing(f"`providers.defaults` names no `default_model`{end}", line(at))
