"""One row an attribute: a field of the resolved policy (`model`) says with `attribute(…)` what is written for it.

From the row follow the words of its block (`vocabulary`), how a value is read and where it is kept (`attributes`), its
line in docs/words.md, and which construct a policy that gives it uses (`targets/constructs`). One more attribute is one
more field with a row; and where its construct is new, a row in each target, unless the target's default for the block's
group will do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import MISSING, Field, field
from typing import Any, TypeVar, dataclass_transform

from wrpc.policy.kinds import Kind, Labels, Quoted
from wrpc.values import MADE, value

C = TypeVar("C", bound=type)

NOTE = "a note for readers"
DECIDED = "only guards and claims read it, and what they make of it is settled before a target sees the policy"
WHOLE = "it goes with what it stands in"


@value
class Row:
    """An attribute. `construct` is what a policy that gives it uses, "" where that is nothing of its own, and then
    `because` says why; in a block inside another it is what holds the block. `default` is what no value means; `idle`
    are values that say no more than that."""

    name: str
    field: str
    kind: Kind
    doc: str
    construct: str
    because: str
    default: object
    idle: Collection[object]
    asked: Collection[str]
    """By whom its value may be read: "destination" in rules, "place" in rules of `place`."""


def attribute(
    kind: Kind,
    doc: str,
    construct: str = "",
    *,
    because: str = "",
    name: str = "",
    idle: Collection[object] = (),
    asked: Collection[str] = (),
    default: Any = MISSING,
    default_factory: Any = MISSING,
) -> Any:
    """A field that is written as an attribute, of the field's name unless `name` gives another."""
    row = {"attribute": (kind, doc, construct, because, name, idle, asked)}
    if default_factory is not MISSING:
        return field(default_factory=default_factory, metadata=row)
    return field(metadata=row) if default is MISSING else field(default=default, metadata=row)


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field, attribute))
def block(cls: C) -> C:
    """A class of values of which some fields are attributes."""
    return value(cls)


RULES, PLACING = ("destination", "place"), ("place",)
"""Who may read an attribute: every rule, or those of `place` alone."""

# What most blocks have, for people.
DESCRIPTION = {"attribute": (Quoted(), "what it is", "", NOTE, "", (), ())}
LABELS = {"attribute": (Labels(), "names of one's own", "", NOTE, "", (), ())}


def rows(shape: type) -> tuple[Row, ...]:
    """The attributes of a class of the model, in the order of its fields."""
    found = _ROWS.get(shape)
    if found is None:
        found = _ROWS[shape] = tuple(_rows(shape))
    return found


_ROWS: dict[type, tuple[Row, ...]] = {}


def _rows(shape: type) -> Iterator[Row]:
    for own, made in getattr(shape, MADE).items():
        if "attribute" in made.metadata:
            kind, doc, construct, because, name, idle, asked = made.metadata["attribute"]
            default = made.default_factory() if made.default_factory is not MISSING else made.default
            yield Row(name or own, own, kind, doc, construct, because, default, idle, asked)
