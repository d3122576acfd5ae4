"""A fit finds an engine that waits as the one did whose log it saw, at loads that it did not see too."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from wrpc.fleet.simulator.fit import Run, distance, fit, least, simulated
from wrpc.fleet.steps import Engine, StepModel

TRUTH = Engine(StepModel(0.012, 6e-5, 1.5e-4, 5e-8, 8e-10), 60_000, 64, 1024)


def log(rate: float, seed: int, engine: Engine = TRUTH, many: int = 250) -> Run:
    rng = Random(seed)
    now, enter = 0.0, []
    for _ in range(many):
        now += rng.expovariate(rate)
        enter.append(now)
    prompt = [rng.randint(20, 3000) for _ in enter]
    answer = [rng.randint(2, 400) for _ in enter]
    run = Run(enter, prompt, answer, [0.0] * many, [0.0] * many, range(many))
    told = simulated(run, engine)
    return replace(run, first=told.first, last=told.last)


def test_a_fit_waits_as_its_log_and_at_other_loads():
    start = replace(TRUTH, step=StepModel(0.03, 2e-5, 5e-5, 2e-8, 1e-9))
    seen = [log(1.0, 1), log(3.0, 2)]
    assert sum(distance(run, start) for run in seen) > 0.8
    found, _, left = fit(seen, start)
    assert left < 0.03
    for rate in (0.5, 2.0, 5.0):
        assert distance(log(rate, 9), found) < 0.15


def test_a_run_is_at_no_distance_of_itself():
    assert distance(log(2.0, 3), TRUTH) == 0
    assert distance(log(2.0, 3), replace(TRUTH, slots=1)) > 1
    assert distance(log(2.0, 3), replace(TRUTH, kv_tokens=100)) == 1e6  # some could never be served


def test_the_simplex_finds_the_bottom_of_a_bent_valley():
    point, value = least(lambda p: (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2, [-1.2, 1.0], 0.5, 400)
    assert value < 1e-4
    assert point == pytest.approx([1, 1], abs=0.05)
