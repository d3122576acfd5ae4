"""Findings as annotations of a GitHub Actions run: one workflow command a finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wrpc.diagnostics import Diagnostic, Findings
from wrpc.report import Shown, text, units
from wrpc.report.screen import Line

LEVELS = {"error": "error", "warning": "warning", "info": "notice"}


def render(found: Findings, shown: Shown) -> Iterator[Line]:
    for diagnostic in found.diagnostics:
        yield ((annotation(diagnostic, shown.dimensions), ""),)
    yield from text.ending(found, shown)


def annotation(d: Diagnostic, dimensions: Mapping[str, str] | None = None) -> str:
    said = [d.message]
    if d.region is not None:
        said.append(f"when: {d.region}")
    if d.witness is not None:
        said.append(f"with: {units.request(d.witness, dimensions)}")
    if d.help:
        said.append(f"help: {d.help}")
    span = d.span
    # GitHub takes an end only within the line, and counts its last column, not the one behind it.
    places = {"file": span.file, "line": span.line, "endLine": span.end_line}
    if span.end_line == span.line:
        places |= {"col": span.column, "endColumn": max(span.column, span.end_column - 1)}
    known = " (in the baseline)" if d.baseline else ""
    properties = {**places, "title": f"{d.code.id} {d.code.name}{known}"}
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    level = "notice" if d.excused else LEVELS[d.severity]
    return f"::{level} {written}::{_data(chr(10).join(said))}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")
