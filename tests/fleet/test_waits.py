"""Waits: against the exact cases, published figures, and what was simulated."""

from __future__ import annotations

from math import exp, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrpc.fleet.sizing.waits import erlang_b, erlang_c, overflow, quantile, tail, waiting

LOADS = st.floats(0.1, 0.97)


@given(st.integers(1, 60), LOADS)
def test_erlang_by_its_sums(servers, load):
    offered = load * servers
    terms = [1.0]
    for at in range(1, servers + 1):
        terms.append(terms[-1] * offered / at)
    assert isclose(erlang_b(servers, offered), terms[-1] / sum(terms), rel_tol=1e-9)
    last = terms[-1] * servers / (servers - offered)
    assert isclose(erlang_c(servers, offered), last / (sum(terms[:-1]) + last), rel_tol=1e-9)


@given(st.floats(0.5, 40), LOADS)
def test_between_whole_servers(servers, load):
    """It falls with servers, and meets the whole ones on either side."""
    offered = load * servers
    assert erlang_b(servers + 0.3, offered) < erlang_b(servers, offered)
    assert erlang_b(int(servers) + 1, offered) <= erlang_b(servers, offered) * (1 + 1e-6)


@given(LOADS)
def test_one_server_is_exact(load):
    """M/M/1: P(wait > x) = ρ·exp(−(1 − ρ)·x)."""
    x = quantile(1, 1.0, load)
    assert load <= 0.01 or x == 0 or isclose(load * exp(-(1 - load) * x), 0.01, rel_tol=1e-6)
    assert isclose(waiting(1, load), load, rel_tol=1e-9)


@given(st.integers(1, 200), LOADS, st.floats(0, 4), st.floats(1, 4))
def test_more_servers_never_wait_longer(servers, load, variation, burst):
    rate = load * servers
    now = quantile(servers, 1.0, rate, variation=variation, burst=burst)
    assert quantile(servers + 1, 1.0, rate, variation=variation, burst=burst) <= now + 1e-9
    assert quantile(servers, 1.0, rate * 1.01, variation=variation, burst=burst) >= now - 1e-9


@pytest.mark.parametrize(("chance", "code", "guide"), [(0.1, 2.30, 0.46), (1.0, 4.61, 4.61)])
def test_the_tail_is_the_codes_not_the_guides(chance, code, guide):
    """arXiv 2603.16054 prints one formula and computes another; they agree where everyone waits."""
    from math import log

    assert round(log(chance / 0.01), 2) == code
    assert round(chance * log(100), 2) == guide
    assert tail(10, 1.0, 9.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("load", "plain", "scaled", "simulated"),
    [(0.8, 0.001, 0.035, 0.055), (0.9, 0.094, 0.263, 0.29), (0.95, 0.365, 0.548, 0.53)],
)
def test_bursts_by_hayward(load, plain, scaled, simulated):
    """200 servers, arrivals with c_a² = 4: without the correction hardly anyone would wait."""
    assert round(waiting(200, load * 200), 3) == plain
    found = waiting(200, load * 200, 2.5)
    assert round(found, 3) == scaled
    assert abs(found - simulated) < abs(plain - simulated) / 2


@given(st.integers(1, 80), st.floats(0.2, 1.5))
def test_what_overflows_is_burstier(servers, load):
    passed, peaked = overflow(servers, load * servers)
    assert 0 <= passed <= load * servers
    assert peaked >= 1 - 1e-9


@pytest.mark.parametrize(("lines", "offered"), [(1, 1.0), (2, 1.5), (4, 3.0)])
def test_overflow_by_its_chain(lines, offered):
    """Lines that fill up, and an endless group behind them: its mean and variance, by balancing the chain."""
    most = 40
    weight = {(i, j): 1.0 for i in range(lines + 1) for j in range(most)}
    for _ in range(4000):
        for i, j in weight:
            into = 0.0
            if i > 0:
                into += offered * weight[i - 1, j]
            if i < lines:
                into += (i + 1) * weight[i + 1, j]
            if i == lines and j > 0:
                into += offered * weight[i, j - 1]
            if j + 1 < most:
                into += (j + 1) * weight[i, j + 1]
            weight[i, j] = into / ((offered if i < lines or j + 1 < most else 0) + i + j)
    whole = sum(weight.values())
    mean = sum(j * w for (_, j), w in weight.items()) / whole
    variance = sum(j * j * w for (_, j), w in weight.items()) / whole - mean**2
    passed, peaked = overflow(lines, offered)
    assert passed == pytest.approx(mean, rel=1e-3)
    assert peaked == pytest.approx(variance / mean, rel=1e-3)
