"""Rule trees: an operator over several, or a condition on one signal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from wrpc.targets.vllm_sr.kinds import Entry

MOST_NODES = 20_000


class Cannot(Exception):
    """Something has no spelling there. Caught where the finding knows its place."""


@dataclass(frozen=True, slots=True)
class Node:
    """A rule tree. `entry` is an operator over `parts`, or a leaf; with neither it is a constant."""

    operator: str = ""
    parts: tuple[Node, ...] = ()
    leaf: Mapping[str, object] = field(default_factory=dict)
    constant: bool | None = None
    size: int = 1

    def entry(self) -> Entry:
        if self.leaf:
            return dict(self.leaf)
        return {"operator": self.operator, "conditions": [p.entry() for p in self.parts]}


TRUE, FALSE = Node(constant=True), Node(constant=False)


def both(parts: Iterable[Node]) -> Node:
    return _joined("AND", parts, TRUE, FALSE)


def either(parts: Iterable[Node]) -> Node:
    return _joined("OR", parts, FALSE, TRUE)


def _joined(operator: str, parts: Iterable[Node], neutral: Node, absorbing: Node) -> Node:
    kept: list[Node] = []
    for part in parts:
        if part is absorbing:
            return absorbing
        if part is not neutral:
            kept += part.parts if part.operator == operator else [part]
    if not kept:
        return neutral
    if len(kept) == 1:
        return kept[0]
    size = 1 + sum(p.size for p in kept)
    if size > MOST_NODES:
        raise Cannot(f"written out, the condition has more than {MOST_NODES} nodes")
    return Node(operator, tuple(kept), size=size)


def negate(part: Node) -> Node:
    if part.constant is not None:
        return FALSE if part.constant else TRUE
    if part.operator == "NOT":
        return part.parts[0]
    return Node("NOT", (part,), size=part.size + 1)


def leaf(kind: str, name: str, **more: object) -> Node:
    return Node(leaf={"type": kind, "name": name, **more})
