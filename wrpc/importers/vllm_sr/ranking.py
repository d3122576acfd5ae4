"""How a release chooses among the decisions that match.

0.4 (`pkg/decision/selection.go`): the lowest tier; catch-alls last in it; then the strategy. Before (`engine.go` of
v0.3.0): once a matched decision has a tier, the lowest tier, then the surer decision whatever the strategy says;
without tiers the strategy alone, so that a catch-all of high priority goes first.
"""

from __future__ import annotations

from wrpc.diagnostics import finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import Report
from wrpc.importers.nodes import entries_of, int_of, keys_of, named, text_of
from wrpc.importers.vllm_sr import rules
from wrpc.importers.vllm_sr.facts import NEWEST

BY_PRIORITY = ("priority", "confidence", "name")
BY_CONFIDENCE = ("confidence", "priority", "name")
# What a model measured, so that its confidence is its own; every other condition counts 1.
MEASURED = frozenset(
    ("classifier", "complexity", "domain", "embedding", "jailbreak", "kb", "preference", "reask", "safety")
)


def order(routing: Keys, settings: Keys | None, release: str, report: Report) -> tuple[str, ...]:
    """The keys of `resolve`."""
    strategy = _strategy(routing, settings, release)
    if release != NEWEST and (_tiered(routing) or strategy == "confidence"):
        _means(routing, release, report)
        return BY_CONFIDENCE
    return BY_CONFIDENCE if strategy == "confidence" else BY_PRIORITY


def plain(routing: Keys, settings: Keys | None, release: str) -> bool:
    """Whether a catch-all competes by its priority alone, like a decision whose condition always holds."""
    return release != NEWEST and not _tiered(routing) and _strategy(routing, settings, release) == "priority"


def _strategy(routing: Keys, settings: Keys | None, release: str) -> str:
    router = keys_of(settings, "router")
    older = text_of(router, "strategy") if router is not None and release != NEWEST else None
    return text_of(routing, "strategy") or older or "priority"


def _tiered(routing: Keys) -> bool:
    return any((int_of(decision, "tier") or 0) > 0 for decision in entries_of(routing, "decisions"))


def _means(routing: Keys, release: str, report: Report) -> None:
    """One finding, at the first decision whose confidence is measured beside another of its tier."""
    tiers: dict[int, list[Keys]] = {}
    for decision in entries_of(routing, "decisions"):
        if keys_of(decision, "rules") is not None:
            tiers.setdefault(int_of(decision, "tier") or 0, []).append(decision)
    for together in tiers.values():
        measured = [decision for decision in together if _measured(decision)]
        if measured and len(together) > 1:
            one, other = measured[0], next(each for each in together if each is not measured[0])
            message = (
                f"vLLM-SR {release} takes the surer of `{text_of(one, 'name')}` and `{text_of(other, 'name')}` by the "
                "mean of all their conditions, which a policy cannot say; where that is another one, so is the answer"
            )
            report.add(finding(codes.RANKED_OTHERWISE, message, named(one)))
            return


def _measured(decision: Keys) -> bool:
    root = keys_of(decision, "rules")
    return root is not None and any(text_of(leaf, "type") in MEASURED for leaf in rules.leaves(root))
