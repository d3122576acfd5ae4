"""What is said of the release is what the release does: its sources, its names of providers, its table of models."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from wrpc.importers.litellm.facts import DEFAULT, FOLDER, Facts, facts

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]

# A name, the provider given beside it, an address.
Asked = tuple[str, str | None, str | None]
Row = tuple[int | None, int | None]

# Asking these would sign in somewhere.
SIGN_IN = frozenset({"github_copilot", "chatgpt"})
# Before a name stands another provider than its own, after it an edition, real or not. All of the first, which answer
# some names under another's, and of the others some with each name.
TRIED = ("azure", "cohere")
PREFIXES = ("openai", "azure_ai", "bedrock", "bedrock/us-east-1", "bedrock_mantle/us-east-1", "anthropic", "openrouter")
SUFFIXES = ("-zz", "-2099-01-01", "-001", ":free", "@latest")
STEMS = (
    *("gpt-4o", "gpt-99", "o3", "claude-opus-9-9", "claude", "gemini-9.9-pro", "mistral-large-latest", "command-r"),
    *(
        "anthropic.claude-v2",
        "us.anthropic.claude-v2:1",
        "meta.llama9",
        "text-embedding-3-small",
        "whisper-1",
        "dall-e-3",
    ),
    *(
        "owner/name",
        "meta/llama:" + "a" * 64,
        "mistralai/mistral-7b-instruct",
        "hf/model",
        "no-such-model",
        "naïve-模型",
    ),
)
SHAPES = (
    *("{}", " {}", "{} ", "/{}", "{}/", "//{}", "{}/x", "x/{}", "openai/{}", "OpenAI/{}", "openai//{}", "azure/{}"),
    *("azure/openai/{}", "bedrock/converse/{}", "bedrock/invoke/{}", "vertex_ai/{}", "ollama/{}", "hosted_vllm/{}"),
    *("vllm/{}", "custom/{}", "mistralai/{}", "together/{}", "google/{}", "auto_router/{}", "langfuse/{}", "ft:{}"),
    *("ft:{}:me::1", "openai/ft:{}:me::1", "{}-latest", "{}:latest", "{}*", "*/{}", "openai/*{}", "{}[1m]"),
)
NOTHING = ("", " ", "/", "//", ":", "*", "*/*", "openai", "openai/", "azure/", "bedrock/", "/openai", "x:" + "b" * 64)
ADDRESSES = (
    *("http://127.0.0.1:8000/v1", "https://api.groq.com/openai/v1", "api.groq.com/openai/v1", "https://api.groq.com"),
    *("https://api.groq.com/openai/v1/", "https://api.groq.com/openai/v12", "https://api.mistral.ai/v1/chat"),
    *("https://somewhere.example/api.mistral.ai/v1", "https://api.mistral.ai.example/v1", "HTTPS://API.MISTRAL.AI/v1"),
    *("https://user:word@api.deepseek.com/v1", "http://[", "", "nowhere"),
)

# Refused for the shape of the rest, which would be `chat/ID/MODEL`.
SHAPED: tuple[Asked, ...] = (("ragflow/no-such-model", None, None), ("no-such-model", "ragflow", None))
# Whose row is what their own server says of a model; here none listens.
OWN_SERVERS = frozenset({"lemonade", "ollama"})
# Names that the program translates before it looks; the router refuses them, since they name no provider.
TRANSLATED = frozenset({"ada", "gpt-35-turbo", "gpt-35-turbo-16k"})

# What people write into a section where nothing reads it.
WRONG: Mapping[str, tuple[str, ...]] = {
    "general_settings": (
        *(
            "num_retries",
            "allowed_fails",
            "cooldown_time",
            "fallbacks",
            "default_fallbacks",
            "context_window_fallbacks",
        ),
        *("disable_auth", "enable_key_management", "budgets", "budget_manager", "request_timeout", "timeout"),
        *("routing_strategy", "model_group_alias", "enable_pre_call_checks", "drop_params", "callbacks", "cache"),
        *("cache_params", "set_verbose", "success_callback", "log_level", "port", "host", "debug", "enable_metrics"),
        *("rate_limit", "cors", "retry_policy", "max_retries", "enable_caching", "telemetry", "default_model"),
    ),
    "litellm_settings": (
        *(
            "cooldown_time",
            "routing_strategy",
            "model_group_alias",
            "enable_pre_call_checks",
            "timeout",
            "retry_policy",
        ),
        *("disable_auth", "enable_key_management", "budgets", "budget_manager", "max_retries", "enable_caching"),
        *("master_key", "database_url", "store_model_in_db", "redis_host", "rate_limit", "default_model", "port"),
    ),
    "router_settings": (
        *(
            "budgets",
            "request_timeout",
            "drop_params",
            "cache",
            "cache_params",
            "callbacks",
            "master_key",
            "max_retries",
        ),
        *("success_callback", "rate_limit", "default_model", "load_balancing", "enable_fallbacks", "strategy"),
    ),
}
# Read of what stands in the database with a key or a team, not of the file.
ELSEWHERE: Mapping[str, frozenset[str]] = {"router_settings": frozenset({"weights"})}


@pytest.fixture(scope="module")
def known() -> Facts:
    return facts(DEFAULT)


def program(environment: Callable[[str], Path], path: Path, *arguments: str, text: str = "") -> str:
    command = [str(environment("litellm") / "python"), str(path), *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_release_says_what_is_written_of_it(environment: Callable[[str], Path], tmp_path: Path) -> None:
    program(environment, ROOT / "scripts" / "litellm_facts", str(tmp_path))
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert made.keys() == {f"{DEFAULT}.json", f"{DEFAULT}.models.json"}
    for name, text in made.items():
        told = (FOLDER / name).read_text(encoding="utf-8")
        assert text.splitlines() == told.splitlines(), f"`python scripts/litellm_facts` writes another {name}"
        assert text == told


# ── Names ─────────────────────────────────────────────────────────────────


def asked(known: Facts) -> Iterator[Asked]:
    for index, (name, (provider, *_)) in enumerate(known.models.items()):
        parts = name.split("/")
        for tail in ("/".join(parts[start:]) for start in range(len(parts))):
            yield tail, None, None
            yield tail, provider, None
        yield f"{provider}/{name}", None, None
        for prefix in (*TRIED, *PREFIXES[index % 4 :: 4]):
            yield f"{prefix}/{name}", None, None
        for suffix in SUFFIXES[index % 3 :: 3]:
            yield name + suffix, None, None
    for each in (*NOTHING, *(shape.format(stem) for shape in SHAPES for stem in STEMS)):
        for given in (None, "openai", "azure", "cohere", "anthropic", "hosted_vllm", "no_such_provider"):
            yield each, given, None
    for address in (*ADDRESSES, *known.data["endpoints"]):
        for stem in STEMS:
            yield stem, None, address
    for provider in known.providers:
        yield f"{provider}/no-such-model", None, None
        yield "no-such-model", provider, None
        yield provider, None, None


@pytest.fixture(scope="module")
def answers(environment: Callable[[str], Path], known: Facts) -> dict[Asked, tuple[str | None, Row | None]]:
    """What the program itself says, all in one process."""
    names = [each for each in dict.fromkeys(asked(known)) if SIGN_IN.isdisjoint((each[0].split("/")[0], each[1]))]
    told = json.loads(program(environment, HERE / "answers.py", text=json.dumps(names)))
    return {each: (who, row and tuple(row)) for each, (who, row) in zip(names, told, strict=True)}


def test_who_answers_a_name(known: Facts, answers: dict[Asked, tuple[str | None, Row | None]]) -> None:
    wrong = {each: (who, own) for each, (who, _) in answers.items() if (own := known.provider(*each)) != who}
    for each in SHAPED:
        assert wrong.pop(each) == (None, "ragflow")
    assert not wrong
    assert len({who for who, _ in answers.values()}) > 100
    assert sum(who is None for who, _ in answers.values()) > 1000


def test_how_much_a_model_takes(known: Facts, answers: dict[Asked, tuple[str | None, Row | None]]) -> None:
    """A row that is not there and one that says nothing are one."""
    wrong: dict[Asked, object] = {}
    servers: set[str | None] = set()
    for each, (who, told) in answers.items():
        name, given, address = each
        found = known.model(name, given)
        own = (found.context, found.output) if found else (None, None)
        if address is not None or own == (told or (None, None)) or name in TRANSLATED:
            continue
        if who in OWN_SERVERS:
            servers.add(who)
        else:
            wrong[each] = (told, found)
    assert not wrong
    assert servers == OWN_SERVERS
    assert sum(row is not None for _, row in answers.values()) > 10_000
    for name in TRANSLATED:
        assert answers[name, None, None] != (None, None)
        assert known.model(name) is None


# ── Keys ──────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def texts(environment: Callable[[str], Path]) -> list[str]:
    """The sources of the program."""
    folders = environment("litellm").parent.glob("lib/python*/site-packages/litellm*/")
    return [path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py")]


@pytest.fixture(scope="module")
def plain(texts: list[str]) -> dict[str, set[str]]:
    """By section, the keys that the sources read of it with its name and the key side by side."""
    sections = "|".join(WRONG)
    read = re.compile(rf"\b({sections})(?: or \{{\}}\))?(?:\.(?:get|pop|setdefault)\(|\[)\s*[\"'](\w+)[\"']")
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for section, key in read.findall(text):
            found[section].add(key)
    return found


@pytest.mark.parametrize("section", WRONG)
def test_what_is_plainly_read_is_known(section: str, known: Facts, plain: dict[str, set[str]]) -> None:
    assert plain[section]
    assert plain[section] - set(known.known(section)) == ELSEWHERE.get(section, set())


@pytest.mark.parametrize("section", WRONG)
def test_what_is_not_known_nothing_reads(
    section: str, known: Facts, plain: dict[str, set[str]], texts: list[str]
) -> None:
    wrong = set(WRONG[section])
    assert not wrong & set(known.known(section))
    assert not wrong & plain[section]
    if section == "litellm_settings":  # which become attributes of the module
        attribute = re.compile(rf"\blitellm\.({'|'.join(sorted(wrong))})\b(?!\.)")
        assert not {key for text in texts for key in attribute.findall(text)}
