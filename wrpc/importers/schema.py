"""What a program's configuration may hold, as data: the keys of each mapping, the type and range of each value.

A schema is JSON, made by a script beside the other facts of a release, so that one more importer writes data:

    {"shapes": {"route": {"keys": {"name": "text!", "weight": "number[0,1]"}, "unknown": "refused"}},
     "words": {"method": ["fuzzy", "regex"]}, "older words": {"method": {"fuzz": "fuzzy"}},
     "patterns": {"currency": "[A-Z]{3}"}, "variable": "env/.+", "lax": false}

A shape is a mapping. `unknown` says what the program does with a key that is none of `keys`: it is `refused`, `ignored`
or `kept`. `older` has keys of an older layout, each with today's name in the same mapping, `gone` those without one,
each with what became of it. `some` lists groups of keys of which one has to be there, `one` groups of which at most one
may. `switch` says that the shape of one key's value goes by the word of another.

`lax` says that the program reads `"5"` as the number 5 (`wrpc/importers/lax.py`).

A type is, with `!` behind it where the key has to be there:

    any text bool int number list map null     what they say; nothing (`key:`) is of the type null alone
    numeral flag                               text that reads as a number; text or a number that reads as a bool
    variable                                   text that stands for a value of the environment
    int[1,] number(0,1] text[1,]               within bounds, which `[` keeps and `(` leaves out; text by its length
    =word                                      this word
    [type] {type}                              a list of it; a mapping from any names to it
    one of `words`, `patterns` or `shapes`     one of these words, text of this form, a mapping of this shape
    a name that the importer reads itself      see `readers`
    a|b                                        either
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from wrpc.importers.document import Node, Scalar

Unknown = Literal["refused", "ignored", "kept"]
PLAIN = MappingProxyType(
    {
        "any": "anything",
        "text": "text",
        "bool": "`true` or `false`",
        "int": "a whole number",
        "number": "a number",
        "numeral": "a number",
        "flag": "`true` or `false`",
        "list": "a list",
        "map": "a mapping",
        "null": "nothing",
        "variable": "",
    }
)
NOTHING: Mapping[str, str] = MappingProxyType({})
FLAGS = frozenset(["true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0"])


@dataclass(frozen=True, slots=True)
class Reader:
    """A type of the importer's own: what is expected, in words, and how a scalar is read.

    What comes back is the node as it is to be read, or text: what is wrong with its number, or nothing where it is not
    of the type at all.
    """

    expected: str
    read: Callable[[Scalar], Node | str]


# ── Types ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Bounds:
    low: Fraction | None
    high: Fraction | None
    low_open: bool
    high_open: bool

    def hold(self, value: int | Fraction) -> bool:
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return self.high is None or value < self.high or (value == self.high and not self.high_open)

    @property
    def outside(self) -> str:
        """What a number is that does not lie within."""
        low = "" if self.low is None else f"{'not above' if self.low_open else 'below'} {_number(self.low)}"
        high = "" if self.high is None else f"{'not below' if self.high_open else 'above'} {_number(self.high)}"
        if self.low is not None and self.high is not None and not self.low_open and not self.high_open:
            return f"outside {_number(self.low)} to {_number(self.high)}"
        return " or ".join(each for each in (low, high) if each)


def _number(value: int | Fraction) -> str:
    return f"{float(value):g}" if Fraction(value).denominator != 1 else str(int(value))


@dataclass(frozen=True, slots=True)
class Plain:
    name: str
    bounds: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """`older` has words of an older layout, each with today's."""

    words: tuple[str, ...]
    older: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pattern:
    name: str
    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ListOf:
    each: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    each: Type


@dataclass(frozen=True, slots=True)
class ShapeOf:
    name: str


@dataclass(frozen=True, slots=True)
class ReadBy:
    name: str


@dataclass(frozen=True, slots=True)
class Either:
    types: tuple[Type, ...]


Type = Plain | Word | Pattern | ListOf | MapOf | ShapeOf | ReadBy | Either


@dataclass(frozen=True, slots=True)
class Key:
    type: Type
    required: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """The value of `key` has the shape that the word of `on` selects; of any other word nothing is known."""

    key: str
    on: str
    shapes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    keys: Mapping[str, Key]
    unknown: Unknown = "refused"
    older: Mapping[str, str] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)
    some: tuple[tuple[str, ...], ...] = ()
    one: tuple[tuple[str, ...], ...] = ()
    switch: Switch | None = None


@dataclass(frozen=True, slots=True)
class Schema:
    shapes: Mapping[str, Shape]
    readers: Mapping[str, Reader]
    variable: re.Pattern[str] | None = None
    lax: bool = False

    def is_variable(self, node: Node) -> bool:
        text = node.value if isinstance(node, Scalar) else None
        return self.variable is not None and isinstance(text, str) and self.variable.fullmatch(text) is not None


_TOKEN = re.compile(r"=(?P<word>[^|\]}!]*)|(?P<name>[A-Za-z_][\w.]*)|(?P<mark>[\[\]{}|])")
_BOUNDS = re.compile(r"(?P<open>[\[(])(?P<low>[^,\])]*),(?P<high>[^\])]*)(?P<close>[\])])")
_BOUNDED = frozenset(["int", "number", "text"])


@dataclass(slots=True)
class _Types:
    """Reads types of one schema; every name has to be known, so that a misspelt one ends the reading."""

    words: Mapping[str, Word]
    patterns: Mapping[str, re.Pattern[str]]
    shapes: Collection[str]
    readers: Collection[str]

    def read(self, text: str) -> Type:
        type_, rest = self._either(text)
        if rest:
            raise ValueError(f"{text!r} is not a type: {rest!r} is left")
        return type_

    def _either(self, text: str) -> tuple[Type, str]:
        found: list[Type] = []
        while True:
            each, text = self._one(text)
            found.append(each)
            if not text.startswith("|"):
                break
            text = text[1:]
        words = [each for each in found if isinstance(each, Word)]
        kinds: list[Type] = [each for each in found if not isinstance(each, Word)]
        if words:
            older = {k: v for each in words for k, v in each.older.items()}
            kinds.append(Word(tuple(word for each in words for word in each.words), older))
        return (kinds[0] if len(kinds) == 1 else Either(tuple(kinds))), text

    def _one(self, text: str) -> tuple[Type, str]:
        match = _TOKEN.match(text)
        if match is None:
            raise ValueError(f"{text!r} is not a type")
        rest = text[match.end() :]
        if match["word"] is not None:
            return Word((match["word"],)), rest
        if match["mark"] in ("[", "{"):
            ends = {"[": "]", "{": "}"}[match["mark"]]
            each, rest = self._either(rest)
            if not rest.startswith(ends):
                raise ValueError(f"{text!r} is not a type: it is not closed")
            return (ListOf(each) if ends == "]" else MapOf(each)), rest[1:]
        if match["name"] is None:
            raise ValueError(f"{text!r} is not a type")
        return self._named(match["name"], rest)

    def _named(self, name: str, rest: str) -> tuple[Type, str]:
        if name in PLAIN:
            bounds = _BOUNDS.match(rest) if name in _BOUNDED else None
            if bounds is None:
                return Plain(name), rest
            low, high = (Fraction(bounds[end]) if bounds[end] else None for end in ("low", "high"))
            return Plain(name, Bounds(low, high, bounds["open"] == "(", bounds["close"] == ")")), rest[bounds.end() :]
        if name in self.words:
            return self.words[name], rest
        if name in self.patterns:
            return Pattern(name, self.patterns[name]), rest
        if name in self.readers:
            return ReadBy(name), rest
        if name in self.shapes:
            return ShapeOf(name), rest
        raise ValueError(f"no type is called {name!r}")


def schema(data: Mapping[str, Any], readers: Mapping[str, Reader] | None = None) -> Schema:
    """The schema that JSON holds; ValueError where it does not hold together."""
    readers = readers or {}
    patterns = {name: re.compile(text) for name, text in data.get("patterns", {}).items()}
    older = data.get("older words", {})
    words = {name: Word(tuple(each), older.get(name, NOTHING)) for name, each in data.get("words", {}).items()}
    types = _Types(words, patterns, data["shapes"].keys(), readers.keys())
    variable = data.get("variable")
    shapes = {name: _shape(name, each, types) for name, each in data["shapes"].items()}
    return Schema(shapes, readers, re.compile(variable) if variable else None, data.get("lax", False))


def _shape(name: str, data: Mapping[str, Any], types: _Types) -> Shape:
    keys = {key: Key(types.read(t.removesuffix("!")), t.endswith("!")) for key, t in data["keys"].items()}
    switch = data.get("switch")
    return Shape(
        name,
        keys,
        data.get("unknown", "refused"),
        data.get("older", {}),
        data.get("gone", {}),
        tuple(tuple(group) for group in data.get("some", ())),
        tuple(tuple(group) for group in data.get("one", ())),
        None if switch is None else Switch(switch["key"], switch["on"], switch["shapes"]),
    )


def loads(text: str, readers: Mapping[str, Reader] | None = None) -> Schema:
    return schema(json.loads(text), readers)


def said(type_: Type, of: Schema) -> str:
    """A type in words."""
    match type_:
        case Either(types):
            words = dict.fromkeys(said(each, of) for each in types if each != Plain("null"))
            return " or ".join(each for each in words if each)
        case ListOf(each):
            inner = said(each, of)
            return (
                "a list of names"
                if each == Plain("text")
                else "a list"
                if inner == "a mapping"
                else f"a list of {inner}"
            )
        case MapOf() | ShapeOf():
            return "a mapping"
        case Word(words):
            return "a word" if len(words) > 3 else " or ".join(f"`{word}`" for word in words if word)
        case Pattern():
            return "text"
        case ReadBy(name):
            return of.readers[name].expected
        case Plain(name):
            return PLAIN[name]
