"""`check --stats` says what answered, on standard error."""

from __future__ import annotations

from tests.cli.conftest import CLEAN


def test_counts(policy, wrpc):
    policy(CLEAN)
    done = wrpc("check", "policy.wrp", "--stats", "--format", "json")
    assert done.out.startswith("{")
    assert "by sets of points" in done.err


def test_nothing_is_said_unasked(policy, wrpc):
    policy(CLEAN)
    assert "answers" not in wrpc("check", "policy.wrp").err
