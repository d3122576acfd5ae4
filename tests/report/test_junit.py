"""JUnit XML: a case for each check, proof and test, well-formed whatever letters there are, read by its library."""

from __future__ import annotations

import pytest
from junitparser import JUnitXml

from tests.report.findings import ERROR, HOSTILE, NAMES, NOTE, WARNING, everything, shown
from wrpc.diagnostics import Findings
from wrpc.report import Shown, junit
from wrpc.report.screen import clean
from wrpc.source import Source


def document(found, how=None) -> JUnitXml:
    text = "".join("".join(piece for piece, _ in line) + "\n" for line in junit.render(found, how or shown(found)))
    assert clean(text) == text
    return JUnitXml.fromstring(text.encode())


def outcomes(found, how=None) -> dict[str, str]:
    told = {}
    for suite in document(found, how):
        for case in suite:
            told[case.name] = type(case.result[0]).__name__ if case.result else "passed"
    return told


def test_outcomes():
    assert outcomes(everything()) == {
        "WRP204 redundant-route": "Skipped",
        "WRP401 refuted-claim": "Failure",
        "WRP901 unused-name": "passed",
        "assert plain": "Failure",
        "guard g": "passed",
    }


def test_what_fails_is_what_fails_the_run():
    found = everything()
    strict = Shown(failed=True, fail_on="note", baseline=True)
    assert outcomes(found, strict)["WRP901 unused-name"] == "Failure"
    assert outcomes(found, strict)["WRP204 redundant-route"] == "Failure"


def test_what_was_looked_for_and_not_found_has_passed():
    source = Source("b.wrp", "x")
    how = Shown(
        fail_on="error", read=[source], looked_for=[ERROR, WARNING, NOTE], tests=[("a title", source.span(0, 1))]
    )
    assert outcomes(Findings(tests=1), how) == {
        "WRP204 redundant-route": "passed", "WRP401 refuted-claim": "passed", "WRP901 unused-name": "passed",
        "a title": "passed",
    }  # fmt: skip


def test_a_waived_claim_is_skipped():
    from dataclasses import replace

    found = everything()
    excused = replace(found, proofs=tuple(replace(p, excused=True) for p in found.proofs))
    assert outcomes(excused)["assert plain"] == "Skipped"


def test_counts_and_places():
    (suite, other) = document(everything())
    assert (suite.tests, suite.failures, suite.skipped) == (4, 2, 1)
    assert other.name == "policy"
    assert {case._elem.get("file") for case in suite} == {"a.wrp"}


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words(words):
    assert list(outcomes(everything(words=words)).values()).count("Failure") == 2


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names(name):
    assert len(list(document(everything(name=name)))) == 2


def test_any_command_writes_its_cases():
    cases = [junit.Case("a.wrp", "test", "one"), junit.Case("a.wrp", "test", "two", "failed", "first\nsecond", 3)]
    document = JUnitXml.fromstring(junit.write(cases, "wrpc test").encode())
    (suite,) = document
    failed = list(suite)[1].result[0]
    assert (failed.message, failed.text) == ("first", "first\nsecond")
    assert junit.write(cases) == junit.write(cases)
    assert 'time="0' in junit.write(cases)
