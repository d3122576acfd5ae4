"""Values as the language writes them: `8k`, `128Ki`, `500ms`, `"eu-1"`, names in backticks where they need them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction

from wrpc.diagnostics import Witness
from wrpc.syntax.words import IDENTIFIER, written

COUNTS = (("M", 10**6), ("k", 10**3), ("Mi", 2**20), ("Ki", 2**10))
# By dimension, largest first; a value takes the first unit of which it is a whole multiple.
UNITS: Mapping[str, tuple[tuple[str, Fraction], ...]] = {
    "s": (("h", Fraction(3600)), ("min", Fraction(60)), ("s", Fraction(1)), ("ms", Fraction(1, 1000))),
    "B": (("GiB", Fraction(2**30)), ("MiB", Fraction(2**20)), ("KiB", Fraction(2**10)), ("B", Fraction(1))),
    "W": (("kW", Fraction(1000)), ("W", Fraction(1))),
    "USD": (("USD", Fraction(1)),),
    "1/s": (("/s", Fraction(1)),),
}


def name(text: str) -> str:
    """A name as it stands in a file."""
    return written(text)


def number(value: Fraction | float, dimension: str = "") -> str:
    exact = Fraction(str(value)) if isinstance(value, float) else Fraction(value)
    for unit, size in UNITS.get(dimension, ()):
        if exact and (exact / size).denominator == 1:
            return f"{exact / size}{unit}"
    if dimension in UNITS:
        return f"{decimal(exact)}{UNITS[dimension][-1][0] if dimension != 's' else 's'}"
    if not dimension and exact.denominator == 1 and abs(exact) >= 1000:
        for unit, whole in COUNTS:
            if exact % whole == 0:
                return f"{exact / whole}{unit}"
    return decimal(exact)


def decimal(value: Fraction) -> str:
    """A decimal where one is exact and short, else a fraction."""
    if value.denominator == 1:
        return str(value.numerator)
    near = float(value)
    return repr(near) if Fraction(repr(near)) == value else f"{value.numerator}/{value.denominator}"


def percent(value: Fraction) -> str:
    share = value * 100
    return f"{decimal(share) if share.denominator == 1 else f'{float(share):.4g}'}%"


def value(given: object, dimension: str = "") -> str:
    """One value of a request."""
    match given:
        case bool():
            return "true" if given else "false"
        case int() | float() | Fraction():
            return number(given, dimension)
        case str():
            return given if IDENTIFIER.fullmatch(given) else json.dumps(given, ensure_ascii=False)
        case list() | tuple() | set() | frozenset():
            return "[" + ", ".join(value(item) for item in sorted(given)) + "]"
        case _:
            return json.dumps(given, ensure_ascii=False, default=str)


def request(witness: Witness, dimensions: Mapping[str, str] | None = None) -> str:
    """A witness on one line: `tokens = 8k, pii failed`. What is not named has the value of an absent signal."""
    if not witness:
        return "every signal absent"
    known = dimensions or {}
    return ", ".join(
        f"{name(n)} failed" if v is None else f"{name(n)} = {value(v, known.get(n, ''))}" for n, v in witness.items()
    )
