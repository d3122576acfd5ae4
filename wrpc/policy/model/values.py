"""What stands where the value of an attribute stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from wrpc.values import value


@value
class Amount:
    """An exact number in base units. `dimension` is "" for a plain number, else such as "s", "B", "W", "USD",
    "1/s", "USD/s", "USD/tok", "USD/req"."""

    value: Fraction
    dimension: str = ""


@value
class Env:
    """`env("NAME")`: a value that is looked up where the emitted file runs, never at compile time."""

    name: str


@value
class Word:
    """A bare name where a value stands (`tier cpu`)."""

    text: str


@value
class Invocation:
    """A call where a value stands: `cdf("azure")`, `classifier("pii", threshold = 0.5)`."""

    name: str
    arguments: tuple[Value, ...] = ()
    named: Mapping[str, Value] = field(default_factory=dict)


@value
class Bounds:
    """`2..6`."""

    low: Amount
    high: Amount


Value = Amount | str | Word | Env | Invocation | Bounds | tuple["Value", ...] | Mapping[str, "Value"]
