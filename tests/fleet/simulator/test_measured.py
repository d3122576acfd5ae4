"""The script that holds the simulator against measured requests, on requests of which the truth is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.measured.__main__ import errors, figures, row
from benchmarks.measured.sets import DENSE, Case
from tests.fleet.simulator.test_fit import TRUTH, log


def test_a_perfect_prediction_has_no_error():
    run = log(2.0, 5)
    assert errors([run], TRUTH, 0.0) == [0.0] * 5
    assert errors([run, log(3.0, 6)], TRUTH, 0.0) == [0.0] * 5


def test_an_error_has_its_sign_and_its_size():
    run = log(0.3, 5)
    slow = replace(TRUTH, step=replace(TRUTH.step, fixed=2 * TRUTH.step.fixed))
    found = errors([run], slow, 0.0)
    assert found[2] > 50  # tokens come half as often
    assert found[4] < 0
    both = errors([run, run], slow, 0.0)
    assert both == [abs(e) for e in found]
    cells = row(Case("p", "n", [], [run], TRUTH, DENSE), found)
    assert cells[3] == f"**{found[2]:+.1f}**"
    assert cells[6] == "3; 5; 2; 2; 2"


def test_figures_are_of_what_counts():
    run = replace(log(0.5, 7), counts=[3, 4])
    waits = [run.first[i] - run.enter[i] for i in (3, 4)]
    found = figures(run, run.first, run.last)
    assert found[0] == pytest.approx(sum(waits) / 2)
    assert found[1] == max(waits)
