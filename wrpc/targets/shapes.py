"""What a JSON schema can tell apart in a document: of a list's items that are alike to it a few stand for all.

A thousand decisions have some dozens of shapes. A schema of the keywords below says of two items with one shape the
same; a schema with any other keyword is not asked this way.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
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

    def fewer(self, document: object) -> object:
        """The document without items that say what another one of their list says; as it is where that is not known.

        The schema accepts it where it accepts the document. As many items stay as a bound on their number can count.
        """
        return self._pruned(document)[0] if self._known else document

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

    def _pruned(self, value: Any) -> tuple[object, object]:
        """What is left of a value, and its shape."""
        if type(value) is dict:
            made = {key: self._pruned(each) for key, each in value.items()}
            return {k: v for k, (v, _) in made.items()}, (dict, tuple((k, s) for k, (_, s) in made.items()))
        if type(value) is list:
            kept: list[object] = []
            shapes: dict[object, None] = {}
            for number, each in enumerate(value):
                left, shape = self._pruned(each)
                if shape not in shapes or number <= self._most:
                    kept.append(left)
                shapes[shape] = None
            return kept, (list, min(len(value), self._most + 1), frozenset(shapes))
        return value, self._scalars(value)
