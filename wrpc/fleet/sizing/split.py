"""Prompts read on some replicas, answers written on others.

Measured against the same GPUs together, with 8,000 tokens in and 100 to 200 out: the first token took 1.03 to 1.21
times as long on average and 0.91 to 1.56 at the 99th percentile, further tokens 1.10 to 1.29 times, and as many
requests were served (llm-d-benchmark, May 2025). A factor of 1.80 for the first token (arXiv 2603.16054) is not what
was measured; so both queues and the move of the cache are modelled.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import ceil, inf

from wrpc.fleet.sizing import latency, waits
from wrpc.fleet.sizing.capacity import FULL, capacity, kv_share
from wrpc.fleet.sizing.load import Length, Load
from wrpc.fleet.sizing.smallest import FIGURES, KNEE, Band, Figure, Figures, about
from wrpc.fleet.steps import Engine
from wrpc.values import value

SLOWER = 1.29
"""Tokens apart, against the same GPUs together: 1.10 to 1.29 times, measured."""
LOST = (0.90, 0.92)
"""Of what prefill and decode replicas take by themselves, for imperfect matching: fleet-sim at 3d48f8c9."""


@value
class Move:
    """The KV cache of a prompt, from one replica to the other: `bytes` a token, over a link of `slow` to `fast` bytes a
    second."""

    bytes: float
    slow: float
    fast: float


def read_whole(engine: Engine, length: Length) -> float:
    """Seconds that a prefill replica takes for one prompt by itself."""
    step = engine.step
    steps = max(1, ceil(length.read / engine.chunk))
    return steps * step.fixed + step.per_token * length.read + step.per_pair * length.pairs


def prefill_rate(engine: Engine, load: Load) -> float:
    """Prompts a second of one replica: μ·0.90."""
    took = sum(c.share * read_whole(engine, c) for c in load.lengths)
    return LOST[0] / took if took > 0 else inf


def decode_load(load: Load) -> Load:
    """What the writing side gets: the same requests, with nothing of their prompts left to read."""
    return replace(load, lengths=tuple(replace(c, hit=1.0) for c in load.lengths))


def figures(
    prefill: Engine,
    decode: Engine,
    load: Load,
    replicas: tuple[int, int],
    move: Move,
    of: latency.Lengths = None,
    only: Collection[Figure] = FIGURES,
) -> Figures:
    """The least of both sides: min(n_p·μ_p·0.90, n_d·μ_d·0.92). The first token waits for a free prefill replica
    (M/G/c), is read, moves with its cache, and is followed by tokens of the decode side."""
    readers, writers = replicas
    if readers <= 0 or writers <= 0:
        return Figures(inf, "slots", inf)
    mine = replace(decode_load(load), rate=load.rate / writers, burst=1 + (load.burst - 1) / writers)
    most = capacity(decode, mine)
    written = mine.rate / (most.rate * LOST[1]) if most.rate > 0 else inf
    per = prefill_rate(prefill, load)
    read = load.rate / (readers * per)
    used = max(read, written)
    bound = most.bound if written >= read else "compute"
    at = latency.steady(decode, mine) if written < 1 else None
    if at is None or used > KNEE:
        return Figures(used, bound, inf)
    kv = kv_share(decode, mine, at.step)
    if kv > FULL:
        return Figures(max(used, kv), "KV", kv)
    took = [(c.share, read_whole(prefill, c)) for c in load.lengths]
    mean = sum(w * s for w, s in took)
    variation = sum(w * s * s for w, s in took) / mean**2 - 1 if mean > 0 else 0.0
    wait = waits.quantile(readers, mean, load.rate, variation=max(0.0, variation), burst=load.burst)
    asked = of or load.lengths
    slowest = _high([(c.share, read_whole(prefill, c)) for c in asked])
    carried = _high([(c.share, c.prompt) for c in asked]) * move.bytes
    first = prefill.overhead + wait + slowest
    near, far = first + carried / move.fast, first + carried / move.slow
    written_of = None if of is None else decode_load(replace(load, lengths=of)).lengths
    bands: dict[Figure, Band] = {
        "ttft_p99": about("ttft_p99", near - wait, far - wait, used),
        "ttft_queue_p99": about("ttft_queue_p99", near, far, used),
    }
    if "tpot_p99" in only:
        token = latency.tpot_quantile(at, of=written_of)
        bands["tpot_p99"] = about("tpot_p99", token, max(token, _together(decode, load, readers + writers, of)), used)
    if "e2e_p99" in only:
        whole = latency.e2e_quantile(at, of=written_of) + _slot(at, decode)
        bands["e2e_p99"] = about("e2e_p99", whole + near, whole + far, used)
    return Figures(used, bound, kv, bands, at.residents)


def _together(engine: Engine, load: Load, replicas: int, of: latency.Lengths) -> float:
    """The most that a token may take: as much longer than on the same replicas unsplit as was measured. The move of
    caches keeps the writing side busy, by how much nobody says; without it, writers have no prompts to wait for."""
    at = latency.steady(engine, replace(load, rate=load.rate / replicas))
    return 0.0 if at is None else SLOWER * latency.tpot_quantile(at, of=of)


def _slot(at: latency.Steady, engine: Engine) -> float:
    took = [(c.share, c.more * latency.token(at, c)) for c in at.load.lengths]
    mean = sum(w * s for w, s in took)
    variation = sum(w * s * s for w, s in took) / mean**2 - 1 if mean > 0 else 0.0
    servers = min(float(engine.slots), engine.kv_tokens / max(at.load.context, 1.0))
    return waits.quantile(servers, mean, at.load.rate, variation=max(0.0, variation), burst=at.load.burst)


def _high(parts: list[tuple[float, float]], share: float = 0.99) -> float:
    """The 99th percentile of weighted values."""
    seen = 0.0
    for weight, number in sorted(parts, key=lambda each: each[1]):
        seen += weight
        if seen >= share - 1e-9:
            return number
    return max((number for _, number in parts), default=0.0)
