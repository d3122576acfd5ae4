"""What a planted fault is, and the texts of the cases that faults are planted in."""

from __future__ import annotations

from dataclasses import dataclass, field

HERE = "▸"
"""Stands in a planted text before the line that the finding must point at."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`edits` are replacements of the first place. `also` are findings that go with it, each with the reason.

    `moved`: a key of the case stands elsewhere, so that the repair gives the case's data back. `file` is the one that
    is edited, where that is not the case's own.
    """

    name: str
    case: str
    code: str
    severity: str
    edits: tuple[tuple[str, str], ...]
    also: dict[str, str] = field(default_factory=dict)
    moved: bool = False
    file: str = ""


def f(
    name: str,
    case: str,
    code: str,
    severity: str,
    *edits: tuple[str, str],
    also: dict[str, str] | None = None,
    moved: bool = False,
    file: str = "",
) -> Fault:
    return Fault(name, case, code, severity, edits, also or {}, moved, file)


TEAM, AZURE, OWN, PLATFORM, CLOUDS, INCLUDED = (
    "small_team", "azure_regions", "own_hardware", "platform", "two_clouds", "included",
)  # fmt: skip
ROUTER, SETTINGS, GENERAL = "router_settings:\n", "litellm_settings:\n", "general_settings:\n"
LISTS = """\
  fallbacks:
    - assistant: [assistant-openai]
    - small: [small-anthropic]
    - claude-3-5-sonnet-latest: [assistant-openai]
    - gpt-4: [assistant]
"""
CONTEXT = """\
  context_window_fallbacks:
    - assistant: [long-context]
    - claude-3-5-sonnet-latest: [long-context]
    - small: [long-context]
"""
ALIASES = """\
  model_group_alias:
    gpt-4: assistant-openai
    claude-3-5-sonnet-latest: assistant
"""
SMALL = "    - small: [small-anthropic]\n"
RETRIES = "  num_retries: 2\n"
KEY = "  master_key: os.environ/LITELLM_MASTER_KEY\n"
CACHE = """\
  cache: true
  cache_params:
    type: redis
    host: os.environ/REDIS_HOST
    port: os.environ/REDIS_PORT
    password: os.environ/REDIS_PASSWORD
    ttl: 600
    supported_call_types: ["acompletion", "atext_completion", "aembedding"]
"""
RETRY_POLICY = """\
  retry_policy:
    BadRequestErrorRetries: 0
    AuthenticationErrorRetries: 0
    TimeoutErrorRetries: 2
    RateLimitErrorRetries: 3
    ContentPolicyViolationErrorRetries: 0
    InternalServerErrorRetries: 2
"""
WHISPER = """\
  - model_name: dictation
    litellm_params:
      model: openai/whisper-1
      api_key: os.environ/OPENAI_API_KEY
    model_info:
      mode: audio_transcription
"""
FLASH = """\
- model_name: flash
  litellm_params:
    model: vertex_ai/gemini-2.5-flash
    vertex_project: os.environ/VERTEX_PROJECT
    vertex_location: europe-west4
"""
GPU_03 = """\
  - model_name: qwen-large
    litellm_params:
      model: hosted_vllm/Qwen/Qwen2.5-72B-Instruct
      api_base: http://gpu-03"""
FRANCE = """\
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-prod
      api_base: https://contoso-france.openai.azure.com
      api_key: os.environ/AZURE_FRANCE_KEY
      api_version: "2024-10-21"
      region_name: francecentral
      order: 2
"""
FRANCE_MINI = """\
  - model_name: gpt-4o-mini
    litellm_params:
      model: azure/mini-prod
      api_base: https://contoso-france"""
TITAN = """\
- model_name: titan-embed
  litellm_params:
    model: bedrock/amazon.titan-embed-text-v2:0
    aws_region_name: eu-central-1
"""
SECRET = "sk-proj-9hQ2mVx7Lr4TzB8nKc3WfJ6yPd1Gs5Ea"
NO_ALIASES = {"WRP353": "the fallbacks of the aliases are those of nobody now"}
EDGES = {"WRP504": "the edges have other ends", "WRP506": "the edges have other ends"}
NO_KEY = {"WRP180": "there is no key left in its place"}


def under(section: str, text: str) -> tuple[str, str]:
    """A text put at the head of a section."""
    return f"\n{section}", f"\n{section}{text}"


def top(text: str) -> tuple[str, str]:
    """A text put before the router's section."""
    return f"\n{ROUTER}", f"\n{text}\n{ROUTER}"


def gone(text: str) -> tuple[str, str]:
    return text, ""


def moved_to(section: str, text: str) -> tuple[tuple[str, str], ...]:
    """A key with its value from where it stands into another section."""
    return gone(text), under(section, HERE + text)


def marked(text: str) -> str:
    """A deployment whose name is what the finding must point at."""
    return text.replace("model_name", f"{HERE}model_name", 1)


def dedented(text: str) -> str:
    return "".join(line.removeprefix("  ") for line in text.splitlines(keepends=True))
