"""The JSON that `simulate` prints, as models."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from wrpc.report.contract import Contract, Span


class Spread(Contract):
    """Seconds: the mean, and what half, nine in ten and 99 in a hundred requests do not exceed."""

    mean: float
    p50: float
    p90: float
    p99: float


class Times(Contract):
    """What requests waited; null where none was served. `ttft` counts from when the engine takes a request,
    `ttft_queue` from when it came."""

    ttft: Spread | None
    ttft_queue: Spread | None
    tpot: Spread | None
    e2e: Spread | None


class Saturated(Contract):
    """A pool, or a phase of it, that fell behind: what bounds it, and from which second on its queue grew."""

    pool: str
    by: Literal["slots", "KV cache", "compute"]
    at: float


class SimulatedPool(Times):
    """`rate` in requests a second that it finished while requests came; `replicas` the mean number that was paid for;
    `busy` the share of the time for which a replica made steps; `batch` for how many sequences these wrote;
    `slots_used` over all the time. Times are expected to be right within `factor`."""

    pool: str
    phase: Literal["prefill", "decode"] | None
    requests: int
    rate: float
    replicas: float
    most_replicas: int
    busy: float = Field(ge=0, le=1)
    batch: float
    slots_used: float
    preempted: int
    refused: int
    saturated: Saturated | None
    profile: str
    factor: float


class Objective(Contract):
    """`value` is null where nothing was served."""

    objective: Literal["ttft_p99", "ttft_queue_p99", "tpot_p99", "e2e_p99"]
    limit: float
    value: float | None
    kept: bool


class SimulatedWorkload(Times):
    """A workload, or the trace that took their place. `ends`: how many requests came to each end. The first tenth of
    drawn requests is not counted."""

    workload: str
    requests: int
    ends: dict[str, int]
    slo: list[Objective]


class NotSimulated(Contract):
    """A pool or workload that was left out; `settle` is what would change that."""

    subject: str
    span: Span
    why: str
    settle: str


class Profile(Contract):
    """What the figures rest on: the formula of a step, the catalogue of GPUs, the version of wrpc."""

    formulas: str
    gpus: str
    version: str


class Simulated(Contract):
    """What `simulate --format json` prints. `seconds` of simulated time in which requests came. `saturated`: the first
    to fall behind first. `assumed`: what nobody says, and was taken to be so. `elsewhere`: pools that run on no GPUs of
    one's own; what they are sent is counted."""

    version: Literal[1]
    verdict: Literal["pass", "fail", "open"]
    seed: int
    requests: int
    seconds: float
    pools: list[SimulatedPool]
    workloads: list[SimulatedWorkload]
    saturated: list[Saturated]
    assumed: list[str]
    open: list[NotSimulated]
    elsewhere: list[str]
    profile: Profile
