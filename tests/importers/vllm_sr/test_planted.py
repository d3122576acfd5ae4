"""Faults planted one at a time in a real recipe: each is noticed, by the import or by the check of what it made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

import wrpc.api
from wrpc.diagnostics import Diagnostic
from wrpc.importers import importer
from wrpc.policy.load import from_text
from wrpc.source import Source
from wrpc.syntax.format import format_file

NO_PII_IN_THE_CLOUD = """
assert no_pii_in_the_cloud { never destination.pool == `cloud/frontier-reasoning` when pii_strict }
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """`edits` are replacements of the first place; the code is expected, and `severity` at least is a finding's."""

    name: str
    code: str
    edits: tuple[tuple[str, str], ...]
    claims: str = ""


def fault(name: str, code: str, *edits: tuple[str, str], claims: str = "") -> Fault:
    return Fault(name, code, edits, claims)


def drop(text: str) -> tuple[str, str]:
    return text, ""


PII = "      - name: pii_strict\n        threshold: 0.85\n"
STANDARD = "    - name: local_standard\n"
STANDARD_RULES = """\
      priority: 100
      tier: 4
      rules:
        operator: AND
        conditions:
          - type: projection
            name: policy_local_reasoning
          - type: projection
            name: policy_privacy_cloud_allowed
          - type: projection
            name: policy_security_standard
"""
LOCAL_ACTION = """\
      modelRefs:
        - model: local/private-qwen
          use_reasoning: true
          reasoning_effort: medium
      plugins:
        - type: tools
          configuration:
            enabled: true
            mode: passthrough
        - type: router_replay
          configuration:
            enabled: true
            max_records: 50000
            max_body_bytes: 2048
"""
SECURITY_RULES = """\
      priority: 300
      tier: 1
      rules:
        operator: AND
        conditions:
          - type: projection
            name: policy_security_local_only
"""
PRIVACY_RULES = """\
      priority: 250
      tier: 2
      rules:
        operator: AND
        conditions:
          - operator: OR
            conditions:
              - type: projection
                name: policy_privacy_local_only
              - type: projection
                name: privacy_override_active
          - operator: NOT
            conditions:
              - type: projection
                name: policy_security_local_only
"""
NOT_SECURITY = """\
          - operator: NOT
            conditions:
              - type: projection
                name: policy_security_local_only
"""
CLOUD_RULES = """\
      priority: 200
      tier: 3
      rules:
        operator: AND
        conditions:
          - type: projection
            name: policy_frontier_reasoning
          - type: projection
            name: policy_privacy_cloud_allowed
          - type: projection
            name: policy_security_standard
          - operator: NOT
            conditions:
              - type: projection
                name: privacy_override_active
"""
CLOUD_REF = (
    "        - model: cloud/frontier-reasoning\n          use_reasoning: true\n          reasoning_effort: high\n"
)
PII_INPUT = "          - type: pii\n            name: pii_strict\n            weight: 0.92\n"
SECURITY_BAND = "          - name: policy_security_standard\n            lt: 0.35\n"
OVERRIDE_OUT = "          - name: privacy_override_active\n            gte: 0.55\n"


def rules(*names: str, operator: str = "AND", priority: int = 100, tier: int = 4) -> str:
    conditions = "".join(f"          - type: projection\n            name: {n}\n" for n in names)
    head = f"      priority: {priority}\n      tier: {tier}\n"
    return f"{head}      rules:\n        operator: {operator}\n        conditions:\n{conditions}"


def keywords(*names: str, priority: int, tier: int) -> str:
    text = rules(*names, operator="OR", priority=priority, tier=tier)
    return text.replace("type: projection", "type: keyword")


FAULTS = [
    # ── Unreadable ──
    fault("truncated", "WRP050", ("        operator: OR\n        keywords:\n", "        operator: 'OR\n")),
    fault("a tab as indentation", "WRP050", ("    keywords:\n", "\t\tkeywords:\n")),
    fault("a key twice", "WRP051", (PII, PII + "        threshold: 0.1\n")),
    fault("a section twice", "WRP051", ("    pii:\n", "    context: []\n    pii:\n")),
    fault("an alias of nothing", "WRP052", ("threshold: 0.79", "threshold: *strict")),
    fault("a number as key", "WRP053", ("        description: Detect", "        7: Detect")),
    fault("a second document", "WRP054", ("  decisions:\n", "---\n  decisions:\n")),
    fault("no routing", "WRP057", ("\nrouting:\n", "\nroutes:\n")),
    # ── Names, types, values ──
    fault("a misspelt threshold", "WRP150", (PII, PII.replace("threshold", "treshold"))),
    fault("a misspelt section", "WRP150", ("listeners:", "listners:")),
    fault("a misspelt priority", "WRP150", ("      priority: 300\n", "      prioriy: 300\n")),
    fault("a misspelt plugin setting", "WRP150", ("allow_tools:", "alow_tools:")),
    fault("a key of nobody", "WRP150", (PII, PII + "        sensitivity: high\n")),
    fault(
        "a condition on a lost output",
        "WRP151",
        ("            name: policy_local_reasoning\n", "            name: policy_lokal\n"),
    ),
    fault(
        "a score of a lost signal",
        "WRP151",
        ("            name: exfiltration_markers\n", "            name: exfiltration\n"),
    ),
    fault("a lost model", "WRP151", (CLOUD_REF, CLOUD_REF.replace("frontier", "frontrunner"))),
    fault("a lost default", "WRP151", ("default_model: local/private-qwen", "default_model: local/qwen")),
    fault("a mapping of a lost score", "WRP151", ("source: reasoning_pressure", "source: reasoning_presure")),
    fault(
        "a card without provider",
        "WRP151",
        ("    - name: cloud/frontier-reasoning\n      provider", "    - name: cloud/f\n      provider"),
    ),
    fault("a threshold in words", "WRP152", (PII, PII.replace("0.85", "high"))),
    fault(
        "a list that is a word",
        "WRP152",
        (
            "            keywords:\n              - ignore\n",
            "            keywords: ignore\n            sequences:\n              - [ignore]\n",
        ),
    ),
    fault("a priority in words", "WRP152", ("priority: 300", "priority: highest")),
    fault("tokens of no size", "WRP152", ("min_tokens: 8K", "min_tokens: 8X")),
    fault("a threshold above 1", "WRP153", (PII, PII.replace("0.85", "85"))),
    fault("a threshold below 0", "WRP153", (PII, PII.replace("0.85", "-0.85"))),
    fault("a negative tier", "WRP153", ("tier: 1\n", "tier: -1\n")),
    fault("a negative price", "WRP153", ("prompt_per_1m: 1.80", "prompt_per_1m: -1.80")),
    fault("a negative model weight", "WRP153", (CLOUD_REF, CLOUD_REF + "          weight: -1\n")),
    fault("a negative backend weight", "WRP153", ("          weight: 1\n", "          weight: -1\n")),
    fault("a negative slope", "WRP153", ("slope: 10.0", "slope: -10.0")),
    fault("one signal twice", "WRP154", ("      - name: private_code_markers\n", "      - name: local_only_markers\n")),
    fault("one decision twice", "WRP154", ("    - name: local_standard\n", "    - name: local_privacy_policy\n")),
    fault(
        "one output twice",
        "WRP154",
        ("          - name: policy_local_reasoning\n", "          - name: policy_security_standard\n"),
    ),
    fault("one card twice", "WRP154", ("  modelCards:\n", "  modelCards:\n    - name: local/private-qwen\n")),
    fault("a pattern that does not compile", "WRP155", ("pattern: '[?？]'", "pattern: '[?？'")),
    fault("a pattern that looks ahead", "WRP155", ("pattern: '[?？]'", "pattern: 'why(?=[?？])'")),
    fault("an operator of nobody", "WRP156", ("        operator: AND\n", "        operator: XAND\n")),
    fault("a keyword operator of nobody", "WRP156", ("        operator: OR\n", "        operator: ANY\n")),
    fault("a kind of signal of nobody", "WRP156", ("          - type: jailbreak\n", "          - type: jailbrake\n")),
    fault("a plugin of nobody", "WRP156", ("        - type: router_replay\n", "        - type: router_reply\n")),
    fault("a value source of nobody", "WRP156", ("value_source: confidence", "value_source: certainty")),
    fault("a version of nobody", "WRP156", ("version: v0.3", "version: v0.9")),
    fault("no threshold", "WRP157", (PII, "      - name: pii_strict\n")),
    fault(
        "no operator", "WRP157", ("          - operator: OR\n            conditions:\n", "          - conditions:\n")
    ),
    fault("a NOT over two", "WRP159", ("          - operator: OR\n", "          - operator: NOT\n")),
    fault(
        "an AND over nothing",
        "WRP159",
        (
            NOT_SECURITY,
            "          - operator: AND\n            conditions: []\n",
        ),
    ),
    fault(
        "on_unknown inside a rule",
        "WRP159",
        ("          - operator: OR\n", "          - operator: OR\n            on_unknown: match\n"),
    ),
    fault(
        "a score of itself",
        "WRP160",
        (
            PII_INPUT,
            "          - type: projection\n            name: privacy_risk_score\n            weight: 1\n" + PII_INPUT,
        ),
    ),
    # ── Bands ──
    fault("a gap", "WRP250", (SECURITY_BAND, SECURITY_BAND.replace("0.35", "0.30"))),
    fault("an overlap", "WRP251", (SECURITY_BAND, SECURITY_BAND.replace("0.35", "0.40"))),
    fault("an output beyond the score", "WRP252", (OVERRIDE_OUT, OVERRIDE_OUT.replace("0.55", "2"))),
    fault("an output that is taken before", "WRP252", (SECURITY_BAND, SECURITY_BAND.replace("lt: 0.35", "lt: 9"))),
    fault("a context upside down", "WRP253", ("max_tokens: 256K", "max_tokens: 2K")),
    fault("a predicate upside down", "WRP253", ("          gte: 4.0\n", "          gte: 4.0\n          lt: 2.0\n")),
    fault("a lost tier", "WRP255", ("      priority: 200\n      tier: 3\n", "      priority: 200\n")),
    # ── Decisions ──
    fault("two decisions with one rule", "WRP254", (STANDARD_RULES, CLOUD_RULES.replace("tier: 3", "tier: 4"))),
    fault("a score that lost its signal", "WRP350", drop(PII_INPUT)),
    fault("a decision that lost its model", "WRP351", ("      modelRefs:\n" + CLOUD_REF, "")),
    fault(
        "no request satisfies it",
        "WRP203",
        (STANDARD_RULES, rules("policy_security_standard", "policy_security_local_only")),
    ),
    fault(
        "one decision leaves it nothing",
        "WRP202",
        (STANDARD_RULES, rules("policy_security_local_only", "policy_local_reasoning")),
    ),
    fault(
        "several leave it nothing",
        "WRP202",
        (SECURITY_RULES, keywords("prompt_injection_markers", priority=300, tier=1)),
        (PRIVACY_RULES, keywords("local_only_markers", priority=250, tier=2)),
        (STANDARD_RULES, keywords("prompt_injection_markers", "local_only_markers", priority=100, tier=4)),
    ),
    fault("a decision that lost its rules", "WRP202", (PRIVACY_RULES, "      priority: 250\n      tier: 2\n")),
    fault("two of one precedence", "WRP201", (PRIVACY_RULES, rules("policy_privacy_local_only", priority=300, tier=1))),
    fault(
        "a decision that nothing would miss",
        "WRP204",
        (STANDARD_RULES + LOCAL_ACTION, STANDARD_RULES + LOCAL_ACTION.partition("          use_")[0]),
    ),
    fault(
        "a model that nothing reaches",
        "WRP302",
        (CLOUD_REF, CLOUD_REF.replace("cloud/frontier-reasoning", "local/private-qwen")),
    ),
    fault(
        "requests that nothing takes",
        "WRP301",
        drop("    default_model: local/private-qwen\n"),
        (STANDARD_RULES, rules("policy_local_reasoning", "privacy_override_active")),
    ),
    fault(
        "PII to the cloud",
        "WRP401",
        (
            PRIVACY_RULES + "      modelRefs:\n        - model: local/private-qwen\n",
            PRIVACY_RULES + "      modelRefs:\n        - model: cloud/frontier-reasoning\n",
        ),
        claims=NO_PII_IN_THE_CLOUD,
    ),
    fault(
        "a route to the cloud that lost its guard",
        "WRP401",
        (CLOUD_RULES, rules("policy_frontier_reasoning", priority=200, tier=1)),
        claims=NO_PII_IN_THE_CLOUD,
    ),
]


@pytest.fixture(scope="module")
def recipe() -> str:
    return (Path(__file__).parent / "recipes" / "clinic.yaml").read_text(encoding="utf-8")


def found(text: str, claims: str = "") -> list[Diagnostic]:
    """What the import and then the check have to say."""
    imported = importer("vllm-sr").read(Source("privacy.yaml", text))
    diagnostics = [*imported.diagnostics]
    for policy in imported.policies:
        resolved, findings = from_text(format_file(policy.tree) + claims)
        diagnostics += findings.diagnostics
        if resolved is not None:
            diagnostics += wrpc.api.check(resolved).diagnostics
    return diagnostics


@pytest.fixture(scope="module")
def before(recipe: str) -> set[tuple[str, str]]:
    """What the recipe gives as it is, so that only what a fault adds counts."""
    return {(d.code.id, d.message) for d in found(recipe, NO_PII_IN_THE_CLOUD)}


def test_there_are_enough() -> None:
    assert len({f.name for f in FAULTS}) == len(FAULTS) >= 40


def test_the_original_has_no_error(recipe: str) -> None:
    assert [d.message for d in found(recipe, NO_PII_IN_THE_CLOUD) if d.severity == "error"] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: re.sub(r"\W+", "-", f.name))
def test_it_is_noticed(fault: Fault, recipe: str, before: set[tuple[str, str]]) -> None:
    text = recipe
    for old, new in fault.edits:
        assert old in text, "the recipe has changed"
        text = text.replace(old, new, 1)
    codes = [d.code.id for d in found(text, fault.claims) if (d.code.id, d.message) not in before]
    assert fault.code in codes
