"""Every emitted fleet through the real simulator."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, compiled
from wrpc.policy.model import Policy

FLEETS = [n for n, path in POLICIES.items() if "target fleet_sim" in path.read_text()]
REQUESTS = 3000


@pytest.fixture(scope="session")
def programs(environment: Callable[[str], Path]) -> Path:
    """The folder of `python` and `vllm-sr-sim`: where the program of WRPC_FLEET_SIM is, else `.venvs/fleet-sim`."""
    named = os.environ.get("WRPC_FLEET_SIM")
    return Path(named).parent if named else environment("fleet-sim")


@pytest.fixture(params=FLEETS, ids=str)
def emitted(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Policy, Path]:
    path = POLICIES[request.param]
    policy = wrpc.api.load(path)
    return policy, written(compiled(policy, "fleet-sim", base=path.parent), tmp_path)


def written(found: Any, folder: Path) -> Path:
    assert found.ok, found.diagnostics
    for artifact in found.artifacts:
        place = folder / artifact.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(artifact.text, encoding="utf-8")
    return folder


def run(folder: Path, *command: str | Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_program_takes_the_fleet_as_it_is_meant(emitted: tuple[Policy, Path], programs: Path) -> None:
    """It says nothing of what it does not understand, so its summary is compared with what was asked."""
    policy, folder = emitted
    run(
        folder, programs / "vllm-sr-sim", "simulate-fleet", "fleet.json",
        "--lam", "50", "--n-req", str(REQUESTS), "--out", "out.json",
    )  # fmt: skip
    fleet = json.loads((folder / "fleet.json").read_text())
    found = json.loads((folder / "out.json").read_text())
    assert found["total_gpus"] == sum(p["n_gpus"] for p in fleet["pools"])
    price = {"a100": 2.21, "h100": 4.02, "a10g": 1.01}
    assert found["cost_per_hr_usd"] == pytest.approx(
        sum(p["n_gpus"] * price[p["gpu"]] for p in fleet["pools"]), abs=0.01
    )
    assert found["total_completed"] == pytest.approx(REQUESTS, abs=len(fleet["pools"]) + 1)
    assert {p["id"] for p in fleet["pools"]} == {n for n, p in policy.pools.items() if p.provider is None}


def test_the_driver_sends_what_the_policy_sends(emitted: tuple[Policy, Path], programs: Path) -> None:
    policy, folder = emitted
    before = (folder / "fleet.json").read_text()
    run(folder, programs / "python", "simulate.py", "--requests", str(REQUESTS), "--out", "out.json")
    found = json.loads((folder / "out.json").read_text())
    fleet = json.loads(before)
    assert json.loads((folder / "fleet.json").read_text()) == fleet, "the driver and the compiler agree"
    done = sum(p["requests"] for p in found["pools"].values())
    assert done > 0.9 * found["requests"]
    for pool, share in fleet["workloads"].items():
        # Spills move requests; a share of 3,000 draws lies within four deviations.
        tolerance = 4 * (share["lam_frac"] * (1 - share["lam_frac"]) / done) ** 0.5 + 0.01
        if not any(route.action.spills for route in policy.routes.values()):
            assert found["pools"][pool]["requests"] / done == pytest.approx(share["lam_frac"], abs=tolerance)
    assert set(found["workloads"]) == set(policy.workloads)


def test_prepare_says_how_to_go_on(emitted: tuple[Policy, Path], programs: Path) -> None:
    _, folder = emitted
    command = run(folder, programs / "python", "simulate.py", "--prepare").split()
    assert command[:3] == ["vllm-sr-sim", "simulate-fleet", "fleet.json"]
    assert float(command[-1]) > 0


PACKAGED = """
signal tokens: int(0..100k) { source total_tokens }
model m { context 32_768 }
pool short { model m  gpu a10g  replicas 3  context 4_096 }
pool long { model m  gpu a100  replicas 3 }
route short { when tokens <= 4k  to short  spill long above 50% }
default { to long }
workload w { when tokens <= 32k  rate 40/s  lengths cdf("NAME")  slo { ttft_p99 500ms } }
"""


@pytest.mark.parametrize("name", ["lmsys", "agent_heavy", "lmsys_multiturn"])
def test_the_simulator_s_own_distributions(name: str, programs: Path, tmp_path: Path) -> None:
    folder = written(compiled(PACKAGED.replace("NAME", name), "fleet-sim", base=tmp_path), tmp_path)
    assert not (folder / "fleet.json").exists()
    run(folder, programs / "python", "simulate.py", "--prepare")
    run(folder, programs / "vllm-sr-sim", "simulate-fleet", "fleet.json", "--n-req", "500", "--out", "o.json")
    assert json.loads((folder / "o.json").read_text())["total_gpus"] == 6


def test_a_full_pool_spills(programs: Path, tmp_path: Path) -> None:
    text = PACKAGED.replace('cdf("NAME")', "[[4_000, 1]]").replace("replicas 3  context", "replicas 1  context")
    busy = written(compiled(text.replace("40/s", "3000/s"), "fleet-sim"), tmp_path / "busy")
    calm = written(compiled(text.replace("40/s", "2/s"), "fleet-sim"), tmp_path / "calm")
    pools = {}
    for folder in (busy, calm):
        found = json.loads(run(folder, programs / "python", "simulate.py", "--requests", "2000"))
        pools[folder.name] = found["pools"]
    assert pools["calm"]["long"]["requests"] == 0
    assert pools["busy"]["long"]["requests"] > 0
