"""Two pools by length: where the boundary lies, and how far beyond it prompts are shortened to fit.

The sweep of FleetOpt (arXiv 2603.16514): requests of at most B tokens are short; of those above B and up to γ·B a share
can be compressed to B, and is short too; the rest is long. Replicas are whole in every row, so that a split does not
always pay: the published savings leave the rounding up out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wrpc.fleet.sizing.load import Length, Load
from wrpc.fleet.sizing.smallest import Promises, figures, least
from wrpc.fleet.steps import Engine
from wrpc.values import value

GAMMAS = tuple(1 + step / 10 for step in range(11))
"""1.0 to 2.0, as the paper sweeps it."""


@value
class Side:
    """One of the two pools: a replica of it and what that costs, in whatever unit."""

    engine: Engine
    cost: float
    context: float


@value
class Row:
    """`short` and `long` replicas, None where no number keeps the promises; `share` of the requests is short."""

    boundary: float
    gamma: float
    share: float
    short: int | None
    long: int | None
    cost: float | None


def sweep(
    load: Load,
    short: Side,
    long: Side,
    promises: Promises,
    boundaries: Sequence[float],
    gammas: Sequence[float] = (1.0,),
    compressible: float = 0.0,
) -> tuple[Row, ...]:
    """A row for each pair. A boundary beyond the short pool's context is none; 0 sends everything to the long one."""
    made = []
    for boundary in sorted(b for b in boundaries if b <= short.context):
        for gamma in gammas:
            here, there = divide(load, boundary, gamma, compressible)
            counts = _least(short.engine, here, promises), _least(long.engine, there, promises)
            cost = None if None in counts else (counts[0] or 0) * short.cost + (counts[1] or 0) * long.cost
            made.append(Row(boundary, gamma, here.rate / load.rate, *counts, cost))
    return tuple(made)


def best(rows: Sequence[Row]) -> Row | None:
    """The cheapest; of equals the one with the lowest boundary and the least compression."""
    known = [r for r in rows if r.cost is not None]
    return min(known, key=lambda r: (r.cost or 0.0, r.gamma, r.boundary), default=None)


def divide(load: Load, boundary: float, gamma: float, compressible: float) -> tuple[Load, Load]:
    """What is short and what is long. A compressed prompt leaves room for its answer."""
    short: list[Length] = []
    long: list[Length] = []
    for c in load.lengths:
        total = c.prompt + c.answer
        if total <= boundary:
            short.append(c)
        elif total <= gamma * boundary and boundary > c.answer and compressible > 0:
            short.append(replace(c, share=c.share * compressible, prompt=boundary - c.answer))
            long.append(replace(c, share=c.share * (1 - compressible)))
        else:
            long.append(c)
    return _part(load, short), _part(load, long)


def _part(load: Load, lengths: Sequence[Length]) -> Load:
    share = sum(c.share for c in lengths)
    if share <= 0:
        return Load(0.0, load.lengths)
    return Load(load.rate * share, tuple(replace(c, share=c.share / share) for c in lengths if c.share > 0), load.burst)


def _least(engine: Engine, load: Load, promises: Promises) -> int | None:
    if load.rate <= 0:
        return 0
    return least(lambda n: figures(engine, load, n, only=promises.made).keeps(promises))
