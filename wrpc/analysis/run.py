"""Every lint and every check over one policy, in one run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from wrpc.analysis import CHECKS, LINTS
from wrpc.analysis.check import Over
from wrpc.diagnostics import Diagnostic, Findings, Proof
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

GRAVE = ("error", "warning", "info")
MOST = 10  # findings of a code of which the requests are said in words; whoever repairs ten has repaired the rest


def lint(policy: Policy) -> Findings:
    """What needs no solver."""
    made = _findings([f for module in LINTS for f in import_module(module).check(policy)])
    return made + Findings(tests=len(policy.tests))


def check(
    policy: Policy, *, resources: int | None = None, progress: Callable[[int, int], None] | None = None
) -> Findings:
    """Every lint, and every proof. `resources` is the solver's limit for one question, in its own steps. `progress` is
    told how many of how many checks are done, before each."""
    from wrpc.solver.ask import Asker
    from wrpc.solver.limits import RESOURCES

    ask = Asker(policy, resources=resources or RESOURCES)
    found: list[Diagnostic | Proof | Over] = []
    for done, module in enumerate(CHECKS):
        if progress is not None:
            progress(done, len(CHECKS))
        found += import_module(module).check(policy, ask)
    return lint(policy) + _findings(said(found, ask))


def run_one(module: str, policy: Policy, ask: Asker) -> list[Diagnostic | Proof]:
    return said(list(import_module(module).check(policy, ask)), ask)


def said(found: Sequence[Diagnostic | Proof | Over], ask: Asker) -> list[Diagnostic | Proof]:
    """Each finding with the requests that it is about in words: of the gravest first, of few of a kind, and as
    far as the effort goes."""
    made = dict(enumerate(found))
    about = [(i, f) for i, f in made.items() if isinstance(f, Over)]
    counts: Counter[str] = Counter()
    for i, over in sorted(about, key=lambda each: GRAVE.index(each[1].finding.severity)):
        made[i] = over.finding
        counts[over.finding.code.id] += 1
        if over.finding.verdict != "open" and counts[over.finding.code.id] <= MOST:
            region = ask.region(over.requests)
            made[i] = over.finding if region is None else replace(over.finding, region=region.text)
    return [f for f in made.values() if not isinstance(f, Over)]


def chosen(findings: Findings, select: Collection[str], ignore: Collection[str]) -> Findings:
    """Only the codes that begin with one of `select`, none that begins with one of `ignore`."""
    if not select and not ignore:
        return findings
    first, none = tuple(select), tuple(ignore)

    def asked(code: str) -> bool:
        return (not first or code.startswith(first)) and not (none and code.startswith(none))

    kept = (d for d in findings.diagnostics if asked(d.code.id))
    suppressed = (s for s in findings.suppressed if asked(s.finding.code.id))
    return replace(findings, diagnostics=tuple(kept), suppressed=tuple(suppressed))


def _findings(found: list[Diagnostic | Proof]) -> Findings:
    proofs = sorted((f for f in found if isinstance(f, Proof)), key=lambda p: p.subject)
    return Findings.of([f for f in found if isinstance(f, Diagnostic)], proofs)
