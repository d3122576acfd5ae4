"""The real pre-commit with this project's hooks, in a repository of somebody who writes policies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, TYPO
from tests.conformance.pre_commit.conftest import Repository
from wrpc.cli.init import FIRST

HOOKS = ("wrpc-lint", "wrpc-check", "wrpc-fmt")


@pytest.fixture(scope="module")
def repository(with_hooks: Callable[..., Repository]) -> Repository:
    return with_hooks(*(f"id: {name}" for name in HOOKS))


def test_clean_policies_pass(repository: Repository) -> None:
    done = repository.run({"policy.wrp": FIRST, "deep/other.wrp": CLEAN, "notes.txt": "route {"})
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Passed") == len(HOOKS)


@pytest.mark.parametrize(
    ("text", "failing", "said"),
    [
        (CONFLICT, {"wrpc-check"}, "WRP201"),
        (TYPO, {"wrpc-lint", "wrpc-check"}, "WRP101"),
        ("route a {", {"wrpc-lint", "wrpc-check", "wrpc-fmt"}, "WRP003"),
        (CLEAN.replace("  tier 1\n", "  tier   1\n"), {"wrpc-fmt"}, "files were modified"),
    ],
    ids=["conflict", "typo", "syntax", "layout"],
)
def test_what_is_wrong_fails(repository: Repository, text: str, failing: set[str], said: str) -> None:
    done = repository.run({"good.wrp": FIRST, "bad.wrp": text})
    assert done.returncode == 1, done.stdout
    assert said in done.stdout
    assert {name for name in HOOKS if f"- hook id: {name}\n" in done.stdout} == failing
