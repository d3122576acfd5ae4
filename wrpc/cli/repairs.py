"""Safe fixes put into a text until none is left, and into a file so that nothing else of it changes."""

from __future__ import annotations

import sys
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from re import finditer
from typing import TYPE_CHECKING, TextIO

import click

from wrpc.cli.app import ERRORS, FINE
from wrpc.cli.imports import nobodys, reading
from wrpc.cli.policies import STDIN, stdin
from wrpc.diagnostics import Diagnostic, Edit, Findings, Fix, Refusal
from wrpc.source import Source, Span

if TYPE_CHECKING:
    from wrpc.report.screen import Line

MOST_PASSES = 200

Looking = Callable[[Source], Iterable[Diagnostic]]
Applied = tuple[Diagnostic, Fix]


@dataclass(frozen=True, slots=True)
class Repaired:
    """`text` is what a source holds; `written` has the mark and the line ends of the file as well.

    `places` are those of the applied fixes in the source that was given, whichever pass made them.
    """

    text: str
    written: str
    applied: tuple[Applied, ...]
    places: tuple[Span, ...]


def repaired(source: Source, findings: Looking, written: str | None = None) -> Repaired:
    """The text with every safe fix of its findings, which are looked for again after each pass.

    Fixes that meet wait for the next pass. One that leaves its finding where it was is not tried twice. Only what lies
    in the source itself is fixed. `written` is what `source` was made of, where that is not its text.
    """
    first, written = source, source.text if written is None else written
    applied: list[Applied] = []
    places: list[Span] = []
    passes: list[list[Replacement]] = []
    texts, given_up = {source.text}, set[object]()
    before, tried = Counter[object](), Counter[object]()
    for _ in range(MOST_PASSES):
        found = [(d, fix) for d in findings(source) for fix in _safe(d, source)[:1]]
        now = Counter(_kind(d) for d, _ in found)
        given_up |= {kind for kind, times in tried.items() if now[kind] > before[kind] - times}
        taken = _together([(d, fix) for d, fix in found if _kind(d) not in given_up], source.text)
        edits = [edit for _, fix in taken for edit in fix.edits]
        replaced = [(e.span.start, e.span.end, e.text) for e in edits]
        text = _spliced(source.text, replaced)
        if text in texts:
            break
        places += (first.span(_before(d.span.start, passes)) for d, _ in taken)
        passes.append(sorted(replaced))
        written = _spliced(written, _placed(source.text, written, edits))
        source = Source(source.name, text, source.path)
        texts.add(text)
        applied += taken
        before, tried = now, Counter(_kind(d) for d, _ in taken)
    return Repaired(source.text, written, tuple(applied), tuple(places))


def _safe(d: Diagnostic, source: Source) -> list[Fix]:
    return [f for f in d.fixes if f.safe and all(e.span.source is source for e in f.edits)]


def _kind(d: Diagnostic) -> object:
    """What tells a finding from others when lines have moved."""
    return d.code.id, d.message


def _together(found: Sequence[Applied], text: str) -> list[Applied]:
    """The fixes of one pass, first come first served: nothing but text stands between two of them."""
    taken: list[Applied] = []
    spans: list[tuple[int, int]] = []
    for d, fix in sorted(found, key=lambda f: (f[1].edits[0].span.start, f[1].edits[0].span.end)):
        wanted = [(e.span.start, e.span.end) for e in fix.edits]
        if not any(_meets(span, spans, text) for span in wanted):
            taken.append((d, fix))
            for span in wanted:
                insort(spans, span)
    return taken


def _meets(span: tuple[int, int], spans: list[tuple[int, int]], text: str) -> bool:
    """Whether a span overlaps one of the others, which are in order, or only blanks lie between."""
    at = bisect_left(spans, span)
    before, after = spans[at - 1 : at], spans[at : at + 1]
    return any(not text[end : span[0]].strip() for _, end in before) or any(
        not text[span[1] : start].strip() for start, _ in after
    )


# ── Texts ─────────────────────────────────────────────────────────────────

Replacement = tuple[int, int, str]


def _spliced(text: str, replacements: Iterable[Replacement]) -> str:
    parts: list[str] = []
    done = 0
    for start, end, new in sorted(replacements):
        parts += text[done:start], new
        done = end
    return "".join([*parts, text[done:]])


def _before(offset: int, passes: Sequence[Sequence[Replacement]]) -> int:
    """Where something stood before all passes; what a pass put in stood where it was put."""
    for replacements in reversed(passes):
        shift = 0
        for start, end, new in replacements:
            if offset < start + shift:
                break
            if offset < start + shift + len(new):
                offset, shift = start, 0
                break
            shift += len(new) - (end - start)
        offset -= shift
    return offset


def _placed(text: str, written: str, edits: Iterable[Edit]) -> Iterator[Replacement]:
    """Edits of a text as replacements in what it was made of: after its mark, with the line ends of most lines."""
    mark = int(written.startswith("\ufeff") and not text.startswith("\ufeff"))
    # Where in `text` each line ends that ends in two characters.
    double = [m.start() - mark - n for n, m in enumerate(finditer("\r\n", written))]
    end_of_line = "\r\n" if 2 * len(double) > text.count("\n") else "\n"
    for edit in edits:
        start, end, new = edit.span.start, edit.span.end, edit.text
        # What is replaced by itself keeps its bytes.
        while start < end and new and text[start] == new[0]:
            start, new = start + 1, new[1:]
        while start < end and new and text[end - 1] == new[-1]:
            end, new = end - 1, new[:-1]
        first, last = (mark + offset + bisect_left(double, offset) for offset in (start, end))
        yield first, last, new.replace("\n", end_of_line)


# ── Files ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Repairs:
    """The safe fixes of policies, or of the foreign files of an importer, as far as their codes are asked for."""

    kind: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    release: str | None = None
    several: bool = False
    """Among several files one that `auto` does not know is passed over."""

    def write(self, paths: Sequence[Path], stream: TextIO) -> None:
        """Into each file, and told. A file that cannot be read is left to whoever shows its findings."""
        from wrpc.cli.files import write
        from wrpc.report import screen

        for path in paths:
            if path == STDIN or (path.exists() and not path.is_file()):
                raise click.UsageError(
                    f"--fix writes files in place, and {path} is none; --diff shows what it would do"
                )
        for path in paths:
            try:
                source, made = self._file(path)
            except Refusal:
                continue
            if made.text != source.text:
                write(path, made.written)
                screen.write(told(made), stream)

    def show(self, paths: Iterable[Path]) -> int:
        """As differences, to the exit code."""
        from wrpc.cli.fmt import difference
        from wrpc.cli.show import exit_code, show
        from wrpc.report import screen

        found = Findings()
        changed = False
        for path in paths:
            try:
                source, made = self._file(path)
            except Refusal as refusal:
                found += Findings.of(refusal.diagnostics)
                continue
            changed |= made.text != source.text
            veiled = Source(source.name, source.veiled(source.text), source.path)
            screen.write(difference(veiled, source.veiled(made.text)))
        if found.diagnostics:
            show(found, stream=sys.stderr)
        return max(exit_code(found), ERRORS if changed else FINE)

    def _file(self, path: Path) -> tuple[Source, Repaired]:
        """A file as it was read, and with its fixes. Raises Refusal where it cannot be read."""
        from wrpc.syntax.read import from_bytes, read

        if path == STDIN and self.kind is None:
            source = stdin()
            return source, repaired(source, self._findings)
        source = read(path)
        data = path.read_bytes()
        source = from_bytes(source.name, data, path)
        return source, repaired(source, self._findings, data.decode("utf-8"))

    def _findings(self, source: Source) -> Sequence[Diagnostic]:
        """What is found in a text. Of a foreign file it is what the importer finds: all else speaks of policies."""
        from wrpc.analysis.run import check, chosen
        from wrpc.policy.load import from_source

        if self.kind is None:
            policy, found = from_source(source)
            found += Findings() if policy is None else check(policy)
        else:
            if self.several and nobodys(self.kind, source):
                return ()
            _, reader = reading(self.kind, source, self.release)
            found = Findings.of(reader.read(source, self.release).diagnostics)
        return chosen(found, self.select, self.ignore).diagnostics


def told(made: Repaired) -> Iterator[Line]:
    """A line for each fix."""
    from wrpc.report.text import place

    for (d, fix), span in zip(made.applied, made.places, strict=True):
        yield ("fixed: ", "proved"), (d.code.id, "strong"), (f" {place(span)} ", "place"), (fix.title, "")
