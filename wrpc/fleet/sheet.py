"""A step model from data sheets alone: the roofline. It is right within a factor, and says so.

With efficiencies of 0.8 for bandwidth and 0.6 for compute, the time of whole answers came out 36% too short to 55% too
long for three dense models. One run of the engine itself (`wrpc calibrate`) is worth more than any data sheet.
"""

from __future__ import annotations

from dataclasses import replace

from wrpc.fleet.gpus import Gpu
from wrpc.fleet.models import Shape
from wrpc.fleet.steps import Engine, StepModel
from wrpc.values import value

BANDWIDTH = 0.8
COMPUTE = 0.6
DENSE, MIXTURE = 1.5, 2.0
"""The factor within which times are expected."""
STARTED = 0.004
"""Seconds of a step that are neither reading nor computing: launches, sampling, the scheduler. An estimate, and one
reason why all of this holds only within a factor."""
FRACTION = 0.9
"""Of the memory that engines take by default."""
APART = 3.5e9
"""Bytes a GPU for activations and graphs: 2 to 5 GB."""
SLOTS, CHUNK, OVERHEAD = 256, 2048, 0.03


@value
class Sheet:
    """`quick`: the same where a step reads no more experts than one sequence needs, which is what few at once come to;
    of a dense model it is `engine`."""

    engine: Engine
    quick: Engine
    factor: float


def sheet(
    gpu: Gpu, memory: float, shape: Shape, tensor: int, pipeline: int, *, slots: int | None = None
) -> Sheet | None:
    """One replica of `tensor` × `pipeline` GPUs, each with `memory` bytes. None where the weights do not fit.

    W: the weights read once a step; a: 2 operations a parameter and token; k: the cache read; q: 4 operations for each
    pair of tokens, layer and hidden dimension. Layers that are split over stages are worked on one stage after the
    other: more stages hold more, and are no faster for one step.
    """
    gpus = tensor * pipeline
    kv_bytes = gpus * (memory * FRACTION - APART) - shape.weights
    if kv_bytes <= 0:
        return None
    speed = tensor * (gpu.fp8 if shape.eight and gpu.fp8 else gpu.bf16) * COMPUTE
    read = tensor * gpu.bandwidth * BANDWIDTH
    # Of a mixture, a step of some tens of sequences reads most experts; for one, W is up to five times too high.
    step = StepModel(
        fixed=STARTED + shape.weights / read,
        per_token=2 * shape.active / speed,
        per_sequence=2 * shape.active / speed + shape.fixed / read,
        per_cached=shape.kv / read,
        per_pair=4 * shape.width / speed,
    )
    count = slots or SLOTS
    tokens = max(kv_bytes - count * shape.fixed, 0.0) / shape.kv
    engine = Engine(step, tokens, count, CHUNK, OVERHEAD)
    least = replace(step, fixed=STARTED + shape.weights * shape.active / shape.total / read)
    return Sheet(engine, replace(engine, step=least), MIXTURE if shape.experts else DENSE)
