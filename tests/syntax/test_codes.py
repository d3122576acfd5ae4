"""The pages of the codes: their examples are whole policies that give exactly the marked findings, or none."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest

from tests import fixtures
from wrpc.diagnostics import Code
from wrpc.source import Source
from wrpc.syntax.codes import CODES
from wrpc.syntax.parse import parse

OF_FILES = {"WRP005", "WRP006", "WRP007", "WRP008", "WRP015"}
"""Codes whose example is a file that no page can show."""

SHOWN = [code for code in CODES if code.id not in OF_FILES]


def example(code: Code, kind: str) -> str:
    found = re.search(rf"^{kind}:\n\n((?:(?: {{4}}.*)?\n)+)", code.page, re.MULTILINE)
    assert found, f"{code.id} has no {kind}"
    return dedent(found[1])


def check(text: str) -> None:
    (case,) = fixtures.read(text)
    _, diagnostics = parse(Source(fixtures.MAIN, case.main))
    assert not fixtures.differences(case, diagnostics)


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_bad_gives_what_is_marked(code: Code) -> None:
    text = example(code, "Bad")
    assert code.id in text
    check(text)


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_good_gives_nothing(code: Code) -> None:
    check(example(code, "Good"))


@pytest.mark.parametrize("code", CODES, ids=lambda code: code.name)
def test_a_page_is_whole(code: Code) -> None:
    assert code.summary.endswith(".")
    assert re.search(r"^Bad:", code.page, re.MULTILINE)
    assert "How to repair:" in code.page
    assert re.fullmatch(r"WRP0[0-4]\d", code.id)


def test_codes_are_declared_once() -> None:
    assert len({code.id for code in CODES}) == len({code.name for code in CODES}) == len(CODES)


@pytest.mark.parametrize("code", SHOWN, ids=lambda code: code.name)
def test_a_fix_repairs(code: Code) -> None:
    """Every fix of the Bad example, applied, leaves a finding less."""
    source = Source("bad.wrp", example(code, "Bad"))
    _, before = parse(source)
    for finding in before:
        for fix in finding.fixes:
            text = source.text[: fix.span.start] + fix.text + source.text[fix.span.end :]
            _, after = parse(Source("fixed.wrp", text))
            assert len(after) == len(before) - 1
