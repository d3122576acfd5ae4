"""What replicas draw and cost: by what sites say, else by the catalogue, as a range of what is known."""

from __future__ import annotations

from wrpc.fleet.gpus import gpu
from wrpc.fleet.parts import Part
from wrpc.fleet.sizing.power import drawn
from wrpc.fleet.sizing.smallest import Band
from wrpc.policy.hardware import key
from wrpc.policy.model import Policy, Pool, Site

HOUR = 3600


def sites(policy: Policy, pool: Pool, part: Part) -> list[Site]:
    """Where its replicas may stand: the site that it names, else those that have such GPUs."""
    if pool.site is not None:
        return [policy.sites[pool.site]] if pool.site in policy.sites else []
    return [s for _, s in sorted(policy.sites.items()) if any(key(g) == part.type for g in s.gpus)]


def cost(policy: Policy, pool: Pool, part: Part, replicas: int) -> Band | None:
    """USD per hour. Prices of sites are those of the policy; the catalogue's are lists of a date, far apart."""
    if part.gpu is None:
        return None
    here = sites(policy, pool, part)
    stated = [float(p) * HOUR for s in here for g, p in s.price.items() if key(g) == part.type]
    gpus = replicas * part.each
    if stated and len(stated) == len(here):
        return Band(min(stated), max(stated)) * gpus
    known = gpu(part.gpu)
    return None if known is None or known.price is None else Band(known.price.low, known.price.high) * gpus


def watts(policy: Policy, pool: Pool, part: Part, replicas: int, residents: float) -> Band | None:
    """What they draw while each writes `residents` sequences."""
    if part.gpu is None:
        return None
    stated = [float(w) for s in sites(policy, pool, part) for g, w in s.watts.items() if key(g) == part.type]
    found = drawn(part.gpu, residents, max(stated, default=None))
    return None if found is None else Band(*found) * (replicas * part.each)
