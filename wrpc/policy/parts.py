"""The items of a section, sorted: attributes here, each kind of clause there; what stands twice or does not belong."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from wrpc.diagnostics import Related
from wrpc.policy import codes
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.readings import Reading
from wrpc.source import Span
from wrpc.syntax import tree

T = TypeVar("T", bound=tree.Node)

# How a clause is called in a message, by its node.
WORDS: Mapping[type, str] = {
    tree.When: "when",
    tree.To: "to",
    tree.Cascade: "cascade",
    tree.Deny: "deny",
    tree.Fallback: "fallback",
    tree.Spill: "spill",
    tree.Mirror: "mirror",
    tree.Budget: "budget",
    tree.Sticky: "sticky",
    tree.Forbid: "forbid",
    tree.Require: "require",
    tree.Sealed: "sealed",
    tree.Critical: "critical",
    tree.AcceptFailure: "accept_failure",
    tree.Apart: "apart",
    tree.Prefer: "prefer",
    tree.Claim: "claim",
}


class Parts:
    """`allowed` are the kinds of clause that this section may hold, `once` those of which it holds one."""

    def __init__(
        self,
        section: tree.Section,
        reader: Reader,
        allowed: Collection[type],
        once: Collection[type] = (),
        block: str = "",
        exactly: Collection[str] = (),
    ) -> None:
        self.section = section
        self.reader = reader
        self.clauses: list[tree.Item] = []
        self._of: dict[type, list[Any]] = {}
        attributes: list[tree.Attribute] = []
        first: dict[type, tree.Item] = {}
        for item in section.items:
            if isinstance(item, tree.Attribute):
                if item.name.text in exactly:
                    self.misplaced(item.name.text, item.name.span)
                else:
                    attributes.append(item)
                continue
            kind = type(item)
            if kind not in allowed:
                self.misplaced(WORDS[kind], item.span)
            elif kind in once and kind in first:
                reader.twice(WORDS[kind], section.kind, item.span, first[kind].span)
            else:
                first.setdefault(kind, item)
                self.clauses.append(item)
                self._of.setdefault(kind, []).append(item)
        self.attributes: Reading = reader.block(
            block or section.kind, attributes, v.CLAUSES.get(section.kind, ()), section.kind
        )

    def misplaced(self, what: str, span: Span) -> None:
        self.reader.faults.add(codes.MISPLACED_PART, f"`{what}` is not allowed in `{self.section.kind}`", span)

    def of(self, kind: type[T]) -> Sequence[T]:
        return self._of.get(kind, ())

    def one(self, kind: type[T]) -> T | None:
        found = self.of(kind)
        return found[0] if found else None

    def contradict(self, what: str, span: Span, other: str, there: Span) -> None:
        self.reader.faults.add(
            codes.CONTRADICTING_PARTS,
            f"`{what}` and `{other}` exclude each other",
            span,
            related=[Related(there, f"`{other}` stands here")],
        )
