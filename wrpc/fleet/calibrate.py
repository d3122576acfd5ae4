"""The step model of an engine, out of one run of it.

The log is simulated with the numbers that are tried, and the times of its requests are compared as logarithms
(`simulator.fit`). The search starts where the log says most by itself: `a` at the slope of the first token's time over
the prompt among requests that found the engine nearly empty, `W` and `h` from the time per token over how many wrote at
once; from elsewhere it may end in a minimum without `a`. W, h and k trade off: what is fitted predicts, and is no
physics.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import inf

from wrpc.fleet.measured import Seen
from wrpc.fleet.profiles import Profile
from wrpc.fleet.simulator.fit import Run, fit, simulated
from wrpc.fleet.steps import Engine, StepModel
from wrpc.values import value

KEPT_BACK = 3
"""The last of so many parts of the requests is predicted before it is fitted: the errors are those of it."""
SLACK = 1.2
ROUNDS = 50
"""Steps of each search before the nearest is followed."""
LEAST_ERROR = 0.02
"""No profile says that it is nearer: two runs of one engine differ by as much."""


@value
class Error:
    """(predicted − measured)/measured, of means and of the 99th percentile."""

    ttft: float
    ttft_p99: float
    tpot: float
    e2e: float

    @property
    def within(self) -> float:
        """What sizing by it allows for. The first token's is mostly queueing, of which sizing has its own doubts."""
        return max(abs(self.tpot), abs(self.e2e), LEAST_ERROR)


@value
class Calibrated:
    """`error`: on the last third of the requests, which the numbers had not seen; `profile` is of all of them."""

    profile: Profile
    error: Error


def calibrate(
    requests: Sequence[Seen],
    name: str,
    *,
    slots: int = 256,
    chunk: int = 2048,
    kv_tokens: float = inf,
    replicas: int = 1,
) -> Calibrated:
    """Only differences of arrivals count, so that a log may have seconds since 1970. `slots`, `chunk` and `kv_tokens`
    are the engine's settings, as its log has them; `replicas` took the requests in turn."""
    start = min(r.arrival for r in requests)
    requests = [replace(r, arrival=r.arrival - start) for r in requests]
    count = len(requests)
    earlier = count - count // KEPT_BACK
    run = Run(
        [r.arrival for r in requests],
        [r.prompt for r in requests],
        [r.output for r in requests],
        [r.arrival + r.ttft for r in requests],
        [r.arrival + r.e2e for r in requests],
        list(range(earlier)),
        replicas,
    )
    begun = [replace(e, kv_tokens=kv_tokens, slots=slots, chunk=chunk) for e in started(requests)]
    least = min(requests, key=lambda r: (r.ttft, r.prompt))
    near = _nearest([fit([run], engine, rounds=ROUNDS) for engine in begun], least)
    first = _nearest([near, fit([run], near[0])], least)[0]
    error = errors(requests, first, range(earlier, count), run)
    every = replace(run, counts=list(range(count)))
    whole = _nearest([(first, 0.0, inf), fit([every], first)], least)[0]
    said: dict[str, object] = {"log": name, "requests": count, "replicas": replicas}
    return Calibrated(Profile(whole, error.within, said), error)


Fit = tuple[Engine, float, float]


def _nearest(found: Sequence[Fit], fastest: Seen) -> Fit:
    """The nearest fit; one that gives the request with the fastest first token a later one only where all do: its front
    end stands for something else."""

    def late(engine: Engine) -> bool:
        return engine.overhead + engine.step.seconds(fastest.prompt) > SLACK * fastest.ttft

    return min(found, key=lambda each: (late(each[0]), each[2]))


def started(requests: Sequence[Seen]) -> list[Engine]:
    """Where searches begin: `a` as the log has it, and further off on either side."""
    beside = _beside(requests)
    few = sorted(beside)[len(beside) // 10]
    quiet = [r for r, n in zip(requests, beside, strict=True) if n <= max(few, 1.0)]
    slope, _ = _line([(float(r.prompt), r.ttft) for r in quiet])
    more = [(n, (r.e2e - r.ttft) / (r.output - 1)) for r, n in zip(requests, beside, strict=True) if r.output > 1]
    each, fixed = _line(more)
    low = max(min((t for _, t in more), default=0.01), 1e-4)
    fixed = min(max(fixed, low / 2), low)
    read = slope if slope > 0 else fixed / 250
    front = min(r.ttft for r in requests) / 10
    steps = [
        StepModel(fixed * share, read * times, max(each, fixed / 200), fixed / 1e5, read / 1e5)
        for share, times in ((1.0, 1.0), (0.5, 1.0), (0.8, 4.0), (0.8, 0.25))
    ]
    return [Engine(step, overhead=front) for step in steps]


def _beside(requests: Sequence[Seen]) -> list[float]:
    """How many others are there when each arrives."""
    came = sorted(r.arrival for r in requests)
    gone = sorted(r.arrival + r.e2e for r in requests)
    return [bisect_right(came, r.arrival) - 1 - bisect_right(gone, r.arrival) + 0.0 for r in requests]


def _line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope and value at 0 by least squares."""
    count = len(points)
    if count < 2:
        return 0.0, points[0][1] if points else 0.0
    x, y = sum(p[0] for p in points) / count, sum(p[1] for p in points) / count
    spread = sum((p[0] - x) ** 2 for p in points)
    slope = sum((p[0] - x) * (p[1] - y) for p in points) / spread if spread > 0 else 0.0
    return slope, y - slope * x


def errors(requests: Sequence[Seen], engine: Engine, of: Sequence[int], run: Run) -> Error:
    """Of a simulation of the run, for these requests."""
    got = simulated(run, engine)
    made = [Seen(0.0, 1, requests[i].output, got.first[i] - run.enter[i], got.last[i] - run.enter[i]) for i in of]
    seen = [requests[i] for i in of]

    def off(measure: Callable[[Sequence[Seen]], float]) -> float:
        true = measure(seen)
        return measure(made) / true - 1 if true > 0 else 0.0

    return Error(off(lambda rs: _mean([r.ttft for r in rs])), off(_high), off(_per_token), off(_whole))


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


def _high(requests: Sequence[Seen]) -> float:
    found = sorted(r.ttft for r in requests)
    return found[min(len(found) - 1, int(0.99 * len(found)))]


def _per_token(requests: Sequence[Seen]) -> float:
    return _mean([(r.e2e - r.ttft) / (r.output - 1) for r in requests if r.output > 1])


def _whole(requests: Sequence[Seen]) -> float:
    return _mean([r.e2e for r in requests])
