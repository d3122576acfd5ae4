"""The JSON of `size`."""

from __future__ import annotations

from typing import Literal

from wrpc.report.contract import Contract, Span

Figure = float | list[float] | None
"""A number; or from and to, where that is what is known; or null, where nothing is, as of a saturated pool."""
Side = Literal["prefill", "decode"]


class Needed(Contract):
    """At least, as expected and at most so many replicas; null: no number would do."""

    low: int | None
    expected: int | None
    high: int | None


class Phase(Contract):
    """`replicas` of the pool, or of one of its phases. `given`: from and to, as the policy has it; null where it does
    not say. `gpus`: of all of them."""

    phase: Side | None
    replicas: int | None
    needed: Needed
    given: list[int] | None
    gpu: str | None
    gpus: int | None


class Sent(Contract):
    """A workload at a pool: the share of its requests that comes here, and what they see. `kept`: of each promise
    whether it is kept, null where that is open."""

    workload: str
    share: Figure
    rate: Figure
    ttft_p99: Figure
    ttft_queue_p99: Figure
    tpot_p99: Figure
    e2e_p99: Figure
    promised: dict[str, float]
    kept: dict[str, bool | None]


class SizedPool(Contract):
    """Seconds, requests a second, watts. `hour` of the day for which it is sized, null where the rate is steady;
    `by_hour`: replicas that each hour needs. `bound` is what runs out first. `edges`: requests a second that may come
    beside, by why. `basis`: data sheets, or the profile."""

    pool: str
    rate: Figure
    replicas: int | None
    utilisation: Figure
    ttft_p99: Figure
    ttft_queue_p99: Figure
    tpot_p99: Figure
    e2e_p99: Figure
    watts: Figure
    usd_per_hour: Figure
    workloads: list[Sent]
    verdict: Literal["pass", "fail", "open"]
    span: Span
    why: str | None
    settle: str | None
    phases: list[Phase]
    bound: str | None
    hour: int | None
    by_hour: list[int | None]
    tokens_per_watt: Figure
    usd_per_request: Figure
    basis: list[str]
    edges: dict[str, float]


class SizedTotals(Contract):
    replicas: int | None
    gpus: int | None
    watts: Figure
    usd_per_hour: Figure


class SizedBy(Contract):
    """Which formulas and catalogues a result is of."""

    formulas: str
    gpus: str
    models: str
    version: str


class DividedRow(Contract):
    """Requests of at most `boundary` tokens are short, a `share` of all; 0: none. Replicas and `cost` are null where no
    number keeps what is promised."""

    boundary: float
    gamma: float
    share: float
    short: int | None
    long: int | None
    cost: float | None


class DividedPools(Contract):
    short: str
    long: str


class DividedFleet(Contract):
    """What `size --boundary SHORT,LONG --format json` prints. `cost` in `unit`."""

    version: Literal[1]
    pools: DividedPools
    unit: Literal["USD/h", "GPUs"]
    rows: list[DividedRow]
    best: DividedRow | None


class SizedFleet(Contract):
    """What `size --format json` prints. `elsewhere`: pools that get requests and run on no GPUs of the policy."""

    version: Literal[1]
    verdict: Literal["pass", "fail", "open"]
    pools: list[SizedPool]
    totals: SizedTotals
    profile: SizedBy
    elsewhere: list[str]
