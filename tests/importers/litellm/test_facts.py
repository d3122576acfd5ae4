"""What is said of each release is whole, and answers as the program does where it was asked."""

from __future__ import annotations

import re

import pytest

from wrpc.importers.litellm.config import EFFECTS
from wrpc.importers.litellm.facts import DEFAULT, MAIN, RELEASES, SHOWN, Facts, facts
from wrpc.importers.litellm.types import expected

KINDS = {"bool", "int", "number", "text", "list", "map", "any", "[text]", "numeral", "flag"}


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Facts:
    return facts(request.param)


def test_the_releases_are_files_newest_first():
    assert RELEASES[:1] == (DEFAULT,)
    assert list(RELEASES) == sorted(RELEASES, key=lambda name: [int(part) for part in name.split(".")], reverse=True)


def test_a_release_that_is_not_there():
    with pytest.raises(KeyError):
        facts("0.0.1")


def test_every_type_is_a_word_of_the_grammar(release: Facts):
    for section, keys in release.sections.items():
        for key, kind in keys.items():
            assert set(kind.split("|")) <= KINDS, f"{release.release} {section}.{key}: {kind}"


@pytest.mark.parametrize("part", ["shapes", "filled", "effects", "inner", "words"])
def test_what_the_program_shows_is_of_keys_that_a_release_has(part: str):
    known = [facts(release) for release in RELEASES]
    for section, keys in SHOWN[part].items():
        for key in {*keys} - {"every"}:
            assert any(key in each.known(section) for each in known), f"{section}.{key}"


def test_what_the_program_shows_holds_together(release: Facts):
    """Types can be read, and effects, shapes and words are some."""
    values = {
        part: [value for keys in SHOWN[part].values() for value in keys.values()] for part in ("effects", "inner")
    }
    assert {*values["effects"]} <= EFFECTS.keys()
    assert {name.strip("{}") for name in values["inner"]} <= release.sections.keys()
    assert {name for keys in SHOWN["words"].values() for name in keys.values()} <= release.words.keys()
    for section, keys in SHOWN["shapes"].items():
        for key, type_ in keys.items():
            assert expected(type_) != "something else", f"{section}.{key}"


def test_what_the_program_shows_goes_before_what_it_declares(release: Facts):
    assert release.known("router_settings")["timeout"] == "number"
    assert release.taken("router_settings", "timeout") == "number(0,]|numeral"
    assert release.taken("router_settings", "fallbacks") == release.known("router_settings")["fallbacks"]


@pytest.mark.parametrize(
    "key", ["disable_auth", "enable_key_management", "num_retries", "allowed_fails", "cooldown_time"]
)
def test_what_people_believe_general_settings_to_have(release: Facts, key: str):
    assert key not in release.known("general_settings")


@pytest.mark.parametrize(
    ("section", "key"),
    [
        ("", "model_list"),
        ("", "include"),
        ("", "mcp_servers"),
        ("general_settings", "master_key"),
        ("general_settings", "store_model_in_db"),
        ("general_settings", "disable_agents_for_internal_users"),
        ("general_settings", "maximum_spend_logs_cleanup_cron"),
        ("litellm_settings", "drop_params"),
        ("litellm_settings", "cache_params"),
        ("litellm_settings", "num_retries"),
        ("litellm_settings", "timezone"),
        ("router_settings", "routing_strategy"),
        ("router_settings", "model_group_alias"),
        ("litellm_params", "weight"),
        ("litellm_params", "temperature"),
        ("litellm_params", "aws_region_name"),
        ("model_info", "base_model"),
        ("cache_params", "ssl"),
        ("retry_policy", "TimeoutErrorRetries"),
    ],
)
def test_keys_that_are_read(release: Facts, section: str, key: str):
    assert key in release.known(section)


def test_a_key_out_of_its_place_has_a_home(release: Facts):
    assert release.home("num_retries") == ("router_settings", "litellm_settings")
    assert release.home("model_list") == ("",)
    assert release.home("master_key") == ("general_settings",)
    assert release.home("cooldown_time") == ("router_settings",)
    assert release.home("no_such_key") == ()
    assert all(release.known(section) for section in MAIN)


def test_keys_that_stop_the_start_are_no_keys(release: Facts):
    assert {"health_check_interval", "health_check_concurrency"} <= release.router_stops
    assert not (release.router_stops | release.router_ignored) & set(release.known("router_settings"))


@pytest.mark.parametrize(
    ("model", "given", "base", "provider"),
    [
        ("gpt-4o", None, None, "openai"),
        ("openai/anything", None, None, "openai"),
        ("openai", None, None, None),
        ("anything", None, None, None),
        ("mistralai/mistral-7b-instruct", None, None, None),
        ("anything", "hosted_vllm", None, "hosted_vllm"),
        ("anything", "no_such_provider", None, None),
        ("azure/gpt-4o", None, None, "azure"),
        ("azure/mistral-large-latest", None, None, "openai"),
        ("mistral-large-latest", "azure", None, "azure"),
        ("cohere/command-r-08-2024", None, None, "cohere_chat"),
        ("anthropic.claude-v2", None, None, "bedrock"),
        ("claude-opus-9-9", None, None, "anthropic"),
        ("ft:gpt-4o-mini-2024-07-18:me::1", None, None, "openai"),
        ("owner/name:" + "a" * 64, None, None, "replicate"),
        ("*", None, None, "openai"),
        ("auto_router/anything", None, None, "auto_router"),
        ("anything", None, "https://api.groq.com/openai/v1", "groq"),
        ("anything", None, "https://somewhere.example/api.groq.com/openai/v1", None),
        ("anything", None, "http://127.0.0.1:8000/v1", None),
        ("gpt-4o", None, "http://127.0.0.1:8000/v1", "openai"),
        ("gpt-4o", None, "http://[", None),
    ],
)
def test_who_answers(release: Facts, model: str, given: str | None, base: str | None, provider: str | None):
    assert release.provider(model, given, base) == provider


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("gpt-4o", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("azure/gpt-4o", "azure/gpt-4o"),
        ("GPT-4o", "gpt-4o"),
        ("openai/claude-opus-4-5", None),
        ("openai/no-such-model", None),
        ("bedrock/us-east-1/anthropic.claude-v2:1", "bedrock/us-east-1/anthropic.claude-v2:1"),
        ("bedrock/converse/anthropic.claude-opus-4-7", "anthropic.claude-opus-4-7"),
        ("bedrock/us.anthropic.claude-haiku-4-5-20251001-v1:0:200k", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        ("ft:gpt-4o-2024-08-06:me::1", "ft:gpt-4o-2024-08-06"),
    ],
)
def test_the_row_of_a_model(release: Facts, model: str, name: str | None):
    found = release.model(model)
    assert (found.name if found else None) == name


def test_a_row_says_how_much_goes_in():
    found = facts().model("openai/gpt-4o")
    assert found is not None
    assert (found.provider, found.mode, found.context, found.output) == ("openai", "chat", 128000, 16384)


def test_a_prompt_kept_elsewhere_needs_no_provider(release: Facts):
    assert release.prompt("langfuse/greeting")
    assert not release.prompt("langfuse")
    assert not release.prompt("openai/gpt-4o")


def test_every_pattern_and_every_bare_name_has_a_provider_of_the_release(release: Facts):
    known = release.providers | {"anthropic_text", "cohere_chat"}
    assert {provider for _, provider in release.patterns} <= known
    assert set(release.data["bare"].values()) <= known
    assert all(re.compile(pattern) for pattern, _ in release.data["patterns"])
