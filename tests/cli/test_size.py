"""size: how many replicas, on the command line."""

from __future__ import annotations

import json

import pytest

import wrpc as api
from wrpc.report.contract_sized import DividedFleet, SizedFleet

STEP = {"fixed": 0.0115, "per_token": 6e-05, "per_sequence": 0.00015, "per_cached": 1.3e-07, "per_pair": 0}
PROFILE = {
    "version": 1, "step": STEP,
    "kv_tokens": 4_000_000, "slots": 256, "chunk": 2048, "overhead": 0.02, "within": 0.0,
    "from": {"log": "run.csv", "requests": 300},
}  # fmt: skip
POLICY = """\
signal tokens: int(0..100k) { source total_tokens }
workload chat {
  rate 20/s
  lengths [[512, 30%], [2_048, 85%], [8_192, 100%]]
  prompt_share 85%
  slo { ttft_queue_p99 2s  tpot_p99 100ms }
}
model m { source "meta-llama/Llama-3.1-8B-Instruct" }
site north { gpus { h100 8 }  price { h100 4USD/h } }
pool own { model m  gpu h100  replicas 6  profile "engine.json" }
default { to own }
"""


@pytest.fixture
def fleet(policy):
    def write(text: str = POLICY, profile: object = PROFILE):
        path = policy(text)
        (path.parent / "engine.json").write_text(json.dumps(profile), encoding="utf-8")
        return path

    return write


def read(done) -> SizedFleet:
    return SizedFleet.model_validate(done.json, strict=False)


def test_passes(wrpc, fleet):
    done = wrpc("size", fleet())
    assert done.code == 0, done.out
    assert done.out.splitlines()[0].split() == [
        "pool", "rate", "replicas", "needed", "load", "TTFT+queue", "p99", "TPOT", "p99", "E2E", "p99", "power", "cost",
    ]  # fmt: skip
    assert "pass: 1 pool, 6 replicas, 6 GPUs" in done.out
    shown = wrpc("size", fleet(), "--format", "json")
    found = read(shown)
    (own,) = found.pools
    assert (found.verdict, own.verdict, own.replicas, own.rate) == ("pass", "pass", 6, 20)
    assert own.phases[0].needed.high is not None
    assert own.phases[0].needed.high <= 6
    assert own.usd_per_hour == 24
    assert own.usd_per_request == pytest.approx(24 / 20 / 3600, rel=1e-3)
    assert own.basis == ["engine.json"]
    assert isinstance(own.utilisation, float)
    assert own.utilisation < 0.9
    (chat,) = own.workloads
    assert chat.kept == {"ttft_queue_p99": True, "tpot_p99": True}
    assert shown.out == wrpc("size", fleet(), "--format", "json").out
    assert api.size(api.load(fleet())).json() == shown.json
    assert found.profile.formulas == "1"


def test_too_small(wrpc, fleet):
    done = wrpc("size", fleet(POLICY.replace("replicas 6", "replicas 2")))
    assert done.code == 1
    assert "fail: pool own needs 6 replicas, and has 2: slots run out first" in done.out
    assert "help: `replicas 6`" in done.out
    assert "policy.wrp:10:31" in done.out
    assert "saturated" in done.out
    found = read(wrpc("size", fleet(POLICY.replace("replicas 6", "replicas 2")), "--format", "json"))
    assert found.verdict == "fail"
    assert found.pools[0].ttft_p99 is None
    assert (found.pools[0].phases[0].needed.low or 0) > 2


def test_a_range_takes_the_least_that_will_do(wrpc, fleet):
    found = read(wrpc("size", fleet(POLICY.replace("replicas 6", "replicas 1..8")), "--format", "json"))
    assert found.pools[0].replicas == found.pools[0].phases[0].needed.high
    free = read(wrpc("size", fleet(POLICY.replace("replicas 6", "")), "--format", "json"))
    assert (free.verdict, free.pools[0].replicas) == ("pass", found.pools[0].replicas)


def test_data_sheets_are_right_within_a_factor(wrpc, fleet):
    plain = POLICY.replace('  profile "engine.json"', "")
    found = read(wrpc("size", fleet(plain), "--format", "json"))
    (own,) = found.pools
    assert own.basis == ["data sheet"]
    needed = own.phases[0].needed
    assert needed.low is not None
    assert needed.high is not None
    assert needed.low < needed.high
    assert found.pools[0].verdict == ("pass" if needed.high <= 6 else "open")
    assert "right within a factor of 1.5 to 2: own" in wrpc("size", fleet(plain)).out
    many = read(wrpc("size", fleet(plain.replace("replicas 6", f"replicas {needed.high}")), "--format", "json"))
    assert many.verdict == "pass"
    assert isinstance(many.pools[0].tpot_p99, list)
    few = fleet(plain.replace("replicas 6", f"replicas {needed.high - 1}"))
    assert "open: pool own needs" in wrpc("size", few).out
    assert "help: calibrate its engine: `wrpc calibrate LOG`" in wrpc("size", few).out


def test_promises_that_nothing_keeps(wrpc, fleet):
    done = wrpc("size", fleet(POLICY.replace("tpot_p99 100ms", "tpot_p99 5ms")))
    assert done.code == 1
    assert "no number of replicas keeps `tpot_p99 5ms` of workload `chat`: even an idle one takes 1" in done.out
    assert "none will do" in done.out


def test_prefix_hits(wrpc, fleet):
    def loaded(*options: str) -> float:
        used = read(wrpc("size", fleet(), "--format", "json", *options)).pools[0].utilisation
        return used[1] if isinstance(used, list) else used or 0.0

    assert loaded("--prefix-hits", "80%") < loaded("--prefix-hits", "30%..80%") <= loaded("--prefix-hits", "30%")
    for bad in ("x", "120%", "50%..30%", "-1"):
        done = wrpc("size", fleet(), "--prefix-hits", bad)
        assert done.code == 2
        assert "takes a share or a range of them" in done.err


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ('model m  gpu h100  replicas 6  profile "engine.json"', "gpu h100  replicas 6", "has no `model`"),
        ('gpu h100  replicas 6  profile "engine.json"', "gpu h100x  replicas 6", "not in the catalogue, `h100x`"),
        ("  rate 20/s\n", "  rate 20/s\n", ""),
        ("lengths [[512, 30%], [2_048, 85%], [8_192, 100%]]", "", "of which the rate or the lengths are not known"),
        ('profile "engine.json"', 'profile "other.json"', "names a profile that does not exist, `other.json`"),
        ('profile "engine.json"', 'profile "../engine.json"', "does not lie below the policy's folder"),
        ('"meta-llama/Llama-3.1-8B-Instruct" }', '"me/own" }\n', ""),
    ],
)  # fmt: skip
def test_what_is_open(wrpc, fleet, before, after, why):
    text = POLICY.replace(before, after)
    done = wrpc("size", fleet(text))
    assert done.code == (1 if why else 0), done.out
    if why:
        assert f"open: pool own {why}" in done.out or why in done.out
        assert "open: 1 pool" in done.out
        assert read(wrpc("size", fleet(text), "--format", "json")).verdict == "open"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"step": None}, "has no `step`"),
        ({"version": 2}, "a profile of a version that is not known"),
        ({"step": {**STEP, "fixed": 0}}, "whose steps take no time"),
        ({"step": {**STEP, "per_token": -1}}, "whose `per_token` is -1, less than 0"),
        ({"step": {**STEP, "W": 1}}, "whose `step` has `W`"),
        ({"kv_tokens": "many"}, "whose `kv_tokens` is no number"),
        ({"slots": 0}, "whose `slots` is 0, less than 1"),
        ({"within": float("nan")}, "whose `within` is no number"),
    ],
)  # fmt: skip
def test_profiles_that_are_none(wrpc, fleet, change, why):
    done = wrpc("size", fleet(POLICY, {**PROFILE, **change}))
    assert done.code == 1
    assert why in done.out


def test_a_profile_that_is_not_json(wrpc, fleet):
    path = fleet()
    (path.parent / "engine.json").write_text("{", encoding="utf-8")
    assert "names a profile that cannot be read, `engine.json`" in wrpc("size", path).out


def test_readers_and_writers(wrpc, fleet):
    split = POLICY.replace("replicas 6", "prefill { replicas 1..20 }  decode { replicas 1..20  gpu h100 }")
    found = read(wrpc("size", fleet(split), "--format", "json"))
    (own,) = found.pools
    assert [p.phase for p in own.phases] == ["prefill", "decode"]
    assert own.replicas == sum(p.replicas or 0 for p in own.phases)
    assert found.verdict == "pass", own.why
    text = wrpc("size", fleet(split)).out
    assert "own prefill" in text
    assert "own decode" in text


def test_by_hour(wrpc, fleet):
    hours = ", ".join(["2/s"] * 8 + ["20/s"] * 10 + ["2/s"] * 6)
    found = read(wrpc("size", fleet(POLICY.replace("20/s", f"[{hours}]")), "--format", "json"))
    (own,) = found.pools
    assert own.hour == 8
    assert own.by_hour[8] == own.phases[0].needed.expected
    assert (own.by_hour[0] or 0) < (own.by_hour[8] or 0)


def test_nothing_to_size(wrpc, policy):
    done = wrpc("size", policy("pool a { }\ndefault { to a }\n"))
    assert (done.code, done.out) == (0, "pass: no workload sends anything to a pool with GPUs\n")
    hosted = "workload w { rate 1/s  lengths [[512, 100%]] }\npool a { provider openai }\ndefault { to a }\n"
    done = wrpc("size", policy(hosted))
    assert done.code == 0
    assert "not sized, since the policy gives them no GPUs: a" in done.out


def test_exit_codes(wrpc, policy):
    assert wrpc("size", "missing.wrp").code == 2
    assert wrpc("size").code == 2
    broken = wrpc("size", policy("pool p { gpu h100  replicas many }\n"))
    assert broken.code in (1, 2)
    assert "WRP" in broken.out + broken.err


def test_money_may_not_be_negative(wrpc, policy):
    done = wrpc("size", policy(POLICY.replace("4USD/h", "-4USD/h")))
    assert done.code in (1, 2)
    assert "WRP" in done.out + done.err


def test_a_log_says_how_often(wrpc, fleet, tmp_path):
    text = POLICY.replace("default { to own }", "signal hard: bool { source classifier(\"hard\")  on_error silent }\n"
        "pool big { model m  gpu h100  replicas 9  profile \"engine.json\" }\n"
        "route hard { when hard  to big }\ndefault { to own }")  # fmt: skip
    unknown = read(wrpc("size", fleet(text), "--format", "json"))
    assert [p.rate for p in unknown.pools] == [[0, 20], [0, 20]]
    requests = "".join(f'{{"tokens": 1000, "hard": {"true" if n % 4 == 0 else "false"}}}\n' for n in range(400))
    (tmp_path / "log.jsonl").write_text(requests, encoding="utf-8")
    known = read(wrpc("size", fleet(text), "--format", "json", "--log", tmp_path / "log.jsonl"))
    assert [p.rate for p in known.pools] != [[0, 20], [0, 20]]


def test_lengths_that_are_none_are_told(wrpc, fleet):
    done = wrpc("size", fleet(POLICY.replace("85%]", "20%]")))
    assert done.code == 1
    assert "WRP614" in done.out + done.err


def test_replicas_that_start_too_late(wrpc, fleet):
    hours = ", ".join(["2/s"] * 8 + ["40/s"] * 10 + ["2/s"] * 6)
    text = POLICY.replace("20/s", f"[{hours}]").replace("replicas 6", "replicas 1..20  startup 5min")
    told = [d for d in api.check(api.load(fleet(text))).diagnostics if d.code.id == "WRP604"]
    assert len(told) == 1
    assert "has 1 replicas at 08:00 and needs 1" in told[0].message
    quick = text.replace("replicas 1..20", "replicas 12..20")
    assert not [d for d in api.check(api.load(fleet(quick))).diagnostics if d.code.id == "WRP604"]


TWO = (
    POLICY.replace("default { to own }", "")
    + "pool big { model m  gpu h100  tensor_parallel 2  replicas 9  context 16k }\n"
    + "route short { when tokens <= 2_048  to own }\ndefault { to big }\n"
)


def test_two_pools_by_length(wrpc, fleet):
    done = wrpc("size", fleet(TWO), "--boundary", "own,big")
    assert done.code == 0, done.err
    assert done.out.splitlines()[0].split() == ["boundary", "gamma", "share", "own", "big", "USD/h"]
    assert "best: up to " in done.out or "one pool for all is best" in done.out
    shown = wrpc("size", fleet(TWO), "--boundary", "own,big", "--compressible", "75%", "--format", "json")
    found = DividedFleet.model_validate(shown.json, strict=False)
    assert found.best is not None
    assert {row.gamma for row in found.rows} == {1 + step / 10 for step in range(11)}
    assert found.best.cost == min(row.cost for row in found.rows if row.cost is not None)
    assert found.rows[0].short == 0, "all in the long pool is a row, too"


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("own", "takes two pools"),
        ("own,other", "there is no pool `other`"),
        ("own,idle", "pool `idle` has no `model`"),
    ],
)  # fmt: skip
def test_two_pools_that_are_none(wrpc, fleet, asked, why):
    done = wrpc("size", fleet(TWO + "pool idle { gpu h100 }\n"), "--boundary", asked)
    assert done.code == 2
    assert why in done.err


def test_unknown_power_and_price_are_said(wrpc, fleet):
    text = POLICY.replace("gpu h100", "gpu own_chip").replace(
        "gpus { h100 8 }  price { h100 4USD/h }", "gpus { own_chip 8 }"
    )
    done = wrpc("size", fleet(text))
    assert done.code == 0
    assert "unknown" in done.out
    (own,) = read(wrpc("size", fleet(text), "--format", "json")).pools
    assert (own.watts, own.usd_per_hour, own.tokens_per_watt, own.usd_per_request) == (None, None, None, None)


def test_few_at_once_read_few_experts(wrpc, fleet):
    """A mixture at a low load may be five times as fast as one that reads all its weights: that is no refutation."""
    text = POLICY.replace("meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen3-30B-A3B").replace('profile "engine.json"', "")
    found = read(
        wrpc("size", fleet(text.replace("tpot_p99 100ms", "tpot_p99 6ms").replace("20/s", "0.1/s")), "--format", "json")
    )
    assert found.verdict == "open"


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("replicas 6", "replicas 0", "fail"),
        ("replicas 6", "replicas 0..0", "fail"),
        ("replicas 6", "replicas 1..1M", "pass"),
        ("replicas 6", "concurrency 1", "pass"),
        ("replicas 6", "prefill { replicas 0 } decode { replicas 1 }", "fail"),
        ("replicas 6", "replicas 6  role decode", "pass"),
        ("replicas 6", "replicas 6  role prefill", "pass"),
        ("20/s", "0/s", "pass"),
        ("20/s", "1M/s", "fail"),
        ("20/s", f"[{', '.join(['0/s'] * 23 + ['50/s'])}]", "fail"),
        ('source "meta-llama/Llama-3.1-8B-Instruct"', "weights 0B  kv_per_token 0B", "pass"),
        ("tpot_p99 100ms", "tpot_p99 0s", "fail"),
        ("[[512, 30%], [2_048, 85%], [8_192, 100%]]", "[[1, 100%]]", "pass"),
        ("prompt_share 85%", "prompt_share 100%", "pass"),
        ("prompt_share 85%", "prompt_share 0%", None),
    ],
)  # fmt: skip
def test_ends_of_what_can_be_written(wrpc, fleet, before, after, verdict):
    """Something is said of each, by `size` and by `check`, and it is JSON."""
    path = fleet(POLICY.replace(before, after))
    found = read(wrpc("size", path, "--format", "json"))
    assert verdict is None or found.verdict == verdict, [p.why for p in found.pools]
    assert "bug" not in wrpc("size", path).out + wrpc("check", path).err
    told = {d.code.id for d in api.check(api.load(path)).diagnostics}
    assert bool(told & {"WRP601", "WRP602"}) == (found.verdict == "fail")
