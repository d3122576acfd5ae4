"""Prompts and answers on different replicas: more are never worse, and what was measured is in the range."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.test_latency import ENGINES, FAST, LOADS, chats
from wrpc.fleet.sizing import split
from wrpc.fleet.sizing.load import Length, Load
from wrpc.fleet.sizing.smallest import FIGURES, figures

MOVE = split.Move(131_072, 12.5e9, 50e9)


@given(ENGINES, LOADS, st.integers(1, 40), st.integers(1, 40), st.integers(0, 1))
def test_more_on_either_side_are_never_worse(engine, load, readers, writers, side):
    team = (readers, writers)
    more = (readers + 1, writers) if side else (readers, writers + 1)
    now, then = (split.figures(engine, engine, load, t, MOVE) for t in (team, more))
    assert then.utilisation <= now.utilisation * (1 + 1e-9)
    if now.bands is not None:
        assert then.bands is not None
        for figure in FIGURES:
            assert then.bands[figure].high <= now.bands[figure].high * (1 + 1e-6)


def test_the_slower_side_bounds():
    load = Load(1.0, chats(61))
    for readers, writers in ((1, 9), (9, 1), (3, 3)):
        used = split.figures(FAST, FAST, load, (readers, writers), MOVE).utilisation
        read = load.rate / (readers * split.prefill_rate(FAST, load))
        written = figures(FAST, split.decode_load(load), writers).utilisation / split.LOST[1]
        assert used == pytest.approx(max(read, written))


def test_a_longer_way_delays_the_first_token_alone():
    load = Load(1.0, chats(61))
    near, far = (split.figures(FAST, FAST, load, (4, 4), replace(MOVE, slow=s)).bands for s in (12.5e9, 1e9))
    assert near is not None
    assert far is not None
    assert far["ttft_p99"].high > near["ttft_p99"].high
    assert far["ttft_p99"].low == near["ttft_p99"].low
    assert far["tpot_p99"] == near["tpot_p99"]


def test_tokens_apart_against_tokens_together():
    """llm-d-benchmark, 8,000 in and 200 out on two H100: 1P1D takes 1.05 to 1.17 times as long a token as two replicas
    (16.2 ms on average, means of three runs each)."""
    load = Load(2.0, (Length(1.0, 8000, 200),))
    apart, together = split.figures(FAST, FAST, load, (2, 2), MOVE).bands, figures(FAST, load, 4).bands
    assert apart is not None
    assert together is not None
    for measured in (1.05, 1.10, 1.17, 1.29):
        assert apart["tpot_p99"].low <= measured * together["tpot_p99"].low <= apart["tpot_p99"].high * (1 + 1e-9)
