"""Units by their scale and dimension."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wrpc.policy.units import UNITS, spell, unit


@pytest.mark.parametrize(
    ("text", "scale", "dimension"),
    [
        ("", 1, ""),
        ("k", 1000, ""),
        ("Ki", 1024, ""),
        ("%", Fraction(1, 100), ""),
        ("ms", Fraction(1, 1000), "s"),
        ("min", 60, "s"),
        ("/s", 1, "1/s"),
        ("k/min", Fraction(1000, 60), "1/s"),
        ("GiB", 2**30, "B"),
        ("kW", 1000, "W"),
        ("USD/h", Fraction(1, 3600), "USD/s"),
        ("USD/Mtok", Fraction(1, 10**6), "USD/tok"),
        ("USD/req", 1, "USD/req"),
    ],
)
def test_unit(text: str, scale: int | Fraction, dimension: str):
    found = unit(text)
    assert found is not None
    assert (found.scale, found.dimension) == (scale, dimension)


@pytest.mark.parametrize("text", ["x", "K", "kb", "s/", "/", "USD/GB", "//s", "ms/x"])
def test_no_unit(text: str):
    assert unit(text) is None


def test_every_listed_unit_is_one():
    assert all(unit(u) for u in UNITS)


@pytest.mark.parametrize(("value", "text"), [("8000", "8000"), ("17/20", "0.85"), ("1/3", "1/3"), ("-1/2", "-0.5")])
def test_spell(value: str, text: str):
    assert spell(Fraction(value)) == text
