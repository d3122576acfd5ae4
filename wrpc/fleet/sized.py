"""What sizing finds: of each pool how many replicas, what they give, and what they draw and cost; as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import inf
from typing import Literal

from wrpc.fleet import gpus, models
from wrpc.fleet.parts import Side
from wrpc.fleet.sizing.power import tokens_per_watt
from wrpc.fleet.sizing.smallest import FIGURES, Band, Figure, Promises
from wrpc.source import Span
from wrpc.values import value
from wrpc.version import __version__

FORMULAS = "1"
"""Counts up when a formula changes, so that results say which they are of."""

Verdict = Literal["pass", "fail", "open"]


@value
class Sent:
    """A workload at a pool. `share`: of its requests; `rate`: in the hour for which the pool is sized. `figures` are
    those of its own requests, None where the pool is saturated; `kept`: of each promise, whether it is; None: open."""

    workload: str
    share: Band
    rate: Band
    promises: Promises
    figures: Mapping[Figure, Band] | None
    kept: Mapping[Figure, bool | None]

    def json(self) -> dict[str, object]:
        return {
            "workload": self.workload,
            "share": plain(self.share),
            "rate": plain(self.rate),
            **_figures(self.figures),
            "promised": {f: self.promises.of(f) for f in FIGURES if self.promises.of(f) is not None},
            "kept": dict(self.kept),
        }


@value
class Replicas:
    """`count` replicas of a pool, or of one phase of it, of `gpus` each. `needed`: at least, as
    expected, and at most; None: no number would do. `given`: what the policy says."""

    phase: Side | None
    count: int | None
    needed: tuple[int | None, int | None, int | None]
    given: tuple[int, int] | None
    gpu: str | None
    gpus: int
    span: Span
    watts: Band | None
    cost: Band | None

    def json(self) -> dict[str, object]:
        low, expected, high = self.needed
        return {
            "phase": self.phase,
            "replicas": self.count,
            "needed": {"low": low, "expected": expected, "high": high},
            "given": None if self.given is None else list(self.given),
            "gpu": self.gpu,
            "gpus": None if self.count is None else self.count * self.gpus,
        }


@value
class Behind:
    """At the beginning of an hour `running` replicas meet what `needed` are for, and cannot take it at all; `late`
    requests come that nobody takes until others have started."""

    hour: int
    running: int
    needed: int
    late: float

    @property
    def row(self) -> tuple[int, int, int, float]:
        return self.hour, self.running, self.needed, self.late


@value
class Sized:
    """`hour`: for which it is sized, None where the rate is steady. `by_hour`: replicas that each hour needs, as
    expected, 24 of them or none. `why`: what fails or is open, with what would `settle` it.
    `unreachable`: promises to workloads that no number of replicas keeps, with the least that can be had."""

    pool: str
    verdict: Verdict
    span: Span
    rate: Band
    hour: int | None
    replicas: tuple[Replicas, ...]
    utilisation: Band | None
    bound: str
    figures: Mapping[Figure, Band] | None
    workloads: tuple[Sent, ...]
    basis: tuple[str, ...]
    tokens: float
    by_hour: tuple[int | None, ...] = ()
    behind: tuple[Behind, ...] = ()
    edges: Mapping[str, float] | None = None
    why: str = ""
    settle: str = ""
    unreachable: Mapping[tuple[str, Figure], float] | None = None

    @property
    def count(self) -> int | None:
        known = [r.count for r in self.replicas if r.count is not None]
        return sum(known) if known and len(known) == len(self.replicas) else None

    @property
    def gpus(self) -> int | None:
        return None if self.count is None else sum((r.count or 0) * r.gpus for r in self.replicas)

    @property
    def watts(self) -> Band | None:
        return total(r.watts for r in self.replicas)

    @property
    def cost(self) -> Band | None:
        """USD per hour."""
        return total(r.cost for r in self.replicas)

    @property
    def cost_each(self) -> Band | None:
        """USD a request, at the most that may arrive."""
        return None if self.cost is None or self.rate.high <= 0 else self.cost * (1 / self.rate.high / 3600)

    @property
    def tokens_per_watt(self) -> Band | None:
        """Tokens written a second for each watt, at the most that may arrive."""
        found = self.watts
        if found is None:
            return None
        return Band(tokens_per_watt(self.tokens, found.high), tokens_per_watt(self.tokens, found.low))

    def json(self) -> dict[str, object]:
        return {
            "pool": self.pool,
            "rate": plain(self.rate),
            "replicas": self.count,
            "utilisation": plain(self.utilisation),
            **_figures(self.figures),
            "watts": plain(self.watts),
            "usd_per_hour": plain(self.cost),
            "workloads": [w.json() for w in self.workloads],
            "verdict": self.verdict,
            "span": self.span.json(),
            "why": self.why or None,
            "settle": self.settle or None,
            "phases": [r.json() for r in self.replicas],
            "bound": self.bound or None,
            "hour": self.hour,
            "by_hour": list(self.by_hour),
            "tokens_per_watt": plain(self.tokens_per_watt),
            "usd_per_request": plain(self.cost_each),
            "basis": list(self.basis),
            "edges": {via: short(rate) for via, rate in (self.edges or {}).items()},
        }


@value
class Sizing:
    """`pools` by name; `elsewhere`: pools that get traffic and run on no GPUs of one's own."""

    verdict: Verdict
    pools: tuple[Sized, ...]
    elsewhere: tuple[str, ...]

    @property
    def watts(self) -> Band | None:
        return total(p.watts for p in self.pools)

    @property
    def cost(self) -> Band | None:
        return total(p.cost for p in self.pools)

    @property
    def counts(self) -> tuple[int | None, int | None]:
        """Replicas and GPUs of all pools."""
        replicas, gpus = [p.count for p in self.pools], [p.gpus for p in self.pools]
        if None in replicas or None in gpus:
            return None, None
        return sum(r or 0 for r in replicas), sum(g or 0 for g in gpus)

    def json(self) -> dict[str, object]:
        replicas, each = self.counts
        return {
            "version": 1,
            "verdict": self.verdict,
            "pools": [p.json() for p in self.pools],
            "totals": {
                "replicas": replicas,
                "gpus": each,
                "watts": plain(self.watts),
                "usd_per_hour": plain(self.cost),
            },
            "profile": {"formulas": FORMULAS, "gpus": gpus.VERSION, "models": models.VERSION, "version": __version__},
            "elsewhere": list(self.elsewhere),
        }


def total(bands: Iterable[Band | None]) -> Band | None:
    known = list(bands)
    if not known or any(b is None for b in known):
        return None
    return Band(sum(b.low for b in known if b is not None), sum(b.high for b in known if b is not None))


def _figures(found: Mapping[Figure, Band] | None) -> dict[str, object]:
    return {figure: None if found is None else plain(found[figure]) for figure in FIGURES}


def plain(band: Band | None) -> float | list[float] | None:
    """A number, or from and to; None where it is not known."""
    if band is None or band.high == inf:
        return None
    low, high = short(band.low), short(band.high)
    return low if low == high else [low, high]


def seconds(time: float) -> str:
    """A time with three digits, as policies write it."""
    if time < 1:
        return f"{float(f'{time * 1000:.3g}'):g}ms"
    return f"{float(f'{time:.3g}'):g}s"


def short(number: float) -> float:
    """Four digits: none of it is known better."""
    return float(f"{number:.4g}")
