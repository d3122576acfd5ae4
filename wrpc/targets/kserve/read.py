"""What the manifests make of each pool, read without knowing how they were written."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from wrpc.diagnostics import Refusal, finding
from wrpc.policy.model import KvCache, Model, Phase, Policy, Pool
from wrpc.source import Source
from wrpc.targets import reading
from wrpc.targets.codes import REJECTED

UNITS = {"": 1, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
QUANTITY = re.compile(r"(\d+)(Ki|Mi|Gi|Ti|k|M|G|T|)")


def read(files: Mapping[str, str], policy: Policy) -> Policy:
    """Pools and their models alone. Raises Refusal for files that are no such services."""
    pools: dict[str, Pool] = {}
    models: dict[str, Model] = {}
    sources = []
    for path, text in sorted(files.items()):
        source = Source(path, text)
        sources.append(source)
        try:
            pool, model = _service(reading.yaml(text), source)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            message = f"`{path}` cannot be read back: {str(error) or type(error).__name__}"
            raise Refusal([finding(REJECTED, message, source.span())]) from error
        pools[pool.name], models[model.name] = pool, model
    return Policy(name=policy.name, sources=tuple(sources), pools=pools, models=models)


def _service(content: Any, source: Source) -> tuple[Pool, Model]:
    spec = content["spec"]
    uri = spec["model"]["uri"]
    model = Model(name=spec["model"]["name"], span=source.span(), source=uri.removeprefix("hf://"))
    given = _arguments(spec)
    pool = Pool(
        name=content["metadata"]["annotations"]["wrpc/pool"],
        span=source.span(),
        model=model.name,
        context=int(given["--max-model-len"]) if "--max-model-len" in given else None,
        concurrency=int(given["--max-num-seqs"]) if "--max-num-seqs" in given else None,
        kv_cache=_cache(spec.get("kvCacheOffloading")),
    )
    own = _phase(spec)
    if "prefill" in spec:
        return replace(pool, prefill=_phase(spec["prefill"]), decode=own), model
    tensor, pipeline = own.tensor_parallel, own.pipeline_parallel
    return replace(pool, replicas=own.replicas, tensor_parallel=tensor, pipeline_parallel=pipeline), model


def _phase(spec: Any) -> Phase:
    scaling = spec.get("scaling")
    count = spec.get("replicas", 1)
    return Phase(
        replicas=(scaling.get("minReplicas", 1), scaling["maxReplicas"]) if scaling else (count, count),
        tensor_parallel=spec["parallelism"].get("tensor", 1),
        pipeline_parallel=spec["parallelism"].get("pipeline", 1),
    )


def _arguments(spec: Any) -> dict[str, str]:
    """Options with one value, by their names."""
    (main,) = (c for c in spec["template"]["containers"] if c["name"] == "main")
    written = next((e["value"] for e in main.get("env", ()) if e["name"] == "VLLM_ADDITIONAL_ARGS"), "")
    words = shlex.split(written)
    return {a: b for a, b in pairwise(words) if a.startswith("--")}


def _cache(given: Any) -> KvCache | None:
    if given is None:
        return None
    tiers: dict[str, Fraction] = {"cpu": _bytes(given["cpu"])}
    for tier in given.get("secondary", ()):
        tiers["disk"] = _bytes(tier["fileSystem"]["emptyDir"]["size"])
    return KvCache(tiers=tiers)


def _bytes(quantity: object) -> Fraction:
    found = QUANTITY.fullmatch(str(quantity))
    if found is None:
        raise ValueError(f"`{quantity}` is no quantity")
    return Fraction(int(found[1]) * UNITS[found[2]])
