"""Every policy of the library that has a fleet and a workload, simulated for a while."""

from __future__ import annotations

from pathlib import Path

import pytest

import wrpc
from wrpc.report.contract_simulate import Simulated

ROOT = Path(__file__).resolve().parents[3]
FLEETS = [p for p in sorted((ROOT / "policies").glob("*.wrp")) if "workload " in p.read_text(encoding="utf-8")]


def test_there_are_fleets():
    assert len(FLEETS) >= 12


@pytest.mark.parametrize("path", FLEETS, ids=lambda p: p.stem)
def test_its_fleet_serves_its_workloads(path):
    found = wrpc.simulate(wrpc.load(path), requests=3_000)
    assert found.verdict == "pass"
    shown = Simulated.model_validate(found.json())
    assert sum(w.requests for w in shown.workloads) > 2_000
    for workload in shown.workloads:
        assert sum(workload.ends.values()) == workload.requests
        assert set(workload.ends) <= {"served", "sent to a pool that is not simulated"}
    assert all(p.requests > 0 for p in shown.pools)
