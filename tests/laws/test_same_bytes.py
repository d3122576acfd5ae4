"""The same policy is told in the same bytes, whatever the process did before and however its hashes fall."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import settings

import wrpc.api
from benchmarks.families import KINDS, family
from wrpc.report.json import document

RUNS = 2 if settings.get_current_profile_name() == "ci" else 20


def told(text: str) -> str:
    return json.dumps(document(wrpc.api.check(wrpc.api.loads(text)), failed=False), indent=1)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_twice_in_one_process(kind: str) -> None:
    text = family(kind, 30, 1)
    first = told(text)
    told(family("sums", 10, 3))
    assert told(text) == first


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_in_processes_of_their_own(kind, tmp_path) -> None:
    path = tmp_path / "policy.wrp"
    path.write_text(family(kind, 60 if RUNS == 2 else 300, 2), encoding="utf-8")
    printed = set()
    for run in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-m", "wrpc", "check", path.name, "--format", "json"],
            cwd=tmp_path,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": str(run)},
            check=False,
        )
        assert done.returncode in (0, 1), done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1
