"""How messages spell what was written."""

from __future__ import annotations

from wrpc.policy import kinds as k
from wrpc.policy import units
from wrpc.syntax import tree


def spelling(number: tree.Number) -> str:
    return (number.text or units.spell(number.value)) + number.unit


def described(node: tree.Node) -> str:
    """What a piece of syntax is, for a message."""
    match node:
        case tree.Number() as number:
            return f"the number `{spelling(number)}`"
        case tree.Text():
            return "a string"
        case tree.Path() as path:
            return f"the name `{path.text}`"
        case tree.Range():
            return "a range"
        case tree.Listing():
            return "a list"
        case tree.Block():
            return "a block"
        case tree.Call(_, name, _):
            return f"`{name.text}(…)`"
        case _:
            return "an expression"


def limits(kind: k.Quantity) -> str:
    low, high = kind.low, kind.high
    if low is not None and high is not None:
        return f"between {units.spell(low)} and {units.spell(high)}"
    if low is not None:
        return f"more than {units.spell(low)}" if kind.low_open else f"at least {units.spell(low)}"
    return f"at most {units.spell(high)}" if high is not None else "a number"


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
