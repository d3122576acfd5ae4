"""Safe fixes put into a text until none is left, so that nothing else of it changes, to the byte."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from re import finditer

from wrpc.diagnostics import Diagnostic, Edit, Fix
from wrpc.source import Source, Span

MOST_PASSES = 200

Looking = Callable[[Source], Iterable[Diagnostic]]
Applied = tuple[Diagnostic, Fix]


@dataclass(frozen=True, slots=True)
class Repaired:
    """`text` is what `source` holds after the fixes; `written` has the mark and the line ends of the file as well.

    `places` are those of the applied fixes in the source that was given, whichever pass made them.
    """

    source: Source
    text: str
    written: str
    applied: tuple[Applied, ...]
    places: tuple[Span, ...]

    @property
    def changed(self) -> bool:
        return self.text != self.source.text


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
    return Repaired(first, source.text, written, tuple(applied), tuple(places))


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
