"""Terms of the index: sets of points, as the bits of whole numbers, and how each was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from wrpc.override import override
from wrpc.solver.index.own import Own


class Bits(Own):
    """`may`: the points of which some request may satisfy the term; `must`: those of which every request does. They are
    one object where the term is decided everywhere.

    `operation` and `parts` are how the term was made, so that it can be made again of Z3's terms: "and" and "or" of
    parts, "not" of one, "named" (a label and a term), "leaf" (a function from the reference room to its term).
    """

    __slots__ = ("full", "may", "must")

    def __init__(self, full: int, may: int, must: int, operation: str, parts: tuple[Any, ...]) -> None:
        self.full = full
        self.may = may
        self.must = must
        self.operation = operation
        self.parts = parts

    @override
    def conj(self, parts: Sequence[Bits]) -> Bits | bool:
        full = self.full
        may = must = full
        exact = True
        for part in parts:
            may &= part.may
            if part.must is not part.may:
                exact = False
        if not may:
            return False
        if exact:
            must = may
        else:
            for part in parts:
                must &= part.must
            must = may if must == may else must
        return True if must == full else Bits(full, may, must, "and", tuple(parts))

    @override
    def disj(self, parts: Sequence[Bits]) -> Bits | bool:
        full = self.full
        may = must = 0
        exact = True
        for part in parts:
            may |= part.may
            if part.must is not part.may:
                exact = False
        if not may:
            return False
        if exact:
            must = may
        else:
            for part in parts:
                must |= part.must
            must = may if must == may else must
        return True if must == full else Bits(full, may, must, "or", tuple(parts))

    @override
    def negated(self) -> Bits:
        if self.operation == "not":
            before: Bits = self.parts[0]
            return before
        may = self.full ^ self.must
        return Bits(self.full, may, may if self.must is self.may else self.full ^ self.may, "not", (self,))

    @override
    def named(self, label: str) -> Bits:
        if self.operation == "named":
            return self
        return Bits(self.full, self.may, self.must, "named", (label, self))

    @override
    def leaf(self, make: Callable[[Any], Any]) -> Bits:
        return Bits(self.full, self.may, self.must, "leaf", (make,))


def runs(cells: int) -> Iterator[tuple[int, int]]:
    """The runs of ones: the first of each, and the first behind it."""
    at = 0
    while cells:
        skipped = (cells & -cells).bit_length() - 1
        cells >>= skipped
        length = (~cells & (cells + 1)).bit_length() - 1
        yield at + skipped, at + skipped + length
        cells >>= length
        at += skipped + length
