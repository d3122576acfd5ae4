"""Thresholds that do not flap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wrpc.fleet.sizing.scaling import calm, flaps, lowest, window

SHARES = st.floats(0.05, 0.99)


def follow(load: float, up: float, down: float, least: int, most: int) -> list[int]:
    """The numbers that a rule goes through under a steady load."""
    seen = [most]
    for _ in range(4 * most):
        n = seen[-1]
        used = load / n
        step = 1 if used > up and n < most else -1 if used < down and n > least else 0
        if step == 0:
            break
        seen.append(n + step)
    return seen


@given(SHARES, SHARES, st.integers(1, 6), st.integers(0, 10), st.floats(0.01, 20))
def test_a_rule_without_flaps_settles(up, down, least, more, load):
    """Under any steady load; and a rule with some does not settle under some load."""
    most = least + more
    found = flaps(up, down, least, most)
    if down < up and not found:
        numbers = follow(load, up, down, least, most)
        assert len(numbers) <= most - least + 1, "each number once"
    for n in found:
        if down < up:
            # A load that is just too low for n, and too high for one fewer.
            load = n * down * 0.999999
            if load / (n - 1) > up:
                assert len(set(follow(load, up, down, least, most))) < len(follow(load, up, down, least, most))


@given(SHARES, st.integers(2, 50), st.floats(0.1, 1000))
def test_more_replicas_may_go_at_higher_loads(up, replicas, residents):
    assert lowest(up, replicas) < lowest(up, replicas + 1) < up
    assert calm(up, replicas, residents) < lowest(up, replicas)
    assert calm(up, replicas, residents) < calm(up, replicas, residents * 2)


def test_by_hand():
    assert lowest(0.8, 2) == 0.4
    assert lowest(0.8, 1) == 0.0
    assert flaps(0.8, 0.6, 1, 8) == [2, 3]
    assert flaps(0.8, 0.4, 1, 8) == []
    assert window(90, 30) == 120
