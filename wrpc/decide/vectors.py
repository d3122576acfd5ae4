"""Boxes as bits: of each cell of a dimension, the boxes that a request in it may still lie in.

A request lies in the boxes whose bits are left when the vectors of its cells are ANDed. What that costs grows with the
number of dimensions; how many boxes there are only says how long the numbers are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wrpc.decide.boxes import Box
from wrpc.decide.dimensions import Dimension, Ranges

ROOM = 64_000_000
"""Bytes that the vectors of one dimension take at most. Where they would take more, cells share one, and the boxes that
begin or end among these are asked again."""


@dataclass(frozen=True, slots=True)
class Bit:
    """A box with what it holds for: requests for which it is true, or, where `possible`, not false."""

    box: Box
    possible: bool


def bits(places: Iterable[int], count: int) -> int:
    """A number with the bits of some places, each at most once."""
    found = bytearray(count // 8 + 1)
    for place in places:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")


class Vectors:
    """`of` a dimension that some box names: the vector of each of its cells, and last that of the unknown one.

    `asked` has, by the place of a box, the dimensions whose cells have to be looked at again."""

    def __init__(self, dimensions: Sequence[Dimension], boxes: Sequence[Bit]) -> None:
        self._dimensions = dimensions
        self.count = len(boxes)
        self.all = (1 << self.count) - 1
        self.of: dict[int, list[int]] = {}
        self.asked: dict[int, list[int]] = {}
        self._possible = bits((i for i, b in enumerate(boxes) if b.possible), self.count)
        naming: dict[int, list[tuple[int, Ranges]]] = {}
        for place, bit in enumerate(boxes):
            for index, ranges in bit.box.items():
                naming.setdefault(index, []).append((place, ranges))
        self.naming = {index: bits((p for p, _ in found), self.count) for index, found in naming.items()}
        for index, found in naming.items():
            self.of[index] = self._swept(dimensions[index], found)

    def _swept(self, dimension: Dimension, found: Sequence[tuple[int, Ranges]]) -> list[int]:
        size = dimension.size
        named = self.naming[dimension.index]
        others = self.all ^ named
        starts: dict[int, list[int]] = {}
        for place, ranges in found:
            for low, high in ranges:
                starts.setdefault(low, []).append(place)
                starts.setdefault(high + 1, []).append(place)
        shared = max(1, len(starts) * self.count // 8 // ROOM + 1)
        if shared > 1:
            return self._coarse(dimension, found, shared * size // max(len(starts), 1) + 1)
        known: dict[int, int] = {}
        made: list[int] = []
        inside, vector = 0, others
        for cell in range(size):
            if cell in starts:
                inside = _turned(inside, starts[cell], self.count)
                vector = known.setdefault(others | inside, others | inside)
            made.append(vector)
        if dimension.fallible:
            made.append(others | (named & self._possible))
        return made

    def _coarse(self, dimension: Dimension, found: Sequence[tuple[int, Ranges]], width: int) -> list[int]:
        """A vector for so many cells each: of what may hold in one of them."""
        size = dimension.size
        starts: dict[int, list[int]] = {}
        for place, ranges in found:
            blocks: list[tuple[int, int]] = []
            for low, high in ranges:
                first, last = low // width, high // width
                if blocks and first <= blocks[-1][1]:
                    first = blocks.pop()[0]
                blocks.append((first, last))
            for first, last in blocks:
                starts.setdefault(first, []).append(place)
                starts.setdefault(last + 1, []).append(place)
            self.asked.setdefault(place, []).append(dimension.index)
        named = self.naming[dimension.index]
        others = self.all ^ named
        made: list[int] = []
        inside = 0
        for block in range((size + width - 1) // width):
            inside = _turned(inside, starts.get(block, ()), self.count)
            vector = others | inside
            made += [vector] * min(width, size - len(made))
        if dimension.fallible:
            made.append(others | (named & self._possible))
        return made


def _turned(inside: int, places: Sequence[int], count: int) -> int:
    """The set with those that begin added and those that end left out; one that does both stays."""
    if len(places) < 8:
        for place in places:
            inside ^= 1 << place
        return inside
    odd: set[int] = set()
    for place in places:
        odd ^= {place}
    return inside ^ bits(odd, count)
