"""The step model of an engine out of what requests waited: the numbers with which the simulator waits as they did.

No closed form has the numbers of a step in it once requests queue, so that they are looked for: the simplex of Nelder
and Mead (The Computer Journal 7, 1965), over logarithms, since the numbers span six powers of ten and none is negative.
A run of a few hundred requests is simulated in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import exp, inf, log

from wrpc.fleet.simulator.engine import Replica, Requests, running
from wrpc.fleet.steps import Engine, StepModel
from wrpc.values import value

TINY = 1e-12
STARTS = 4


@value
class Run:
    """Requests as they were measured, by arrival. `first` and `last` tokens in seconds on the clock of `enter`;
    `counts` are those that the fit looks at. Requests go to the `replicas` in turn."""

    enter: Sequence[float]
    prompt: Sequence[int]
    answer: Sequence[int]
    first: Sequence[float]
    last: Sequence[float]
    counts: Sequence[int]
    replicas: int = 1
    todo: Sequence[int] | None = None


def simulated(run: Run, engine: Engine, kept: float = 0.0) -> Requests:
    """What the run's requests would have waited. `overhead` of the engine is before its queue."""
    requests = Requests()
    enter = [t + engine.overhead for t in run.enter]
    numbers = requests.extend(enter, list(run.prompt), list(run.answer), None if run.todo is None else list(run.todo))
    for each in range(run.replicas):
        replica = Replica(engine, kept, list(numbers[each :: run.replicas]))
        loop = running(replica, requests)
        next(loop)
        loop.send(inf)
    return requests


def distance(run: Run, engine: Engine, kept: float = 0.0) -> float:
    """How far the simulation is from the run: for the time to the first token, for each further one and in all, the
    mean error of a request as a logarithm, and the error of the mean; and that of the whole run's length."""
    got = simulated(run, engine, kept)
    apart = 0.0
    sums = [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    for at in run.counts:
        if got.last[at] == inf:
            return 1e6
        enter = run.enter[at]
        pairs = [(got.first[at] - enter, run.first[at] - enter), (got.last[at] - enter, run.last[at] - enter)]
        if run.answer[at] > 1:
            pairs.append((got.last[at] - got.first[at], run.last[at] - run.first[at]))
        for total, (mine, theirs) in zip(sums, pairs, strict=False):
            total[0] += mine
            total[1] += theirs
            apart += abs(log(max(mine, TINY) / max(theirs, TINY)))
    ends = max(got.last[at] for at in run.counts), max(run.last[at] for at in run.counts)
    means = sum(abs(log(max(mine, TINY) / max(theirs, TINY))) for mine, theirs in sums if theirs)
    return apart / (3 * len(run.counts)) + means + abs(log(ends[0] / ends[1]))


def fit(
    runs: Sequence[Run], start: Engine, *, kept: float | None = 0.0, cache: bool = False, rounds: int = 400
) -> tuple[Engine, float, float]:
    """The engine with the step model that is nearest to the runs, the share of its cache that a sequence finds again,
    and the distance. Fitted are the five numbers, `overhead` where it is not 0, `kv_tokens` with `cache`, and `kept`
    where it is None."""
    model = start.step
    names = ["fixed", "per_token", "per_sequence", "per_cached", "per_pair"]
    values = [max(getattr(model, name), TINY) for name in names]
    if start.overhead:
        values.append(start.overhead)
    if cache:
        values.append(start.kv_tokens)
    if kept is None:
        values.append(0.5)

    def made(point: Sequence[float]) -> tuple[Engine, float]:
        numbers = [exp(x) for x in point]
        engine = replace(start, step=StepModel(*numbers[:5]))
        rest = numbers[5:]
        if start.overhead:
            engine = replace(engine, overhead=rest.pop(0))
        if cache:
            engine = replace(engine, kv_tokens=rest.pop(0))
        return engine, min(1.0, rest.pop(0)) if kept is None else kept

    def far(point: Sequence[float]) -> float:
        if any(abs(x) > 40 for x in point):
            return 1e9
        engine, found = made(point)
        return sum(distance(run, engine, found) for run in runs) / len(runs)

    # What a step takes at all trades off with what it takes for each sequence, so that there are several valleys: the
    # nearest points of a coarse grid are each followed for a while.
    grid = []
    for base in (-1.1, 0.0, 1.1):
        for rest in (-0.7, 0.0, 0.7):
            point = [log(v) for v in values]
            point[0] += base
            for at in range(1, 5):
                point[at] += rest
            grid.append((far(point), point))
    tried = [least(far, point, 0.6, rounds // 2) for _, point in sorted(grid)[:STARTS]]
    best, value_of = min(tried, key=lambda t: t[1])
    # A simplex that has shrunk too early goes on from a new one, to the other side.
    for size in (-0.5, 0.4, -0.3, 0.3, -0.2, 0.1):
        before = value_of
        best, value_of = least(far, best, size, rounds)
        if value_of > 0.995 * before and abs(size) <= 0.4:
            break
    engine, found = made(best)
    return engine, found, value_of


def least(
    function: Callable[[Sequence[float]], float], start: Sequence[float], size: float, rounds: int
) -> tuple[list[float], float]:
    """The point of the least value that the simplex finds from `start`."""
    corners = [list(start)] + [[x + (size if i == at else 0) for i, x in enumerate(start)] for at in range(len(start))]
    table = sorted((function(c), c) for c in corners)
    many = len(start)
    for _ in range(rounds):
        if table[-1][0] - table[0][0] < 1e-5:
            break
        worst, (_, corner) = table[-1][0], table[-1]
        middle = [sum(c[i] for _, c in table[:-1]) / many for i in range(many)]

        def along(by: float, middle: list[float] = middle, corner: list[float] = corner) -> tuple[float, list[float]]:
            point = [m + by * (m - c) for m, c in zip(middle, corner, strict=True)]
            return function(point), point

        tried = along(1.0)
        if tried[0] < table[0][0]:
            tried = min(tried, along(2.0))
        elif tried[0] >= table[-2][0]:
            tried = min(tried, along(0.5) if tried[0] < worst else along(-0.5))
        if tried[0] < worst:
            table[-1] = tried
        else:
            nearest = table[0][1]
            shrunk = [[(x + n) / 2 for x, n in zip(c, nearest, strict=True)] for _, c in table[1:]]
            table[1:] = [(function(c), c) for c in shrunk]
        table.sort()
    return table[0][1], table[0][0]
