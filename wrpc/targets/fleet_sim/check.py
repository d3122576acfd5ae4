"""Emitted files against everything that the simulator would take in silence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from wrpc.diagnostics import Diagnostic, finding
from wrpc.source import Source
from wrpc.targets.codes import REJECTED
from wrpc.targets.fleet_sim import table


def check(files: Mapping[str, str]) -> tuple[Diagnostic, ...]:
    found: list[Diagnostic] = []
    for path, text in sorted(files.items()):
        if path.endswith(".json"):
            at = Source(path, text).span()
            found += [finding(REJECTED, f"`{path}`: {fault}", at) for fault in _faults(path, text, files)]
    return tuple(found)


def _faults(path: str, text: str, files: Mapping[str, str]) -> Iterator[str]:
    try:
        content = json.loads(text)
    except ValueError as error:
        yield f"no JSON: {error}"
        return
    if path == "fleet.json":
        yield from _fleet(content, files)
    elif path.startswith("cdf/"):
        yield from _distribution(content)


def _fleet(fleet: Any, files: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(fleet, dict) or not isinstance(fleet.get("pools"), list):
        yield "no pools"
        return
    yield from (f"unknown key `{k}`" for k in fleet if k not in table.FLEET_KEYS)
    ids = [p.get("id") for p in fleet["pools"] if isinstance(p, dict)]
    if not fleet["pools"] or len(set(ids)) != len(fleet["pools"]):
        yield "pools without an id of their own"
        return
    for pool in fleet["pools"]:
        yield from _pool(pool)
    if fleet.get("router") not in table.ROUTERS:
        yield f"unknown router `{fleet.get('router')}`"
    yield from _workloads(fleet.get("workloads"), ids, files)


def _pool(pool: dict[str, Any]) -> Iterator[str]:
    name = f"pool `{pool['id']}`"
    yield from (f"{name}: unknown key `{k}`" for k in pool if k not in table.POOL_KEYS)
    if pool.get("gpu") not in table.GPUS:
        yield f"{name}: unknown GPU `{pool.get('gpu')}`"
    for key, least in (("n_gpus", table.LEAST_GPUS), ("max_ctx", table.LEAST_CONTEXT)):
        value = pool.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            yield f"{name}: `{key}` is {value}, not a whole number of at least {least}"


def _workloads(workloads: Any, ids: list[Any], files: Mapping[str, str]) -> Iterator[str]:
    if not isinstance(workloads, dict) or not workloads:
        yield "no workloads"
        return
    total = Fraction(0)
    for name, workload in workloads.items():
        if name not in ids:
            yield f"a workload for `{name}`, which is not a pool"
        yield from (f"workload `{name}`: unknown key `{k}`" for k in workload if k not in table.WORKLOAD_KEYS)
        if workload.get("cdf") not in files:
            yield f"workload `{name}`: no file `{workload.get('cdf')}`"
        share = workload.get("lam_frac")
        if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 1:
            yield f"workload `{name}`: `lam_frac` is {share}, not above 0 and at most 1"
        else:
            total += Fraction(str(share))
    if abs(total - 1) > Fraction(1, 10**6):
        yield f"the shares of all workloads are {float(total):.9g} together, not 1"


def _distribution(content: Any) -> Iterator[str]:
    points = content.get("cdf") if isinstance(content, dict) else content
    if not isinstance(points, list) or not points or not all(isinstance(p, list) and len(p) == 2 for p in points):
        yield "no list of pairs"
        return
    tokens, share = 0, 0.0
    for t, f in points:
        if not isinstance(t, int) or t <= tokens or not isinstance(f, int | float) or not share <= f <= 1:
            yield f"[{t}, {f}] after [{tokens}, {share}]: tokens ascend and shares rise to 1"
            return
        tokens, share = t, f
    if share != 1:
        yield f"the last share is {share}, not 1"
