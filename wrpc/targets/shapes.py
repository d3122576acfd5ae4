"""What a JSON schema can tell apart in a document: of a list's items that are alike to it a few stand for all.

A thousand decisions have some dozens of shapes. A schema of the keywords below says of two items with one shape the
same; a schema with any other keyword is not asked this way.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

# By where their own schemas stand. None of them sees more of a list than its length and each of its items.
_ONE = frozenset({"additionalProperties", "items", "if", "then", "else", "not"})
_MANY = frozenset({"oneOf", "anyOf", "allOf"})
_NAMED = frozenset({"properties", "$defs", "definitions"})
_BOUNDS = frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"})
_SIZES = frozenset({"minLength", "maxLength", "minItems", "maxItems"})
_VALUES = frozenset({"const", "enum"})
_PLAIN = frozenset({"type", "required", "$ref", "$schema", "$id", "$comment", "title", "description", "default"})


@dataclass(frozen=True, slots=True)
class Fewer:
    """`shapes`: of each mapping and list in `document`, by its `id`, the number of its shape; none where shapes say
    nothing."""

    document: object
    shapes: Mapping[int, int]


class Shapes:
    """`schema`: the whole document."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._known = True
        self._words: set[str] = set()
        bounds: set[float] = set()
        sizes = {0}
        for keyword, value in self._keywords(schema):
            if keyword in _BOUNDS:
                bounds.add(value)
            elif keyword in _SIZES:
                sizes.add(value)
            elif keyword in _VALUES:
                for each in value if keyword == "enum" else [value]:
                    if isinstance(each, str):
                        self._words.add(each)
                    elif isinstance(each, int | float):
                        bounds.add(each)
                    elif each is not None:
                        self._known = False
        self._bounds = sorted(bounds)
        self._most = max(sizes)

    def _keywords(self, schema: object) -> Iterator[tuple[str, Any]]:
        """Of a schema and those in it. What only annotates begins with `x-`."""
        if isinstance(schema, bool):
            return
        if not isinstance(schema, Mapping):
            self._known = False
            return
        for keyword, value in schema.items():
            if keyword in _ONE:
                yield from self._keywords(value)
            elif keyword in _MANY:
                for each in value:
                    yield from self._keywords(each)
            elif keyword in _NAMED:
                for each in value.values():
                    yield from self._keywords(each)
            elif keyword in _BOUNDS | _SIZES | _VALUES:
                yield keyword, value
            elif keyword not in _PLAIN and not keyword.startswith("x-"):
                self._known = False

    def fewer(self, document: object) -> Fewer:
        """The document without items that say what another one of their list says; as it is where that is not known.

        The schema accepts it where it accepts the document. As many items stay as a bound on their number can count.
        """
        if not self._known:
            return Fewer(document, {})
        pruning = _Pruning(self._scalars, self._most)
        return Fewer(pruning.pruned(document)[0], pruning.shapes)

    @cached_property
    def _scalars(self) -> Callable[[object], object]:
        words, bounds, most = self._words, self._bounds, self._most

        def shape(value: object) -> object:
            if type(value) is str:
                return value if value in words else ("text", min(len(value), most + 1))
            if type(value) is int or type(value) is float:
                left, right = bisect_left(bounds, value), bisect_right(bounds, value)
                return type(value), value == int(value) if abs(value) < 1e15 else value, left, right
            return type(value), value

        return shape


class _Pruning:
    """One document. A shape is a number, the same for all values that have it."""

    def __init__(self, scalars: Callable[[object], object], most: int) -> None:
        self._scalars = scalars
        self._most = most
        self._numbers: dict[object, int] = {}
        self.shapes: dict[int, int] = {}

    def pruned(self, value: Any) -> tuple[object, int]:
        """What is left of a value, and its shape."""
        left: object = value
        if type(value) is dict:
            made = {key: self.pruned(each) for key, each in value.items()}
            left = {key: each for key, (each, _) in made.items()}
            shape: object = (dict, tuple([(key, number) for key, (_, number) in made.items()]))
        elif type(value) is list:
            kept: list[object] = []
            seen: set[int] = set()
            for at, each in enumerate(value):
                item, number = self.pruned(each)
                if number not in seen or at <= self._most:
                    kept.append(item)
                    seen.add(number)
            left, shape = kept, (list, min(len(value), self._most + 1), frozenset(seen))
        else:
            shape = self._scalars(value)
        known = self._numbers.setdefault(shape, len(self._numbers))
        if left is not value:
            self.shapes[id(left)] = known
        return left, known


class Accepting:
    """A validator of the library `jsonschema` that is asked once for each shape that stands behind a reference."""

    def __init__(self, validator: Any, schema: Mapping[str, Any]) -> None:
        from importlib import import_module

        self._shapes = Shapes(schema)
        self._of: Mapping[int, int] = {}
        self._accepted: set[tuple[str, int]] = set()
        self._referred = validator.VALIDATORS["$ref"]
        self._validator = import_module("jsonschema.validators").extend(validator, {"$ref": self._ref})(schema)

    def accepts(self, document: object) -> bool:
        fewer = self._shapes.fewer(document)
        self._of, self._accepted = fewer.shapes, set()
        accepted: bool = self._validator.is_valid(fewer.document)
        return accepted

    def _ref(self, validator: Any, target: str, instance: object, schema: object) -> Iterator[Any]:
        shape = self._of.get(id(instance))
        if shape is not None and (target, shape) in self._accepted:
            return
        sound = True
        for error in self._referred(validator, target, instance, schema):
            sound = False
            yield error
        if sound and shape is not None:
            self._accepted.add((target, shape))
