"""The maintained recipes: what is proved, refuted and named after importing them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import wrpc.api
from wrpc.diagnostics import Diagnostic
from wrpc.importers import importer
from wrpc.policy.load import from_text
from wrpc.policy.model import Policy
from wrpc.source import Source
from wrpc.syntax.format import format_file


def text_of(shared: Path, name: str) -> str:
    return (shared / "cases" / "vllm-sr" / name / "config.yaml").read_text(encoding="utf-8")


def imported(text: str, claims: str = "", release: str | None = None) -> Policy:
    (policy,) = importer("vllm-sr").read(Source("recipe/config.yaml", text), release).policies
    resolved, findings = from_text(format_file(policy.tree) + claims)
    assert resolved is not None, [d.message for d in findings.diagnostics]
    return resolved


def test_no_pii_goes_to_the_cloud(shared: Path) -> None:
    claim = "assert a { never destination.pool == `cloud/frontier-reasoning` when pii_strict }"
    found = wrpc.api.check(imported(text_of(shared, "privacy"), claim))
    assert [(p.subject, p.verdict) for p in found.proofs] == [("assert a", "proved")]
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []


def test_a_local_only_request_does(shared: Path) -> None:
    claim = "assert a { never destination.pool == `cloud/frontier-reasoning` when local_only_markers }"
    policy = imported(text_of(shared, "privacy"), claim)
    found = wrpc.api.check(policy)
    assert [(p.subject, p.verdict) for p in found.proofs] == [("assert a", "refuted")]
    refuted = next(d for d in found.diagnostics if d.code.id == "WRP401")
    assert refuted.witness is not None
    decision = wrpc.api.decide(policy, refuted.witness)
    assert decision.pools == ("cloud/frontier-reasoning",)


def test_agent_has_no_conflict_as_0_4_ranks_it(shared: Path) -> None:
    found = wrpc.api.check(imported(text_of(shared, "agent"), release="0.4"))
    assert [d.message for d in found.diagnostics if d.severity == "error" or d.code.id == "WRP201"] == []


def test_agent_is_ranked_by_measurements_as_the_release_of_its_keys_does(shared: Path) -> None:
    """The router's own report: a legal question that a coding model answers."""
    found = wrpc.api.check(imported(text_of(shared, "agent")))
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []
    pairs = [{s.removeprefix("route ") for s in d.subjects} for d in found.diagnostics if d.code.id == "WRP201"]
    assert {"domain_legal_health", "domain_business"} in pairs


def test_agent_without_priorities_has_pairs_that_only_a_confidence_or_a_name_separates(shared: Path) -> None:
    text = re.sub(r"^      priority: \d+$", "      priority: 1", text_of(shared, "agent"), flags=re.MULTILINE)
    found = [d for d in wrpc.api.check(imported(text)).diagnostics if d.code.id == "WRP201" and d.witness]
    pairs = {frozenset(s.removeprefix("route ") for s in d.subjects) for d in found}
    assert {d.severity for d in found} == {"warning"}
    assert frozenset({"domain_legal_health", "domain_code"}) in pairs
    assert all("only confidence and name decide" in d.message for d in found)


@pytest.mark.parametrize("name", ["privacy", "agent"])
def test_every_finding_is_in_the_file(shared: Path, name: str) -> None:
    text = text_of(shared, name)
    found: tuple[Diagnostic, ...] = importer("vllm-sr").read(Source("config.yaml", text)).diagnostics
    assert {d.severity for d in found} <= {"info", "warning"}
    lines = text.splitlines()
    for d in found:
        assert d.span.end_line == d.span.line <= len(lines)
        assert d.span.text
