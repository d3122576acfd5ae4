"""Two pools by length: nothing is lost, what is found is the least, and a split does not always pay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fleet.test_latency import FAST, LENGTHS, chats
from wrpc.fleet.sizing.boundary import GAMMAS, Side, best, divide, sweep
from wrpc.fleet.sizing.load import Load
from wrpc.fleet.sizing.smallest import Promises, figures
from wrpc.fleet.steps import Engine

SHORT, LONG = Side(Engine(FAST.step, 100_000), 1.0, 4096), Side(Engine(FAST.step, 400_000), 2.0, 65_536)
PROMISES = Promises(ttft_queue_p99=3.0, tpot_p99=0.1)


@given(LENGTHS, st.floats(1, 20_000), st.sampled_from(GAMMAS), st.floats(0, 1))
def test_every_request_goes_somewhere(lengths, boundary, gamma, compressible):
    load = Load(10.0, lengths)
    short, long = divide(load, boundary, gamma, compressible)
    assert short.rate + long.rate == pytest.approx(10.0)
    for part in (short, long):
        assert sum(c.share for c in part.lengths) == pytest.approx(1)
    if short.rate > 0:
        assert all(c.prompt + c.answer <= boundary * (1 + 1e-9) for c in short.lengths)
    more, _ = divide(load, boundary, gamma + 0.5, compressible)
    assert more.rate >= short.rate - 1e-9


def test_the_sweep_finds_the_cheapest():
    load = Load(20.0, chats(61))
    rows = sweep(load, SHORT, LONG, PROMISES, [0, 512, 1024, 2048, 4096, 8192], (1.0, 1.5), 0.75)
    assert {r.boundary for r in rows} == {0, 512, 1024, 2048, 4096}, "none beyond the context of the short pool"
    found = best(rows)
    assert found is not None
    assert all(r.cost is None or r.cost >= (found.cost or 0) for r in rows)
    for row in rows:
        short, long = divide(load, row.boundary, row.gamma, 0.75)
        for side, part, count in ((SHORT, short, row.short), (LONG, long, row.long)):
            assert count is not None
            assert count == 0 or figures(side.engine, part, count).keeps(PROMISES)
            assert count <= 1 or not figures(side.engine, part, count - 1).keeps(PROMISES)


def test_a_split_does_not_always_pay():
    """Two pools are two rounded up: for a small fleet of equal prices one pool is cheaper."""
    load = Load(0.5, chats(61))
    same = Side(LONG.engine, 2.0, 65_536)
    rows = sweep(load, same, LONG, PROMISES, [0, 1024, 4096])
    found = best(rows)
    assert found is not None
    assert found.boundary == 0
    assert found.long == 1


def test_what_nothing_keeps_has_no_cost():
    rows = sweep(Load(1.0, chats(61)), SHORT, LONG, Promises(tpot_p99=0.001), [1024])
    assert best(rows) is None
    assert rows[0].cost is None
