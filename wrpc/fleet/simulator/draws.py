"""Random numbers that are the same for a seed whatever else is drawn: a stream for each purpose."""

from __future__ import annotations

from random import Random


def stream(seed: int, purpose: str) -> Random:
    return Random(f"{seed} {purpose}")  # noqa: S311  nothing is kept secret by it, and it has to come again
