"""This room starts fast and stays linear."""

from __future__ import annotations

import subprocess
import sys
import time

from wrpc.policy.load import from_text


def test_no_heavy_import():
    code = "import sys, wrpc.policy.load; print(*({'pydantic', 'z3', 'yaml', 'click', 'rich'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def seconds(routes: int, pool: str) -> float:
    lines = ["signal tokens: int(0..1M) { source prompt_tokens }"]
    lines += [f"pool p{i} {{}}" for i in range(routes)]
    lines += [f"let l{i} = tokens > {i}" for i in range(routes)]
    lines += [f"route r{i} {{ when l{i} and tokens < {i}  to {pool}{i} }}" for i in range(routes)]
    started = time.process_time()
    from_text("\n".join(lines))
    return time.process_time() - started


def test_linear_in_routes_and_in_faults():
    for pool in ("p", "q"):
        few, many = min(seconds(250, pool) for _ in range(3)), seconds(4_000, pool)
        # A few suggestions are paid for once; sixteen times the routes are far below sixteen squared.
        assert many < 64 * max(few, 0.05)


def test_long_chains_and_circles_end():
    start = "signal x: bool { source has_tools }\n"
    chain = start + "let a0 = x\n" + "\n".join(f"let a{i} = a{i - 1}" for i in range(1, 3000))
    circle = start + "\n".join(f"let a{i} = a{(i + 1) % 3000} or x" for i in range(3000))
    for text in (chain, circle):
        policy, findings = from_text(text)
        assert policy is None
        assert {d.code.id for d in findings.diagnostics if d.severity == "error"} <= {"WRP126", "WRP127"}
        assert findings.errors
