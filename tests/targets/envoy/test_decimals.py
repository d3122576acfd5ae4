"""Ranges as expressions over decimals: exactly the numbers of the range, in every spelling that is allowed."""

from __future__ import annotations

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.volume import compared, many
from wrpc.policy.expr import Interval
from wrpc.policy.intervals import merged
from wrpc.targets.envoy import decimals
from wrpc.targets.envoy.patterns import decimals as read_decimals
from wrpc.targets.envoy.patterns import integers as read_integers
from wrpc.targets.envoy.patterns import parse

bounds = st.builds(Fraction, st.integers(-3000, 3000), st.sampled_from((1, 10, 100, 1000, 3, 7)))
intervals = st.builds(
    lambda a, b, left, right: Interval(min(a, b), max(a, b), left, right), bounds, bounds, st.booleans(), st.booleans()
).filter(lambda r: not r.empty)


@st.composite
def spellings(draw: st.DrawFn, near: Interval) -> str:
    """A decimal near the ends of a range, perhaps with zeros behind."""
    end = draw(st.sampled_from([near.low, near.high, Fraction(0)])) or Fraction(0)
    digits = draw(st.integers(0, 6))
    number = Fraction(round(end * 10**digits) + draw(st.integers(-2, 2)), 10**digits)
    text = decimals.spelled(number)
    assert text is not None
    zeros = "0" * draw(st.integers(0, 2))
    return text + zeros if "." in text else text + ("." + zeros if zeros else "")


@given(st.data())
def test_a_range_matches_its_numbers(data: st.DataObject) -> None:
    r = data.draw(intervals)
    pattern = re.compile(decimals.numbers([r]))
    for _ in range(8):
        text = data.draw(spellings(r))
        assert re.fullmatch(decimals.SHAPE, text)
        assert bool(pattern.fullmatch(text)) == (Fraction(text) in r), text


@given(st.integers(-3000, 30_000), st.integers(0, 40_000), st.data())
def test_a_range_of_integers_matches_its_numbers(low: int, width: int, data: st.DataObject) -> None:
    pattern = re.compile(decimals.integers([Interval(Fraction(low), Fraction(low + width))]))
    for n in (low - 1, low, low + width, low + width + 1, data.draw(st.integers(-5000, 80_000))):
        assert bool(pattern.fullmatch(str(n))) == (low <= n <= low + width), n


@many(100, floors=20)
@given(st.lists(intervals, min_size=1, max_size=3))
def test_an_expression_read_back_is_its_ranges(ranges: list[Interval]) -> None:
    wanted = merged(ranges)
    # A bound that no decimal spells is moved to its neighbour inside.
    if all(decimals.spelled(b) for r in wanted for b in (r.low, r.high) if b is not None):
        compared()
        assert read_decimals(parse(decimals.numbers(wanted))) == wanted


@given(st.integers(-500, 500), st.integers(0, 5000))
def test_integers_read_back_are_their_range(low: int, width: int) -> None:
    read = read_integers(parse(decimals.integers([Interval(Fraction(low), Fraction(low + width))])))
    for n in (low - 1, low, low + width // 2, low + width, low + width + 1, 0):
        assert any(n in r for r in read) == (low <= n <= low + width), n


def test_spellings() -> None:
    assert decimals.spelled(Fraction(17, 20)) == "0.85"
    assert decimals.spelled(Fraction(-5)) == "-5"
    assert decimals.spelled(Fraction(1, 3)) is None
    for text in ("+5", "007", ".5", "5.", "1e3", "", " 7", "0x1"):
        assert not re.fullmatch(decimals.SHAPE, text), text
    below_zero = re.compile(decimals.numbers([Interval(Fraction(-1), Fraction(1))]))
    assert not below_zero.fullmatch("-0.0")
    assert below_zero.fullmatch("-0.01")
