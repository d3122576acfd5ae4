"""The domains that the router has of its own where a file declares none: the fourteen of its classifier."""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.diagnostics import Related, finding
from wrpc.importers import codes
from wrpc.importers.document import Keys, Pair, Scalar
from wrpc.importers.nodes import entries_of, items_of, keys_of, line, text_of
from wrpc.importers.vllm_sr import measured, rules
from wrpc.importers.vllm_sr.draft import Signals

NAMES = (
    "biology", "business", "chemistry", "computer science", "economics", "engineering", "health", "history", "law",
    "math", "other", "philosophy", "physics", "psychology",
)  # fmt: skip


def built_in(signals: Signals, routing: Keys) -> None:
    """Signals for the domains that a recipe without `signals.domains` asks for; one note a name."""
    section = keys_of(routing, "signals")
    if entries_of(section, "domains"):
        return
    asked: dict[str, list[Scalar]] = {}
    for each in _asked(routing):
        asked.setdefault(each.text, []).append(each)
    entries = []
    for name, places in asked.items():
        if name not in NAMES:
            continue  # the condition says that nothing is called so
        message = f"the file declares no domain, so `{name}` is the router's own"
        related = [Related(line(other.span), "asked here, too") for other in places[1:4]]
        signals.catalog.report.add(finding(codes.BUILT_IN, message, line(places[0].span), related=related))
        entries.append(Keys({"name": Pair(places[0], places[0])}, places[0].span))
    for entry in entries:
        signals.own("domain", entry, text_of(entry, "name") or "")
    measured.domain(signals, entries)


def _asked(routing: Keys) -> Iterator[Scalar]:
    """The names of domains in conditions, composers, scores and partitions."""
    roots = [keys_of(decision, "rules") for decision in entries_of(routing, "decisions")]
    roots += [keys_of(entry, "composer") for entry in entries_of(keys_of(routing, "signals"), "complexity")]
    projections = keys_of(routing, "projections")
    leaves = [leaf for root in roots if root is not None for leaf in rules.leaves(root)]
    leaves += [item for score in entries_of(projections, "scores") for item in entries_of(score, "inputs")]
    for leaf in leaves:
        name = leaf.get("name")
        if text_of(leaf, "type") == "domain" and isinstance(name, Scalar):
            yield name
    for partition in entries_of(projections, "partitions"):
        for member in items_of(partition, "members"):
            if isinstance(member, Scalar) and member.text in NAMES:
                yield member
