"""Every policy of the library with a fleet has one that is large enough, as far as data sheets tell."""

from __future__ import annotations

from pathlib import Path

import pytest

import wrpc
from wrpc.report.contract_sized import SizedFleet

POLICIES = sorted((Path(__file__).parents[2] / "policies").glob("*.wrp"))


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: p.stem)
def test_sized(path):
    found = wrpc.size(wrpc.load(path))
    assert found.verdict == "pass", [p.why for p in found.pools if p.why]
    SizedFleet.model_validate(found.json(), strict=False)
    for pool in found.pools:
        assert pool.count is not None
        for part in pool.replicas:
            assert part.needed[2] is not None
            assert part.given is None or part.needed[2] <= part.given[1]
        assert pool.figures is not None
        for band in pool.figures.values():
            assert 0 < band.low <= band.high


def test_there_are_fleets():
    assert sum(bool(wrpc.size(wrpc.load(p)).pools) for p in POLICIES) >= 10
