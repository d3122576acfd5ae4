"""How near the closed forms of `wrpc size` are to the simulator, over loads, as a table.

    python -m benchmarks.formulas [--write docs/simulator.md]

One replica each of five engines: three in which nothing binds, one with few slots, one with a small KV cache; Poisson
arrivals, conversations of log-normal lengths, 40,000 requests a cell. An error is (formula - simulated) / simulated.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import inf
from random import Random

from benchmarks.pages import placed
from wrpc.fleet.simulator.engine import Replica, Requests, running
from wrpc.fleet.simulator.figures import Spread, spread
from wrpc.fleet.sizing import latency
from wrpc.fleet.sizing.capacity import capacity
from wrpc.fleet.sizing.load import Length, Load
from wrpc.fleet.sizing.smallest import Figure, figures
from wrpc.fleet.steps import Engine, StepModel

FAST = Engine(StepModel(0.0115, 6e-5, 1.5e-4, 1.3e-7))
ENGINES = {
    "fast": FAST,
    "slow": Engine(StepModel(0.035, 1.4e-4, 2.5e-4, 1e-7, 1e-10), slots=128, overhead=0.02),
    "short chunks": Engine(StepModel(0.025, 8e-5, 2e-4, 1e-7), chunk=512),
    "few slots": Engine(FAST.step, slots=16),
    "small cache": Engine(FAST.step, kv_tokens=41_408),
}
LOADS = (0.2, 0.35, 0.5, 0.65, 0.75, 0.85)
BEGIN, END = "<!-- formulas: begin -->", "<!-- formulas: end -->"


def chats(count: int = 307, seed: int = 4) -> tuple[Length, ...]:
    random = Random(seed)
    made = [(random.lognormvariate(6.6, 0.95), random.lognormvariate(4.95, 0.9)) for _ in range(count)]
    return tuple(Length(1 / count, round(min(p, 8000)), max(1, round(min(a, 1200)))) for p, a in made)


def load(engine: Engine, used: float) -> Load:
    """So large a share of what the engine can take."""
    every = Load(1.0, chats())
    return every.of(used * capacity(engine, every).rate)


def simulated(engine: Engine, of: Load, many: int, seed: int = 3) -> tuple[Spread, Spread, Spread]:
    """TTFT with the wait, TPOT and E2E, the first tenth left out."""
    rng, now, enter = Random(seed), 0.0, []
    for _ in range(many):
        now += rng.expovariate(of.rate)
        enter.append(now)
    lengths = rng.choices(of.lengths, [c.share for c in of.lengths], k=many)
    requests, replica = Requests(), Replica(engine)
    prompt, answer = [int(c.prompt) for c in lengths], [int(c.answer) for c in lengths]
    replica.inbox += requests.extend([t + engine.overhead for t in enter], prompt, answer)
    loop = running(replica, requests)
    next(loop)
    loop.send(inf)
    kept = range(many // 10, many)
    first, last = requests.first, requests.last
    found = (
        spread([first[i] - enter[i] for i in kept]),
        spread([(last[i] - first[i]) / (answer[i] - 1) for i in kept if answer[i] > 1]),
        spread([last[i] - enter[i] for i in kept]),
    )
    wait, pace, stay = found
    if wait is None or pace is None or stay is None:
        raise AssertionError("every request is served")
    return wait, pace, stay


def errors(engine: Engine, used: float, many: int) -> dict[str, float | None]:
    """In percent; None where sizing gives a range, whose ends are not held against anything here."""
    mine = load(engine, used)
    wait, pace, stay = simulated(engine, mine, many)
    at = latency.steady(engine, mine)
    assert at is not None, "it is not saturated"
    found = figures(engine, mine, 1)
    bands = found.bands or {}

    def high(name: Figure, seen: float) -> float | None:
        band = bands.get(name)
        return None if band is None or not band.known else 100 * (band.low / seen - 1)

    return {
        "TTFT mean": 100 * (latency.ttft(at) / wait.mean - 1),
        "TTFT p99": high("ttft_queue_p99", wait.p99),
        "TPOT mean": 100 * (latency.tpot(at) / pace.mean - 1),
        "TPOT p99": high("tpot_p99", pace.p99),
        "E2E mean": 100 * (latency.e2e(at) / stay.mean - 1),
        "E2E p99": high("e2e_p99", stay.p99),
    }


def main(arguments: Sequence[str]) -> int:
    table: list[str] = []
    for used in LOADS:
        rows = [errors(engine, used, 40_000) for engine in ENGINES.values()]
        if not table:
            table = [f"| load | {' | '.join(rows[0])} |", "|" + "---|" * (len(rows[0]) + 1)]
        cells = []
        for name in rows[0]:
            known = [e for row in rows if (e := row[name]) is not None]
            cells.append(f"{min(known):+.0f} … {max(known):+.0f}" if known else "a range")
        table.append(f"| {used:.0%} | {' | '.join(cells)} |")
    return placed("\n".join(table) + "\n", BEGIN, END, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
