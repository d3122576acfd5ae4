"""Types as the facts write them, read as those of the schema that all importers share."""

from __future__ import annotations

from functools import cache

from wrpc.importers.document import Node, Scalar
from wrpc.importers.fitting import Misfit, fit
from wrpc.importers.litellm.facts import VARIABLE
from wrpc.importers.scalars import Date
from wrpc.importers.schema import Schema, Type, said, schema


@cache
def _alone(type_: str) -> tuple[Type, Schema]:
    """A type of the facts in a schema of its own.

    Nothing fits everywhere, and so does `os.environ/NAME`, whose value nobody knows here. A fraction in the place of a
    whole number is taken as it is nearly everywhere.
    """
    words = ["number" if each == "int" else each for each in type_.split("|")]
    made = schema({"shapes": {"one": {"keys": {"key": "|".join((*words, "null", "variable"))}}}, "variable": VARIABLE})
    return made.shapes["one"].keys["key"].type, made


def misfits(type_: str, node: Node, key: str = "") -> list[Misfit]:
    """What keeps a value from being of a type; `key` is what messages call it."""
    found: list[Misfit] = []
    read, of = _alone(type_)
    fit(node, read, key, of, found.append)
    return found


def fits(type_: str, node: Node) -> bool:
    """Whether a value is of a type; that it lies within the bounds is another thing."""
    return all(each.wrong == "range" for each in misfits(type_, node))


def expected(type_: str) -> str:
    """A type in words."""
    return said(*_alone(type_)) if type_ != "any" else "something else"


def is_date(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, Date)


def is_bool(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, bool)
