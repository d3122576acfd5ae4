"""From findings to what is printed and the exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TextIO

from wrpc.cli.exits import ERRORS, FINE, UNUSABLE
from wrpc.diagnostics import Findings, Proof
from wrpc.report import FORMATS, Shown
from wrpc.report.screen import write

# The file itself could not be read, so that nothing is known about what it says.
UNREADABLE = frozenset({"WRP005", "WRP007", "WRP008", "WRP070", "WRP071", "WRP086", "WRP087", "WRP088"})


def show(
    found: Findings,
    *,
    format: str = "text",
    fail_on: str | None = None,
    notes: bool = True,
    dimensions: Mapping[str, str] | None = None,
    proofs: Mapping[str, Sequence[Proof]] | None = None,
    stream: TextIO | None = None,
) -> int:
    """`proofs`: whose they are, where several policies are shown together. `fail_on`: as the reader chose it, where
    there is a choice.
    """
    code = exit_code(found, fail_on or "error")
    shown = Shown(code != FINE, dimensions or {}, proofs or {}, notes, fail_on)
    write(import_module(FORMATS[format]).render(found, shown), stream or sys.stdout)
    return code


def exit_code(found: Findings, fail_on: str = "error") -> int:
    if any(d.code.id in UNREADABLE and d.severity == "error" for d in found.diagnostics):
        return UNUSABLE
    return ERRORS if found.errors or found.unproved or (fail_on == "warning" and found.warnings) else FINE
