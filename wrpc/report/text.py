"""Findings for people: what is wrong, where, shown by which request, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unicodedata import east_asian_width

from wrpc.diagnostics import Diagnostic, Findings, Proof, Suppression
from wrpc.report import Shown, fold, units
from wrpc.report.screen import Line, clean
from wrpc.source import Span

WIDTH = 120  # of an excerpt; of a longer line the part around the caret is shown
SEVERITIES = ("error", "warning", "info")
WORDS = {"error": "error", "warning": "warning", "info": "note"}
DONE = {"comment": "ignored", "settings": "ignored by the settings", "waiver": "waived"}
VERDICTS = ("proved", "enforced", "refuted", "open")


def render(found: Findings, shown: Shown) -> Iterator[Line]:
    """What is worst first, then by file and line; notes last, and one line for each of their causes."""
    told = sorted((d for d in found.diagnostics if not d.excused), key=lambda d: SEVERITIES.index(d.severity))
    graver = fold.causes(d for d in told if d.severity != "info")
    for diagnostic in graver:
        yield from finding(diagnostic, shown.dimensions)
        yield ()
    remarks = list(notes([d for d in told if d.severity == "info"], shown))
    remarks += accepted(found, shown)
    yield from remarks
    if remarks:
        yield ()
    waived = waivers(found)
    several = {policy: own for policy, own in shown.proofs.items() if own} if len(shown.proofs) > 1 else {}
    for policy, own in several.items():
        yield ((policy, "label"),)
        yield from proofs(own, shown.dimensions, waived)
        yield ()
    if found.proofs and not several:
        yield from proofs(found.proofs, shown.dimensions, waived)
        yield ()
    yield from ending(found, shown)


def notes(found: Sequence[Diagnostic], shown: Shown) -> Iterator[Line]:
    for same in fold.kinds(found):
        if len(same) == 1 or shown.notes:
            for diagnostic in same:
                yield from finding(diagnostic, shown.dimensions)
        else:
            code = same[0].code
            more = f": {fold.named(code, len(same))} (--notes shows each)"
            yield ((code.id, "strong"), (" ", ""), (WORDS["info"], "info"), (more, ""))


def accepted(found: Findings, shown: Shown) -> Iterator[Line]:
    """What is in the baseline and what is suppressed: a line for each where every note is asked for, else none."""
    if not shown.notes:
        return
    for d in found.diagnostics:
        if d.excused:
            yield (("in the baseline: ", "label"), (f"{d.code.id} {place(d.span)} {d.message}", "place"))
    for s in found.suppressed:
        d, why = s.finding, s.why
        yield ((f"{DONE[why.by]}: ", "label"), (f"{d.code.id} {place(d.span)} {d.message} ({said(why)})", "place"))


def waivers(found: Findings) -> dict[str, str]:
    """Of each guard and claim of which something is waived, by whom and why."""
    told: dict[str, dict[str, None]] = {}
    for s in found.suppressed:
        if s.why.by == "waiver":
            for subject in s.finding.subjects:
                told.setdefault(subject, {})[f"{s.finding.code.id} {said(s.why)}"] = None
    return {subject: f"  waived: {'; '.join(each)}" for subject, each in told.items()}


def said(why: Suppression) -> str:
    by = f"{why.owner}, until {why.until}: " if why.until else f"{why.owner}: " if why.owner else ""
    return f"{by}{why.reason}"


def finding(d: Diagnostic, dimensions: Mapping[str, str] | None = None) -> Iterator[Line]:
    known = " (in the baseline)" if d.baseline else ""
    head = ((d.code.id, "strong"), (" ", ""), (WORDS[d.severity], d.severity), (f": {d.message}{known}", ""))
    if d.severity == "info":
        yield (*head, ("  --> ", "label"), (place(d.span), "place"))
    else:
        yield head
        yield (("  --> ", "label"), (place(d.span), "place"))
        yield from excerpt(d.span)
    if d.region is not None:
        yield (("  when: ", "label"), (d.region, ""))
    if d.witness is not None:
        yield (("  with: ", "label"), (units.request(d.witness, dimensions), ""))
    for related in d.related:
        yield (("  see: ", "label"), (place(related.span), "place"), (f" {related.label}", ""))
    if d.help:
        yield (("  help: ", "label"), (d.help, ""))


def place(span: Span) -> str:
    return f"{span.file}:{span.line}:{span.column}"


def excerpt(span: Span) -> Iterator[Line]:
    """The line with carets under the span; where it goes on over several lines, under the first of them."""
    if not span.source.text:
        return
    line, column = span.line, span.column
    text = span.source.shown(line)
    end = span.end_column if span.end_line == line else len(text) + 1
    first, last = column - 1, max(end - 1, column)
    start = 0
    if len(text) > WIDTH:
        start = max(0, min(first - WIDTH // 3, len(text) - WIDTH))
        text = text[start : start + WIDTH]
        last = min(last, start + WIDTH)
    pad = " " * len(str(line))
    before, under = text[: first - start], text[first - start : last - start]
    yield ((f"  {line} | ", "place"), (text, ""))
    yield ((f"  {pad} | ", "place"), (" " * cells(before), ""), ("^" * max(1, cells(under)), "caret"))


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    shown = clean(text)
    if shown.isascii():
        return len(shown)
    return sum(2 if east_asian_width(c) in "WF" else 1 for c in shown)


def proofs(
    found: Iterable[Proof], dimensions: Mapping[str, str] | None = None, waived: Mapping[str, str] | None = None
) -> Iterator[Line]:
    """A line for what became of each guard and claim, and by whom it is waived."""
    rows = list(found)
    wide = max(len(p.verdict) for p in rows)
    widest = min(40, max(len(p.subject) for p in rows))
    for proof in rows:
        more = ""
        if proof.witness is not None:
            more = f"  e.g. {units.request(proof.witness, dimensions)}"
        if proof.leans_on:
            more += f"  assuming {', '.join(proof.leans_on)}"
        if proof.why:
            more += f"  {proof.why}"
        more += (waived or {}).get(proof.subject, "")
        subject = proof.subject.ljust(widest) if more else proof.subject
        yield ((proof.verdict.ljust(wide), proof.verdict), (f"  {subject}{more}", ""))


def ending(found: Findings, shown: Shown) -> Iterator[Line]:
    """The summary, what the proofs lean on, and what warnings do to the exit code."""
    yield summary(found, failed=shown.failed)
    assumed = sorted({each for proof in found.proofs for each in proof.leans_on})
    if assumed:
        yield (("assuming ", "label"), (", ".join(assumed), ""))
    if found.errors or found.unproved or not shown.fail_on:
        return
    if shown.fail_on == "note" and (found.warnings or found.notes):
        yield (("warnings and notes fail this run (--fail-on note)", ""),)
    elif found.warnings:
        said = (
            "warnings fail this run (--fail-on warning)"
            if shown.fail_on == "warning"
            else "warnings do not fail this run; --fail-on warning makes them"
        )
        yield ((said, ""),)


def summary(found: Findings, *, failed: bool) -> Line:
    graver = fold.causes(d for d in found.diagnostics if d.severity != "info" and not d.excused)
    errors = sum(d.severity == "error" for d in graver)
    remarks = found.notes
    parts = [counted(errors, "error")] if errors else ["no errors"]
    parts += [counted(n, word) for n, word in ((len(graver) - errors, "warning"), (remarks, "note")) if n]
    said = ", ".join(parts)
    if found.proofs:
        counts = {v: sum(p.verdict == v for p in found.proofs) for v in VERDICTS}
        said += "; " + ", ".join(f"{n} {v}" for v, n in counts.items() if n)
    if found.tests:
        said += f"; {counted(found.tests, 'test')} ran"
    aside = [f"{found.known} in the baseline"] if found.known else []
    by = Counter[str](s.why.by for s in found.suppressed)
    aside += [f"{by[each]} {DONE[each]}" for each in DONE if by[each]]
    if aside:
        said += "; " + ", ".join(aside)
    return ((said, "error" if failed else "proved"),)


def counted(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
