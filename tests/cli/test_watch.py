"""`--watch`, in a real process on a folder of its own: every file that was read counts, and Ctrl-C ends it cleanly."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST = 60  # seconds until something has to be said

MAIN = 'import "common.wrp"\ndefault { to own }\n'


class Watching:
    """A process that watches, and the lines that it writes."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wrpc", *arguments, "--watch"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            # What runs behind a shell's `&` ignores Ctrl-C, and so would its children.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509  no thread yet
        )
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.lines.put(line)

    def until(self, text: str) -> str:
        """Everything up to a line that holds a text."""
        told: list[str] = []
        while True:
            try:
                line = self.lines.get(timeout=LONGEST)
            except queue.Empty:
                raise AssertionError(f"never said {text!r}: {''.join(self.said)}") from None
            self.said.append(line)
            told.append(line)
            if text in line:
                return "".join(told)

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=LONGEST)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[type[Watching]]:
    made: list[Watching] = []

    class Own(Watching):
        def __init__(self, *arguments: str) -> None:
            super().__init__(tmp_path, *arguments)
            made.append(self)

    yield Own
    for each in made:
        each.process.kill()
        each.process.wait(timeout=LONGEST)
        each.reader.join(timeout=LONGEST)


def test_imports_settings_and_a_fault_that_comes_and_goes(tmp_path, watching):
    (tmp_path / "a.wrp").write_text(MAIN)
    (tmp_path / "common.wrp").write_text("pool own { }\n")
    process = watching("check", "a.wrp")
    assert "no errors" in process.until("watching 2 files; Ctrl-C ends")
    (tmp_path / "common.wrp").write_text("pool other { }\n")
    assert "changed: common.wrp" in process.until("changed:")
    assert "WRP101" in process.until("watching")
    (tmp_path / "common.wrp").write_text("pool own { }\npool idle { }\n")
    assert "WRP302" in process.until("watching")
    (tmp_path / "wrpc.toml").write_text('ignore = ["WRP302"]\n')
    assert "1 ignored by the settings" in process.until("watching 3 files")
    (tmp_path / "wrpc.toml").write_text("ignroe = []\n")
    assert "WRP081" in process.until("watching")
    (tmp_path / "wrpc.toml").unlink()
    assert "WRP302" in process.until("watching 2 files")
    assert process.end() == 0
    assert "Traceback" not in "".join(process.said)


def test_a_folder_that_grows(tmp_path, watching):
    (tmp_path / "b").mkdir()
    (tmp_path / "b/a.wrp").write_text("pool own { }\ndefault { to own }\n")
    process = watching("lint", "b")
    process.until("watching 1 file;")
    (tmp_path / "b/c.wrp").write_text("default { to nowhere }\n")
    assert "WRP101" in process.until("watching 2 files")
    assert process.end() == 0


def test_without_the_package(wrpc, policy, monkeypatch):
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    done = wrpc("check", policy(), "--watch")
    assert done.code == 2
    assert "WRP085" in done.out
    assert "pip install 'wrpc[watch]'" in done.out


@pytest.mark.parametrize("options", [["--fix"], ["--diff"], ["--baseline", "b.json", "--update-baseline"]])
def test_what_does_not_go_together(wrpc, policy, options):
    done = wrpc("check", policy(), "--watch", *options)
    assert done.code == 2
    assert "--watch goes without" in done.err
    assert wrpc("check", "-", "--watch", stdin=b"x").code == 2
