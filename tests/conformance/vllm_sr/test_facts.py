"""The facts of a release are what its command line says today, and the catalogue of words is the router's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from wrpc.importers.vllm_sr.facts import NEWEST


def test_the_facts_are_the_programs(environment: Callable[[str], Path], root: Path, tmp_path: Path) -> None:
    named = os.environ.get("WRPC_VLLM_SR")
    python = (Path(named).parent if named else environment("vllm-sr")) / "python"
    subprocess.run([str(python), str(root / "scripts" / "vllm_sr_facts"), str(tmp_path)], check=True, timeout=300)
    name = f"{NEWEST}.json"
    made, kept = tmp_path / name, root / "wrpc/importers/vllm_sr/releases" / name
    assert made.read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")
