"""Conditions of the core as text of the language: what a region is written down in."""

from __future__ import annotations

from fractions import Fraction

from wrpc.policy.expr import (
    All,
    Any,
    Condition,
    Constant,
    Failed,
    Fires,
    Has,
    Interval,
    Not,
    OneOf,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
)  # fmt: skip
from wrpc.policy.model import Enum, Int, Policy, Real, Score
from wrpc.syntax.words import written

COUNTS = (("M", 10**6), ("k", 10**3))
PLAIN = {"": "", "s": "s", "B": "B", "W": "W", "USD": "USD", "1/s": "/s"}


def spelled(policy: Policy, condition: Condition) -> str:
    """The text of a condition over the signals of a policy: of what `regions.py` makes, and nothing else."""
    return _Spelling(policy).text(condition)


class _Spelling:
    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    def text(self, c: Condition, inside: str = "") -> str:
        match c:
            case Constant(value):
                return "not (" + self._any() + ")" if not value else self._any()
            case Fires(name):
                return written(name)
            case Failed(name):
                return f"failed({written(name)})"
            case Has(name, member):
                return f"{written(member)} in {written(name)}"
            case Not(Has(name, member)):
                return f"{written(member)} not in {written(name)}"
            case OneOf(name, names):
                return self._names(name, names, "==", "in")
            case Not(OneOf(name, names)):
                return self._names(name, names, "!=", "not in")
            case Text("equals", StringSignal(name), StringLiteral(value)):
                return f"{written(name)} == {_quoted(value)}"
            case Text("prefix", StringSignal(name), StringLiteral(value)):
                return f"prefix({written(name)}, {_quoted(value)})"
            case Within(number, (interval,)):
                ((_, quantity),) = number.terms
                assert isinstance(quantity, Raw), "a region is about single signals"
                return self._range(quantity.signal, interval, inside)
            case Any(parts) if (words := _words(parts)) is not None:
                name, texts = words
                return f"{written(name)} in [{', '.join(map(_quoted, texts))}]"
            case Not(Any(parts)) if (words := _words(parts)) is not None:
                name, texts = words
                return f"{written(name)} not in [{', '.join(map(_quoted, texts))}]"
            case Not(Text("equals", StringSignal(name), StringLiteral(value))):
                return f"{written(name)} != {_quoted(value)}"
            case Not(operand):
                return f"not {self.text(operand, 'not')}"
            case All(parts):
                text = " and ".join(self.text(p, "and") for p in parts)
                return f"({text})" if inside in ("not", "or") else text
            case Any(parts):
                text = " or ".join(self.text(p, "or") for p in parts)
                return f"({text})" if inside else text
            case _:
                raise AssertionError(c)

    def _any(self) -> str:
        return "true"

    def _names(self, name: str, names: frozenset[str], one: str, several: str) -> str:
        signal = self.policy.signals[name].type
        order = [n for n in signal.names if n in names] if isinstance(signal, Enum) else sorted(names)
        if len(order) == 1:
            return f"{written(name)} {one} {written(order[0])}"
        return f"{written(name)} {several} [{', '.join(map(written, order))}]"

    def _range(self, name: str, interval: Interval, inside: str) -> str:
        signal = self.policy.signals[name]
        shown = f"raw({written(name)})" if isinstance(signal.type, Score) else written(name)
        of = signal.type
        dimension = of.dimension if isinstance(of, Int | Real) else ""
        whole = isinstance(of, Int)
        low, high = interval.low, interval.high
        if low is not None and low == high:
            return f"{shown} == {_number(low, dimension)}"
        parts = []
        if low is not None:
            parts.append(f"{shown} {_bound('>', low, interval.low_open, -1 if whole else 0, dimension)}")
        if high is not None:
            parts.append(f"{shown} {_bound('<', high, interval.high_open, 1 if whole else 0, dimension)}")
        text = " and ".join(parts)
        return f"({text})" if len(parts) > 1 and inside in ("not", "or") else text


def _bound(mark: str, value: Fraction, without: bool, step: int, dimension: str) -> str:
    """Of the two ways to say where whole numbers end, the one with the rounder number."""
    closed = f"{mark}{'' if without else '='} {_number(value, dimension)}"
    if not step or without:
        return closed
    other = f"{mark} {_number(value + step, dimension)}"
    return other if _digits(value + step) < _digits(value) else closed


def _digits(value: Fraction) -> int:
    """How many digits there are before the zeros at the end."""
    return len(str(abs(value.numerator)).rstrip("0"))


def _number(value: Fraction, dimension: str) -> str:
    if not dimension and value.denominator == 1 and value and value % 1000 == 0:
        for unit, size in COUNTS:
            if value % size == 0:
                return f"{value // size}{unit}"
    return f"{_decimal(value)}{PLAIN[dimension]}"


def _decimal(value: Fraction) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    rest, digits = value.denominator, 0
    for prime in (2, 5):
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        digits = max(digits, count)
    if rest != 1:
        raise Unwritable(value)
    scaled = value * 10**digits
    sign = "-" if scaled < 0 else ""
    text = str(abs(scaled.numerator)).rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


class Unwritable(ValueError):
    """A number that has no decimals: a third."""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _words(parts: tuple[Condition, ...]) -> tuple[str, list[str]] | None:
    """The constants of comparisons of one string, where that is all the parts are."""
    found: list[str] = []
    name: str | None = None
    for part in parts:
        match part:
            case Text("equals", StringSignal(own), StringLiteral(value)) if name in (None, own):
                name = own
                found.append(value)
            case _:
                return None
    return (name, found) if name is not None else None
