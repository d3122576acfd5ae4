"""GPUs and their memory in GiB, by the names that policies give them; from their makers' data sheets."""

from __future__ import annotations

from collections.abc import Mapping

MEMORY: Mapping[str, int] = {
    "a10": 24,
    "a100": 80,
    "a100_40gb": 40,
    "a100_80gb": 80,
    "a10g": 24,
    "a30": 24,
    "b200": 180,
    "b300": 270,
    "gb200": 185,
    "gb300": 277,
    "gh200": 96,
    "h100": 80,
    "h100_nvl": 94,
    "h20": 96,
    "h200": 141,
    "l4": 24,
    "l40": 48,
    "l40s": 48,
    "mi300x": 192,
    "mi325x": 256,
    "mi355x": 288,
    "rtx_4090": 24,
    "rtx_5090": 32,
    "rtx_pro_6000": 96,
    "t4": 16,
    "v100": 32,
}


def memory(gpu: str) -> int | None:
    """GiB of one GPU, or None where it is not known."""
    return MEMORY.get(gpu.lower().replace("-", "_"))
