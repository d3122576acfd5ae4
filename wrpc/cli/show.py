"""From findings to what is printed and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TextIO

from wrpc.cli.exits import ERRORS, FINE, UNUSABLE
from wrpc.diagnostics import Code, Findings, Proof
from wrpc.report import FORMATS, Shown
from wrpc.report.screen import write
from wrpc.source import Source, Span

# A file itself could not be read (the policy, the settings, a baseline), so that nothing is known about what it says.
UNREADABLE = frozenset({
    "WRP005", "WRP007", "WRP008", "WRP070", "WRP071", "WRP080", "WRP081", "WRP082", "WRP083", "WRP084", "WRP085",
    "WRP086", "WRP087", "WRP088", "WRP860", "WRP861", "WRP862",
})  # fmt: skip


def show(
    found: Findings,
    *,
    format: str = "text",
    fail_on: str | None = None,
    notes: bool = True,
    dimensions: Mapping[str, str] | None = None,
    proofs: Mapping[str, Sequence[Proof]] | None = None,
    stream: TextIO | None = None,
    baseline: bool = False,
    read: Sequence[Source] = (),
    looked_for: Sequence[Code] = (),
    tests: Sequence[tuple[str, Span]] = (),
) -> int:
    """`proofs`: whose they are, where several policies are shown together. `fail_on`: as the reader chose it, where
    there is a choice. `baseline`: the run has one. `read`, `looked_for`, `tests`: see
    `Shown`.
    """
    code = exit_code(found, fail_on or "error")
    shown = Shown(code != FINE, dimensions or {}, proofs or {}, notes, fail_on, baseline, read, looked_for, tests)
    write(import_module(FORMATS[format]).render(found, shown), stream or sys.stdout)
    return code


def exit_code(found: Findings, fail_on: str = "error") -> int:
    if any(d.code.id in UNREADABLE and d.severity == "error" for d in found.diagnostics):
        return UNUSABLE
    counted = found.errors + found.unproved
    counted += found.warnings if fail_on in ("warning", "note") else 0
    counted += found.notes if fail_on == "note" else 0
    return ERRORS if counted else FINE
