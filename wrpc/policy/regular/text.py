r"""A regular expression in what most programs' syntaxes share: sets of characters written out, no flags, no classes.

Python's `re` and JavaScript's with the flag `u` read it alike, and match with it what RE2 does. Anchors are looks to
either side, since `$` stands before a last newline in some.
"""

from __future__ import annotations

from typing import assert_never

from wrpc.policy.regular.node import LAST, At, Chars, Either, Joined, Node, Ranges, Repeated
from wrpc.policy.regular.syntax import ANY

_WORD = "[0-9A-Z_a-z]"
_PLACES = {
    "begin": r"(?<![\s\S])",
    "end": r"(?![\s\S])",
    "begin line": r"(?<![^\n])",
    "end line": r"(?![^\n])",
    "word": f"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    "no word": f"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}


def portable(node: Node) -> str:
    """To be matched against a whole string."""
    match node:
        case Chars(ranges):
            return _set(ranges)
        case At(place):
            return _PLACES[place]
        case Joined(parts):
            return "".join(f"(?:{portable(p)})" if isinstance(p, Either) else portable(p) for p in parts)
        case Either(parts):
            return "|".join(map(portable, parts))
        case Repeated(part, least, most):
            inner = portable(part)
            if not isinstance(part, Chars):
                inner = f"(?:{inner})"
            return inner + {(0, None): "*", (1, None): "+", (0, 1): "?"}.get((least, most), _counts(least, most))
        case _:
            assert_never(node)


def _counts(least: int, most: int | None) -> str:
    return f"{{{least}}}" if least == most else f"{{{least},{'' if most is None else most}}}"


def _set(ranges: Ranges) -> str:
    if ranges == ANY:
        return r"[\s\S]"
    if not ranges:
        return r"[^\s\S]"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return _letter(ranges[0][0])
    return "[" + "".join(_letter(a) if a == b else f"{_letter(a)}-{_letter(b)}" for a, b in ranges) + "]"


def _letter(code: int) -> str:
    """Itself, behind a `\\` where it means something; a control character too, of which `\\n` and `\\r` end a line in
    some programs' texts."""
    letter = chr(code)
    if letter in "^$\\.*+?()[]{}|/-":
        return "\\" + letter
    return {"\n": r"\n", "\r": r"\r"}.get(letter, letter) if code <= LAST else letter
