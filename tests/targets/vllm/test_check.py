"""What vLLM and LMCache would let pass is found in their files."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from wrpc.targets.engine import options_0_32
from wrpc.targets.vllm import lmcache_0_5
from wrpc.targets.vllm.check import check

SERVE: dict[str, Any] = {
    "model": "org/m",
    "served-model-name": ["m"],
    "port": 8000,
    "tensor-parallel-size": 2,
    "max-num-seqs": 64,
    "gpu-memory-utilization": 0.9,
    "enable-prefix-caching": True,
    "scheduling-policy": "priority",
    "kv-transfer-config": {"kv_connector": "LMCacheConnectorV1", "kv_role": "kv_both"},
}
CACHE: dict[str, Any] = {"chunk_size": 256, "local_cpu": True, "max_local_cpu_size": 20, "remote_url": "lm://h:1"}


def faults(serve: Any = None, cache: Any = None) -> list[str]:
    files = {
        "p.yaml": yaml.safe_dump(serve or SERVE),
        "p.lmcache.yaml": yaml.safe_dump(cache or CACHE),
        "serve.sh": ":",
    }
    found = check(files)
    assert all(d.code.id == "WRP805" for d in found)
    return [d.message for d in found]


def test_sound_files() -> None:
    assert not faults()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tensor-parallel-sise": 2}, "`vllm serve` has no option `tensor-parallel-sise`"),
        ({"tensor_parallel_size": 2}, "`vllm serve` has no option `tensor_parallel_size`"),
        ({"tensor-parallel-size": -2}, "`tensor-parallel-size` is -2; it has to be at least 1"),
        ({"tensor-parallel-size": "2"}, "`tensor-parallel-size` takes a whole number"),
        ({"tensor-parallel-size": True}, "`tensor-parallel-size` takes a whole number"),
        ({"max-num-seqs": "many"}, "`max-num-seqs` takes a whole number"),
        ({"gpu-memory-utilization": 7}, "`gpu-memory-utilization` is 7"),
        ({"enable-prefix-caching": "true"}, "`enable-prefix-caching` takes `true` or `false`"),
        ({"scheduling-policy": "random"}, "`scheduling-policy` is 'random'"),
        ({"lora-modules": ["a=b"]}, "`lora-modules` needs `enable-lora`"),
        ({"model": None}, "no `model`"),
        ({"kv-transfer-config": "{}"}, "`kv-transfer-config` takes a block"),
        ({"kv-transfer-config": {"kv_connector": "LMCache", "kv_role": "kv_both"}}, "knows no connector `LMCache`"),
        ({"kv-transfer-config": {"kv_connector": "NixlConnector", "kv_role": "both"}}, "`kv_role` is 'both'"),
        ({"kv-transfer-config": {"kv_connector": "NixlConnector"}}, "`kv_role` is None"),
        ({"kv-transfer-config": {"kv_conector": "x", "kv_role": "kv_both"}}, "has no `kv_conector`"),
    ],
)
def test_a_fault_of_the_engine(change: dict[str, Any], message: str) -> None:
    assert any(message in found for found in faults({**SERVE, **change}))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"chunk_sise": 256}, "LMCache has no `chunk_sise`"),
        ({"chunk_size": "banana"}, "`chunk_size` takes a whole number"),
        ({"local_cpu": "yes"}, "`local_cpu` takes `true` or `false`"),
        ({"max_local_cpu_size": 0}, "`local_cpu` without `max_local_cpu_size`"),
        ({"remote_url": 5}, "`remote_url` takes a string"),
    ],
)
def test_a_fault_of_the_cache(change: dict[str, Any], message: str) -> None:
    assert any(message in found for found in faults(cache={**CACHE, **change}))


@pytest.mark.parametrize("text", ["", "5", "[]", "{", "a: b: c", "\t"])
def test_no_yaml(text: str) -> None:
    assert check({"p.yaml": text})
    assert check({"p.lmcache.yaml": text})


def test_the_tables_are_whole() -> None:
    """As counted in the releases themselves."""
    assert (
        len(options_0_32.OPTIONS)
        + len(options_0_32.CHOICES)
        - len(set(options_0_32.OPTIONS) & set(options_0_32.CHOICES))
        + len(options_0_32.SECRETS)
        == 313
    )
    assert len(lmcache_0_5.KEYS) == 108
    assert not set(options_0_32.OPTIONS) & set(options_0_32.CHOICES)
