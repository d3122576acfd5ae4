"""`# wrpc: ignore[WRP204] reason`: on the line of a finding, or alone on the line before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from wrpc.accept import codes, limits
from wrpc.diagnostics import (
    Diagnostic,
    Findings,
    Fix,
    Severity,
    Suppressed,
    Suppression,
    did_you_mean,
    finding,
    listing,
)
from wrpc.source import Source, Span
from wrpc.syntax import tree
from wrpc.values import value

# Up to a comment: texts and names in backticks may hold a `#`. Of YAML, whose texts have more forms, any blank before
# the sign is enough.
_BEFORE = r'(?:[^"#`\n]++|"(?:[^"\\\n]|\\.)*+"|`(?:[^`\n]|``)++`)*+'
# Compiled where they are used, and kept by `re`: most files have no such comment.
_COMMENT = rf"(?m)^{_BEFORE}(#.*)$"
_LOOSE = r"(?m)(?:^|(?<=\s))(#.*)$"
_MARK = r"#\s*wrpc\s*:\s*(\w*)\s*(?:\[([^\]\n]*)\]?)?[\s:–—-]*(.*?)\s*$"
_MARGIN = r"(?m)^[A-Za-z]"
_YAML = (".yaml", ".yml", ".json")
FORM = "`# wrpc: ignore[WRP204] why it is meant`"
IGNORE = "ignore"


@value
class Comment:
    """One comment that speaks to wrpc. `codes` are as written, each with its place; it is about what begins on the
    lines from `line` to `last`; `own`: it stands alone, so that it is about no end of anything."""

    span: Span
    word: str
    codes: tuple[tuple[str, Span], ...]
    reason: str
    line: int
    last: int
    own: bool

    @property
    def sound(self) -> bool:
        return self.word == IGNORE and bool(self.codes) and bool(self.reason)

    def about(self, span: Span) -> bool:
        if self.line <= span.line <= self.last:
            return True
        return not self.own and _last(span) == self.last


def read(source: Source) -> tuple[Comment, ...]:
    """The comments of a text that speak to wrpc."""
    return tuple(_read(source)) if "wrpc" in source.text else ()


def _read(source: Source) -> Iterator[Comment]:
    foreign = source.name.endswith(_YAML)
    comment, about = re.compile(_LOOSE if foreign else _COMMENT), re.compile(_MARK)
    text = source.text
    for found in comment.finditer(text):
        start = found.start(1)
        mark = about.search(text, start, found.end())
        if mark is None:
            continue
        line, column = source.position(start)
        own = not source.line(line)[: column - 1].strip()
        first = last = line
        if own:
            first += 1
            lines = text.count("\n") + 1
            while first < lines and source.line(first).lstrip().startswith("#"):
                first += 1
            last = first
        # A clause may take several lines, and the printer puts what stands in it before or behind all of it.
        clauses = [] if foreign else list(_clauses(source, first))
        if own:
            last = max([last, *(end for start, end in clauses if start == first)])
        else:
            first = min([first, *(start for start, end in clauses if end == last)])
        written = []
        for part in re.finditer(r"[^,\s]+", mark[2] or ""):
            at = mark.start(2) + part.start()
            written.append((part[0], source.span(at, at + len(part[0]))))
        span = source.span(mark.start(), mark.end())
        yield Comment(span, mark[1], tuple(written), mark[3], first, last, own)


def _last(span: Span) -> int:
    """The line that a span ends on."""
    return span.source.position(max(span.start, span.end - 1))[0]


def _clauses(source: Source, line: int) -> Iterator[tuple[int, int]]:
    """The first and the last line of each clause that takes several, blocks aside, in the declaration around a line.

    A declaration begins at the margin: in a text that is laid out otherwise there may be none, and a comment is about
    its line alone.
    """
    from wrpc.syntax.parse import parse

    text = source.text
    if line > text.count("\n") + 1:
        return
    start = source.offset(line, 1)
    while start and not text[start : start + 1].isalpha():
        start = text.rfind("\n", 0, start - 1) + 1
    following = re.compile(_MARGIN).search(text, source.offset(line, 1) + 1)
    piece = Source(source.name, text[start : following.start() if following else len(text)])
    before = source.position(start)[0] - 1
    for span in _spans(parse(piece)[0].declarations):
        first, last = span.line, _last(span)
        if first < last:
            yield before + first, before + last


def _spans(nodes: Iterable[tree.Node]) -> Iterator[Span]:
    for node in nodes:
        match node:
            case tree.Section(items=items):
                yield from _spans(items)
            case tree.Override(section=section):
                yield from _spans(section.items)
            case tree.Attribute(value=tree.Block(attributes=attributes)):
                yield from _spans(attributes)
            case tree.Signal(block=tree.Block(attributes=attributes)):
                yield from _spans(attributes)
            case tree.Test(given=given, expect=expect):
                yield from _spans((*given.attributes, *expect.attributes))
            case tree.Signal() | tree.Band() | tree.Group() | tree.Table() | tree.Stack():
                pass
            case _:
                yield node.span


def ignored(found: Findings, sources: Iterable[Source]) -> Findings:
    """Findings without those that a comment ignores, which are among the suppressed then."""
    places = _lines(sources)
    if not places:
        return found
    kept: list[Diagnostic] = []
    suppressed = list(found.suppressed)
    for d in found.diagnostics:
        comment = None if limits.never(d) else _of(d, places)
        if comment is None:
            kept.append(d)
        else:
            suppressed.append(Suppressed(d, Suppression("comment", comment.reason, comment.span)))
    if len(kept) == len(found.diagnostics):
        return found
    return replace(found, diagnostics=tuple(kept), suppressed=Findings.of((), suppressed=suppressed).suppressed)


Places = Mapping[str, tuple[Comment, ...]]


def _lines(sources: Iterable[Source]) -> Places:
    return {s.name: comments for s in sources if (comments := read(s))}


def _of(d: Diagnostic, places: Places) -> Comment | None:
    for comment in places.get(d.span.file, ()):
        if comment.sound and d.code.id in {c.upper() for c, _ in comment.codes} and comment.about(d.span):
            return comment
    return None


def faults(
    found: Findings, sources: Iterable[Source], judged: Callable[[str], bool], elsewhere: Collection[str] = ()
) -> Iterator[Diagnostic]:
    """What is wrong with the comments themselves. `judged`: whether this run has looked for a code at all, so that a
    comment about it that ignores nothing is left over. `elsewhere`: the names of files that other policies or
    environments may use, where such a comment is only noted."""
    used = {(s.finding.code.id, s.why.span.key()) for s in found.suppressed if s.why.by == "comment"}
    for source in {s.name: s for s in sources}.values():
        for comment in read(source):
            yield from _faults(comment, found, used, judged, source.name not in elsewhere)


def _faults(
    comment: Comment,
    found: Findings,
    used: set[tuple[str, tuple[str, int, int]]],
    judged: Callable[[str], bool],
    sure: bool,
) -> Iterator[Diagnostic]:
    if comment.word != IGNORE:
        if comment.word or comment.codes:
            message = f"`{comment.word}` says nothing to wrpc, so this comment ignores nothing"
            advice = did_you_mean(comment.word, [IGNORE]) or f"write {FORM}"
            yield finding(codes.INCOMPLETE_IGNORE, message, comment.span, help=advice)
        return
    if not comment.codes or not comment.reason:
        lacks = " and no ".join(
            word for word, there in (("code", comment.codes), ("reason", comment.reason)) if not there
        )
        message = f"this comment gives no {lacks}, so it ignores nothing"
        yield finding(codes.INCOMPLETE_IGNORE, message, comment.span, help=f"write {FORM}")
        return
    here = [d for d in found.diagnostics if d.span.file == comment.span.file and comment.about(d.span)]
    met: set[str] = set()
    for written, span in comment.codes:
        code = written.upper()
        if code in met:
            yield finding(codes.UNUSED_IGNORE, f"`{code}` appears twice in this comment", span)
        elif not limits.CODE.fullmatch(code):
            message = f"`{written}` is not a code, so nothing is ignored for it"
            yield finding(codes.UNKNOWN_IGNORED, message, span, help="a comment names whole codes, such as WRP204")
        elif near := limits.unknown(code):
            message = f"there is no code `{code}`, so nothing is ignored for it"
            yield finding(codes.UNKNOWN_IGNORED, message, span, help=near)
        elif (code, comment.span.key()) not in used:
            refused = [d for d in here if d.code.id == code and limits.never(d)]
            if refused:
                message = f"{code} is an error here that no comment ignores"
                yield finding(codes.NOT_IGNORABLE, message, span, help=limits.never(refused[0]))
            elif judged(code) and not any(d.code.id == code for d in here):
                message = f"{code} is not found here, so there is nothing to ignore"
                rest = [c for c, _ in comment.codes if c.upper() != code]
                advice = "delete the comment" if not rest else f"leave {listing(rest, 'and')}"
                fixes = [] if rest or not sure else [_deleted(comment)]
                severity: Severity | None = None if sure else "info"
                yield finding(codes.UNUSED_IGNORE, message, span, help=advice, fixes=fixes, severity=severity)
        met.add(code)


def _deleted(comment: Comment) -> Fix:
    """The comment taken away, with its line where it stands alone."""
    source, start = comment.span.source, comment.span.start
    while start and source.text[start - 1] in " \t":
        start -= 1
    own = comment.own and source.text[comment.span.start : comment.span.end].startswith("#")
    end = comment.span.end
    if own and start and source.text[end : end + 1] in ("\n", ""):
        start -= 1
    return Fix(source.span(start, end), "", "delete the comment")
