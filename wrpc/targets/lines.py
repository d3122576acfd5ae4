"""YAML in block style, line by line: what the library writes, to the letter, at a tenth of its time.

Only what every policy's file holds is written here. Of anything else (a key that is no short word on one line, a type
that is not JSON's) there is None, and the library writes the whole; it is also asked, once for each text, how a scalar
is spelled that is not plainly a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

# Words on one line, between single spaces, that begin as no number, date, quote or sign of YAML does. A colon is left
# out, and the number sign, which begins a comment. That a word is no truth or nothing is for `words` to say.
_WORD = re.compile(r"[A-Za-z][\w.,/+()=<>%@*&|'\"{}\[\]-]*(?: [\w.,/+()=<>%@*&|'\"{}\[\]-]+)*", re.ASCII)
LONGEST_KEY = 100
"""Letters. The library writes keys from 123 on in another way."""


class Unknown(Exception):
    """What is not written here."""


def written(content: object, spelled: Callable[[object], str], words: frozenset[str], *, indented: bool) -> str | None:
    """The text of a mapping or list that is not empty; None for what is left to the library.

    `spelled`: a scalar as the library writes it; `words`: those that stand in quotes, in lower case.
    """
    if type(content) not in (dict, list, tuple) or not content:
        return None
    lines = _Lines(spelled, words, indented=indented)
    try:
        lines.root(content)
    except Unknown:
        return None
    return "\n".join(lines.found) + "\n"


class _Lines:
    def __init__(self, spelled: Callable[[object], str], words: frozenset[str], *, indented: bool) -> None:
        self._spelled = spelled
        self._words = words
        self._indented = indented
        self._texts: dict[str, str] = {}
        self._keys: dict[str, str] = {}
        self._others: dict[tuple[type, object], str] = {}
        self.found: list[str] = []

    def root(self, content: object) -> None:
        if type(content) is dict:
            self._mapping(content, "", "")
        elif isinstance(content, list | tuple):
            self._items(content, "", "")

    def _mapping(self, content: dict[object, object], pad: str, first: str) -> None:
        """`first`: what stands before the first key."""
        known = self._keys
        for key, value in content.items():
            if type(key) is not str:
                raise Unknown
            spelled = known.get(key)
            if spelled is None:
                spelled = known[key] = self._key(key)
            if type(value) is dict and value:
                self.found.append(first + spelled)
                self._mapping(value, pad + "  ", pad + "  ")
            elif (type(value) is list or type(value) is tuple) and value:
                self.found.append(first + spelled)
                inner = pad + "  " if self._indented else pad
                self._items(value, inner, inner)
            else:
                self.found.append(f"{first}{spelled} {self._scalar(value)}")
            first = pad

    def _items(self, content: Sequence[object], pad: str, first: str) -> None:
        inner = pad + "  "
        for value in content:
            if type(value) is dict and value:
                self._mapping(value, inner, first + "- ")
            elif (type(value) is list or type(value) is tuple) and value:
                self._items(value, inner, first + "- ")
            else:
                self.found.append(f"{first}- {self._scalar(value)}")
            first = pad

    def _key(self, key: str) -> str:
        if not key or len(key) > LONGEST_KEY or not key.isprintable():
            raise Unknown
        return self._text(key) + ":"

    def _text(self, text: str) -> str:
        known = self._texts.get(text)
        if known is None:
            word = _WORD.fullmatch(text) and text.lower() not in self._words
            known = self._texts[text] = text if word else self._spelled(text)
        return known

    def _scalar(self, value: object) -> str:
        if type(value) is str:
            return self._text(value)
        kind = type(value)
        if kind is bool:
            return "true" if value else "false"
        if kind is int:
            return str(value)
        if value is None:
            return "null"
        if kind is dict:
            return "{}"
        if kind is list or kind is tuple:
            return "[]"
        if kind is not float and kind is not Fraction:
            raise Unknown
        spelled = self._others.get((kind, value))
        # 0.0 and -0.0 are one key of a mapping and two texts.
        if spelled is None or not value:
            spelled = self._others[kind, value] = self._spelled(value)
        return spelled
