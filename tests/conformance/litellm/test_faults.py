"""Every kind of fault of a LiteLLM configuration: what the program does with it, and what `wrpc check` says of it.

A file of `faults/` is one kind. Its head says the effect, what `wrpc check` has to find and where (no line: nothing),
and what is asked of the program, in the words of `program.py`.
"""

from __future__ import annotations

import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from wrpc.cli.app import run

HERE = Path(__file__).resolve().parent
FAULTS = {path.stem: path for path in sorted((HERE / "faults").glob("*.yaml"))}
KEY = "sk-the-key-of-the-test"

# What the program does, and how much a finding about it may weigh.
SEVERITIES: Mapping[str, frozenset[str]] = {
    "stops": frozenset({"error"}),
    "fails": frozenset({"error"}),  # it starts, and requests cannot be answered
    "ignored": frozenset({"warning", "error"}),
    "otherwise": frozenset({"warning", "error"}),  # it does something else than the file reads
    "doubtful": frozenset({"warning"}),  # it works, and is hardly meant or no good practice
    "open": frozenset({"info"}),  # the file alone does not tell
    "works": frozenset({"info"}),
}
# Said of nearly every file here: the master key comes from the environment, and a policy does not hold everything.
EVERYWHERE = frozenset({"WRP180 info", "WRP851 info"})

Looks = list[tuple[str, str, str]]


def head(name: str, key: str) -> list[str]:
    mark = f"# {key}: "
    lines = FAULTS[name].read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(mark) for line in lines if line.startswith(mark)]


@pytest.fixture(scope="module")
def observed(environment: Callable[[str], Path]) -> dict[str, Looks]:
    """What the program shows of each file, all in one process and its forks."""
    command = [str(environment("litellm") / "python"), str(HERE / "program.py"), *map(str, FAULTS.values())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    return {Path(path).stem: looks for path, looks in json.loads(done.stdout).items()}


@pytest.mark.parametrize("name", FAULTS)
def test_program_shows_the_effect(name: str, observed: dict[str, Looks]) -> None:
    assert len(head(name, "effect")) == 1
    assert set(head(name, "effect")) <= SEVERITIES.keys()
    assert observed[name], "the head asks nothing of the program"
    wrong = [(look, seen, f"expected: {said}") for look, said, seen in observed[name] if not says(said, seen)]
    assert not wrong


def says(said: str, seen: str) -> bool:
    """`...` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, said.split("..."))), seen, re.DOTALL) is not None


@pytest.mark.parametrize("name", FAULTS)
def test_wrpc_finds_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", out := io.StringIO())
    run(["check", str(FAULTS[name]), "--from", "litellm", "--format", "json"])
    found = json.loads(out.getvalue())["diagnostics"]
    named = [line.partition(" ")[0] for line in head(name, "finds")]
    found = [d for d in found if d["code"] in named or f"{d['code']} {d['severity']}" not in EVERYWHERE]
    places = [f"{d['code']} at {place(d['span'], name)}" for d in found]
    assert sorted(places) == sorted(head(name, "finds"))
    allowed = SEVERITIES[head(name, "effect")[0]]
    assert not found or {d["severity"] for d in found} & allowed
    assert allowed != {"info"} or {d["severity"] for d in found} <= allowed


def place(span: Mapping[str, object], name: str) -> str:
    path = Path(str(span["file"]))
    beside = "" if path == FAULTS[name] else f"{path.relative_to(FAULTS[name].parent)}:"
    return f"{beside}{span['line']}:{span['column']}"


# ── A start as people do it: the forks tell the truth ─────────────────────


@contextmanager
def started(programs: Path, path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    flags = ["--config", str(path), "--host", "127.0.0.1", "--port", str(port)]
    outside = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MASTER_KEY": KEY, "SET_IN_THE_TEST": "x"}
    process = subprocess.Popen(
        [str(programs / "litellm"), *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, **outside},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def status(port: int, key: str | None) -> int | None:
    """Of a request for the list of models; None while nobody listens."""
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/models", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return None


def test_a_real_start_that_stops(environment: Callable[[str], Path]) -> None:
    with started(environment("litellm"), FAULTS["fallback_mapping"], free_port()) as process:
        out, _ = process.communicate(timeout=300)
    assert process.returncode != 0
    assert "Item 'chat' is not a dictionary" in out


def test_a_real_start_that_ignores(environment: Callable[[str], Path]) -> None:
    port = free_port()
    with started(environment("litellm"), FAULTS["unknown_general_disable_auth"], port) as process:
        while (answer := status(port, KEY)) is None and process.poll() is None:
            time.sleep(0.2)
        assert answer == 200
        assert status(port, None) != 200
