"""The step model: what it adds up to, whatever the chunks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wrpc.fleet.steps import StepModel, pairs_of

STEP = StepModel(0.01, 1e-4, 2e-4, 3e-8, 1e-9)


@given(st.integers(1, 50_000), st.integers(1, 4096))
def test_pairs_add_up_whatever_the_chunk(prompt, chunk):
    cut = [min(chunk, prompt - at) for at in range(0, prompt, chunk)]
    assert sum(cut) == prompt
    pairs = sum(pairs_of(size, chunk * number) for number, size in enumerate(cut))
    assert abs(pairs - prompt**2 / 2) < 1e-6 * prompt**2


@given(st.integers(0, 4096), st.integers(0, 256), st.integers(0, 10**6))
def test_a_step_is_linear_in_each(prompt, sequences, cached):
    alone = STEP.seconds(prompt) + STEP.seconds(0, sequences) + STEP.seconds(0, 0, cached) - 2 * STEP.fixed
    assert abs(STEP.seconds(prompt, sequences, cached) - alone) < 1e-9
    assert STEP.seconds(prompt + 1, sequences, cached) > STEP.seconds(prompt, sequences, cached)
