"""The command line in this process: arguments and standard input in, exit code and output out."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from wrpc.cli.app import run


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def codes(self) -> list[str]:
        """The codes of the findings of a JSON object."""
        return [d["code"] for d in self.json["diagnostics"]]


Wrpc = Callable[..., Result]


@pytest.fixture
def wrpc(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Wrpc:
    """Runs in a folder of its own. No output may ever hold a traceback."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WRPC_DEBUG", raising=False)

    def call(*arguments: object, stdin: bytes | None = None) -> Result:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = run([str(a) for a in arguments])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        assert "bug in wrpc" not in captured.err, captured.err
        return Result(code, captured.out, captured.err)

    return call


CLEAN = """\
signal tokens: int(0..100k) { source prompt_tokens }
signal pii: score { source classifier("pii")  threshold 0.85  on_error fires }
signal code: bool { source keywords("def") }
pool own { trust "own" }
pool cloud { trust "cloud" }
route private {
  tier 1
  when pii
  to own
}
route coding {
  tier 2
  when code and tokens <= 64k
  to cloud weight 90, own weight 10
}
default { to own }
guard stays { forbid destination.trust == "cloud" when pii }
assert no_leak { never destination.trust == "cloud" when pii }
"""
CONFLICT = CLEAN + "route other {\n  tier 2\n  when tokens > 8k\n  to own\n}\n"
LEAK = CLEAN.replace("  to own\n}\nroute coding", "  to own\n  fallback cloud\n}\nroute coding")
TYPO = CLEAN.replace("when code", "when cod")


@pytest.fixture
def policy(tmp_path: Path) -> Callable[..., Path]:
    """Writes a policy beside the test: `policy(CONFLICT)`."""

    def write(text: str | bytes = CLEAN, name: str = "policy.wrp") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return Path(name)

    return write
