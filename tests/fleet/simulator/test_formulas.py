"""The closed forms of sizing over a grid of loads, and a fleet that sizing has found, simulated."""

from __future__ import annotations

import re

import pytest

import wrpc
from benchmarks.formulas import ENGINES, errors

BANDS = {"TTFT p99": 35, "TPOT mean": 6, "TPOT p99": 15, "E2E mean": 6, "E2E p99": 15}
"""Percent, up to three quarters of what a replica can take."""


@pytest.mark.parametrize("used", [0.2, 0.35, 0.5, 0.65, 0.74])
@pytest.mark.parametrize("name", ENGINES)
def test_formulas_over_a_grid_of_loads(name, used):
    found = errors(ENGINES[name], used, 20_000)
    for figure, band in BANDS.items():
        error = found[figure]
        assert error is not None
        assert abs(error) <= band, figure
    if name in ("fast", "slow", "short chunks"):  # of the mean, the formula leaves out the wait for slots and room
        assert found["TTFT mean"] is not None
        assert abs(found["TTFT mean"]) <= 20


POLICY = """\
signal tokens: int(0..32k) { source total_tokens }
workload chat {
  rate 120/s
  lengths [[512, 40%], [2_048, 80%], [8_000, 100%]]
  slo { ttft_queue_p99 2s  tpot_p99 60ms }
}
model small { source "Qwen/Qwen3-8B"  weights 16GiB  kv_per_token 144KiB }
pool short { model small  gpu h100  replicas 1 }
pool long { model small  gpu h100  replicas 1 }
route short { when tokens <= 2k  to short }
default { to long }
"""


def test_a_fleet_that_is_sized_keeps_what_it_promises_and_a_third_of_it_does_not():
    sized = wrpc.size(wrpc.loads(POLICY)).json()
    pools = sized["pools"]
    assert isinstance(pools, list)
    needed = {p["pool"]: p["phases"][0]["needed"]["expected"] for p in pools}
    assert min(needed.values()) >= 3

    def fleet(share: float) -> str:
        text = POLICY
        for pool, count in needed.items():
            text = re.sub(rf"(pool {pool} .*)replicas 1", rf"\g<1>replicas {max(1, int(share * count))}", text)
        return text

    found = wrpc.simulate(wrpc.loads(fleet(1)), requests=40_000)
    assert found.verdict == "pass"
    assert all(p.served.refused == 0 for p in found.places)
    small = wrpc.simulate(wrpc.loads(fleet(1 / 3)), requests=40_000)
    assert small.verdict == "fail"
    assert small.saturated
