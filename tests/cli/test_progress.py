"""Progress is for terminals, after a while, and gone when the findings come."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
import threading

import wrpc.api
from wrpc.cli.progress import progress, shares, told


class Terminal(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.wrote = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self.wrote.set()
        return super().write(text)


def test_nothing_before_its_time_and_nothing_elsewhere(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    quick = Terminal()
    with progress(after=3600, stream=quick) as tell:
        tell("checking a.wrp")
    assert quick.getvalue() == ""
    plain = io.StringIO()
    with progress(after=0, stream=plain) as tell:
        tell("checking a.wrp")
    assert plain.getvalue() == ""
    monkeypatch.setenv("TERM", "dumb")
    dumb = Terminal()
    with progress(after=0, stream=dumb) as tell:
        tell("checking a.wrp")
    assert dumb.getvalue() == ""


def test_what_is_being_done_is_said(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    with progress(after=0, stream=terminal) as tell:
        assert list(told(["[b]a\x1b[31m.wrp", "b.wrp"], tell)) == ["[b]a\x1b[31m.wrp", "b.wrp"]
        assert terminal.wrote.wait(60)
        tell("checking c.wrp")
    shown = terminal.getvalue()
    assert "\x1b[31m.wrp" not in shown


def test_an_error_ends_it(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    before = threading.active_count()
    try:
        with progress(after=3600, stream=Terminal()):
            raise RuntimeError
    except RuntimeError:
        pass
    assert threading.active_count() <= before + 1


def test_a_quick_run_on_a_terminal_says_only_what_it_found(policy, tmp_path):
    policy()
    main, other = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "wrpc", "lint", "policy.wrp"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=other
    ) as process:
        out, _ = process.communicate(timeout=60)
    os.close(other)
    os.close(main)
    assert out == b"no errors\n"


def test_a_check_tells_which_share_is_done() -> None:
    said: list[str] = []
    wrpc.api.check(wrpc.api.loads("pool p { } default { to p }"), progress=shares("a.wrp", said.append))
    assert said[0] == "checking a.wrp: 0%"
    assert said[-1].startswith("checking a.wrp: 9")
    assert len(said) > 20
