"""Where the pieces of a YAML text stand: what an edit must know to leave the rest as it is."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from wrpc.source import Source, Span

_BREAKS = re.compile("[\r\x85\u2028\u2029]")
_COMMENT = re.compile(r"(?:(?<=\s)|\A)#[^\n]*")
_REST = re.compile(r"\s*(\s#.*)?\Z")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar, an alias, or the bracket that ends a flow collection.

    `block`: it is `|` or `>`, which takes in what is indented below it. `open_ended`: the blank lines after it count.
    """

    start: int
    end: int
    block: bool = False
    open_ended: bool = False


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list. `head` and `tail` are its first and last leaf, as indexes."""

    name: str
    start: int
    head: int
    value: int = -1
    tail: int = -1


@dataclass(slots=True)
class Collection:
    """`plain`: in block style, and without anchor and tag."""

    start: int
    mapping: bool
    flow: bool
    plain: bool
    anchored: bool
    entries: list[Entry] = field(default_factory=list)
    waits: bool = False

    def named(self, name: str) -> list[Entry]:
        return [e for e in self.entries if e.name == name]


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines: an entry with the comments directly above it and those that are indented below it.

    A comment that begins the file belongs to the file.
    """

    first: int
    last: int
    indent: int
    entry: Entry


class Layout:
    """The leaves and collections of a text that is known to be YAML, and its lines, counted from 1."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.lines = source.position(len(source.text))[0] - source.text.endswith("\n")
        self.odd_breaks = bool(_BREAKS.search(source.text))
        self.leaves: list[Leaf] = []
        self.mappings: dict[int, Collection] = {}
        self.lists: dict[int, Collection] = {}
        self.keys: dict[int, tuple[Collection, int]] = {}  # whose entry, and the how manieth, a key begins
        self.marks: list[int] = []  # where an anchor or an alias stands
        self.anchors: list[int] = []
        self._shared: list[tuple[int, int]] = []
        self._inside: set[int] = set()  # lines that a scalar goes on over
        self._read()
        self._starts = [leaf.start for leaf in self.leaves]
        self._shared = _outermost(self._shared)

    def _read(self) -> None:
        import yaml

        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        stack: list[Collection] = []
        events: Iterator[Any] = yaml.parse(self.text, Loader=loader)
        for event in events:
            name = type(event).__name__
            start, end = event.start_mark.index, event.end_mark.index
            anchor = getattr(event, "anchor", None)
            if anchor is not None:
                self.marks.append(start)
                if name != "AliasEvent":
                    self.anchors.append(start)
            match name:
                case "MappingStartEvent" | "SequenceStartEvent":
                    mapping = name == "MappingStartEvent"
                    plain = not event.flow_style and anchor is None and event.tag is None
                    opened = Collection(start, mapping, bool(event.flow_style), plain, anchor is not None)
                    self._begin(stack, start, "")
                    (self.mappings if mapping else self.lists)[start] = opened
                    stack.append(opened)
                case "MappingEndEvent" | "SequenceEndEvent":
                    closed = stack.pop()
                    if closed.flow:
                        self.leaves.append(Leaf(start, end))
                    if closed.anchored:
                        self._shared.append((closed.start, self.leaves[-1].end if self.leaves else end))
                    self._end(stack)
                case "ScalarEvent":
                    self._begin(stack, start, event.value)
                    self.leaves.append(self._leaf(start, end, event.style))
                    self._end(stack)
                case "AliasEvent":
                    self._begin(stack, start, "")
                    self.leaves.append(Leaf(start, end))
                    self._end(stack)

    def _begin(self, stack: list[Collection], start: int, text: str) -> None:
        if not stack:
            return
        top = stack[-1]
        if top.waits:
            top.entries[-1].value = start
            return
        if top.mapping:
            self.keys[start] = top, len(top.entries)
        top.entries.append(Entry(text, start, len(self.leaves), start))

    def _end(self, stack: list[Collection]) -> None:
        """A node is complete: a key, which waits for its value, or the value or item that ends an entry."""
        if not stack:
            return
        top = stack[-1]
        if top.mapping:
            top.waits = not top.waits
        if not top.waits:
            top.entries[-1].tail = len(self.leaves) - 1

    def _leaf(self, start: int, end: int, style: str | None) -> Leaf:
        text = self.text[start:end]
        block = style in ("|", ">")
        kept = text.rstrip() if block else text
        if "\n" in kept:
            line = self.source.position(start)[0]
            self._inside.update(range(line + 1, line + kept.count("\n") + 1))
        # A line of nothing but blanks may be text of the scalar or not, and a line that ends with the file has no end.
        over = text[len(kept) :]
        keeps = "+" in text.partition("\n")[0].partition("#")[0]
        open_ended = block and (keeps or bool(over.strip("\n")) or (not over and end == len(self.text)))
        return Leaf(start, start + len(kept), block, open_ended)

    # ── Lines ─────────────────────────────────────────────────────────────

    def line_at(self, offset: int) -> int:
        return self.source.position(offset)[0]

    def begin(self, line: int) -> int:
        """Where a line begins; after the last one, the end of the text."""
        return len(self.text) if line > self.lines else self.source.offset(line, 1)

    def blank(self, line: int) -> bool:
        return 1 <= line <= self.lines and line not in self._inside and not self.source.line(line).strip()

    def comment(self, line: int) -> int | None:
        """How far a line that is nothing but a comment is indented; None for every other line."""
        if not 1 <= line <= self.lines or line in self._inside:
            return None
        text = self.source.line(line)
        bare = text.lstrip(" ")
        return len(text) - len(bare) if bare.startswith("#") else None

    def deeper(self, line: int, least: int) -> int:
        """The last of the comment lines from `line` on that are indented by at least `least`; `line` - 1 for none."""
        while (indent := self.comment(line)) is not None and indent >= least:
            line += 1
        return line - 1

    def later_comments(self, line: int, least: int) -> bool:
        """Whether a comment so far indented stands from `line` on, before the next leaf."""
        end = self.begin(line)
        after = bisect_left(self._starts, end)
        stop = self.line_at(self._starts[after]) if after < len(self.leaves) else self.lines + 1
        return any((self.comment(n) or 0) >= least and self.comment(n) is not None for n in range(line, stop))

    # ── Pieces ────────────────────────────────────────────────────────────

    def shared(self, offset: int) -> bool:
        """Whether a place belongs to a collection that has an anchor: another place may show it."""
        at = bisect_right(self._shared, (offset, len(self.text))) - 1
        return at >= 0 and offset < self._shared[at][1]

    def marked(self, start: int, end: int, *, anchors: bool = False) -> bool:
        """Whether an anchor or an alias stands between two offsets; only anchors on wish."""
        marks = self.anchors if anchors else self.marks
        return bisect_left(marks, start) < bisect_left(marks, end)

    def piece(self, entry: Entry, start: int) -> Piece | None:
        """The lines of an entry of a block collection that begins at `start`; None where other text shares them."""
        line = self.line_at(start)
        before = self.text[self.begin(line) : start]
        tail = self.leaves[entry.tail]
        last = self.line_at(tail.end)
        rest = self.text[tail.end : self.begin(last + 1)].removesuffix("\n")
        if before.strip(" ") or not _REST.match(rest):
            return None
        indent, first = len(before), line
        while self.comment(first - 1) == indent:
            first -= 1
        if first == 1:  # what begins the file speaks of the file
            first = line
        return Piece(first, self.deeper(last + 1, indent + 1), indent, entry)

    def comments(self, start: int, end: int) -> Iterator[Span]:
        """The comments between two offsets."""
        at = start
        for leaf in self.leaves[bisect_left(self._starts, start) : bisect_right(self._starts, end)]:
            yield from self._comments(at, min(leaf.start, end))
            at = max(at, leaf.end)
            if leaf.block:
                header = self.text.find("\n", leaf.start, leaf.end)
                yield from self._comments(leaf.start, leaf.end if header < 0 else header)
        yield from self._comments(at, end)

    @cached_property
    def all_comments(self) -> Counter[str]:
        """How often each comment stands in the text."""
        return Counter(comment.text for comment in self.comments(0, len(self.text)))

    def _comments(self, start: int, end: int) -> Iterator[Span]:
        for found in _COMMENT.finditer(self.text, start, max(start, end)):
            yield Span(self.source, found.start(), found.end())


def _outermost(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Nested ranges without those that lie in another, in order."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(ranges, key=lambda r: (r[0], -r[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


@lru_cache(maxsize=2)
def layout(source: Source) -> Layout:
    """The layout of a source, worked out once for all edits of it."""
    return Layout(source)
