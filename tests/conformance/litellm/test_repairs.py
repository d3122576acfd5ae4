"""What `wrpc check --from litellm --fix` leaves: files that the program starts with, and that do what was meant.

Every fault of `faults/` that has a safe fix, a file with a dozen of them, and the configurations of teams with some
planted in each. The program sees them all in one process.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conformance.litellm.test_faults import FAULTS, says
from tests.importers.litellm.faults.fault import (
    AZURE,
    CLOUDS,
    GENERAL,
    INCLUDED,
    KEY,
    LISTS,
    OWN,
    PLATFORM,
    RETRIES,
    RETRY_POLICY,
    ROUTER,
    SETTINGS,
    SMALL,
    TEAM,
    gone,
    top,
    under,
)
from wrpc.cli.app import run
from wrpc.importers import importer
from wrpc.syntax.read import read

HERE = Path(__file__).resolve().parent
CASES = HERE.parents[1] / "importers" / "litellm" / "cases"

MODELS = """\
model_list:
  - model_name: chat
    litellm_params: { model: openai/gpt-4o, api_key: os.environ/SET_IN_THE_TEST }  # the first
    model_info: { id: a }
  - model_name: other
    litellm_params: { model: openai/gpt-4.1, api_key: os.environ/SET_IN_THE_TEST }  # the second
    model_info: { id: b }
"""

# What the program shows of a fault once it is repaired. What it shows before, the fault's own head says.
NOW: Mapping[str, list[str]] = {
    # ── Fallbacks in words of their own ──
    "context_fallback_named_keys": ["tried chat failing a:ContextWindowExceededError => a b"],
    "fallback_in_words": ["tried chat failing a => a a a b"],
    "fallback_named_keys": ["tried chat failing a => a a a b"],
    # ── What was meant by a text or a number ──
    "enforce_user_text": ["http chat with sk-the-key-of-the-test => answers"],
    "header_number": ["ask chat => a", 'sent chat a => "3"'],
    # ── Out of `general_settings` ──
    # What is not installed here is asked for now.
    "callbacks_in_general": ["start => ModuleNotFoundError...prometheus_client..."],
    "general_allowed_fails": ["router.allowed_fails => 9"],
    "general_cache": ['litellm.cache.type => "local"'],
    "general_callbacks": ['litellm.success_callback => ["langfuse"]'],
    "general_context_window_fallbacks": [
        "ask chat failing a:ContextWindowExceededError => b",
        "tried chat failing a:ContextWindowExceededError => a b",
    ],
    "general_cooldown_time": ["router.cooldown_time => 60"],
    "general_drop_params": ["litellm.drop_params => true", "proxy.general_settings.drop_params => nothing"],
    "general_fallbacks": ['router.fallbacks => [{"chat": ["other"]}]', "tried chat failing a => a a a b"],
    "general_model_group_alias": ["ask quick => a"],
    "general_num_retries": ["router.num_retries => 5", "tried chat failing a => a a a a a a"],
    "general_request_timeout": ["litellm.request_timeout => 30", "router.timeout => 30"],
    "general_routing_strategy": ['router.routing_strategy => "least-busy"'],
    # ── Out of `litellm_settings` ──
    "litellm_allowed_fails_policy": ['router.allowed_fails_policy => {"TimeoutErrorAllowedFails": 5}'],
    "litellm_cooldown_time": ["router.cooldown_time => 60", "litellm.cooldown_time => nothing"],
    "litellm_enable_pre_call_checks": ["router.enable_pre_call_checks => true"],
    "litellm_master_key": [
        'proxy.master_key => "value-of-the-test"',
        "http chat with sk-the-key-of-the-test => refuses",
    ],
    "litellm_model_group_alias": ["ask quick => a"],
    "litellm_retry_after": ["router.retry_after => 5"],
    "litellm_retry_policy": ['router.retry_policy => {"TimeoutErrorRetries": 5}'],
    "litellm_routing_strategy": ['router.routing_strategy => "least-busy"'],
    "litellm_stream_timeout": ["router.stream_timeout => 30"],
    "litellm_timeout": ["router.timeout => 30", "litellm.timeout => ...function..."],
    # ── Out of `router_settings` ──
    "router_alerting": ['proxy.general_settings.alerting => ["slack"]', "warned alerting => no"],
    "router_callbacks": ["start => ModuleNotFoundError...prometheus_client..."],
    "router_drop_params": ["litellm.drop_params => true", "warned drop_params => no"],
    "router_health_check_concurrency": ["proxy.health_check_concurrency => 3"],
    "router_health_check_interval": ["proxy.health_check_interval => 300"],
    "router_master_key": ['proxy.master_key => "value-of-the-test"', "warned master_key => no"],
    "router_request_timeout": ["router.timeout => 30", "warned request_timeout => no"],
    # ── From the top of the file ──
    "top_allowed_fails": ["router.allowed_fails => 9"],
    "top_callbacks": ['litellm.success_callback => ["langfuse"]'],
    "top_cooldown_time": ["router.cooldown_time => 60"],
    # The database is not installed.
    "top_database_url": ["start => ...prisma..."],
    "top_drop_params": ["litellm.drop_params => true"],
    "top_enable_jwt_auth": ["proxy.general_settings.enable_jwt_auth => true", "warned enable_jwt_auth => no"],
    "top_fallbacks": ["ask chat failing a => b"],
    "top_master_key": ['proxy.master_key => "value-of-the-test"', "http chat with value-of-the-test => answers"],
    "top_model_group_alias": ["ask quick => a"],
    "top_num_retries": ["router.num_retries => 5"],
    "top_routing_strategy": ['router.routing_strategy => "least-busy"'],
    # ── Values ──
    "callbacks_text": ['litellm.callbacks => ["langfuse"]'],
    "context_fallback_bare_text": ["tried chat failing a:ContextWindowExceededError => a b"],
    "default_fallbacks_text": ['router.fallbacks => [{"*": ["other"]}]', "ask chat failing a => b"],
    "fallback_bare_text": ["tried chat failing a => a a a b"],
    "model_name_boolean": ["ask on => a"],
    "model_name_date": ["ask 2025-01-01 => a"],
    "model_name_number": ["ask 4 => a"],
    "model_number": ["group chat => nothing"],
    "pre_call_checks_text": ["router.optional_callbacks => []"],
    "success_callback_text": ['litellm.success_callback => ["langfuse"]'],
    "weight_text": ["spread chat => a b"],
    # ── What stands twice ──
    "same_deployment": ["spread chat => ..."],
}
# What says the same before: one of two equal lines is gone.
EQUAL = frozenset(("a section twice",))
# What is found only when the fault is gone: no model has the name `4`; chains that hold now do not hold for an alias.
NEXT: Mapping[str, list[str]] = {"model_number": ["WRP165 error"], "many": ["WRP263 warning"]}

MANY = """\
# The gateway of the support desk.
# Ask in the channel before you change it.

# Four tries, says the contract.
num_retries: 4  # counted with the first?

model_list:
  # ── Chat ──
  - model_name: chat  # the large one
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/SET_IN_THE_TEST
      weight: "3"  # three of four
    model_info: { id: a }
  - model_name: chat
    litellm_params:
      model: openai/gpt-4o-mini
      api_key: os.environ/SET_IN_THE_TEST
      weight: 1
      timeout: 30  # seconds
      timeout: 30  # seconds
    model_info: { id: b }

  # ── Spare ──
  - model_name: spare
    litellm_params: { model: openai/gpt-4.1, api_key: os.environ/SET_IN_THE_TEST }
    model_info: { id: c }
  - model_name: spare
    litellm_params: { model: openai/gpt-4.1, api_key: os.environ/SET_IN_THE_TEST }
    model_info: { id: c }
  - model_name: 2024  # the year's model
    litellm_params: { model: openai/gpt-4.1-mini, api_key: os.environ/SET_IN_THE_TEST }
    model_info: { id: d }

router_settings:
  timeout: 40
  # What the client sends and nobody knows.
  drop_params: true
  context_window_fallbacks:
    - chat: spare  # it takes a million
  optional_pre_call_checks: prompt_caching  # a bare word

litellm_settings:
  # Who is told of answers.
  success_callback: langfuse  # and of nothing else
  # Old names.
  model_group_alias:
    quick: chat  # the app of last year

    # not in the list
    slow: { model: spare, hidden: true }
  master_key: os.environ/SET_IN_THE_TEST  # in the wrong place

general_settings:
  # When chat is down.
  fallbacks:
    # spare is paid for
    - chat: spare
    # and nothing else
  request_timeout: 50  # seconds, too
# The end.
"""

# Texts of their own: the repairs that no fault shows, each with what the program shows then.
TEXTS: Mapping[str, tuple[str, list[str]]] = {
    "a section twice": (
        f"{MODELS}router_settings:\n  num_retries: 4  # once\nrouter_settings:\n  num_retries: 4  # once\n",
        ["router.num_retries => 4"],
    ),
    "a deployment twice": (
        MODELS.replace("id: b }", "id: b }\n" + "".join(MODELS.splitlines(keepends=True)[4:7]).rstrip("\n")),
        ["group other => b"],
    ),
    "a move between comments": (
        f"{MODELS}general_settings:\n  # tries\n  num_retries: 4  # 4\n  # end\nrouter_settings:\n  timeout: 40  # s\n",
        ["router.num_retries => 4", "router.timeout => 40"],
    ),
    "a move into an empty section": (
        f"{MODELS}router_settings: {{}}  # nothing\nlitellm_settings:\n  drop_params: true\n  retry_after: 3  # s\n",
        ["router.retry_after => 3", "litellm.drop_params => true"],
    ),
    "many": (
        MANY,
        [
            "router.num_retries => 4",
            "router.timeout => 40",
            "litellm.request_timeout => 50",
            "litellm.drop_params => true",
            'litellm.success_callback => ["langfuse"]',
            'router.fallbacks => [{"chat": ["spare"]}]',
            "spread chat => a b",
            "ask chat failing a b => c",
            "ask quick failing a b => InternalServerError...",
            "ask chat failing a:ContextWindowExceededError b:ContextWindowExceededError => c",
            "ask slow => c",
            "ask 2024 => d",
            "group spare => c",
            "http chat with value-of-the-test => answers",
            "http chat with nothing => refuses",
        ],
    ),
}

# A repair that is called safe must not break what works: each of these starts before, and answers.
WORSE: Mapping[str, tuple[str, list[str]]] = {
    "a chain of another shape": ("general_settings:\n  fallbacks: { chat: [other] }\n", ["start => ok"]),
    "a strategy of nobody": ("general_settings:\n  routing_strategy: fastest\n", ["start => ok"]),
    "an empty strategy": ("general_settings:\n  routing_strategy:\n", ["ask chat => a"]),
    "aliases as a list": ("general_settings:\n  model_group_alias: [chat]\n", ["start => ok"]),
    "a callback of nobody": ("general_settings:\n  callbacks: [nothing_such]\n", ["start => ok"]),
    "a key that is a number": ("router_settings:\n  master_key: 1234\n", ["start => ok"]),
    "no key": ("master_key:\n", ["start => ok"]),
    "tries in words": (
        "litellm_settings:\n  fallbacks: [{ chat: [other] }]\ngeneral_settings:\n  num_retries: three\n",
        ["tried chat failing a => a a a b"],
    ),
    "tries from the environment": (
        "litellm_settings:\n  fallbacks: [{ chat: [other] }]\ngeneral_settings:\n  num_retries: os.environ/FOUR\n",
        ["tried chat failing a => a a a b"],
    ),
    "chains that hold elsewhere": (
        "litellm_settings:\n  fallbacks: [{ chat: [other] }]\ngeneral_settings:\n  fallbacks: [{ other: [chat] }]\n",
        ["ask chat failing a => b"],
    ),
    "tries that hold elsewhere": (
        "litellm_settings:\n  num_retries: 7\ngeneral_settings:\n  num_retries: 5\n",
        ["router.num_retries => 7"],
    ),
}

CALLBACK = '  callbacks: ["prometheus"]\n'
MEMORY = "  cache: true\n  cache_params:\n    type: local\n    ttl: 300\n"
# Faults planted in the cases of the importer. Without them each case is as it was.
PLANTED: Mapping[str, list[tuple[str, str]]] = {
    TEAM: [
        gone(RETRIES),
        top("num_retries: 2\n"),
        (SMALL, "    - small: small-anthropic\n"),
        gone(LISTS.replace(SMALL, "    - small: small-anthropic\n")),
        under(GENERAL, LISTS.replace(SMALL, "    - small: small-anthropic\n")),
        gone("  drop_params: true\n"),
        under(ROUTER, "  drop_params: true\n"),
        gone(KEY),
        under(SETTINGS, KEY),
        ('failure_callback: ["langfuse"]', "failure_callback: langfuse"),
    ],
    AZURE: [
        gone("  allowed_fails: 5\n"),
        top("allowed_fails: 5\n"),
        gone(RETRY_POLICY),
        under(SETTINGS, RETRY_POLICY),
        gone("  # An answer that begins late is no better than none.\n  stream_timeout: 60\n"),
        under(GENERAL, "  # An answer that begins late is no better than none.\n  stream_timeout: 60\n"),
        (CALLBACK, '  callbacks: "prometheus"\n'),
    ],
    OWN: [
        ("      weight: 1\n", '      weight: "1"\n'),
        ("    - tiny: [tiny-chat]\n", "    - tiny: tiny-chat\n"),
        gone("  timeout: 300\n"),
        under(SETTINGS, "  timeout: 300\n"),
        gone("  turn_off_message_logging: true\n"),
        under(GENERAL, "  turn_off_message_logging: true\n"),
    ],
    PLATFORM: [
        gone("  cooldown_time: 45\n"),
        under(GENERAL, "  cooldown_time: 45\n"),
        gone("  request_timeout: 600\n"),
        under(ROUTER, "  request_timeout: 600\n"),
        ("  default_fallbacks: [reserve]\n", "  default_fallbacks: reserve\n"),
        ('checks: ["prompt_caching"]', "checks: prompt_caching"),
    ],
    CLOUDS: [
        gone("  routing_strategy: latency-based-routing\n"),
        under(SETTINGS, "  routing_strategy: latency-based-routing\n"),
        gone("  drop_params: true\n"),
        top("drop_params: true\n"),
        ("  - gemini: [claude]\n", "  - gemini: claude\n"),
        ("  success_callback: [langfuse]\n", "  success_callback: langfuse\n"),
    ],
    INCLUDED: [
        gone(MEMORY),
        under(GENERAL, MEMORY),
        gone("  drop_params: true\n"),
        ("\nmodel_list:\n", "\ndrop_params: true\n\nmodel_list:\n"),
        ("    - site-llm: [mistral]\n", "    - site-llm: mistral\n"),
    ],
}
# What a configuration makes of the program, as far as the planted faults change it.
STATE = (
    "start", "router.num_retries", "router.timeout", "router.stream_timeout", "router.cooldown_time",
    "router.allowed_fails", "router.retry_policy", "router.routing_strategy", "router.fallbacks",
    "router.content_policy_fallbacks", "router.optional_callbacks", "litellm.drop_params", "litellm.request_timeout",
    "litellm.success_callback", "litellm.failure_callback", "litellm.turn_off_message_logging", "litellm.cache.type",
    "proxy.master_key", "spread qwen-large",
)  # fmt: skip


def planted(case: str) -> str:
    text = (CASES / f"{case}.yaml").read_text(encoding="utf-8")
    for old, new in PLANTED[case]:
        assert text.count(old) >= 1, f"the case has changed: {old!r}"
        text = text.replace(old, new, 1)
    return text


def fixable(path: Path) -> list[tuple[str, int]]:
    """Code and line of every finding of the import that has a safe fix."""
    found = importer("litellm").read(read(path)).diagnostics
    return sorted((d.code.id, d.span.line) for d in found if any(fix.safe for fix in d.fixes))


def repairable() -> Iterator[str]:
    return (name for name, path in FAULTS.items() if fixable(path))


def test_every_fault_with_a_safe_fix_is_here() -> None:
    assert sorted(repairable()) == sorted(NOW)


# ── The files ─────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Repair:
    before: Path
    after: Path
    looks: list[str]
    told: list[tuple[str, int]]
    """What `--fix` says that it did."""
    found: Counter[str]
    left: Counter[str]
    """Errors and warnings, before and after."""
    codes: set[str]
    again: tuple[int, str, str]
    """Of `--diff` over the repaired file, and its text after a second `--fix`."""


def wrpc(*arguments: str) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as errors:
        code = run(["check", *arguments, "--from", "litellm"])
    return code, out.getvalue(), errors.getvalue()


def grave(path: Path) -> Counter[str]:
    found = json.loads(wrpc(str(path), "--format", "json")[1])["diagnostics"]
    return Counter(f"{d['code']} {d['severity']}" for d in found if d["severity"] != "info")


def repair(before: Path, looks: list[str]) -> Repair:
    after = before.with_name(f"{before.stem}.repaired.yaml")
    shutil.copy(before, after)
    codes = {code for code, _ in fixable(before)}
    _, said, _ = wrpc(str(after), "--fix")
    told = re.findall(r"^fixed: (WRP\d+) .*?:(\d+):\d+ ", said, re.MULTILINE)
    different, shown, _ = wrpc(str(after), "--diff")
    text = after.read_text(encoding="utf-8")
    wrpc(str(after), "--fix")
    again = (different, shown, after.read_text(encoding="utf-8"))
    after.write_text(text, encoding="utf-8")
    lines = sorted((code, int(line)) for code, line in told)
    return Repair(before, after, looks, lines, grave(before), grave(after), codes, again)


def with_looks(text: str, looks: list[str]) -> str:
    """A text without its own head. A start is looked at in any case."""
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith(("# shows: ", "# finds: "))]
    starts = [] if any(look.startswith("start") for look in looks) else ["start => ok"]
    return "".join([*(f"# shows: {look}\n" for look in (*starts, *looks)), *lines])


@pytest.fixture(scope="module")
def repairs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Repair]:
    folder = tmp_path_factory.mktemp("repairs")
    shutil.copytree(CASES / "parts", folder / "parts")
    texts = {name: (FAULTS[name].read_text(encoding="utf-8"), looks) for name, looks in NOW.items()} | {**TEXTS}
    texts |= {case: (planted(case), [f"{look} => " for look in STATE]) for case in PLANTED}
    made = {}
    for name, (text, looks) in texts.items():
        path = folder / f"{name.replace(' ', '_')}.yaml"
        path.write_text(with_looks(text, looks), encoding="utf-8")
        made[name] = repair(path, looks)
    return made


def comments(text: str) -> Counter[str]:
    return Counter(re.findall(r"(?:^|\s)(#.*?)\s*$", text, re.MULTILINE))


every = pytest.mark.parametrize("name", [*NOW, *TEXTS, *PLANTED])


@every
def test_nothing_of_the_kind_is_left(name: str, repairs: dict[str, Repair]) -> None:
    made = repairs[name]
    assert made.codes
    assert fixable(made.after) == []
    assert not {line.partition(" ")[0] for line in made.left} & made.codes
    # What is true of the sound file too may be seen only now.
    sound = grave(CASES / f"{name}.yaml") if name in PLANTED else Counter()
    assert made.left - made.found - sound == Counter(NEXT.get(name, []))


@every
def test_it_tells_what_it_did(name: str, repairs: dict[str, Repair]) -> None:
    """At the lines of the file as it was. What is found only after a first fix is told as well."""
    made = repairs[name]
    assert not Counter(fixable(made.before)) - Counter(made.told)
    assert {code for code, _ in made.told} >= made.codes


@every
def test_a_second_time_changes_nothing(name: str, repairs: dict[str, Repair]) -> None:
    made = repairs[name]
    assert made.again == (0, "", made.after.read_text(encoding="utf-8"))


@every
def test_comments_stay(name: str, repairs: dict[str, Repair]) -> None:
    """Those of what stood twice are there once."""
    before, after = (path.read_text(encoding="utf-8") for path in (repairs[name].before, repairs[name].after))
    assert before != after
    assert yaml.safe_load(after)
    twice = {"# once", "# seconds", "# the second"}
    assert comments(after).keys() == comments(before).keys()
    assert set(comments(before) - comments(after)) <= twice


@pytest.mark.parametrize("case", PLANTED)
def test_planted_faults_leave_no_trace(case: str, repairs: dict[str, Repair]) -> None:
    made = repairs[case]
    original = CASES / f"{case}.yaml"
    assert len(fixable(made.before)) >= 3
    assert data(made.after) != data(made.before)
    assert data(made.after) == data(original)
    assert made.left == grave(original)
    assert made.left.keys() <= {"WRP507 warning"}  # a general fallback takes what a provider refuses


def data(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# ── The program ───────────────────────────────────────────────────────────

Seen = dict[str, list[tuple[str, str, str]]]

NOWHERE = "http://127.0.0.1:1"
ELSEWHERE = re.compile(r".*\b(redis_\w+|database_url|service_callback|use_redis_\w+):.*\n")


def alone(text: str) -> str:
    """A case without what is not here: Redis, the database, packages."""
    return ELSEWHERE.sub("", text).replace("type: redis", "type: local").replace("prometheus", "langfuse")


@pytest.fixture(scope="module")
def observed(
    environment: Callable[[str], Path], repairs: dict[str, Repair], tmp_path_factory: pytest.TempPathFactory
) -> Seen:
    """Every file after, and before where that is not known from the faults, in one process and its forks."""
    python = environment("litellm") / "python"
    tmp_path = tmp_path_factory.mktemp("alone")
    files = [repairs[name].after for name in NOW] + [p for n in TEXTS for p in (repairs[n].before, repairs[n].after)]
    for name, (text, looks) in WORSE.items():
        files.append(before := tmp_path / f"{name.replace(' ', '_')}.yaml")
        before.write_text(with_looks(MODELS + text, looks), encoding="utf-8")
        files.append(repair(before, looks).after)
    shutil.copytree(CASES / "parts", tmp_path / "parts")
    for case in PLANTED:
        made = repairs[case]
        original = with_looks((CASES / f"{case}.yaml").read_text(encoding="utf-8"), made.looks)
        texts = {path.name: path.read_text(encoding="utf-8") for path in (made.before, made.after)}
        for name, text in (texts | {f"{case}.original.yaml": original}).items():
            files.append(tmp_path / name)
            files[-1].write_text(alone(text), encoding="utf-8")
    done = subprocess.run(
        [str(python), str(HERE / "program.py"), *map(str, files)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env={**os.environ, "PRESIDIO_ANALYZER_API_BASE": NOWHERE, "PRESIDIO_ANONYMIZER_API_BASE": NOWHERE},
    )
    assert done.returncode == 0, done.stderr
    return {Path(path).name: looks for path, looks in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", [*NOW, *TEXTS])
def test_the_program_does_what_was_meant(name: str, repairs: dict[str, Repair], observed: Seen) -> None:
    made = repairs[name]
    seen = observed[made.after.name]
    wrong = [(look, text, f"expected: {said}") for look, said, text in seen if not says(said, text)]
    assert not wrong


@pytest.mark.parametrize("name", TEXTS)
def test_it_did_not_before(name: str, repairs: dict[str, Repair], observed: Seen) -> None:
    made = repairs[name]
    assert any(not says(said, seen) for _, said, seen in observed[made.before.name]) == (name not in EQUAL)


@pytest.mark.parametrize("name", WORSE)
def test_what_works_goes_on(name: str, observed: Seen) -> None:
    stem = name.replace(" ", "_")
    for end in ("", ".repaired"):
        wrong = [(look, seen) for look, said, seen in observed[f"{stem}{end}.yaml"] if not says(said, seen)]
        assert not wrong, end or "before"


@pytest.mark.parametrize("case", PLANTED)
def test_the_program_is_as_it_was(case: str, observed: Seen) -> None:
    original, before, after = (observed[f"{case}{end}.yaml"] for end in (".original", "", ".repaired"))
    assert [*original[0]] == ["start", "", "ok"]
    assert after == original
    assert before != original
