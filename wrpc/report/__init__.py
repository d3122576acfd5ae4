"""Findings, decisions and pages as people and other programs read them. Returns text; only `screen` writes any."""

from __future__ import annotations

# The formats in which findings can be shown, and the module of each. One more is its file, its test and one row.
FORMATS = {
    "text": "wrpc.report.text",
    "json": "wrpc.report.json",
    "github": "wrpc.report.github",
}
