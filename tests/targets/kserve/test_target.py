"""What a pool becomes as a service of KServe, and what is refused or told before it is written."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

import wrpc.api
from tests.support.compiling import POLICIES, compiled, content, files, policy, said
from tests.targets.conftest import Golden
from wrpc.diagnostics import Refusal
from wrpc.targets.kserve.read import read

MODEL = 'model m { source "org/m-32b"  context 32_768  heads 64  layers 48 } '
NODES = 'gpu_nodes { h100 "H100"  a100 "A100" }'


def spec(pool: str, settings: str = NODES) -> Any:
    text = f"{MODEL} pool p {{ model m  {pool} }} default {{ to p }} target kserve {{ {settings} }}"
    found = compiled(text, "kserve")
    assert found.ok, found.diagnostics
    return content(found, "p.yaml")["spec"]


def told(pool: str, code: str, settings: str = NODES) -> list[str]:
    text = f"{MODEL} pool p {{ model m  {pool} }} default {{ to p }} target kserve {{ {settings} }}"
    return said(compiled(text, "kserve").diagnostics, code)


def arguments(workload: Any) -> list[str]:
    (main,) = workload["template"]["containers"]
    return shlex.split(main["env"][0]["value"]) if "env" in main else []


def test_golden(golden: Golden) -> None:
    golden("kept_prefixes", files(compiled(wrpc.api.load(POLICIES["kept_prefixes"]), "kserve")))


def test_what_follows_from_a_pool() -> None:
    found = spec("gpu h100  replicas 2  tensor_parallel 4  context 8_192  concurrency 96")
    assert found["model"] == {"uri": "hf://org/m-32b", "name": "m"}
    assert found["replicas"] == 2
    assert found["parallelism"] == {"tensor": 4}
    assert arguments(found) == ["--max-model-len", "8192", "--max-num-seqs", "96"]
    assert found["template"]["nodeSelector"] == {"nvidia.com/gpu.product": "H100"}
    (main,) = found["template"]["containers"]
    assert main["resources"] == {"limits": {"nvidia.com/gpu": "4"}}


def test_two_sides_of_a_pool_are_one_service() -> None:
    found = spec("gpu h100  prefill { replicas 4  tensor_parallel 2 } decode { replicas 6  gpu a100 }")
    assert (found["replicas"], found["prefill"]["replicas"]) == (6, 4)
    assert (found["parallelism"], found["prefill"]["parallelism"]) == ({"tensor": 1}, {"tensor": 2})
    assert found["template"]["nodeSelector"] == {"nvidia.com/gpu.product": "A100"}
    assert found["prefill"]["template"]["nodeSelector"] == {"nvidia.com/gpu.product": "H100"}


def test_a_range_is_scaled_by_who_can_scale_it() -> None:
    bare = spec("replicas 2..6")
    assert "replicas" not in bare
    assert bare["scaling"] == {"minReplicas": 2, "maxReplicas": 6, "wva": {"hpa": {}}}
    asked = spec("replicas 2..6", 'prometheus "http://x:9090"  waiting 9')["scaling"]["keda"]["triggers"]
    assert [t["metadata"]["threshold"] for t in asked] == ["9"]
    assert 'model_name="m"' in asked[0]["metadata"]["query"]


def test_the_cache_beyond_the_gpu() -> None:
    found = spec("replicas 1  kv_cache { cpu 64GiB  disk 2TiB }")["kvCacheOffloading"]
    assert found == {"cpu": "64Gi", "secondary": [{"fileSystem": {"emptyDir": {"size": "2048Gi"}}}]}
    assert spec("replicas 1  kv_cache { cpu 1500MiB }")["kvCacheOffloading"] == {"cpu": "1572864000"}
    assert told("replicas 1  kv_cache { cpu 64GiB  remote 2TiB  share lmcache }", "WRP801") != []
    assert "kvCacheOffloading" not in spec("replicas 1  kv_cache { gpu 64GiB }")


def test_what_is_lost_is_told() -> None:
    assert any("the type of GPUs, `h200`" in m for m in told("gpu h200  replicas 1", "WRP801"))
    assert any("the role, `decode`" in m for m in told("role decode  replicas 1", "WRP801"))
    assert any("the number of replicas" in m for m in told("gpu h100", "WRP802"))
    assert told("gpu h100  replicas 2..3  kv_cache { cpu 64GiB }", "WRP801") == []


@pytest.mark.parametrize(("pool", "settings"), [
    ("replicas 1  kv_cache { disk 2TiB }", ""),
    ("replicas 1", "waiting 0"),
    ("replicas 1  tensor_parallel 3", ""),
    ("replicas 1", "options { no_such_option 1 }"),
    ("replicas 1", 'options { max_model_len 5 }'),
])  # fmt: skip
def test_what_cannot_be_is_refused(pool: str, settings: str) -> None:
    text = f"{MODEL} pool p {{ model m  {pool} }} default {{ to p }} target kserve {{ {settings} }}"
    found = compiled(text, "kserve")
    assert not found.artifacts
    assert any(d.severity == "error" for d in found.diagnostics)


def test_options_are_one_line_that_a_shell_reads_as_it_was_said() -> None:
    found = spec(
        "replicas 1",
        'options { enable_prefix_caching false  chat_template "a b\'c; $(x)"  max_num_batched_tokens 4096 }',
    )
    assert arguments(found) == [
        "--max-model-len", "32768", "--no-enable-prefix-caching", "--chat-template", "a b'c; $(x)",
        "--max-num-batched-tokens", "4096",
    ]  # fmt: skip


def test_names_are_names_of_objects() -> None:
    own = "pool `A b` { model m replicas 1 } pool a_b { model m replicas 1 } pool `1` { model m replicas 1 }"
    found = compiled(f"{MODEL} {own} default {{ to a_b }}", "kserve")
    names = {path: content(found, path)["metadata"] for path in files(found)}
    assert len(names) == 3
    assert {m["annotations"]["wrpc/pool"] for m in names.values()} == {"A b", "a_b", "1"}
    assert all(path == f"{m['name']}.yaml" for path, m in names.items())
    assert all(m["name"][0].isalpha() and len(m["name"]) <= 40 for m in names.values())


def test_read_back_the_pools_are_those_of_the_policy() -> None:
    own = policy(
        f"{MODEL} pool p {{ model m  replicas 2..6  tensor_parallel 2  context 8_192  concurrency 9"
        "  kv_cache { cpu 64GiB  disk 1TiB } }"
        " pool q { model m  prefill { replicas 1 } decode { replicas 3  tensor_parallel 4 } } default { to p, q }"
    )
    back = read(files(compiled(own, "kserve")), own)
    p, q = back.pools["p"], back.pools["q"]
    assert (p.replicas, p.tensor_parallel, p.context, p.concurrency) == ((2, 6), 2, 8192, 9)
    assert p.kv_cache is not None
    assert p.kv_cache.held == {"cpu": 64 * 2**30, "disk": 2**40}
    assert q.prefill is not None
    assert q.decode is not None
    assert (q.prefill.replicas, q.decode.replicas, q.decode.tensor_parallel) == ((1, 1), (3, 3), 4)


def test_another_file_is_refused() -> None:
    own = policy(f"{MODEL} pool p {{ model m  replicas 1 }} default {{ to p }}")
    with pytest.raises(Refusal):
        read({"p.yaml": "kind: Pod\n"}, own)
