"""What a mapping is, told by its keys: which of them stand in it, however deep, and how much each of them says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wrpc.importers.document import Items, Keys, Node

Marks = Mapping[str, int]
"""Paths of keys and how surely a mapping that has one is of the kind. `a.b` goes down, `a[]` into the items of a list,
`*` into the value of any key."""

SURE = 3
"""What makes a whole file one of a kind."""

CERTAIN = 6
"""What does so where nothing else speaks for it: somewhere inside another file."""

MOST_ITEMS = 50


def score(root: Node, marks: Marks) -> int:
    return sum(weight for path, weight in marks.items() if has(root, path)) if isinstance(root, Keys) else 0


def has(root: Node, path: str) -> bool:
    """Whether a path leads somewhere."""
    return any(True for _ in at(root, path.split(".")))


def at(node: Node, steps: list[str]) -> Iterator[Node]:
    """What a path leads to."""
    if not steps:
        yield node
        return
    if not isinstance(node, Keys):
        return
    name = steps[0].removesuffix("[]")
    if name == "*":
        found = [pair.value for pair in list(node.pairs.values())[:MOST_ITEMS]]
    else:
        found = [node.pairs[name].value] if name in node else []
    for value in found:
        if not steps[0].endswith("[]"):
            yield from at(value, steps[1:])
        elif isinstance(value, Items):
            for item in value.items[:MOST_ITEMS]:
                yield from at(item, steps[1:])
