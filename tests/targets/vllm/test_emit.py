"""One file an engine, and what is refused before it is written."""

from __future__ import annotations

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, compiled, content, files, policy, said
from tests.targets.conftest import Golden
from wrpc.targets.vllm.read import read

MODEL = 'model m { source "org/m-32b"  context 32_768  heads 64  layers 48 } '
POLICY = MODEL + "pool p { model m  gpu h100  replicas 2  tensor_parallel 4 } default { to p } "


def engine(extra: str = "", settings: str = "") -> dict[str, object]:
    text = POLICY.replace("tensor_parallel 4", f"tensor_parallel 4 {extra}")
    found = compiled(f"{text} target vllm {{ {settings} }}", "vllm")
    assert found.ok, found.diagnostics
    loaded: dict[str, object] = content(found, "p.yaml")
    return loaded


def refused(text: str, code: str = "WRP804") -> list[str]:
    found = compiled(text, "vllm")
    assert not found.artifacts
    return said(found.diagnostics, code)


@pytest.mark.parametrize("name", ["agent_fleet", "private_stays_home"])
def test_golden(name: str, golden: Golden) -> None:
    found = compiled(wrpc.api.load(POLICIES[name]), "vllm")
    assert found.ok
    golden(name, files(found))


def test_what_follows_from_a_pool() -> None:
    assert engine("context 8_192  concurrency 96") == {
        "model": "org/m-32b",
        "served-model-name": ["m"],
        "host": "0.0.0.0",
        "port": 8000,
        "tensor-parallel-size": 4,
        "max-model-len": 8192,
        "max-num-seqs": 96,
    }


def test_what_a_pool_leaves_to_its_model_and_to_the_engine() -> None:
    found = engine()
    assert found["max-model-len"] == 32_768
    assert "max-num-seqs" not in found
    assert "pipeline-parallel-size" not in found
    assert engine("pipeline_parallel 2")["pipeline-parallel-size"] == 2


def test_settings() -> None:
    found = engine(settings='host "127.0.0.1"  port 9000  ports { p 9001 }  models { m "other/place" }')
    assert (found["host"], found["port"], found["model"]) == ("127.0.0.1", 9001, "other/place")


def test_options_of_one_s_own() -> None:
    settings = (
        "options { enable_prefix_caching true  gpu_memory_utilization 85%  scheduling_policy priority"
        '  p { max_num_batched_tokens 8k  middleware ["x"]  hf_overrides { a 1 } } }'
    )
    found = engine(settings=settings)
    assert found["enable-prefix-caching"] is True
    assert found["gpu-memory-utilization"] == 0.85
    assert found["scheduling-policy"] == "priority"
    assert found["max-num-batched-tokens"] == 8000
    assert found["middleware"] == ["x"]
    assert found["hf-overrides"] == {"a": 1}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("max_num_sequences 5", "`vllm serve` has no option `max-num-sequences`"),
        ("tensor_parallel_size 5", "is not set here: it is the pool's `tensor_parallel`"),
        ("max_num_batched_tokens 0.5", "takes a whole number"),
        ("max_num_batched_tokens true", "takes a whole number"),
        ('enable_prefix_caching "yes"', "takes `true` or `false`"),
        ("scheduling_policy random", "takes `fcfs` or `priority`"),
        ("seed 5s", "takes a whole number"),
        ("middleware x", "takes a list"),
        ('api_key "secret"', "is a secret"),
        ('hf_token env("HF")', "is a secret"),
    ],
)
def test_options_that_are_none(option: str, message: str) -> None:
    assert any(message in m for m in refused(f"{POLICY} target vllm {{ options {{ {option} }} }}", "WRP803"))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("port 0", "takes a port"),
        ("port 70_000", "takes a port"),
        ("ports { p 1.5 }", "takes a port"),
        ("ports { q 8000 }", "no pool `q` is served by vLLM"),
        ("connector LMCacheConector", "vLLM knows no connector `LMCacheConector`"),
        ('remote_url env("A:-$(id)")', "is not the name of a variable"),
    ],
)
def test_settings_that_mean_nothing(settings: str, message: str) -> None:
    text = POLICY.replace("gpu h100", "gpu h100  kv_cache { tier cpu size 1GiB }")
    assert any(message in m for m in refused(f"{text} target vllm {{ {settings} }}", "WRP803"))


# ── Which pools ───────────────────────────────────────────────────────────


def test_pools_of_others_are_left_out() -> None:
    others = 'pool cloud { provider "x/y"  model m }  pool sg { model m  engine sglang }  pool bare { region "eu" } '
    found = compiled(POLICY + others, "vllm")
    assert sorted(files(found)) == ["engines.json", "p.yaml", "serve.sh"]
    assert said(found.diagnostics, "WRP802") == ["pool `sg` runs on `sglang`, and is left out here"]


def test_an_engine_named_vllm_is_ours_whoever_provides_it() -> None:
    assert "q.yaml" in files(compiled(POLICY + 'pool q { model m  engine vLLM  provider "rented/gpus" } ', "vllm"))


def test_no_pool_at_all() -> None:
    assert refused('pool p { provider "x/y" } default { to p }') == ["no pool of the policy is served by vLLM"]
    assert refused("pool p { engine vllm } default { to p }")[0] == "pool `p` has no `model` for its engine"


# ── What vLLM would only notice later, or never ───────────────────────────


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('source "org/m-32b"', "", "model `m` does not say its `source`"),
        ("tensor_parallel 4", "tensor_parallel 3", "divides the 64 attention heads of `m` over 3 GPUs"),
        ("tensor_parallel 4", "pipeline_parallel 64", "divides the 48 layers of `m` over 64 stages"),
        ("gpu h100", "context 65_536", "has a context of 65536 tokens; `m` takes 32768"),
        ("gpu h100", "kv_cache { tier cpu }", "says nothing of the `size` of its cache in `cpu`"),
        ("gpu h100", "kv_cache { tier tape size 1GiB }", "keeps its cache in `tape`"),
        ("gpu h100", "kv_cache { tier disk size 1GiB }", "keeps its cache on disk, and nothing says where"),
        ("gpu h100", 'kv_cache { share "lmcache" }', "shares its cache by LMCache, and nothing says where"),
        ("gpu h100", "kv_cache { remote 1TiB }", "keeps its cache in `remote`, and nothing says where"),
        ("gpu h100", "kv_cache { cpu 1GiB tape 1TiB }", "keeps its cache in `tape`"),
        ("gpu h100", 'kv_cache { share "pigeons" }', "shares its cache by `pigeons`"),
    ],
)
def test_what_it_would_find_out_too_late(old: str, new: str, message: str) -> None:
    assert old in POLICY
    assert any(message in m for m in refused(POLICY.replace(old, new)))


@pytest.mark.parametrize(("gpu", "fits"), [("h100", False), ("h200", True), ("homemade", True)])
def test_memory(gpu: str, fits: bool) -> None:
    text = POLICY.replace("heads 64", "heads 64  weights 67GiB  kv_per_token 256KiB")
    found = compiled(text.replace("h100", gpu).replace("tensor_parallel 4", ""), "vllm")
    assert found.ok
    assert [d.severity for d in found.diagnostics if d.code.id == "WRP810"] == ([] if fits else ["warning"])
    if not fits:
        assert "needs 75.0 GiB" in said(found.diagnostics, "WRP810")[0]
        assert "give 73.6 GiB" in said(found.diagnostics, "WRP810")[0]


# ── The cache ─────────────────────────────────────────────────────────────


def cached(cache: str, settings: str = "", extra: str = "") -> dict[str, dict[str, object]]:
    text = POLICY.replace("tensor_parallel 4", f"tensor_parallel 4  {extra}  kv_cache {{ {cache} }}")
    found = compiled(f"{text} target vllm {{ {settings} }}", "vllm")
    assert found.ok, found.diagnostics
    return {path: content(found, path) for path in files(found) if path.endswith(".yaml")}


def test_a_second_tier_is_divided_among_the_gpus_of_a_replica() -> None:
    found = cached("tier cpu  size 200GiB")
    assert found["p.yaml"]["kv-transfer-config"] == {"kv_connector": "LMCacheConnectorV1", "kv_role": "kv_both"}
    assert found["p.lmcache.yaml"] == {"local_cpu": True, "max_local_cpu_size": 50.0}


def test_several_tiers() -> None:
    text = POLICY.replace("tensor_parallel 4", "tensor_parallel 4  kv_cache { cpu 200GiB  disk 400GiB  remote 8TiB }")
    found = compiled(text + 'target vllm { disk_path "/var/kv"  remote_url "lm://cache:1" }', "vllm")
    assert content(found, "p.lmcache.yaml") == {
        "local_cpu": True, "max_local_cpu_size": 50.0, "local_disk": "file:///var/kv", "max_local_disk_size": 100.0,
        "remote_url": "lm://cache:1", "remote_serde": "naive",
    }  # fmt: skip
    assert "the size of the `remote` tier of pool `p`" in said(found.diagnostics, "WRP801")[0]


def test_a_tier_on_disk() -> None:
    found = cached("tier disk  size 400GiB", 'disk_path "/var/kv"')
    assert found["p.lmcache.yaml"] == {"local_cpu": False, "local_disk": "file:///var/kv", "max_local_disk_size": 100.0}


def test_a_shared_cache() -> None:
    found = cached('share "lmcache"', 'remote_url "lm://cache:1"')
    assert found["p.lmcache.yaml"] == {"local_cpu": False, "remote_url": "lm://cache:1", "remote_serde": "naive"}


def test_an_address_from_the_environment_is_looked_up_where_it_runs() -> None:
    text = POLICY.replace("gpu h100", 'gpu h100  kv_cache { share "lmcache" }') + 'target vllm { remote_url env("KV") }'
    found = compiled(text, "vllm")
    assert "remote_url" not in content(found, "p.lmcache.yaml")
    assert 'export LMCACHE_REMOTE_URL="${KV:?}"' in files(found)["serve.sh"]


def test_no_tier_and_no_sharing_need_no_connector() -> None:
    assert "kv-transfer-config" not in cached("tier gpu")["p.yaml"]


def test_prefill_and_decode_are_two_engines() -> None:
    found = cached(
        'share "lmcache"',
        'remote_url "lm://cache:1"',
        "prefill { replicas 4  gpu h100 } decode { replicas 8  gpu h200  tensor_parallel 2 }",
    )
    assert sorted(found) == ["p-decode.lmcache.yaml", "p-decode.yaml", "p-prefill.lmcache.yaml", "p-prefill.yaml"]
    roles = {path: found[path]["kv-transfer-config"] for path in ("p-prefill.yaml", "p-decode.yaml")}
    assert roles["p-prefill.yaml"] == {"kv_connector": "LMCacheConnectorV1", "kv_role": "kv_producer"}
    assert roles["p-decode.yaml"] == {"kv_connector": "LMCacheConnectorV1", "kv_role": "kv_consumer"}
    assert found["p-prefill.yaml"]["tensor-parallel-size"] == 4
    assert found["p-decode.yaml"]["tensor-parallel-size"] == 2


@pytest.mark.parametrize(("role", "kv_role"), [("prefill", "kv_producer"), ("decode", "kv_consumer")])
def test_a_pool_of_one_role(role: str, kv_role: str) -> None:
    assert engine(f"role {role}")["kv-transfer-config"] == {"kv_connector": "NixlConnector", "kv_role": kv_role}
    other = engine(f"role {role}", "connector MooncakeConnector")["kv-transfer-config"]
    assert other == {"kv_connector": "MooncakeConnector", "kv_role": kv_role}


# ── Reading back ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", [n for n, path in POLICIES.items() if "target vllm {" in path.read_text()])
def test_read_agrees_with_the_policy(name: str) -> None:
    source = wrpc.api.load(POLICIES[name])
    found = compiled(source, "vllm")
    seen = read(files(found), source)
    ours = {n: p for n, p in source.pools.items() if p.provider is None}
    assert seen.pools.keys() == ours.keys()
    for pool in ours.values():
        other = seen.pools[pool.name]
        assert (other.model, other.concurrency) == (pool.model, pool.concurrency)
        assert other.context == (pool.context or source.models[pool.model or ""].context)
        for mine, its in ((pool.prefill, other.prefill), (pool.decode, other.decode)):
            assert (mine is None) == (its is None)
            if mine and its:
                assert (its.gpu, its.replicas) == (mine.gpu or pool.gpu, mine.replicas)
        if pool.prefill is None:
            assert (other.gpu, other.replicas, other.tensor_parallel) == (
                pool.gpu,
                pool.replicas,
                pool.tensor_parallel or 1,
            )
        if pool.kv_cache:
            assert other.kv_cache is not None
            assert (other.kv_cache.tier, other.kv_cache.share) == (pool.kv_cache.tier, pool.kv_cache.share)
            assert float(other.kv_cache.size or 0) == pytest.approx(float(pool.kv_cache.size or 0), rel=0.001)
    assert {m.name: m.source for m in seen.models.values()}.items() <= {
        m.name: m.source for m in source.models.values()
    }.items()


def test_the_inventory_counts_what_no_engine_knows() -> None:
    found = content(compiled(POLICY + 'target vllm { image "repo/vllm:1" }', "vllm"), "engines.json")
    assert found["image"] == "repo/vllm:1"
    assert found["engines"][0]["replicas"] == [2, 2]
    assert (found["engines"][0]["gpu"], found["engines"][0]["gpus"]) == ("h100", 4)


@pytest.mark.parametrize("name", ["`../etc`", "`a b`", "`con`", "`p.lmcache`"])
def test_names_that_are_no_file_names(name: str) -> None:
    found = compiled(POLICY.replace("pool p ", f"pool {name} ").replace("to p ", f"to {name} "), "vllm")
    assert found.ok
    assert len(found.artifacts) == 3
    assert read(files(found), policy(POLICY)).pools.keys() == {name.strip("`")}


@pytest.mark.parametrize("name", ["p\u2028port: 1", "p\u0085port: 1", "p\x0bport: 1"])
def test_a_name_ends_no_comment(name: str) -> None:
    found = compiled(POLICY.replace("pool p ", f"pool `{name}` ").replace("to p ", f"to `{name}` "), "vllm")
    path = next(a.path for a in found.artifacts if a.path.endswith(".yaml"))
    assert content(found, path)["port"] == 8000


def test_text_that_yaml_would_read_otherwise() -> None:
    found = compiled(POLICY.replace("org/m-32b", "yes: [no] # 8101"), "vllm")
    assert content(found, "p.yaml")["model"] == "yes: [no] # 8101"
