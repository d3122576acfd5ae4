"""What the router or its command line makes of a file, told at its line: refused, done otherwise, or done by itself."""

from __future__ import annotations

import pytest

import wrpc.api
from wrpc.diagnostics import Diagnostic
from wrpc.importers import foreign, importer
from wrpc.source import Source

FILE = """\
version: v0.3
listeners: [{name: http, address: 0.0.0.0, port: 8888}]
providers:
  defaults: {model: small}
  models:
    - {name: small, backend_refs: [{name: a, endpoint: "10.0.0.1:8000"}]}
    - {name: think, reasoning: {family: qwen3}, backend_refs: [{name: b, endpoint: "10.0.0.2:8000"}]}
routing:
  modelCards: [{name: small}, {name: think}]
  signals:
    keywords: [{name: code, operator: OR, keywords: [python]}, {name: law, operator: OR, keywords: [contract]}]
    jailbreak: [{name: attack, threshold: 0.8}]
  decisions:
    - name: first
      priority: 10
      rules: {operator: AND, conditions: [{type: keyword, name: code}, {type: jailbreak, name: attack}]}
      modelRefs: [{model: small}]
    - name: second
      priority: 5
      rules: {type: keyword, name: law}
      modelRefs: [{model: think, use_reasoning: true}]
"""
RULES = "rules: {type: keyword, name: law}"
BOTH = "rules: {operator: AND, conditions: [{type: keyword, name: code}, {type: jailbreak, name: attack}]}"
ATTACK = "jailbreak: ["
PII = "pii: [{name: p, threshold: 0.8, pii_types_allowed: [EMAL]}]"
SECOND = "modelRefs: [{model: think, use_reasoning: true}]"


def found(text: str, release: str | None = None) -> list[Diagnostic]:
    return [
        d for d in importer("vllm-sr").read(Source("config.yaml", text), release).diagnostics if d.code.id != "WRP851"
    ]


def checked(text: str) -> set[tuple[str, str]]:
    """The code and severity of everything that `check --from` tells."""
    whole = foreign.read(Source("config.yaml", text), "vllm-sr")
    policies = [d for each in foreign.examined(whole, wrpc.api.check) for d in each.findings.diagnostics]
    every = [*whole.findings.diagnostics, *policies]
    return {(d.code.id, d.severity) for d in every if d.severity != "info"}


def test_the_file_is_silent() -> None:
    assert found(FILE, "0.4") == []
    assert checked(FILE) == set()


@pytest.mark.parametrize(
    ("old", "new", "code", "severity", "said"),
    [
        ("operator: AND, conditions", "conditions", "WRP282", "warning", "the router reads AND"),
        (RULES, "rules: {type: domain, name: law}", "WRP283", "info", "`law` is the router's own"),
        (RULES, "rules: {type: domain, name: legal}", "WRP151", "error", "no domain signal is called `legal`"),
        ("modelRefs: [{model: small}]", "modelRefs: []", "WRP351", "warning", "the default model `small` answers"),
        ("      modelRefs: [{model: small}]\n", "", "WRP351", "warning", "the default model `small` answers"),
        ("[{model: small}]", "[{model: small, use_reasoning: true}]", "WRP281", "warning", "changes nothing"),
        ("[{model: small}]", "[{model: small, reasoning_effort: hihg}]", "WRP281", "warning", "reaches the model"),
        ("use_reasoning: true", "use_reasoning: false, reasoning_effort: high", "WRP280", "error", "reasoning is off"),
        ("family: qwen3", "family: qwen33", "WRP151", "error", "no reasoning family"),
        (SECOND, f"{SECOND}\n      algorithm: {{type: static, hybrid: {{}}}}", "WRP280", "error", "called `hybrid`"),
        ('{name: a, endpoint: "10.0.0.1:8000"}', "{name: a}", "WRP157", "error", "neither an `endpoint`"),
        ("operator: OR, keywords: [python]", "keywords: [python]", "WRP157", "error", "`operator` is missing"),
        (ATTACK, "embeddings: [{name: e, threshold: 0.7}]\n    jailbreak: [", "WRP284", "error", "`candidates`"),
        (ATTACK, "domains: [{name: law}]\n    jailbreak: [", "WRP157", "error", "`description` is missing"),
        ("{model: small}]", "{model: small, lora_name: x}]", "WRP151", "error", "declares no LoRA `x`"),
        (RULES, "rules: {type: keyword, name: law, on_error: match}", "WRP159", "error", "takes no `on_error`"),
        (ATTACK, f"{PII}\n    {ATTACK}", "WRP281", "warning", "no type of PII"),
        ("keywords: [contract]", "keywords: [no]", "WRP152", "error", "where text is expected"),
        ("defaults: {model: small}", "defaults: {model: small, default_model: small}", "WRP158", "error", "refuses it"),
    ],
)  # fmt: skip
def test_it_is_told(old: str, new: str, code: str, severity: str, said: str) -> None:
    assert old in FILE
    text = FILE.replace(old, new, 1)
    told = [d for d in found(text, "0.4") if d.code.id == code and said in d.message]
    assert [d.severity for d in told] == [severity]
    assert abs(told[0].span.line - (FILE[: FILE.index(old)].count("\n") + 1)) <= 3


def test_a_family_that_always_reasons() -> None:
    always = "reasoning: {type: top_level_reasoning_effort, parameter: effort, levels: [low, high]}"
    text = FILE.replace("reasoning: {family: qwen3}", always).replace("use_reasoning: true", "use_reasoning: false")
    assert [(d.code.id, d.severity) for d in found(text, "0.4")] == [("WRP280", "error")]


@pytest.mark.parametrize(
    "rules",
    [
        "{on_error: match}",
        "{operator: AND, conditions: [{name: code}]}",
        "{operator: NOT, conditions: [{type: keyword, name: code}, {type: keyword, name: law}]}",
        "{type: keyword, name: code, operator: OR, conditions: [{type: keyword, name: code}]}",
        "{operator: AND, conditions: [{type: keyword, name: code}, {conditions: [{type: keyword, name: law}]}]}",
        "{type: keyword, name: nobody}",
        "{operator: OR, conditions: []}",
    ],
)
def test_what_cannot_be_read_never_holds_and_nothing_follows(rules: str) -> None:
    text = FILE.replace(BOTH, f"rules: {rules}")
    codes = checked(text)
    assert {code for code, severity in codes if severity == "error"} <= {"WRP151", "WRP157", "WRP159"}
    assert not {code for code, _ in codes} & {"WRP201", "WRP202", "WRP203", "WRP204", "WRP254", "WRP302"}


def test_a_broken_part_of_an_or_leaves_the_others() -> None:
    broken = "rules: {operator: OR, conditions: [{type: keyword, name: law}, {name: code}]}"
    (policy,) = importer("vllm-sr").read(Source("config.yaml", FILE.replace(RULES, broken))).policies
    assert any("second" in str(d) for d in policy.tree.declarations)


def test_nothing_follows_from_a_broken_condition() -> None:
    two = "rules: {operator: NOT, conditions: [{type: keyword, name: code}, {type: keyword, name: law}]}"
    whole = foreign.read(Source("config.yaml", FILE.replace(BOTH, two).replace(RULES, two)), "vllm-sr")
    policies = [d for each in foreign.examined(whole, wrpc.api.check) for d in each.findings.diagnostics]
    unread = {d.message for d in policies if d.code.id == "WRP901"}
    assert unread == {"nothing reads the signal `attack`"}


# ── Releases ──────────────────────────────────────────────────────────────

OLDER = FILE.replace("{model: small}\n", "{default_model: small}\n").replace("reasoning: {family: qwen3}, ", "")


def test_a_file_is_read_as_the_newest_release_of_its_keys() -> None:
    assert importer("vllm-sr").read(Source("config.yaml", FILE)).release == "0.4"
    older = importer("vllm-sr").read(Source("config.yaml", OLDER))
    assert older.release == "0.3"
    assert [d.message for d in older.diagnostics if d.severity == "error"] == []
    (note,) = [d for d in older.diagnostics if d.code.id == "WRP058"]
    assert "0.3" in note.message


def test_the_stated_release_refuses_what_it_does_not_know() -> None:
    assert {(d.code.id, d.severity) for d in found(OLDER, "0.4")} >= {("WRP158", "error")}
    assert [d.code.id for d in found(FILE, "0.3") if d.severity == "error"] != []
    with pytest.raises(KeyError):
        found(FILE, "0.2")


THREE = """\
version: v0.3
providers:
  defaults: {default_model: small}
  models: [{name: small, backend_refs: [{endpoint: "10.0.0.1:8000"}]}]
routing:
  modelCards: [{name: small}]
  signals:
    keywords: [{name: code, operator: OR, keywords: [python]}]
    context: [{name: long, min_tokens: 8K, max_tokens: 64K}]
  decisions:
    - name: first
      description: Code.
      priority: 10
      rules: {operator: AND, conditions: [{type: keyword, name: code}, {type: context, name: long}]}
      modelRefs: [{model: small, use_reasoning: false}]
"""


def test_a_file_of_0_3_is_silent() -> None:
    assert [d.message for d in found(THREE, "0.3") if d.severity != "info"] == []


@pytest.mark.parametrize(
    ("there", "instead", "line", "code"),
    [
        ("      description: Code.\n", "", 11, "WRP157"),
        ("priority: 10", "priority: soon", 13, "WRP152"),
        ("min_tokens: 8K", "min_tokens: 8000", 9, "WRP152"),
        ("{default_model: small}", "{model: small}", 3, "WRP157"),
        ("{default_model: small}", "{default_model: big}", 3, "WRP151"),
        ("modelCards: [{name: small}]", "modelCards: []", 4, "WRP151"),
        ("modelCards:", "models:", 6, "WRP158"),
        ("{name: small, backend_refs", "{name: small, access_key: k, backend_refs", 4, "WRP158"),
        ("{name: small, backend_refs", "{name: small, reasoning_family: qwen3, backend_refs", 4, "WRP151"),
        ("{type: context, name: long}", "{type: context, name: lung}", 14, "WRP151"),
        ("{type: context, name: long}", "{type: latency, name: long}", 14, "WRP157"),
        ("{type: context, name: long}", "{operator: XOR, conditions: [{type: context, name: long}]}", 14, "WRP156"),
        ("use_reasoning: false", "lora_name: law", 15, "WRP151"),
        ("      priority: 10\n", "      priority: 10\n      algorithm: {type: fusion}\n", 14, "WRP151"),
        ("      priority: 10\n", "      priority: 10\n      algorithm: {type: elo, hybrid: {}}\n", 14, "WRP280"),
        ("      priority: 10\n", "      priority: 10\n      algorithm: {type: latency_aware}\n", 14, "WRP157"),
        ("version: v0.3\n", "version: v0.3\nrecipes: []\n", 2, "WRP150"),
    ],
)
def test_0_3_refuses(there: str, instead: str, line: int, code: str) -> None:
    assert THREE.count(there) == 1
    told = [d for d in found(THREE.replace(there, instead), "0.3") if d.severity == "error"]
    assert (code, line) in {(d.code.id, d.span.line) for d in told}, [(d.code.id, d.span.line, d.message) for d in told]


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("priority: 10", 'priority: "10"'),
        ("use_reasoning: false", 'use_reasoning: "no"'),
        ("use_reasoning: false", "use_reasoning: false, later_key: 1"),
        ("keywords: [python]", "keywords: [python], later_key: 1"),
    ],
)
def test_0_3_takes_what_its_models_take(there: str, instead: str) -> None:
    assert THREE.count(there) == 1
    assert [d.message for d in found(THREE.replace(there, instead), "0.3") if d.severity == "error"] == []


def resolved(text: str, release: str) -> list[str]:
    from wrpc.syntax.format import format_file

    (policy,) = importer("vllm-sr").read(Source("config.yaml", text), release).policies
    lines = format_file(policy.tree).splitlines()
    return [line.strip() for line in lines if line.strip().startswith("resolve")]


def test_releases_rank_as_they_do() -> None:
    tiered = FILE.replace("priority: 10", "priority: 10\n      tier: 1").replace(
        "priority: 5", "priority: 5\n      tier: 1"
    )
    assert resolved(FILE, "0.4") == resolved(FILE, "0.3") == ["resolve [priority, confidence, name]"]
    assert resolved(tiered, "0.4") == ["resolve [priority, confidence, name]"]
    assert resolved(tiered, "0.3") == ["resolve [confidence, priority, name]"]
    assert [d.code.id for d in found(tiered, "0.3") if d.code.id == "WRP285"] == ["WRP285"]
    assert [d.code.id for d in found(tiered, "0.4") if d.code.id == "WRP285"] == []


def test_a_catch_all_of_high_priority_goes_first_before_0_4() -> None:
    from wrpc.policy.load import from_tree

    everything = "    - {name: all, priority: 99, modelRefs: [{model: small}]}\n"
    text = FILE.replace("  decisions:\n", f"  decisions:\n{everything}")
    said = {}
    for release in ("0.3", "0.4"):
        (made,) = importer("vllm-sr").read(Source("config.yaml", text), release).policies
        policy, _ = from_tree(made.tree)
        assert policy is not None
        said[release] = wrpc.api.decide(policy, {"law": True}).route
    assert said == {"0.3": "all", "0.4": "second"}


def test_models_by_assignment_are_named() -> None:
    text = FILE + "entrypoints: [{recipe: default, model_names: [x/y], assignments: {a: [small]}}]\n"
    (named,) = [d for d in found(text) if "assignments" in d.message]
    assert (named.code.id, named.severity) == ("WRP150", "warning")
    assert [d.severity for d in found(text, "0.4") if "assignments" in d.message] == ["error"]


def test_the_operators_rating_is_the_quality_of_a_model() -> None:
    from wrpc.syntax.format import format_file

    record = "{model: small, benchmark: vllm-sr/operator-rating@1.0.0, metrics: {score: 0.78}}"
    text = f"{FILE}evaluation: {{records: [{record}]}}\n"
    (policy,) = importer("vllm-sr").read(Source("config.yaml", text), "0.4").policies
    assert "quality 0.78" in format_file(policy.tree)
