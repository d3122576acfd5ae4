"""YAML with exact positions and exact numbers, read so that no text can hurt.

PyYAML gives the events; the tree is built here, without recursion, so that depth, aliases and duplicate keys can be
watched. A decimal is the decimal that was written, not the nearest float. What else a program's reader makes of a text
is its dialect: `core` is YAML 1.2's core schema (`yes` is a word, `010` is ten), `pyyaml` what Python programs read
(`yes` is true, `010` is eight, `2024-02-01` a date, and of a key that stands twice the last counts).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from wrpc.diagnostics import Diagnostic, Related, finding
from wrpc.importers import codes
from wrpc.importers.scalars import Date, Plain, plain, plain_of_1_1
from wrpc.source import Source, Span
from wrpc.values import value

MOST_TEXT = 4_000_000
MOST_DEPTH = 200
MOST_NODES = 1_000_000


@value
class Scalar:
    """`text` is what was written; `quoted` scalars are always text."""

    value: Plain
    text: str
    span: Span = field(repr=False)
    quoted: bool = False
    size: int = 1


@value
class Items:
    items: tuple[Node, ...]
    span: Span = field(repr=False)
    size: int = 1


@value
class Pair:
    key: Scalar
    value: Node


@value
class Keys:
    """A mapping; of a key that stands twice one is kept, which one the dialect says."""

    pairs: dict[str, Pair]
    span: Span = field(repr=False)
    size: int = 1

    def __getitem__(self, key: str) -> Node:
        return self.pairs[key].value

    def get(self, key: str) -> Node | None:
        pair = self.pairs.get(key)
        return None if pair is None or is_null(pair.value) else pair.value

    def key(self, key: str) -> Span:
        """Where a key stands, or the mapping where it does not."""
        pair = self.pairs.get(key)
        return self.span if pair is None else pair.key.span

    def __iter__(self) -> Iterator[str]:
        return iter(self.pairs)


Node = Scalar | Items | Keys


def is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def same(one: Node, other: Node) -> bool:
    """Whether two nodes say the same to every reader: word for word, but for layout, quotes' kind and comments."""
    waiting = [(one, other)]
    while waiting:
        a, b = waiting.pop()
        if a is b:
            continue
        if a.size != b.size or "!" in (_first(a.span), _first(b.span)):
            return False
        match a, b:
            case Scalar(), Scalar():
                if a.quoted != b.quoted or (a.text != b.text and not (a.value is None and b.value is None)):
                    return False
            case Items(), Items() if len(a.items) == len(b.items):
                waiting += zip(a.items, b.items, strict=True)
            case Keys(), Keys() if list(a.pairs) == list(b.pairs):
                waiting += ((a[key], b[key]) for key in a)
            case _:
                return False
    return True


def _first(at: Span) -> str:
    """The letter that a place begins with."""
    return at.source.text[at.start : min(at.start + 1, at.end)]


def kind(node: Node) -> str:
    """What a node is, in words."""
    match node:
        case Keys():
            return "a mapping"
        case Items():
            return "a list"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return f"`{node.text}`"
        case Scalar(value=str()):
            return "text"
        case Scalar(value=Date()):
            return f"the date {node.text}"
        case _:
            return f"the number {node.text}"


# ── Reading ───────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a program reads YAML: what an unquoted scalar is, and which of two values a key that stands twice has."""

    plain: Callable[[str], Plain]
    keeps: Literal["first", "last"]


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file; its text, without the marks around it, is `source.text[start:end]`."""

    root: Node | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Twice:
    """A key that stood before in its mapping, and the index of its finding. Nothing of the mapping says two things."""

    pair: Pair
    found: int


@dataclass(frozen=True, slots=True)
class Reading:
    documents: tuple[Document, ...]
    found: tuple[Diagnostic, ...]
    twice: tuple[Twice, ...] = ()
    aliases: tuple[tuple[Span, Node], ...] = field(default=(), repr=False)
    """Where an alias stands, and what for."""
    complete: bool = True
    """Whether the text was read to its end."""

    @property
    def root(self) -> Node | None:
        return self.documents[0].root if self.documents and self.complete else None


def read(source: Source, dialect: Dialect | None = None) -> tuple[Node | None, list[Diagnostic]]:
    """The document of a source, in the `core` dialect unless another is named, or None with the finding that says why
    there is none."""
    reading = parsed(source, dialect or CORE)
    return reading.root, list(reading.found)


def read_all(source: Source, dialect: Dialect | None = None) -> Reading:
    """Every document of a source. One that cannot be read ends it."""
    return parsed(source, dialect or CORE, several=True)


@lru_cache(maxsize=4)
def parsed(source: Source, dialect: Dialect, *, several: bool = False) -> Reading:
    """What a text holds, worked out once for all who ask."""
    import yaml

    if not several:
        reading = parsed(source, dialect, several=True)
        if reading.complete and len(reading.documents) < 2:
            return reading  # most who ask for one document ask for all of them before
    if len(source.text) > MOST_TEXT:
        message = f"the file has {len(source.text)} characters, more than {MOST_TEXT}"
        return Reading((), (finding(codes.TOO_LARGE, message, source.span(0, 0)),), complete=False)
    found: list[Diagnostic] = []
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    again: list[_Again] = []
    documents: list[Document] = []
    aliases: list[tuple[Span, Node]] = []
    complete = False
    try:
        events = yaml.parse(source.text, Loader=loader)
        documents += _build(events, source, dialect, found, again, aliases, several=several)
        complete = True
    except yaml.YAMLError as error:
        found.append(_unreadable(error, source))
    except _Stop as stop:
        found.append(stop.diagnostic)
    twice = (Twice(key.pair, key.found) for key in again if key.pair.key.text not in key.differs)
    return Reading(tuple(documents), tuple(found), tuple(twice) if complete else (), tuple(aliases), complete)


def _unreadable(error: Exception, source: Source) -> Diagnostic:
    mark = getattr(error, "problem_mark", None)
    at = mark.index if mark is not None else getattr(error, "position", 0)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "no YAML"
    context = getattr(error, "context", None)
    at = min(int(at), len(source.text))
    message = f"this is not YAML: {problem}" + (f" {context}" if context else "")
    return finding(codes.UNREADABLE, message, source.span(at, min(at + 1, len(source.text))))


class _Stop(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic


@dataclass(slots=True)
class _Open:
    """A collection that is being read; `key` is a mapping's key that waits for its value."""

    mapping: bool
    start: int
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    pairs: dict[str, Pair] = field(default_factory=dict)
    merged: list[Keys] = field(default_factory=list)
    key: Node | None = None
    size: int = 1
    differs: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Again:
    """A key that stood before; `found` is its finding. `differs` are the keys of its mapping with another value."""

    pair: Pair
    found: int
    differs: set[str]


def _build(
    events: Iterator[Any],
    source: Source,
    dialect: Dialect,
    found: list[Diagnostic],
    again: list[_Again],
    aliases: list[tuple[Span, Node]],
    *,
    several: bool,
) -> Iterator[Document]:
    """Each document as it ends. An alias to an unfinished or unknown anchor, too much or too deep, a second document
    where there may not be `several`: a stop."""
    stack: list[_Open] = []
    anchors: dict[str, Node] = {}
    root: Node | None = None
    start = after = 0
    documents = 0
    known: dict[str, Plain] = {}  # what unquoted words are
    for event in events:
        name = type(event).__name__
        begin, end = event.start_mark.index, event.end_mark.index
        node: Node
        if name == "ScalarEvent":
            node = _scalar(event, Span(source, begin, end), dialect.plain, known)
            if event.anchor:
                anchors[event.anchor] = node
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            if len(stack) >= MOST_DEPTH:
                message = f"mappings and lists stand more than {MOST_DEPTH} deep"
                raise _Stop(finding(codes.TOO_DEEP, message, Span(source, begin, end)))
            stack.append(_Open(name == "MappingStartEvent", begin, event.anchor))
            continue
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            top = stack.pop()
            node = _close(top, Span(source, top.start, _trimmed(source, top.start, end)))
            if top.anchor:
                anchors[top.anchor] = node
        elif name == "AliasEvent":
            if event.anchor not in anchors:
                message = f"`*{event.anchor}` refers to an anchor that is not complete yet"
                raise _Stop(finding(codes.ALIAS, message, Span(source, begin, end)))
            node = anchors[event.anchor]
            aliases.append((Span(source, begin, end), node))
        elif name == "DocumentStartEvent":
            documents += 1
            if documents > 1 and not several:
                message = "the file holds a second YAML document"
                raise _Stop(finding(codes.SEVERAL_DOCUMENTS, message, Span(source, begin, end)))
            # The mark of one that nothing announces is where its content begins; comments before belong to it.
            start, root, anchors = end if event.explicit else after, None, {}
            continue
        else:
            if name == "DocumentEndEvent":
                after = end
                yield Document(root, start, begin)
            continue
        if not stack:
            root = node
        else:
            _add(stack[-1], node, dialect, found, again)
            if stack[-1].size > MOST_NODES:
                message = f"the aliases stand for more than {MOST_NODES} values"
                raise _Stop(finding(codes.ALIAS, message, Span(source, begin, end)))


def _trimmed(source: Source, start: int, end: int) -> int:
    """A block's end without the blank lines and comments that libyaml counts to it."""
    text = source.text
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def _close(top: _Open, span: Span) -> Node:
    if not top.mapping:
        return Items(tuple(top.children), span, top.size)
    for merged in top.merged:
        for key, pair in merged.pairs.items():
            top.pairs.setdefault(key, pair)
    return Keys(top.pairs, span, top.size)


def _add(top: _Open, node: Node, dialect: Dialect, found: list[Diagnostic], again: list[_Again]) -> None:
    top.size += node.size
    if not top.mapping:
        top.children.append(node)
        return
    if top.key is None:
        top.key = node
        return
    key, top.key = top.key, None
    if isinstance(key, Scalar) and key.text == "<<" and not key.quoted:
        parts = node.items if isinstance(node, Items) else (node,)
        top.merged += [p for p in parts if isinstance(p, Keys)]
        return
    if not isinstance(key, Scalar) or not (isinstance(key.value, str) or key.value is None):
        found.append(finding(codes.KEY, f"a key is {kind(key)}, where a name is expected", key.span))
        if not isinstance(key, Scalar):
            return
    if key.text in top.pairs:
        first = top.pairs[key.text]
        if not same(first.value, node):
            top.differs.add(key.text)
        again.append(_Again(Pair(key, node), len(found), top.differs))
        message = f"the key `{key.text}` appears twice in one mapping; the {dialect.keeps} one counts"
        found.append(finding(codes.DUPLICATE_KEY, message, key.span, related=[Related(first.key.span, "first here")]))
        if dialect.keeps == "first":
            return
    top.pairs[key.text] = Pair(key, node)


# ── Scalars ───────────────────────────────────────────────────────────────


def _scalar(event: Any, span: Span, plain: Callable[[str], Plain], known: dict[str, Plain]) -> Scalar:
    text: str = event.value
    if event.style in ("'", '"', "|", ">") or (event.tag or "").endswith(":str"):
        return Scalar(text, text, span, True)
    if text not in known:
        known[text] = plain(text)
    return Scalar(known[text], text, span)


CORE = Dialect(plain, "first")
PYYAML = Dialect(plain_of_1_1, "last")
