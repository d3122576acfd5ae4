"""The decision model of scaling: known costs where there is one, and no rule is better than the best."""

from __future__ import annotations

from math import factorial

import pytest

from benchmarks.scaling import Chain, Model, fixed, per_regime, threshold

SMALL = Model(3.0, 1.0, rates=(0.8, 2.0), dwell=40.0, servers=4, room=30)


def erlang(servers: int, load: float) -> float:
    """The mean number that waits (Erlang C)."""
    last = load**servers / factorial(servers) / (1 - load / servers)
    share = last / (sum(load**k / factorial(k) for k in range(servers)) + last)
    return share * load / (servers - load)


def test_a_fixed_number_costs_what_erlang_says():
    """With regimes alike it is M/M/c: its servers, and who waits."""
    alike = Chain(Model(3.0, 2.0, rates=(2.0, 2.0), dwell=40.0, servers=4, room=60))
    for servers in (3, 4):
        assert alike.ruled(fixed(servers)) == pytest.approx(servers + 2 * erlang(servers, 2.0), rel=0.01)


def test_no_rule_is_better_than_the_best():
    chain = Chain(SMALL)
    best = chain.best()
    rules = [fixed(3), fixed(4), per_regime(1, 3), per_regime(2, 4), threshold(1.5, 0.4), threshold(1.0, 0.8)]
    costs = [chain.ruled(rule) for rule in rules]
    assert all(cost > best * 0.999 for cost in costs)
    assert min(costs) < 1.3 * best


def test_a_longer_start_costs_more():
    costs = [Chain(Model(setup, 1.0, (0.8, 2.0), 40.0, 4, 30)).best() for setup in (0.5, 3.0, 10.0)]
    assert costs == sorted(costs)
    assert costs[-1] > costs[0] * 1.02
