"""Findings, decisions and pages as people and other programs read them. Returns text; only `screen` writes any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from wrpc.diagnostics import Code, Proof
from wrpc.source import Source, Span
from wrpc.values import value

# The formats in which findings can be shown, and the module of each. One more is its file, its test and one row.
FORMATS = {
    "text": "wrpc.report.text",
    "json": "wrpc.report.json",
    "github": "wrpc.report.github",
    "gitlab": "wrpc.report.gitlab",
    "sarif": "wrpc.report.sarif",
    "junit": "wrpc.report.junit",
}


@value
class Shown:
    """What a format may want to know beside the findings themselves.

    `failed`: what the exit code says. `dimensions`: of signals that have one, so that a witness shows `500ms` and not
    `0.5`. `proofs`: by policy, where there are several. `notes`: each note by itself. `fail_on`: the least severity
    that fails the run, where the reader may choose it. `baseline`: the run has one. `read`: the files that were read,
    and `looked_for` the codes of the checks that were made, `tests` the title and place of each test, for formats that
    list what is clean.
    """

    failed: bool = False
    dimensions: Mapping[str, str] = field(default_factory=dict)
    proofs: Mapping[str, Sequence[Proof]] = field(default_factory=dict)
    notes: bool = False
    fail_on: str | None = None
    baseline: bool = False
    read: Sequence[Source] = ()
    looked_for: Sequence[Code] = ()
    tests: Sequence[tuple[str, Span]] = ()
