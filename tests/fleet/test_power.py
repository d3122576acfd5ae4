"""Power and tokens per watt: what arXiv 2603.17280 prints for one H100, and what curves must do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wrpc.fleet.gpus import GPUS, gpu, nearest
from wrpc.fleet.sizing.power import CURVES, drawn, tokens_per_watt
from wrpc.fleet.steps import StepModel
from wrpc.policy.hardware import memory, watts

ROWS = [(2, 512, 35.0), (4, 256, 17.6), (8, 128, 8.97), (16, 64, 4.69), (32, 32, 2.58), (64, 16, 1.50), (128, 8, 0.88)]


@pytest.mark.parametrize(("window", "slots", "printed"), ROWS)
def test_the_seven_rows_of_the_paper(window, slots, printed):
    """arXiv 2603.17280: H100, windows of 2K to 128K. They come out with W = 4 ms, H = 0.32 ms at 8,192 tokens and half
    the window as mean context; the text says 6.72 ms."""
    step = StepModel(0.004, 0.0, 0.0, 0.00032 / 8192)
    took = step.seconds(0, slots, slots * window * 1024 / 2)
    found = tokens_per_watt(slots / took, CURVES["h100"].watts(slots))
    assert found == pytest.approx(printed, rel=0.01)


@given(st.sampled_from(sorted(CURVES)), st.floats(1, 4096), st.floats(1, 4096))
def test_more_at_once_draws_more_and_never_beyond_the_board(name, one, other):
    curve = CURVES[name]
    assert curve.low <= curve.watts(min(one, other)) <= curve.watts(max(one, other)) <= curve.high
    low, high = drawn(name, one) or (0, 0)
    assert 0 < low <= high <= (watts(name) or 0)


def test_what_has_no_curve_is_a_range_and_what_is_not_known_nothing():
    assert drawn("b200", 64) == (300.0, 1000.0)
    assert drawn("own_chip", 64) is None
    assert drawn("own_chip", 64, board=500) == (150.0, 500.0)
    assert drawn("H100-SXM", 1) == drawn("h100", 1)


def test_the_curve_against_measured_medians():
    """ML.ENERGY v3, medians of 274 points on H100: within 14% on average."""
    seen = {8: 427, 16: 451, 32: 472, 64: 507, 128: 548, 256: 589}
    off = [abs(CURVES["h100"].watts(batch) / power - 1) for batch, power in seen.items()]
    assert sum(off) / len(off) < 0.14


def test_the_catalogue_is_of_known_parts():
    for name, found in GPUS.items():
        assert memory(name), name
        assert found.bandwidth > 1e11
        assert found.price is None or 0 < found.price.low <= found.price.high
        assert found.fp8 in (0, found.bf16) or found.bf16 < found.fp8 <= 2.05 * found.bf16, "dense, not sparse"
    assert gpu("NVIDIA H100") is gpu("h100_sxm")
    assert gpu("h100x") is None
    assert "h100" in nearest("h100x")
