"""Every block of README is tried: what a reader types does what README says, in a folder of its own, one after another.

In what is shown, `…` on a line by itself is any number of lines, and inside a line any text.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SHELL = """\
wrpc() { "$WRPC_PYTHON" -m wrpc "$@"; }
"""
TIMEOUT = 120


def blocks(root: Path, page: str = "README.md") -> list[tuple[str, str]]:
    return BLOCK.findall((root / page).read_text(encoding="utf-8"))


def steps(block: str) -> Iterator[tuple[str, str]]:
    """Each command with what is shown of its output."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield re.sub(r"\s{3,}# .*$", "", command), shown.strip("\n")


def pattern(shown: str) -> re.Pattern[str]:
    lines = []
    for line in shown.split("\n"):
        if line.strip() == "…":
            lines.append(r"(?:.*\n)*")
        else:
            lines.append(re.escape(line.rstrip()).replace("…", ".*") + r"[ ]*\n")
    return re.compile("".join(lines))


@pytest.fixture(scope="module")
def place(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as a reader has it: a clone, seen from its root, and an empty home."""
    folder = tmp_path_factory.mktemp("readme")
    for name in ("demo", "policies"):
        shutil.copytree(root / name, folder / name)
    (folder / "home").mkdir()
    return folder


def run(command: str, place: Path, root: Path) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(place / "home"),
        "PYTHONPATH": str(root),
        "WRPC_PYTHON": sys.executable,
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", SHELL + command], cwd=place, env=environment, capture_output=True, text=True, timeout=TIMEOUT
    )
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in (0, 1), done.stderr
    return done.stdout + done.stderr


def test_every_block(root: Path, place: Path) -> None:
    tried = 0
    for kind, block in blocks(root):
        if kind == "wrp":
            (place / "small.wrp").write_text(block, encoding="utf-8")
        if kind != "console":
            continue
        for command, shown in steps(block):
            out = run(command, place, root)
            told = out.strip("\n") + "\n"
            assert pattern(shown).fullmatch(told), f"$ {command}\n{out}\n--- README:\n{shown}"
            tried += 1
    assert tried >= 15


def test_what_the_page_of_foreign_files_shows(root: Path, place: Path) -> None:
    shown = [
        step
        for kind, block in blocks(root, "docs/gateway-configuration.md")
        for step in steps(block)
        if kind == "console"
    ]
    tried = [(command, out) for command, out in shown if "demo/gateway.yaml" in command and out]
    for command, out in tried:
        told = run(command, place, root).strip("\n") + "\n"
        assert pattern(out).fullmatch(told), f"$ {command}\n{told}\n--- the page:\n{out}"
    assert tried


def test_blocks_of_other_kinds(root: Path) -> None:
    """What is typed before there is a `wrpc`, and beside it, names what is there."""
    kinds = [kind for kind, _ in blocks(root)]
    assert set(kinds) == {"sh", "console", "wrp", "text", "yaml"}
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (asked,) = [yaml.safe_load(block) for kind, block in blocks(root) if kind == "yaml"]
    assert {h["id"] for h in asked["repos"][0]["hooks"]} <= {h["id"] for h in hooks}
    install, gateway = [block for kind, block in blocks(root) if kind == "sh"]
    assert "pip install ." in install
    assert "envoy -c out/envoy/envoy.yaml" in gateway


def test_every_command_of_the_table_names_a_file(root: Path, place: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    run("wrpc compile policies/private_stays_home.wrp --target envoy,vllm-sr,fleet-sim,vllm --out out", place, root)
    for name in set(re.findall(r"\bout/[\w./-]+", text)):
        assert (place / name).exists(), name
