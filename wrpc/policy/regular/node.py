"""A regular expression as nodes, and sets of characters as ranges of code points."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from wrpc.values import value

LAST = 0x10FFFF
SURROGATES = (0xD800, 0xDFFF)  # no text holds these

Ranges = tuple[tuple[int, int], ...]
"""Sorted, disjoint, none of them touching the next."""


@value
class Chars:
    """One character of a set; of an empty one, none."""

    ranges: Ranges


@value
class Joined:
    """One after the other; of no parts, the empty string."""

    parts: tuple[Node, ...]


@value
class Either:
    parts: tuple[Node, ...]


@value
class Repeated:
    """`most` is None where there is no end."""

    part: Node
    least: int
    most: int | None


Place = Literal["begin", "end", "begin line", "end line", "word", "no word"]


@value
class At:
    """The empty string at a place: the beginning or end of the text or of a line; where a word begins or ends."""

    place: Place


Node = Chars | Joined | Either | Repeated | At


def ranges(found: Iterable[tuple[int, int]]) -> Ranges:
    """Sorted and joined where they overlap or touch; surrogates left out."""
    made: list[tuple[int, int]] = []
    for low, high in sorted(_texts(found)):
        if made and low <= made[-1][1] + 1:
            made[-1] = made[-1][0], max(made[-1][1], high)
        else:
            made.append((low, high))
    return tuple(made)


def _texts(found: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    first, last = SURROGATES
    for low, high in found:
        if low < first:
            yield low, min(high, first - 1)
        if high > last:
            yield max(low, last + 1), high


def others(found: Ranges) -> Ranges:
    """The characters in none of them."""
    made = []
    start = 0
    for low, high in found:
        if start < low:
            made.append((start, low - 1))
        start = high + 1
    return ranges([*made, (start, LAST)] if start <= LAST else made)


def size(node: Node) -> int:
    """How many characters and places stand in it once repetitions are written out; capped far beyond any limit."""
    match node:
        case Chars() | At():
            return 1
        case Joined(parts) | Either(parts):
            return sum(map(size, parts)) + len(parts)
        case Repeated(part, least, most):
            return min(10**9, size(part) * max(least + 1 if most is None else most, 1) + 1)
