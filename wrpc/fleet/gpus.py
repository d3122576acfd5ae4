"""What data sheets say of GPUs beyond memory and power, what they rent for, and what they were seen to draw.

Dense figures: makers often print the ones for sparse matrices, twice as high. Links are one way. Prices are a range of
public lists with its date, never a number: they differ by a factor of 2.5 to 3.8 for one part. As of November 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from wrpc.policy.hardware import key
from wrpc.values import value

VERSION = "2026-11"


@value
class Price:
    """USD per GPU and hour, on demand."""

    low: float
    high: float
    date: str
    source: str


@value
class Gpu:
    """`bandwidth` in bytes a second, `bf16` and `fp8` in dense operations a second (`fp8` 0 where the part has none of
    its own), `link` in bytes a second to its neighbours, one way. `sure`: how well the figures are known."""

    bandwidth: float
    bf16: float
    fp8: float
    link: float
    price: Price | None = None
    sure: str = "high"


LISTS = "mercatus-ai cloud-gpu-pricing"


def _gpu(bandwidth: float, bf16: float, fp8: float, link: float, price: Price | None = None, sure: str = "high") -> Gpu:
    """TB/s, dense TFLOPS, GB/s."""
    return Gpu(bandwidth * 1e12, bf16 * 1e12, fp8 * 1e12, link * 1e9, price, sure)


# Data sheets as collected by SemiAnalysisAI/InferenceX-app@77ca49a6, maufadel/wattgpu@3664e748 and
# inference-sim/blis-catalog. `low`: from memory or one press text.
GPUS: Mapping[str, Gpu] = {
    "a100": _gpu(2.039, 312, 0, 300, Price(0.80, 3.00, "2026-05", LISTS)),
    "a100_40gb": _gpu(1.56, 312, 0, 300, Price(0.25, 1.79, "2026-04", "pulsebenchmarks (spot), signwl (blended)")),
    "a10g": _gpu(0.6, 70, 0, 32, Price(1.01, 1.01, "2026-03", "the default of fleet-sim"), "low"),
    "b200": _gpu(8.0, 2250, 4500, 900, Price(6.03, 7.52, "2026-03", "spheron (own list), signwl (blended)")),
    "b300": _gpu(8.0, 2250, 4500, 900, Price(10.31, 10.31, "2026-04", "signwl (blended)"), "medium"),
    "gaudi3": _gpu(3.7, 1835, 1835, 600, None, "medium"),
    "gb200": _gpu(8.0, 2500, 5000, 900, Price(4.54, 12.47, "2026-03", "spheron, signwl"), "medium"),
    "gb300": _gpu(8.0, 2500, 5000, 900, Price(12.32, 12.32, "2026-04", "signwl"), "medium"),
    "h100": _gpu(3.35, 989, 1979, 450, Price(1.99, 6.88, "2026-05", f"{LISTS}, compux")),
    "h100_nvl": _gpu(3.94, 835, 1671, 64),
    "h100_pcie": _gpu(2.04, 756, 1513, 64),
    "h200": _gpu(4.8, 989, 1979, 450, Price(2.50, 7.00, "2026-05", f"{LISTS}, spheron")),
    "l4": _gpu(0.3, 121, 242, 32),
    "l40s": _gpu(0.864, 362, 733, 32),
    "mi300x": _gpu(5.3, 1307, 2615, 448),
    "mi325x": _gpu(6.0, 1307, 2615, 448, Price(2.00, 2.25, "2026", "awesomeagents")),
    "mi355x": _gpu(8.0, 2516, 5033, 576),
    "rtx_4090": _gpu(1.01, 165, 330, 32),
    "rtx_6000_ada": _gpu(0.96, 364, 728, 32, None, "low"),
    "rtx_pro_6000": _gpu(1.597, 500, 1000, 64, Price(0.54, 0.54, "2026-04", "signwl (with spot)"), "medium"),
    "tpu_v5e": _gpu(0.819, 197, 0, 200, Price(1.20, 1.20, "2026", "its maker's list")),
    "tpu_v6e": _gpu(1.638, 918, 0, 400, Price(2.70, 2.70, "2026", "its maker's list")),
}

SAME: Mapping[str, str] = {
    "a100_80gb": "a100", "a100_sxm": "a100", "h100_sxm": "h100", "h100_80gb": "h100", "h200_sxm": "h200",
    "rtx4090": "rtx_4090", "rtx6000": "rtx_6000_ada",
}  # fmt: skip


def gpu(name: str) -> Gpu | None:
    spelled = _spelled(name)
    return GPUS.get(SAME.get(spelled, spelled))


def nearest(name: str) -> list[str]:
    """Names of the catalogue that are like this one."""
    return get_close_matches(_spelled(name), GPUS, n=3, cutoff=0.5)


def _spelled(name: str) -> str:
    spelled = key(name)
    for maker in ("nvidia_", "amd_", "intel_"):
        spelled = spelled.removeprefix(maker)
    return spelled
