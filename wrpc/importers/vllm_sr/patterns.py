"""What is wrong with a regular expression that the router's engine, Go's RE2, is to compile.

Python compiles a near relation of it: what differs is rewritten first, or refused because RE2 refuses it.
"""

from __future__ import annotations

import re
import warnings

# Python knows none of these spellings, RE2 does; each becomes something of the same shape.
_REWRITES = (
    (re.compile(r"\\p\{\^?\w+\}|\\P\{\w+\}|\\[pP][A-Z]"), r"\\w"),
    (re.compile(r"\[:\^?[a-z]+:\]"), r"\\w"),
    (re.compile(r"\\x\{[0-9A-Fa-f]+\}"), "x"),
    (re.compile(r"\(\?<(?=[A-Za-z_])"), "(?P<"),
    (re.compile(r"\\z"), r"\\Z"),
    (re.compile(r"\(\?[imsU]*(-[imsU]+)?\)"), ""),
    (re.compile(r"\(\?[imsU]*(-[imsU]+)?:"), "(?:"),
)
# RE2 knows none of these, Python does.
_REFUSED = (
    (re.compile(r"\(\?<?[=!]"), "it looks ahead or behind, which RE2 cannot"),
    (re.compile(r"\\[1-9]"), "it refers back to a group, which RE2 cannot"),
    (re.compile(r"[*+?}]\+"), "it has a possessive quantifier, which RE2 does not know"),
    (re.compile(r"\(\?>"), "it has an atomic group, which RE2 does not know"),
)
_MOST_REPEATS = 1000


def fault(pattern: str) -> str | None:
    """What is wrong with a pattern, or None."""
    bare = re.sub(r"\\\\|\[\^?\]?(?:\\.|[^\]\\])*\]", "_", pattern)
    for refused, why in _REFUSED:
        if refused.search(bare):
            return why
    for count in re.findall(r"\{\d*,?(\d+)\}", bare):
        if int(count) > _MOST_REPEATS:
            return f"it repeats {count} times, more than RE2's {_MOST_REPEATS}"
    for spelling, instead in _REWRITES:
        pattern = spelling.sub(instead, pattern)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None
