"""Every page: its Bad gives exactly the marked findings, its Good none."""

from __future__ import annotations

import pytest

from tests.fixtures import differences, found, read
from tests.policy.pages import examples
from wrpc.diagnostics import Code, Fix
from wrpc.policy.codes import CODES
from wrpc.policy.load import from_text

# What one small policy cannot show: other files, or more than a page.
WITHOUT_BAD = {"WRP114", "WRP127", "WRP141", "WRP143"}

ids = [c.id for c in CODES]


def test_unique():
    assert len(set(ids)) == len(ids)
    assert len({c.name for c in CODES}) == len(CODES)
    assert ids == sorted(ids)


@pytest.mark.parametrize("code", CODES, ids=ids)
def test_page(code: Code):
    assert code.summary.endswith(".")
    assert "How to repair:" in code.page
    bad = examples(code, "Bad")
    assert bool(bad) != (code.id in WITHOUT_BAD)
    for text in bad:
        (case,) = read(text)
        assert {m.code for m in case.marks} == {code.id}
        assert not differences(case, from_text(text)[1].diagnostics)
    for text in examples(code, "Good"):
        (case,) = read(text)
        assert not found(from_text(text)[1].diagnostics, case)


def safe_fixes(text: str) -> list[Fix]:
    return [fix for d in from_text(text)[1].diagnostics for fix in d.fixes if fix.safe]


REPAIRED = [(code.id, text) for code in CODES for text in examples(code, "Bad") if safe_fixes(text)]


def test_there_are_safe_fixes():
    assert len({code for code, _ in REPAIRED}) >= 3


@pytest.mark.parametrize(("code", "text"), REPAIRED, ids=[code for code, _ in REPAIRED])
def test_safe_fixes_repair(code: str, text: str):
    fixes = safe_fixes(text)
    for fix in sorted(fixes, key=lambda f: f.span.start, reverse=True):
        text = text[: fix.span.start] + fix.text + text[fix.span.end :]
    assert not found(from_text(text)[1].diagnostics, read(text)[0]), code
