"""What policies compile to: a row a target, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wrpc.targets.target import Target

TARGETS = {
    "envoy": "wrpc.targets.envoy",
    "fleet-sim": "wrpc.targets.fleet_sim",
    "kserve": "wrpc.targets.kserve",
    "litellm": "wrpc.targets.litellm",
    "vllm": "wrpc.targets.vllm",
    "vllm-sr": "wrpc.targets.vllm_sr",
}


def named(name: str) -> Target:
    """The target of that name. KeyError where there is none."""
    found: Target = import_module(TARGETS[name]).TARGET
    return found
