"""The distribution of lengths of a workload: points in the policy, a file beside it, or a name that the simulator has.

Points are pairs of tokens and the share of requests of at most so many. The simulator reads whatever it is given, so
everything is held against that here: ascending tokens, shares that never fall, and 1 at the end.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePosixPath

from wrpc.policy.model import Amount, Invocation, Value, Word

# `fleet_sim/data/NAME_cdf.json` of the simulator.
PACKAGED = ("agent_heavy", "azure", "lmsys", "lmsys_multiturn")
MOST_POINTS = 10_000
MOST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Lengths:
    """`points` is None where only the simulator has them, under `package`."""

    points: tuple[tuple[int, Fraction], ...] | None
    package: str | None = None


class Unusable(Exception):
    """No distribution. `message` goes on after "workload `x`"; `help` says what would be one."""

    def __init__(self, message: str, help: str | None = None) -> None:
        self.message = message
        self.help = help
        super().__init__(message)


def lengths(value: Value | None, base: str | None, folder: str | None) -> Lengths:
    """What `lengths` of a workload stands for. Raises Unusable.

    A name is looked for in `folder` (the setting `cdf_dir`), then beside the policy, then among the simulator's own.
    """
    if value is None:
        raise Unusable(
            "does not say its `lengths`", 'give points, `lengths cdf("file.json")`, or `lengths cdf("azure")`'
        )
    if isinstance(value, tuple):
        return Lengths(_points([_pair(v) for v in value], "`lengths`"))
    if isinstance(value, Invocation) and value.name == "cdf" and len(value.arguments) == 1:
        name = value.arguments[0]
        if isinstance(name, str | Word):
            return _named(name if isinstance(name, str) else name.text, base, folder)
    raise Unusable("has `lengths` that are neither points nor `cdf(…)`", "`lengths [[512, 40%], [8_192, 100%]]`")


def _pair(value: Value) -> tuple[Fraction, Fraction]:
    if isinstance(value, tuple) and len(value) == 2:
        tokens, share = value
        if isinstance(tokens, Amount) and isinstance(share, Amount) and not tokens.dimension and not share.dimension:
            return tokens.value, share.value
    raise Unusable("has a point of its `lengths` that is no pair of tokens and a share", "`[512, 40%]`")


def _named(name: str, base: str | None, folder: str | None) -> Lengths:
    path = PurePosixPath(name if name.endswith(".json") else f"{name}.json")
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise Unusable(f"names a distribution, `{name}`, that does not lie below the policy's folder")
    for place in _places(base, folder):
        if (place / path).is_file():
            return Lengths(_read(place / path, name))
    if name in PACKAGED:
        return Lengths(None, name)
    raise Unusable(
        f"names a distribution that does not exist, `{name}`",
        f"put `{path}` beside the policy, name its folder by `cdf_dir`, give the points themselves, or take one of the"
        f" simulator's own: {', '.join(f'`{p}`' for p in PACKAGED)}",
    )


def _places(base: str | None, folder: str | None) -> list[Path]:
    if base is None:
        return []
    return [Path(base) / folder, Path(base)] if folder else [Path(base)]


def _read(path: Path, name: str) -> tuple[tuple[int, Fraction], ...]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unusable(f"names a distribution, `{name}`, that is larger than {MOST_BYTES // 1_000_000} MB")
        raw = json.loads(path.read_text(encoding="utf-8"), parse_float=Fraction, parse_constant=_no_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable(f"names a distribution that cannot be read, `{name}`: {error}") from error
    pairs = raw.get("cdf") if isinstance(raw, dict) else raw
    if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
        raise Unusable(
            f"names `{name}`, which is not a list of pairs", '`[[512, 0.4], [8192, 1.0]]`, or that under `"cdf"`'
        )
    if not all(isinstance(n, int | Fraction) and not isinstance(n, bool) for p in pairs for n in p):
        raise Unusable(f"names `{name}`, which holds something that is not a number")
    points = [(Fraction(t), Fraction(f)) for t, f in pairs]
    return _points(points, f"`{name}`")


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not a number")


def _points(points: Sequence[tuple[Fraction, Fraction]], where: str) -> tuple[tuple[int, Fraction], ...]:
    if not points:
        raise Unusable(f"has no points in {where}")
    if len(points) > MOST_POINTS:
        raise Unusable(f"has in {where} more than {MOST_POINTS:,} points")
    tokens, share = Fraction(0), Fraction(0)
    for t, f in points:
        if t.denominator != 1 or t <= tokens:
            raise Unusable(
                f"has tokens in {where} that do not ascend by whole numbers from 1: {_shown(t)} after {_shown(tokens)}"
            )
        if not share <= f <= 1:
            raise Unusable(f"has shares in {where} that do not rise from 0 to 1: {_shown(f)} after {_shown(share)}")
        tokens, share = t, f
    if share != 1:
        raise Unusable(
            f"has {_shown(share)}, not 1, for the last share of {where}", "requests of any length must be counted"
        )
    return tuple((int(t), f) for t, f in points)


def _shown(number: Fraction) -> str:
    return f"{float(number):g}"
