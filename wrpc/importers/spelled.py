"""How a file spells a text that stands inside it: the text, and where each character comes from.

A block loses its indentation, a folded line its end, a quoted character its escape, a mapping the keys above it.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from wrpc.importers.document import Items, Keys, Node, Scalar
from wrpc.source import Source, Span

Style = Literal["lines", "double", "single", "folded", "plain"]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of the piece and where they come from. Of equal length: one by one; else all from the whole place."""

    start: int
    length: int
    outer: int
    outer_length: int


@dataclass(frozen=True)
class Spelled:
    """A text with the places of its characters, in order and without gaps."""

    text: str
    runs: tuple[Run, ...]
    style: Style
    exact: bool = True
    """False where only the place of the whole is known."""

    @cached_property
    def starts(self) -> list[int]:
        return [run.start for run in self.runs]

    def place(self, offset: int) -> int:
        """Where the character at an offset begins."""
        run = self.runs[max(0, bisect_right(self.starts, offset) - 1)]
        into = offset - run.start
        if run.length == run.outer_length:
            return run.outer + min(into, run.length)
        return run.outer + (run.outer_length if into >= run.length else 0)

    def end(self, offset: int) -> int:
        """Where the character before an offset ends."""
        run = self.runs[max(0, bisect_right(self.starts, offset - 1) - 1)]
        return run.outer + (offset - run.start if run.length == run.outer_length else run.outer_length)


def home(piece: Spelled, outer: Source, start: int, end: int) -> Span:
    """Where a passage of a piece stands."""
    if not piece.runs:
        return outer.span()
    at = piece.place(start)
    return outer.span(at, max(at, piece.end(end)) if end > start else at)


# ── Pieces ────────────────────────────────────────────────────────────────


def lines(outer: Source, start: int, end: int, column: int) -> Spelled:
    """Lines without the indentation that they share; the first begins at `start`."""
    parts: list[str] = []
    runs: list[Run] = []
    size, at, text = 0, start, outer.text
    if not column:  # nothing is shared
        return Spelled(text[start:end], (Run(0, end - start, start, end - start),) if end > start else (), "lines")
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop + 1
        if at != start:
            cut = at
            while cut < stop and cut - at < column and text[cut] == " ":
                cut += 1
            at = cut
        if stop > at:
            runs.append(Run(size, stop - at, at, stop - at))
            parts.append(text[at:stop])
            size += stop - at
        at = stop
    return Spelled("".join(parts), tuple(runs), "lines")


def joined(pieces: Sequence[Spelled]) -> Spelled:
    """Several pieces as documents of one text. The marks between them stand where the next one does."""
    parts: list[str] = []
    runs: list[Run] = []
    size = 0
    for piece in pieces:
        if not piece.runs:
            continue
        mark = "---\n" if not parts or parts[-1].endswith("\n") else "\n---\n"
        runs.append(Run(size, len(mark), piece.runs[0].outer, 0))
        runs += (replace(run, start=run.start + size + len(mark)) for run in piece.runs)
        parts += mark, piece.text
        size += len(mark) + len(piece.text)
    return Spelled("".join(parts), tuple(runs), "lines", all(p.style == "lines" and p.exact for p in pieces))


def mapping(node: Keys, aliases: Sequence[tuple[Span, Node]] = ()) -> Spelled:
    """A mapping as a text of its own, with the comments above and below it at its indentation. An alias for what
    stands outside of it is spelled out."""
    outer = node.span.source
    text, start, end = outer.text, node.span.start, node.span.end
    if text[start : start + 1] in ("&", "!"):
        start = min(pair.key.span.start for pair in node.pairs.values())
    if text[start : start + 1] == "{":
        made = Spelled(text[start:end], (Run(0, end - start, start, end - start),), "plain")
    else:
        column = start - text.rfind("\n", 0, start) - 1
        stop = text.find("\n", end) + 1 or len(text)
        while (after := text.find("\n", stop) + 1 or len(text)) > stop:
            row = text[stop:after]
            if not row.lstrip(" ").startswith("#") or len(row) - len(row.lstrip(" ")) < column:
                break
            stop = after
        made = lines(outer, _commented(text, start, column), stop, column)
    outside = [each for each in aliases if start <= each[0].start < end and not start <= each[1].span.start < end]
    return _spelled_out(made, outside) if outside else made


def _commented(text: str, start: int, column: int) -> int:
    """Where the comments begin that stand directly above a place, at its indentation."""
    line = start - column
    if text[line:start].strip():
        return start
    while line > 0:
        above = text.rfind("\n", 0, line - 1) + 1
        if not text[above:line].startswith(" " * column + "#"):
            break
        line = above
    return line + column


def _spelled_out(piece: Spelled, aliases: Sequence[tuple[Span, Node]]) -> Spelled:
    parts: list[str] = []
    runs: list[Run] = []
    size = 0
    waiting = sorted(aliases, key=lambda each: each[0].start)
    for run in piece.runs:
        at, stop = run.outer, run.outer + run.length
        for span, node in waiting:
            if at <= span.start < stop:
                before, said = piece.text[run.start + at - run.outer : run.start + span.start - run.outer], flow(node)
                runs += Run(size, len(before), at, len(before)), Run(size + len(before), len(said), span.start, 0)
                runs[-1] = replace(runs[-1], outer_length=span.end - span.start)
                parts += before, said
                size, at = size + len(before) + len(said), span.end
        rest = piece.text[run.start + at - run.outer : run.start + run.length]
        runs.append(Run(size, len(rest), at, len(rest)))
        parts.append(rest)
        size += len(rest)
    return Spelled("".join(parts), tuple(run for run in runs if run.length), piece.style)


_BARE = re.compile(r"[\w./+~-]+(?:[ :][\w./+~-]+)*\Z")


def flow(node: Node) -> str:
    """A node on one line, as every dialect reads it."""
    match node:
        case Keys():
            return "{" + ", ".join(f"{json.dumps(k)}: {flow(p.value)}" for k, p in node.pairs.items()) + "}"
        case Items():
            return "[" + ", ".join(map(flow, node.items)) + "]"
        case Scalar(quoted=False) if _BARE.match(node.text):  # what it means, its reader says
            return node.text
        case Scalar():
            return json.dumps(node.text) if node.text or node.quoted else "null"


def scalar(node: Scalar) -> Spelled:
    """The text that a scalar spells. Where its spelling is not understood, only the place of the whole is known."""
    outer, value = node.span.source, node.text
    raw = outer.text[node.span.start : node.span.end]
    skipped = 0
    while raw[skipped : skipped + 1] in ("&", "!"):
        gap = next((i for i in range(skipped, len(raw)) if raw[i] in " \n"), len(raw))
        skipped = gap + len(raw[gap:]) - len(raw[gap:].lstrip())
    start = node.span.start + skipped
    made: Spelled | None
    match outer.text[start : start + 1]:
        case "|" | ">" as style:
            made = _block(outer, start, style == ">", value)
        case "'" | '"' as quote:
            made = _quoted(outer, start, node.span.end, quote, value)
        case _:
            made = lines(outer, start, node.span.end, 0) if "\n" not in raw else None
    if made is not None and made.text == value:
        return made
    return Spelled(value, (Run(0, len(value), start, node.span.end - start),), "plain", exact=False)


def _block(outer: Source, start: int, folded: bool, value: str) -> Spelled | None:
    text = outer.text
    header = text.find("\n", start)
    if header < 0:
        return None
    first = header + 1
    at = first
    while at < len(text) and not text[at : _next(text, at)].strip():
        at = _next(text, at)
    widest = len(text[at : _next(text, at)]) - len(text[at : _next(text, at)].lstrip(" "))
    for indent in range(widest, -1, -1):
        rows = _rows(text, first, indent)
        made = _folded(text, rows, value) if folded else _literal(text, rows, value)
        if made is not None:
            return made
    return None


def _next(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _rows(text: str, first: int, indent: int) -> list[tuple[int, int]]:
    """Where the lines of a block begin and end, without indentation and line ends."""
    rows: list[tuple[int, int]] = []
    at = first
    while at < len(text):
        stop = _next(text, at)
        row = text[at:stop].removesuffix("\n")
        inside = len(row) - len(row.lstrip(" "))
        if inside < indent and row.strip():
            break
        if indent == 0 and row[:3] in ("---", "..."):
            break
        begin = at + min(indent, inside)
        rows.append((begin, at + len(row)))
        at = stop
    return rows


def _literal(text: str, rows: Sequence[tuple[int, int]], value: str) -> Spelled | None:
    runs: list[Run] = []
    size = 0
    for begin, end in rows:
        length = min(end - begin + (end < len(text)), len(value) - size)
        if length <= 0:
            break
        if text[begin : begin + length] != value[size : size + length]:
            return None
        runs.append(Run(size, length, begin, length))
        size += length
    return Spelled(value, tuple(runs), "lines") if size == len(value) else None


def _folded(text: str, rows: Sequence[tuple[int, int]], value: str) -> Spelled | None:
    """The same where a line end is a blank, or nothing before empty lines; around indented lines all of them stay."""
    parts: list[str] = []
    runs: list[Run] = []
    size = 0

    def add(made: str, at: int) -> None:
        nonlocal size
        parts.append(made)
        runs.append(Run(size, len(made), at, len(made)))
        size += len(made)

    before: tuple[int, int] | None = None
    ends: list[int] = []  # of the empty lines since then
    for begin, end in rows:
        if begin == end:
            ends.append(end)
            continue
        indented = before is not None and (text[before[0]].isspace() or text[begin].isspace())
        if before is not None and not ends and not indented:
            add(" ", before[1])
        else:
            for at in [*([before[1]] if before is not None and indented else []), *ends]:
                add("\n", at)
        add(text[begin:end], begin)
        before, ends = (begin, end), []
    for at in [*([before[1]] if before is not None else []), *ends][: len(value) - size]:
        add("\n", at)
    return Spelled(value, tuple(runs), "folded") if "".join(parts) == value else None


_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r", "e": "\x1b",
    " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_CODED = {"x": 2, "u": 4, "U": 8}


def _quoted(outer: Source, start: int, end: int, quote: str, value: str) -> Spelled | None:
    """A quoted scalar character by character; `value` says what became of line ends."""
    text = outer.text
    parts: list[str] = []
    runs: list[Run] = []
    size, at, stop = 0, start + 1, end - 1

    def add(made: str, length: int) -> None:
        nonlocal size
        if made:
            last = runs[-1] if runs else None
            if (
                last
                and length == len(made) == 1
                and last.length == last.outer_length
                and last.outer + last.length == at
            ):
                runs[-1] = replace(last, length=last.length + 1, outer_length=last.length + 1)
            else:
                runs.append(Run(size, len(made), at, length))
            parts.append(made)
            size += len(made)

    while at < stop:
        letter = text[at]
        if letter == "\\" and quote == '"':
            kind = text[at + 1]
            if kind == "\n":  # joins the lines, but for empty ones that follow
                rest = text[at + 2 : stop]
                length = 2 + len(rest) - len(rest.lstrip(" \t\n"))
                add("\n" * text.count("\n", at + 2, at + length), length)
            elif kind in _CODED:
                length = 2 + _CODED[kind]
                add(chr(int(text[at + 2 : at + length], 16)), length)
            elif kind in _ESCAPES:
                length = 2
                add(_ESCAPES[kind], length)
            else:
                return None
        elif letter == "'" and quote == "'":
            length = 2
            add("'", length)
        elif letter in " \t\n" and (folds := _folding(text, at, stop)) is not None:
            made, length = folds
            add(made, length)
        else:
            length = 1
            add(letter, length)
        at += length
    return Spelled("".join(parts), tuple(runs), "double" if quote == '"' else "single") if size == len(value) else None


def _folding(text: str, at: int, stop: int) -> tuple[str, int] | None:
    """Blanks around line ends: what they stand for and how long they are. None where there is no line end."""
    end = at
    while end < stop and text[end] in " \t\n":
        end += 1
    breaks = text.count("\n", at, end)
    if not breaks:
        return None
    return (" " if breaks == 1 else "\n" * (breaks - 1)), end - at
