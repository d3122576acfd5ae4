"""Faults planted one at a time in the cases: each is noticed where it stands, and nothing besides it.

Where a fault's repair is safe, the repaired file is read without the finding and loses no comment.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import wrpc.api
from wrpc.cli.repairs import repaired
from wrpc.diagnostics import Diagnostic
from wrpc.importers import importer
from wrpc.policy.load import from_tree
from wrpc.source import Source

CASES = Path(__file__).resolve().parent / "cases"
SEVERITIES = ("info", "warning", "error")
HERE = "▸"
"""Stands in a planted text before the line that the finding must point at."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`edits` are replacements of the first place. `also` are findings that go with it, each with the reason.

    `moved`: a key of the case stands elsewhere, so that the repair gives the case's data back. `file` is the one that is
    edited, where that is not the case's own.
    """

    name: str
    case: str
    code: str
    severity: str
    edits: tuple[tuple[str, str], ...]
    also: dict[str, str] = field(default_factory=dict)
    moved: bool = False
    file: str = ""
    gap: str = ""


def f(
    name: str,
    case: str,
    code: str,
    severity: str,
    *edits: tuple[str, str],
    also: dict[str, str] | None = None,
    moved: bool = False,
    file: str = "",
    gap: str = "",
) -> Fault:
    return Fault(name, case, code, severity, edits, also or {}, moved, file, gap)


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
SECRET = "sk-proj-9hQ2mVx7Lr4TzB8nKc3WfJ6yPd1Gs5Ea"  # noqa: S105
NO_ALIASES = {"WRP353": "the fallbacks of the aliases are those of nobody now"}
EDGES = {"WRP504": "the edges have other ends", "WRP506": "the edges have other ends"}
NO_KEY = {"WRP170": "there is no key left in its place"}


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


def dedented(text: str) -> str:
    return "".join(line.removeprefix("  ") for line in text.splitlines(keepends=True))


FAULTS = [
    # ── No YAML, or not what it seems ──
    f("a tab", TEAM, "WRP050", "error", (RETRIES, f"{HERE}\tnum_retries: 2\n"), also={"": "nothing else is read"}),
    f("two values in one", TEAM, "WRP050", "error",
      ("  - model_name: small\n", f"  - model_name: {HERE}small: quick\n"), also={"": "nothing else is read"}),
    f("an alias of nothing", PLATFORM, "WRP052", "error", ("<<: *openai", f"<<: {HERE}*opnai"),
      also={"": "nothing else is read"}),
    f("two documents", TEAM, "WRP054", "error", (ROUTER, f"{HERE}---\n{ROUTER}"), also={"": "nothing else is read"}),
    f("a number as key", TEAM, "WRP053", "error", under(ROUTER, f"  {HERE}3: true\n")),
    f("a number as key of a deployment", TEAM, "WRP053", "error", ("      temperature: 0.2\n", f"      {HERE}1: 0.2\n"),
      also={"WRP169": "no parameter has this name"}),
    f("a section twice", TEAM, "WRP051", "warning", (GENERAL, f"{GENERAL}{KEY}\n{HERE}{GENERAL}")),
    f("a setting twice", AZURE, "WRP051", "warning", ("  cooldown_time: 60\n", f"  cooldown_time: 60\n  {HERE}num_retries: 3\n")),
    f("a parameter twice", OWN, "WRP051", "warning",
      ("      weight: 1\n", f"      weight: 4\n      {HERE}weight: 1\n")),
    f("a group of fallbacks twice in flow", CLOUDS, "WRP051", "warning",
      ("[{claude: [gemini]}, {haiku: [flash]}]", f"[{{claude: [gemini], {HERE}claude: [flash]}}, {{haiku: [flash]}}]"),
      also={"WRP504": "another pool is in that region"}),
    # ── Keys of another section ──
    f("retries at the top", TEAM, "WRP161", "warning", gone(RETRIES), top(f"{HERE}num_retries: 2\n"), moved=True),
    f("retries in the general section", TEAM, "WRP161", "warning", *moved_to(GENERAL, RETRIES), moved=True),
    f("retries under a quoted key", TEAM, "WRP161", "warning", gone(RETRIES),
      under(GENERAL, f"  {HERE}\"num_retries\": 2\n"), moved=True),
    f("allowed fails in the general section", TEAM, "WRP161", "warning", *moved_to(GENERAL, "  allowed_fails: 3\n"),
      moved=True),
    f("allowed fails at the top", AZURE, "WRP161", "warning", gone("  allowed_fails: 5\n"),
      top(f"{HERE}allowed_fails: 5  # a lot\n"), moved=True),
    f("a cooldown in the module's section", TEAM, "WRP161", "warning", *moved_to(SETTINGS, "  cooldown_time: 30\n"),
      moved=True),
    f("a cooldown in the general section", PLATFORM, "WRP161", "warning", *moved_to(GENERAL, "  cooldown_time: 45\n"),
      moved=True),
    f("fallbacks in the general section", TEAM, "WRP161", "warning", *moved_to(GENERAL, LISTS), moved=True),
    f("fallbacks at the top", TEAM, "WRP161", "warning", gone(LISTS), top(HERE + dedented(LISTS)), moved=True),
    f("context fallbacks at the top", TEAM, "WRP161", "warning", gone(CONTEXT), top(HERE + dedented(CONTEXT)), moved=True),
    f("context fallbacks in the general section, in flow", TEAM, "WRP161", "warning", gone(CONTEXT),
      under(GENERAL, f"  {HERE}context_window_fallbacks: [{{assistant: [long-context]}}]\n"),
      also={"WRP263": "the alias lost its list, and the group's general one is left"}),
    f("aliases in the module's section", TEAM, "WRP161", "warning", *moved_to(SETTINGS, ALIASES),
      also=NO_ALIASES, moved=True),
    f("a strategy at the top", TEAM, "WRP161", "warning", gone("  routing_strategy: simple-shuffle\n"),
      top(f"{HERE}routing_strategy: simple-shuffle\n"), moved=True),
    f("a strategy in the module's section", CLOUDS, "WRP161", "warning",
      *moved_to(SETTINGS, "  routing_strategy: latency-based-routing\n"), moved=True),
    f("dropped parameters in the router's section", TEAM, "WRP161", "warning", *moved_to(ROUTER, "  drop_params: true\n"),
      moved=True),
    f("dropped parameters at the top", CLOUDS, "WRP161", "warning", gone("  drop_params: true\n"),
      top(f"{HERE}drop_params: true\n"), moved=True),
    f("callbacks in the general section", TEAM, "WRP161", "warning",
      *moved_to(GENERAL, '  success_callback: ["langfuse"]\n'), moved=True),
    f("callbacks in the router's section", AZURE, "WRP161", "warning",
      *moved_to(ROUTER, '  callbacks: ["prometheus"]\n'), moved=True),
    f("a request's timeout in the general section", TEAM, "WRP161", "warning",
      *moved_to(GENERAL, "  request_timeout: 120\n"), moved=True),
    f("a request's timeout in the router's section", PLATFORM, "WRP161", "warning",
      *moved_to(ROUTER, "  request_timeout: 600\n"), moved=True),
    f("the key in the module's section", TEAM, "WRP161", "warning", *moved_to(SETTINGS, KEY), also=NO_KEY, moved=True),
    f("the key at the top", CLOUDS, "WRP161", "warning", gone(KEY), top(f"{HERE}master_key: os.environ/LITELLM_MASTER_KEY\n"),
      also=NO_KEY, moved=True),
    f("the database in the module's section", PLATFORM, "WRP161", "warning",
      *moved_to(SETTINGS, "  database_url: os.environ/DATABASE_URL\n"), moved=True),
    f("the database at the top", PLATFORM, "WRP161", "warning", gone("  database_url: os.environ/DATABASE_URL\n"),
      top(f"{HERE}database_url: os.environ/DATABASE_URL\n"), moved=True),
    f("a store in the module's section", AZURE, "WRP161", "warning", under(SETTINGS, f"  {HERE}store_model_in_db: true\n")),
    f("checks before the call in the module's section", AZURE, "WRP161", "warning",
      *moved_to(SETTINGS, "  enable_pre_call_checks: true\n"), moved=True),
    f("a retry policy in the module's section", AZURE, "WRP161", "warning", *moved_to(SETTINGS, RETRY_POLICY), moved=True),
    f("the interval of health checks in the router's section", AZURE, "WRP161", "error",
      *moved_to(ROUTER, "  health_check_interval: 300\n"), moved=True),
    f("a cache in the general section", TEAM, "WRP161", "warning", gone(CACHE), under(GENERAL, "  " + HERE + CACHE[2:]),
      also={"WRP161": "the parameters of the cache are in the wrong section as well"}),
    f("guardrails in the general section", PLATFORM, "WRP161", "warning",
      under(GENERAL, f"  {HERE}guardrails:\n  - guardrail_name: more\n")),
    f("by a merge", PLATFORM, "WRP161", "warning", ("x-openai: &openai", f"x-often: &often\n  {HERE}num_retries: 4\n\nx-openai: &openai"),
      (GENERAL, f"{GENERAL}  <<: *often\n")),
    f("in a section in flow", OWN, "WRP161", "warning",
      ("litellm_settings:\n  drop_params: true\n  turn_off_message_logging: true\n",
       f"litellm_settings: {{drop_params: true, {HERE}cooldown_time: 5, turn_off_message_logging: true}}\n")),
    f("a weight beside the parameters", OWN, "WRP161", "warning",
      ("      weight: 1\n    model_info: {id: gpu-03", f"    {HERE}weight: 1\n    model_info: {{id: gpu-03"),
      also={"WRP352": "without its weight the deployment is starved"}),
    f("a key beside the parameters", AZURE, "WRP161", "warning",
      ("    model_info:\n      id: sweden-a\n", f"    {HERE}api_key: os.environ/AZURE_SWEDEN_KEY\n    model_info:\n      id: sweden-a\n")),
    f("an order beside the parameters", AZURE, "WRP161", "warning",
      ("      order: 2\n      rpm: 300\n      tpm: 50000\n", f"      rpm: 300\n      tpm: 50000\n    {HERE}order: 2\n"),
      also={"WRP352": "without its order the deployment is starved"}),
    f("an address in the model's info", OWN, "WRP161", "warning",
      ("{id: gpu-02, max", f"{{id: gpu-02, {HERE}api_base: 'http://gpu-02.internal:8000/v1', max")),
    f("a weight in the model's info", OWN, "WRP161", "warning",
      ("      weight: 1\n    model_info: {id: gpu-03", f"    model_info: {{{HERE}weight: 1, id: gpu-03"),
      also={"WRP352": "without its weight the deployment is starved"}),
    f("fallbacks of a deployment", TEAM, "WRP161", "warning",
      ("      temperature: 0.2\n", f"      temperature: 0.2\n      {HERE}fallbacks: [small]\n")),
    f("in an included file", INCLUDED, "WRP161", "warning", ("router_settings:\n", f"{HERE}num_retries: 4\n\nrouter_settings:\n"),
      file="parts/site.yaml"),
    # ── Keys of nobody ──
    f("a misspelt setting", TEAM, "WRP150", "warning", ("  drop_params: true\n", f"  {HERE}drop_param: true\n")),
    f("no authentication, as somebody hopes", TEAM, "WRP150", "warning", under(GENERAL, f"  {HERE}disable_auth: true\n")),
    f("no keys, as somebody hopes", CLOUDS, "WRP150", "warning", under(GENERAL, f"  {HERE}enable_key_management: true\n")),
    f("a misspelt router's setting", PLATFORM, "WRP150", "warning", ("  max_fallbacks: 3\n", f"  {HERE}max_fallback: 3\n")),
    f("a quoted misspelt setting", AZURE, "WRP150", "warning", ("  json_logs: true\n", f"  {HERE}'json_log': true\n")),
    f("budgets at the top", PLATFORM, "WRP150", "warning", top(f"{HERE}budgets:\n  - team: a\n    max: 3\n")),
    f("a cache's section of its own", TEAM, "WRP150", "warning", top(f"{HERE}cache_settings: {{type: redis}}\n")),
    f("a section in the singular", OWN, "WRP150", "warning", (GENERAL, f"{HERE}general_setting:\n"), also=NO_KEY),
    f("a description of a deployment", CLOUDS, "WRP150", "warning",
      ("- model_name: flash\n", f"- model_name: flash\n  {HERE}description: quick\n")),
    f("a retry policy for nothing", AZURE, "WRP150", "warning",
      ("    TimeoutErrorRetries: 2\n", f"    {HERE}TimeoutErrorRetry: 2\n")),
    f("fails allowed of nothing", AZURE, "WRP150", "warning",
      ("    TimeoutErrorAllowedFails: 12\n", f"    {HERE}TimeoutAllowedFails: 12\n")),
    f("a retry policy of a group for nothing", CLOUDS, "WRP150", "warning",
      ("{RateLimitErrorRetries: 4, ", f"{{{HERE}RateLimitRetries: 4, ")),
    f("arguments of a strategy for nothing", CLOUDS, "WRP150", "warning",
      ("{ttl: 3600, lowest_latency_buffer: 0.2}", f"{{ttl: 3600, {HERE}latency_buffer: 0.2}}"),
      gap="the arguments of a strategy are not looked at"),
    f("in a section that two files have", INCLUDED, "WRP150", "warning", ("  allowed_fails: 2\n", f"  {HERE}allowed_failures: 2\n"),
      file="parts/site.yaml"),
    # ── Fallbacks that lead nowhere ──
    f("a misspelt fallback", TEAM, "WRP151", "error", (SMALL, f"    - small: {HERE}[small-antropic]\n")),
    f("a misspelt context fallback", TEAM, "WRP151", "error", ("    - small: [long-context]\n", f"    - small:\n      - {HERE}long-contxt\n")),
    f("a misspelt fallback after a refusal", CLOUDS, "WRP151", "error", ("  - gemini: [claude]\n", f"  - gemini: [claude, {HERE}claude2]\n")),
    f("a misspelt default fallback", PLATFORM, "WRP151", "error", ("default_fallbacks: [reserve]", f"default_fallbacks: [reserve, {HERE}reserves]")),
    f("a fallback in flow, first of two", CLOUDS, "WRP151", "error",
      ("  fallbacks: [{claude: [gemini]}", f'  fallbacks: [{{claude: [{HERE}"gemini-pro", gemini]}}')),
    f("a fallback to a model without its provider", TEAM, "WRP151", "error", (SMALL, f"    - small: [{HERE}claude-haiku-4-5]\n")),
    f("a fallback to a mapping that leads nowhere", TEAM, "WRP151", "error",
      (SMALL, f"    - small: [{{model: {HERE}tiny}}]\n")),
    f("a fallback from the environment", TEAM, "WRP151", "error", (SMALL, f"    - small: [{HERE}os.environ/SPARE]\n")),
    f("a fallback to a group that went", CLOUDS, "WRP151", "error",
      (FLASH, ""), ("fallbacks: [{claude: [gemini]}, {haiku: [flash]}]", f"fallbacks: [{{claude: [gemini]}}, {{haiku: [{HERE}flash]}}]"),
      also={"WRP353": "the group has fallbacks after a refusal", "WRP151": "the context fallbacks lead to it as well"}),
    f("an included list that leads nowhere", INCLUDED, "WRP151", "error", ("    - default: [site-llm, mistral]", f"    - default: [{HERE}site-lm, mistral]")),
    f("fallbacks of a misspelt group", TEAM, "WRP353", "warning", (SMALL, f"    - {HERE}smal: [small-anthropic]\n")),
    f("context fallbacks of a misspelt group", AZURE, "WRP353", "warning",
      ("    - gpt-4o-mini: [gpt-4.1]\n", f"    - {HERE}gpt-4-mini: [gpt-4.1]\n")),
    f("fallbacks after a refusal, of nobody", CLOUDS, "WRP353", "warning",
      ("  - flash: [haiku]\n", f"  - {HERE}'flash-lite': [haiku]\n")),
    # ── Fallbacks of another shape ──
    f("a bare word", TEAM, "WRP164", "warning", (SMALL, f"    - small: {HERE}small-anthropic  # spare\n")),
    f("a bare word in flow", CLOUDS, "WRP164", "warning", ("  fallbacks: [{claude: [gemini]}", f"  fallbacks: [{{claude: {HERE}gemini}}")),
    f("a bare quoted word for the context", TEAM, "WRP164", "warning",
      ("    - small: [long-context]\n", f'    - small: {HERE}"long-context"\n')),
    f("a bare word as default", PLATFORM, "WRP164", "warning", ("default_fallbacks: [reserve]", f"default_fallbacks: {HERE}reserve")),
    f("named keys", TEAM, "WRP164", "error", (SMALL, f"    - {HERE}model_name: small\n      fallback_models: [small-anthropic]\n")),
    f("two groups in one entry", TEAM, "WRP164", "error",
      (f"{SMALL}", f"    - {HERE}small: [small-anthropic]\n      embeddings: [small-anthropic]\n")),
    f("two groups in one entry, for the context", AZURE, "WRP164", "warning",
      ("    - gpt-4o: [gpt-4.1]\n    - gpt-4o-mini: [gpt-4.1]\n", f"    - {HERE}gpt-4o: [gpt-4.1]\n      gpt-4o-mini: [gpt-4.1]\n")),
    f("a mapping in the place of the list", AZURE, "WRP164", "error",
      ("    - gpt-4o: [gpt-4.1]\n    - gpt-4o-mini: [gpt-4o]\n", f"    {HERE}gpt-4o: [gpt-4.1]\n    gpt-4o-mini: [gpt-4o]\n")),
    f("a mapping in the place of the context list", CLOUDS, "WRP164", "warning",
      ("context_window_fallbacks: [{claude: [gemini]}, {haiku: [flash]}]", f"context_window_fallbacks: {HERE}{{claude: [gemini], haiku: [flash]}}")),
    f("a list of names", TEAM, "WRP164", "error", (SMALL, f"    - {HERE}small\n")),
    f("a mapping in the default list", PLATFORM, "WRP164", "warning",
      ("default_fallbacks: [reserve]", f"default_fallbacks: [{HERE}{{smart: [reserve]}}]")),
    f("nothing in the place of the list", TEAM, "WRP164", "warning", (SMALL, f"    - {HERE}small:\n")),
    # ── Circles, and what is never looked at ──
    f("its own fallback", TEAM, "WRP503", "warning", (SMALL, f"    - small: [{HERE}small, small-anthropic]\n")),
    f("a circle of two", TEAM, "WRP503", "warning", (SMALL, f"{SMALL}    - small-anthropic: [{HERE}small]\n")),
    f("a circle of three", PLATFORM, "WRP503", "warning",
      ("    - thinking: [smart]\n", f"    - thinking: [{HERE}smart]\n    - fast: [thinking]\n")),
    f("a circle of context fallbacks", TEAM, "WRP503", "warning",
      ("    - small: [long-context]\n", f"    - small: [long-context]\n    - long-context: [{HERE}assistant]\n"),
      also={"WRP506": "of a circle one edge shrinks"}),
    f("a circle after refusals", CLOUDS, "WRP503", "warning", ("  - flash: [haiku]\n", f"  - flash: [haiku]\n  - haiku:\n    - {HERE}flash\n")),
    f("a second list", TEAM, "WRP262", "warning", (SMALL, f"{SMALL}    - {HERE}small: [assistant]\n")),
    f("a second list in flow", CLOUDS, "WRP262", "warning",
      ("  fallbacks: [{claude: [gemini]}", f"  fallbacks: [{{claude: [gemini]}}, {{{HERE}claude: [flash]}}")),
    f("two lists in two sections", TEAM, "WRP167", "warning", under(SETTINGS, f"  {HERE}fallbacks: [{{small: [small-anthropic]}}]\n")),
    f("defaults in two sections", PLATFORM, "WRP167", "warning", under(SETTINGS, f"  {HERE}default_fallbacks: [reserve]\n")),
    f("retries in two sections", TEAM, "WRP167", "warning", under(SETTINGS, f"  {HERE}num_retries: 5\n")),
    f("allowed fails in two sections", AZURE, "WRP167", "warning", under(SETTINGS, f"  {HERE}allowed_fails: 5\n")),
    f("a section in both files", INCLUDED, "WRP167", "warning",
      ("router_settings:\n", f"{HERE}general_settings:\n  master_key: os.environ/HAMBURG_MASTER\n\nrouter_settings:\n"), file="parts/site.yaml"),
    f("shrinking context", AZURE, "WRP506", "info", ("    - gpt-4o: [gpt-4.1]\n    - gpt-4o-mini: [gpt-4.1]\n",
      f"    - gpt-4.1: [{HERE}gpt-4o-mini]\n"), also={"WRP504": "the mini stands in France too"}),
    # ── Aliases ──
    f("an alias over a group", TEAM, "WRP260", "warning", ("    gpt-4: assistant-openai\n", f"    gpt-4: assistant-openai\n    {HERE}embeddings: assistant\n"),
      also={"WRP263": "the group that it leads to has fallbacks"}),
    f("an alias in full over a group", PLATFORM, "WRP260", "warning", ("    chat: reserve\n", f"    {HERE}embed: {{model: reserve, hidden: false}}\n")),
    f("an alias of nothing in the file", TEAM, "WRP151", "error", ("    gpt-4: assistant-openai\n", f"    gpt-4: {HERE}assistant-open\n")),
    f("an alias in full of nothing", PLATFORM, "WRP151", "error", ("gpt-4o: {model: reserve,", f"gpt-4o: {{model: {HERE}reserved,")),
    f("an alias of an alias", PLATFORM, "WRP151", "error", ("    chat: reserve\n", f"    chat: reserve\n    talk: {HERE}chat\n")),
    f("an alias that is a list", TEAM, "WRP152", "warning", ("    gpt-4: assistant-openai\n", f"    gpt-4: {HERE}[assistant-openai]\n")),
    f("an alias that is a number", PLATFORM, "WRP152", "warning", ("    chat: reserve\n", f"    chat: {HERE}4\n")),
    f("an alias without a model", PLATFORM, "WRP157", "error", ("gpt-4o: {model: reserve, hidden: true}", f"{HERE}gpt-4o: {{hidden: true}}")),
    f("an alias that does not say whether it is hidden", PLATFORM, "WRP157", "error", ("gpt-4o: {model: reserve, hidden: true}", f"{HERE}gpt-4o: {{model: reserve}}")),
    f("aliases as a list", TEAM, "WRP152", "error", (ALIASES, f"  model_group_alias:\n    {HERE}- gpt-4: assistant-openai\n"), also=NO_ALIASES),
    f("an alias that lost its fallbacks", TEAM, "WRP263", "warning", gone("    - claude-3-5-sonnet-latest: [assistant-openai]\n"),
      ("    claude-3-5-sonnet-latest: assistant\n", f"    {HERE}claude-3-5-sonnet-latest: assistant\n")),
    # ── Deployments ──
    f("a deployment twice", TEAM, "WRP261", "warning", (WHISPER, WHISPER + "\n" + WHISPER.replace("- model", f"- {HERE}model"))),
    f("a deployment twice in flow, in another order", CLOUDS, "WRP261", "warning",
      (FLASH, f"{FLASH}- {{litellm_params: {{vertex_location: europe-west4, model: vertex_ai/gemini-2.5-flash, vertex_project: os.environ/VERTEX_PROJECT}}, {HERE}model_name: flash}}\n"),
      also=EDGES),
    f("a deployment twice by an anchor", CLOUDS, "WRP261", "warning",
      ("- model_name: flash\n", f"- &flash\n  {HERE}model_name: flash\n"), ("\nrouter_settings:\n", "\n- *flash\n\nrouter_settings:\n"), also=EDGES),
    f("a deployment twice by a merge", PLATFORM, "WRP261", "warning",
      ("  - model_name: thinking\n", f"  - {HERE}model_name: smart\n    litellm_params: {{<<: *openai, model: openai/gpt-4.1, tags: [\"paid\"]}}\n    model_info: *chat\n\n  - model_name: thinking\n"),
      ),
    f("one id for two", AZURE, "WRP154", "warning", ("      id: sweden-b\n", f"      id: {HERE}sweden-a\n")),
    f("no weight beside weights", OWN, "WRP352", "warning", gone("      weight: 1\n"),
      ("  - model_name: qwen-large\n    litellm_params:\n      model: hosted_vllm/Qwen/Qwen2.5-72B-Instruct\n      api_base: http://gpu-03",
       f"  - {HERE}model_name: qwen-large\n    litellm_params:\n      model: hosted_vllm/Qwen/Qwen2.5-72B-Instruct\n      api_base: http://gpu-03")),
    f("no order beside orders", AZURE, "WRP352", "warning",
      ("  - model_name: gpt-4o\n    litellm_params:\n      model: azure/gpt-4o-prod\n      api_base: https://contoso-france.openai.azure.com\n      api_key: os.environ/AZURE_FRANCE_KEY\n      api_version: \"2024-10-21\"\n      region_name: francecentral\n      order: 2\n",
       f"  - {HERE}model_name: gpt-4o\n    litellm_params:\n      model: azure/gpt-4o-prod\n      api_base: https://contoso-france.openai.azure.com\n      api_key: os.environ/AZURE_FRANCE_KEY\n      api_version: \"2024-10-21\"\n      region_name: francecentral\n"),
      also={}),
    f("no rpm beside rpms", AZURE, "WRP352", "warning",
      ("  - model_name: gpt-4o-mini\n    litellm_params:\n      model: azure/mini-prod\n      api_base: https://contoso-france",
       f"  - {HERE}model_name: gpt-4o-mini\n    litellm_params:\n      model: azure/mini-prod\n      api_base: https://contoso-france"),
      gone("      rpm: 1000\n")),
    f("no tpm beside tpms", AZURE, "WRP352", "warning",
      ("  - model_name: gpt-4o-mini\n    litellm_params:\n      model: azure/mini-prod\n      api_base: https://contoso-france",
       f"  - {HERE}model_name: gpt-4o-mini\n    litellm_params:\n      model: azure/mini-prod\n      api_base: https://contoso-france"),
      ("      rpm: 1000\n      tpm: 100000\n", ""), gone("      rpm: 3000\n")),
    f("weights that a strategy does not take", CLOUDS, "WRP264", "warning",
      ("    aws_region_name: eu-west-1\n", f"    aws_region_name: eu-west-1\n    {HERE}weight: 2\n")),
    f("a weight as text", OWN, "WRP152", "error", ("      weight: 1\n", f'      weight: {HERE}"1"\n'),
      also={}),
    f("a weight in words", OWN, "WRP152", "error", ("      weight: 1\n", f"      weight: {HERE}low\n")),
    f("a weight of yes and no", OWN, "WRP152", "warning", ("      weight: 1\n", f"      weight: {HERE}yes\n")),
    f("a weight from the environment", OWN, "WRP152", "error", ("      weight: 1\n", f"      weight: {HERE}os.environ/WEIGHT\n")),
    f("a weight below 0", OWN, "WRP153", "warning", ("      weight: 1\n", f"      weight: {HERE}-1\n")),
    f("an order in words", AZURE, "WRP152", "error", ("      order: 2\n", f"      order: {HERE}second\n")),
    f("an rpm in words", AZURE, "WRP152", "error", ("      rpm: 100\n", f"      rpm: {HERE}unlimited\n"),
      also={"WRP151": "the group has no deployment left"}),
    f("a price in words", OWN, "WRP152", "error", ("      input_cost_per_token: 0.0000001\n", f"      input_cost_per_token: {HERE}free\n")),
    f("a version as a date", AZURE, "WRP152", "error", ('      api_version: "2024-10-21"\n', f"      api_version: {HERE}2024-10-21\n")),
    f("a timeout with its unit", TEAM, "WRP152", "error", ("      timeout: 20 ", f"      timeout: {HERE}20s ")),
    f("a timeout with its unit by a merge", PLATFORM, "WRP152", "error", ("  timeout: 60\n  max_retries", f'  timeout: {HERE}"60s"\n  max_retries')),
    f("a timeout below 0", TEAM, "WRP153", "error", ("      timeout: 20 ", f"      timeout: {HERE}-20 ")),
    f("a model of an unknown provider", TEAM, "WRP166", "error", ("      model: openai/gpt-4.1-mini\n", f"      model: {HERE}opnai/gpt-4.1-mini\n")),
    f("a provider that nobody knows", OWN, "WRP166", "error",
      ("      model: openai/BAAI/bge-m3          # text", f"      custom_llm_provider: {HERE}tei\n      model: BAAI/bge-m3   # text"),
      also={"WRP204": "its route refuses, as the default does"}),
    f("an unknown prefix in quotes", OWN, "WRP166", "error", ("      model: ollama/llama3.2:3b\n", f"      model: {HERE}'olama/llama3.2:3b'\n")),
    f("an unknown prefix with an address", INCLUDED, "WRP166", "error", ("      model: openai/site-llm\n", f"      model: {HERE}hamburg/site-llm\n"),
      file="parts/site.yaml"),
    f("a model that the release dropped", TEAM, "WRP165", "error", ("      model: anthropic/claude-haiku-4-5\n", f"      model: {HERE}claude-3-haiku-20240307\n")),
    f("a model of nobody", INCLUDED, "WRP165", "error", ("      model: mistral/mistral-large-latest\n", f"      model: {HERE}grand-mistral\n")),
    f("a deployment without a model", TEAM, "WRP157", "error",
      ("    litellm_params:\n      model: openai/whisper-1\n      api_key: os.environ/OPENAI_API_KEY\n", f"    {HERE}litellm_params:\n      api_key: os.environ/OPENAI_API_KEY\n")),
    f("a deployment of an empty model", TEAM, "WRP157", "error", ("      model: openai/whisper-1\n", f"      {HERE}model:\n")),
    f("a model that is a number", TEAM, "WRP152", "error", ("      model: openai/whisper-1\n", f"      model: {HERE}1\n")),
    f("a deployment without a name", CLOUDS, "WRP157", "error", ("- model_name: titan-embed\n  litellm_params", f"- {HERE}litellm_params")),
    f("a name that is a number", TEAM, "WRP152", "error", ("  - model_name: dictation\n", f"  - model_name: {HERE}1\n")),
    f("a name that is a date", TEAM, "WRP152", "error", ("  - model_name: dictation\n", f"  - model_name: {HERE}2025-01-01\n")),
    f("a name that is a yes", TEAM, "WRP152", "error", ("  - model_name: dictation\n", f"  - model_name: {HERE}on\n")),
    f("a name that is a list", TEAM, "WRP152", "error", ("  - model_name: dictation\n", f"  - model_name: {HERE}[dictation]\n")),
    f("a deployment without parameters", CLOUDS, "WRP157", "error",
      ("- model_name: titan-embed\n  litellm_params:\n    model: bedrock/amazon.titan-embed-text-v2:0\n    aws_region_name: eu-central-1\n", f"- {HERE}model_name: titan-embed\n")),
    f("parameters with a misspelt key", TEAM, "WRP157", "error", ("  - model_name: dictation\n    litellm_params:\n", f"  - {HERE}model_name: dictation\n    litellm_param:\n"),
      also={"WRP150": "the misspelt key itself"}),
    f("parameters as a list", CLOUDS, "WRP152", "error",
      ("  litellm_params:\n    model: bedrock/amazon.titan-embed-text-v2:0\n    aws_region_name: eu-central-1\n", f"  litellm_params:\n  {HERE}- model: bedrock/amazon.titan-embed-text-v2:0\n  - aws_region_name: eu-central-1\n")),
    f("an empty model's info", TEAM, "WRP152", "error", ("    model_info:\n      mode: audio_transcription\n", f"    {HERE}model_info:\n")),
    f("a model's info as a list", TEAM, "WRP152", "error", ("    model_info:\n      mode: audio_transcription\n", f"    model_info: {HERE}[audio_transcription]\n")),
    f("a deployment that is a word", TEAM, "WRP152", "error", (WHISPER, f"  - {HERE}dictation\n")),
    f("an empty deployment", TEAM, "WRP152", "error", (WHISPER, f"  - {HERE}~\n")),
    f("a misspelt parameter", TEAM, "WRP169", "info", ("      temperature: 0.2\n", f"      {HERE}temprature: 0.2\n")),
    f("an endpoint of another name", OWN, "WRP169", "info", ("      api_base: http://tei.internal:8080/v1\n", f"      {HERE}api_endpoint: http://tei.internal:8080/v1\n")),
    f("a credential of nobody by a merge", PLATFORM, "WRP151", "error", ("  litellm_credential_name: azure-eu\n", f"  litellm_credential_name: {HERE}azure-us\n")),
    f("a credential without values", PLATFORM, "WRP157", "error", ("  - credential_name: azure-eu\n    credential_values:\n      api_key: os.environ/AZURE_EU_KEY\n      api_base: os.environ/AZURE_EU_BASE\n", f"  - {HERE}credential_name: azure-eu\n")),
    f("no deployment at all", OWN, "WRP173", "warning", ("model_list:\n", f"{HERE}model_list: []\nx-models:\n"),
      also={"WRP353": "nobody is left", "WRP151": "nobody is left"}),
    # ── Values ──
    f("a strategy of nobody", TEAM, "WRP156", "error", ("routing_strategy: simple-shuffle", f"routing_strategy: {HERE}round-robin")),
    f("a strategy in underscores", CLOUDS, "WRP156", "error", ("routing_strategy: latency-based-routing", f"routing_strategy: {HERE}'latency_based_routing'")),
    f("an empty strategy", TEAM, "WRP152", "error", ("  routing_strategy: simple-shuffle\n", f"  {HERE}routing_strategy:\n")),
    f("retries as text", TEAM, "WRP152", "warning", (RETRIES, f'  num_retries: {HERE}"2"\n')),
    f("retries in words", PLATFORM, "WRP152", "warning", (RETRIES, f"  num_retries: {HERE}twice\n")),
    f("half a retry", CLOUDS, "WRP152", "warning", (RETRIES, f"  num_retries: {HERE}2.5\n")),
    f("retries from the environment", TEAM, "WRP152", "warning", (RETRIES, f"  num_retries: {HERE}os.environ/RETRIES\n")),
    f("retries as text in the module's section", INCLUDED, "WRP152", "warning", (RETRIES, f"  num_retries: {HERE}'2'\n")),
    f("fewer than no retries", TEAM, "WRP153", "warning", (RETRIES, f"  num_retries: {HERE}-1\n")),
    f("a depth as text", PLATFORM, "WRP152", "warning", ("  max_fallbacks: 3\n", f'  max_fallbacks: {HERE}"3"\n')),
    f("a router's timeout with its unit", TEAM, "WRP152", "error", ("  timeout: 120\n", f"  timeout: {HERE}2m\n")),
    f("a request's timeout with its unit", PLATFORM, "WRP152", "error", ("  request_timeout: 600\n", f"  request_timeout: {HERE}600s\n")),
    f("no timeout", TEAM, "WRP153", "warning", ("  timeout: 120\n", f"  timeout: {HERE}0\n")),
    f("no cooldown", TEAM, "WRP153", "warning", ("  cooldown_time: 30\n", f"  cooldown_time: {HERE}0\n")),
    f("a cooldown in words", AZURE, "WRP152", "warning", ("  cooldown_time: 60\n", f"  cooldown_time: {HERE}a minute\n")),
    f("allowed fails in words", AZURE, "WRP152", "warning", ("  allowed_fails: 5\n", f"  allowed_fails: {HERE}few\n")),
    f("a retry policy that is a word", AZURE, "WRP152", "error", ("    TimeoutErrorRetries: 2\n", f"    TimeoutErrorRetries: {HERE}twice\n")),
    f("a retry policy that is a list", AZURE, "WRP152", "warning", (RETRY_POLICY, f"  retry_policy: {HERE}[TimeoutErrorRetries]\n")),
    f("a callback that is text", TEAM, "WRP152", "warning", ('  success_callback: ["langfuse"]\n', f"  success_callback: {HERE}langfuse\n"),
      gap="the type of `success_callback` is not looked at"),
    f("callbacks that are a yes", CLOUDS, "WRP152", "error", ("  success_callback: [langfuse]\n", f"  success_callback: {HERE}true\n"),
      gap="the type of `success_callback` is not looked at"),
    f("a callback of nobody", PLATFORM, "WRP156", "error", ('  callbacks: ["prometheus", "langfuse"]\n', f'  callbacks: ["prometheus", {HERE}"lungfuse"]\n'),
      gap="the words of `callbacks` are not looked at"),
    f("a cache that is text", TEAM, "WRP152", "warning", ("  cache: true\n", f'  cache: {HERE}"true"\n')),
    f("the parameters of no cache", TEAM, "WRP172", "warning", gone("  cache: true\n"), ("  cache_params:\n", f"  {HERE}cache_params:\n")),
    f("a cache of nobody", TEAM, "WRP156", "error", ("    type: redis\n", f"    type: {HERE}memcached\n")),
    f("a budget in words", PLATFORM, "WRP152", "error", ("  max_budget: 5000\n", f"  max_budget: {HERE}a lot\n")),
    f("a check before the call of nobody", PLATFORM, "WRP156", "warning", ('["prompt_caching"]', f'[{HERE}"prompt_cache"]')),
    f("a general section as a list", OWN, "WRP152", "error", (f"{GENERAL}{KEY}", f"{GENERAL}  {HERE}- master_key: os.environ/LITELLM_MASTER_KEY\n"),
      gone("  max_parallel_requests: 100\n"), gone("  global_max_parallel_requests: 1000\n"), also=NO_KEY),
    f("a module's section as a list", OWN, "WRP152", "error", (f"{SETTINGS}  drop_params: true\n  turn_off_message_logging: true\n", f"{SETTINGS}  {HERE}- drop_params: true\n")),
    f("a router's section as a list", INCLUDED, "WRP152", "warning",
      ("  routing_strategy: simple-shuffle\n  allowed_fails: 2\n  cooldown_time: 20\n", f"  {HERE}- allowed_fails: 2\n"), file="parts/site.yaml"),
    f("variables as a list", CLOUDS, "WRP152", "error", ("  LANGFUSE_HOST: https://langfuse.internal\n", f"  {HERE}- LANGFUSE_HOST: https://langfuse.internal\n")),
    f("a model list as a mapping", AZURE, "WRP152", "error", ("model_list:\n", f"model_list: {HERE}{{gpt-4o: azure/gpt-4o}}\nx-models:\n"),
      also={"WRP353": "nobody is left", "WRP151": "nobody is left"}),
    f("a retry policy of no group", CLOUDS, "WRP151", "warning", ("    claude: {RateLimit", f"    {HERE}cloud: {{RateLimit")),
    f("a guardrail of nobody", PLATFORM, "WRP156", "warning", ("      guardrail: hide-secrets\n", f"      guardrail: {HERE}hide-secret\n")),
    f("a guardrail without parameters", PLATFORM, "WRP157", "error",
      ("  - guardrail_name: secrets\n    litellm_params:\n      guardrail: hide-secrets\n      mode: pre_call\n      default_on: true\n", f"  - {HERE}guardrail_name: secrets\n")),
    f("guardrails as a mapping", PLATFORM, "WRP152", "error", ("guardrails:\n  - guardrail_name: secrets\n", f"guardrails:\n  {HERE}secrets:\nx-guardrails:\n  - guardrail_name: secrets\n")),
    # ── Keys and variables ──
    f("the key of every example", TEAM, "WRP170", "error", (KEY, f"  master_key: {HERE}sk-1234\n")),
    f("the key of every example, in quotes", AZURE, "WRP170", "error", (KEY, f'  master_key: {HERE}" sk-1234 "\n')),
    f("an empty key", TEAM, "WRP170", "error", (KEY, f'  master_key: {HERE}""\n')),
    f("a key of nothing", CLOUDS, "WRP170", "error", (KEY, f"  {HERE}master_key:\n")),
    f("no key", OWN, "WRP170", "info", ("model_list:", f"{HERE}model_list:"), gone(KEY)),
    f("a key that is a number", OWN, "WRP152", "error", (KEY, f"  master_key: {HERE}12345678\n")),
    f("a vendor's key", TEAM, "WRP162", "warning", ("      api_key: os.environ/GEMINI_API_KEY\n", f"      api_key: {HERE}{SECRET}\n")),
    f("a vendor's key in quotes, in flow", CLOUDS, "WRP162", "warning", ("  success_callback: [langfuse]\n", f"  success_callback: [langfuse]\n  default_team_settings: [{{team_id: a, {HERE}langfuse_secret: 'sk-lf-4f1c9a7e-72d0-4b6e-9c15-8e0b7f3d2a61'}}]\n"),
      also={"WRP851": "the settings of the teams"}),
    f("a key in an anchor", PLATFORM, "WRP162", "warning", ("  litellm_credential_name: openai-main\n", f"  api_key: {HERE}{SECRET}\n")),
    f("the password of a database", PLATFORM, "WRP162", "warning", ("os.environ/DATABASE_URL", f"{HERE}postgresql://litellm:Xk29vPq71mZt@db.internal:5432/litellm")),
    f("the password of a cache", TEAM, "WRP162", "warning", ("    password: os.environ/REDIS_PASSWORD\n", f"    password: {HERE}7hW2kQ9xV4mB1nZ8pL3c\n")),
    f("a key in an included file", INCLUDED, "WRP162", "warning", ("      api_key: os.environ/HAMBURG_KEY\n", f"      api_key: {HERE}{SECRET}\n"), file="parts/site.yaml"),
    f("a shell's variable", TEAM, "WRP163", "info", ("os.environ/GEMINI_API_KEY", f"{HERE}${{GEMINI_API_KEY}}")),
    f("a shell's bare variable", TEAM, "WRP163", "info", ("os.environ/GEMINI_API_KEY", f"{HERE}$GEMINI_API_KEY")),
    f("a variable with a dot", AZURE, "WRP163", "info", ("os.environ/AZURE_WESTUS_KEY", f"{HERE}os.environ.AZURE_WESTUS_KEY"),
      gap="a name after `os.environ.` is taken for a secret"),
    f("a variable inside a text", OWN, "WRP163", "info", ("http://tei.internal:8080/v1", f"{HERE}http://os.environ/TEI_HOST/v1")),
    f("a shell's variable inside a text", OWN, "WRP163", "info", ("http://tei.internal:8080/v1", f"{HERE}http://${{TEI_HOST}}:8080/v1"),
      gap="`${…}` is looked for at the head of a text only"),
    f("a variable that is set too late", CLOUDS, "WRP171", "warning", ("  LANGFUSE_HOST: https://langfuse.internal\n", "  VERTEX_PROJECT: wards-eu\n"),
      ("vertex_project: os.environ/VERTEX_PROJECT", f"vertex_project: {HERE}os.environ/VERTEX_PROJECT"),
      also={"WRP171": "the second deployment's"}),
    # ── What may come from elsewhere ──
    f("a store", AZURE, "WRP168", "info", under(GENERAL, f"  {HERE}store_model_in_db: true\n")),
    f("a store and a lost fallback", AZURE, "WRP151", "info", under(GENERAL, "  store_model_in_db: true\n"),
      ("    - gpt-4o-mini: [gpt-4o]\n", f"    - gpt-4o-mini: [{HERE}gpt-5]\n"), also={"WRP168": "the store"}),
    f("an included file that is not there", INCLUDED, "WRP151", "error", ("  - parts/site.yaml\n", f"  - parts/site.yaml\n  - {HERE}parts/dev.yaml\n")),
    f("a file included as text", INCLUDED, "WRP152", "error", ("include:\n  - parts/site.yaml\n", f"include: {HERE}parts/site.yaml\n"),
      also={"WRP151": "its group is not there", "WRP353": "its group is not there"}),
    f("a file from elsewhere", INCLUDED, "WRP168", "info", ("  - parts/site.yaml\n", f"  - parts/site.yaml\n  - {HERE}/etc/litellm/more.yaml\n")),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Planted:
    """A folder of files with one fault: the text that has it, its line, and what is read of the case."""

    name: str
    text: str
    line: int


def planted(fault: Fault) -> Planted:
    name = fault.file or f"{fault.case}.yaml"
    text = (CASES / name).read_text(encoding="utf-8")
    for old, new in fault.edits:
        assert old in text, f"the case has changed: {old!r}"
        text = text.replace(old, new, 1)
    assert text.count(HERE) == 1
    return Planted(name, text.replace(HERE, ""), text[: text.index(HERE)].count("\n") + 1)


def read(case: str, folder: Path, text: str | None = None) -> tuple[Diagnostic, ...]:
    """What the import says of a case in a folder, and then what the check says."""
    path = folder / f"{case}.yaml"
    text = path.read_text(encoding="utf-8") if text is None else text
    imported = importer("litellm").read(Source(path.name, text, path))
    found = [*imported.diagnostics]
    for policy in imported.policies:
        resolved, findings = from_tree(replace(policy.tree, comments=()))
        found += findings.diagnostics
        assert resolved is not None
        # Notes of the check tell of edges, and there are others as soon as a group is another one.
        found += [d for d in wrpc.api.check(resolved).diagnostics if d.severity != "info" or d.code.id == "WRP506"]
    return tuple(found)


@cache
def before(case: str) -> Counter[tuple[str, str]]:
    return Counter((d.code.id, d.message) for d in read(case, CASES))


def fresh(case: str, found: tuple[Diagnostic, ...]) -> Iterator[Diagnostic]:
    """What the case as it is does not have."""
    known = Counter(before(case))
    for d in found:
        if known[d.code.id, d.message]:
            known[d.code.id, d.message] -= 1
        else:
            yield d


def folder(fault: Fault, made: Planted, place: Path) -> Path:
    """The case's folder with the fault in it, copied where the case is several files."""
    if fault.case != INCLUDED:
        return CASES
    shutil.copytree(CASES, place, dirs_exist_ok=True)
    (place / made.name).write_text(made.text, encoding="utf-8")
    return place


def found_of(fault: Fault, made: Planted, place: Path) -> tuple[Diagnostic, ...]:
    where = folder(fault, made, place)
    return read(fault.case, where, None if fault.case == INCLUDED else made.text)


def ids(fault: Fault) -> str:
    return f"{fault.code}-{re.sub(r'[^a-z0-9]+', '-', fault.name.lower())}"


every = pytest.mark.parametrize(
    "fault",
    [pytest.param(x, id=ids(x), marks=[pytest.mark.xfail(strict=True, reason=x.gap)] if x.gap else []) for x in FAULTS],
)


def test_there_are_enough() -> None:
    assert len({f.name for f in FAULTS}) == len(FAULTS) >= 75
    assert len({f.case for f in FAULTS}) >= 4


@every
def test_it_is_noticed(fault: Fault, tmp_path: Path) -> None:
    made = planted(fault)
    new = list(fresh(fault.case, found_of(fault, made, tmp_path)))
    told = [(d.span.source.name.endswith(made.name), d.span.line, d.code.id, d.severity, d.message) for d in new]
    meant = [d for d in new if d.code.id == fault.code and d.span.line == made.line and d.span.file.endswith(made.name)]
    assert meant, (made.line, told)
    assert any(SEVERITIES.index(d.severity) >= SEVERITIES.index(fault.severity) for d in meant), told
    others = [d for d in new if d not in meant and d.code.id not in fault.also]
    assert others == [], told


# ── Repairs ───────────────────────────────────────────────────────────────


def comments(text: str) -> Counter[str]:
    return Counter(re.findall(r"(?:^|\s)(#.*?)\s*$", text, re.MULTILINE))


def data(text: str) -> Any:
    return yaml.safe_load(text)


REPAIRED = [x for x in FAULTS if not x.gap and x.case != INCLUDED and x.also.keys() != {""}]


@pytest.mark.parametrize("fault", REPAIRED, ids=ids)
def test_a_safe_repair(fault: Fault, tmp_path: Path) -> None:
    """It leaves a file without the finding, with every comment; a key that was moved is back where it was."""
    made = planted(fault)
    new = fresh(fault.case, found_of(fault, made, tmp_path))
    safe = [d for d in new if d.code.id == fault.code and d.span.line == made.line and any(x.safe for x in d.fixes)]
    if fault.moved:
        assert safe, "a key that stands elsewhere can be moved"
    if not safe:
        return

    def mine(source: Source) -> list[Diagnostic]:
        found = importer("litellm").read(source).diagnostics
        return [d for d in found if d.code.id == fault.code]

    text = repaired(Source("config.yaml", made.text), mine).text
    assert text != made.text
    left = list(fresh(fault.case, read(fault.case, CASES, text)))
    assert [d.message for d in left if d.code.id == fault.code] == []
    assert comments(text) == comments(made.text)
    assert data(text) is not None
    if fault.moved:
        assert data(text) == data((CASES / f"{fault.case}.yaml").read_text(encoding="utf-8"))
        assert left == []
