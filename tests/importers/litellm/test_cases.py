"""Configurations as teams run them, and the policies that they become, word for word; and every finding with its place.

None of them has a fault, so that neither the import nor the check of what it made may have an error or a warning.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import wrpc.api
from wrpc.diagnostics import Diagnostic
from wrpc.importers import importer
from wrpc.importers.importer import Imported
from wrpc.policy.load import from_text, from_tree
from wrpc.source import Source
from wrpc.syntax.format import format_file
from wrpc.syntax.parse import parse

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*.yaml"))
case = pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)


def imported(path: Path) -> Imported:
    return importer("litellm").read(Source(path.name, path.read_text(encoding="utf-8"), path))


def checked(result: Imported) -> list[Diagnostic]:
    """What the check says of the policies, without a detour by text."""
    found: list[Diagnostic] = []
    for policy in result.policies:
        resolved, findings = from_tree(replace(policy.tree, comments=()))
        found += findings.diagnostics
        assert resolved is not None
        found += wrpc.api.check(resolved).diagnostics
    return found


def lines(found: list[Diagnostic]) -> str:
    return "".join(f"{d.span.line}:{d.span.column} {d.code.id} {d.severity} {d.message}\n" for d in found)


@case
def test_it_becomes_this(path: Path, update: bool) -> None:
    result = imported(path)
    text = "\n".join(format_file(p.tree) for p in result.policies)
    for ending, new in ((".wrp", text), (".findings", lines([*result.diagnostics]))):
        golden = path.with_suffix(ending)
        if update:
            golden.write_text(new, encoding="utf-8")
        assert golden.read_text(encoding="utf-8") == new


@case
def test_it_reads_back(path: Path) -> None:
    """What is printed is the tree that was made, and resolves."""
    (policy,) = imported(path).policies
    text = format_file(policy.tree)
    again = parse(Source("policy.wrp", text))[0]
    assert again.declarations == policy.tree.declarations
    assert format_file(again) == text
    resolved, findings = from_text(text)
    assert resolved is not None, [d.message for d in findings.diagnostics]


@case
def test_it_is_clean(path: Path) -> None:
    result = imported(path)
    found = [d for d in (*result.diagnostics, *checked(result)) if d.severity != "info"]
    # True of every general fallback to another provider, as these teams have them.
    assert lines([d for d in found if d.code.id != "WRP507"]) == ""


def test_the_files_are_no_toys() -> None:
    assert len(CASES) >= 6
    for path in CASES:
        text = path.read_text(encoding="utf-8")
        assert 60 <= len(text.splitlines()) <= 200, path.name
        assert "#" in text
