"""A baseline: the findings that were there when it was written. They are marked, shown and counted, and fail no run.

It is a JSON file with a finding a line, so that a merge of two branches is one of lines. It holds what
`report/fingerprint.py` makes of a finding, which does not move with it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from wrpc.accept import codes, limits
from wrpc.accept.settings import within
from wrpc.diagnostics import Code, Diagnostic, Findings, Refusal, finding
from wrpc.letters import in_json
from wrpc.reading import noticed
from wrpc.report.fingerprint import VERSION, fingerprints
from wrpc.source import Source, Span

LARGEST = 64 * 2**20
ANEW = "`--update-baseline` writes it anew"


@dataclass(frozen=True, slots=True)
class Entry:
    """Findings of one fingerprint; `file` as seen from the folder of the baseline."""

    fingerprint: str
    code: str
    file: str
    message: str
    subjects: tuple[str, ...] = ()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Baseline:
    path: Path
    entries: tuple[Entry, ...] = ()
    source: Source = field(default=Source("", ""), repr=False)

    def name(self, source: Source) -> str:
        """What a file is called in it."""
        return within(source, self.path.absolute().parent)

    def marked(self, found: Findings) -> Findings:
        """Findings with a mark on each that is in the baseline. Of several that are the same the first are."""
        left = Counter({e.fingerprint: e.count for e in self.entries})
        made = []
        for d, key, _ in fingerprints(found.diagnostics, self.name):
            if left[key] > 0:
                left[key] -= 1
                made.append(replace(d, baseline=True, excused=limits.never(d) is None))
            else:
                made.append(d)
        return replace(found, diagnostics=tuple(made))

    def gone(self, found: Findings, sources: Iterable[Source], judged: Callable[[str], bool]) -> Iterator[Diagnostic]:
        """A note for each finding of the files that were read which is in the baseline and no longer found."""
        read = {self.name(source) for source in sources}
        there = Counter(key for _, key, _ in fingerprints(found.diagnostics, self.name))
        for entry in self.entries:
            fewer = entry.count - there[entry.fingerprint]
            if fewer > 0 and entry.file in read and judged(entry.code):
                count = f"{fewer} of {entry.count} " if fewer < entry.count else ""
                message = f"{count}{entry.code} of the baseline is no longer found in {entry.file}: {entry.message}"
                advice = "`--update-baseline` takes it out of the baseline"
                yield finding(codes.GONE_FROM_BASELINE, message, self._place(entry), help=advice)

    def _place(self, entry: Entry) -> Span:
        at = self.source.text.find(entry.fingerprint)
        return self.source.span(at, at + len(entry.fingerprint)) if at >= 0 else self.source.span()

    def updated(self, found: Findings, sources: Iterable[Source]) -> Baseline:
        """With what is found now in place of what it had of the files that were read, and without files that are no
        longer there."""
        read = {self.name(source) for source in sources}
        folder = self.path.absolute().parent
        kept = [e for e in self.entries if e.file not in read and (folder / e.file).exists()]
        counts: Counter[str] = Counter()
        first: dict[str, Diagnostic] = {}
        for d, key, _ in fingerprints(found.diagnostics, self.name):
            if d.code.id != codes.GONE_FROM_BASELINE.id:
                counts[key] += 1
                first.setdefault(key, d)
        made = [
            Entry(key, d.code.id, self.name(d.span.source), d.message, d.subjects, counts[key])
            for key, d in first.items()
        ]
        entries = sorted({e.fingerprint: e for e in (*kept, *made)}.values(), key=_order)
        return replace(self, entries=tuple(entries))

    def text(self) -> str:
        """The same findings give the same bytes."""
        lines = [
            in_json(
                json.dumps(
                    {
                        "code": e.code,
                        "file": e.file,
                        "subjects": list(e.subjects),
                        "message": e.message,
                        "count": e.count,
                        "fingerprint": e.fingerprint,
                    },
                    ensure_ascii=False,
                )
            )
            for e in self.entries
        ]
        body = ",\n".join(f"    {line}" for line in lines)
        return f'{{\n  "version": {VERSION},\n  "findings": [' + (f"\n{body}\n  ]\n}}\n" if lines else "]\n}\n")


def _order(entry: Entry) -> tuple[str, ...]:
    return entry.file, entry.code, entry.message, entry.fingerprint


def unsettled(found: Findings) -> bool:
    """Whether a policy could not be read, so that a baseline written now would lose what it had of it."""
    return any(d.severity == "error" and limits.UNREAD.fullmatch(d.code.id) for d in found.diagnostics)


def read(path: Path, *, missing: bool = False) -> Baseline:
    """A baseline; an empty one where `missing` and there is no file. Raises Refusal where it cannot be read."""
    name = path.as_posix()
    noticed(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        if missing:
            return Baseline(path)
        raise _refused(
            codes.UNREADABLE_BASELINE, "there is no baseline of this name", Source(name, "").span(),
            "`--update-baseline` writes a first one",
        ) from None  # fmt: skip
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or str(error)
        raise _refused(codes.UNREADABLE_BASELINE, f"it cannot be read: {reason}", Source(name, "").span()) from None
    source = Source(name, text, path)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        advice = "lines of a merge are left in it" if "<<<<<<<" in text else ANEW
        message = f"this baseline is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise _refused(codes.UNREADABLE_BASELINE, message, source.span(error.pos, error.pos), advice) from None
    except RecursionError:
        raise _refused(codes.UNREADABLE_BASELINE, "this baseline nests too deep", source.span()) from None
    return Baseline(path, tuple(_entries(document, source)), source)


def _entries(document: object, source: Source) -> Iterator[Entry]:
    version = document.get("version") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(version, int) or isinstance(version, bool):
        raise _refused(codes.UNREADABLE_BASELINE, "this is not a baseline of wrpc: it has no version", source.span())
    if version != VERSION:
        at = source.text.find('"version"')
        message = f"this baseline has version {version}; this wrpc reads version {VERSION}"
        raise _refused(codes.BASELINE_VERSION, message, source.span(max(at, 0), max(at, 0)))
    findings = document.get("findings")
    if not isinstance(findings, list):
        raise _refused(codes.UNREADABLE_BASELINE, "this baseline has no list of findings", source.span())
    for number, each in enumerate(findings, 1):
        match each:
            case {"fingerprint": str(key), "code": str(code), "file": str(file), "message": str(message)}:
                count, subjects = each.get("count", 1), each.get("subjects", [])
                whole = isinstance(count, int) and not isinstance(count, bool) and count > 0
                if whole and isinstance(subjects, list) and all(isinstance(s, str) for s in subjects):
                    yield Entry(key, code, file, message, tuple(subjects), count)
                    continue
            case _:
                pass
        message = f"finding {number} of this baseline is not one that wrpc wrote"
        raise _refused(codes.UNREADABLE_BASELINE, message, source.span())


def _refused(code: Code, message: str, span: Span, help: str = ANEW) -> Refusal:
    return Refusal([finding(code, message, span, help=help)])
