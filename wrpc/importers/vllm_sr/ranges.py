"""The outputs of a mapping as ranges of one number: who takes what, what nobody takes, what two take."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from wrpc.importers.schema import Bounds
from wrpc.source import Span


@dataclass(frozen=True, slots=True)
class Output:
    """One output and its bounds; None is no bound."""

    name: str
    at: Span = field(repr=False, compare=False)
    low: Fraction | None = None
    low_open: bool = False
    high: Fraction | None = None
    high_open: bool = False

    def takes(self, value: Fraction) -> bool:
        return Bounds(self.low, self.high, self.low_open, self.high_open).hold(value)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of numbers that one output takes first, or nobody; None is no bound."""

    output: Output | None
    start: Fraction | None
    start_open: bool
    end: Fraction | None
    closed: bool = False
    """Whether the end belongs to it."""

    def meets(self, low: Fraction, high: Fraction) -> bool:
        """Whether some number from `low` to `high` lies in it."""
        if self.start is not None and (self.start > high or (self.start == high and self.start_open)):
            return False
        return self.end is None or self.end > low or (self.end == low and self.closed)


@dataclass(frozen=True, slots=True)
class Shares:
    """`runs` from the lowest numbers to the highest; `overlaps` as pairs (first, second) in the file's order."""

    runs: tuple[Run, ...]
    overlaps: tuple[tuple[Output, Output], ...]

    def reached(self, output: Output, low: Fraction, high: Fraction) -> bool:
        """Whether an output comes first for some number from `low` to `high`."""
        return any(run.output is output and run.meets(low, high) for run in self.runs)

    @property
    def gaps(self) -> tuple[tuple[Output, Output], ...]:
        """The outputs below and above each stretch in the middle that nobody takes."""
        return tuple(
            (below.output, above.output)
            for (below, between), (_, above) in pairwise(pairwise(self.runs))
            if between.output is None and below.output is not None and above.output is not None
        )

    @property
    def is_band(self) -> bool:
        """Whether each output is one stretch and nobody's stretches stand at the ends alone."""
        names = [run.output.name for run in self.runs if run.output is not None]
        return len(set(names)) == len(names) and all(r.output is not None for r in self.runs[1:-1])


def shares(outputs: list[Output]) -> Shares:
    """Who takes which numbers, the first output in the file going first."""
    bounds = sorted({b for o in outputs for b in (o.low, o.high) if b is not None})
    runs: list[Run] = []
    overlaps: dict[tuple[str, str], tuple[Output, Output]] = {}
    for sample, end, closed in _regions(bounds):
        taking = [o for o in outputs if o.takes(sample)]
        first = taking[0] if taking else None
        for other in taking[1:]:
            overlaps.setdefault((taking[0].name, other.name), (taking[0], other))
        start, start_open = (runs[-1].end, runs[-1].closed) if runs else (None, False)
        if runs and runs[-1].output is first:
            joined = runs.pop()
            start, start_open = joined.start, joined.start_open
        runs.append(Run(first, start, start_open, end, closed))
    return Shares(tuple(runs), tuple(overlaps.values()))


def _regions(bounds: list[Fraction]) -> list[tuple[Fraction, Fraction | None, bool]]:
    """Below the first bound, each bound itself, between two, above the last: a sample, the end, and if it is in."""
    if not bounds:
        return [(Fraction(0), None, False)]
    found: list[tuple[Fraction, Fraction | None, bool]] = [(bounds[0] - 1, bounds[0], False)]
    for bound, following in zip(bounds, [*bounds[1:], None], strict=True):
        found.append((bound, bound, True))
        between = bound + 1 if following is None else (bound + following) / 2
        found.append((between, following, False))
    return found
