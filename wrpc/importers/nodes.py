"""What a reader takes from nodes: a key's value of one type, or nothing; and where it stands, on one line."""

from __future__ import annotations

from fractions import Fraction

from wrpc.importers.document import Items, Keys, Node, Pair, Scalar
from wrpc.source import Span


def line(at: Span) -> Span:
    """The first line of a place."""
    end = at.source.text.find("\n", at.start, at.end)
    return at if end < 0 else Span(at.source, at.start, end)


def text_of(entry: Keys, key: str) -> str | None:
    node = entry.get(key)
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else None


def number_of(entry: Keys, key: str) -> Fraction | None:
    node = entry.get(key)
    if not isinstance(node, Scalar) or isinstance(node.value, bool) or not isinstance(node.value, int | Fraction):
        return None
    return Fraction(node.value)


def int_of(entry: Keys, key: str) -> int | None:
    found = number_of(entry, key)
    return None if found is None else int(found)


def bool_of(entry: Keys, key: str) -> bool | None:
    node = entry.get(key)
    return node.value if isinstance(node, Scalar) and isinstance(node.value, bool) else None


def keys_of(entry: Keys | None, key: str) -> Keys | None:
    node = None if entry is None else entry.get(key)
    return node if isinstance(node, Keys) else None


def items_of(entry: Keys | None, key: str) -> tuple[Node, ...]:
    node = None if entry is None else entry.get(key)
    return node.items if isinstance(node, Items) else ()


def entries_of(entry: Keys | None, key: str) -> tuple[Keys, ...]:
    return tuple(item for item in items_of(entry, key) if isinstance(item, Keys))


def texts_of(entry: Keys | None, key: str) -> tuple[str, ...]:
    return tuple(i.value for i in items_of(entry, key) if isinstance(i, Scalar) and isinstance(i.value, str))


def place(entry: Keys, key: str) -> Span:
    """Where a key's value stands, on one line."""
    pair: Pair | None = entry.pairs.get(key)
    return line(entry.span) if pair is None else line(pair.value.span)


def named(entry: Keys) -> Span:
    """Where an entry says its name, key included: no declaration of the language begins like that."""
    pair = entry.pairs.get("name")
    return line(entry.span) if pair is None else line(pair.key.span.to(pair.value.span))
