"""From traffic to the simulator's own files: what is drawn from them is what the traffic says."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrpc.targets.fleet_sim import driver
from wrpc.targets.fleet_sim.check import check

POINTS = [[512, 0.4], [1024, 0.8], [8192, 1]]


def workload(
    name: str, rate: float, pieces: list[dict[str, Any]], points: list[list[float]] | None = None
) -> driver.Json:
    full = [{"compress": {}, "spills": {}, "mirrors": {}, **p} for p in pieces]
    return {
        "name": name,
        "rate": rate,
        "prompt_share": 0.8,
        "lengths": {"points": points or POINTS},
        "slo": {},
        "pieces": full,
    }


def traffic(*workloads: driver.Json) -> driver.Json:
    pools = [{"id": p, "gpu": "a100", "n_gpus": 1, "max_ctx": 8192} for p in ("a", "b")]
    return {"pools": pools, "cdf": {"a": "cdf/a.json", "b": "cdf/b.json"}, "workloads": list(workloads)}


def mixed(content: driver.Json) -> tuple[driver.Json, dict[str, list[list[float]]]]:
    return driver.mixture(content, driver.all_lengths(content))


def test_below_is_straight_between_points() -> None:
    points = driver.lengths_of(workload("w", 1, []))
    assert driver.below(points, 512) == Fraction(2, 5)
    assert driver.below(points, 768) == Fraction(3, 5)
    assert driver.below(points, 10_000) == 1
    assert driver.below(points, 0) == 0


def test_a_threshold_between_points_divides_straight() -> None:
    fleet, cdfs = mixed(
        traffic(
            workload(
                "w", 10, [{"from": 0, "upto": 768, "pools": {"a": 1}}, {"from": 768, "upto": 8192, "pools": {"b": 1}}]
            )
        )
    )
    assert fleet["workloads"] == {
        "a": {"cdf": "cdf/a.json", "lam_frac": 0.6},
        "b": {"cdf": "cdf/b.json", "lam_frac": 0.4},
    }
    assert cdfs["cdf/a.json"] == [[1, 0.0], [512, 0.666666667], [768, 1.0]]
    assert cdfs["cdf/b.json"] == [[768, 0.0], [1024, 0.5], [8192, 1.0]]


def test_two_workloads_with_points_of_their_own() -> None:
    everything = [{"from": 0, "upto": 10_000, "pools": {"a": 1}}]
    fleet, cdfs = mixed(
        traffic(workload("v", 30, everything, [[1000, 1]]), workload("w", 10, everything, [[500, 0.5], [2000, 1]]))
    )
    assert fleet["workloads"]["a"]["lam_frac"] == 1.0
    points = {t: Fraction(str(f)) for t, f in cdfs["cdf/a.json"]}
    v = Fraction(499, 999)  # from 1 to 500 of 1 to 1000
    assert float(points[500]) == pytest.approx(float((30 * v + 5) / 40), abs=1e-8)
    assert points[2000] == 1


def test_what_a_workload_does_not_admit_keeps_its_rate() -> None:
    content = traffic(workload("w", 10, [{"from": 0, "upto": 512, "pools": {"a": 1}}]))
    assert driver.total_rate(content, driver.all_lengths(content)) == 10
    assert mixed(content)[1]["cdf/a.json"][-1] == [512, 1.0]


def test_what_is_denied_or_leaves_the_fleet_does_not() -> None:
    pieces = [{"from": 0, "upto": 512, "pools": {"a": 0.5, "cloud": 0.5}}, {"from": 512, "upto": 8192, "pools": {}}]
    content = traffic(workload("w", 10, pieces))
    assert driver.total_rate(content, driver.all_lengths(content)) == 2
    assert list(mixed(content)[0]["workloads"]) == ["a"]


def test_mirrors_add_and_compression_shortens() -> None:
    pieces = [{"from": 0, "upto": 8192, "pools": {"a": 1}, "mirrors": {"b": 0.1}, "compress": {"a": 1000}}]
    content = traffic(workload("w", 10, pieces))
    assert driver.total_rate(content, driver.all_lengths(content)) == 11
    fleet, cdfs = mixed(content)
    assert fleet["workloads"]["b"]["lam_frac"] == 0.090909091
    # Of the longest request 1,000 tokens of the prompt are left, and the fifth that is its answer.
    assert cdfs["cdf/a.json"][-1] == [2639, 1.0]
    assert [1250, 1.0] not in cdfs["cdf/a.json"]
    assert 1250 in [t for t, _ in cdfs["cdf/a.json"]]


SHARES = st.lists(st.fractions(0, 1, max_denominator=1000), min_size=1, max_size=9).filter(sum)


@given(SHARES)
def test_shares_are_one_together(shares: list[Fraction]) -> None:
    total = sum(shares, Fraction(0))
    found = driver.rounded([s / total for s in shares])
    assert sum(found) == pytest.approx(1, abs=1e-9)


@given(st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 5), st.integers(0, 3)), min_size=1, max_size=6))
def test_whatever_the_pieces_the_files_are_sound(drawn: list[tuple[int, int, int]]) -> None:
    edges = sorted({upto for upto, _, _ in drawn} | {9000})
    pieces = [
        {"from": low, "upto": high, "pools": {"a": 0.25, "b": 0.75} if i % 2 else {"a": 1}}
        for i, (low, high) in enumerate(zip([0, *edges], edges, strict=False))
    ]
    content = traffic(*(workload(f"w{i}", rate, pieces) for i, (_, rate, _) in enumerate(drawn)))
    fleet, cdfs = mixed(content)
    files = {"fleet.json": json.dumps(fleet), **{path: json.dumps(points) for path, points in cdfs.items()}}
    assert not check(files)
