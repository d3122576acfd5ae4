"""Checks, proofs and tests as JUnit XML: a suite a file, a case for each check, guard, claim and test.

`write` is for every command that has cases; `render` makes those of findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from wrpc.diagnostics import Diagnostic, Findings, Proof
from wrpc.letters import visible
from wrpc.report import Shown, text, units
from wrpc.report.places import path, readable
from wrpc.report.sarif import said
from wrpc.report.screen import Line
from wrpc.values import value

Outcome = Literal["passed", "failed", "skipped"]


@value
class Case:
    """One case. `suite` is a file, `kind` what is tried: a check, a guard, a test. `text`: what there is to say of it.
    `line` counts from 1; 0 is the whole file."""

    suite: str
    kind: str
    name: str
    outcome: Outcome = "passed"
    text: str = ""
    line: int = 0


def write(cases: Iterable[Case], name: str = "wrpc") -> str:
    """The document: suites and cases as they come. No clock is read, so that the same cases give the same bytes."""
    from junitparser import Attr, Failure, JUnitXml, Skipped, TestCase, TestSuite

    class Placed(TestCase):
        file = Attr()
        line = Attr()

    suites: dict[str, list[Case]] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    document = JUnitXml(name)
    for title, own in suites.items():
        suite = TestSuite(visible(title))
        for case in own:
            made = Placed(visible(case.name), f"{visible(title)} {case.kind}")
            made.file = visible(title)
            if case.line:
                made.line = str(case.line)
            told = readable(case.text)
            if case.outcome == "failed":
                failure = Failure(told.partition("\n")[0], case.kind)
                failure.text = told
                made.result = [failure]
            elif case.outcome == "skipped":
                made.result = [Skipped(told)]
            elif told:
                made.system_out = told
            suite.add_testcase(made)
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call]  # the library types its values, not its methods
    written: bytes = document.tostring()  # type: ignore[no-untyped-call]  # likewise
    return '<?xml version="1.0" encoding="utf-8"?>\n' + written.decode("utf-8")


def render(found: Findings, shown: Shown) -> Iterator[Line]:
    for line in write(cases(found, shown)).split("\n"):
        yield ((line, ""),)


def cases(found: Findings, shown: Shown) -> list[Case]:
    """Of each file each check that was made, with what it found there; then the proofs and the tests."""
    made: list[Case] = [*_checks(found, shown), *_proofs(found, shown), *_tests(found, shown)]
    order = {name: at for at, name in enumerate(dict.fromkeys(c.suite for c in made))}
    return sorted(made, key=lambda case: order[case.suite])


def _checks(found: Findings, shown: Shown) -> Iterator[Case]:
    names = {code.id: code.name for code in shown.looked_for}
    told: dict[tuple[str, str], list[Diagnostic]] = {}
    for source in shown.read:
        told.update({(path(source), each.id): [] for each in shown.looked_for})
    for d in found.diagnostics:
        names.setdefault(d.code.id, d.code.name)
        told.setdefault((path(d.span.source), d.code.id), []).append(d)
    waived: dict[tuple[str, str], list[str]] = {}
    for s in found.suppressed:
        names.setdefault(s.finding.code.id, s.finding.code.name)
        key = path(s.finding.span.source), s.finding.code.id
        told.setdefault(key, [])
        waived.setdefault(key, []).append(f"{text.place(s.finding.span)} {s.finding.message} ({text.said(s.why)})")
    for (file, code), own in sorted(told.items()):
        failing = [d for d in own if _fails(d, shown)]
        rest = [d for d in own if not _fails(d, shown)]
        outcome: Outcome = "failed" if failing else "skipped" if waived.get((file, code)) else "passed"
        lines = [f"{text.place(d.span)} {said(d, shown.dimensions)}" for d in (*failing, *rest)]
        lines += [f"accepted: {each}" for each in waived.get((file, code), ())]
        first = own[0].span.line if own else 0
        yield Case(file, "check", f"{code} {names[code]}", outcome, "\n".join(lines), first)


def _fails(d: Diagnostic, shown: Shown) -> bool:
    counted = {"note": ("error", "warning", "info"), "warning": ("error", "warning")}
    return not d.excused and d.severity in counted.get(shown.fail_on or "", ("error",))


def _proofs(found: Findings, shown: Shown) -> Iterator[Case]:
    waived = text.waivers(found)
    own = {id(p): policy for policy, proofs in shown.proofs.items() for p in proofs}
    for p in found.proofs:
        where = path(p.span.source) if p.span else own.get(id(p), "policy")
        failed = p.verdict in ("refuted", "open")
        outcome: Outcome = "passed" if not failed else "skipped" if p.excused else "failed"
        yield Case(where, "proof", p.subject, outcome, _proof(p, shown, waived), p.span.line if p.span else 0)


def _proof(p: Proof, shown: Shown, waived: dict[str, str]) -> str:
    lines: list[str] = [p.verdict]
    if p.witness is not None:
        lines.append(f"with: {units.request(p.witness, shown.dimensions)}")
    lines += [f"assuming {each}" for each in p.leans_on]
    lines += [each for each in (p.why, waived.get(p.subject, "").strip()) if each]
    return "\n".join(lines)


def _tests(found: Findings, shown: Shown) -> Iterator[Case]:
    failed = {d.span.key(): d for d in found.diagnostics if d.code.id == "WRP408"}
    for title, span in shown.tests:
        d = failed.get(span.key())
        outcome: Outcome = "passed" if d is None else "failed"
        yield Case(path(span.source), "test", title, outcome, said(d, shown.dimensions) if d else "", span.line)
