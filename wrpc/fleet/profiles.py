"""Files that say how fast an engine was in a run of it: what `wrpc calibrate` writes and pools name.

JSON, in seconds and tokens:

    {"version": 1,
     "step": {"fixed": 0.0115, "per_token": 6e-05, "per_sequence": 0.00015, "per_cached": 1.3e-07, "per_pair": 0},
     "kv_tokens": 41408, "slots": 256, "chunk": 2048, "overhead": 0.02, "within": 0.06,
     "from": {"log": "run.csv", "requests": 300}}

`step` and `within` (the mean error of the fit, a share) are needed; `kv_tokens` null is a cache that never filled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from math import inf, isfinite
from pathlib import Path, PurePosixPath

from wrpc.fleet.steps import Engine, StepModel
from wrpc.reading import noticed
from wrpc.values import value

NUMBERS = ("fixed", "per_token", "per_sequence", "per_cached", "per_pair")
MOST_BYTES = 1_000_000


@value
class Profile:
    """`within`: the share by which times differ from those of the run, on average. `run`: what it was made of."""

    engine: Engine
    within: float
    run: Mapping[str, object]

    def json(self) -> dict[str, object]:
        e = self.engine
        return {
            "version": 1,
            "step": {name: _short(getattr(e.step, name)) for name in NUMBERS},
            "kv_tokens": None if e.kv_tokens == inf else round(e.kv_tokens),
            "slots": e.slots,
            "chunk": e.chunk,
            "overhead": _short(e.overhead),
            "within": _short(self.within),
            "from": dict(self.run),
        }


def _short(number: float) -> float:
    return float(f"{number:.5g}")


class Unusable(Exception):
    """No profile. `message` goes on after "pool `x`"."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


def profile(name: str, folders: Iterable[Path]) -> Profile:
    """The profile of that name beside the policy. Raises Unusable."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise Unusable(f"names a profile, `{name}`, that does not lie below the policy's folder")
    for folder in folders:
        noticed(folder / path)
        if (folder / path).is_file():
            return _read(folder / path, name)
    raise Unusable(f"names a profile that does not exist, `{name}`")


def _read(path: Path, name: str) -> Profile:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unusable(f"names a profile, `{name}`, that is larger than {MOST_BYTES // 1_000_000} MB")
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable(f"names a profile that cannot be read, `{name}`: {error}") from error
    return parsed(raw, name)


def parsed(raw: object, name: str) -> Profile:
    """Of what a profile's JSON holds. Raises Unusable."""
    if not isinstance(raw, dict) or not isinstance(raw.get("step"), dict):
        raise Unusable(f"names `{name}`, which is no profile: it has no `step`")
    if raw.get("version") != 1:
        raise Unusable(f"names `{name}`, a profile of a version that is not known here")
    step = raw["step"]
    if odd := sorted(set(step) - set(NUMBERS)):
        raise Unusable(f"names `{name}`, whose `step` has `{odd[0]}`: it takes {', '.join(NUMBERS)}")
    numbers = [_number(step, key, name, low=0.0) for key in NUMBERS]
    if numbers[0] <= 0:
        raise Unusable(f"names `{name}`, whose steps take no time: `fixed` is 0")
    tokens = inf if raw.get("kv_tokens") is None else _number(raw, "kv_tokens", name, low=1.0)
    engine = Engine(
        StepModel(*numbers),
        tokens,
        int(_number(raw, "slots", name, low=1.0, default=256)),
        int(_number(raw, "chunk", name, low=1.0, default=2048)),
        _number(raw, "overhead", name, low=0.0, default=0.0),
    )
    run = raw.get("from")
    return Profile(engine, _number(raw, "within", name, low=0.0), run if isinstance(run, dict) else {})


def _number(of: Mapping[str, object], key: str, name: str, *, low: float, default: float | None = None) -> float:
    found = of.get(key, default)
    if isinstance(found, bool) or not isinstance(found, int | float) or not isfinite(found):
        raise Unusable(f"names `{name}`, whose `{key}` is no number")
    if found < low:
        raise Unusable(f"names `{name}`, whose `{key}` is {found:g}, less than {low:g}")
    return float(found)
