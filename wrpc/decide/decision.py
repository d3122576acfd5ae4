"""A decision: route, plan, obligations, reasons; and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from wrpc.decide.request import json_number
from wrpc.policy.model import Amount, Budget, Role, Value, Word
from wrpc.values import value

Kind = Literal["route", "deny", "unrouted"]


@value
class Served:
    """One destination that is left after the guards, with the obligations that are its own."""

    pool: str
    weight: Fraction | None
    role: Role
    obligations: tuple[str, ...] = ()

    def json(self) -> dict[str, object]:
        weight = None if self.weight is None else json_number(self.weight)
        return {"pool": self.pool, "weight": weight, "role": self.role, "obligations": list(self.obligations)}


@value
class Removal:
    """A destination that a guard took out of the plan."""

    pool: str
    guard: str
    role: Role

    def json(self) -> dict[str, object]:
        return {"pool": self.pool, "by": f"guard {self.guard}"}


@value
class Decision:
    """`destinations` in plan order; `obligations` is the sorted union; `by` is what denied it."""

    route: str | None
    action: Kind
    reason: str | None = None
    destinations: tuple[Served, ...] = ()
    obligations: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    removed: tuple[Removal, ...] = ()
    by: str | None = None
    others: tuple[str, ...] | None = None
    """The causes for which the primaries stand in for one another."""
    budgets: tuple[Budget, ...] = ()
    """What the route may use, each with those of its steps that the guards leave."""

    @property
    def pools(self) -> tuple[str, ...]:
        return tuple(d.pool for d in self.destinations)

    def json(self) -> dict[str, object]:
        return {
            "route": self.route,
            "action": self.action,
            "reason": self.reason,
            "destinations": [d.json() for d in self.destinations],
            "obligations": list(self.obligations),
            "fired": list(self.fired),
            "removed": [r.json() for r in self.removed],
            **({} if self.others is None else {"others": list(self.others)}),
            "denied_by": self.by,
            **({"budgets": [_budget(b) for b in self.budgets]} if self.budgets else {}),
        }


def _budget(budget: Budget) -> dict[str, object]:
    """`amount` tokens, USD or requests, as `of` says, in so many seconds."""
    return {
        "of": budget.of,
        "amount": json_number(budget.amount),
        "seconds": json_number(budget.period),
        "per": budget.per,
        "then": [{"at": json_number(m.at), m.kind: shown(m.value)} for m in budget.then],
    }


def shown(value: Value | int) -> object:
    """The value of a setting in JSON: a list, a word or a string, as it was written."""
    match value:
        case Word(text):
            return text
        case Amount(number):
            return json_number(number)
        case tuple():
            return [shown(v) for v in value]
        case Mapping():
            return {k: shown(v) for k, v in value.items()}
        case int() | str():
            return value
        case _:
            return str(value)
