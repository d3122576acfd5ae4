"""Every page of this room: its Bad gives the marked findings, its Good none."""

from __future__ import annotations

import pytest

import wrpc
from tests.fixtures import differences, found, read
from tests.policy.pages import examples
from wrpc.accept import codes
from wrpc.diagnostics import Code, Diagnostic
from wrpc.source import Source

CODES = sorted((c for c in vars(codes).values() if isinstance(c, Code)), key=lambda c: c.id)
# What no policy alone shows: settings, baselines, packages, a day.
WITHOUT_BAD = {"WRP080", "WRP081", "WRP082", "WRP083", "WRP084", "WRP085", "WRP908", "WRP909"}


def findings(text: str) -> list[Diagnostic]:
    return list(wrpc.check_file(Source("policy.wrp", text)).diagnostics)


@pytest.mark.parametrize("code", CODES, ids=[c.id for c in CODES])
def test_page(code: Code):
    assert "How to repair:" in code.page
    bad = examples(code, "Bad")
    assert bool(bad) != (code.id in WITHOUT_BAD)
    for text in bad:
        (case,) = read(text)
        own = [d for d in findings(case.main) if d.code is code]
        assert not differences(case, own)
    for text in examples(code, "Good"):
        (case,) = read(text)
        assert not found([d for d in findings(case.main) if d.severity != "info"], case)
