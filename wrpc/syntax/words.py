"""Text into words, by the patterns of the grammar. What a word means (keyword or name) is the parser's to say."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property

from wrpc.syntax.table import table

Token = tuple[str, int, int]
"""Kind, start, end. A keyword or a mark is its own kind."""

# What no rule takes, cut so that a finding can point at the whole of it.
SLIPS = {
    "unclosed text": r'"[^\n]*',
    "unclosed name": r"`[^\n]*",
    "number": r"\d[\w.%]*(?:/\w+)?",
    "quoted": r"'(?:[^'\n]*')?",
    "operator": r"&&|\|\||[!?$@;:/\\|&^~%]",
    "word": r"[^\W\d]\w*",
    "other": r"\S",
}


DECLARATIONS = frozenset(
    (
        "policy", "import", "override", "signal", "score", "band", "group", "let", "table", "stack", "assume",
        "workload", "model", "site", "pool", "place", "route", "default", "guard", "assert", "test", "target",
    )
)  # fmt: skip
OPERATORS = frozenset(("and", "or", "not", "in", "within"))
"""Words that an expression takes for its own: a name among them always stands in backticks."""


IDENTIFIER = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def written(text: str, taken: frozenset[str] = OPERATORS) -> str:
    """A name as it stands in a file. `taken`: the words that mean something else where it stands."""
    if IDENTIFIER.fullmatch(text) and text not in taken:
        return text
    return "`" + text.replace("`", "``") + "`"


class Words:
    """The words of the grammar as patterns, each made when it is asked for."""

    def __init__(self) -> None:
        made = table()
        self._patterns = made.patterns
        marks = "|".join(re.escape(mark) for mark in made.marks)
        self._groups = [(kind, made.patterns[kind]) for kind in ("NAME", "NUMBER", "STRING")]
        self._groups += [("", marks), ("COMMENT", made.patterns["COMMENT"]), *SLIPS.items()]
        self.kinds = ("", *(kind for kind, _ in self._groups))
        """By group of `match`; "" for a mark, which is its own kind."""
        self.marks = frozenset(made.marks)

    @cached_property
    def match(self) -> re.Pattern[str]:
        """The next word, with the space before it; the group says of what kind."""
        return re.compile(r"\s*+(?:" + "|".join(f"({pattern})" for _, pattern in self._groups) + ")")

    @cached_property
    def find(self) -> Callable[[str, int, int], list[str]]:
        """All words of a passage of a text, each with the space before it."""
        return re.compile(r"\s*+(?:" + "|".join(pattern for _, pattern in self._groups) + ")").findall

    @cached_property
    def number(self) -> re.Pattern[str]:
        return re.compile(self._patterns["NUMBER"])

    @cached_property
    def settled(self) -> re.Pattern[str]:
        return re.compile(self._patterns["SETTLED"])


@cache
def words() -> Words:
    return Words()
