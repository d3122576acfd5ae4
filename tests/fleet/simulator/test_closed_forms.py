"""The engine as a queue whose waits are known in closed form.

With steps of a fixed length a slot is a server, and an answer of many short steps is as good as a service time of any
distribution: Erlang C and Pollaczek-Khinchine say what the wait is. With steps as long as there are sequences it is
one server shared by all, whose mean times depend on the mean service alone.
"""

from __future__ import annotations

from math import factorial, inf, log
from random import Random

import pytest

from tests.fleet.simulator.test_engine import run
from wrpc.fleet.steps import Engine, StepModel

STEP = 1 / 8192  # seconds; a service time of one second has as many steps


def steps(seconds: float) -> int:
    return max(1, round(seconds / STEP))


def erlang_c(servers: int, load: float) -> float:
    """The share of requests that wait, of a load in servers."""
    last = load**servers / factorial(servers) / (1 - load / servers)
    return last / (sum(load**k / factorial(k) for k in range(servers)) + last)


def poisson(rng: Random, rate: float, many: int) -> list[float]:
    now, times = 0.0, []
    for _ in range(many):
        now += rng.expovariate(rate)
        times.append(now)
    return times


def served(engine: Engine, rng: Random, rate: float, many: int, service):
    times = poisson(rng, rate, many)
    replica, requests = run(engine, [(t, 1, steps(service(rng)), 1, 0) for t in times])
    assert len(replica.done) == many
    warm = many // 10
    waits = [b - e for b, e in zip(requests.began, requests.enter, strict=True)][warm:]
    stays = [e - b for e, b in zip(requests.last, requests.enter, strict=True)][warm:]
    return waits, stays, replica


def mean(values):
    return sum(values) / len(values)


def exponential(rng: Random) -> float:
    return rng.expovariate(1)


@pytest.mark.parametrize(("servers", "utilisation"), [(1, 0.7), (4, 0.8), (16, 0.85)])
def test_exponential_services_wait_by_erlang_c(servers, utilisation):
    """M/M/c: the share that waits, the mean wait, and the wait that one in a hundred exceeds."""
    rate = servers * utilisation
    engine = Engine(StepModel(STEP, 0.0, 0.0), slots=servers)
    waits, _, replica = served(engine, Random(1), rate, 120_000, exponential)
    waiting = erlang_c(servers, rate)
    assert sum(w > STEP for w in waits) / len(waits) == pytest.approx(waiting, abs=0.03)
    assert mean(waits) - STEP / 2 == pytest.approx(waiting / (servers - rate), rel=0.12)
    p99 = sorted(waits)[int(0.99 * len(waits))]
    assert p99 == pytest.approx(log(waiting / 0.01) / (servers - rate), rel=0.12)
    assert sum(n * s for n, s in enumerate(replica.batches)) / replica.now == pytest.approx(rate, rel=0.02)


@pytest.mark.parametrize(
    ("service", "second"),
    [
        (lambda _rng: 1.0, 1.0),
        (lambda rng: rng.uniform(0, 2), 4 / 3),
        (lambda rng: rng.expovariate(1), 2.0),
        (lambda rng: rng.expovariate(2 if rng.random() < 2 / 3 else 0.5), 3.0),
    ],
    ids=["constant", "uniform", "exponential", "two kinds"],
)
def test_any_services_wait_by_pollaczek_khinchine(service, second):
    """M/G/1: the mean wait by the second moment of the service time."""
    rate = 0.7
    waits, _, _ = served(Engine(StepModel(STEP, 0.0, 0.0), slots=1), Random(2), rate, 150_000, service)
    assert mean(waits) == pytest.approx(rate * second / (2 * (1 - rate)), rel=0.06)


def test_any_services_without_a_bound_are_insensitive():
    """M/G/∞: how many are served at once is a Poisson number, whatever the distribution."""
    rate = 30.0
    _, _, replica = served(
        Engine(StepModel(STEP, 0.0, 0.0)), Random(3), rate, 60_000, lambda rng: 2 * rng.betavariate(0.3, 0.3)
    )
    whole = sum(replica.batches)
    average = sum(n * s for n, s in enumerate(replica.batches)) / whole
    spread = sum((n - average) ** 2 * s for n, s in enumerate(replica.batches)) / whole
    assert average == pytest.approx(rate, rel=0.02)
    assert spread == pytest.approx(rate, rel=0.06)


@pytest.mark.parametrize("service", [lambda _rng: 1.0, exponential], ids=["constant", "exponential"])
def test_sequences_that_share_steps_share_a_server(service):
    """M/G/1 with processor sharing: a step as long as there are sequences gives each its equal part, and the mean stay
    is S / (1 - load), whatever the distribution (Kleinrock, Queueing Systems II, 4.4)."""
    load = 0.7
    engine = Engine(StepModel(0.0, 0.0, STEP))
    _, stays, _ = served(engine, Random(4), load, 60_000, service)
    assert mean(stays) == pytest.approx(1 / (1 - load), rel=0.06)


def test_a_queue_without_end_says_so():
    """Twice what it can serve: the queue is never empty again, and it is the slots that hold it."""
    engine = Engine(StepModel(STEP, 0.0, 0.0), slots=2)
    _, _, replica = served(engine, Random(5), 4.0, 2_000, exponential)
    assert replica.cleared > 0.9 * replica.now  # only once the arrivals have ended
    assert replica.held[1] > 0.9 * replica.now
    assert replica.held[2] == 0
    assert inf not in replica.batches
