"""diff: what one policy makes of another, as text, JSON and Markdown."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, TYPO
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
