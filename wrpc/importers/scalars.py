"""What an unquoted word of YAML is: in the core schema of 1.2, and in 1.1 as PyYAML reads it."""

from __future__ import annotations

import re
from fractions import Fraction

from wrpc.values import value


@value
class Date:
    """A date or a time, which a program gets as such and not as text."""

    text: str


Plain = None | bool | int | Fraction | str | Date

_INT = re.compile(r"[-+]?[0-9]+\Z")
_BASED = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_WORDS: dict[str, Plain] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def plain(text: str) -> Plain:
    """The value of an unquoted scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > 60:
        return text
    if _INT.match(text):
        return int(text)
    if _BASED.match(text):
        return int(text, 0)
    if _DECIMAL.match(text):
        return Fraction(text)
    return text


# YAML 1.1 as PyYAML's safe loader resolves it (yaml/resolver.py, 6.0).
_BOOLS = {
    word: value
    for value, names in ((True, "yes on"), (False, "no off"))
    for name in names.split()
    for word in (name, name.title(), name.upper())
}
_OLD_INT = re.compile(r"[-+]?(0b_*[01][01_]*|0x_*[0-9a-fA-F][0-9a-fA-F_]*|0[0-7_]+|0|[1-9][0-9_]*)\Z")
_OLD_DECIMAL = re.compile(r"([-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)([eE][-+][0-9]+)?\Z")
_SIXTIES = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?\Z")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z"
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?"
    r"([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?\Z"
)


def plain_of_1_1(text: str) -> Plain:
    """The value of an unquoted scalar in YAML 1.1."""
    if text in _WORDS:
        return _WORDS[text]
    if text in _BOOLS:
        return _BOOLS[text]
    if len(text) > 60 or not (text[0].isdigit() or text[0] in "+-."):
        return text
    if _OLD_INT.match(text):
        return _whole(text.replace("_", ""))
    if _OLD_DECIMAL.match(text):
        digits = text.replace("_", "")
        return Fraction(digits) if len(digits.lower().partition("e")[2]) < 5 else text
    if _SIXTIES.match(text):
        total = Fraction(0)
        for part in text.replace("_", "").lstrip("+-").split(":"):
            total = total * 60 + Fraction(part)
        total = -total if text[0] == "-" else total
        return int(total) if "." not in text else total
    return Date(text) if _DATE.match(text) else text


def _whole(text: str) -> int:
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    if digits[:2] in ("0b", "0x"):
        return sign * int(digits, 0)
    return sign * int(digits, 8 if digits[0] == "0" and len(digits) > 1 else 10)
