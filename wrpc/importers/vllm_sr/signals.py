"""Signals of a recipe into signals, groups and conditions of a policy.

What can be observed together is part of the meaning: labels of one classifier exclude each other, rules over one
number move together. Facts of runtime 0.4: a keyword, PII, language, conversation or structure rule is a decision
already made and carries no confidence; only what a model measured does, as a probability or as a similarity.
"""

from __future__ import annotations

from collections.abc import Callable

from wrpc.importers.document import Keys
from wrpc.importers.faults import unique
from wrpc.importers.nodes import entries_of, named, text_of
from wrpc.importers.vllm_sr import computed, measured
from wrpc.importers.vllm_sr.draft import Signals
from wrpc.importers.vllm_sr.facts import facts

READERS: dict[str, Callable[[Signals, list[Keys]], None]] = {
    "keyword": computed.keyword,
    "embedding": measured.embedding,
    "domain": measured.domain,
    "fact_check": measured.one_label("fact_check", "fact_checks"),
    "user_feedback": measured.one_label("user_feedback", "user_feedbacks"),
    "reask": measured.reask,
    "preference": measured.preference,
    "language": measured.language,
    "context": computed.context,
    "structure": computed.structure,
    "modality": measured.one_label("modality", "modalities"),
    "authz": computed.authz,
    "jailbreak": measured.jailbreak,
    "safety": measured.safety,
    "pii": measured.pii,
    "kb": measured.kb,
    "conversation": computed.conversation,
    "event": computed.event,
    "metadata": computed.metadata,
    "classifier": measured.classifier,
    "input_modality": measured.input_modality,
    # Last: its composers read all the others.
    "complexity": measured.complexity,
}


def read(signals: Signals, section: Keys | None) -> None:
    """Every section of `signals`, in the order of the table below."""
    if section is None:
        return
    kinds = facts().kinds
    for kind, reader in READERS.items():
        entries = unique(entries_of(section, kinds[kind]), f"{kind} signals", signals.catalog.report)
        for entry in entries:
            own = text_of(entry, "name") or ""
            if kind not in ("complexity", "classifier"):
                signals.own(kind, entry, own)
        reader(signals, entries)
    for entry in entries_of(section, "hallucination"):
        signals.catalog.report.omit(
            f"hallucination `{text_of(entry, 'name')}`",
            named(entry),
            severity="info",
            why=("it looks at the answer, after the decision"),
        )
