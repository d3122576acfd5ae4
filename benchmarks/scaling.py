"""What rules for the number of servers cost beside the best one: a small decision model, solved exactly.

    python -m benchmarks.scaling [--write docs/simulator.md]

Demand has two regimes, which last 300 service times each on average. A server starts for a while (exponential), and
costs 1 per unit of time from then on; a request that waits costs as well. Ten servers at most. Compared are

- the best fixed number;
- the best of the thresholds: start one more above so many requests a server, end one below so many, keep at least so
  many (16 of them), which see requests and not the regime, as an autoscaler does;
- the best number for each regime, as a schedule has where the hours of demand are known;
- the best policy of all, which sees everything (average cost, by value iteration).

The question is that of arXiv 2507.19667, whose text could not be read; nothing here is from it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.pages import placed

BEGIN, END = "<!-- scaling: begin -->", "<!-- scaling: end -->"
Target = Callable[[int, int, int, int], int]
"""Of regime, servers that serve, servers that start, and requests, how many servers there shall be."""


@dataclass(frozen=True)
class Model:
    """`rates` of the regimes, which last `dwell`; service takes 1. `setup`: how long a server starts; `dear`: what a
    request that waits costs. At most `servers`, and `room` requests."""

    setup: float
    dear: float
    rates: tuple[float, float] = (2.0, 6.0)
    dwell: float = 300.0
    servers: int = 10
    room: int = 60


class Chain:
    """The states after a decision: regime, serving, starting, requests, in one row of values."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.pairs = [(s, u) for s in range(model.servers + 1) for u in range(model.servers + 1 - s)]
        self.at = {pair: i for i, pair in enumerate(self.pairs)}
        self.wide = model.room + 1
        self.block = len(self.pairs) * self.wide
        self.pace = max(model.rates) + model.servers * max(1.0, 1 / model.setup) + 1 / model.dwell
        self.rows = [self.row(r, s, u, n) for r in (0, 1) for s, u in self.pairs for n in range(self.wide)]

    def index(self, r: int, s: int, u: int, n: int) -> int:
        return r * self.block + self.at[s, u] * self.wide + n

    def row(self, r: int, s: int, u: int, n: int) -> tuple[float, ...]:
        """Its cost, and by event the chance of it and the state before the next decision."""
        m = self.model
        cost = s + u + m.dear * max(0, n - s)
        arrive, leave = m.rates[r] if n < m.room else 0.0, float(min(n, s))
        start, switch = u / m.setup, 1 / m.dwell
        events = (
            (arrive, self.index(r, s, u, min(n + 1, m.room))),
            (leave, self.index(r, s, u, max(n - 1, 0))),
            (start, self.index(r, s + 1, u - 1, n) if u else self.index(r, s, u, n)),
            (switch, self.index(1 - r, s, u, n)),
        )
        stay = self.pace - sum(rate for rate, _ in events)
        flat: list[float] = [cost / self.pace, stay / self.pace, self.index(r, s, u, n)]
        for rate, to in events:
            flat += [rate / self.pace, to]
        return tuple(flat)

    def cost(self, decide: Callable[[list[float]], list[float]], exact: float = 1e-3) -> float:
        """The average cost a unit of time where `decide` makes of values after decisions those before them."""
        values = [0.0] * (2 * self.block)
        for number in range(1, 40_000):
            before = decide(values)
            found = [
                c + p0 * before[i0] + p1 * before[i1] + p2 * before[i2] + p3 * before[i3] + p4 * before[i4]
                for c, p0, i0, p1, i1, p2, i2, p3, i3, p4, i4 in self.rows  # type: ignore[misc]  # chances and places
            ]
            if number % 25:
                values = found
                continue
            changes = [f - v for f, v in zip(found, values, strict=True)]
            low, high = min(changes), max(changes)
            if high - low < exact * max(low, 1e-9):
                return (low + high) / 2 * self.pace
            # Regimes change seldom, so that what one is worth more than the other settles last: it is set at once.
            one, other = changes[: self.block], changes[self.block :]
            apart = (sum(one) / len(one) - sum(other) / len(other)) / (2 / self.model.dwell / self.pace)
            if number % 100 == 0 and number < 3000:
                found[: self.block] = [v + apart for v in found[: self.block]]
            base = found[0]
            values = [v - base for v in found]
        raise AssertionError("the values settle")

    def ruled(self, target: Target) -> float:
        """The cost of a rule."""
        chosen = [
            self.index(r, *self.made(s, min(max(target(r, s, u, n), 1), self.model.servers)), n)
            for r in (0, 1)
            for s, u in self.pairs
            for n in range(self.wide)
        ]
        return self.cost(lambda values: [values[i] for i in chosen])

    @staticmethod
    def made(serving: int, servers: int) -> tuple[int, int]:
        """What a number of servers means: those that serve end last."""
        return (serving, servers - serving) if servers >= serving else (servers, 0)

    def best(self) -> float:
        """The cost of the best decisions."""
        most, wide = self.model.servers, self.wide
        slots = [
            [r * self.block + self.at[self.made(s, t)] * wide for t in range(1, most + 1)]
            for r in (0, 1)
            for s in range(most + 1)
        ]
        pairs = [r * (most + 1) + s for r in (0, 1) for s, _ in self.pairs]

        def decide(values: list[float]) -> list[float]:
            # Who is starting can be given up or taken back at no cost: only who serves counts.
            least = [list(map(min, *(values[at : at + wide] for at in choices))) for choices in slots]
            found: list[float] = []
            for pair in pairs:
                found += least[pair]
            return found

        return self.cost(decide)


def fixed(count: int) -> Target:
    return lambda _r, _s, _u, _n: count


def per_regime(low: int, high: int) -> Target:
    return lambda r, _s, _u, _n: high if r else low


def threshold(up: float, down: float, least: int = 1) -> Target:
    def target(_r: int, s: int, u: int, n: int) -> int:
        have = s + u
        if n > up * have or have < least:
            return have + 1
        return have - 1 if n < down * (have - 1) and have > least else have

    return target


RULES = [(up, down, least) for up in (1.0, 1.5) for down in (0.1, 0.3) for least in (1, 3, 5, 7)]


def compared(model: Model) -> dict[str, tuple[float, str]]:
    """Cost and what it is of the best of each kind."""
    chain = Chain(model)
    low, high = (int(rate) + 1 for rate in model.rates)
    static = min((chain.ruled(fixed(n)), f"{n} servers") for n in range(high, model.servers + 1))
    react = min(
        (chain.ruled(threshold(*r)), f"more above {r[0]:g}, fewer below {r[1]:g} a server, at least {r[2]}")
        for r in RULES
    )
    numbers = [(a, b) for a in range(low, low + 2) for b in range(high, min(high + 3, model.servers + 1))]
    regime = min((chain.ruled(per_regime(*n)), f"{n[0]} and {n[1]} servers") for n in numbers)
    return {"fixed": static, "threshold": react, "schedule": regime, "best": (chain.best(), "")}


def main(arguments: Sequence[str]) -> int:
    lines = [
        "| a server starts in | a waiting request costs | fixed number | threshold | a number per period |",
        "|---|---|---|---|---|",
    ]
    for setup, dear in ((3.0, 1.0), (12.0, 1.0), (12.0, 3.0)):
        found = compared(Model(setup, dear))
        best = found["best"][0]
        print(setup, dear, found, file=sys.stderr, flush=True)
        cells = [f"+{100 * (found[k][0] / best - 1):.0f}% ({found[k][1]})" for k in ("fixed", "threshold", "schedule")]
        lines.append(f"| {setup:g} service times | {dear:g} | {' | '.join(cells)} |")
    return placed("\n".join(lines) + "\n", BEGIN, END, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
