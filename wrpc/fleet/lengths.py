"""The distribution of lengths that a workload states: points in the policy, a file beside it, or a known name.

Points are pairs of tokens, prompt and answer together, and the share of requests of at most so many. Between two of
them, and from 1 token to the first, every whole number of tokens is equally likely. Tokens ascend, shares never fall,
and the last share is 1.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path, PurePosixPath

from wrpc.decide.request import exact
from wrpc.diagnostics import Diagnostic, finding
from wrpc.fleet import codes
from wrpc.policy.model import Amount, Invocation, Value, Word, Workload
from wrpc.reading import noticed
from wrpc.values import value

PROMPT_SHARE = Fraction(4, 5)
"""How much of a length is the prompt where a workload does not say: what the fleet simulator of vLLM Semantic Router
takes."""

AZURE = (
    (64, 837), (128, 2817), (256, 6759), (512, 28863), (768, 36427), (1024, 40447), (1536, 65687), (2048, 77985),
    (3072, 86865), (4096, 89821), (6144, 97580), (8192, 99996), (12288, 99996), (16384, 100_000),
)  # fmt: skip
"""Shares in hundred thousandths of the 28,185 requests of the Azure LLM inference trace 2023, code and conversations
together, by total tokens (Azure/AzurePublicDataset, CC-BY 4.0; `cdf("azure")`)."""

SIMULATOR = ("agent_heavy", "lmsys", "lmsys_multiturn")
"""Names that only the fleet simulator has points for."""

MOST_POINTS = 10_000
MOST_BYTES = 4_000_000

ZERO, ONE = Fraction(0), Fraction(1)
Point = tuple[int, Fraction]


@value
class Distribution:
    """Shares of requests of at most so many tokens, as checked points."""

    points: tuple[Point, ...]

    def upto(self, tokens: int) -> Fraction:
        """The share of requests of at most so many tokens."""
        at = bisect_left(self._tokens, tokens)
        if at == len(self.points):
            return ONE
        high, share = self.points[at]
        low, before = self.points[at - 1] if at else (0, ZERO)
        return before + (share - before) * Fraction(max(tokens - low, 0), high - low)

    def between(self, above: int, upto: int) -> Fraction:
        """The share of requests of more than `above` tokens and at most `upto`."""
        return self.upto(upto) - self.upto(above)

    @cached_property
    def span(self) -> tuple[int, int]:
        """The least and the greatest length that any request has."""
        starts = [0, *self._tokens]
        first = next(at for at, (_, share) in enumerate(self.points) if share)
        last = next(at for at, (_, share) in enumerate(self.points) if share == 1)
        return starts[first] + 1, self._tokens[last]

    @cached_property
    def _tokens(self) -> list[int]:
        return [tokens for tokens, _ in self.points]


def prompt_share(workload: Workload) -> Fraction:
    """How much of a length is the prompt."""
    return PROMPT_SHARE if workload.prompt_share is None else workload.prompt_share


class Unusable(Exception):
    """No distribution. `message` goes on after "workload `x`"; `help` says what would be one."""

    def __init__(self, message: str, help: str | None = None) -> None:
        self.message = message
        self.help = help
        super().__init__(message)


class Elsewhere(Unusable):
    """A distribution of which only the simulator has the points."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"names a distribution, `{name}`, whose points only the fleet simulator has",
            f"put `{name}.json` beside the policy, or give the points: `lengths [[512, 40%], [8_192, 100%]]`",
        )


class Unseen(Unusable):
    """A distribution in a file, of a policy that was read without a folder to look in."""

    def __init__(self, name: str) -> None:
        super().__init__(f"names a distribution, `{name}`, and there is no folder to look for it in")


def of_workload(workload: Workload) -> Distribution | None:
    """What a workload states; None where it says nothing. A file is looked for beside the policy file that names it.
    Raises Unusable."""
    path = workload.span.source.path
    return None if workload.lengths is None else distribution(workload.lengths, [] if path is None else [path.parent])


def finding_of(workload: Workload, why: Unusable) -> Diagnostic:
    """That a workload's lengths are not to be had, at their place."""
    unseen = isinstance(why, Unseen)
    return finding(
        codes.UNKNOWN_LENGTHS if unseen or isinstance(why, Elsewhere) else codes.UNUSABLE_LENGTHS,
        f"workload `{workload.name}` {why.message}",
        workload.spans.get("lengths", workload.span),
        severity="info" if unseen else None,
        help=why.help,
        subjects=[f"workload {workload.name}"],
    )


def distribution(value: Value, places: Sequence[Path]) -> Distribution:
    """What `lengths` of a workload stands for. A name is looked for in the folders, then among those known. Raises
    Unusable."""
    if isinstance(value, tuple):
        return checked([_pair(v) for v in value], "`lengths`")
    if isinstance(value, Invocation) and value.name == "cdf" and len(value.arguments) == 1:
        name = value.arguments[0]
        if isinstance(name, str | Word):
            return _named(name if isinstance(name, str) else name.text, places)
    raise Unusable("has `lengths` that are neither points nor `cdf(…)`", "`lengths [[512, 40%], [8_192, 100%]]`")


def _pair(value: Value) -> tuple[Fraction, Fraction]:
    if isinstance(value, tuple) and len(value) == 2:
        tokens, share = value
        if isinstance(tokens, Amount) and isinstance(share, Amount) and not tokens.dimension and not share.dimension:
            return tokens.value, share.value
    raise Unusable("has a point of its `lengths` that is no pair of tokens and a share", "`[512, 40%]`")


def _named(name: str, places: Sequence[Path]) -> Distribution:
    path = PurePosixPath(name if name.endswith(".json") else f"{name}.json")
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise Unusable(f"names a distribution, `{name}`, that does not lie below the policy's folder")
    for place in places:
        noticed(place / path)
        if (place / path).is_file():
            return _read(place / path, name)
    if name == "azure":
        return Distribution(tuple((tokens, Fraction(share, 100_000)) for tokens, share in AZURE))
    if name in SIMULATOR:
        raise Elsewhere(name)
    if not places:
        raise Unseen(name)
    raise Unusable(
        f"names a distribution that does not exist, `{name}`",
        f'put `{path}` beside the policy, give the points themselves, or take `cdf("azure")`',
    )


def _read(path: Path, name: str) -> Distribution:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unusable(f"names a distribution, `{name}`, that is larger than {MOST_BYTES // 1_000_000} MB")
        raw = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise Unusable(f"names a distribution that cannot be read, `{name}`: {error}") from error
    pairs = raw.get("cdf") if isinstance(raw, dict) else raw
    if not isinstance(pairs, list) or not all(isinstance(p, list) and len(p) == 2 for p in pairs):
        raise Unusable(
            f"names `{name}`, which is not a list of pairs", '`[[512, 0.4], [8192, 1.0]]`, or that under `"cdf"`'
        )
    points = [(t, f) for t, f in ((exact(t), exact(f)) for t, f in pairs) if t is not None and f is not None]
    if len(points) < len(pairs):
        raise Unusable(f"names `{name}`, which holds something that is not a number")
    return checked(points, f"`{name}`")


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is not a number")


def checked(points: Sequence[tuple[Fraction, Fraction]], where: str) -> Distribution:
    """Points as a distribution. Raises Unusable."""
    if not points:
        raise Unusable(f"has no points in {where}")
    if len(points) > MOST_POINTS:
        raise Unusable(f"has in {where} more than {MOST_POINTS:,} points")
    tokens, share = ZERO, ZERO
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
    return Distribution(tuple((int(t), f) for t, f in points))


def _shown(number: Fraction) -> str:
    return f"{float(number):g}"
