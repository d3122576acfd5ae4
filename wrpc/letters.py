"""Letters that are obeyed instead of read, and the one way in which they are shown.

Control characters end lines and move cursors, separators end lines for some readers and not for others, marks of
direction let a text look like another one. A policy's names and texts may hold all of them; what
wrpc writes holds none.
"""

from __future__ import annotations

import re

# C0, DEL and C1 with U+0085; the soft hyphen; what has no width or turns the direction of writing; the separators of
# lines and paragraphs; byte order marks, halves of surrogates, and code points that are no characters. A list, not a
# property of this Python's Unicode: the same policy gives the same bytes everywhere.
OBEYED = (
    "\\x00-\\x1f\\x7f-\\x9f\\xad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e"
    "\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ufeff\\uffa0\\ufff0-\\uffff"
    "\\U0001bca0-\\U0001bca3\\U0001d173-\\U0001d17a\\U000e0000-\\U000e0fff\\U0010fffe-\\U0010ffff"
)
_OBEYED = re.compile(f"[{OBEYED}]")
_QUOTED = re.compile(f'["\\\\{OBEYED}]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def plain(text: str) -> bool:
    """Whether every letter of a text is one to read."""
    return _OBEYED.search(text) is None


def visible(text: str) -> str:
    """A text on one line, as a person may read it anywhere: U+2028 is the six letters `\\u2028`."""
    return _OBEYED.sub(_escaped, text)


def quoted(text: str) -> str:
    """A text between double quotes as YAML of either version and Python read it: `\\xNN`, `\\uNNNN`, `\\UNNNNNNNN`."""
    return f'"{_QUOTED.sub(lambda m: _SHORT.get(m[0]) or _escaped(m), text)}"'


def in_json(text: str) -> str:
    """JSON as the library writes it without `ensure_ascii`, what that leaves in strings escaped; its own line breaks
    stay."""
    return _OBEYED.sub(lambda m: m[0] if m[0] == "\n" else _halves(m[0]), text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _halves(letter: str) -> str:
    """JSON knows four digits alone: a code point beyond them is two of them."""
    code = ord(letter)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
