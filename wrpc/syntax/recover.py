"""What to do after a token that fits nowhere: say so once, and read on where the text can be understood again.

The text from the broken declaration on is cut at lines that can only be the head of a declaration, however the braces
stand; each piece is read on its own. Inside one, a repair or the next line that begins an item goes on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from wrpc.diagnostics import Diagnostic, finding
from wrpc.source import Source
from wrpc.syntax import codes
from wrpc.syntax import tree as t
from wrpc.syntax.faults import Fault, Repair, innermost
from wrpc.syntax.habits.clauses import ITEMS
from wrpc.syntax.habits.told import at_a_fault
from wrpc.syntax.parser import TOO_DEEP, Parser, last_end
from wrpc.syntax.words import DECLARATIONS, IDENTIFIER, Token, words

MOST = 50
FARTHEST = 5000
"""How many words are looked at for a place to go on, so that a large file of anything is answered at once."""

_NAME = r"(?:[A-Za-z_]\w*+|`[^`\n]++`)"
HEAD = re.compile(
    rf"""^[ \t]*+(?:
        [A-Za-z_]\w*+ [ \t]++ {_NAME} [ \t]*+ \{{
      | signal [ \t]++ {_NAME} [ \t]*+ :
      | (?:score|let) [ \t]++ {_NAME} [ \t]*+ =
      | band [ \t]++ {_NAME} [ \t]++ of \b
      | group [ \t]++ {_NAME} [ \t]++ exclusive \b
      | (?:import|test) [ \t]*+ "
      | default [ \t]*+ \{{
      | override [ \t]++ \w++ [ \t]++ {_NAME}
    )""",
    re.MULTILINE | re.VERBOSE,
)


def recover(parser: Parser, token: Token) -> tuple[t.File, tuple[Diagnostic, ...]]:
    source, begin = parser.source, _begin(parser, token)
    declarations = list(parser.declared())
    comments = [c for c in parser.comments if c.span.start < begin]
    found = [p for p in parser.builder.problems if p.span.start < begin]
    for start, end in _pieces(source.text, begin):
        piece = _Piece(source, start, end)
        piece.read()
        declarations += piece.declarations
        comments += piece.comments
        found += piece.found
        if len(found) >= MOST:
            rest = source.span(end, end)
            found = [*found[:MOST], finding(codes.MANY_ERRORS, f"{MOST} findings; the rest is not read", rest)]
            break
    return t.File(source, tuple(declarations), tuple(comments)), tuple(found)


def _begin(parser: Parser, token: Token) -> int:
    """Where the declaration begins that a token does not fit into."""
    for value in parser.values:
        if type(value) is not list:
            return value[1] if type(value) is tuple else int(value.span.start)
    return token[1]


def _pieces(text: str, begin: int) -> Iterator[tuple[int, int]]:
    for head in HEAD.finditer(text, begin + 1):
        at = head.end() - len(head.group().lstrip())
        yield begin, at
        begin = at
    yield begin, len(text)


class _Piece:
    """A piece of a text, most often one declaration."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.source = source
        self.text = source.text
        self.start = start
        self.end = end
        self.declarations: list[t.Declaration] = []
        self.comments: list[t.Comment] = []
        self.found: list[Diagnostic] = []
        self.broken: list[int] = []
        self.resumed = -1  # where reading went on after an item was given up: no second finding on its line

    def read(self) -> None:
        at: int | None = self.start
        while at is not None and len(self.found) < MOST:
            at = self._declarations(at)

    def _declarations(self, at: int) -> int | None:
        """Reads declarations from an offset; gives the offset to begin anew at."""
        parser = Parser(self.source, self.end, careful=True)
        word: Token | None = None
        again: int | None = None
        while (token := parser.run(at, word)) is not None and len(self.found) < MOST:
            empty = all(type(value) is list for value in parser.values)
            if not empty and parser.takes("$END") and self._is_behind(parser, token):
                parser.run(self.end, ("$END", token[1], token[1]))
                again = token[1]
                break
            repair = self._repair(parser, token)
            if repair is None or not repair.keep:
                self.broken.append(token[1])
            if repair is None:
                repair = None if empty else self._next_item(parser, token)
            if repair is None:
                again = self._next_declaration(token)
                break
            at, word = repair.at, repair.word
            parser.since = at
        self.found += parser.builder.problems
        self.comments += parser.comments
        self.declarations += [d for d in parser.declared() if not self._is_broken(d)]
        return again

    def _repair(self, parser: Parser, token: Token) -> Repair | None:
        """What is wrong, and how to go on. Where that is on an earlier line, the item that is being read may have a
        mistake of its own.
        """
        echo = self.resumed >= 0 and "\n" not in self.text[self.resumed : token[1]] and not self._begins_item()
        fault = Fault(parser, token, self.end)
        habit = partial(at_a_fault, fault)
        diagnostic, repair = fault.judge(habit)
        if repair is not None or not echo or token[0] == TOO_DEEP:
            self.found.append(diagnostic)
        while repair is None and "\n" in self.text[diagnostic.span.end : fault.started]:
            parser.since = diagnostic.span.end
            more = habit()
            if more is None or more[0].span.start < parser.since:
                break
            diagnostic, repair = more
            self.found.append(diagnostic)
        return repair

    def _begins_item(self) -> bool:
        """Whether reading went on at a word that is plainly the first of an item, not inside a long condition."""
        word = IDENTIFIER.match(self.text, self.resumed)
        return word is not None and word.group() in ITEMS

    def _is_broken(self, d: t.Declaration) -> bool:
        return any(d.span.start <= at <= d.span.end for at in self.broken)

    def _is_behind(self, parser: Parser, token: Token) -> bool:
        """Whether a token stands apart from a declaration that is complete."""
        end = last_end(parser.values)
        return self.text[end - 1] == "}" or "\n" in self.text[end : token[1]]

    def _next_declaration(self, token: Token) -> int | None:
        """The next line in this piece that begins with the word of a declaration."""
        depth = 0
        for kind, start, end, new_line in _words(self.text, token[1], self.end):
            depth += (kind == "{") - (kind == "}")
            if new_line and depth <= 0 and start > token[1] and self.text[start:end] in DECLARATIONS:
                return start
        return None

    def _next_item(self, parser: Parser, token: Token) -> Repair | None:
        """Gives the item up in which a token fits nowhere: on at the next line that begins another, or at the brace."""
        values = parser.values
        brace = innermost(values, {"{"})
        if brace is None or token[0] == TOO_DEEP:
            return None
        height = brace + 1
        if height < len(values) and type(values[height]) is list:
            height += 1
        depth, first_line = 0, "\n" in self.text[last_end(parser.values) : token[1]]
        for kind, start, end, new_line in _words(self.text, token[1], self.end):
            if depth == 0 and (kind == "}" or (kind == "NAME" and (new_line or (start == token[1] and first_line)))):
                word = self.text[start:end]
                takes = kind if kind == "}" or not parser.takes(word, height) else word
                moves = start > token[1] or len(values) > height
                if moves and parser.takes(takes, height):
                    del values[height:], parser.states[height + 1 :]
                    self.resumed = start
                    return Repair(start)
                if kind == "}":
                    return None
            depth += (kind == "{") - (kind == "}")
        return None


def _words(text: str, at: int, end: int) -> Iterator[tuple[str, int, int, bool]]:
    """The words from an offset on, each with whether a line begins before it."""
    match, kinds = words().match.match, words().kinds
    for _ in range(FARTHEST):
        if (found := match(text, at, end)) is None:
            return
        start, at = found.span(found.lastindex or 0)
        kind = kinds[found.lastindex or 0]
        yield kind or text[start:at], start, at, "\n" in text[found.start() : start]
