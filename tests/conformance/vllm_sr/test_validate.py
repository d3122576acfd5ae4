"""Every compiled configuration through the router's own command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, compiled, files
from tests.support.hostile import ROUTED, filled, turns
from wrpc.importers import importer
from wrpc.policy.load import from_tree
from wrpc.policy.model import Policy
from wrpc.source import Source

HERE = Path(__file__).resolve().parents[2]
OWN = {p.stem: p for p in sorted((HERE / "targets" / "vllm_sr" / "cases").glob("*.wrp"))}
MOM = ("balance", "speed", "cost", "accuracy", "vault")


@pytest.fixture(scope="session")
def programs(environment: Callable[[str], Path]) -> Path:
    """The folder of `vllm-sr`: where the program of WRPC_VLLM_SR is, else `.venvs/vllm-sr`."""
    named = os.environ.get("WRPC_VLLM_SR")
    return Path(named).parent if named else environment("vllm-sr")


def validated(policy: Policy, programs: Path, folder: Path) -> str:
    """What the program has to say; empty where it accepts the file."""
    path = folder / "config.yaml"
    path.write_text(files(compiled(policy, "vllm-sr"))["config.yaml"], encoding="utf-8")
    command = [str(programs / "vllm-sr"), "config", "validate", "--config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def imported(path: Path, name: str) -> Policy:
    source = Source(str(path), path.read_text(encoding="utf-8"))
    tree = next(p.tree for p in importer("vllm-sr").read(source).policies if p.name == name)
    policy, findings = from_tree(tree)
    assert policy is not None, [d.message for d in findings.diagnostics]
    return policy


@pytest.mark.parametrize("name", [*OWN, "private_stays_home"])
def test_a_policy(name: str, programs: Path, tmp_path: Path) -> None:
    path = OWN.get(name) or POLICIES[name]
    assert validated(wrpc.api.load(path), programs, tmp_path) == ""


@pytest.mark.parametrize("name", MOM)
def test_a_recipe_of_the_wheel(name: str, programs: Path, tmp_path: Path) -> None:
    pattern = "lib/python*/site-packages/cli/model_assets/latest/mom-v1/config.yaml"
    path = next(programs.parent.glob(pattern))
    assert validated(imported(path, name), programs, tmp_path) == ""


@pytest.mark.parametrize("name", ["privacy", "agent"])
def test_a_maintained_recipe(name: str, programs: Path, shared: Path, tmp_path: Path) -> None:
    path = shared / "cases" / "vllm-sr" / name / "config.yaml"
    assert validated(imported(path, name), programs, tmp_path) == ""


@pytest.mark.parametrize("name", ["every_kind", "settings"])
def test_a_case_of_the_importer(name: str, programs: Path, tmp_path: Path) -> None:
    path = HERE / "importers" / "vllm_sr" / "cases" / f"{name}.yaml"
    assert validated(imported(path, name), programs, tmp_path) == ""


@pytest.mark.parametrize("turn", [20, 110])
def test_hostile_names_and_texts(turn: int, programs: Path, tmp_path: Path) -> None:
    given = [*turns(ROUTED)][turn]
    policy = wrpc.api.loads(filled(ROUTED, given))
    assert validated(policy, programs, tmp_path) == ""
