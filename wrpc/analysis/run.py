"""Every lint and every check over one policy, in one run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from wrpc.analysis import CHECKS, LINTS
from wrpc.diagnostics import Diagnostic, Findings, Proof
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker


def lint(policy: Policy) -> Findings:
    """What needs no solver."""
    made = _findings([f for module in LINTS for f in import_module(module).check(policy)])
    return made + Findings(tests=len(policy.tests))


def check(policy: Policy, *, resources: int | None = None) -> Findings:
    """Every lint, and every proof. `resources` is the solver's limit for one question, in its own steps."""
    from wrpc.solver.ask import Asker
    from wrpc.solver.limits import RESOURCES

    ask = Asker(policy, resources=resources or RESOURCES)
    return lint(policy) + _findings([f for module in CHECKS for f in run_one(module, policy, ask)])


def run_one(module: str, policy: Policy, ask: Asker) -> list[Diagnostic | Proof]:
    return list(import_module(module).check(policy, ask))


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
