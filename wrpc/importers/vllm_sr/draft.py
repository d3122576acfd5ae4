"""The signals, groups and conditions of a policy in the making, and how one of each is added."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from wrpc.importers.document import Keys
from wrpc.importers.nodes import keys_of, named, place, text_of
from wrpc.importers.sketch import (
    attribute,
    call,
    name,
    number,
    word,
)
from wrpc.importers.vllm_sr.catalog import Catalog, Leaf
from wrpc.source import Span
from wrpc.syntax import tree


@dataclass(slots=True)
class Signals:
    """Declarations as they are made; `raw_read` are the embeddings whose number is read below their threshold."""

    catalog: Catalog
    settings: Keys | None
    raw_read: frozenset[str] = frozenset()
    on_error: dict[tuple[str, str], str] = field(default_factory=dict)
    signals: list[tree.Signal] = field(default_factory=list)
    groups: list[tree.Group] = field(default_factory=list)
    lets: list[tree.Let] = field(default_factory=list)

    # ── Making declarations ──

    def signal(self, wanted: str, kind: str, type_: tree.Path | tree.Call, at: Span, *parts: tree.Attribute) -> str:
        given = self.catalog.names.give(wanted, kind)
        self.signals.append(tree.Signal(at, name(given, at), type_, tree.Block(at, parts)))
        return given

    def flag(self, entry: Keys, kind: str, source: tree.Call, reference: str | None = None) -> str:
        """A bool signal called as its entry is."""
        at, wanted = named(entry), reference or text_of(entry, "name") or kind
        given = self.signal(wanted, kind, word("bool", at), at, attribute("source", source, at), *described(entry))
        self.catalog.add(kind, wanted, Leaf(given, "flag", at))
        return given

    def score(
        self,
        entry: Keys,
        kind: str,
        source: tree.Call,
        threshold: Fraction | None,
        evidence: str | None,
        *,
        wanted: str | None = None,
        reference: str | None = None,
        low: int = 0,
    ) -> str:
        """A score signal that fires at a threshold, or, without one, wherever it has a number above 0."""
        at, own = named(entry), text_of(entry, "name") or kind
        where = place(entry, "threshold")
        type_ = call("score", at, tree.Range(at, number(low, at), number(1, at))) if low else word("score", at)
        fires = (
            attribute("above", 0, at) if threshold is None else attribute("threshold", number(threshold, where), where)
        )
        parts = [attribute("source", source, at), fires]
        if evidence:
            parts.append(attribute("evidence", word(evidence, at), at))
        error = self.on_error.get((kind, reference or own))
        if error:
            parts.append(attribute("on_error", word(error, at), at))
        given = self.signal(wanted or own, kind, type_, at, *parts, *described(entry))
        self.catalog.add(kind, reference or own, Leaf(given, "score", at))
        return given

    def group(self, wanted: str, members: list[str], at: Span, default: str | None = None) -> None:
        if len(members) < 2 and default is None:
            return
        given = self.catalog.names.give(wanted, "group")
        names = tuple(name(m, at) for m in members)
        self.groups.append(tree.Group(at, name(given, at), names, None if default is None else name(default, at)))

    def let(self, wanted: str, kind: str, reference: str, condition: tree.Expr, at: Span) -> None:
        given = self.catalog.names.give(wanted, kind)
        self.lets.append(tree.Let(at, name(given, at), condition))
        self.catalog.add(kind, reference, Leaf(given, "flag", at))

    def metric(self, wanted: str, base: str, low: Fraction, at: Span) -> str:
        """A number that a knowledge base measures."""
        type_ = call("real", at, tree.Range(at, number(low, at), number(1, at)))
        source = attribute("source", call("kb_metric", at, base, wanted), at)
        return self.signal(wanted, base, type_, at, source)

    def own(self, kind: str, entry: Keys, *references: str) -> None:
        self.catalog.owners[kind, text_of(entry, "name") or ""] = (named(entry), references)

    def setting(self, *keys: str) -> Keys | None:
        """A mapping below `global`."""
        found = self.settings
        for key in keys:
            found = keys_of(found, key)
        return found


def described(entry: Keys) -> list[tree.Attribute]:
    text = text_of(entry, "description")
    return [attribute("description", " ".join(text.split()), place(entry, "description"))] if text else []
