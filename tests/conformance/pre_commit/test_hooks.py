"""The real pre-commit with this project's hooks, in a repository of somebody who writes policies.

pre-commit clones the project and installs it into an environment of its own, as it does for everybody.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, TYPO
from wrpc.cli.init import FIRST

SHIPPED = ("wrpc", "grammar", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml")
HOOKS = ("wrpc-lint", "wrpc-check", "wrpc-fmt")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def project(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree as a repository, so that what is tested is what stands here."""
    if shutil.which("git") is None:
        pytest.skip("no git")
    folder = tmp_path_factory.mktemp("project")
    for name in SHIPPED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, folder / name)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "the project")
    return folder


class Repository:
    """Somebody's repository. `run` is `pre-commit run --all-files` over these files."""

    def __init__(self, folder: Path, project: Path, home: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PRE_COMMIT_HOME": str(home)}
        hooks = "".join(f"      - id: {name}\n" for name in HOOKS)
        (folder / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {project}\n    rev: {git(project, 'rev-parse', 'HEAD')}\n    hooks:\n{hooks}"
        )
        git(folder, "init", "--quiet")

    def run(self, files: dict[str, str], *hooks: str) -> subprocess.CompletedProcess[str]:
        for old in self.folder.rglob("*.wrp"):
            old.unlink()
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        git(self.folder, "add", "--all")
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", *hooks]
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def repository(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Repository:
    made = Repository(tmp_path_factory.mktemp("policies"), project, tmp_path_factory.mktemp("home"))
    first = made.run({"policy.wrp": FIRST}, "wrpc-lint")
    if first.returncode == 3 or "InstallationError" in first.stdout + first.stderr:
        pytest.fail(f"pre-commit cannot install the project:\n{first.stdout[-3000:]}{first.stderr[-1000:]}")
    return made


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
