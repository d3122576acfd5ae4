"""Budgets and limits of deployments: words where they mean the same, else labels and a note; and nothing in silence.

The words were tried with the program itself (1.106.2): who is over its budget, or over an enforced limit, fails as any
failure does, so that the group's fallback answers, and without one the request fails.
"""

from __future__ import annotations

import copy
from fractions import Fraction
from typing import Any

import pytest
import yaml

from wrpc.importers import importer
from wrpc.importers.litellm.facts import DEFAULT, facts
from wrpc.policy.load import from_text
from wrpc.policy.model import Amount, Policy
from wrpc.source import Source
from wrpc.syntax.format import format_file

SPENT = {"max_budget": 10, "budget_duration": "1d"}
BASE: dict[str, Any] = {
    "model_list": [
        {"model_name": "chat", "litellm_params": {"model": "openai/gpt-4o", "api_key": "os.environ/K1"}},
        {"model_name": "spare", "litellm_params": {"model": "anthropic/claude-sonnet-4-5", "api_key": "os.environ/K2"}},
    ],
    "router_settings": {"num_retries": 1},
    "litellm_settings": {"drop_params": True},
    "general_settings": {"master_key": "os.environ/MASTER_KEY"},
}
Said = list[tuple[str, str, str]]


def imported(content: dict[str, Any]) -> tuple[Policy, str, Said]:
    found = importer("litellm").read(Source("gateway.yaml", yaml.safe_dump(content, sort_keys=False)))
    (made,) = found.policies
    text = format_file(made.tree)
    policy, findings = from_text(text)
    assert policy is not None, findings.diagnostics
    return policy, text, [(d.severity, d.code.id, d.message) for d in found.diagnostics]


def gateway(chat: dict[str, Any] | None = None, router: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    content = copy.deepcopy(BASE) | copy.deepcopy(more)
    content["model_list"][0]["litellm_params"] |= chat or {}
    content["router_settings"] |= router or {}
    return content


def route(text: str) -> str:
    start = text.index("route chat {")
    return " ".join(text[start : text.index("\n}", start)].split())


def test_a_budget_of_the_one_deployment_of_a_route() -> None:
    policy, text, said = imported(gateway(SPENT))
    assert " budget 10USD/d " in route(text)
    (budget,) = policy.routes["chat"].action.budgets
    assert (budget.of, budget.per, budget.then) == ("USD", None, ())
    assert (budget.amount, budget.period) == (Fraction(10), Fraction(86400))
    assert not {"max_budget", "budget_duration"} & {*policy.pools["chat"].labels}
    assert not [m for _, _, m in said if "max_budget" in m]


def test_the_fallback_answers_in_its_place() -> None:
    """The group is called as its model is: else that name leads to the deployment as well, without a fallback."""
    named = copy.deepcopy(BASE["model_list"])
    named[0]["model_name"] = "openai/gpt-4o"
    policy, text, _ = imported(gateway(SPENT, {"fallbacks": [{"openai/gpt-4o": ["spare"]}]}, model_list=named))
    assert "budget 10USD/d then spare" in text
    (step,) = policy.routes["openai/gpt-4o"].action.budgets[0].then
    assert (step.kind, step.value, step.at) == ("pool", "spare", Fraction(1))


@pytest.mark.parametrize("written", ["1d", "24h", "86400s", "1440m"])
def test_one_time_in_several_spellings(written: str) -> None:
    assert " budget 10USD/d" in route(imported(gateway(SPENT | {"budget_duration": written}))[1])


def test_limits_that_are_enforced() -> None:
    rates = {"rpm": 60, "tpm": 20_000}
    for router in (
        {"routing_strategy": "usage-based-routing-v2"},
        {"optional_pre_call_checks": ["enforce_model_rate_limits"]},
    ):
        policy, text, _ = imported(gateway(rates, router))
        assert " limit 60/min budget 20000/min " in route(text)
        assert [(b.of, b.amount, b.period) for b in policy.routes["chat"].action.budgets] == [
            ("requests", Fraction(60), Fraction(60)), ("tokens", Fraction(20_000), Fraction(60))
        ]  # fmt: skip
        assert not {"rpm", "tpm"} & {*policy.pools["chat"].labels}
    # Else they are shares of the traffic, and no more.
    policy, text, _ = imported(gateway(rates))
    assert policy.routes["chat"].action.budgets == ()
    assert policy.pools["chat"].labels["rpm"] == Amount(Fraction(60), "")


OTHER = {"model_name": "chat", "litellm_params": {"model": "openai/gpt-4.1", "api_key": "os.environ/K3"}}


@pytest.mark.parametrize(
    "content",
    [
        # Others of the group answer.
        gateway(SPENT, model_list=[BASE["model_list"][0], OTHER, BASE["model_list"][1]]),
        # It answers for another group, too; and by its own name without the fallback.
        gateway(SPENT, {"fallbacks": [{"chat": ["spare"]}]}),
        gateway(SPENT, {"fallbacks": [{"spare": ["chat"]}]}),
        # Two are tried, one after the other; a step names one.
        gateway(
            SPENT,
            {"fallbacks": [{"chat": ["spare", "third"]}]},
            model_list=[*BASE["model_list"], {**OTHER, "model_name": "third"}],
        ),
    ],
    ids=["two in a group", "two names", "a fallback of another", "two fallbacks"],
)
def test_what_a_route_cannot_say_is_a_label_and_a_note(content: dict[str, Any]) -> None:
    policy, _, said = imported(content)
    assert not any(r.action.budgets for r in policy.answering)
    pool = next(p for p in policy.pools.values() if "max_budget" in p.labels)
    assert (pool.labels["max_budget"], pool.labels["budget_duration"]) == (Amount(Fraction(10), ""), "1d")
    assert [c for s, c, m in said if "`max_budget` of `litellm_params` as a budget" in m] == ["WRP851"]


def test_a_month_and_a_week_are_no_times_of_the_language() -> None:
    for written in ("1mo", "30d", "1w"):
        policy, text, _ = imported(gateway(SPENT | {"budget_duration": written}))
        assert "USD/" not in route(text)
        assert policy.pools["chat"].labels["budget_duration"] == written


def test_budgets_over_all_routes_are_told_by_name() -> None:
    content = gateway()
    content["litellm_settings"] |= {"max_budget": 500, "budget_duration": "30d", "max_end_user_budget": 2}
    content["router_settings"]["provider_budget_config"] = {"openai": {"budget_limit": 9, "time_period": "1d"}}
    said = imported(content)[2]
    told = [m for s, c, m in said if c == "WRP851" and "budget" in m.partition("(")[0]]
    assert [m.partition(" (")[0] for m in told] == [
        "not imported: `provider_budget_config`",
        "not imported: `max_budget`, `budget_duration` and `max_end_user_budget` of `litellm_settings`",
    ]


@pytest.mark.parametrize(
    ("provider", "api"),
    [("openai/gpt-4o", "openai"), ("anthropic/claude-sonnet-4-5", "anthropic"), ("azure/gpt-4o", "azure"),
     ("bedrock/anthropic.claude-3-haiku-20240307-v1:0", "bedrock"), ("gemini/gemini-2.5-pro", "gemini"),
     ("vertex_ai/gemini-2.5-pro", "vertex"), ("hosted_vllm/qwen", "openai"), ("groq/llama-3.1-8b-instant", None)],
)  # fmt: skip
def test_the_api_of_a_provider(provider: str, api: str | None) -> None:
    assert imported(gateway({"model": provider}))[0].pools["chat"].api == api


# ── Nothing in silence ────────────────────────────────────────────────────

VALUES = (True, 3, 0.5, "word", ["word"], {"word": "word"}, [{"word": "word"}], {"word": {"word": 1}})
# They are what the base has already, or say what holds without them.
THERE = {
    "": {"model_list", "router_settings", "litellm_settings", "general_settings"},
    "router_settings": {"num_retries", "max_fallbacks", "enable_weighted_failover"},
    "litellm_settings": {"drop_params", "max_fallbacks"},
    "general_settings": {"master_key"},
    "litellm_params": {"model", "api_key", "weight"},
    "model_info": set(),
}
# Values that the program takes for no value there: of another type, and ignored as such.
OTHERS = {
    "": {"include"},
    "litellm_params": {"base_url", "max_output_tokens", "num_retries", "order", "timeout"},
    "model_info": {"base_model", "id", "max_input_tokens", "max_output_tokens", "mode", "team_id"},
}


@pytest.mark.parametrize("section", list(THERE))
def test_every_key_is_in_the_policy_or_told(section: str) -> None:
    """Each key that the release knows, alone, with values of some shape: the policy or the findings change."""
    plain = imported(BASE)[1:]
    silent: dict[str, list[Any]] = {}
    keys = [k for k in facts(DEFAULT).known(section) if k not in THERE[section]]
    assert len(keys) > 5
    for at, key in enumerate(keys):
        # All shapes for those that a policy may hold, two for each of the rest.
        shapes = VALUES if key in OTHERS.get(section, ()) else (VALUES[at % 8], VALUES[(at + 3) % 8])
        for value in shapes:
            content = copy.deepcopy(BASE)
            place = content
            if section.endswith("_settings"):
                place = content[section]
            elif section:
                place = content["model_list"][0].setdefault(section, {})
            place[key] = value
            found = importer("litellm").read(Source("gateway.yaml", yaml.safe_dump(content, sort_keys=False)))
            told = [(d.severity, d.code.id, d.message) for d in found.diagnostics]
            if told == plain[1] and [format_file(p.tree) for p in found.policies] == [plain[0]]:
                silent.setdefault(key, []).append(value)
    others = OTHERS.get(section, set())
    assert {k: v for k, v in silent.items() if k not in others} == {}
    assert all(len(values) < len(VALUES) for values in silent.values()), silent
