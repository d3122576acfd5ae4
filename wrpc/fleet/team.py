"""One way in which a pool may turn out: how fast its replicas are and what arrives; and the fewest that will do.

A pool is one kind of replica, or readers and writers. A team is how many there are of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from math import inf

from wrpc.fleet.demand import Demand
from wrpc.fleet.parts import Part
from wrpc.fleet.serving import Basis
from wrpc.fleet.sizing import split
from wrpc.fleet.sizing.load import Load
from wrpc.fleet.sizing.smallest import FIGURES, Figure, Figures, Promises, figures, least, slower
from wrpc.fleet.steps import Engine
from wrpc.values import value

Team = tuple[int, ...]
FAST, MIDDLE, SLOW = range(3)

LINK = (12.5e9, 50e9)
"""Bytes a second between machines where a pool reads and writes on different ones: a network of 100 to 400 Gbit/s."""
FEW = 40
"""How many readers more than the least are tried for a smaller team."""


@value
class Corner:
    """`most`: the highest rates count, else the lowest. `sure`: the upper ends of figures count, else the lower."""

    engines: tuple[Engine, ...]
    demand: Demand
    most: bool
    sure: bool
    move: split.Move | None

    def load(self, hour: int) -> Load:
        return self.demand.hours[hour].load(most=self.most)

    def figures(self, hour: int, team: Team, workload: str | None = None, only: Sequence[Figure] = FIGURES) -> Figures:
        """Of the requests of one workload, or of all."""
        of = None if workload is None else self.demand.lengths[workload]
        load = self.load(hour)
        if len(self.engines) == 1 or self.move is None:
            return figures(self.engines[0], load, team[0], of, only)
        return split.figures(self.engines[0], self.engines[1], load, (team[0], team[1]), self.move, of, only)

    def keeps(self, hour: int, team: Team, only: Sequence[Figure] = FIGURES) -> bool:
        """Every promise to every workload that sends something then; and that it is not saturated."""
        rates = self.demand.hours[hour].rates
        asked = False
        for name, promises in self.demand.promises.items():
            made = [figure for figure in promises.made if figure in only]
            if not made or rates[name].high <= 0:
                continue
            asked = True
            if not self._kept(self.figures(hour, team, name, made), promises, made):
                return False
        return asked or not self.figures(hour, team, None, ()).saturated

    def _kept(self, found: Figures, promises: Promises, made: Sequence[Figure]) -> bool:
        if found.bands is None:
            return False
        for figure in made:
            band, promised = found.bands[figure], promises.of(figure)
            if promised is not None and (band.high if self.sure else band.low) > promised:
                return False
        return True

    def least(self, hour: int) -> Team | None:
        """The fewest replicas that keep everything; of two kinds the fewest together, then the fewest readers."""
        if self.load(hour).rate <= 0:
            return tuple(1 for _ in self.engines)
        if len(self.engines) == 1 or self.move is None:
            one = least(lambda n: self.keeps(hour, (n,)))
            return None if one is None else (one,)
        many = 1 << 18
        first = least(lambda n: self.keeps(hour, (n, many)))
        if first is None:
            return None
        best: Team | None = None
        for readers in range(first, first + FEW):
            if best is not None and readers >= sum(best):
                break
            writers = least(partial(self._beside, hour, readers))
            if writers is not None and (best is None or readers + writers < sum(best)):
                best = (readers, writers)
        return best

    def _beside(self, hour: int, readers: int, writers: int) -> bool:
        return self.keeps(hour, (readers, writers))

    def unreachable(self, hour: int) -> dict[tuple[str, Figure], float]:
        """Promises to workloads that no number of replicas keeps, with the least that can be had."""
        many: Team = tuple(1 << 18 for _ in self.engines)
        missed: dict[tuple[str, Figure], float] = {}
        for name, promises in sorted(self.demand.promises.items()):
            if self.demand.hours[hour].rates[name].high <= 0:
                continue
            found = self.figures(hour, many, name)
            for figure in promises.made:
                if not self._kept(found, promises, (figure,)):
                    missed[name, figure] = inf if found.bands is None else found.bands[figure].low
        return missed


def corners(
    parts: Sequence[Part], by: Sequence[Basis], ends: tuple[Demand, Demand, Demand]
) -> tuple[Corner, Corner, Corner]:
    """As fast as it may be with the least that arrives; as expected, with the most; as slow as it may be, likewise."""

    def engines(power: int) -> tuple[Engine, ...]:
        return tuple(slower(b.quick if power < 0 else b.engine, b.factor**power) for b in by)

    link = by[0].link
    kv = next((b.kv for b in by if b.kv is not None), None)
    move = None
    if len(parts) > 1:
        fast = max(LINK[1], link or 0.0)
        move = split.Move(kv or 0.0, LINK[0], fast)
    return (
        Corner(engines(-1), ends[FAST], False, False, move),
        Corner(engines(0), ends[MIDDLE], True, True, move),
        Corner(engines(1), ends[SLOW], True, True, move),
    )
