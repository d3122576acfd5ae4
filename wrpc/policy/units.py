"""Units: what each multiplies by and what dimension it has. Base units are s, B, W, USD, tokens and requests."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from wrpc.values import value


@value
class Unit:
    scale: Fraction
    dimension: str


# What may stand before the stroke of a rate, or alone.
MEASURES: dict[str, tuple[Fraction, str]] = {
    "": (Fraction(1), ""),
    "%": (Fraction(1, 100), ""),
    "k": (Fraction(10**3), ""),
    "M": (Fraction(10**6), ""),
    "G": (Fraction(10**9), ""),
    "Ki": (Fraction(2**10), ""),
    "Mi": (Fraction(2**20), ""),
    "Gi": (Fraction(2**30), ""),
    "ms": (Fraction(1, 1000), "s"),
    "s": (Fraction(1), "s"),
    "min": (Fraction(60), "s"),
    "h": (Fraction(3600), "s"),
    "d": (Fraction(86400), "s"),
    "B": (Fraction(1), "B"),
    "KiB": (Fraction(2**10), "B"),
    "MiB": (Fraction(2**20), "B"),
    "GiB": (Fraction(2**30), "B"),
    "TiB": (Fraction(2**40), "B"),
    "W": (Fraction(1), "W"),
    "kW": (Fraction(10**3), "W"),
    "MW": (Fraction(10**6), "W"),
    "USD": (Fraction(1), "USD"),
}

# What may stand after it.
PER: dict[str, tuple[Fraction, str]] = {
    "s": (Fraction(1), "s"),
    "min": (Fraction(60), "s"),
    "h": (Fraction(3600), "s"),
    "d": (Fraction(86400), "s"),
    "Mtok": (Fraction(10**6), "tok"),
    "req": (Fraction(1), "req"),
}

UNITS = tuple(sorted({*MEASURES, *(f"{m}/{p}" for m in ("", "USD") for p in PER)} - {""}))

# How a message names a dimension, and a spelling that has it.
TITLES: dict[str, tuple[str, str]] = {
    "": ("a plain number", "8k"),
    "s": ("a time", "500ms"),
    "B": ("a size in bytes", "64GiB"),
    "W": ("a power", "12kW"),
    "USD": ("an amount of money", "0.02USD"),
    "1/s": ("a rate", "40/s"),
    "USD/s": ("money per time", "4.02USD/h"),
    "USD/tok": ("money per token", "1.80USD/Mtok"),
    "USD/req": ("money per request", "0.02USD/req"),
}


@cache
def unit(text: str) -> Unit | None:
    """The unit that `text` spells, or None."""
    measure, stroke, per = text.partition("/")
    if measure not in MEASURES:
        return None
    scale, dimension = MEASURES[measure]
    if not stroke:
        return Unit(scale, dimension)
    if per not in PER:
        return None
    by, under = PER[per]
    return Unit(scale / by, f"{dimension or '1'}/{under}")


def title(dimension: str) -> str:
    """`a time`, `a plain number`."""
    return TITLES[dimension][0] if dimension in TITLES else f"a number in {dimension}"


def example(dimension: str) -> str:
    """A number of that dimension as it would be written."""
    return TITLES[dimension][1] if dimension in TITLES else f"1{dimension}"


def spell(value: Fraction) -> str:
    """An exact number for a message: decimal where that is short, else a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    for places in range(1, 7):
        if (value * 10**places).denominator == 1:
            return f"{float(value):.{places}f}"
    return str(value)
