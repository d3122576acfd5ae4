"""IntelligentPool and IntelligentRoute: the policy that they become, and each kind of fault at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.vllm_sr_facts import resources as script
from wrpc.diagnostics import Diagnostic
from wrpc.importers import foreign, importer
from wrpc.importers.importer import Imported
from wrpc.policy.load import from_tree
from wrpc.policy.model import Policy
from wrpc.source import Source

POOL = """\
apiVersion: vllm.ai/v1alpha1
kind: IntelligentPool
metadata: {name: models}
spec:
  defaultModel: small
  models:
    - name: small
      reasoningFamily: qwen3
      pricing: {inputTokenPrice: 0.000002, outputTokenPrice: 0.000004}
      loras: [{name: law}]
    - name: large
"""
ROUTE = """\
apiVersion: vllm.ai/v1alpha1
kind: IntelligentRoute
metadata: {name: office}
spec:
  signals:
    keywords: [{name: urgent, operator: OR, keywords: [now], caseSensitive: true}]
    domains: [{name: law, description: Law.}]
    contextRules: [{name: long, minTokens: "8K", maxTokens: "64K"}]
  decisions:
    - name: lawyers
      priority: 9
      signals: {operator: AND, conditions: [{type: domain, name: law}, {type: keyword, name: urgent}]}
      modelRefs: [{model: small, useReasoning: true, reasoningEffort: high}]
      plugins: [{type: semantic-cache, configuration: {enabled: true, similarity_threshold: 0.9}}]
    - name: lengthy
      signals: {operator: OR, conditions: [{type: context, name: long}]}
      modelRefs: [{model: large}]
"""


def read(text: str) -> Imported:
    return importer("vllm-sr").read(Source("office.yaml", text))


def policy(text: str) -> Policy:
    (made,) = read(text).policies
    assert made.name == "office"
    resolved, findings = from_tree(made.tree)
    assert resolved is not None, [d.message for d in findings.diagnostics]
    return resolved


def worth_reading(text: str) -> list[Diagnostic]:
    return [d for d in read(text).diagnostics if d.severity != "info"]


def test_they_become_a_policy() -> None:
    made = policy(f"{POOL}---\n{ROUTE}")
    assert worth_reading(f"{POOL}---\n{ROUTE}") == []
    assert [(name, route.priority) for name, route in made.routes.items()] == [("lawyers", 9), ("lengthy", 0)]
    assert list(made.pools) == ["small", "large"]
    assert made.default is not None
    assert set(made.signals) == {"urgent", "law", "tokens"}


def test_the_order_of_the_documents_is_free() -> None:
    assert policy(f"{ROUTE}---\n{POOL}").pools == policy(f"{POOL}---\n{ROUTE}").pools


def test_a_route_without_its_pool_names_models_of_elsewhere() -> None:
    (found,) = worth_reading(ROUTE)
    assert (found.code.id, found.severity) == ("WRP157", "warning")
    assert list(policy(ROUTE).pools) == ["small", "large"]


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (
            "useReasoning: true",
            "use_reasoning: true",
            "WRP150",
            "`use_reasoning` is not a key here, so the cluster drops it",
        ),
        ("model: large", "model: lage", "WRP151", "which is not declared"),
        ("name: urgent}]}", "name: urgnt}]}", "WRP151", "no keyword signal is called `urgnt`"),
        ("operator: OR, conditions", "operator: NOR, conditions", "WRP156", "`NOR` is not a value of `operator`"),
        ("priority: 9", "priority: 2000", "WRP153", "`priority` is 2000, outside 0 to 1000"),
        ("defaultModel: small", "defaultModel: tiny", "WRP151", "the default names the model `tiny`"),
        ("[{model: large}]", "[{model: large}, {model: small}]", "WRP284", "a route takes one"),
        ("inputTokenPrice: 0.000002", "inputTokenPrice: -1", "WRP153", "`inputTokenPrice` is -1, below 0"),
        ("operator: AND,", "", "WRP157", "`operator` is missing"),
        ('minTokens: "8K"', 'minTokens: "8X"', "WRP156", "`8X` is not a value of `minTokens`"),
    ],
)
def test_a_fault(old: str, new: str, code: str, said: str) -> None:
    text = f"{POOL}---\n{ROUTE}"
    assert old in text
    faulty = text.replace(old, new, 1)
    found = [d for d in worth_reading(faulty) if d.code.id == code and said in d.message]
    assert [d.span.line for d in found] == [text[: text.index(old)].count("\n") + 1]


def test_they_are_found_in_a_file_of_many_resources() -> None:
    other = "apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {}\n"
    faulty = ROUTE.replace("model: large", "model: lage")
    text = f"{other}---\n{POOL}---\n{other}---\n{faulty}"
    found = [d for d in foreign.read(Source("all.yaml", text)).findings.diagnostics if d.severity == "error"]
    assert [(d.code.id, d.span.text) for d in found] == [("WRP151", "lage")]


def test_the_shapes_are_the_definitions(shared: Path, root: Path) -> None:
    names = [f"vllm.ai_intelligent{kind}.yaml" for kind in ("pools", "routes")]
    made = script.text([shared / "schemas" / name for name in names])
    assert made == (root / "wrpc/importers/vllm_sr/releases/resources.json").read_text(encoding="utf-8")
