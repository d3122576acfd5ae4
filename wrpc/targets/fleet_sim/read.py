"""What the emitted files say of pools and workloads, read without knowing how they were written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction

from wrpc.policy.model import Amount, Phase, Policy, Pool, Slo, Workload
from wrpc.source import Source


def read(files: Mapping[str, str], policy: Policy) -> Policy:
    """Pools and workloads alone. A pool's replicas are what the simulator has: single GPUs."""
    text = files["traffic.json"]
    source = Source("traffic.json", text)
    traffic = json.loads(text, parse_float=Fraction)
    pools: dict[str, Pool] = {}
    for entry in traffic["pools"]:
        sides = {
            side: Phase(gpu=found["gpu"], replicas=(found["n_gpus"], found["n_gpus"]))
            for side, found in entry.get("disaggregated", {}).items()
        }
        pools[entry["id"]] = Pool(
            name=entry["id"],
            span=source.span(),
            gpu=entry["gpu"],
            replicas=(entry["n_gpus"], entry["n_gpus"]),
            context=entry["max_ctx"],
            prefill=sides.get("prefill"),
            decode=sides.get("decode"),
        )
    workloads = {
        entry["name"]: Workload(
            name=entry["name"],
            when=None,
            rate=(Fraction(entry["rate"]),),
            lengths=tuple((Amount(Fraction(t)), Amount(Fraction(f))) for t, f in entry["lengths"].get("points", ())),
            prompt_share=Fraction(entry["prompt_share"]),
            slo=Slo(**{name: Fraction(limit) for name, limit in entry["slo"].items()}),
            span=source.span(),
        )
        for entry in traffic["workloads"]
    }
    return Policy(name=policy.name, sources=(source,), pools=pools, workloads=workloads)
