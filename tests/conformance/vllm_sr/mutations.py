"""Files with one fault each: every place of a configuration, wrong in every way that its kind of value can be."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

Path = tuple[str | int, ...]


def mutations(base: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each fault, and the configuration with it."""
    for path in places(base):
        for name, change in changes(at(base, path), at(base, path[:-1])):
            changed = copy.deepcopy(base)
            change(at(changed, path[:-1]), path[-1])
            yield f"{name} {'.'.join(map(str, path))}", changed


def places(node: Any, path: Path = ()) -> Iterator[Path]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


def changes(value: Any, owner: Any) -> Iterator[tuple[str, Any]]:
    def to(new: Any) -> Any:
        return lambda owner, key: owner.__setitem__(key, new)

    yield "drop", lambda owner, key: owner.pop(key)
    yield "empty", to(None)
    if isinstance(owner, dict):
        yield "misspell", lambda owner, key: owner.__setitem__(f"{key}x", owner.pop(key))
        yield "add", lambda owner, _: owner.__setitem__("unheard_of", 1)
    if isinstance(owner, list):
        yield "twice", lambda owner, key: owner.insert(key, copy.deepcopy(owner[key]))
    match value:
        case bool():
            yield "word", to("maybe")
            yield "turn", to(not value)
        case int() | float():
            yield "word", to("many")
            yield "below", to(-1)
            yield "above", to(1_000_000)
            yield "fraction", to(value + 0.5)
            yield "quoted", to(str(value))
        case str():
            yield "number", to(7)
            yield "other", to(f"{value}x")
            yield "blank", to(f" {value}")
            yield "empty text", to("")
            yield "flag", to(True)
            yield "list", to([value])
        case list():
            yield "text", to("text")
            yield "no entry", to([])
            yield "mapping", to({"a": 1})
        case dict():
            yield "text", to("text")
            yield "no key", to({})
            yield "list", to([value])
