"""The cost map, as far as it is used: of each model its provider, mode, context and output."""

from __future__ import annotations

from typing import Any


def models(litellm: Any) -> dict[str, list[Any]]:
    """By name, the row."""
    made = {}
    for name, entry in litellm.model_cost.items():
        if name == "sample_spec":
            continue
        window = entry.get("max_input_tokens") or entry.get("max_tokens")
        made[name] = [
            entry.get("litellm_provider"),
            entry.get("mode"),
            _whole(window),
            _whole(entry.get("max_output_tokens")),
        ]
    return dict(sorted(made.items()))


def _whole(value: object) -> int | None:
    try:
        return int(float(str(value)))
    except ValueError:
        return None
