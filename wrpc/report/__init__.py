"""Findings, decisions and pages as people and other programs read them. Returns text; only `screen` writes any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wrpc.diagnostics import Proof

# The formats in which findings can be shown, and the module of each. One more is its file, its test and one row.
FORMATS = {
    "text": "wrpc.report.text",
    "json": "wrpc.report.json",
    "github": "wrpc.report.github",
}


@dataclass(frozen=True)
class Shown:
    """What a format may want to know beside the findings themselves.

    `failed`: what the exit code says. `dimensions`: of signals that have one, so that a witness shows `500ms` and not
    `0.5`. `proofs`: by policy, where there are several. `notes`: each note by itself. `fail_on`: the least severity
    that fails the run, where the reader may choose it.
    """

    failed: bool = False
    dimensions: Mapping[str, str] = field(default_factory=dict)
    proofs: Mapping[str, Sequence[Proof]] = field(default_factory=dict)
    notes: bool = False
    fail_on: str | None = None
