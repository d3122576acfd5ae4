"""This room starts fast and stays linear."""

from __future__ import annotations

import subprocess
import sys

from tests.support.work import calls
from wrpc.policy.load import from_text


def test_no_heavy_import():
    code = "import sys, wrpc.policy.load; print(*({'pydantic', 'z3', 'yaml', 'click', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def work(routes: int, pool: str) -> int:
    lines = ["signal tokens: int(0..1M) { source prompt_tokens }"]
    lines += [f"pool p{i} {{}}" for i in range(routes)]
    lines += [f"let l{i} = tokens > {i}" for i in range(routes)]
    lines += [f"route r{i} {{ when l{i} and tokens < {i}  to {pool}{i} }}" for i in range(routes)]
    text = "\n".join(lines)
    return calls(lambda: from_text(text))


def test_linear_in_routes_and_in_faults():
    for pool in ("p", "q"):
        assert work(2_000, pool) < 9 * work(250, pool)  # eight times as many; suggestions are paid for once


def test_long_chains_and_circles_end():
    start = "signal x: bool { source has_tools }\n"
    chain = start + "let a0 = x\n" + "\n".join(f"let a{i} = a{i - 1}" for i in range(1, 3000))
    circle = start + "\n".join(f"let a{i} = a{(i + 1) % 3000} or x" for i in range(3000))
    for text in (chain, circle):
        policy, findings = from_text(text)
        assert policy is None
        assert {d.code.id for d in findings.diagnostics if d.severity == "error"} <= {"WRP126", "WRP127"}
        assert findings.errors
