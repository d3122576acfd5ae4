"""The facts of a release are what its command line says today, and the catalogue of words is the router's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from wrpc.importers.vllm_sr.facts import NEWEST, OLDEST


@pytest.mark.parametrize(("release", "name"), [(NEWEST, "vllm-sr"), (OLDEST, "vllm-sr-0.3")])
def test_the_facts_are_the_programs(
    release: str, name: str, environment: Callable[[str], Path], root: Path, tmp_path: Path
) -> None:
    named = os.environ.get("WRPC_VLLM_SR") if release == NEWEST else None
    python = (Path(named).parent if named else environment(name)) / "python"
    subprocess.run([str(python), str(root / "scripts" / "vllm_sr_facts"), str(tmp_path)], check=True, timeout=300)
    made, kept = tmp_path / f"{release}.json", root / "wrpc/importers/vllm_sr/releases" / f"{release}.json"
    assert made.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")
