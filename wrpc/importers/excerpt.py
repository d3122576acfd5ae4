"""A piece of a file that is a text of its own: where each character of it stands in the file, and edits of it there.

A configuration that lives inside another file (a value of a ConfigMap, a section of Helm values, one of several
documents) is read as if it were alone. What is found is told of the file: spans are brought home one by one, a repair
is written as the place demands (indented, escaped), and only where reading the place again gives what it meant.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from wrpc.diagnostics import Diagnostic, Edit, Findings, Fix
from wrpc.importers.spelled import Run, Spelled, home
from wrpc.source import Source, Span

MOST_READ = 2_000_000
"""Characters that are read again to see whether repairs of one piece hold: a few seconds."""

_ODD = re.compile("[\t\r\x85\u2028\u2029]")


@dataclass(frozen=True, eq=False)
class Excerpt:
    """`source` is the piece, `where` says in words what it is. `again` spells the same place of a changed file anew."""

    source: Source
    outer: Source
    spelled: Spelled
    where: str
    again: Callable[[Source], str | None] = field(repr=False)
    within: Excerpt | None = None
    """The piece that this one is a piece of, where `outer` is not a file."""
    looked: list[int] = field(default_factory=list, repr=False)
    """How much text was read again, so far."""

    def span(self, span: Span) -> Span:
        """A span of the piece in the file; every other span as it is."""
        if span.source is not self.source:
            return span
        there = home(self.spelled, self.outer, span.start, span.end)
        return there if self.within is None else self.within.span(there)

    def bring(self, diagnostic: Diagnostic) -> Diagnostic:
        """A finding about the piece as a finding about the file."""
        fixes = (self._fix(fix) for fix in diagnostic.fixes)
        return replace(
            diagnostic,
            span=self.span(diagnostic.span),
            related=tuple(replace(r, span=self.span(r.span)) for r in diagnostic.related),
            fixes=tuple(fix for fix in fixes if fix is not None),
        )

    def bring_all(self, found: Findings) -> Findings:
        proofs = (p if p.span is None else replace(p, span=self.span(p.span)) for p in found.proofs)
        brought = (self.bring(d) for d in found.diagnostics)
        accepted = (
            replace(s, finding=self.bring(s.finding), why=replace(s.why, span=self.span(s.why.span)))
            for s in found.suppressed
        )
        return Findings.of(brought, proofs, tests=found.tests, suppressed=accepted)

    def hide(self) -> None:
        """What no report of the piece shows, no report of the file shows either."""
        for start, end in self.source.hidden:
            home = self.span(self.source.span(start, end))
            home.source.hide(home)

    # ── Repairs ───────────────────────────────────────────────────────────

    def _fix(self, fix: Fix) -> Fix | None:
        """The same repair in the file, or None where the place cannot say it."""
        if fix.span.source is not self.source:
            return fix
        if not self.spelled.exact:
            return None
        written = [self._written(edit) for edit in fix.edits]
        edits = [edit for edit in written if edit is not None]
        if len(edits) < len(written) or any(_meet(a.span, b.span) for a, b in pairwise(edits)):
            return None
        if not all(map(self._certain, fix.edits)) and not self._proved(fix, edits):
            return None
        main = next((e for e in edits if e.text), edits[0])
        home = Fix(main.span, main.text, fix.title, fix.safe, tuple(e for e in edits if e is not main))
        return home if self.within is None else self.within._fix(home)

    def _certain(self, edit: Edit) -> bool:
        """Whether a place takes any text: whole lines inside a block, a quoted text on one line."""
        text, start, end = self.source.text, edit.span.start, edit.span.end
        match self.spelled.style:
            case "lines":
                inside = "\n" in text[:start].strip() and "\n" in text[end:].strip()
                return inside and not _ODD.search(edit.text)
            case "double":
                first, last = self.spelled.runs[0], self.spelled.runs[-1]
                return "\n" not in self.outer.text[first.outer : last.outer + last.outer_length]
            case _:
                return False

    def _proved(self, fix: Fix, edits: Sequence[Edit]) -> bool:
        """Whether the place, read again, is what was meant. Looked at a limited number of times."""
        if self.looked and sum(self.looked) + len(self.outer.text) > MOST_READ:
            return False
        self.looked.append(len(self.outer.text))
        made = self.again(Source(self.outer.name, _applied(self.outer.text, edits), self.outer.path))
        return made is not None and _says(made, _applied(self.source.text, fix.edits))

    def _written(self, edit: Edit) -> Edit | None:
        start, end, style = edit.span.start, edit.span.end, self.spelled.style
        if not self.spelled.runs:
            return None
        if style == "lines":
            return self._lines(edit)
        if "\n" in edit.text and style in ("single", "folded"):
            return None
        text = edit.text
        if style == "double":
            text = json.dumps(text, ensure_ascii=False)[1:-1]
        elif style == "single":
            text = text.replace("'", "''")
        at = self.spelled.place(start)
        return Edit(self.outer.span(at, self.spelled.end(end) if end > start else at), text)

    def _lines(self, edit: Edit) -> Edit | None:
        """Whole lines written anew with their indentation, and of these what really differs."""
        text, runs = self.source.text, self.spelled.runs
        begin = text.rfind("\n", 0, edit.span.start) + 1
        stop = text.find("\n", edit.span.end)
        stop = len(text) if stop < 0 else stop
        first = max(0, bisect_right(self.spelled.starts, begin) - 1)
        after = bisect_right(self.spelled.starts, stop)
        if any(run.length != run.outer_length for run in runs[first:after]):
            return None
        new = text[begin : edit.span.start] + edit.text + text[edit.span.end : stop]
        indent, head, tail = (
            _indentation(self.outer, text, runs, first),
            self.spelled.place(begin),
            self.spelled.place(stop),
        )
        rows = [indent + row if row.strip() else row for row in new.split("\n")]
        line = self.outer.text.rfind("\n", 0, head) + 1
        if not self.outer.text[line:head].strip():
            head = line
        else:  # the first line of an item, behind its dash
            rows[0] = new.partition("\n")[0]
        written = "\n".join(rows)
        if stop == len(text) and tail < len(self.outer.text):  # the line after the piece stays a line of its own
            if text.endswith("\n") and written and not written.endswith("\n"):
                written += "\n"
            elif not text.endswith("\n") and self.outer.text[tail] == "\n":
                written = written.removesuffix("\n")
        return _least(self.outer, head, tail, written)


def _meet(one: Span, other: Span) -> bool:
    return one.end > other.start or one.start == other.start


def _says(made: str, meant: str) -> bool:
    """Whether a piece that was read again is what was meant; the comments that it began with need not be part of it."""
    made, meant = made.rstrip("\n"), meant.rstrip("\n")
    before = meant[: len(meant) - len(made)]
    comments = all(not row.strip() or row.lstrip().startswith("#") for row in before.split("\n"))
    return meant.endswith(made) and (not before or (comments and before.endswith("\n")))


def _least(outer: Source, start: int, end: int, text: str) -> Edit:
    """An edit without what it replaces by itself at both ends."""
    old = outer.text[start:end]
    most = min(len(old), len(text))
    same = next((n for n in range(most) if old[n] != text[n]), most)
    most -= same
    tail = next((n for n in range(most) if old[-1 - n] != text[-1 - n]), most)
    return Edit(outer.span(start + same, end - tail), text[same : len(text) - tail])


def _applied(text: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, key=lambda e: (-e.span.start, -e.span.end)):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def _indentation(outer: Source, text: str, runs: Sequence[Run], at: int) -> str:
    """What stands before the lines of a piece around one of its runs; its first line may follow a dash."""
    for run in (*reversed(runs[: at + 1]), *runs[at + 1 :]):
        begins = run.start == 0 or text[run.start - 1] == "\n"
        if begins and run.length == run.outer_length and text[run.start : run.start + run.length].strip():
            return " " * (run.outer - outer.text.rfind("\n", 0, run.outer) - 1)
    return ""
