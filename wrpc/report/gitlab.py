"""Findings as a report of GitLab Code Quality: a list, in which GitLab itself compares fingerprints of two branches.

What a comment, a waiver or the settings accept is not in it: the format has no word for it.
"""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.diagnostics import Diagnostic, Findings
from wrpc.report import Shown
from wrpc.report.fingerprint import fingerprints, unique
from wrpc.report.json import dumps
from wrpc.report.places import path
from wrpc.report.sarif import said
from wrpc.report.screen import Line


def render(found: Findings, shown: Shown) -> Iterator[Line]:
    issues = [
        {
            "description": " ".join(said(d, shown.dimensions).split("\n"))
            + (" (in the baseline)" if d.baseline else ""),
            "check_name": f"{d.code.id} {d.code.name}",
            "fingerprint": unique(key, number),
            "severity": severity(d),
            "location": {"path": path(d.span.source), "lines": {"begin": d.span.line, "end": _last(d)}},
        }
        for d, key, number in fingerprints(found.diagnostics, path)
    ]
    for line in dumps(issues, indent=2).split("\n"):
        yield ((line, ""),)


def severity(d: Diagnostic) -> str:
    """`critical` is an error of safety; what a baseline excuses is `info`."""
    if d.excused or d.severity == "info":
        return "info"
    if d.severity == "warning":
        return "minor"
    return "critical" if d.code.id.startswith("WRP4") else "major"


def _last(d: Diagnostic) -> int:
    return d.span.source.position(max(d.span.start, d.span.end - 1))[0]
