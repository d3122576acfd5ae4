"""Waivers of guards and claims: what they accept does not fail a run, and what became of them is shown all the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wrpc.accept import codes, limits
from wrpc.diagnostics import Diagnostic, Findings, Severity, Suppressed, Suppression, finding
from wrpc.policy.model import Policy, Waiver
from wrpc.policy.waivers import lapsed

if TYPE_CHECKING:
    from datetime import date

# What stands behind a verdict that fails.
FAILED = frozenset(("WRP401", "WRP405", "WRP409"))


def of(policy: Policy) -> dict[str, tuple[Waiver, ...]]:
    """The waivers by their subject, `guard g`."""
    rules = {f"guard {name}": guard.waivers for name, guard in policy.guards.items() if guard.waivers}
    claims = {f"assert {name}": claim.waivers for name, claim in policy.assertions.items() if claim.waivers}
    return rules | claims


def waived(found: Findings, policy: Policy, today: date | None = None) -> Findings:
    """Findings without those that are waived, which are among the suppressed then.

    `today`: a waiver whose last day lies before it waives nothing. A guard or claim that is refuted or open is excused
    where that is waived and no other error of safety is left to it.
    """
    waivers = of(policy)
    if not waivers:
        return found
    kept: list[Diagnostic] = []
    suppressed = list(found.suppressed)
    failed: set[str] = set()
    for d in found.diagnostics:
        subject, waiver = next(
            (
                (s, w)
                for s in d.subjects
                for w in waivers.get(s, ())
                if w.code == d.code.id and not lapsed(w.until, today)
            ),
            (None, None),
        )
        if waiver is None or subject is None:
            kept.append(d)
            continue
        why = Suppression("waiver", waiver.reason, waiver.span, waiver.owner, waiver.until)
        suppressed.append(Suppressed(d, why))
        if d.code.id in FAILED:
            failed.add(subject)
    left = {s for d in kept if d.severity == "error" and limits.SAFETY.fullmatch(d.code.id) for s in d.subjects}
    proofs = (replace(p, excused=True) if p.subject in failed - left else p for p in found.proofs)
    return Findings.of(kept, proofs, tests=found.tests, suppressed=suppressed)


def faults(
    found: Findings,
    policy: Policy,
    judged: Callable[[str], bool],
    today: date | None = None,
    elsewhere: Collection[str] = (),
) -> Iterator[Diagnostic]:
    """Waivers of a policy that have ended, or that waive nothing. In the files `elsewhere`, which other policies use
    too, the latter is only noted."""
    used = {(s.finding.code.id, s.why.span.key()) for s in found.suppressed if s.why.by == "waiver"}
    for subject, waivers in of(policy).items():
        for waiver in waivers:
            if lapsed(waiver.until, today):
                message = f"the waiver of {waiver.code} for `{subject}` ended on {waiver.until}"
                advice = f"{waiver.owner} owns it: repair what it waives, or decide anew until when"
                yield finding(codes.EXPIRED_WAIVER, message, waiver.span, subjects=[subject], help=advice)
            elif near := limits.unknown(waiver.code):
                message = f"there is no code `{waiver.code}`, so nothing is waived"
                yield finding(codes.UNUSED_WAIVER, message, waiver.span, subjects=[subject], help=near)
            elif judged(waiver.code) and (waiver.code, waiver.span.key()) not in used:
                message = f"{waiver.code} is not found of `{subject}`, so there is nothing to waive"
                severity: Severity | None = "info" if waiver.span.file in elsewhere else None
                yield finding(
                    codes.UNUSED_WAIVER, message, waiver.span, severity=severity, subjects=[subject],
                    help="delete the waiver",
                )  # fmt: skip


def compilable(found: Findings) -> Findings:
    """With the conflicts that a comment or a baseline excuses: no file can be made of a policy that says two things."""
    back = [s.finding for s in found.suppressed if _conflict(s.finding)]
    marked = any(d.excused and _conflict(d) for d in found.diagnostics)
    if not back and not marked:
        return found
    kept = (replace(d, excused=False) if _conflict(d) else d for d in (*found.diagnostics, *back))
    left = (s for s in found.suppressed if not _conflict(s.finding))
    return Findings.of(kept, found.proofs, tests=found.tests, suppressed=left)


def _conflict(d: Diagnostic) -> bool:
    return d.code.id == limits.CONFLICT and d.severity == "error"
