"""SARIF by the official schema, with places as its readers count, whatever letters there are."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tests.report.findings import HOSTILE, NAMES, everything, shown
from wrpc.diagnostics import Findings, Fix, finding
from wrpc.report import sarif
from wrpc.report.screen import clean
from wrpc.source import Source
from wrpc.syntax.codes import UNREADABLE_FILE

# The schema of OASIS (sarif-v2.1.0-errata01), without its descriptions.
SCHEMA = Path(__file__).with_name("sarif-2.1.0.schema.json")


@cache
def validator() -> jsonschema.Draft4Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())


def written(found) -> str:
    return "".join("".join(text for text, _ in line) + "\n" for line in sarif.render(found, shown(found)))


def run(found) -> Any:
    text = written(found)
    assert clean(text) == text
    document = json.loads(text)
    validator().validate(document)
    return document["runs"][0]


def test_results():
    found = run(everything())
    told = {r["message"]["text"].split("\n")[0]: r for r in found["results"]}
    claim, route, known = told["the claim plain"], told["the route plain"], told["the known plain"]
    hidden = told["the hidden plain"]
    assert claim["level"] == "error"
    assert claim["message"]["text"] == "the claim plain\nwith: plain = 1\nhelp: do plain"
    assert claim["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "assert plain"}]
    assert claim["relatedLocations"][0]["message"]["text"] == "see plain"
    assert claim["properties"] == {"verdict": "refuted", "witness": {"plain": 1}}
    (fix,) = claim["fixes"]
    (change,) = fix["artifactChanges"]
    assert [r["insertedContent"]["text"] for r in change["replacements"]] == ["plain", "plain"]
    assert [r.get("baselineState") for r in (claim, route, known, hidden)] == ["new", "new", "unchanged", None]
    (suppression,) = hidden["suppressions"]
    assert (suppression["kind"], suppression["justification"]) == ("inSource", "because plain")
    assert suppression["properties"] == {"by": "waiver", "owner": "owner", "until": "2026-12-31"}
    assert [p["verdict"] for p in found["properties"]["proofs"]] == ["refuted", "proved"]


def test_a_rule_for_each_code_with_its_page():
    found = run(everything())
    rules = found["tool"]["driver"]["rules"]
    assert [r["id"] for r in rules] == ["WRP204", "WRP401", "WRP901"]
    assert all(rules[r["ruleIndex"]]["id"] == r["ruleId"] for r in found["results"])
    assert rules[1]["help"]["markdown"].startswith("A claim that does not hold.")
    assert rules[1]["name"] == "RefutedClaim"


def test_columns_count_units_of_utf_16():
    source = Source("a.wrp", 'x 😀 ä "y"\nz')
    at = source.text.index('"')
    assert sarif.region(source.span(at, at + 3)) == {"startLine": 1, "startColumn": 8, "endLine": 1, "endColumn": 11}
    assert sarif.region(source.span(len(source.text))) == {
        "startLine": 2, "startColumn": 2, "endLine": 2, "endColumn": 2,
    }  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words(words):
    assert len(run(everything(words=words))["results"]) == 5


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names(name):
    found = run(everything(name=name))
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in found["results"]}
    assert len(uris) == 1
    assert uris.pop().isascii()


def test_a_file_that_could_not_be_read_has_no_region():
    unread = finding(UNREADABLE_FILE, "there is no file of this name", Source("none.wrp", "").span())
    found = run(Findings.of([unread]))
    (only,) = found["results"]
    assert "region" not in only["locations"][0]["physicalLocation"]


def test_every_result_has_a_fingerprint_of_its_own():
    found = run(everything())
    prints = [r["partialFingerprints"]["wrpc/v1"] for r in found["results"]]
    assert len(set(prints)) == len(prints) == 5


def test_the_same_bytes_twenty_times():
    assert len({written(everything()) for _ in range(20)}) == 1


def test_a_fix_that_is_not_safe_says_so():
    source = Source("a.wrp", "abc")
    assert sarif.fix(Fix(source.span(0, 1), "x", "x"))["description"] == {"text": "x"}
    assert sarif.fix(Fix(source.span(0, 1), "x", "x", safe=False))["properties"] == {"safe": False}
