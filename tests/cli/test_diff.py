"""diff: what one policy makes of another, as text, JSON and Markdown."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, TYPO
from tests.cli.test_import import RECIPE
from wrpc.report.contract import Diff

OPEN = CLEAN.replace('guard stays { forbid destination.trust == "cloud" when pii }\n', "")
LEAKING = OPEN.replace("  when pii\n  to own", "  when pii\n  to own\n  fallback cloud")


@pytest.fixture
def two(policy):
    def write(old: str, new: str):
        return policy(old, "old.wrp"), policy(new, "new.wrp")

    return write


def test_nothing_changes(wrpc, two):
    done = wrpc("diff", *two(CLEAN, CLEAN), "--fail-on", "different")
    assert (done.code, done.out) == (0, "same: every request is told the same\n")


def test_text(wrpc, two):
    done = wrpc("diff", *two(OPEN, LEAKING))
    assert done.code == 0
    assert done.out == (
        "weaker: requests can go to `cloud`\n"
        "  when: pii\n"
        "  with: pii = 1\n"
        "  old: route private → own\n"
        "  new: route private → own, fallback cloud\n"
        "  rules: route private\n"
        "\n"
        "rules: route private changed\n"
        "weaker: the new policy lets some requests do more (1 weaker)\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "fail_on", "code"),
    [
        (OPEN, LEAKING, "weaker", 1),
        (OPEN, LEAKING, "different", 1),
        (OPEN, LEAKING, "never", 0),
        (LEAKING, OPEN, "weaker", 0),
        (LEAKING, OPEN, "different", 1),
        (CONFLICT, CONFLICT, "weaker", 1),  # open: it may be weaker
        (CONFLICT, CONFLICT, "never", 0),
    ],
)
def test_exit_codes(wrpc, two, old, new, fail_on, code):
    assert wrpc("diff", *two(old, new), "--fail-on", fail_on).code == code


def test_json_keeps_its_contract(wrpc, two):
    for old, new in ((OPEN, LEAKING), (LEAKING, OPEN), (CONFLICT, CLEAN), (CLEAN, CLEAN)):
        done = wrpc("diff", *two(old, new), "--format", "json")
        found = Diff.model_validate(done.json, strict=False)
        assert found.verdict in ("weaker", "stronger", "open", "same")
        assert [r.subject for r in found.rules] == sorted(r.subject for r in found.rules)
        for change in found.changes:
            assert change.subjects == sorted(change.subjects)


def test_witnesses_are_what_decide_says(wrpc, two):
    old, new = two(OPEN, LEAKING)
    change = wrpc("diff", old, new, "--format", "json").json["changes"][0]
    request = json.dumps(change["witness"])
    for path, told in ((old, change["old"]), (new, change["new"])):
        assert wrpc("decide", path, "--request", request, "--format", "json").json == told


def test_markdown_shows_hostile_names_as_they_are(wrpc, two):
    name = "a|b<script>*x*"
    hostile = LEAKING.replace("route private", f"route `{name}`")
    done = wrpc("diff", *two(OPEN.replace("route private", f"route `{name}`"), hostile), "--format", "markdown")
    assert done.code == 0
    assert done.out.splitlines()[0] == "### Policy change: **weaker**"
    rows = [line for line in done.out.splitlines() if line.startswith("| **")]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 6
    assert "a\\|b<script>*x*" in rows[0]


def test_a_policy_that_lint_refuses_is_shown_as_there(wrpc, two):
    done = wrpc("diff", *two(CLEAN, TYPO), "--format", "json")
    assert done.code == 1
    assert done.codes == ["WRP101"]


def test_a_file_that_is_not_there(wrpc, policy):
    done = wrpc("diff", policy(), "missing.wrp")
    assert done.code == 2
    assert "missing.wrp" in done.out + done.err


def test_environments_apply_to_both(wrpc, two, policy):
    env = policy("override route private { fallback cloud }", "prod.wrp")
    done = wrpc("diff", *two(OPEN, LEAKING), "--env", env)
    assert done.out.startswith("same:"), done.out


def test_against_a_commit(wrpc, policy, tmp_path):
    policy(OPEN)
    run_git(tmp_path)
    path = policy(LEAKING)
    done = wrpc("diff", path, "--against", "HEAD", "--fail-on", "weaker")
    assert done.code == 1
    assert "requests can go to `cloud`" in done.out
    assert path.read_text() == LEAKING
    for arguments, code in (
        ((path, "--against", "nowhere"), "WRP086"),
        ((policy(OPEN, "new.wrp"), "--against", "HEAD"), "WRP088"),
    ):
        refused = wrpc("diff", *arguments, "--format", "json")
        assert (refused.code, refused.codes) == (2, [code])


def test_against_no_repository(wrpc, policy):
    refused = wrpc("diff", policy(), "--against", "HEAD", "--format", "json")
    assert (refused.code, refused.codes) == (2, ["WRP087"])


@pytest.mark.parametrize(
    "arguments",
    [
        ("policy.wrp",),
        ("policy.wrp", "policy.wrp", "--against", "HEAD"),
        ("policy.wrp", "policy.wrp", "--release", "0.4"),
        ("policy.wrp", "policy.wrp", "--old-release", "0.4"),
        ("policy.wrp", "policy.wrp", "--from", "litellm", "--env", "policy.wrp"),
        ("a.yaml", "a.yaml", "--from", "litellm", "--release", "0"),
    ],
)
def test_bad_usage(wrpc, policy, arguments):
    policy()
    policy(GATEWAY, "a.yaml")
    assert wrpc("diff", *arguments).code == 2


GATEWAY = """\
model_list:
  - model_name: chat
    litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY, region_name: eu}
  - model_name: spare
    litellm_params: {model: anthropic/claude-sonnet-4-5, api_key: os.environ/OTHER_KEY, region_name: us}
"""


def test_foreign_files_on_either_side(wrpc, policy, tmp_path):
    old = policy(GATEWAY, "old.yaml")
    new = policy(GATEWAY + "router_settings:\n  fallbacks: [{chat: [spare]}]\n", "new.yaml")
    found = wrpc("diff", old, new, "--from", "auto", "--format", "json").json
    assert found["verdict"] == "weaker"
    assert [c["witness"] for c in found["changes"]] == [{"model": "chat"}]
    run_git(tmp_path)
    policy(GATEWAY + "router_settings:\n  fallbacks: [{spare: [chat]}]\n", "old.yaml")
    assert wrpc("diff", old, "--against", "HEAD", "--from", "litellm").out.startswith("weaker:")
    # The import of a file is what the file is.
    assert wrpc("import", "litellm", new, "-o", "new.wrp").code == 0
    assert wrpc("diff", "new.wrp", new, "--from", "litellm").out.startswith("same:")


def test_an_upgrade_of_the_release_is_a_diff(wrpc, policy):
    path = policy(GATEWAY, "a.yaml")
    done = wrpc("diff", path, path, "--from", "litellm", "--old-release", "1.91.5")
    assert done.code == 0
    assert done.out.startswith("same:")


def test_of_several_policies_one_is_compared(wrpc, policy):
    body = RECIPE.partition("routing:\n")[2]
    inside = "".join(f"      {line}\n" if line else "\n" for line in body.splitlines())
    text = RECIPE.partition("routing:")[0] + "recipes:\n"
    text += "".join(f"  - name: {name}\n    routing:\n{inside}" for name in ("one", "two"))
    path = policy(text, "config.yaml")
    refused = wrpc("diff", path, path, "--from", "vllm-sr", "--format", "json")
    assert (refused.code, refused.codes) == (1, ["WRP089"])
    assert wrpc("diff", path, path, "--from", "vllm-sr", "--policy", "two").out.startswith("same:")
    refused = wrpc("diff", path, path, "--from", "vllm-sr", "--policy", "three", "--format", "json")
    assert refused.json["diagnostics"][0]["help"] == "it holds `one` and `two`"


def run_git(folder):
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)
