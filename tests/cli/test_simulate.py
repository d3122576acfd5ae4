"""simulate: a fleet at work, on the command line."""

from __future__ import annotations

import json

import pytest

import wrpc as api
from wrpc.report.contract_simulate import Simulated

POLICY = """\
signal tokens: int(0..32k) { source total_tokens }
workload chat {
  when tokens <= 8k
  rate 8/s
  lengths [[512, 40%], [2_048, 80%], [8_000, 100%]]
  slo { ttft_queue_p99 2s  tpot_p99 100ms }
}
model small { source "Qwen/Qwen3-8B"  weights 16GiB  kv_per_token 144KiB }
pool short { model small  gpu h100  replicas 2 }
pool long { model small  gpu h100  replicas 3 }
route short { when tokens <= 2k  to short }
default { to long }
"""


def simulated(wrpc, policy, text: str, *options: str):
    done = wrpc("simulate", policy(text), "--requests", "4000", "--format", "json", *options)
    return done.code, Simulated.model_validate(done.json, strict=False)


def test_a_fleet_that_keeps_its_promises(wrpc, policy):
    done = wrpc("simulate", policy(POLICY), "--requests", "4000")
    assert done.code == 0
    lines = done.out.splitlines()
    head = "pool   requests/s  replicas  busy  batch  slots used  preempted  TTFT p99  TPOT p99"
    assert lines[0] == head
    assert lines[-1].startswith("pass: ")
    assert "every objective is kept" in lines[-1]
    assert "kept  chat ttft_queue_p99 2s: " in done.out
    assert "as data sheets say: times are right within a factor of 1.5" in done.out
    code, found = simulated(wrpc, policy, POLICY)
    assert code == 0
    assert [p.pool for p in found.pools] == ["short", "long"]
    share = found.pools[0].requests / found.requests
    assert share == pytest.approx(0.4 + 0.4 * (2000 - 512) / 1536, abs=0.02)
    assert found.workloads[0].ends == {"served": found.workloads[0].requests}
    assert found.workloads[0].requests == pytest.approx(0.9 * 4000, rel=0.05)
    assert [(o.objective, o.limit, o.kept) for o in found.workloads[0].slo] == [
        ("ttft_queue_p99", 2, True),
        ("tpot_p99", 0.1, True),
    ]
    assert api.simulate(api.loads(POLICY), requests=4000).json() == json.loads(found.model_dump_json())


def test_the_seed_decides_and_nothing_else(wrpc, policy):
    once = wrpc("simulate", policy(POLICY), "--format", "json")
    assert once.out == wrpc("simulate", policy(POLICY), "--format", "json").out
    other = wrpc("simulate", policy(POLICY), "--format", "json", "--seed", "2")
    assert other.json["workloads"] != once.json["workloads"]
    assert other.json["seed"] == 2


def test_too_much_ends_with_what_is_saturated_first(wrpc, policy):
    crowded = POLICY.replace("rate 8/s", "rate 300/s")
    done = wrpc("simulate", policy(crowded), "--requests", "6000")
    assert done.code == 1
    code, found = simulated(wrpc, policy, crowded)
    assert (code, found.verdict) == (1, "fail")
    first, then = found.saturated
    assert {first.pool, then.pool} == {"short", "long"}
    assert first.at <= then.at
    last = wrpc("simulate", policy(crowded), "--requests", "4000").out.splitlines()[-1]
    assert last.startswith(f"saturated: first `{first.pool}`, from ")
    assert last.endswith(f"; then `{then.pool}`")


@pytest.mark.parametrize(
    ("pool", "prompts", "rate", "bound"),
    [
        ("replicas 1  concurrency 4", "80%", 20, "slots"),
        ("replicas 1  concurrency 200", "99.9%", 300, "compute"),
    ],
)
def test_what_bounds_a_pool(wrpc, policy, pool, prompts, rate, bound):
    text = POLICY.replace("replicas 2", pool).replace("rate 8/s", f"rate {rate}/s  prompt_share {prompts}")
    _, found = simulated(wrpc, policy, text.replace("replicas 3 }", "replicas 64 }"))
    assert [(s.pool, s.by) for s in found.saturated] == [("short", bound)]


def test_a_full_cache_bounds_a_pool(wrpc, policy):
    text = POLICY.replace("kv_per_token 144KiB", "kv_per_token 4MiB").replace("replicas 3 }", "replicas 64 }")
    _, found = simulated(wrpc, policy, text)
    assert [(s.pool, s.by) for s in found.saturated] == [("short", "KV cache")]
    assert found.pools[0].preempted > 0


def test_a_broken_promise_fails(wrpc, policy):
    done = wrpc("simulate", policy(POLICY.replace("tpot_p99 100ms", "tpot_p99 1ms")), "--requests", "2000")
    assert done.code == 1
    assert "broken  chat tpot_p99 1ms: " in done.out
    assert done.out.splitlines()[-1].endswith("1 objective is broken")


def test_what_a_pool_elsewhere_is_sent_is_counted(wrpc, policy):
    text = POLICY.replace("pool long { model small  gpu h100  replicas 3 }", 'pool long { provider "openai" }')
    done = wrpc("simulate", policy(text), "--requests", "2000")
    assert done.code == 0
    assert "note: not simulated, since the policy gives them no GPUs: `long`" in done.out
    _, found = simulated(wrpc, policy, text)
    assert found.elsewhere == ["long"]
    sent = found.workloads[0].ends["sent to a pool that is not simulated"]
    assert sent / found.workloads[0].requests == pytest.approx(0.21, abs=0.03)


def test_a_pool_of_which_too_little_is_known_keeps_it_open(wrpc, policy):
    text = POLICY.replace("pool long { model small", "pool long { ")
    done = wrpc("simulate", policy(text), "--requests", "2000")
    assert done.code == 1
    assert "open: pool long is not simulated: it has no `model`" in done.out
    assert done.out.splitlines()[-1].startswith("open: ")


def test_what_nobody_says_is_assumed_and_said(wrpc, policy):
    text = POLICY.replace(
        "route short { when tokens <= 2k", 'signal vip: bool { source header("x-vip") }\nroute short { when vip'
    )
    _, found = simulated(wrpc, policy, text)
    assert any("route `short` to `short`: nobody says how many between 0% and 100%" in a for a in found.assumed)
    by = {p.pool: p.requests for p in found.pools}
    assert by["short"] / found.requests == pytest.approx(0.5, abs=0.05)


def test_a_trace(wrpc, policy, tmp_path):
    rows = "".join(f"{i / 10},{100 + i % 4000},{1 + i % 50}\n" for i in range(6000))
    trace = tmp_path / "trace.csv"
    trace.write_text("arrival_s,input_toks,output_toks\n" + rows)
    done = wrpc("simulate", policy(POLICY), "--trace", str(trace), "--format", "json")
    found = Simulated.model_validate(done.json, strict=False)
    assert done.code == 0
    assert found.requests == found.workloads[0].requests == 6000
    # What is decided by length goes where `decide` sends it.
    short = sum(100 + i % 4000 + 1 + i % 50 <= 2000 for i in range(6000))
    assert {p.pool: p.requests for p in found.pools} == {"short": short, "long": 6000 - short}
    assert found.seconds == pytest.approx(599.9)


def test_a_trace_whose_clock_runs_backwards(wrpc, policy, tmp_path):
    trace = tmp_path / "trace.csv"
    trace.write_text("timestamp,prompt_tokens,output_tokens\n5,1,1\n4,1,1\nx,1,1\n")
    done = wrpc("simulate", policy(POLICY), "--trace", str(trace))
    assert done.code == 1
    assert "WRP622" in done.out
    assert "this request comes 1s before the one above it" in done.out
    assert "WRP621" in done.out
    assert ":3:1" in done.out
    assert ":4:1" in done.out
    done = wrpc("simulate", policy(POLICY), "--trace", str(tmp_path / "none.csv"))
    assert (done.code, "WRP621" in done.out) == (1, True)


HOURS = "  ".join(f"{rate}/s," for rate in [2] * 8 + [6] * 8 + [2] * 8).rstrip(",")


def test_hours(wrpc, policy):
    text = POLICY.replace("rate 8/s", f"rate [{HOURS}]")
    _, found = simulated(wrpc, policy, text)
    assert any(a.startswith("it is between 12 h and 13 h, when most requests come") for a in found.assumed)
    assert found.requests / found.seconds == pytest.approx(6, rel=0.1)
    _, found = simulated(wrpc, policy, text, "--hours", "7-9")
    assert found.requests == pytest.approx(8 * 3600, rel=0.03)
    for bad in ("9-7", "x", "-1", "8-"):
        assert wrpc("simulate", policy(text), "--hours", bad).code == 2


def test_more_than_a_simulation_takes(wrpc, policy):
    done = wrpc("simulate", policy(POLICY.replace("rate 8/s", "rate 800/s")), "--hours", "0-24")
    assert done.code == 1
    assert "WRP624" in done.out
    assert "about 69,120,000 requests would come, more than 5,000,000" in done.out
    assert wrpc("simulate", policy(POLICY), "--requests", "5000001").code == 2


def test_replicas_between_bounds_follow_the_load(wrpc, policy):
    text = POLICY.replace("gpu h100  replicas 2 }", "gpu h100  replicas 1..6  startup 30s }").replace("8/s", "60/s")
    _, found = simulated(wrpc, policy, text)
    short = next(p for p in found.pools if p.pool == "short")
    assert short.most_replicas > 1
    assert any(a.startswith("`short` has 1 to 6 replicas") for a in found.assumed)


DAY = "  ".join(f"{rate}/s," for rate in [20] * 6 + [80] * 6 + [200] * 6 + [20] * 6).rstrip(",")


def test_a_schedule_is_there_when_the_hour_begins(wrpc, policy):
    """A day's steps: what follows the load is late after each, what goes by the hour is not; the most costs most."""
    text = POLICY.replace("gpu h100  replicas 2 }", "gpu h100  replicas 1..16  startup 5min }")
    text = text.replace("replicas 3 }", "replicas 60 }").replace("8/s", f"[{DAY}]")
    found = {
        s: simulated(wrpc, policy, text, "--hours", "5.8-6.5", "--scaling", s)[1] for s in ("load", "schedule", "most")
    }
    short = {s: next(p for p in f.pools if p.pool == "short") for s, f in found.items()}
    assert short["most"].replicas == 16
    assert short["schedule"].replicas < 16
    late = {s: p.ttft_queue.p99 for s, p in short.items() if p.ttft_queue is not None}
    assert late["schedule"] < 0.2 * late["load"]
    assert any("`wrpc size` says that the hour needs" in said for said in found["schedule"].assumed)


def test_nothing_to_simulate(wrpc, policy):
    for text, says in (
        ("pool a { gpu h100  replicas 1 }\ndefault { to a }", "the policy has no workload"),
        (POLICY.replace("model small  gpu", "gpu"), "pool short is not simulated: it has no `model`"),
        (POLICY.replace("  lengths [[512, 40%], [2_048, 80%], [8_000, 100%]]\n", ""), "nobody says how long"),
        (POLICY.replace("gpu h100  ", ""), "no pool runs on GPUs of one's own"),
        (POLICY.replace("gpu h100", "gpu a9000"), "not in the catalogue, `a9000`"),
        (
            POLICY.replace('source "Qwen/Qwen3-8B"  weights 16GiB', 'source "x/y"'),
            "of which the weights or the KV",
        ),
        (POLICY.replace("weights 16GiB", "weights 1TiB"), "too little for 1,024 GiB of weights"),
    ):
        done = wrpc("simulate", policy(text))
        assert done.code == 1, text
        assert "WRP623" in done.out, done.out
        assert says in done.out, done.out


def test_prompts_read_apart(wrpc, policy):
    text = POLICY.replace("gpu h100  replicas 2 }", "gpu h100  prefill { replicas 1 }  decode { replicas 2 } }")
    done = wrpc("simulate", policy(text), "--requests", "4000")
    assert done.code == 0
    assert "short prefill" in done.out
    assert "short decode" in done.out


def test_a_queue_that_ends_refuses(wrpc, policy):
    crowded = POLICY.replace("rate 8/s", "rate 300/s")
    _, found = simulated(wrpc, policy, crowded, "--queue", "2")
    assert found.workloads[0].ends["refused by a full pool"] > 100
    assert found.workloads[0].ttft_queue is not None
    _, held = simulated(wrpc, policy, POLICY, "--prefix-hits", "50%")
    _, bare = simulated(wrpc, policy, POLICY)
    one, other = held.workloads[0].ttft, bare.workloads[0].ttft
    assert one is not None
    assert other is not None
    assert one.mean < other.mean
