"""`wrp-manifest.json`: what was compiled from what, what became of each part, what is proved, and the source map."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any

from wrpc.diagnostics import Findings
from wrpc.policy.model import Policy
from wrpc.source import Source, Span
from wrpc.targets import writing
from wrpc.targets.compile import GUARDS, Compiled, carriage
from wrpc.targets.target import Artifact
from wrpc.targets.together import Stacked
from wrpc.version import __version__

NAME = "wrp-manifest.json"
VERSION = 1
_NOTES = {"carried": "where", "approximated": "loses", "not_carried": "why", "elsewhere": "by"}


def manifest(
    policy: Policy, compiled: Sequence[Compiled], findings: Findings, stacks: Sequence[Stacked] = ()
) -> Artifact:
    """The same policy, settings and compiler give the same bytes: no clock, no absolute path."""
    shown = _names(policy)
    content: dict[str, object] = {
        "version": VERSION,
        "compiler": {"name": "wrpc", "version": __version__},
        "policy": policy.name,
        "sources": [{"file": shown(s), "sha256": digest(s.text)} for s in policy.sources],
        "proofs": [{"subject": p.subject, "verdict": p.verdict, "leans_on": list(p.leans_on)} for p in findings.proofs],
        "targets": {c.target.name: _target(c, shown) for c in sorted(compiled, key=lambda c: c.target.name)},
    }
    if stacks:
        verdicts = {p.subject: p.verdict for p in findings.proofs}
        content["stacks"] = {s.stack.name: _stack(s, verdicts, shown) for s in stacks}
    if findings.suppressed:
        content["suppressed"] = [
            {"code": s.finding.code.id, "message": s.finding.message, "by": s.why.by, "reason": s.why.reason,
             **_owned(s.why.owner, s.why.until), "at": _place(s.finding.span, shown)}
            for s in findings.suppressed
        ]  # fmt: skip
    return Artifact(NAME, writing.json(content) + "\n")


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _target(compiled: Compiled, shown: Callable[[Source], str]) -> dict[str, object]:
    target = compiled.target
    found: dict[str, object] = {"title": target.title, "versions": list(target.versions)}
    for kind, rows in carriage(target, compiled.uses).items():
        found[kind] = [
            {"construct": str(construct), _NOTES[kind]: note, "subjects": subjects}
            for construct, subjects, note in rows
        ]
    found |= _told(compiled, shown)
    found["artifacts"] = [
        {
            "path": f"{target.name}/{a.path}",
            "sha256": digest(a.text),
            "map": {e.pointer: _place(e.span, shown) for e in a.entries},
        }
        for a in compiled.artifacts
    ]
    return found


def _told(of: Compiled | Stacked, shown: Callable[[Source], str]) -> dict[str, object]:
    return {
        "findings": [{"code": d.code.id, "message": d.message, "at": _place(d.span, shown)} for d in of.diagnostics],
        "waived": [
            {"code": w.finding.code.id, "message": w.finding.message, "reason": w.reason, **_owned(w.owner, w.until),
             "at": _place(w.finding.span, shown)}
            for w in of.waived
        ],
    }  # fmt: skip


def _stack(stacked: Stacked, verdicts: Mapping[str, str], shown: Callable[[Source], str]) -> dict[str, object]:
    """Who keeps what. A guard is kept for each kind of its rules."""
    rows: dict[tuple[str, str, tuple[str, ...]], dict[str, Any]] = {}
    guards: dict[str, dict[str, Any]] = {}
    for kept in stacked.kept:
        use = kept.use
        row = rows.setdefault(
            (use.construct, kept.kind, kept.by),
            {"construct": str(use.construct), "as": kept.kind, "kept_by": list(kept.by), "notes": dict(kept.notes)},
        )
        row.setdefault("subjects", []).append(use.subject)
        if use.construct in GUARDS:
            guard = guards.setdefault(use.subject, {"subject": use.subject, "verdict": verdicts.get(use.subject)})
            guard.setdefault("kept_by", {})[str(use.construct)] = list(kept.by)
    return {
        "targets": [t.name for t in stacked.targets],
        "decides": stacked.targets[0].name,
        "decide_again": [t.name for t in stacked.targets[1:] if t.decides],
        "constructs": list(rows.values()),
        "guards": list(guards.values()),
        **_told(stacked, shown),
    }


def _owned(owner: str, until: str) -> dict[str, str]:
    return {name: text for name, text in (("owner", owner), ("until", until)) if text}


def _place(span: Span, shown: Callable[[Source], str]) -> str:
    return f"{shown(span.source)}:{span.line}:{span.column}"


def _names(policy: Policy) -> Callable[[Source], str]:
    """Files as seen from the folder of the policy's own file, so that no name depends on where a checkout stands."""
    main = policy.header.source if policy.header else policy.sources[0]
    base = main.path.resolve().parent if main.path else None

    def shown(source: Source) -> str:
        if source.path is not None and base is not None:
            return Path(os.path.relpath(source.path.resolve(), base)).as_posix()
        return PurePath(source.name).name if PurePath(source.name).is_absolute() else source.name

    return shown
