"""What is known of a request: signals and their types, and what is said of them: groups, bands, tables, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Literal

from wrpc.policy import kinds as k
from wrpc.policy.columns import Column
from wrpc.policy.expr import Condition, Interval, Linear
from wrpc.policy.model.values import Invocation, Value
from wrpc.policy.rows import DESCRIPTION, LABELS, attribute, block
from wrpc.source import Span
from wrpc.values import value


@value
class Bool:
    pass


@value
class Int:
    low: int
    high: int
    dimension: str = ""


@value
class Real:
    low: Fraction
    high: Fraction
    dimension: str = ""


@value
class Enum:
    names: tuple[str, ...]


@value
class Set:
    names: tuple[str, ...]


@value
class String:
    pass


@block
class Score:
    """A confidence. Fires at `threshold` or more, or only beyond it where `above`; None: read by `raw` alone."""

    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    threshold: Fraction | None = attribute(k.Quantity(), "a score fires there or above", "score signal", default=None)
    above: bool = attribute(k.Quantity(), "a score fires above, and not there", "score signal", default=False)

    def fires(self, raw: Fraction) -> bool:
        if self.threshold is None:
            return False
        return raw > self.threshold if self.above else raw >= self.threshold


Type = Bool | Int | Real | Enum | Set | String | Score
OnError = Literal["fires", "silent", "deny"]
Absent = bool | Fraction | str | frozenset[str]
"""A value of a signal's type, as a request has it; a score's raw number."""

ABSENTEES = ("header", "claim", "cookie")
"""The sources at which `absent` may say what it means that they are not there. A claim fails all the same where its
token does not verify."""


@block
class Signal:
    """What is known of a request. `evidence` is the kind of source, which says whose confidences compare. `absent` is
    its value where its header, claim or cookie is absent; None where that is a failure."""

    name: str
    type: Type
    source: Invocation | None = attribute(k.Elsewhere(), "how it is obtained: see the sources below", "signal source")
    on_error: OnError | None = attribute(
        k.Words(k.ON_ERROR), "what a failure means; without it, the signal is unknown then", "on_error"
    )
    can_fail: bool
    evidence: str = attribute(
        k.Identifier(),
        "whose confidences compare with its own; without it, those of the same source",
        "resolve by confidence",
    )
    span: Span = field(compare=False, repr=False)
    description: str = field(default="", metadata=DESCRIPTION)
    labels: Mapping[str, Value] = field(default_factory=dict, metadata=LABELS)
    absent: Absent | None = attribute(
        k.Elsewhere(), "its value where its header, claim or cookie is absent", "absent", default=None
    )


@value
class Group:
    """Signals of which at most one fires; with a default exactly one."""

    name: str
    members: tuple[str, ...]
    default: str | None
    span: Span = field(compare=False, repr=False)


@value
class BandStep:
    name: str
    interval: Interval
    span: Span = field(compare=False, repr=False)


@value
class Band:
    """Names for ranges of a number, in ascending order. The steps cover all numbers: what nothing named is `none`."""

    name: str
    number: Linear
    steps: tuple[BandStep, ...]
    of: str
    span: Span = field(compare=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(s.name for s in self.steps))


@value
class Table:
    """What is known of each value of a signal. Conditions on its columns are conditions on the signal alone."""

    name: str
    signal: str
    columns: Mapping[str, Column]
    span: Span = field(compare=False, repr=False)


@value
class Definition:
    """A `let` or a `score`."""

    name: str
    kind: Literal["let", "score"]
    value: Condition | Linear
    span: Span = field(compare=False, repr=False)


@value
class Assumption:
    name: str
    condition: Condition
    span: Span = field(compare=False, repr=False)
