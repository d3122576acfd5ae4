"""Shapes of models that many serve: parameters, weights, KV cache. What a policy says of its model comes first."""

from __future__ import annotations

from collections.abc import Mapping

from wrpc.policy.model import Model
from wrpc.values import value

VERSION = "2026-11"
GB = 1e9


@value
class Shape:
    """`total` and `active` parameters, `weights` in bytes as they are published, `kv` bytes a token in 16 bits, `fixed`
    bytes a sequence whatever its length, `width` layers × hidden size, for attention over long prompts. `experts`: a
    mixture, whose tokens do not all read the same weights."""

    total: float
    active: float
    weights: float
    kv: float
    fixed: float = 0.0
    width: float = 0.0
    experts: bool = False
    eight: bool = False


def _shape(
    total: float, active: float, weights: float, kv: float, layers: int, hidden: int, fixed: float = 0.0, bits: int = 16
) -> Shape:
    """Billions, gigabytes, bytes."""
    experts = active < total
    return Shape(total * 1e9, active * 1e9, weights * GB, kv, fixed, layers * hidden, experts, bits < 16)


# Computed from the published configurations: parameters within 2% of the published totals, KV bytes 2·layers·kv_heads·
# head_dim·2, for latent attention layers·576·2; windows and linear layers are `fixed`.
SHAPES: Mapping[str, Shape] = {
    "deepseek-r1": _shape(671.03, 36.62, 671.0, 70272, 61, 7168, bits=8),
    "deepseek-v3": _shape(671.03, 36.62, 671.0, 70272, 61, 7168, bits=8),
    "gemma-3-27b": _shape(27.01, 27.01, 54.0, 81920, 62, 5376, 436207616),
    "glm-4.7-flash": _shape(29.94, 3.58, 59.9, 54144, 47, 2048),
    "glm-5.2-fp8": _shape(743.89, 40.82, 743.9, 100152, 78, 6144, bits=8),
    "gpt-oss-120b": _shape(116.79, 5.13, 65.2, 36864, 36, 2880, 4718592, 4),
    "gpt-oss-20b": _shape(20.91, 3.61, 13.7, 24576, 24, 2880, 3145728, 4),
    "kimi-k2.5": _shape(1026.41, 31.69, 594.2, 70272, 61, 7168, bits=4),
    "llama-3.1-70b": _shape(70.55, 70.55, 141.1, 327680, 80, 8192),
    "llama-3.1-8b": _shape(8.03, 8.03, 16.1, 131072, 32, 4096),
    "llama-3.3-70b": _shape(70.55, 70.55, 141.1, 327680, 80, 8192),
    "llama-4-scout-17b-16e": _shape(107.77, 16.14, 215.5, 196608, 48, 5120),
    "minimax-m2.5": _shape(228.69, 10.42, 228.7, 253952, 62, 3072, bits=8),
    "mistral-nemo-instruct-2407": _shape(12.25, 12.25, 24.5, 163840, 40, 5120),
    "mistral-small-3.2-24b": _shape(23.57, 23.57, 47.1, 163840, 40, 5120),
    "mixtral-8x7b": _shape(46.7, 12.75, 93.4, 131072, 32, 4096),
    "qwen2.5-7b": _shape(7.62, 7.62, 15.2, 57344, 28, 3584),
    "qwen3-14b": _shape(14.77, 14.77, 29.5, 163840, 40, 5120),
    "qwen3-235b-a22b": _shape(235.09, 21.57, 470.2, 192512, 94, 4096),
    "qwen3-30b-a3b": _shape(30.53, 3.04, 61.1, 98304, 48, 2048),
    "qwen3-32b": _shape(32.76, 32.76, 65.5, 262144, 64, 5120),
    "qwen3-8b": _shape(8.19, 8.19, 16.4, 147456, 36, 4096),
    "qwen3-next-80b-a3b": _shape(79.67, 3.56, 159.3, 24576, 48, 2048, 75497472),
    "qwen3.5-397b-a17b": _shape(396.34, 16.33, 792.7, 30720, 60, 4096, 188743680),
}


def shape(model: Model) -> Shape | None:
    """What is known of a policy's model: its own numbers, and what its weights' repository is known by. None where
    weights or the KV cache of a token are said nowhere.

    The longest name of the table with which the repository's own name begins counts; quantised copies (`-FP8`, `-AWQ`)
    have other weights, and are known only by what the policy says.
    """
    known = _listed(model.source)
    weights = float(model.weights) if model.weights is not None else known.weights if known else None
    kv = float(model.kv_per_token) if model.kv_per_token is not None else known.kv if known else None
    if not weights or not kv:
        return None
    if known is not None:
        eight = known.eight or weights < 1.5 * known.total
        return Shape(known.total, known.active, weights, kv, known.fixed, known.width, known.experts, eight)
    total = float(model.parameters) if model.parameters is not None else weights / 2
    return Shape(total, total, weights, kv, eight=weights < 1.5 * total)


def _listed(source: str | None) -> Shape | None:
    name = (source or "").rstrip("/").rpartition("/")[2].lower()
    plain = name.replace("meta-", "")
    found = [listed for listed in SHAPES if plain.startswith(listed)]
    best = max(found, key=len, default=None)
    if best is None:
        return None
    rest = plain.removeprefix(best)
    return (
        None
        if any(mark in rest for mark in ("fp8", "awq", "gptq", "int4", "int8", "gguf", "nvfp4", "4bit"))
        else SHAPES[best]
    )
