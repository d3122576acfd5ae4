"""Findings as SARIF 2.1.0, for code scanning: rules with their pages, results with fingerprints, fixes, suppressions.

Nothing of the files themselves is in it but what a fix puts in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from wrpc.diagnostics import Code, Diagnostic, Findings, Fix, Related, Suppression
from wrpc.report import Shown, units
from wrpc.report.fingerprint import VERSION, fingerprints, unique
from wrpc.report.json import dumps, proof
from wrpc.report.places import column, path, readable, uri
from wrpc.report.screen import Line
from wrpc.source import Source, Span
from wrpc.version import __version__

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"error": "error", "warning": "warning", "info": "note"}
FINGERPRINT = f"wrpc/v{VERSION}"

Node = dict[str, Any]


def render(found: Findings, shown: Shown) -> Iterator[Line]:
    for line in dumps(document(found, shown), indent=2).split("\n"):
        yield ((line, ""),)


def document(found: Findings, shown: Shown) -> Node:
    accepted = {id(s.finding): s.why for s in found.suppressed}
    every = sorted((*found.diagnostics, *(s.finding for s in found.suppressed)), key=lambda d: d.key())
    codes = sorted({d.code.id: d.code for d in every}.values(), key=lambda c: c.id)
    index = {code.id: at for at, code in enumerate(codes)}
    results = [
        result(d, index[d.code.id], unique(key, number), accepted.get(id(d)), shown)
        for d, key, number in fingerprints(every, path)
    ]
    driver = {"name": "wrpc", "version": __version__, "rules": [rule(code) for code in codes]}
    run: Node = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True}],
        "artifacts": [{"location": {"uri": each}, "roles": ["analysisTarget"]} for each in _read(every, shown.read)],
        "results": results,
        "columnKind": "utf16CodeUnits",
    }
    if found.proofs:
        run["properties"] = {"proofs": [proof(p) for p in found.proofs]}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _read(found: Iterable[Diagnostic], read: Sequence[Source]) -> list[str]:
    return sorted({uri(source) for source in (*read, *(d.span.source for d in found))})


def rule(code: Code) -> Node:
    page = code.page.strip()
    return {
        "id": code.id,
        "name": "".join(part.capitalize() for part in code.name.split("-")),
        "shortDescription": {"text": code.summary},
        "fullDescription": {"text": page},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": LEVELS[code.severity]},
        "properties": {"name": code.name, "tags": [f"{code.id[:4]}xx"]},
    }


def result(d: Diagnostic, index: int, fingerprint: str, why: Suppression | None, shown: Shown) -> Node:
    where = location(d.span)
    if d.subjects:
        where["logicalLocations"] = [{"fullyQualifiedName": readable(subject)} for subject in d.subjects]
    made: Node = {
        "ruleId": d.code.id,
        "ruleIndex": index,
        "level": LEVELS[d.severity],
        "message": {"text": said(d, shown.dimensions)},
        "locations": [where],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if d.related:
        made["relatedLocations"] = [related(r, at) for at, r in enumerate(d.related)]
    if d.fixes:
        made["fixes"] = [fix(f) for f in d.fixes]
    if why is not None:
        made["suppressions"] = [suppression(why)]
    elif shown.baseline:
        made["baselineState"] = "unchanged" if d.baseline else "new"
    more: Node = {"verdict": d.verdict} if d.verdict else {}
    if d.witness is not None:
        more["witness"] = dict(d.witness)
    if d.region is not None:
        more["region"] = d.region
    if more:
        made["properties"] = more
    return made


def said(d: Diagnostic, dimensions: Mapping[str, str]) -> str:
    lines = [d.message]
    if d.region is not None:
        lines.append(f"when: {d.region}")
    if d.witness is not None:
        lines.append(f"with: {units.request(d.witness, dimensions)}")
    if d.help:
        lines.append(f"help: {d.help}")
    return readable("\n".join(lines))


def related(r: Related, at: int) -> Node:
    return {"id": at, **location(r.span), "message": {"text": readable(r.label)}}


def location(span: Span) -> Node:
    physical: Node = {"artifactLocation": {"uri": uri(span.source)}}
    if span.source.text:
        physical["region"] = region(span)
    return {"physicalLocation": physical}


def region(span: Span) -> Node:
    """The end is the place behind the last letter, as SARIF counts."""
    line, start = column(span, span.start)
    end_line, end = column(span, span.end)
    return {"startLine": line, "startColumn": start, "endLine": end_line, "endColumn": end}


def fix(f: Fix) -> Node:
    """Edits of one file in the order of their places."""
    replacements = [{"deletedRegion": region(e.span), "insertedContent": {"text": e.text}} for e in f.edits]
    change = {"artifactLocation": {"uri": uri(f.span.source)}, "replacements": replacements}
    made: Node = {"description": {"text": readable(f.title)}, "artifactChanges": [change]}
    return made if f.safe else {**made, "properties": {"safe": False}}


def suppression(why: Suppression) -> Node:
    owned = {name: text for name, text in (("owner", why.owner), ("until", why.until)) if text}
    made: Node = {
        "kind": "external" if why.by == "settings" else "inSource",
        "status": "accepted",
        "justification": readable(why.reason),
        "location": location(why.span),
        "properties": {"by": why.by, **owned},
    }
    return made
