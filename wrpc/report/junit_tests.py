"""Tests as JUnit's XML, for the pages where build systems show test results."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from wrpc.report.screen import clean

if TYPE_CHECKING:
    from wrpc.analysis.tested import Tested


def xml(found: Tested, suite: str) -> str:
    """One suite with a case for each test."""
    failed = sum(not r.passed for r in found.ran)
    counts = {"tests": str(len(found.ran)), "failures": str(failed), "errors": "0", "skipped": "0"}
    root = ET.Element("testsuites", counts)
    whole = ET.SubElement(root, "testsuite", {"name": clean(suite), **counts})
    for ran in found.ran:
        span = ran.test.span
        named = {"name": clean(ran.test.title), "classname": clean(suite), "file": clean(span.file)}
        case = ET.SubElement(whole, "testcase", {**named, "line": str(span.line)})
        if ran.problem is not None:
            problem = ET.SubElement(case, "failure", {"message": clean(ran.problem.message), "type": "WRP408"})
            problem.text = clean(ran.problem.help or "")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
