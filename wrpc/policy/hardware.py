"""GPUs, their memory in GiB and their power in watts, by the names that policies give them; from their makers' data
sheets.

Where a name stands for several sizes (`a100`), the largest that it commonly has. Power is what the board may draw
(TDP); what a data sheet does not say is not here.
"""

from __future__ import annotations

from collections.abc import Mapping

MEMORY: Mapping[str, int] = {
    "a10": 24,
    "a100": 80,
    "a100_40gb": 40,
    "a100_80gb": 80,
    "a10g": 24,
    "a30": 24,
    "a40": 48,
    "a6000": 48,
    "b200": 180,
    "b300": 270,
    "gaudi2": 96,
    "gaudi3": 128,
    "gb200": 185,
    "gb300": 277,
    "gh200": 96,
    "h100": 80,
    "h100_nvl": 94,
    "h100_pcie": 80,
    "h100_sxm": 80,
    "h20": 96,
    "h200": 141,
    "h800": 80,
    "l20": 48,
    "l4": 24,
    "l40": 48,
    "l40s": 48,
    "mi210": 64,
    "mi250": 128,
    "mi250x": 128,
    "mi300a": 128,
    "mi300x": 192,
    "mi325x": 256,
    "mi355x": 288,
    "rtx_3090": 24,
    "rtx_4090": 24,
    "rtx_5090": 32,
    "rtx_6000_ada": 48,
    "rtx_a6000": 48,
    "rtx_pro_6000": 96,
    "t4": 16,
    "tpu_v5e": 16,
    "tpu_v5p": 95,
    "tpu_v6e": 32,
    "v100": 32,
}

WATTS: Mapping[str, int] = {
    "a10": 150,
    "a100": 400,
    "a100_40gb": 400,
    "a100_80gb": 400,
    "a10g": 300,
    "a30": 165,
    "a40": 300,
    "a6000": 300,
    "b200": 1000,
    "b300": 1400,
    "gaudi2": 600,
    "gaudi3": 900,
    "gb200": 1200,
    "gb300": 1400,
    "h100": 700,
    "h100_nvl": 400,
    "h100_pcie": 350,
    "h100_sxm": 700,
    "h20": 400,
    "h200": 700,
    "h800": 700,
    "l20": 275,
    "l4": 72,
    "l40": 300,
    "l40s": 350,
    "mi210": 300,
    "mi250": 560,
    "mi250x": 560,
    "mi300a": 760,
    "mi300x": 750,
    "mi325x": 1000,
    "mi355x": 1400,
    "rtx_3090": 350,
    "rtx_4090": 450,
    "rtx_5090": 575,
    "rtx_6000_ada": 300,
    "rtx_a6000": 300,
    "rtx_pro_6000": 600,
    "t4": 70,
    "v100": 300,
}


def key(gpu: str) -> str:
    """One spelling of a GPU's name."""
    return gpu.lower().replace("-", "_").replace(" ", "_")


def memory(gpu: str) -> int | None:
    """GiB of one GPU, or None where it is not known."""
    return MEMORY.get(key(gpu))


def watts(gpu: str) -> int | None:
    """The most that one GPU draws, or None where it is not known."""
    return WATTS.get(key(gpu))
