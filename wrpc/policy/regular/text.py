r"""A regular expression as text.

`portable` writes it in what most programs' syntaxes share: sets of characters written out, no flags, no classes.
Python's `re` and JavaScript's with the flag `u` read it alike, and match with it what RE2 does. Anchors are looks to
either side, since `$` stands before a last newline in some. `written` is for RE2 itself.
"""

from __future__ import annotations

from typing import assert_never

from wrpc.policy.regular.classes import ANY, NEWLINE
from wrpc.policy.regular.node import LAST, At, Chars, Either, Joined, Node, Ranges, Repeated, others

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
        case Repeated(part):
            return _times(node, portable(part))
        case _:
            assert_never(node)


_RE2 = {"begin": r"\A", "end": r"\z", "begin line": "(?m:^)", "end line": "(?m:$)", "word": r"\b", "no word": r"\B"}


def written(node: Node, *, bytewise: bool = False) -> str:
    """In RE2's syntax, in ASCII alone; `bytewise`: every character is a byte."""
    match node:
        case Chars(ranges):
            return _shown(ranges, bytewise=bytewise)
        case At(place):
            return _RE2[place]
        case Joined(parts):
            made = [written(p, bytewise=bytewise) for p in parts]
            return "".join(f"(?:{m})" if isinstance(p, Either) else m for p, m in zip(parts, made, strict=True))
        case Either(parts):
            return "|".join(written(p, bytewise=bytewise) for p in parts)
        case Repeated(part):
            return _times(node, written(part, bytewise=bytewise))
        case _:
            assert_never(node)


def _shown(ranges: Ranges, *, bytewise: bool) -> str:
    if ranges == (((0, 0x09), (0x0B, 0xFF)) if bytewise else others(NEWLINE)):
        return "."

    def plain(code: int) -> str:
        if 0x20 < code < 0x7F:
            return "/" if code == 0x2F else _letter(code)
        return f"\\x{code:02X}" if bytewise else f"\\x{{{code:X}}}"

    if not ranges:
        return f"[^{plain(0)}-{plain(0xFF if bytewise else LAST)}]"
    if len(ranges) == 1 and ranges[0][0] == ranges[0][1]:
        return plain(ranges[0][0])
    return "[" + "".join(plain(a) if a == b else f"{plain(a)}-{plain(b)}" for a, b in ranges) + "]"


def _times(node: Repeated, inner: str) -> str:
    if not isinstance(node.part, Chars):
        inner = f"(?:{inner})"
    counts = node.least, node.most
    return inner + {(0, None): "*", (1, None): "+", (0, 1): "?"}.get(counts, _counts(*counts))


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
