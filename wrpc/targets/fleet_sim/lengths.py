"""The distribution of lengths of a workload: what sizing takes as well, or one that only the simulator has."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from wrpc.fleet.lengths import Elsewhere, Unusable, distribution
from wrpc.policy.model import Value


@dataclass(frozen=True, slots=True)
class Lengths:
    """`points` is None where only the simulator has them, under `package`."""

    points: tuple[tuple[int, Fraction], ...] | None
    package: str | None = None


def lengths(value: Value | None, base: str | None, folder: str | None) -> Lengths:
    """What `lengths` of a workload stands for. Raises Unusable.

    A name is looked for in `folder` (the setting `cdf_dir`), then beside the policy, then among those known, then among
    the simulator's own.
    """
    if value is None:
        raise Unusable(
            "does not say its `lengths`", 'give points, `lengths cdf("file.json")`, or `lengths cdf("azure")`'
        )
    try:
        return Lengths(distribution(value, _places(base, folder)).points)
    except Elsewhere as known:
        return Lengths(None, known.name)


def _places(base: str | None, folder: str | None) -> list[Path]:
    if base is None:
        return []
    return [Path(base) / folder, Path(base)] if folder else [Path(base)]
