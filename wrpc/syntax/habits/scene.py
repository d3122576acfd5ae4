"""The words of a declaration around the place where a parser stopped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from wrpc.diagnostics import Code, Edit, Fix, Related, finding
from wrpc.source import Source, Span
from wrpc.syntax import tree as t
from wrpc.syntax.faults import CLOSERS, CLOSES, Fault, Repair, Verdict
from wrpc.syntax.words import words

BEFORE, BEHIND = 2000, 60
"""How many words of a declaration are looked at, before the place and behind it."""


class Word(NamedTuple):
    kind: str
    """NAME, NUMBER, STRING, or the sign itself."""
    text: str
    start: int
    end: int
    first: bool
    """Whether it begins a line."""


@dataclass(frozen=True)
class Scene:
    """`words` from the keyword of the declaration on; `at` is the one that fits nowhere."""

    source: Source
    words: Sequence[Word]
    at: int
    fault: Fault | None = None

    @classmethod
    def around(cls, source: Source, begin: int, stop: int, limit: int, fault: Fault | None = None) -> Scene:
        """`begin`: of the declaration. `stop`: where the word begins that fits nowhere."""
        found: list[Word] = []
        at = -1
        for word in _words(source.text, begin, limit):
            if at < 0 and word.start >= stop:
                at = len(found)
            found.append(word)
            if len(found) > (BEFORE if at < 0 else at + BEHIND):
                break
        return cls(source, found, at if at >= 0 else len(found), fault)

    @property
    def kind(self) -> str:
        """The keyword that the declaration begins with."""
        return self.words[0].text if self.words else ""

    @property
    def one(self) -> str:
        """`a route`, `an assert`."""
        return f"{'an' if self.kind[:1] in 'aeiou' else 'a'} {self.kind}"

    def word(self, at: int) -> Word:
        """The word at a place; one of no text before the first and behind the last."""
        if 0 <= at < len(self.words):
            return self.words[at]
        end = self.words[-1].end if self.words and at > 0 else 0
        return Word("$END", "", end, end, True)

    @cached_property
    def item(self) -> int:
        """Where the attribute begins that is being read, or a misspelt clause that was taken for one; -1 for none."""
        height = self.height
        if height is None or self.fault is None:
            return self.at if self.fault is None else -1
        name = self.fault.values[height]
        return next((at for at, word in enumerate(self.words) if word.start == name.span.start), -1)

    @cached_property
    def attributes(self) -> frozenset[int]:
        """Where the attributes begin that were read before, of the section itself, since the last fault."""
        if self.fault is None or self.fault.opener is None:
            return frozenset()
        values = self.fault.values
        items = values[values.index(self.fault.opener) + 1 :][:1]
        starts = {i.span.start for part in items if type(part) is list for i in part if isinstance(i, t.Attribute)}
        return frozenset(at for at in range(self.since, len(self.words)) if self.words[at].start in starts)

    @cached_property
    def height(self) -> int | None:
        """Where that attribute's name lies on the parser's stack."""
        if self.fault is None or self.fault.opener is None or self.fault.opener[0] != "{":
            return None
        values = self.fault.values
        height = values.index(self.fault.opener) + 1
        if height < len(values) and type(values[height]) is list:
            height += 1
        return height if height < len(values) and isinstance(values[height], t.Name) else None

    @cached_property
    def since(self) -> int:
        """The first word behind the last fault of this declaration: what stands before it has been judged."""
        begin = 0 if self.fault is None else self.fault.parser.since
        return next((at for at, word in enumerate(self.words) if word.start >= begin), len(self.words))

    @cached_property
    def brace(self) -> int:
        """Where the body of the declaration begins; -1 where it has none yet."""
        return next((at for at, word in enumerate(self.words[: self.at]) if word.kind == "{"), -1)

    def read_as(self, keyword: str) -> Repair | None:
        """Reading goes on as if this keyword stood where the attribute begins."""
        if self.fault is None or self.height is None:
            return None
        word = self.words[self.item]
        if not self.fault.parser.takes(keyword, self.height):
            return None
        del self.fault.values[self.height :], self.fault.parser.states[self.height + 1 :]
        return Repair(word.end, (keyword, word.start, word.end), keep=True)

    @property
    def here(self) -> Word:
        return self.word(self.at)

    @property
    def before(self) -> Word:
        return self.word(self.at - 1)

    def touches(self, at: int) -> bool:
        """Whether nothing stands between a word and the one before it."""
        return 0 < at < len(self.words) and self.words[at].start == self.words[at - 1].end

    @cached_property
    def depths(self) -> Sequence[int]:
        """How many brackets are open before each word."""
        made, deep = [], 0
        for word in self.words:
            deep -= word.kind in CLOSERS
            made.append(deep)
            deep += word.kind in CLOSES
        return made

    def until(self, at: int, ends: Collection[str]) -> int:
        """The first place from `at` on where one of these words stands, or what is open there is closed."""
        for place in range(at, len(self.words)):
            word = self.words[place]
            if word.text in ends or self.depths[place] < self.depths[min(at, len(self.words) - 1)]:
                return place
        return len(self.words)

    def closing(self, at: int) -> int:
        """The place of the bracket that closes the one at `at`; -1 where there is none."""
        closer = CLOSES[self.words[at].kind]
        for place in range(at + 1, len(self.words)):
            if self.depths[place] <= self.depths[at]:
                return place if self.words[place].kind == closer else -1
        return -1

    def text(self, first: int, last: int) -> str:
        """From one word to another, both included."""
        return self.source.text[self.words[first].start : self.words[last].end]

    def span(self, first: int, last: int | None = None) -> Span:
        return Span(self.source, self.word(first).start, self.word(first if last is None else last).end)

    def replace(self, first: int, last: int, text: str, *also: Edit) -> Fix:
        shown = text.strip()
        title = f"write `{shown}`" if shown and "`" not in shown else f"write {shown}" if shown else "leave it out"
        return Fix(self.span(first, last), text, title, also=also)

    def says(
        self, code: Code, message: str, span: Span, *, help: str | None = None, fix: Fix | None = None,
        repair: Repair | None = None, related: Sequence[Related] = (),
    ) -> Verdict:  # fmt: skip
        return finding(code, message, span, help=help, fixes=[fix] if fix else (), related=related), repair


def _words(text: str, at: int, end: int) -> Iterator[Word]:
    match, kinds = words().match.match, words().kinds
    while (found := match(text, at, end)) is not None:
        group = found.lastindex or 0
        start, at = found.span(group)
        if kinds[group] != "COMMENT":
            first = not text[text.rfind("\n", 0, start) + 1 : start].strip()
            yield Word(kinds[group] or text[start:at], text[start:at], start, at, first)
