"""Lengths of prompts and answers: exact means, what is drawn, several distributions as one."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wrpc.fleet.arriving import Lengths, Stretch, lengths_of, mixture
from wrpc.fleet.traffic import Arrival, PoolTraffic, Range

F = Fraction
tokens = st.integers(0, 40).map(F)
ends = st.tuples(tokens, tokens)


@st.composite
def distributions(draw: st.DrawFn) -> Lengths:
    cuts = sorted(draw(st.sets(st.integers(0, 100), min_size=2, max_size=6)))
    made = [Stretch(a, b, F(draw(st.integers(1, 9))), draw(ends), draw(ends)) for a, b in pairwise(cuts)]
    return lengths_of(made)


@given(distributions(), st.integers(0, 3), st.integers(0, 3))
def test_moments_are_those_of_fine_classes(lengths: Lengths, i: int, j: int) -> None:
    """The midpoints of a thousand classes a stretch come close to what the polynomials give."""
    exact = float(lengths.moment(i, j))
    near = sum(
        float(s.weight)
        / 1000
        * (float(s.prompt[0]) + float(s.prompt[1] - s.prompt[0]) * (k + 0.5) / 1000) ** i
        * (float(s.answer[0]) + float(s.answer[1] - s.answer[0]) * (k + 0.5) / 1000) ** j
        for s in lengths.stretches
        for k in range(1000)
    )
    assert abs(exact - near) <= 1e-4 * max(1.0, abs(exact))


@given(distributions(), st.integers(1, 64))
def test_classes_weigh_one_and_keep_the_means(lengths: Lengths, most: int) -> None:
    classes = lengths.classes(most)
    assert len(classes) <= max(most, len(lengths.stretches))
    assert abs(sum(w for w, _, _ in classes) - 1) < 1e-9
    assert abs(sum(w * p for w, p, _ in classes) - float(lengths.prompt)) < 1e-6
    assert abs(sum(w * a for w, _, a in classes) - float(lengths.answer)) < 1e-6


def test_a_quantile_is_a_request_of_its_stretch() -> None:
    lengths = lengths_of([
        Stretch(0, 10, F(1), (F(0), F(8)), (F(0), F(2))),
        Stretch(100, 200, F(3), (F(50), F(50)), (F(20), F(40))),
    ])  # fmt: skip
    assert lengths.quantile(0.0) == (0.0, 0.0)
    assert lengths.quantile(0.125) == (4.0, 1.0)
    assert lengths.quantile(0.25) == (8.0, 2.0)
    assert lengths.quantile(1.0) == (50.0, 40.0)
    assert lengths.longest() == (50, 40)
    drawn = [lengths.quantile((k + 0.5) / 4000) for k in range(4000)]
    assert abs(sum(p for p, _ in drawn) / 4000 - float(lengths.prompt)) < 0.01


@given(distributions(), distributions(), st.integers(0, 5), st.integers(1, 5))
def test_a_mixture_has_the_weighted_mean(a: Lengths, b: Lengths, left: int, right: int) -> None:
    both = mixture([(F(left), a), (F(right), b)])
    whole = left + right
    assert sum(s.weight for s in both.stretches) == 1
    assert both.moment(1, 1) == (left * a.moment(1, 1) + right * b.moment(1, 1)) / whole
    assert mixture([(F(0), a)]) == Lengths(())


def test_rates_of_a_pool_by_hour() -> None:
    def arrival(name: str, *rates: int) -> Arrival:
        one = Range(F(1), F(1))
        return Arrival(name, one, (one,), tuple(Range(F(r), F(2 * r)) for r in rates), None)

    steady, hourly = arrival("a", 3), arrival("b", *range(24))
    assert PoolTraffic("p", "both", (steady, hourly), ()).rates[5] == Range(F(8), F(16))
    assert PoolTraffic("p", "both", (steady,), ()).rates == (Range(F(3), F(6)),)
    assert PoolTraffic("p", "both", (), ()).rates == (Range(F(0), F(0)),)
    assert PoolTraffic("p", "both", (steady, arrival("c")), ()).rates == ()
