"""Own configurations and the policies that they become, word for word; and every finding with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from wrpc.importers import importer
from wrpc.policy.load import from_text
from wrpc.source import Source
from wrpc.syntax.format import format_file
from wrpc.syntax.parse import parse

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*.yaml"))


def imported(path: Path) -> tuple[str, str]:
    """The policies of a case as one text, and its findings as lines."""
    result = importer("vllm-sr").read(Source(path.name, path.read_text(encoding="utf-8")))
    text = "\n".join(format_file(p.tree) for p in result.policies)
    found = [f"{d.span.line}:{d.span.column} {d.code.id} {d.severity} {d.message}" for d in result.diagnostics]
    return text, "\n".join([*found, ""])


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_it_becomes_this(path: Path, update: bool) -> None:
    for ending, text in zip((".wrp", ".findings"), imported(path), strict=True):
        golden = path.with_suffix(ending)
        if update:
            golden.write_text(text, encoding="utf-8")
        assert golden.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_it_reads_back(path: Path) -> None:
    """What is printed is the tree that was made, and resolves."""
    result = importer("vllm-sr").read(Source(path.name, path.read_text(encoding="utf-8")))
    for policy in result.policies:
        text = format_file(policy.tree)
        assert parse(Source("policy.wrp", text))[0].declarations == policy.tree.declarations
        assert format_file(parse(Source("policy.wrp", text))[0]) == text
        resolved, findings = from_text(text)
        assert resolved is not None, [d.message for d in findings.diagnostics]
