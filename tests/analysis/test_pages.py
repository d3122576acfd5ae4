"""Every check's page: its Bad gives the marked findings, its Good none of its own; codes and rows agree."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

import wrpc.analysis
from tests.fixtures import Case, differences, found, read
from tests.policy.pages import examples
from wrpc.analysis import CHECKS, LINTS
from wrpc.analysis.run import check
from wrpc.diagnostics import Code, Diagnostic
from wrpc.policy.load import from_text

ROWS = {**LINTS, **CHECKS}
CODES: list[Code] = [import_module(module).CODE for module in ROWS]
FAMILIES = {"conflicts": "2", "coverage": "3", "safety": "4", "pools": "5", "capacity": "6"}


def findings(text: str) -> list[Diagnostic]:
    policy, resolved = from_text(text)
    assert policy is not None
    return [*resolved.diagnostics, *check(policy).diagnostics]


def own(case: Case, text: str, code: Code) -> list[Diagnostic]:
    return [d for d in findings(text) if d.code is code]


@pytest.mark.parametrize("code", CODES, ids=[c.id for c in CODES])
def test_bad_and_good(code: Code) -> None:
    assert code.summary.endswith(".")
    bad = examples(code, "Bad")
    assert bad
    for text in bad:
        (case,) = read(text)
        # What follows from the same fault is marked as well; that these are all is the catalogue's to test.
        marks = tuple(m for m in case.marks if m.code == code.id)
        assert marks
        assert not differences(replace(case, marks=marks), own(case, text, code))
    for text in examples(code, "Good"):
        (case,) = read(text)
        assert not found([d for d in findings(text) if d.severity != "info"], case)


def test_a_row_for_each_file_and_a_code_for_each_row() -> None:
    folder = Path(wrpc.analysis.__file__).parent
    files = {
        ".".join(("wrpc", "analysis", *p.relative_to(folder).with_suffix("").parts))
        for p in folder.glob("*/*.py")
        if "\nCODE = " in p.read_text(encoding="utf-8")
    }
    assert files == set(ROWS)
    for module, codes in ROWS.items():
        code = import_module(module).CODE
        assert codes == (code.id,)
        assert code.id[3] == FAMILIES[module.split(".")[2]]
    assert len({c.id for c in CODES}) == len({c.name for c in CODES}) == len(CODES)
