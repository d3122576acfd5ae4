"""Whatever is given, the answer is a coded finding with a line, for a second's work at most, and nothing is written."""

from __future__ import annotations

import os
from typing import Any

import pytest

from tests.cli.conftest import CLEAN
from tests.support.work import calls

FILES: dict[str, tuple[bytes, int, str, int]] = {
    # name: content, exit code, code, line
    "empty": (b"", 1, "WRP006", 1),
    "blank": (b" \n\t\n", 1, "WRP006", 1),
    "binary": (bytes(range(256)) * 8, 2, "WRP005", 2),
    "nul": (b"pool a { }\n\0\0", 2, "WRP005", 2),
    "latin-1": ("pool a { }\n# Größe\n".encode("latin-1"), 2, "WRP005", 2),
    "utf-16": (CLEAN.encode("utf-16"), 2, "WRP005", 1),
    "10 MB": (b"# filler\n" * (10 * 2**20 // 9), 2, "WRP007", 1),
    "100,000 parentheses": (b"let x = " + b"(" * 100_000 + b"1" + b")" * 100_000, 1, "WRP004", 1),
    "100,000 nots": (b"let x = " + b"not " * 100_000 + b"true", 1, "WRP004", 1),
    "100,000 brackets": (b"route a { tools " + b"[" * 100_000, 1, "WRP004", 1),
    "duplicate": (CLEAN.encode() + b"pool own { }\n", 1, "WRP102", 19),
    "unknown": (CLEAN.replace("when code", "when cod").encode(), 1, "WRP101", 13),
    "unit": (CLEAN.replace("when code", "when tokens > 5s").encode(), 1, "WRP113", 13),
    "range": (CLEAN.replace("threshold 0.85", "threshold 1.85").encode(), 1, "WRP115", 2),
    "missing import": (b'import "nowhere.wrp"\n', 1, "WRP140", 1),
    "cyclic import": (b'import "b.wrp"\n', 1, "WRP141", 1),
    "escaping import": (b'import "../../etc/passwd"\n', 1, "WRP142", 1),
    "absolute import": (b'import "/etc/passwd"\n', 1, "WRP142", 1),
}


@pytest.mark.parametrize("command", ["lint", "check", "compile", "decide", "explain"])
@pytest.mark.parametrize("case", FILES)
def test_a_coded_finding_with_a_line(wrpc, policy, tmp_path, case, command):
    data, code, expected, line = FILES[case]
    path = policy(data, "a.wrp")
    policy('import "a.wrp"\n', "b.wrp")
    more = {
        "lint": ["--format", "json"],
        "check": ["--format", "json"],
        "compile": ["--target", "envoy", "--out", "out", "--format", "json"],
        "decide": ["--request", "{}", "--format", "json"],
        "explain": ["code", "WRP201"],
    }[command]
    before = sorted(p.name for p in tmp_path.iterdir())
    answers: list[Any] = []
    assert calls(lambda: answers.append(wrpc(command, path, *more))) < 3_000_000
    (done,) = answers
    assert done.code == code
    assert sorted(p.name for p in tmp_path.iterdir()) == before
    if command == "explain":
        assert expected in done.out
        return
    found = [(d["code"], d["span"]["line"]) for d in done.json["diagnostics"]]
    assert (expected, line) in found


@pytest.mark.parametrize("case", [c for c in FILES if c not in ("duplicate", "unknown", "unit", "range")])
def test_fmt_leaves_broken_files_alone(wrpc, policy, tmp_path, case):
    data, code, expected, _ = FILES[case]
    path = policy(data, "a.wrp")
    done = wrpc("fmt", path)
    assert (tmp_path / path).read_bytes() == data
    if "import" in case:  # which is a matter of names, not of syntax
        assert done.code == 0
    else:
        assert done.code == code
        assert expected in done.err


@pytest.mark.parametrize(
    "data",
    [CLEAN.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + CLEAN.encode()],
    ids=["CRLF", "BOM"],
)
def test_line_ends_and_marks_are_accepted(wrpc, policy, data):
    path = policy(data)
    assert wrpc("check", path).code == 0


def test_files_that_cannot_be_read(wrpc, tmp_path, policy):
    done = wrpc("lint", "polcy.wrp", "--format", "json")
    assert (done.code, done.codes) == (2, ["WRP008"])
    policy(CLEAN, "policy.wrp")
    assert "policy.wrp" in wrpc("lint", "polcy.wrp").out
    if os.getuid():
        (tmp_path / "policy.wrp").chmod(0)
        assert wrpc("lint", "policy.wrp").code == 2


def test_terminal_escapes_of_a_policy_are_not_obeyed(wrpc, policy):
    done = wrpc("lint", policy("pool \x1b[31mred { }\nroute a { when \u202eb  to red }\n"))
    assert done.code == 1
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
YAML: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 1, "WRP006"),
    "binary": (bytes(range(256)), 2, "WRP005"),
    "truncated": (b'version: v0.3\nrouting:\n  decisions: [ {name: "x', 1, "WRP050"),
    "alias bomb": (b"version: v0.3\nrouting: {}\n" + BOMB.encode(), 1, "WRP052"),
    "deep": (b"version: v0.3\nrouting: " + b"[" * 900 + b"]" * 900, 1, "WRP055"),
    "something else": (b"kind: Deployment\n", 1, "WRP057"),
    "two documents": (b"version: v0.3\nrouting: {}\n---\nversion: v0.3\n", 1, "WRP054"),
}


@pytest.mark.parametrize("case", YAML)
def test_a_foreign_file_that_is_none(wrpc, policy, tmp_path, case):
    data, code, expected = YAML[case]
    path = policy(data, "config.yaml")
    answers: list[Any] = []
    command = ("import", "vllm-sr", path, "-o", "out.wrp", "--format", "json")
    assert calls(lambda: answers.append(wrpc(*command))) < 3_000_000
    (done,) = answers
    assert done.code == code
    assert expected in done.codes
    assert not (tmp_path / "out.wrp").exists()
    assert wrpc("check", "--from", "vllm-sr", path, "--format", "json").code == code
