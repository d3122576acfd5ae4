"""Conditions of the core as text of the language: what a region is written down in."""

from __future__ import annotations

from fractions import Fraction

from wrpc.policy.expr import (
    All,
    Among,
    Any,
    Condition,
    Confidence,
    Constant,
    Failed,
    Fires,
    Has,
    Indicator,
    Interval,
    Linear,
    Named,
    NamedNumber,
    Not,
    OneOf,
    Quantity,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
)  # fmt: skip
from wrpc.policy.intervals import shifted
from wrpc.policy.model import Enum, Int, Policy, Real, Score
from wrpc.solver.sides import texts
from wrpc.syntax.words import written

COUNTS = (("M", 10**6), ("k", 10**3))
RELATIONS = {"equals": "==", "before": "<"}
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
            case Not(Among() as among):
                return self.text(Not(among.each), inside)
            case Among():
                return self.text(c.each, inside)
            case Text("equals", StringSignal(name), StringLiteral(value)):
                return f"{written(name)} == {_quoted(value)}"
            case Text("prefix" | "suffix" | "contains" | "matches", StringSignal(name), StringLiteral(value)):
                return f"{c.relation}({written(name)}, {_quoted(value)})"
            case Within(Linear(constant, ((factor, Raw(name)),)), (interval,)) if factor == 1 and not constant:
                return self._range(name, interval, inside)
            case Within(number, ranges):
                return self._sum(number, ranges, inside)
            case Text(relation, StringSignal(a), StringSignal(b)) if relation != "prefix":
                return f"{written(a)} {RELATIONS[relation]} {written(b)}"
            case Text("prefix", StringSignal(a), StringSignal(b)):
                return f"prefix({written(a)}, {written(b)})"
            case Any() if (words := texts(c)) is not None:
                name, found = words
                return f"{written(name)} in [{', '.join(map(_quoted, found))}]"
            case Not(Any() as inner) if (words := texts(inner)) is not None:
                name, found = words
                return f"{written(name)} not in [{', '.join(map(_quoted, found))}]"
            case Not(Text("equals", StringSignal(name), StringLiteral(value))):
                return f"{written(name)} != {_quoted(value)}"
            case Not(Text("equals", StringSignal(a), StringSignal(b))):
                return f"{written(a)} != {written(b)}"
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

    # ── Sums ──────────────────────────────────────────────────────────────

    def _sum(self, number: Linear, ranges: tuple[Interval, ...], inside: str) -> str:
        """A number of several quantities against where it lies; the constant stands with the bounds."""
        shown, dimension = self._quantities(number), self._dimension(number)
        parts = []
        for r in shifted(ranges, -number.constant):
            if r.low is not None and r.low == r.high:
                parts.append(f"{shown} == {_number(r.low, dimension)}")
                continue
            ends = []
            if r.low is not None:
                ends.append(f"{shown} {_bound('>', r.low, r.low_open, 0, dimension)}")
            if r.high is not None:
                ends.append(f"{shown} {_bound('<', r.high, r.high_open, 0, dimension)}")
            if not ends:
                raise Unwritable(number)
            parts.append(" and ".join(ends))
        if len(parts) > 1:
            return f"({' or '.join(f'({p})' if ' and ' in p else p for p in parts)})"
        return f"({parts[0]})" if inside == "not" or (inside and " and " in parts[0]) else parts[0]

    def _quantities(self, number: Linear) -> str:
        text = ""
        for factor, quantity in number.terms:
            sign = "-" if factor < 0 else "+"
            times = "" if abs(factor) == 1 else f"{_decimal(abs(factor))} * "
            if not text:
                text = f"{'-1 * ' if factor == -1 else '-' if factor < 0 else ''}{times}{self._quantity(quantity)}"
            else:
                text += f" {sign} {times}{self._quantity(quantity)}"
        return text

    def _quantity(self, quantity: Quantity) -> str:
        match quantity:
            case Raw(name):
                scored = isinstance(self.policy.signals[name].type, Score)
                return f"raw({written(name)})" if scored else written(name)
            case Confidence(name):
                return f"confidence({written(name)})"
            case NamedNumber(name) | Indicator(Fires(name) | Named(name)):
                return written(name)
            case _:
                raise Unwritable(quantity)

    def _dimension(self, number: Linear) -> str:
        for _, quantity in number.terms:
            match quantity:
                case Raw(name) if isinstance(of := self.policy.signals[name].type, Int | Real):
                    return of.dimension
                case NamedNumber(name):
                    return self._dimension(self.policy.numbers[name])
                case _:
                    pass
        return ""

    # ── Signals ───────────────────────────────────────────────────────────

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
