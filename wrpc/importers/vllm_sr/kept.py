"""What a configuration says and the language has no word for, as values of the `target vllm_sr` block.

A mapping is a block and a list a list; text that looks like a word is one, so that text `"true"` stands in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from wrpc.importers.document import Items, Keys, Node, Pair, Scalar
from wrpc.importers.nodes import line
from wrpc.importers.scalars import Date, Plain
from wrpc.importers.sketch import attribute, name, number, text, word
from wrpc.importers.vllm_sr.catalog import Catalog
from wrpc.source import Span
from wrpc.syntax import tree
from wrpc.syntax.parser import DEEPEST

TARGET = "vllm_sr"
LABEL = "settings"
# Words that mean a value, or begin or join conditions: text of this spelling stands in quotes.
QUOTED = {"true", "false", "null", "and", "or", "not", "in"}
# The target's block, its settings, a bundle, its plugins, and the value itself.
AROUND = 5
_WORD = re.compile(r"[a-z][a-z0-9_]*\Z")
_NO_DECIMAL = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")


class Unspeakable(Exception):
    """A value that the language cannot spell; the message says what is in the way."""


@dataclass(slots=True)
class Kept:
    """The settings of one policy: what the recipe says, and each distinct bundle of what its decisions say."""

    catalog: Catalog
    own: list[tree.Attribute] = field(default_factory=list)
    _bundles: dict[Hashable, tree.Attribute] = field(default_factory=dict)

    def keep(self, key: str, node: Node, what: str, at: Span) -> None:
        """A setting of the recipe itself."""
        self.own += self.part(key, node, what, at)

    def part(self, key: str, node: Node, what: str, at: Span) -> list[tree.Attribute]:
        """A setting, or nothing and a note where it cannot be spelled."""
        try:
            return [attribute(_name(key), spelled(node), line(at))]
        except Unspeakable as why:
            self.catalog.report.omit(what, at, severity="info", why=str(why))
            return []

    def bundle(self, wanted: str, parts: Iterable[tree.Attribute], at: Span) -> str | None:
        """The name of the bundle of these parts, which is the first decision's that has them; None without any."""
        block = tree.Block(at, tuple(parts))
        if not block.attributes:
            return None
        return self._bundles.setdefault(_same(block), attribute(wanted, block, at)).name.text

    def section(self, at: Span) -> list[tree.Declaration]:
        """The `target` block, where there is anything to say."""
        bundles = tree.Block(at, tuple(self._bundles.values()))
        items = [*self.own, *([attribute(LABEL, bundles, at)] if bundles.attributes else [])]
        return [tree.Section(at, "target", name(TARGET, at), tuple(items))] if items else []


def spelled(node: Node, room: int = DEEPEST - AROUND) -> tree.Value:
    """The value that says the same; `room` is how deep it may go."""
    at = line(node.span)
    if not room:
        raise Unspeakable("it stands deeper than a policy can")
    match node:
        case Keys():
            return tree.Block(
                at, tuple(attribute(_name(k), spelled(p.value, room - 1), at) for k, p in node.pairs.items())
            )
        case Items():
            return tree.Listing(at, tuple(spelled(item, room - 1) for item in node.items))
        case Scalar(value, quoted=quoted):
            return _plain(value, at, quoted=quoted)


def _plain(value: Plain, at: Span, *, quoted: bool) -> tree.Value:
    match value:
        case None:
            return word("null", at)
        case bool():
            return word("true" if value else "false", at)
        case str():
            if not quoted and _NO_DECIMAL.match(value):
                raise Unspeakable(f"`{value}` is not a number that a policy can hold")
            return word(value, at) if _WORD.match(value) and value not in QUOTED else text(value, at)
        case Date():
            return text(value.text, at)
        case _:
            return number(value, at)


def _name(key: str) -> str:
    if not key or "\n" in key:
        raise Unspeakable("one of its keys is empty or has several lines")
    return key


def _same(value: tree.Value) -> Hashable:
    """Equal for values that say the same: the keys of a mapping have no order."""
    match value:
        case tree.Block():
            return frozenset((a.name.text, _same(a.value)) for a in value.attributes)
        case tree.Listing():
            return tuple(_same(item) for item in value.items)
        case _:
            return value


def rest(keys: Keys, said: Iterable[str]) -> Keys:
    """A mapping without what is said elsewhere: keys, or paths such as `semantic.similarity_threshold`."""
    pairs = dict(keys.pairs)
    for path in said:
        key, _, inner = path.partition(".")
        pair = pairs.get(key)
        if pair is None:
            continue
        less = rest(pair.value, [inner]) if inner and isinstance(pair.value, Keys) else None
        if less is not None and less.pairs:
            pairs[key] = Pair(pair.key, less)
        elif less is not None or not inner:
            del pairs[key]
    return Keys(pairs, keys.span, keys.size)
