"""Sets of numbers agree with what is said of their members."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import FLIPPED, complement, holds, merged, overlap, related, scaled, shifted

numbers = st.integers(-4, 4).map(lambda n: Fraction(n, 2))
bounds = st.none() | numbers
intervals = st.builds(
    lambda low, high, a, b: Interval(low, high, a and low is not None, b and high is not None),
    bounds, bounds, st.booleans(), st.booleans(),
)  # fmt: skip
relations = st.sampled_from(sorted(FLIPPED))
PROBES = [Fraction(n, 4) for n in range(-12, 13)]


def among(ranges: tuple[Interval, ...]) -> list[bool]:
    return [any(p in r for r in ranges) for p in PROBES]


@given(st.lists(intervals, max_size=4))
def test_merged_is_the_union(ranges: list[Interval]):
    union = merged(ranges)
    assert among(union) == among(tuple(ranges))
    assert not any(overlap(a, b) for a, b in pairwise(union))
    assert among(complement(union)) == [not held for held in among(union)]
    assert complement(complement(union)) == union


@given(relations, numbers)
def test_related(relation, bound: Fraction):
    assert among(related(relation, bound)) == [holds(relation, p, bound) for p in PROBES]
    assert among(related(FLIPPED[relation], bound)) == [holds(relation, bound, p) for p in PROBES]


@given(st.lists(intervals, max_size=3), numbers.filter(bool), numbers)
def test_moved(ranges: list[Interval], factor: Fraction, by: Fraction):
    union = merged(ranges)
    for probe, held in zip(PROBES, among(union), strict=True):
        assert any(probe * factor in r for r in scaled(union, factor)) == held
        assert any(probe + by in r for r in shifted(union, by)) == held


@given(intervals, intervals)
def test_overlap(a: Interval, b: Interval):
    if any(p in a and p in b for p in PROBES):
        assert overlap(a, b)
    assert overlap(a, b) == overlap(b, a)
