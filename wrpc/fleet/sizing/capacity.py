"""How many requests a second one replica can take in the long run, and what runs out first."""

from __future__ import annotations

from math import inf
from typing import Literal

from wrpc.fleet.sizing.load import Load
from wrpc.fleet.steps import Engine
from wrpc.values import value

Bound = Literal["compute", "budget of a step", "slots", "KV"]

PREEMPTION = 0.8
"""Of what the formula says where the KV cache binds: recomputed and fragmented blocks are not in it. Without it the
rate was 10 to 35% too high against a simulated engine, with it within 12%."""
FULL = 0.85
"""How full of its steady contents a KV cache is planned: beyond it, requests are thrown out and computed again."""


@value
class Capacity:
    """Requests a second of one replica; each bound by itself, and which is the least."""

    rate: float
    bound: Bound
    compute: float
    budget: float
    slots: float
    kv: float


def capacity(engine: Engine, load: Load) -> Capacity:
    """The least of compute, the token budget of a step, slots and KV cache.

    Compute: 1/(a·L + q·P + o·(h + k·c)): the rate at which steps have no time left for their fixed part. Slots and KV:
    n sequences at once, each for o steps, n/(o·t(n)); for the KV cache n = M/c with c the mean context of a resident
    sequence, never the context limit: blocks fill with actual lengths. The same as M/(b·E[m]) of arXiv 2605.04595 with
    m the token-steps of a request.
    """
    step = engine.step
    work = step.per_token * load.read + step.per_pair * load.pairs + step.per_sequence * load.more
    work += step.per_cached * load.held
    compute = 1 / work if work > 0 else inf
    budget = _by_budget(engine, load, compute)
    slots = _by_residents(engine, load, engine.slots)
    room = engine.kv_tokens / max(load.context, 1.0)
    if room * PREEMPTION >= engine.slots:
        kv = inf  # the slots are full first
    else:
        kv = PREEMPTION * _by_residents(engine, load, room) if room >= 1 else 0.0
    bounds: list[tuple[float, Bound]] = [
        (compute, "compute"), (budget, "budget of a step"), (slots, "slots"), (kv, "KV"),
    ]  # fmt: skip
    rate, bound = min(bounds, key=lambda each: each[0])
    return Capacity(rate, bound, compute, budget, slots, kv)


def _by_budget(engine: Engine, load: Load, compute: float) -> float:
    """The rate at which the steps have no room for another token: λ·(L + o)·T = B with T = W/(1 − λ/compute) of that
    rate."""
    each = engine.step.fixed * (load.read + load.more) + engine.chunk / compute
    return engine.chunk / each if each > 0 else inf


def _by_residents(engine: Engine, load: Load, residents: float) -> float:
    """The rate at which `residents` sequences write on average, with the prompts read beside them: λ solves
    n = λ·o·t(n, λ), which is linear in 1/λ."""
    step = engine.step
    if load.more <= 0:
        return inf
    reads = step.per_token * load.read + step.per_pair * load.pairs
    alone = step.fixed + (step.per_sequence + step.per_cached * load.context) * residents
    # n/λ = o·(alone + λ·reads·t) with t = n/(λ·o): one step reads λ·t requests.
    return residents / (load.more * alone + reads * residents)


def kv_share(engine: Engine, load: Load, step: float) -> float:
    """How full the KV cache is on average at steps of `step` seconds: λ·t·E[token-steps]/M (Little)."""
    if engine.kv_tokens == inf:
        return 0.0
    return load.rate * step * load.held / engine.kv_tokens if engine.kv_tokens > 0 else inf
