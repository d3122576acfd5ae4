"""The router's own settings in the target's block: what a route names, what wins, and what is wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.compiling import compiled, content, said
from wrpc.diagnostics import Diagnostic

POLICY = """
signal code: bool {{ source keywords("def") }}
pool a {{ endpoint "a:1"  trust "own" }}
pool b {{ endpoint "b:1"  trust "cloud" }}
route r {{ when code  {clauses}  labels {{ settings s }} }}
default {{ to a }}
{more}
target vllm_sr {{ {block} }}
"""


def text(clauses: str, block: str, more: str = "") -> str:
    return POLICY.format(clauses=clauses, block=block, more=more)


def made(clauses: str, bundle: str, more: str = "") -> list[dict[str, Any]]:
    found = compiled(text(clauses, f"settings {{ s {{ {bundle} }} }}", more), "vllm-sr")
    assert [d.message for d in found.diagnostics if d.severity == "error"] == []
    decisions: list[dict[str, Any]] = content(found, "config.yaml")["routing"]["decisions"]
    return decisions


def faults(clauses: str, block: str) -> list[tuple[str, str, str]]:
    found: tuple[Diagnostic, ...] = compiled(text(clauses, block), "vllm-sr").diagnostics
    return [(d.code.id, d.severity, d.message) for d in found if d.severity != "info"]


def test_settings_stand_beside_what_the_route_says() -> None:
    (decision,) = made(
        "to a, b  select fusion  tools none",
        "algorithm { minimum_candidates 2  fusion { on_error skip } }"
        " plugins { tools { mode passthrough  strip_tool_history true }  memory { enabled false } }",
    )
    assert decision["algorithm"] == {"type": "fusion", "minimum_candidates": 2, "fusion": {"on_error": "skip"}}
    assert decision["plugins"] == [
        {"type": "tools", "configuration": {"enabled": True, "mode": "none", "strip_tool_history": True}},
        {"type": "memory", "configuration": {"enabled": False}},
    ]


def test_what_the_route_says_wins() -> None:
    (decision,) = made(
        "to a, b  select cost  cache { ttl 60s }  retain { ttl 3 }",
        "algorithm { type fusion  multi_factor { objective { priorities [{ factor load }] }  latency_metric tpot } }"
        " plugins { response_cache { enabled false  ttl_seconds 9  mode exact } }"
        " emits { retention { ttl_turns 9  drop true } }",
    )
    objective = {"strategy": "lexicographic", "priorities": [{"factor": "cost"}]}
    expected = {"type": "multi_factor", "multi_factor": {"objective": objective, "latency_metric": "tpot"}}
    assert decision["algorithm"] == expected
    cache = {"enabled": True, "scope": "global", "ttl_seconds": 60, "mode": "exact"}
    assert decision["plugins"] == [{"type": "response_cache", "configuration": cache}]
    assert decision["emits"] == [{"kind": "retention", "retention": {"ttl_turns": 3, "drop": True}}]


def test_what_an_algorithm_cannot_do_without_gives_way() -> None:
    (decision,) = made("to a, b  select latency_aware", "algorithm { latency_aware { tpot_percentile 50 } }")
    assert decision["algorithm"] == {"type": "latency_aware", "latency_aware": {"tpot_percentile": 50}}


def test_a_denial_keeps_its_plugins() -> None:
    (decision,) = made('deny "no"', "plugins { router_replay { enabled true } }")
    assert [p["type"] for p in decision["plugins"]] == ["fast_response", "router_replay"]


def test_each_decision_that_a_guard_makes_of_a_route_has_them() -> None:
    guard = 'signal far: bool { source keywords("x") }\nguard g { forbid destination.trust == "cloud" when far }'
    decisions = made("to a, b  select static", "adaptations { mode bypass }", guard)
    assert [d.get("adaptations") for d in decisions if d["name"].startswith("r")] == [{"mode": "bypass"}] * 2


def test_a_default_with_settings_is_a_decision() -> None:
    policy = """
pool a { endpoint "a:1" }
default { to a  labels { settings s } }
target vllm_sr { settings { s { plugins { memory {} } } } }
"""
    (decision,) = content(compiled(policy, "vllm-sr"), "config.yaml")["routing"]["decisions"]
    assert decision["plugins"] == [{"type": "memory", "configuration": {}}]


def test_values_are_what_they_look_like() -> None:
    (decision,) = made("to a", 'annotations { x [true, "true", null, "null", 8k, -0.5, word, { y {} }]  z env("Z") }')
    assert decision["annotations"] == {
        "x": [True, "true", None, "null", 8000, -0.5, "word", {"y": {}}],
        "z": "${Z}",
    }


def test_text_that_another_reader_takes_for_a_number() -> None:
    found = compiled(text("to a", 'settings { s { annotations { a "1e3"  b "0o17"  c "12" } } }'), "vllm-sr")
    written = found.artifacts[0].text
    assert all(f"{key}: '{value}'" in written for key, value in (("a", "1e3"), ("b", "0o17"), ("c", "12")))


@pytest.mark.parametrize(
    ("block", "code", "severity", "message"),
    [
        ("settings { t {} }", "WRP804", "error", "route `r` has the settings `s`, and `target vllm_sr` no such bundle"),
        ("settings { s {}  t {} }", "WRP803", "warning", "no route has the settings `t`"),
        ("settings { s 3 }", "WRP803", "error", "the settings `s` of `vllm-sr` are no block"),
        ("settings { s { plugin {} } }", "WRP803", "error", "the settings `s` of `vllm-sr` have no `plugin`"),
        ("settings { s { plugins [a] } }", "WRP803", "error", "`plugins` in the settings `s` of `vllm-sr` takes"),
        ("settings { s { annotations { a 5s } } }", "WRP803", "error", "`annotations` of `vllm-sr` has a number"),
        ("settings { s { annotations { a 1..2 } } }", "WRP803", "error", "`annotations` of `vllm-sr` has a call"),
        ("settings { s {} }  data_policy true", "WRP803", "error", "`data_policy` of `vllm-sr` takes a block"),
        ("settings { s { algorithm { on_error skip } } }", "WRP801", "warning", "`vllm-sr` does not carry the"),
    ],
)
def test_what_is_wrong_is_said(block: str, code: str, severity: str, message: str) -> None:
    assert any(c == code and s == severity and m.startswith(message) for c, s, m in faults("to a", block))


def test_a_misspelt_name_has_a_suggestion() -> None:
    found = compiled(text("to a", "settings { ss {} }"), "vllm-sr")
    assert [d.help for d in found.diagnostics if d.code.id == "WRP804"] == ["did you mean `ss`?"]
    assert said(found.diagnostics, "WRP805") == []


# ── Guards ────────────────────────────────────────────────────────────────

GUARD = 'guard g { sealed  forbid destination.trust == "cloud" when code }'


def test_a_setting_of_a_mirror_goes_with_the_mirror() -> None:
    bundle = "plugins { shadow_dispatch { timeout_seconds 5 } }"
    assert [p["type"] for p in made("to a  mirror b 5%", bundle)[0]["plugins"]] == ["shadow_dispatch"]
    assert all("plugins" not in d for d in made("to a  mirror b 5%", bundle, GUARD.replace(" when code", "")))


@pytest.mark.parametrize("clauses", ["to a", "to a  mirror b 5%", "to b  fallback a", "to b"])
@pytest.mark.parametrize(
    "bundle",
    ["plugins { shadow_dispatch { model b } }", "algorithm { type fusion  fusion { analysis_models [a, b] } }"],
)
def test_no_setting_sends_where_a_guard_forbids(clauses: str, bundle: str) -> None:
    found = compiled(text(clauses, f"settings {{ s {{ {bundle} }} }}", GUARD), "vllm-sr")
    assert "WRP813" in {d.code.id for d in found.diagnostics if d.severity == "error"}
    assert not found.artifacts
