"""What a command does not need, it does not import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cli.conftest import CLEAN

HEAVY = ("z3", "oxidd", "pysat", "pydantic", "yaml", "rich", "lark")


@pytest.mark.parametrize(
    ("arguments", "kept_out"),
    [
        (["lint", "policy.wrp"], HEAVY),
        (["fmt", "--check", "policy.wrp"], HEAVY),
        (["decide", "policy.wrp", "--request", "{}"], HEAVY),
        (["check", "policy.wrp"], HEAVY),
        (["--version"], (*HEAVY, "wrpc.policy", "wrpc.syntax")),
    ],
    ids=lambda a: a[0] if isinstance(a, list) else "",
)
def test_modules(policy, tmp_path, arguments, kept_out):
    policy(CLEAN)
    program = (
        "import sys; from wrpc.cli.app import run; code = run(sys.argv[1:]);"
        f"print('loaded', [m for m in {kept_out!r} if m in sys.modules]); sys.exit(code)"
    )
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded []"


def test_the_module_runs(policy, tmp_path):
    policy(CLEAN)
    done = subprocess.run(
        [sys.executable, "-m", "wrpc", "lint", "policy.wrp"], cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "no errors\n", "")


def test_a_reader_that_goes_away(policy, tmp_path):
    policy(CLEAN)
    (tmp_path / "log.jsonl").write_text("{}\n" * 20_000)
    command = f"{sys.executable} -m wrpc decide policy.wrp log.jsonl --format json | head -n 1"
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
