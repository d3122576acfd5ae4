"""Clauses of a policy's routes, in a simulation."""

from __future__ import annotations

import pytest

import wrpc
from wrpc.fleet.simulator.scenario import Settings
from wrpc.fleet.simulator.simulate import Simulation, simulate
from wrpc.fleet.simulator.trace import Trace

HEAD = """\
signal tokens: int(0..32k) { source total_tokens }
workload chat { rate 20/s  lengths [[512, 40%], [2_048, 80%], [4_000, 100%]] }
model small { source "Qwen/Qwen3-8B"  weights 16GiB  kv_per_token 144KiB }
pool a { model small  gpu h100  replicas 4 }
pool b { model small  gpu h100  replicas 4 }
pool c { model small  gpu h100  replicas 4 }
"""


def run(routes: str, pools: str = "", **settings) -> Simulation:
    text = HEAD
    for name in pools.split():
        text = text.replace(f"pool {name} {{ model small  gpu h100  replicas 4 }}", "")
    return simulate(wrpc.loads(text + routes), Settings(requests=6_000, **settings))


def shares(found: Simulation) -> dict[str, float]:
    whole = found.requests
    return {p.pool: p.served.arrived / whole for p in found.places}


def test_weights():
    found = shares(run("default { to a weight 70, b weight 30 }"))
    assert found == {"a": pytest.approx(0.7, abs=0.02), "b": pytest.approx(0.3, abs=0.02)}


def test_any_and_equal_shares():
    for to in ("to a, b", "to any"):
        found = run(f"default {{ {to} }}")
        assert found.verdict == "pass"
        assert sum(shares(found).values()) == pytest.approx(1)


def test_a_cascade():
    routes = "default { cascade a -> b escalate when confidence < 0.5 }"
    found = run(routes)
    assert shares(found)["a"] == 1
    assert shares(found)["b"] == pytest.approx(0.5, abs=0.03)
    assert any("goes on to `b`" in said for said in found.assumed)
    few = run(routes, escalate=0.1)
    assert shares(few)["b"] == pytest.approx(0.1, abs=0.02)


def test_a_cascade_of_three_steps():
    found = shares(run("default { cascade a -> b -> c escalate when confidence < 0.5 }"))
    assert found == {"a": 1, "b": pytest.approx(0.5, abs=0.03), "c": pytest.approx(0.25, abs=0.03)}


def test_a_spill():
    narrow = "pool n { model small  gpu h100  replicas 1  concurrency 8 }\n"
    found = run(narrow + "default { to n  spill b above 80% }")
    assert 0.3 < shares(found)["b"] < 0.95
    assert shares(found)["b"] + shares(found)["n"] == pytest.approx(1)
    assert found.verdict == "pass"


def test_a_fallback_on_overload_is_taken_where_a_queue_ends():
    narrow = "pool n { model small  gpu h100  replicas 1  concurrency 8 }\n"
    routes = narrow + "default { to n  fallback b on overload }"
    never = run(routes)
    assert "b" not in shares(never)
    assert never.verdict == "fail"
    found = run(routes, queue=0)
    assert shares(found)["b"] > 0.3
    assert found.groups[0].ends == {"served": found.groups[0].requests}
    other = run(routes.replace("on overload", "on timeout"), queue=0)
    assert other.groups[0].ends["refused by a full pool"] > 0.3 * other.groups[0].requests


def test_others_stand_in_for_each_other():
    narrow = "pool n { model small  gpu h100  replicas 1  concurrency 4 }\n"
    found = run(narrow + "default { to n weight 50, b weight 50  fallback others on overload }", queue=0)
    assert shares(found)["b"] > 0.6
    assert found.groups[0].ends == {"served": found.groups[0].requests}


def test_a_timeout_falls_back_or_fails():
    slow = "pool n { model small  gpu h100  replicas 1  concurrency 8 }\n"
    found = run(slow + "default { to n  timeout 20s  fallback b on timeout }")
    assert shares(found)["b"] > 0.3
    alone = run(slow + "default { to n  timeout 20s }")
    assert alone.groups[0].ends["timed out"] > 0.3 * alone.groups[0].requests


def test_a_mirror():
    found = shares(run("default { to a  mirror c 25% }"))
    assert found == {"a": pytest.approx(1), "c": pytest.approx(0.25, abs=0.02)}


def test_a_limit_denies_and_a_budget_moves():
    found = run("default { to a  limit 600/min }")
    ends = found.groups[0].ends
    assert ends["over budget"] / found.groups[0].requests == pytest.approx(0.5, abs=0.08)
    moved = run("default { to a  budget 600k/min then b }")
    assert shares(moved)["a"] < 0.7
    assert shares(moved)["a"] + shares(moved)["b"] == pytest.approx(1)
    per = run('signal key: string { source header("x-key") }\ndefault { to a  limit 60/min per key }')
    assert any("per `key` (nobody says which values it has) is not simulated" in said for said in per.assumed)
    assert "over budget" not in per.groups[0].ends


def test_a_prompt_that_is_compressed():
    def mean(found: Simulation) -> float:
        spread = found.groups[0].times.taken
        assert spread is not None
        return spread.mean

    assert mean(run("default { to a  compress 256 }")) < 0.7 * mean(run("default { to a }"))


def test_what_a_guard_denies_is_denied_in_a_trace():
    text = HEAD + 'guard long { deny "too long" when tokens > 1k }\nguard home { forbid destination.pool == a }\n'
    policy = wrpc.loads(text + "default { to a weight 90, b weight 10  fallback c }")
    trace = Trace("t", tuple(i / 10 for i in range(200)), tuple([100, 2000] * 100), tuple([10] * 200))
    found = simulate(policy, Settings(), trace)
    assert found.groups[0].ends == {"served": 100, "denied": 100}
    assert {p.pool: p.served.arrived for p in found.places} == {"b": 100}


def test_a_promoted_fallback_serves():
    text = HEAD + "guard home { forbid destination.pool == a }\ndefault { to a  fallback c on timeout }"
    for trace in (None, Trace("t", (0.0, 1.0), (10, 10), (5, 5))):
        found = simulate(wrpc.loads(text), Settings(requests=2000), trace)
        assert {p.pool for p in found.places} == {"c"}
        assert set(found.groups[0].ends) == {"served"}


def test_two_workloads_come_together():
    second = "workload batch { when tokens <= 4k  rate 5/s  lengths [[1_000, 100%]] }\n"
    found = run(second + "default { to a }")
    by = {g.workload: g.requests for g in found.groups}
    assert by["chat"] / by["batch"] == pytest.approx(4, rel=0.1)


def test_shared_blocks_of_a_trace_are_read_once():
    rows = tuple(float(i) for i in range(100))
    plain = Trace("t", rows, (4000,) * 100, (10,) * 100)
    shared = Trace("t", rows, (4000,) * 100, (10,) * 100, (0,) + (3584,) * 99)
    policy = wrpc.loads(HEAD + "default { to a }")
    first = [simulate(policy, Settings(), t).groups[0].times.taken for t in (plain, shared)]
    assert first[0] is not None
    assert first[1] is not None
    assert first[1].mean < 0.4 * first[0].mean
