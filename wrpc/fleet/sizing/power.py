"""What GPUs draw while they serve, by how many sequences they write at once."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log2

from wrpc.fleet.gpus import SAME
from wrpc.policy.hardware import key, watts
from wrpc.values import value

OFF = 0.14
"""Mean error of the H100's curve against 274 measured points (ML.ENERGY v3); its bias is +3.5%."""
LEAST = 0.3
"""Of the board power: the least that serving was seen to draw, on H100 (231 of 700 W) and B200 (294 of 1000 W)."""


@value
class Curve:
    """P(b) = low + (high − low)/(1 + exp(−slope·(log₂ b − middle))) watts at a batch of b. arXiv 2603.17280; parameters
    of fleet-sim at 3d48f8c9. `low` is the draw at a batch of 1: an idle GPU draws less."""

    low: float
    high: float
    slope: float
    middle: float

    def watts(self, batch: float) -> float:
        at = log2(max(batch, 1.0))
        return self.low + (self.high - self.low) / (1 + exp(-self.slope * (at - self.middle)))


CURVES: Mapping[str, Curve] = {
    "a100": Curve(175, 385, 1.0, 2.5),
    "a10g": Curve(75, 120, 0.7, 3.0),
    "h100": Curve(300, 600, 1.0, 4.2),
}


def drawn(gpu: str, batch: float, board: float | None = None) -> tuple[float, float] | None:
    """Watts of one GPU, from and to; None where nothing is known of it. `board`: the most that it draws, where that is
    said of it."""
    name = SAME.get(key(gpu), key(gpu))
    known = watts(gpu) if board is None else board
    curve = CURVES.get(name)
    if curve is not None:
        middle = curve.watts(batch)
        return middle * (1 - OFF), min(middle * (1 + OFF), known or middle * (1 + OFF))
    return None if known is None else (LEAST * known, float(known))


def tokens_per_watt(tokens: float, power: float) -> float:
    """Tokens written a second for each watt (arXiv 2603.17280)."""
    return tokens / power if power > 0 else 0.0
