"""The simulator's files of a policy, and what is refused before they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, ROOT, compiled, content, files, said
from tests.targets.conftest import Golden
from wrpc.policy.model import Phase, Pool
from wrpc.targets.fleet_sim.read import read

POLICY = """
signal tokens: int(0..100k) { source total_tokens }
signal odd: bool { source keywords("odd") }
model m { context 32_768 }
pool a { model m  gpu h100  replicas 2  tensor_parallel 2  pipeline_parallel 3  context 8_192 }
pool b { model m  gpu A100  replicas 1..4 }
route long { when tokens > 8k to b }
default { to a }
workload w { when tokens <= 32k  rate 90/min  lengths [[8_000, 50%], [32_000, 100%]]  slo { ttft_p99 500ms } }
"""


@pytest.mark.parametrize("name", ["agent_fleet", "short_and_long"])
def test_golden(name: str, golden: Golden) -> None:
    path = POLICIES[name]
    found = compiled(wrpc.api.load(path), "fleet-sim", base=path.parent)
    assert found.ok
    # The driver is a file of the package; a copy of it is no news.
    golden(name, {p: text for p, text in files(found).items() if p != "simulate.py"})


def test_gpus_are_counted_not_replicas() -> None:
    fleet = content(compiled(POLICY, "fleet-sim"), "fleet.json")
    assert fleet["pools"] == [
        {"id": "a", "gpu": "h100", "n_gpus": 12, "max_ctx": 8192},
        {"id": "b", "gpu": "a100", "n_gpus": 1, "max_ctx": 32768},
    ]
    assert fleet["router"] == "model"
    assert {n: w["lam_frac"] for n, w in fleet["workloads"].items()} == {"a": 0.5, "b": 0.5}


def test_the_most_of_a_range() -> None:
    fleet = content(compiled(POLICY + "target fleet_sim { replicas most }", "fleet-sim"), "fleet.json")
    assert [p["n_gpus"] for p in fleet["pools"]] == [12, 4]


def test_rates_are_per_second_and_objectives_in_seconds() -> None:
    traffic = content(compiled(POLICY, "fleet-sim"), "traffic.json")
    assert traffic["workloads"][0]["rate"] == 1.5
    assert traffic["workloads"][0]["slo"] == {"ttft_p99": 0.5}


def test_settings_of_a_run() -> None:
    traffic = content(compiled(POLICY + "target fleet_sim { requests 500  seed 7 }", "fleet-sim"), "traffic.json")
    assert (traffic["requests"], traffic["seed"]) == (500, 7)


def test_the_driver_is_the_module() -> None:
    source = (ROOT / "wrpc" / "targets" / "fleet_sim" / "driver.py").read_text()
    assert files(compiled(POLICY, "fleet-sim"))["simulate.py"] == source


def test_a_distribution_of_the_simulator_is_left_to_the_driver(tmp_path: Path) -> None:
    text = POLICY.replace("lengths [[8_000, 50%], [32_000, 100%]]", 'lengths cdf("lmsys")')
    found = compiled(text, "fleet-sim", base=tmp_path)
    assert sorted(files(found)) == ["simulate.py", "traffic.json"]
    assert content(found, "traffic.json")["workloads"][0]["lengths"] == {"package": "lmsys"}
    assert any("`lmsys` are the simulator's own" in m for m in said(found.diagnostics, "WRP802"))


def test_pools_of_providers_leave_the_fleet() -> None:
    text = POLICY + 'pool cloud { provider "x/y" } route odd { tier 1 when odd to cloud } '
    text = text.replace("route long {", "route long { tier 2")
    found = compiled(text + "target fleet_sim { split { w { a 40% b 40% cloud 20% } } }", "fleet-sim")
    assert [p["id"] for p in content(found, "fleet.json")["pools"]] == ["a", "b"]
    assert content(found, "traffic.json")["workloads"][0]["pieces"][0]["pools"] == {
        "a": 0.666666667,
        "cloud": 0.333333333,
    }


def test_prefill_and_decode_are_one_pool_there_and_two_sides_here() -> None:
    sides = "prefill { gpu h100 replicas 1 }  decode { gpu a100 replicas 3 }"
    pool = f"pool a {{ model m  context 8_192  tensor_parallel 2  {sides} }}"
    found = compiled(POLICY.replace(POLICY.splitlines()[4], pool), "fleet-sim")
    assert content(found, "traffic.json")["pools"][0] == {
        "id": "a",
        "gpu": "a100",
        "n_gpus": 8,
        "max_ctx": 8192,
        "disaggregated": {"prefill": {"gpu": "h100", "n_gpus": 2}, "decode": {"gpu": "a100", "n_gpus": 6}},
    }
    assert any("counts them all as `a100`" in m for m in said(found.diagnostics, "WRP802"))


def test_every_entry_leads_back_to_the_policy() -> None:
    found = compiled(POLICY, "fleet-sim")
    artifact = next(a for a in found.artifacts if a.path == "traffic.json")
    lines = POLICY.splitlines()
    assert {e.pointer: lines[e.span.line - 1].split()[:2] for e in artifact.entries} == {
        "/pools/0": ["pool", "a"],
        "/pools/1": ["pool", "b"],
        "/workloads/0": ["workload", "w"],
    }


@pytest.mark.parametrize(
    ("old", "new", "code", "message"),
    [
        ("gpu h100  ", "", "WRP804", "pool `a` does not say its `gpu`"),
        ("gpu h100", "gpu h200", "WRP804", "stands on `h200`, which the simulator would take for an `a100`"),
        ("replicas 2  ", "", "WRP804", "pool `a` does not say its `replicas`"),
        ("replicas 2  ", "replicas 0  ", "WRP804", "may have no replica at all"),
        ("replicas 1..4", "replicas 0..4", "WRP804", "may have no replica at all"),
        ("context 8_192 }", "context 511 }", "WRP804", "has a context of 511 tokens; the simulator's least is 512"),
        ("model m { context 32_768 }", "model m { }", "WRP804", "pool `b` does not say its `context`"),
        ("rate 90/min", "", "WRP804", "workload `w` has no `rate`"),
        ("rate 90/min", "rate 0/s", "WRP804", "workload `w` has no `rate`"),
        (
            "[[8_000, 50%], [32_000, 100%]]",
            "[[8_000, 50%]]",
            "WRP804",
            "workload `w` has 0.5, not 1, for the last share",
        ),
        ("when tokens <= 32k", "when odd and not odd", "WRP804", "has no request that its `when` admits"),
        ("[[8_000, 50%], [32_000, 100%]]", "[[8_000, 0%], [32_000, 100%]]", None, ""),
    ],
)
def test_what_it_would_misread_is_refused(old: str, new: str, code: str | None, message: str) -> None:
    assert old in POLICY
    found = compiled(POLICY.replace(old, new), "fleet-sim")
    if code is None:
        assert found.ok
        return
    assert any(message in m for m in said(found.diagnostics, code))
    assert not found.artifacts


def test_a_fleet_without_load_or_without_pools_is_refused() -> None:
    idle = compiled(POLICY[: POLICY.index("workload")], "fleet-sim")
    assert said(idle.diagnostics, "WRP804") == ["nothing arrives: the policy has no workload"]
    rented = 'pool p { provider "x/y" } default { to p } workload w { rate 1/s lengths [[512, 1]] }'
    assert said(compiled(rented, "fleet-sim").diagnostics, "WRP804") == ["no pool of the policy has GPUs of its own"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('arrivals "bursty"', "no other arrivals than `poisson`"),
        ("requests 0", "`requests` is a whole number of at least 1"),
        ("requests 1.5", "`requests` is a whole number of at least 1"),
        ("seed 5s", "`seed` is a whole number"),
        ("gpus { h200 h300 }", "the simulator knows no GPU `h300`"),
        ("split { x { a 1 } }", "there is no workload `x`"),
        ("split { w { x 1 } }", "there is no pool `x`"),
        ("split { w 5 }", "takes pools and their shares"),
        ("split { w { a 50% b 40% } }", "are 0.9 together, not 1"),
        ("split { w { a 150% b 40% } }", "the share of `a` is not a share"),
    ],
)
def test_settings_that_mean_nothing(settings: str, message: str) -> None:
    found = compiled(f"{POLICY} target fleet_sim {{ {settings} }}", "fleet-sim")
    assert any(message in m for m in said(found.diagnostics, "WRP803"))
    assert not found.artifacts


def test_a_share_for_a_pool_that_nothing_reaches() -> None:
    text = POLICY + "pool c { model m gpu h100 replicas 1 } target fleet_sim { split { w { a 50% c 50% } } }"
    assert said(compiled(text, "fleet-sim").diagnostics, "WRP803") == ["no request of `w` can reach `c`"]


def test_another_gpu_stands_for_one_that_it_does_not_know() -> None:
    text = POLICY.replace("gpu h100", "gpu h200") + "target fleet_sim { gpus { h200 h100 } }"
    assert content(compiled(text, "fleet-sim"), "fleet.json")["pools"][0]["gpu"] == "h100"


def test_hours() -> None:
    hours = ", ".join(f"{h}/s" for h in range(1, 25))
    text = POLICY.replace("rate 90/min", f"rate [{hours}]")
    assert content(compiled(text, "fleet-sim"), "traffic.json")["workloads"][0]["rate"] == 24
    assert (
        content(compiled(text + "target fleet_sim { hour 3 }", "fleet-sim"), "traffic.json")["workloads"][0]["rate"]
        == 4
    )
    assert said(compiled(text + "target fleet_sim { hour 24 }", "fleet-sim").diagnostics, "WRP803")


def test_requests_beyond_a_context_are_said() -> None:
    found = compiled(POLICY.replace("context 8_192 }", "context 4_096 }"), "fleet-sim")
    assert any(
        "up to 8000 tokens reach pool `a`, whose context is 4096" in m for m in said(found.diagnostics, "WRP802")
    )


@pytest.mark.parametrize("name", [n for n, path in POLICIES.items() if "target fleet_sim" in path.read_text()])
def test_read_agrees_with_the_policy(name: str) -> None:
    policy = wrpc.api.load(POLICIES[name])
    found = compiled(policy, "fleet-sim", base=POLICIES[name].parent)
    seen = read(files(found), policy)
    ours = {n: p for n, p in policy.pools.items() if p.provider is None}
    assert seen.pools.keys() == ours.keys()
    for pool in ours.values():
        sides: list[Phase | Pool] = [s for s in (pool.prefill, pool.decode) if s] or [pool]
        gpus = sum(
            (s.replicas or pool.replicas or (0, 0))[0] * (s.tensor_parallel or pool.tensor_parallel or 1) for s in sides
        )
        other = seen.pools[pool.name]
        assert (other.gpu, other.replicas, other.context) == (pool.gpu, (gpus, gpus), pool.context)
        assert (other.prefill is None) == (pool.prefill is None)
    assert seen.workloads.keys() == policy.workloads.keys()
    for workload in policy.workloads.values():
        assert seen.workloads[workload.name].slo == workload.slo
        assert seen.workloads[workload.name].rate[0] in workload.rate


@pytest.mark.parametrize("name", ["`a/b`", "`..`", "`a b`"])
def test_names_that_are_no_file_names(name: str) -> None:
    found = compiled(POLICY.replace("pool a ", f"pool {name} ").replace("to a }", f"to {name} }}"), "fleet-sim")
    assert found.ok
    assert all(".." not in a.path and " " not in a.path for a in found.artifacts)
    assert content(found, "fleet.json")["pools"][0]["id"] == name.strip("`")
