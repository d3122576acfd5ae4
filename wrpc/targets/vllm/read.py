"""What the emitted files make of each pool, read without knowing how they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

from wrpc.policy.model import KvCache, Model, Phase, Policy, Pool
from wrpc.source import Source
from wrpc.targets import reading

GIB = 2**30


def read(files: Mapping[str, str], policy: Policy) -> Policy:
    """Pools and their models alone."""
    source = Source("engines.json", files["engines.json"])
    pools: dict[str, Pool] = {}
    models: dict[str, Model] = {}
    for entry in json.loads(source.text)["engines"]:
        config = reading.yaml(files[entry["config"]])
        model = config["served-model-name"][0]
        models[model] = Model(name=model, span=source.span(), source=config["model"])
        replicas = tuple(entry["replicas"]) if entry["replicas"] else None
        phase = Phase(
            gpu=entry["gpu"],
            replicas=replicas,
            tensor_parallel=config["tensor-parallel-size"],
            pipeline_parallel=config.get("pipeline-parallel-size", 1),
        )
        pool = pools.get(entry["pool"]) or Pool(
            name=entry["pool"],
            span=source.span(),
            model=model,
            engine="vllm",
            context=config.get("max-model-len"),
            concurrency=config.get("max-num-seqs"),
            kv_cache=_cache(files, entry["lmcache"], entry["gpus"]),
        )
        match entry["phase"]:
            case "prefill":
                pool = replace(pool, prefill=phase)
            case "decode":
                pool = replace(pool, decode=phase)
            case _:
                pool = replace(
                    pool,
                    gpu=phase.gpu,
                    replicas=phase.replicas,
                    tensor_parallel=phase.tensor_parallel,
                    pipeline_parallel=phase.pipeline_parallel,
                    role=_role(config.get("kv-transfer-config")),
                )
        pools[pool.name] = pool
    return Policy(name=policy.name, sources=(source,), pools=pools, models=models)


def _role(transfer: dict[str, Any] | None) -> Literal["prefill", "decode"] | None:
    match (transfer or {}).get("kv_role"):
        case "kv_producer":
            return "prefill"
        case "kv_consumer":
            return "decode"
        case _:
            return None


def _cache(files: Mapping[str, str], path: str | None, gpus: int) -> KvCache | None:
    if path is None:
        return None
    content = reading.yaml(files[path])
    held = {
        tier: Fraction(str(content[f"max_local_{tier}_size"])) * GIB * gpus
        for tier in ("cpu", "disk")
        if content.get(f"local_{tier}")
    }
    share = "lmcache" if "remote_serde" in content else None
    if len(held) > 1:
        return KvCache(share=share, tiers=held)
    tier, size = next(iter(held.items()), (None, None))
    return KvCache(tier, size, share)
