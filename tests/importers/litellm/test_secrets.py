"""Secrets in clear: each is found where it stands, and nothing that is shown or made repeats one.

All of them are made up, in the shapes that providers give theirs.
"""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from importlib import import_module
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

import wrpc.api
from wrpc.cli.repairs import Repairs
from wrpc.diagnostics import Diagnostic, Findings
from wrpc.importers import importer
from wrpc.importers.importer import Imported
from wrpc.policy.load import from_tree
from wrpc.report import FORMATS, Shown, screen
from wrpc.source import Source
from wrpc.syntax.format import format_file

CLEARTEXT = "WRP162"
SECRETS = {
    "openai": "sk-9hQ2mVx7Lr4TzB8nKc3WfJ6yPd1Gs5EaU0iXoRtYvNbM2kLq",
    "openai project": "sk-proj-Tz8_nKc3WfJ6yPd1Gs5EaU0i-XoRtYvNbM2kLq9hQ2mVx7Lr4",
    "openai service": "sk-svcacct-4TzB8nKc3WfJ6yPd1Gs5EaU0iXoRtYvN",
    "anthropic": "sk-ant-api03-Jx5nQ8wE2rT6yU1iO4pA7sD0fG3hJ9kL-zX2cV5bN8mQ1wE4rT7yU",
    "openrouter": "sk-or-v1-3f8a1c9e5b7d2f4a6c8e0b1d3f5a7c9e",
    "google": "AIzaSyB7nQ2wE5rT8yU1iO4pA7sD0fG3hJ9kLzX",
    "aws": "AKIAQ7W3E9R5T1Y8U2I4",
    "aws session": "ASIAQ7W3E9R5T1Y8U2I4",
    "aws secret": "wJ4rX9tFE7MDnG2bPxRf8CYzK1qLm5vN3hT6sAoU",
    "azure": "4b1f8c0d7e2a49539c6b8f0e1d2c3b4a",
    "groq": "gsk_Q8wE2rT6yU1iO4pA7sD0fG3hJ9kLzX2cV5bN8mQ1wE4rT7",
    "hugging face": "hf_rT6yU1iO4pA7sD0fG3hJ9kLzX2cV5bN8mQ",
    "perplexity": "pplx-7yU1iO4pA7sD0fG3hJ9kLzX2cV5bN8mQ1wE4rT7",
    "replicate": "r8_6yU1iO4pA7sD0fG3hJ9kLzX2cV5bN8mQ1wE4r",
    "xai": "xai-T6yU1iO4pA7sD0fG3hJ9kLzX2cV5bN8mQ1wE4rT7yU",
    "nvidia": "nvapi-yU1iO4pA7sD0fG3hJ9kLzX2cV5bN8mQ1wE4rT7yU1iO4p",
    "langsmith": "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",
    "langfuse": "sk-lf-8c0d7e2a-4953-4c6b-8f0e-1d2c3b4a5f6e",
    "langfuse public": "pk-lf-8c0d7e2a-4953-4c6b-8f0e-1d2c3b4a5f6e",
    "slack": "xoxb-284719365028-iO4pA7sD0fG3hJ9kLzX2",
    "github": "ghp_U1iO4pA7sD0fG3hJ9kLzX2cV5bN8mQ1wE4rT",
    "gitlab": "glpat-O4pA7sD0fG3hJ9kLzX2c",
    "a token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI3NDE5MzgyMDU2In0.Q8wE2rT6yU1iO4pA7sD0fG3h",
    "a password": "7hW2kQ9xV4mB1nZ8pL3c",
}
# Where a value may stand, as a text around it. `{}` is the secret, or a text that holds it.
MODEL = "model_list:\n- model_name: a\n  litellm_params:\n    model: openai/gpt-4o\n"
PLACES = {
    "a deployment's key": MODEL + "    api_key: {}\n",
    "a quoted key": MODEL + "    'api_key': '{}'\n",
    "in flow": 'model_list: [{{model_name: a, litellm_params: {{model: openai/gpt-4o, api_key: "{}"}}}}]\n',
    "a session's token": MODEL + "    aws_session_token: {}\n",
    "by a merge": "x-a: &a\n  api_key: {}\n" + MODEL + "    <<: *a\n",
    "by an anchor": "x-a: &a {}\n" + MODEL + "    api_key: *a\n",
    "the master's key": MODEL + "general_settings:\n  master_key: {}\n",
    "a cache": MODEL + "litellm_settings:\n  cache: true\n  cache_params:\n    type: redis\n    password: {}\n",
    "a router's cache": MODEL + "router_settings:\n  redis_host: r\n  redis_password: {}\n",
    "a variable": MODEL + "environment_variables:\n  VENDOR_API_KEY: {}\n",
    "credentials": MODEL
    + "credential_list:\n- credential_name: c\n  credential_info: {{}}\n  credential_values:\n    api_key: {}\n",
    "a guardrail": MODEL
    + "guardrails:\n- guardrail_name: g\n  litellm_params: {{guardrail: lakera_v2, mode: pre_call, api_key: {}}}\n",
    "a key of nobody": MODEL + "general_settings:\n  my_secret_key: {}\n",
    "another section's": MODEL + "router_settings:\n  master_key: {}\n",
    "beside the parameters": MODEL + "  api_key: {}\n",
    "twice in the file": MODEL
    + "    api_key: {0}\n- model_name: a\n  litellm_params:\n    model: openai/gpt-4o\n    api_key: {0}\n",
    "a header": MODEL + "    extra_headers:\n      Authorization: Bearer {}\n",
    "a note": MODEL + "  model_info:\n    description: for tests use {} and nothing else\n",
    "in a list": MODEL + "    extra_keys:\n    - {}\n",
}
# Places where a text of any shape stands, so that only what looks like a secret is taken for one.
TEXTS = ("a header", "a note", "in a list")
# Where a name belongs, or an address: a slip of the hand.
SWAPPED = {
    "the address": MODEL + "    api_base: {}\n",
    "the address's path": MODEL + "    api_base: https://gateway.internal/{}/v1\n",
    "the version": MODEL + "    api_version: {}\n",
    "the region": MODEL + "    region_name: {}\n",
    "the model": "model_list:\n- model_name: a\n  litellm_params: {{model: {}}}\n",
    "the credential's name": MODEL + "    litellm_credential_name: {}\n",
    "a fallback": MODEL + "router_settings:\n  fallbacks:\n  - a: [{}]\n",
    "a bare fallback": MODEL + "router_settings:\n  fallbacks:\n  - a: {}\n",
    "an alias": MODEL + "router_settings:\n  model_group_alias:\n    b: {}\n",
    "the strategy": MODEL + "router_settings:\n  routing_strategy: {}\n",
    "a file": "include:\n- {}\n" + MODEL,
    "a tag": MODEL + "    tags: [{}]\n",
    "a guardrail's name": MODEL
    + "guardrails:\n- guardrail_name: g\n  litellm_params: {{guardrail: {}, mode: pre_call}}\n",
}
URLS = {
    "a database": MODEL + "general_settings:\n  database_url: postgresql://litellm:{}@db:5432/x?sslmode=require\n",
    "a cache's address": MODEL + "router_settings:\n  redis_url: redis://default:{}@cache:6379/0\n",
    "an address": MODEL + "    api_base: https://gateway:{}@models.internal/v1\n",
    "a name, where the key of an address was meant": MODEL + "    base_url: 'https://u:{}@models.internal/v1'\n",
}
PLACEHOLDERS = (
    "sk-1234", "sk-12345678901234567890", "your-key-here", "YOUR_API_KEY_GOES_HERE_123456",
    "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
    "xxx", "dummy", "EMPTY", "none", "fake-key", "sk-fake-0123456789abcdefghij", "os.environ/OPENAI_API_KEY",
    "${OPENAI_API_KEY}",
    "$OPENAI_API_KEY", "{{ .Values.apiKey }}", "<your-api-key>", "sk-proj-your-key-goes-here-please",
    "changeme", "ollama",
    "sk-or-v1-REPLACE-ME-WITH-YOUR-KEY", "placeholder-placeholder-1", "anything", "sk-...", "not-needed", "lm-studio",
    "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "sk-ant-api03-example-example-example", "", "true",
)  # fmt: skip
# What has the name or the length of a secret, and is none.
INNOCENT = (
    MODEL
    + """\
    max_tokens: 4096
    input_cost_per_token: 0.0000025
    api_version: 2024-10-21-preview
    azure_ad_token: os.environ/AZURE_AD_TOKEN
    vertex_credentials: /etc/secrets/vertex-service-account-7f3a9c.json
    aws_role_name: arn:aws:iam::123456789012:role/Gateway7hW2kQ9x
    aws_bedrock_runtime_endpoint: https://bedrock-runtime.eu-central-1.amazonaws.com
  model_info:
    id: 8c0d7e2a-4953-4c6b-8f0e-1d2c3b4a5f6e
    base_model: azure/gpt-4o-2024-08-06
general_settings:
  litellm_key_header_name: X-Gateway-Key-2f8a1c9e5b7d
  database_url: postgresql://litellm@db.internal:5432/litellm
litellm_settings:
  langfuse_default_tags: [cache_hit, proxy_base_url, user_api_key_alias, user_api_key_team_alias]
"""
)


def imported(text: str) -> Imported:
    return importer("litellm").read(Source("config.yaml", text))


def shown(result: Imported) -> list[str]:
    """Everything that a reader may get to see: each part of a finding, each report, the policy, what is said of it."""
    found = [*result.diagnostics]
    texts: list[str] = []
    for policy in result.policies:
        texts.append(format_file(policy.tree))
        resolved, findings = from_tree(replace(policy.tree, comments=()))
        found += findings.diagnostics
        if resolved is not None:
            found += wrpc.api.check(resolved).diagnostics
    for d in found:
        texts += [d.message, d.help or "", *(r.label for r in d.related)]
        texts += [part for x in d.fixes for part in (x.title, x.text, *(e.text for e in x.also))]
    texts += [written(import_module(module).render(Findings.of(found), Shown())) for module in FORMATS.values()]
    return texts


def written(lines: Any) -> str:
    stream = io.StringIO()
    screen.write(lines, stream)
    return stream.getvalue()


def clear(result: Imported) -> list[Diagnostic]:
    return [d for d in result.diagnostics if d.code.id == CLEARTEXT]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def holds(template: str, secret: str) -> None:
    """The secret of a template is found at its line, and is nowhere to be seen."""
    text = template.format(secret)
    result = imported(text)
    assert line_of(text, secret) in [d.span.line for d in clear(result)], [d.message for d in result.diagnostics]
    hidden = {secret, secret[:12], secret[-12:]}
    for each in shown(result):
        assert not any(part in each for part in hidden), each


@pytest.mark.parametrize("place", PLACES)
def test_every_place_holds_a_secret(place: str) -> None:
    for name in ("openai", "azure", "a password"):
        if place not in TEXTS or name == "openai":
            holds(PLACES[place], SECRETS[name])


@pytest.mark.parametrize(("name", "place"), list(zip(SECRETS, cycle(PLACES), strict=False)))
def test_every_kind_of_secret(name: str, place: str) -> None:
    keys = {"aws": "aws_access_key_id", "aws session": "aws_access_key_id", "aws secret": "aws_secret_access_key"}
    holds(f"{MODEL}    {keys.get(name, 'api_key')}: {{}}\n", SECRETS[name])
    if name not in keys and (place not in TEXTS or name not in ("azure", "a password")):
        holds(PLACES[place], SECRETS[name])


@pytest.mark.parametrize("place", URLS)
def test_every_address_holds_a_secret(place: str) -> None:
    for name in ("a password", "azure", "aws secret"):
        holds(URLS[place], SECRETS[name])
    holds(URLS[place], "Xk29vPq71mZt")


@pytest.mark.parametrize("place", SWAPPED)
def test_a_secret_in_the_place_of_a_name(place: str) -> None:
    holds(SWAPPED[place], SECRETS["openai project"])


@pytest.mark.parametrize("word", ["1234", "abcd", "my_", "test", "todo"])
def test_a_word_inside_a_random_text_is_chance(word: str) -> None:
    holds(f"{MODEL}    api_key: {{}}\n", f"sk-proj-Tz8nKc3WfJ6yPd{word}Gs5EaU0iXoRtYvNbM2kLq9hQ2mVx7Lr4")


def test_a_secret_under_a_key_that_stands_twice() -> None:
    """The one that does not count is in the file as well."""
    holds(f"{MODEL}    api_key: {{}}\n    api_key: os.environ/K\n", SECRETS["openai"])


def test_a_key_twice_on_a_line() -> None:
    first, second = SECRETS["gitlab"], SECRETS["a password"]
    text = f"{MODEL}general_settings: {{master_key: {first}, master_key: {second}}}\n"
    assert not [each for each in shown(imported(text)) if first in each or second in each]


def test_a_private_key() -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
    text = (
        MODEL + f"    vertex_credentials: |\n      -----BEGIN PRIVATE KEY-----\n      {body}\n      -----END KEY-----\n"
    )
    result = imported(text)
    assert clear(result)
    assert not [each for each in shown(result) if body in each]


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_a_placeholder_is_none(value: str) -> None:
    assert clear(imported(f'{MODEL}    extra_headers: {{Authorization: "Bearer {value}"}}\n')) == []
    for key in ("api_key", "aws_secret_access_key"):
        assert clear(imported(f'{MODEL}    {key}: "{value}"\n')) == []
    assert clear(imported(f'{MODEL}general_settings:\n  master_key: "{value}"\n')) == []


@pytest.mark.parametrize(
    "value",
    [
        "user:password",
        "user:xxx",
        "user:<password>",
        "user:${DB_PASSWORD}",
        "user",
        "user:your-password",
        "user:$DB_PASSWORD",
    ],
)
def test_a_placeholder_in_an_address_is_none(value: str) -> None:
    assert clear(imported(f'{MODEL}general_settings:\n  database_url: "postgresql://{value}@db/x"\n')) == []


def test_what_only_looks_like_one() -> None:
    assert [(d.span.line, d.message) for d in clear(imported(INNOCENT))] == []


def test_a_folder_of_files(tmp_path: Path) -> None:
    """A secret of an included file is found there, and the report that shows the line hides it."""
    (tmp_path / "keys.yaml").write_text(
        f"litellm_settings:\n  langfuse_secret: {SECRETS['langfuse']}\n", encoding="utf-8"
    )
    text = "include: [keys.yaml]\n" + MODEL
    result = importer("litellm").read(Source("config.yaml", text, tmp_path / "config.yaml"))
    (found,) = clear(result)
    assert (found.span.line, Path(found.span.file).name) == (2, "keys.yaml")
    assert not [each for each in shown(result) if SECRETS["langfuse"][6:20] in each]


def test_a_repair_of_its_neighbours_shows_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A key that is moved past a secret leaves it as it stands, and the difference does not show it."""
    secret = SECRETS["openai"]
    general = "general_settings:\n  master_key: os.environ/K\n  num_retries: 3\n"
    text = f"{MODEL}    api_key: {secret}\n{general}router_settings:\n  timeout: 3\n"
    path = tmp_path / "config.yaml"
    path.write_text(text, encoding="utf-8")
    assert Repairs("litellm").show([path]) == 1
    difference = capsys.readouterr().out
    assert "+  num_retries: 3" in difference
    assert secret not in difference
    Repairs("litellm").write([path], sys.stdout)
    assert secret not in capsys.readouterr().out
    assert secret in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("place", PLACES)
def test_the_finding_says_what_to_do(place: str) -> None:
    found = clear(imported(PLACES[place].format(SECRETS["openai"])))
    assert found
    for d in found:
        assert d.help is not None
        assert "os.environ/" in d.help
        assert d.severity == "warning"
