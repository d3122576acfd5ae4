"""The project as a repository that pre-commit clones, and the repositories of those who use its hooks.

pre-commit installs the project into an environment of its own, as it does for everybody.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SHIPPED = ("wrpc", "grammar", "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="session")
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

    def __init__(self, folder: Path, project: Path, home: Path, hooks: tuple[str, ...]) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PRE_COMMIT_HOME": str(home)}
        lines = "".join(f"      - {hook}\n" for hook in hooks)
        (folder / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {project}\n    rev: {git(project, 'rev-parse', 'HEAD')}\n    hooks:\n{lines}"
        )
        git(folder, "init", "--quiet")

    def run(self, files: dict[str, str], *hooks: str) -> subprocess.CompletedProcess[str]:
        for name in git(self.folder, "ls-files").splitlines():
            if name != ".pre-commit-config.yaml":
                (self.folder / name).unlink()
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text)
        git(self.folder, "add", "--all")
        command = [sys.executable, "-m", "pre_commit", "run", "--all-files", *hooks]
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True)


@pytest.fixture(scope="session")
def with_hooks(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Repository]:
    """From hooks, each as one line of YAML, to a repository that has them. The project is installed once for all."""
    home = tmp_path_factory.mktemp("home")

    def made(*hooks: str) -> Repository:
        repository = Repository(tmp_path_factory.mktemp("policies"), project, home, hooks)
        first = repository.run({"notes.txt": "nothing to check\n"})
        # All hooks are installed before files are looked at.
        if first.returncode == 3 or "InstallationError" in first.stdout + first.stderr:
            pytest.fail(f"pre-commit cannot install the project:\n{first.stdout[-3000:]}{first.stderr[-1000:]}")
        return repository

    return made
