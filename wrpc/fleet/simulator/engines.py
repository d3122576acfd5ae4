"""The engine of each pool that is simulated, or what is missing to know it."""

from __future__ import annotations

from wrpc.fleet.parts import Part, parts
from wrpc.fleet.serving import Missing as Unsized
from wrpc.fleet.serving import basis
from wrpc.fleet.steps import Engine
from wrpc.policy.model import Policy, Pool
from wrpc.values import value

NETWORK = 50e9
"""Bytes a second between two machines: 400 Gbit/s."""


@value
class Known:
    """`transfer`: seconds that the cache of one token takes to another machine. `source`: where the figures are from;
    times are expected to be right within `factor`."""

    engine: Engine
    transfer: float
    source: str
    factor: float


@value
class Unknown:
    """Why a pool is not simulated, and what would settle it."""

    why: str
    settle: str


def elsewhere(pool: Pool) -> bool:
    """Whether a pool runs on no GPUs of one's own: nothing says how fast it is."""
    return pool.profile is None and all(part.gpu is None for part in parts(pool))


def engine(policy: Policy, part: Part) -> Known | Unknown:
    """What one replica of a pool, or of a phase of it, is."""
    found = basis(policy, part)
    if isinstance(found, Unsized):
        return Unknown(f"it {found.what}", found.settle)
    return Known(found.engine, (found.kv or 0.0) / NETWORK, found.said, found.factor)
