"""A document held against a schema: what fits, with today's keys, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, assert_never

from wrpc.importers.document import Items, Keys, Node, Pair, Scalar, is_null
from wrpc.importers.lax import coerced
from wrpc.importers.schema import (
    FLAGS,
    Bounds,
    Either,
    ListOf,
    MapOf,
    Pattern,
    Plain,
    ReadBy,
    Schema,
    Shape,
    ShapeOf,
    Switch,
    Type,
    Unknown,
    Word,
    said,
)

Wrong = Literal["unknown", "missing", "type", "range", "word", "older", "gone", "none of", "several of"]


@dataclass(frozen=True, slots=True)
class Misfit:
    """One thing of a document that is not as the schema says; what is said of it is the importer's.

    `key` is what messages call the value, `node` the value itself (of a key that is missing, the mapping), `pair` the
    entry with an unknown or older key. `expected` says in words what is expected, of a number what is wrong with it, of
    an older key or word its name of today or what became of it, of a missing key where. `known` are the words or the
    keys that the place takes (of a missing key those that the place has and does not take). `shape` is the name of the
    mapping's shape.
    """

    wrong: Wrong
    key: str
    node: Node
    shape: str = ""
    pair: Pair | None = None
    expected: str = ""
    known: tuple[str, ...] = ()
    unknown: Unknown = "refused"


Say = Callable[[Misfit], None]


def fit(node: Node, type_: str | Type, key: str, of: Schema, say: Say) -> Node | None:
    """`node` as far as it is of a type, None where it is not; `key` is what messages call it.

    What comes out can be read without a doubt: what did not fit is left out, an older key has today's name.
    """
    return _Fitting(of, say).fit(node, ShapeOf(type_) if isinstance(type_, str) else type_, key, "")


@dataclass(slots=True)
class _Fitting:
    of: Schema
    say: Say

    def fit(self, node: Node, type_: Type, key: str, shape: str) -> Node | None:
        if isinstance(type_, Either):
            return self._either(node, type_, key, shape)
        if not _is_like(node, type_, self.of):
            self.say(Misfit("type", key, node, shape, expected=said(type_, self.of)))
            return None
        match type_:
            case ListOf(each):
                return self._list(node, each, key, shape)
            case MapOf(each):
                return self._map(node, each, shape)
            case ShapeOf(name):
                return self._mapping(node, self.of.shapes[name], key)
            case Word():
                return self._word(node, type_, key, shape)
            case ReadBy(name):
                read = self.of.readers[name].read(node) if isinstance(node, Scalar) else ""
                if isinstance(read, str):
                    expected = self.of.readers[name].expected
                    self.say(Misfit("range" if read else "type", key, node, shape, expected=read or expected))
                    return None
                return read
            case Pattern(name, expression):
                if isinstance(node, Scalar) and expression.fullmatch(node.text):
                    return node
                self.say(Misfit("word", key, node, shape, expected=f"the form of {name}"))
                return None
            case Plain(name, bounds):
                return self._bounded(coerced(node, name) if self.of.lax else node, bounds, key, shape)
            case _:
                assert_never(type_)

    def _either(self, node: Node, either: Either, key: str, shape: str) -> Node | None:
        """The first type that takes the node; else the first that is at least of its kind says why not."""
        like = [each for each in either.types if _is_like(node, each, self.of)]
        for each in like:
            wrong: list[Misfit] = []
            fitted = _Fitting(self.of, wrong.append).fit(node, each, key, shape)
            if not wrong:
                return fitted
        if like:
            return self.fit(node, like[-1], key, shape)
        self.say(Misfit("type", key, node, shape, expected=said(either, self.of)))
        return None

    def _bounded(self, node: Node, bounds: Bounds | None, key: str, shape: str) -> Node | None:
        value = node.value if isinstance(node, Scalar) else None
        if bounds is None or isinstance(value, bool):
            return node
        size = len(value) if isinstance(value, str) else value
        if isinstance(size, int | Fraction) and not bounds.hold(size):
            expected = "shorter than it has to be" if isinstance(value, str) else bounds.outside
            self.say(Misfit("range", key, node, shape, expected=expected))
            return None
        return node

    def _word(self, node: Node, type_: Word, key: str, shape: str) -> Node | None:
        written = node.text if isinstance(node, Scalar) else ""
        if written in type_.words:
            return node
        if isinstance(node, Scalar) and written in type_.older:
            today = type_.older[written]
            self.say(Misfit("older", written, node, shape, expected=today))
            return replace(node, value=today, text=today)
        self.say(Misfit("word", key, node, shape, known=tuple(word for word in type_.words if word)))
        return None

    def _list(self, node: Node, each: Type, key: str, shape: str) -> Node | None:
        if not isinstance(node, Items):
            return None
        kept = [self.fit(item, each, key, shape) for item in node.items]
        if all(item is was for item, was in zip(kept, node.items, strict=True)):
            return node
        return replace(node, items=tuple(item for item in kept if item is not None))

    def _map(self, node: Node, each: Type, shape: str) -> Node | None:
        if not isinstance(node, Keys):
            return None
        pairs = {}
        for name, pair in node.pairs.items():
            value = self.fit(pair.value, each, name, shape)
            if value is not None:
                pairs[name] = pair if value is pair.value else Pair(pair.key, value)
        return _with(node, pairs)

    def _mapping(self, node: Node, shape: Shape, key: str) -> Node | None:
        if not isinstance(node, Keys):
            return None
        pairs: dict[str, Pair] = {}
        strange: list[str] = []
        for written, pair in node.pairs.items():
            today = self._today(written, pair, shape)
            if today is None:
                strange.append(written)
                if shape.unknown == "kept":
                    pairs[written] = pair
                continue
            type_ = shape.keys[today].type
            # Nothing stands nowhere; what is said of it is said at its key.
            given = replace(pair.value, span=pair.key.span) if is_null(pair.value) else pair.value
            value = self.fit(given, type_, written, shape.name)
            if value is not None and today not in pairs:
                pairs[today] = pair if value is pair.value else Pair(pair.key, value)
        self._missing(node, shape, key, {shape.older.get(name, name) for name in node.pairs}, strange)
        fitted = _with(node, pairs)
        return fitted if shape.switch is None else self._switched(fitted, shape.switch)

    def _today(self, written: str, pair: Pair, shape: Shape) -> str | None:
        """Today's name of a key, None for one that is left out."""
        if written in shape.keys and written not in shape.gone:
            return written
        wrong: Wrong = "older" if written in shape.older else "gone" if written in shape.gone else "unknown"
        because = shape.older.get(written) or shape.gone.get(written, "")
        known = tuple(name for name in shape.keys if name not in shape.gone)
        if wrong != "unknown" or shape.unknown != "kept":
            self.say(Misfit(wrong, written, pair.value, shape.name, pair, because, known, shape.unknown))
        return shape.older.get(written, written if written in shape.keys else None)

    def _missing(self, node: Keys, shape: Shape, key: str, there: Collection[str], strange: Sequence[str]) -> None:
        for wanted, about in shape.keys.items():
            if about.required and wanted not in there:
                known = tuple(each for each in strange)
                self.say(Misfit("missing", wanted, node, shape.name, expected=key, known=known))
        for group in shape.some:
            if not any(name in there for name in group):
                self.say(Misfit("none of", key, node, shape.name, known=group))
        for group in shape.one:
            if sum(name in there for name in group) > 1:
                self.say(Misfit("several of", key, node, shape.name, known=group))

    def _switched(self, node: Keys, switch: Switch) -> Keys:
        word, value = node.get(switch.on), node.pairs.get(switch.key)
        name = switch.shapes.get(word.text) if isinstance(word, Scalar) else None
        if name is None or value is None:
            return node
        fitted = self.fit(value.value, ShapeOf(name), switch.key, name)
        pairs = {key: pair for key, pair in node.pairs.items() if key != switch.key}
        if fitted is not None:
            pairs[switch.key] = Pair(value.key, fitted)
        return replace(node, pairs=pairs)


def _with(node: Keys, pairs: dict[str, Pair]) -> Keys:
    """The mapping with other entries; itself where they are its own."""
    same = len(pairs) == len(node.pairs) and all(pairs.get(name) is pair for name, pair in node.pairs.items())
    return node if same else Keys(pairs, node.span, node.size)


def _is_like(node: Node, type_: Type, of: Schema) -> bool:
    """Whether a node is of a type's kind: what is left to see are its bounds, its words or its parts."""
    value = node.value if isinstance(node, Scalar) else None
    match type_:
        case Either(types):
            return any(_is_like(node, each, of) for each in types)
        case ListOf():
            return isinstance(node, Items)
        case MapOf() | ShapeOf():
            return isinstance(node, Keys)
        case ReadBy():
            return isinstance(node, Scalar) and not is_null(node)
        case Word() | Pattern():
            return isinstance(value, str)
        case Plain(name):
            return _is_plain(coerced(node, name) if of.lax else node, name, of)


def _is_plain(node: Node, name: str, of: Schema) -> bool:
    value = node.value if isinstance(node, Scalar) else None
    match name:
        case "any":
            return True
        case "null":
            return is_null(node)
        case "text":
            return isinstance(value, str)
        case "bool":
            return isinstance(value, bool)
        case "int":
            return isinstance(value, int | Fraction) and not isinstance(value, bool) and value.denominator == 1
        case "number":
            return isinstance(value, int | Fraction) and not isinstance(value, bool)
        case "numeral":
            return isinstance(value, str) and _reads_as_number(value)
        case "flag":
            return isinstance(node, Scalar) and node.text.lower() in FLAGS
        case "list":
            return isinstance(node, Items)
        case "map":
            return isinstance(node, Keys)
        case _:
            return of.is_variable(node)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
