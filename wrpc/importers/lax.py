"""What a value becomes in a program that takes `"5"` for the number 5, `5.0` for it as well, and `yes` for true.

As pydantic does it: https://docs.pydantic.dev/latest/concepts/conversion_table
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from wrpc.importers.document import Node, Scalar

TRUE = frozenset(["true", "t", "yes", "y", "on", "1"])
FALSE = frozenset(["false", "f", "no", "n", "off", "0"])
_NUMBER = re.compile(r"[+-]?([0-9]+(_[0-9]+)*)?(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")


def coerced(node: Node, name: str) -> Node:
    """The node as the type `name` reads it; itself where that makes nothing else of it."""
    value = node.value if isinstance(node, Scalar) else None
    if not isinstance(node, Scalar) or value is None:
        return node
    if name in ("int", "number"):
        number = int(value) if isinstance(value, bool) else _number(value) if isinstance(value, str) else None
        return node if number is None else replace(node, value=number)
    if name == "bool" and not isinstance(value, bool):
        word = value.lower() if isinstance(value, str) else str(value)
        if word in TRUE or word in FALSE:
            return replace(node, value=word in TRUE)
    return node


def _number(text: str) -> int | Fraction | None:
    text = text.strip()
    if not any(each.isdigit() for each in text) or _NUMBER.fullmatch(text) is None:
        return None
    number = Fraction(text.replace("_", ""))
    return int(number) if number.denominator == 1 else number
