"""How many examples a law is tried on: a hundred of some two thousand policies in CI, all of them by `make laws`, many
more at night. And how many of them it really compared: a law whose examples are all refused before the comparison
proves nothing. `pytest --volume` tells."""

from __future__ import annotations

import ctypes
import gc
import inspect
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import wraps
from mmap import PAGESIZE
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings

from tests.laws.dice import Dice, smaller

LOOK, MORE = 10, 1 << 29
"""After so many policies it is looked whether the process has so many bytes more than when memory was given back."""
FIXED = ("ci", "whole")
"""Profiles with the same seeds each time."""
SHARE, LARGE = 20, 1_000
"""In CI a law of so many examples is tried on one in twenty: all of them take an hour of two processors."""
NIGHTLY = 4
"""How many times as many examples a law is tried on at night."""

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

_seen: Counter[str] = Counter()
_policies: set[int] = set()
_least = [0]
tally: dict[str, int] = {}
"""What the law that ran last was tried on, and compared; `tests/conftest.py` takes it to the report."""
DRAWN = "policies drawn"

Floors = int | Mapping[str, int]


def compared(what: str = "compared", times: int = 1) -> None:
    """Said by a law where it has held one thing against another."""
    _seen[what] += times


def tried(text: str) -> None:
    """Said where a policy was drawn; the same one again counts once."""
    _policies.add(hash(text))
    if len(_policies) % LOOK == 0 and held() > _least[0] + MORE:
        swept()


def held() -> int:
    """The bytes of memory that the process holds; 0 where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * PAGESIZE


def swept() -> None:
    """Give back what solvers have freed: they take memory in great pieces, of which the C library keeps what lies
    between others, and it is several gigabytes after some hundred policies."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    _least[0] = held()


def many(
    examples: int,
    *,
    floors: Floors | Mapping[str, Mapping[str, int]] | None = None,
    by: str | None = None,
    parts: int = 1,
    nightly: int | None = None,
) -> Callable[[Any], Any]:
    """So many examples in the profile `whole`, of many a twentieth in CI, four times as many in the nightly profile, or
    so many as `nightly` says, whose seeds are others each time.

    `floors`: how often the law has to say `compared` of all, or how often of each name; below that it fails. Without
    floors every example is compared. `by` names a parameter of the test by whose value the floors are looked up.

    `parts`: into so many tests of as many examples the law is cut, each with its share of the floors, so that several
    processes can try it at once.

    A failure is shown as it was found: making one of a whole policy small takes minutes, at times hours. In CI the same
    one comes again; at night it is kept, and `WRPC_HYPOTHESIS_PROFILE=small` makes it small.
    """
    profile = settings.get_current_profile_name()
    times: int | Fraction = NIGHTLY if nightly is None else nightly // examples
    if profile in FIXED:
        times = Fraction(1, SHARE) if profile == "ci" and examples >= LARGE else 1
    phases = [Phase.explicit, Phase.reuse, Phase.generate]

    def law(test: Any) -> Any:
        own = test.hypothesis.inner_test
        of_dice = "dice" in inspect.signature(own).parameters
        run = settings(
            max_examples=int(-(-examples * times // parts)),
            suppress_health_check=SLOW,
            phases=[*phases, Phase.shrink] if profile == "small" and not of_dice else phases,
            report_multiple_bugs=False,
        )(test)

        @wraps(run)
        def counted(*args: Any, **kwargs: Any) -> None:
            part = kwargs.pop("part", 0)
            named = kwargs[by] if by else None
            least = _floors(floors, named, parts, times)
            _seen.clear()
            _policies.clear()
            Dice.lane = parts, part
            if profile in FIXED:
                seed(f"{own.__module__}.{own.__qualname__} {sorted(kwargs.items())} {part}")(run)
            try:
                run(*args, **kwargs)
            except Exception:
                if profile == "small" and of_dice and Dice.last is not None:
                    own(*args, dice=_small(own, args, kwargs, Dice.last), **kwargs)
                raise
            finally:
                Dice.lane = 1, 0
                tally.update({DRAWN: len(_policies), **_seen})
            short = {what: _seen[what] for what, floor in least.items() if _seen[what] < floor}
            assert not short, f"compared too little: {short} where at least {least} are expected"

        if parts == 1:
            return counted
        signature = inspect.signature(run)
        part = inspect.Parameter("part", inspect.Parameter.KEYWORD_ONLY)
        counted.__signature__ = signature.replace(parameters=[*signature.parameters.values(), part])  # type: ignore[attr-defined]
        return pytest.mark.parametrize("part", range(parts))(counted)

    return law


def told(tallies: Iterable[tuple[str, Mapping[str, int]]]) -> list[str]:
    """A line for each law, by the names of its tests: how many different policies, and what it compared."""
    found: dict[str, Counter[str]] = {}
    for test, counts in tallies:
        law = re.sub(r"\[\d+\]$", "", re.sub(r"-\d+\]$", "]", test))
        found.setdefault(law.removeprefix("tests/"), Counter()).update(counts)
    lines = []
    for law, counts in sorted(found.items()):
        rest = ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()) if what != DRAWN and count)
        lines.append(f"{counts[DRAWN]:>7,}  {law}  {rest}")
    return lines


def _floors(given: Any, named: object, parts: int, times: int | Fraction) -> dict[str, int]:
    """Of few examples chance takes more, all the more where one policy counts several times."""
    found = given if named is None else given[named]
    named_floors = {"compared": found} if isinstance(found, int) else found or {}
    shares = {what: float(floor * times / parts) for what, floor in named_floors.items()}
    return {
        what: max(int(share / 2 - 2 * share**0.5), 0) if times < 1 else int(share) for what, share in shares.items()
    }


def _small(own: Any, args: Any, kwargs: Any, failed: Dice) -> Dice:
    """The smallest example that is found to fail in the same way."""

    def outcome(dice: Dice) -> type[BaseException] | None:
        try:
            own(*args, dice=dice, **kwargs)
        except Exception as error:  # noqa: BLE001  whatever a law raises
            return type(error)
        return None

    wanted = outcome(Dice(failed.seed))
    return smaller(lambda dice: outcome(dice) is wanted, Dice(failed.seed, failed.taken))
