"""Findings as one JSON object, for programs. The shape is a contract: keys are added, never renamed or removed."""

from __future__ import annotations

import json
from collections.abc import Iterator

from wrpc.diagnostics import Diagnostic, Findings, Fix, Proof, Suppression
from wrpc.letters import in_json
from wrpc.report import Shown
from wrpc.report.screen import Line

VERSION = 1


def render(found: Findings, shown: Shown) -> Iterator[Line]:
    whole = document(found, failed=shown.failed, baseline=shown.baseline)
    for line in dumps(whole, indent=2).split("\n"):
        yield ((line, ""),)


def document(found: Findings, *, failed: bool, baseline: bool = False) -> dict[str, object]:
    """`failed`: an error, or a warning under `--fail-on warning`. Numbers are in base units.

    What is accepted adds keys at the end, and only where there is any: a run with a baseline says of each finding
    whether it is in it, and `suppressed` has the findings that a comment, a waiver or the settings accept.
    """
    counts = {v: sum(p.verdict == v for p in found.proofs) for v in ("proved", "refuted", "open", "enforced")}
    accepted: dict[str, object] = {"baseline": found.known} if baseline else {}
    if found.suppressed:
        accepted["suppressed"] = len(found.suppressed)
    whole: dict[str, object] = {
        "version": VERSION,
        "verdict": "fail" if failed else "pass",
        "summary": {
            "errors": found.errors,
            "warnings": found.warnings,
            **counts,
            "tests": found.tests,
            "assumes": list(found.assumes),
            **accepted,
        },
        "diagnostics": [{**diagnostic(d), **({"baseline": d.baseline} if baseline else {})} for d in found.diagnostics],
        "proofs": [proof(p) for p in found.proofs],
    }
    if found.suppressed:
        whole["suppressed"] = [{**diagnostic(s.finding), "suppression": suppression(s.why)} for s in found.suppressed]
    return whole


def diagnostic(d: Diagnostic) -> dict[str, object]:
    return {
        "code": d.code.id,
        "severity": d.severity,
        "verdict": d.verdict,
        "message": d.message,
        "span": d.span.json(),
        "subjects": list(d.subjects),
        "related": [{"span": r.span.json(), "label": r.label} for r in d.related],
        "witness": None if d.witness is None else dict(d.witness),
        "help": d.help,
        "fixes": [fix(f) for f in d.fixes],
        "region": d.region,
    }


def suppression(why: Suppression) -> dict[str, object]:
    return {
        "by": why.by,
        "reason": why.reason,
        "span": why.span.json(),
        "owner": why.owner or None,
        "until": why.until or None,
    }


def fix(f: Fix) -> dict[str, object]:
    also = [{"span": e.span.json(), "text": e.text} for e in f.also]
    return {"title": f.title, "span": f.span.json(), "text": f.text, "safe": f.safe, "also": also}


def proof(p: Proof) -> dict[str, object]:
    return {
        "subject": p.subject,
        "verdict": p.verdict,
        "witness": None if p.witness is None else dict(p.witness),
        "assumes": list(p.leans_on),
        "why": p.why or None,
    }


def dumps(value: object, *, indent: int | None = None) -> str:
    """JSON that a person can read, and a terminal cannot be fooled by."""
    return in_json(json.dumps(value, ensure_ascii=False, indent=indent))
