"""What a block said, by attribute: as it was read, and as the model keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Any, TypeVar

from wrpc.policy import kinds as k
from wrpc.policy import vocabulary as v
from wrpc.policy.model import Amount, Bounds, Env, Invocation, Value, Word
from wrpc.policy.rows import rows
from wrpc.source import Span
from wrpc.values import record

T = TypeVar("T")


@record
class Reading:
    """A block's values by attribute. `spans` has every attribute that was written, read or not."""

    values: dict[str, object] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)

    def get(self, name: str, kind: type[T]) -> T | None:
        value = self.values.get(name)
        return value if isinstance(value, kind) else None

    def fraction(self, name: str) -> Fraction | None:
        amount = self.get(name, Amount)
        return None if amount is None else amount.value

    def whole(self, name: str) -> int | None:
        amount = self.get(name, Amount)
        return None if amount is None else int(amount.value)

    def bounds(self, name: str) -> tuple[int, int] | None:
        bounds = self.get(name, Bounds)
        return None if bounds is None else (int(bounds.low.value), int(bounds.high.value))

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(t for t in self.get(name, tuple) or () if isinstance(t, str))

    def amounts(self, name: str) -> Mapping[str, Fraction]:
        table = self.get(name, dict) or {}
        return {n: a.value for n, a in table.items() if isinstance(a, Amount)}

    def value(self, name: str) -> Value | None:
        found = self.values.get(name)
        return found if isinstance(found, (Amount, str, Word, Env, Invocation, Bounds, tuple, Mapping)) else None

    def table(self, name: str) -> Mapping[str, Value]:
        return self.get(name, dict) or {}

    def fields(self, shape: type) -> dict[str, Any]:
        """What was read, by the fields of a class of the model; what its reader reads for itself is not in it."""
        return {
            row.field: _kept(row.kind, self.values[row.name], self.spans[row.name])
            for row in rows(shape)
            if row.name in self.values
        }


def _kept(kind: k.Kind, given: Any, at: Span) -> object:
    """A value as the model keeps it."""
    match kind:
        case k.Quantity():
            return int(given.value) if kind.whole else given.value
        case k.Between():
            return int(given.low.value), int(given.high.value)
        case k.Several(of):
            return tuple(_kept(of, each, at) for each in given)
        case k.Table(of) | k.Rest(of):
            return {name: _kept(of, each, at) for name, each in given.items()}
        case k.Nested(block):
            shape: Any = v.INNER[block]
            placed = {"span": at} if "span" in shape.__match_args__ else {}
            return shape(**given.fields(shape), **placed)
        case _:
            return given
