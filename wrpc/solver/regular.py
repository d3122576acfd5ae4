"""Regular expressions as Z3 has them."""

from __future__ import annotations

from typing import assert_never

import z3

from wrpc.policy.regular.node import At, Chars, Either, Joined, Node, Ranges, Repeated

LAST = 0x2FFFF  # the last character that the solver's strings have


def expression(node: Node) -> z3.ReRef | None:
    """None where Z3 has no words for it: for places within a string, and for characters that it does not have, unless
    they go with the last that it has."""
    match node:
        case Chars(ranges):
            return _set(ranges)
        case At():
            return None
        case Joined(parts):
            made = [expression(p) for p in parts]
            if any(m is None for m in made):
                return None
            return z3.Re("") if not made else made[0] if len(made) == 1 else z3.Concat(*made)
        case Either(parts):
            made = [expression(p) for p in parts]
            if any(m is None for m in made):
                return None
            return made[0] if len(made) == 1 else z3.Union(*made)
        case Repeated(part, least, most):
            inner = expression(part)
            if inner is None:
                return None
            if most is not None:
                return z3.Re("") if not most else z3.Loop(inner, least, most)
            return z3.Star(inner) if not least else z3.Concat(z3.Loop(inner, least, least), z3.Star(inner))
        case _:
            assert_never(node)


def _set(ranges: Ranges) -> z3.ReRef | None:
    beyond = [(low, high) for low, high in ranges if high > LAST]
    if beyond and not (beyond[0][0] <= LAST and beyond[-1][1] == 0x10FFFF and len(beyond) == 1):
        return None
    found = [z3.Range(_letter(low), _letter(min(high, LAST))) for low, high in ranges]
    if not found:
        return z3.Empty(z3.ReSort(z3.StringSort()))
    return found[0] if len(found) == 1 else z3.Union(*found)


def _letter(code: int) -> z3.SeqRef:
    return z3.StringVal(f"\\u{{{code:x}}}")
