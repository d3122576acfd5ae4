"""Whether a value of the file is of a type that the facts name, and what such a type is in words."""

from __future__ import annotations

from fractions import Fraction

from wrpc.importers.document import Date, Items, Keys, Node, Scalar, is_null
from wrpc.importers.litellm.config import variable

FLAGS = frozenset(["true", "false", "yes", "no", "on", "off", "t", "f", "y", "n", "1", "0"])
WORDS = {
    "bool": "`true` or `false`",
    "flag": "`true` or `false`",
    "int": "a number",
    "number": "a number",
    "numeral": "a number",
    "text": "text",
    "list": "a list",
    "[text]": "a list of names",
    "map": "a mapping",
}


def fits(type_: str, node: Node) -> bool:
    """Nothing fits everywhere, and so does `os.environ/NAME`, whose value nobody knows here.

    `type_` holds alternatives of `bool`, `int`, `number`, `text`, `list`, `map`, `[text]`, `numeral` (text that reads
    as a number), `flag` (text or a number that reads as a bool) and `any`, with `|` between them.
    """
    if is_null(node) or variable(node) is not None:
        return True
    return any(_fits(each, node) for each in type_.split("|"))


def _fits(type_: str, node: Node) -> bool:
    value = node.value if isinstance(node, Scalar) else None
    match type_:
        case "bool":
            return isinstance(value, bool)
        case "flag":
            return isinstance(node, Scalar) and node.text.lower() in FLAGS
        case "int" | "number":
            # A fraction in the place of a whole number is taken as it is nearly everywhere.
            return isinstance(value, int | Fraction) and not isinstance(value, bool)
        case "numeral":
            return isinstance(value, str) and _numeral(value)
        case "text":
            return isinstance(value, str)
        case "list":
            return isinstance(node, Items)
        case "[text]":
            return isinstance(node, Items) and all(
                isinstance(each, Scalar) and isinstance(each.value, str) for each in node.items
            )
        case "map":
            return isinstance(node, Keys)
        case _:
            return True


def _numeral(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def expected(type_: str) -> str:
    """A type in words."""
    words = dict.fromkeys(WORDS[each] for each in type_.split("|") if each in WORDS)
    return " or ".join(words) or "something else"


def is_date(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, Date)


def is_bool(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, bool)
