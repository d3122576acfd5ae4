"""Findings with everything in them, for the tests of formats."""

from __future__ import annotations

from wrpc.diagnostics import (
    Code,
    Diagnostic,
    Edit,
    Findings,
    Fix,
    Proof,
    Related,
    Suppressed,
    Suppression,
    finding,
)
from wrpc.report import Shown
from wrpc.source import Source

ERROR = Code("WRP401", "refuted-claim", "error", "A claim that does not hold.\n\nIt is refuted.\n")
WARNING = Code("WRP204", "redundant-route", "warning", "A route whose removal changes nothing.\n")
NOTE = Code("WRP901", "unused-name", "info", "A name that nothing uses.\n")


def everything(text: str = "route a { }\nroute 😀b { }\n", name: str = "a.wrp", words: str = "plain") -> Findings:
    """An error, two warnings of which one is known, a note, a suppressed finding, proofs; `words` stand everywhere."""
    source = Source(name, text)
    end = len(text)
    fixes = [Fix(source.span(0, 1), words, f"write {words}", also=(Edit(source.span(end, end), words),))]
    related = [Related(source.span(0, 3), f"see {words}")]
    found: list[Diagnostic] = [
        finding(
            ERROR, f"the claim {words}", source.span(12, end), subjects=[f"assert {words}"], related=related,
            fixes=fixes, witness={words: 1}, verdict="refuted", help=f"do {words}",
        ),
        finding(WARNING, f"the route {words}", source.span(6, 7), subjects=["route a"]),
        Diagnostic(WARNING, f"the known {words}", source.span(7, 8), "warning", baseline=True, excused=True),
        finding(NOTE, f"the name {words}", source.span(end, end)),
    ]  # fmt: skip
    why = Suppression("waiver", f"because {words}", source.span(0, 5), "owner", "2026-12-31")
    proofs = [Proof(f"assert {words}", "refuted", {words: 1}, source.span(0, 5)), Proof("guard g", "proved")]
    hidden = Suppressed(finding(WARNING, f"the hidden {words}", source.span(0, 5)), why)
    return Findings.of(found, proofs, tests=1, suppressed=[hidden])


def shown(found: Findings) -> Shown:
    return Shown(failed=not found.ok, fail_on="error", baseline=True)


HOSTILE = [
    "]]>", "<!-- x -->", "&amp;<a>", "a\x00b", "a\x0bb\x1b[31m", "\u2028x", "\u202ex", "\ufffe", "\ud800",
    "😀\U000e0001", "a\r\nb", '"\\"', "%0A::error::x", "a\x85b", "\t", "", "{{x}}", "'--'",
]  # fmt: skip
NAMES = ["a b.wrp", "ä#?.wrp", "a:b.wrp", "<stdin>", "../x.wrp", "\u2028.wrp", "a\nb.wrp", "%41.wrp", "\ud800.wrp"]
