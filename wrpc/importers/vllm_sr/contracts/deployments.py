"""Where models run: what a deployment has to say, and what its provider cannot do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

DEVICES = {"ort": ("migraphx", "rocm"), "candle": ("cuda", "metal")}
OVERFLOWS = ("reject", "truncate", "window")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment as plain data."""

    data: Mapping[str, Any]

    def text(self, key: str) -> str:
        found = self.data.get(key)
        return found if isinstance(found, str) else ""

    @property
    def provider(self) -> str:
        return self.text("provider")

    @property
    def budget(self) -> int:
        found = (self.data.get("input") or {}).get("max_tokens", 0)
        return found if isinstance(found, int) and not isinstance(found, bool) else 0

    @property
    def overflow(self) -> str:
        return (self.data.get("input") or {}).get("overflow") or "reject"


def fault(name: str, deployment: Deployment, externals: Iterable[str]) -> str | None:
    """What is wrong with a deployment, behind its name."""
    if not name or name.strip() != name:
        return "needs a name without blanks around it"
    provider = deployment.provider
    if provider in ("candle", "ort", "openvino"):
        if not deployment.text("artifact").strip() or deployment.text("external_model"):
            return "runs here, so it needs an `artifact` and has no `external_model`"
        wrong = _openvino(deployment) if provider == "openvino" else _local(deployment)
        if wrong:
            return wrong
    elif provider == "http":
        if deployment.text("artifact") or not deployment.text("external_model").strip():
            return "is a service, so it needs an `external_model` and has no `artifact`"
        if deployment.text("device") or deployment.text("precision"):
            return "is a service, so it has no `device` and no `precision`"
        if deployment.text("external_model") not in externals:
            return f"names the external model `{deployment.text('external_model')}`, which is not declared"
    else:
        return f"has the provider `{provider}`, which is not one of `candle`, `ort`, `openvino` and `http`"
    return _extras(deployment)


def _local(deployment: Deployment) -> str | None:
    device = deployment.text("device") or "cpu"
    kind, _, index = device.partition(":")
    if device != "cpu" and (kind not in DEVICES[deployment.provider] or not index.isdigit()):
        return f"has the device `{device}`, which `{deployment.provider}` does not have"
    if (deployment.text("precision") or "native") not in ("native", "fp32", "fp16"):
        return "has a `precision` that is not one of `native`, `fp32` and `fp16`"
    return None


def _openvino(deployment: Deployment) -> str | None:
    device = deployment.text("device") or "CPU"
    if device.strip() != device or "\x00" in device:
        return "has a `device` with blanks around it"
    if (deployment.text("precision") or "native") != "native":
        return "runs as it was exported, so its `precision` can only be `native`"
    return "cannot have `overflow: window`" if deployment.overflow == "window" else None


def _extras(deployment: Deployment) -> str | None:
    device = deployment.text("device") or "cpu"
    profile = deployment.text("custom_ops_profile") or "none"
    rocm = deployment.provider == "ort" and device.startswith("rocm:")
    if profile != "none" and (profile != "ck_flash_attention" or not rocm):
        return "has a `custom_ops_profile`, which only `ck_flash_attention` by `ort` on `rocm:N` can be"
    cache = deployment.text("compilation_cache_dir")
    migraphx = deployment.provider == "ort" and device.startswith("migraphx:")
    absolute = cache.strip() == cache and "\x00" not in cache and PurePosixPath(cache).is_absolute()
    if cache and not (migraphx and absolute):
        return "has a `compilation_cache_dir`, which takes an absolute path, by `ort` on `migraphx:N`"
    if deployment.budget < 0:
        return "has `input.max_tokens` below 0"
    return (
        None
        if deployment.overflow in OVERFLOWS
        else "has an `input.overflow` that is not one of `reject`, `truncate`, `window`"
    )
