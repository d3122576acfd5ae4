"""Thresholds for replicas that follow the load, such that they do not go up and down by themselves.

A rule that adds a replica above one utilisation and takes one away below another flaps where taking one away brings the
load of the rest above the first again.
"""

from __future__ import annotations

from math import sqrt

NOISE = 2.33
"""Standard deviations: so high a load is met once in a hundred looks."""


def lowest(up: float, replicas: int) -> float:
    """The highest utilisation below which one of `replicas` may be taken away, if one is added above `up`: the rest
    have n/(n − 1) times the load. It is lowest for the fewest replicas: half of `up` for two."""
    return up * (replicas - 1) / replicas if replicas > 1 else 0.0


def flaps(up: float, down: float, least: int, most: int) -> list[int]:
    """Numbers of replicas, of those between which a pool scales, at which the rule takes one away that it then adds
    again."""
    return [n for n in range(max(least + 1, 2), most + 1) if down > lowest(up, n)]


def calm(up: float, replicas: int, residents: float) -> float:
    """The same, with room for chance: `residents` sequences at once fluctuate by their root, and a look at a crowd must
    not count as load."""
    noise = NOISE / sqrt(residents * replicas) if residents > 0 else 1.0
    return lowest(up, replicas) / (1 + noise)


def window(startup: float, lifetime: float) -> float:
    """Seconds for which a load has to be low before a replica goes: as long as it takes to have one again, and as the
    requests that made the load take to leave."""
    return startup + lifetime
