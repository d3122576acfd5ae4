"""The canonical layout of a file. What was parsed keeps its comments, its blank lines and its short blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, assert_never

from wrpc.source import Span
from wrpc.syntax import tree as t
from wrpc.syntax.spell import WIDTH, flat, name, number, wrapped
from wrpc.syntax.words import OPERATORS

CLAUSES = OPERATORS | {
    "when", "to", "weight", "cascade", "escalate", "fallback", "on", "spill", "mirror", "budget", "limit", "per",
    "then", "sticky", "for", "deny", "forbid", "require", "sealed", "critical", "accept_failure", "always", "never",
    "apart", "prefer",
}  # fmt: skip
"""Words that an item of a section may begin or go on with: an attribute of such a name stands in backticks."""

SECTIONS = OPERATORS | {"default"}
PLACES = CLAUSES - {"limit"}
POOLS = OPERATORS | {"any", "others"}
ROWS = OPERATORS | {"otherwise"}
ASSUMED = OPERATORS | {"share"}
MEASURES = OPERATORS | {"at", "tools", "compress", "reasoning", "deny"}
PRAGMA = re.compile(r"#.*\bwrpc\s*:\s*ignore\b")
BLANK = re.compile(r"\n[^\S\n]*\n")


def format_file(file: t.File) -> str:
    """The text of a file; parsing it gives the same declarations and comments, and printing those the same text."""
    return _Printer(file).print()


def format_expr(e: t.Expr | t.Value) -> str:
    """An expression or a value on one line."""
    return flat(e)


class _Line(NamedTuple):
    """Something that has its own line: a declaration, an item of a block, a step of a band."""

    span: Span
    head: str
    body: list[_Line] | None = None
    """Lines between braces; None where `write` gives the whole text."""
    write: Callable[[int], str] | None = None
    """The head at an indentation, wrapped; asked only where one line is too narrow."""
    head_end: int = 0
    """Where a head ends in the source that may take several lines."""
    foot: str = ""
    comma: bool = False
    """The lines of the body are names in a row, with commas on one line."""
    most: int = 99
    """How many items a program's own block may have on one line."""

    def flat(self) -> str:
        if self.body is None:
            return self.head
        parts = [line.flat() for line in self.body]
        inside = (", " if self.comma else "  ").join(parts)
        return f"{self.head} {{ {inside} }}{self.foot}" if inside else f"{self.head} {{}}{self.foot}"


class _Printer:
    def __init__(self, file: t.File) -> None:
        self.source = file.source
        self.text = file.source.text
        self.declarations = file.declarations
        self.comments = [*sorted(file.comments, key=lambda c: c.span.start)]
        self.next = 0  # the first comment that is not written yet
        self.at = 0  # the end of what was written last, in the source
        self.out: list[str] = []
        self.first = 0  # where the declaration in hand begins in `out`
        self.written = False  # whether spans of the declaration in hand say where it stood

    def print(self) -> str:
        standing = [self._stands(declaration) for declaration in self.declarations]
        until = len(self.text) + 1
        nexts = []
        for declaration, stands in zip(reversed(self.declarations), reversed(standing), strict=True):
            nexts.append(until)
            until = declaration.span.start if stands else until
        before, size = "", 0
        for declaration, stands in zip(self.declarations, standing, strict=True):
            self.written = stands
            until, start = nexts.pop(), len(self.out)
            self._line(_declaration(declaration), 0, until)
            word, lines = _keyword(declaration), len(self.out) - self.first
            if not self.written and before and not (word == before and size == lines == 1):
                self.out.insert(start, "")
            before, size = word, lines
        self.written = True
        self._comments_before(len(self.text) + 1, 0)
        return "\n".join([*self.out, ""]) if self.out else ""

    def _stands(self, declaration: t.Declaration) -> bool:
        """Whether the span of a declaration is where it stands in this file, not what a program put there."""
        span = declaration.span
        return span.source is self.source and self.text.startswith(_keyword(declaration), span.start)

    def _line(self, line: _Line, indent: int, until: int) -> None:
        """Writes a line and the comments that belong to it; the next one begins at `until`."""
        start, end = line.span.start, line.span.end
        self._comments_before(start, indent)
        self._blank_before(start)
        if indent == 0:
            self.first = len(self.out)
        pad = " " * indent
        if line.body is None:
            self._comments_before(end, indent, inside=True)
            self.out.append(pad + self._head(line, indent, 0))
        elif self._short(line) and (len(one := pad + line.flat()) <= WIDTH or self._ignored(end, until)):
            self.out.append(one)
        else:
            self._block(line, line.body, indent)
        if self.written:
            self.at = max(self.at, end)
            self._comment_behind(end, until)

    def _head(self, line: _Line, indent: int, tail: int) -> str:
        fits = line.write is None or indent + len(line.head) + tail <= WIDTH
        return line.head if fits or line.write is None else line.write(indent)

    def _block(self, line: _Line, body: list[_Line], indent: int) -> None:
        self._comments_before(line.head_end, indent, inside=True)
        self.out.append(" " * indent + self._head(line, indent, 2) + " {")
        end = line.span.end
        if self.written:
            self._comment_behind(max(line.span.start, line.head_end), body[0].span.start if body else end)
            self.at = -1  # no blank line behind the brace
        for at, item in enumerate(body):
            self._line(item, indent + 2, body[at + 1].span.start if at + 1 < len(body) else end)
        if self.written:
            self._comments_before(end, indent + 2)
        self.out.append(" " * indent + "}" + line.foot)

    def _short(self, line: _Line) -> bool:
        if not self.written:
            return len(line.body or ()) <= line.most
        return self.text.find("\n", line.span.start, line.span.end) < 0

    # ── Comments and blank lines ─────────────────────────────────────────────────────────────────────────────────

    def _comments_before(self, offset: int, indent: int, inside: bool = False) -> None:
        """Those that begin before an offset, each on its own line. `inside`: they stand in what follows."""
        while self.written and self.next < len(self.comments) and self.comments[self.next].span.start < offset:
            comment = self.comments[self.next]
            if not inside:
                self._blank_before(comment.span.start)
            self.out.append(" " * indent + comment.text.rstrip())
            self.at = comment.span.end
            self.next += 1

    def _comment_behind(self, end: int, until: int) -> None:
        """The one that stands on the line that ends here."""
        if self.next == len(self.comments):
            return
        comment = self.comments[self.next]
        if end <= comment.span.start < until and self.text.find("\n", end, comment.span.start) < 0:
            self.out[-1] += "  " + comment.text.rstrip()
            self.at = comment.span.end
            self.next += 1

    def _ignored(self, end: int, until: int) -> bool:
        """Whether the comment behind a line ignores a finding on it, and so has to stay on its line."""
        if self.next == len(self.comments):
            return False
        comment = self.comments[self.next]
        start = comment.span.start
        behind = end <= start < until and self.text.find("\n", end, start) < 0
        return behind and PRAGMA.match(comment.text) is not None

    def _blank_before(self, offset: int) -> None:
        gap = self.written and self.out and self.out[-1] and 0 <= self.at < offset
        if gap and BLANK.search(self.text, self.at, offset):
            self.out.append("")
        self.at = max(self.at, 0)


# ── Declarations ──────────────────────────────────────────────────────────────────────────────────────────────────


def _keyword(d: t.Declaration) -> str:
    if isinstance(d, t.Section):
        return d.kind
    return "assume" if isinstance(d, t.Share) else type(d).__name__.lower()


def _declaration(d: t.Declaration) -> _Line:
    match d:
        case t.Section():
            return _section(d, d.span, "")
        case t.Override():
            return _section(d.section, d.span, "override ")
        case t.Import():
            return _Line(d.span, f"import {flat(d.path)}")
        case t.Signal():
            head = f"signal {name(d.name)}: "
            if d.block is None:
                return _expression(d.span, head, d.type)
            body = _attributes(d.block)
            return _expression(d.span, head, d.type)._replace(body=body, head_end=d.type.span.end)
        case t.Score():
            return _expression(d.span, f"score {name(d.name)} = ", d.value)
        case t.Let():
            return _expression(d.span, f"let {name(d.name)} = ", d.value)
        case t.Band():
            steps = [_Line(s.span, _step(s)) for s in d.steps]
            return _Line(d.span, f"band {name(d.name)} of {name(d.of)}", steps, comma=True)
        case t.Group():
            members = [_Line(m.span, name(m)) for m in d.members]
            foot = f" default {name(d.default)}" if d.default else ""
            return _Line(d.span, f"group {name(d.name)} exclusive", members, comma=True, foot=foot)
        case t.Table():
            return _Line(d.span, f"table {name(d.name)} of {name(d.of)}", [_table_row(r) for r in d.rows], most=0)
        case t.Stack():
            targets = [_Line(n.span, name(n)) for n in d.targets]
            return _Line(d.span, f"stack {name(d.name)}", targets, comma=True)
        case t.Assume():
            title = f"assume {name(d.name, ASSUMED)}"
            return _Line(d.span, title, [_expression(d.condition.span, "", d.condition)])
        case t.Share():
            foot = f" = {number(d.share)}" + (f" of {name(d.of)}" if d.of else "")
            return _expression(d.span, "assume share ", d.condition, foot)
        case t.Test():
            blocks = [
                _Line(block.span, word, _attributes(block))
                for word, block in (("given", d.given), ("expect", d.expect))
            ]
            return _Line(d.span, f"test {flat(d.title)}", blocks, most=0)
        case _:
            assert_never(d)


def _section(d: t.Section, span: Span, before: str) -> _Line:
    head = f"{before}{d.kind}" + (f" {name(d.name, SECTIONS)}" if d.name else "")
    taken = PLACES if d.kind == "place" else CLAUSES
    clauses = any(not isinstance(item, t.Attribute) for item in d.items)
    return _Line(span, head, [_item(item, taken) for item in d.items], most=2 if clauses else 99)


def _step(s: t.Step) -> str:
    return f"{name(s.name)} {s.edge}" + (f" {number(s.bound)}" if s.bound else "")


def _table_row(r: t.Row) -> _Line:
    key = "otherwise" if r.key is None else name(r.key, ROWS) if isinstance(r.key, t.Name) else flat(r.key)
    return _Line(r.span, key, _attributes(r.block))


def _attributes(block: t.Block) -> list[_Line]:
    return [_attribute(a, OPERATORS) for a in block.attributes]


def _attribute(a: t.Attribute, taken: frozenset[str]) -> _Line:
    word = name(a.name, taken)
    if isinstance(a.value, t.Block):
        return _Line(a.span, word, _attributes(a.value))
    return _expression(a.span, f"{word} ", a.value)


def _expression(span: Span, before: str, e: t.Expr | t.Value, after: str = "") -> _Line:
    def write(indent: int) -> str:
        return before + wrapped(e, indent, indent + len(before), len(after)) + after

    return _Line(span, before + flat(e) + after, write=write)


# ── Clauses ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _item(item: t.Item, taken: frozenset[str] = CLAUSES) -> _Line:
    match item:
        case t.Attribute():
            return _attribute(item, taken)
        case t.When():
            return _expression(item.span, "when ", item.condition)
        case t.To(destinations=()):
            return _Line(item.span, "to any")
        case t.To():
            return _row(item.span, "to ", [_destination(d) for d in item.destinations])
        case t.Cascade():
            steps = "cascade " + " -> ".join(_pool(step) for step in item.steps)
            return _joined(item.span, steps, None, "escalate when ", item.escalate)
        case t.Fallback():
            on = [" on " + name(item.causes[0]), *map(name, item.causes[1:])] if item.causes else [""]
            pools = [*(["others"] if item.others else []), *(_pool(p) for p in item.pools)]
            return _row(item.span, "fallback ", [*pools[:-1], pools[-1] + on[0], *on[1:]])
        case t.Spill():
            return _Line(item.span, f"spill {_pool(item.pool)} above {number(item.above)}")
        case t.Mirror():
            return _Line(item.span, f"mirror {_pool(item.pool)} {number(item.share)}")
        case t.Budget():
            per = f" per {name(item.per, OPERATORS | {'route'})}" if item.per else ""
            head = f"{item.kind} {number(item.amount)}{per}"
            if not item.then:
                return _Line(item.span, head)
            return _row(item.span, f"{head} then ", [_measure(m) for m in item.then])
        case t.Sticky():
            return _Line(item.span, f"sticky by {name(item.by)}" + (f" for {number(item.time)}" if item.time else ""))
        case t.Deny():
            return _joined(item.span, f"deny {flat(item.reason)}", None, "when ", item.condition)
        case t.Forbid():
            return _joined(item.span, "forbid ", item.what, "when ", item.condition)
        case t.Require():
            return _joined(item.span, "require ", item.what, "when ", item.condition)
        case t.Claim():
            return _joined(item.span, f"{item.kind} ", item.what, "when ", item.condition)
        case t.Sealed():
            return _Line(item.span, "sealed")
        case t.Critical():
            return _Line(item.span, "critical")
        case t.AcceptFailure():
            return _Line(item.span, "accept_failure")
        case t.Apart():
            return _Line(item.span, "apart")
        case t.Prefer():
            return _row(item.span, "prefer ", [name(n) for n in item.what])
        case _:
            assert_never(item)


def _pool(pool: t.Name) -> str:
    return name(pool, POOLS)


def _measure(m: t.Measure) -> str:
    at = f"at {number(m.at)} " if m.at else ""
    match m.what:
        case t.Name():
            return at + name(m.what, MEASURES)
        case t.Attribute():
            return f"{at}{m.what.name.text} {flat(m.what.value)}"
        case t.Deny():
            return f"{at}deny {flat(m.what.reason)}"


def _destination(d: t.Destination) -> str:
    return _pool(d.pool) + (f" weight {number(d.weight)}" if d.weight else "")


def _row(span: Span, before: str, parts: Sequence[str]) -> _Line:
    """A list of names: a comma at the end of a line continues it."""
    return _Line(span, before + ", ".join(parts), write=lambda indent: before + f",\n{' ' * (indent + 2)}".join(parts))


def _joined(span: Span, before: str, what: t.Expr | None, word: str, condition: t.Expr | None) -> _Line:
    """A clause with a condition, which takes a line of its own where both are too long for one."""

    def write(indent: int) -> str:
        first = before + (wrapped(what, indent, indent + len(before)) if what else "")
        if condition is None:
            return first
        inside = indent + 2
        return f"{first}\n{' ' * inside}{word}{wrapped(condition, inside, inside + len(word))}"

    head = before + (flat(what) if what else "")
    return _Line(span, head + (f" {word}{flat(condition)}" if condition else ""), write=write)
