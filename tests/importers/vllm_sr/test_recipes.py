"""Whole recipes: what is proved, refuted and named after importing them. Two are the project's own, and like them are
two of the maintained ones, which lie beside the checkout."""

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

OWN = Path(__file__).parent / "recipes"
PRIVATE, AGENTS = ("clinic", "privacy"), ("desk", "agent")


@pytest.fixture
def text(request: pytest.FixtureRequest) -> str:
    """The recipe of a name: an own one, or one of those that lie beside the checkout."""
    name: str = request.param
    if name in ("clinic", "desk"):
        return (OWN / f"{name}.yaml").read_text(encoding="utf-8")
    shared: Path = request.getfixturevalue("shared")
    return (shared / "cases" / "vllm-sr" / name / "config.yaml").read_text(encoding="utf-8")


def imported(text: str, claims: str = "", release: str | None = None) -> Policy:
    (policy,) = importer("vllm-sr").read(Source("recipe/config.yaml", text), release).policies
    resolved, findings = from_text(format_file(policy.tree) + claims)
    assert resolved is not None, [d.message for d in findings.diagnostics]
    return resolved


@pytest.mark.parametrize("text", PRIVATE, indirect=True)
def test_no_pii_goes_to_the_cloud(text: str) -> None:
    claim = "assert a { never destination.pool == `cloud/frontier-reasoning` when pii_strict }"
    found = wrpc.api.check(imported(text, claim))
    assert [(p.subject, p.verdict) for p in found.proofs] == [("assert a", "proved")]
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []


@pytest.mark.parametrize("text", PRIVATE, indirect=True)
def test_a_local_only_request_does(text: str) -> None:
    claim = "assert a { never destination.pool == `cloud/frontier-reasoning` when local_only_markers }"
    policy = imported(text, claim)
    found = wrpc.api.check(policy)
    assert [(p.subject, p.verdict) for p in found.proofs] == [("assert a", "refuted")]
    refuted = next(d for d in found.diagnostics if d.code.id == "WRP401")
    assert refuted.witness is not None
    decision = wrpc.api.decide(policy, refuted.witness)
    assert decision.pools == ("cloud/frontier-reasoning",)


@pytest.mark.parametrize("text", AGENTS, indirect=True)
def test_there_is_no_conflict_as_0_4_ranks_it(text: str) -> None:
    found = wrpc.api.check(imported(text, release="0.4"))
    assert [d.message for d in found.diagnostics if d.severity == "error" or d.code.id == "WRP201"] == []


@pytest.mark.parametrize(
    ("text", "pair"),
    [("desk", {"rules_and_health", "programs"}), ("agent", {"domain_legal_health", "domain_business"})],
    indirect=["text"],
)
def test_it_is_ranked_by_measurements_as_the_release_of_its_keys_does(text: str, pair: set[str]) -> None:
    """The router's own report: a legal question that a coding model answers."""
    found = wrpc.api.check(imported(text))
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []
    pairs = [{s.removeprefix("route ") for s in d.subjects} for d in found.diagnostics if d.code.id == "WRP201"]
    assert pair in pairs


@pytest.mark.parametrize(
    ("text", "pair"),
    [("desk", {"rules_and_health", "programs"}), ("agent", {"domain_legal_health", "domain_code"})],
    indirect=["text"],
)
def test_without_priorities_there_are_pairs_that_only_a_confidence_or_a_name_separates(
    text: str, pair: set[str]
) -> None:
    text = re.sub(r"^      priority: \d+$", "      priority: 1", text, flags=re.MULTILINE)
    found = [d for d in wrpc.api.check(imported(text)).diagnostics if d.code.id == "WRP201" and d.witness]
    pairs = {frozenset(s.removeprefix("route ") for s in d.subjects) for d in found}
    assert {d.severity for d in found} == {"warning"}
    assert frozenset(pair) in pairs
    assert all("only confidence and name decide" in d.message for d in found)


@pytest.mark.parametrize("text", [*PRIVATE, *AGENTS], indirect=True)
def test_every_finding_is_in_the_file(text: str) -> None:
    found: tuple[Diagnostic, ...] = importer("vllm-sr").read(Source("config.yaml", text)).diagnostics
    assert {d.severity for d in found} <= {"info", "warning"}
    lines = text.splitlines()
    for d in found:
        assert d.span.end_line == d.span.line <= len(lines)
        assert d.span.text
