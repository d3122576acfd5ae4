"""Conditions as boxes: each an `and` of sets of cells, one a dimension; a condition is true where one of its boxes is.

Kleene's three values are kept: a box is unknown where a dimension that it names is, unless another makes it false, so a
condition and its boxes, an `or` of `and`s of its tests, are unknown for the same requests. What holds of no request
stays where it may be unknown (`x and not x`).

A condition that would take too many boxes has one that it lies in, and is then itself a test of what lies in that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wrpc.decide.dimensions import (
    Dimension,
    Every,
    Let,
    Neither,
    Ranges,
    Some,
    Test,
    Tree,
    common,
    union,
    without,
)
from wrpc.decide.space import Space

Box = dict[int, Ranges]
"""By dimension the cells that a request has to lie in. Those that are not named may be any, unknown ones too."""

Cells = Sequence[int] | Mapping[int, int]
"""The cell of each dimension that a request lies in."""
Truth = Callable[[Cells, dict[object, bool]], bool]
"""Also takes a place to remember in what the lets are for a request."""


class Forms:
    def __init__(self, space: Space, limit: int) -> None:
        self._dimensions = space.dimensions
        self._lets = space.lets
        self._limit = limit
        self._ranges: dict[tuple[int, object, bool], Ranges] = {}
        self._named: dict[tuple[str, bool], list[Box] | None] = {}
        self._bounds: dict[tuple[str, bool], Box | None] = {}
        self._tests: dict[tuple[str, bool, bool], Truth] = {}

    def ranges(self, test: Test, *, positive: bool = True) -> Ranges:
        """The cells for which a test, or its opposite, is true."""
        key = test.dimension, test.key, positive
        found = self._ranges.get(key)
        if found is None:
            dimension = self._dimensions[test.dimension]
            found = dimension.ranges(test.key) if positive else without(self.ranges(test), dimension.size)
            self._ranges[key] = found
        return found

    # ── Boxes ─────────────────────────────────────────────────────────────

    def boxes(self, tree: Tree, *, positive: bool = True) -> list[Box] | None:
        """A condition, or its opposite; None where it would take more boxes than the limit."""
        match tree:
            case bool():
                return [{}] if tree is positive else []
            case Test(index):
                return self._kept([{index: self.ranges(tree, positive=positive)}])
            case Neither(part):
                return self.boxes(part, positive=not positive)
            case Every(parts) | Some(parts):
                made = [self.boxes(p, positive=positive) for p in parts]
                if isinstance(tree, Every) is positive:
                    return self._product(made)
                return self._joined(made)
            case Let(name):
                key = name, positive
                if key not in self._named:
                    self._named[key] = self.boxes(self._lets[name], positive=positive)
                return self._named[key]

    def _joined(self, parts: Sequence[list[Box] | None]) -> list[Box] | None:
        """What is in one of them. Boxes of one and the same dimension become one."""
        found: list[Box] = []
        single: dict[int, Box] = {}
        for part in parts:
            if part is None:
                return None
            for box in part:
                if not box:
                    return [{}]
                if len(box) == 1:
                    ((index, ranges),) = box.items()
                    if index in single:
                        single[index][index] = union(single[index][index], ranges)
                        continue
                    single[index] = box = dict(box)
                if box not in found:
                    found.append(box)
        found = self._kept(found)
        if {} in found:
            return [{}]
        return found if len(found) <= self._limit else None

    def _product(self, parts: Sequence[list[Box] | None]) -> list[Box] | None:
        """What is in all of them."""
        found: list[Box] = [{}]
        for part in sorted(parts, key=lambda p: 10**9 if p is None else len(p)):
            if not found:
                return []
            if part is None:
                return None
            made: list[Box] = []
            for box in found:
                for other in part:
                    both = self._both(box, other)
                    if both is not None and both not in made:
                        made.append(both)
                        if len(made) > self._limit:
                            return None
            found = made
        return found

    def _both(self, a: Box, b: Box) -> Box | None:
        """What is in two boxes; None for nothing that could even be unknown."""
        if not a or not b:
            return a or b
        both = dict(a)
        for index, ranges in b.items():
            mine = both.get(index)
            if mine is not None:
                ranges = common(mine, ranges)
                if not ranges and not self._dimensions[index].fallible:
                    return None
            both[index] = ranges
        return both

    def _kept(self, boxes: list[Box]) -> list[Box]:
        """Without what is never true nor unknown, and without what is asked of a dimension whose every cell will do."""
        found = []
        for box in boxes:
            for index, ranges in box.items():
                dimension = self._dimensions[index]
                if dimension.fallible:
                    continue
                if not ranges:
                    break
                if ranges == ((0, dimension.size - 1),):
                    box = {i: r for i, r in box.items() if i != index}
            else:
                found.append(box)
        return found

    def bound(self, tree: Tree, *, positive: bool = True) -> Box | None:
        """One box that a condition lies in; None where it is false of every request that is known."""
        match tree:
            case bool():
                return {} if tree is positive else None
            case Test(index):
                return {index: self.ranges(tree, positive=positive)}
            case Neither(part):
                return self.bound(part, positive=not positive)
            case Every(parts) | Some(parts):
                bounds = [self.bound(p, positive=positive) for p in parts]
                if isinstance(tree, Every) is positive:
                    found: Box = {}
                    for bound in bounds:
                        if bound is None:
                            return None
                        for index, ranges in bound.items():
                            found[index] = common(found[index], ranges) if index in found else ranges
                    return found
                some = [b for b in bounds if b is not None]
                if not some:
                    return None
                shared = set(some[0]).intersection(*some[1:])
                joined: Box = {}
                for index in sorted(shared):
                    joined[index] = some[0][index]
                    for bound in some[1:]:
                        joined[index] = union(joined[index], bound[index])
                return joined
            case Let(name):
                key = name, positive
                if key not in self._bounds:
                    self._bounds[key] = self.bound(self._lets[name], positive=positive)
                return self._bounds[key]

    # ── Tests of one request ──────────────────────────────────────────────

    def truth(self, tree: Tree, *, positive: bool = True, possible: bool = False) -> Truth:
        """Whether a condition, or its opposite, is true; or, where `possible`, true or unknown."""
        match tree:
            case bool():
                constant = tree is positive
                return lambda _c, _known: constant
            case Test():
                return lies(self._dimensions[tree.dimension], self.ranges(tree, positive=positive), possible=possible)
            case Neither(part):
                return self.truth(part, positive=not positive, possible=possible)
            case Every(parts) | Some(parts):
                tests = [self.truth(p, positive=positive, possible=possible) for p in parts]
                return _every(tests) if isinstance(tree, Every) is positive else _some(tests)
            case Let(name):
                key = name, positive, possible
                if key not in self._tests:
                    test = self.truth(self._lets[name], positive=positive, possible=possible)
                    self._tests[key] = _remembered(key, test)
                return self._tests[key]


def lies(dimension: Dimension, ranges: Ranges, *, possible: bool) -> Truth:
    """Whether the cell of a dimension is in a set, or, where `possible`, unknown."""
    index, unknown = dimension.index, dimension.size if possible else -1
    if len(ranges) == 1:
        ((low, high),) = ranges
        if possible:
            return lambda c, _known: low <= c[index] <= high or c[index] == unknown
        return lambda c, _known: low <= c[index] <= high
    return lambda c, _known: c[index] == unknown or any(low <= c[index] <= high for low, high in ranges)


def _every(tests: Sequence[Truth]) -> Truth:
    def test(c: Cells, known: dict[object, bool]) -> bool:
        for each in tests:  # noqa: SIM110  a generator costs as much as the tests
            if not each(c, known):
                return False
        return True

    return test


def _some(tests: Sequence[Truth]) -> Truth:
    def test(c: Cells, known: dict[object, bool]) -> bool:
        for each in tests:  # noqa: SIM110  as above
            if each(c, known):
                return True
        return False

    return test


def _remembered(key: object, test: Truth) -> Truth:
    """A named condition is tested once a request, however often it stands in others."""

    def remembered(c: Cells, known: dict[object, bool]) -> bool:
        found = known.get(key)
        if found is None:
            found = known[key] = test(c, known)
        return found

    return remembered
