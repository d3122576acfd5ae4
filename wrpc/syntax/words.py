"""Text into words, by the patterns of the grammar. What a word means (keyword or name) is the parser's to say."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

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
        "policy", "import", "override", "signal", "score", "band", "group", "let", "assume", "workload", "model",
        "site", "pool", "place", "route", "default", "guard", "assert", "test", "target",
    )
)  # fmt: skip
OPERATORS = frozenset(("and", "or", "not", "in"))
"""Words that an expression takes for its own: a name among them always stands in backticks."""


IDENTIFIER = re.compile("[A-Za-z_][A-Za-z0-9_]*")


def written(text: str, taken: frozenset[str] = OPERATORS) -> str:
    """A name as it stands in a file. `taken`: the words that mean something else where it stands."""
    if IDENTIFIER.fullmatch(text) and text not in taken:
        return text
    return "`" + text.replace("`", "``") + "`"


class Words(NamedTuple):
    match: re.Pattern[str]
    """The next word, with the space before it; the group says of what kind."""
    find: Callable[[str, int, int], list[str]]
    """All words of a passage of a text, each with the space before it."""
    kinds: tuple[str, ...]
    """By group of `match`; "" for a mark, which is its own kind."""
    settled: re.Pattern[str]


@cache
def words() -> Words:
    made = table()
    marks = "|".join(re.escape(mark) for mark in made.marks)
    groups = [(kind, made.patterns[kind]) for kind in ("NAME", "NUMBER", "STRING")]
    groups += [("", marks), ("COMMENT", made.patterns["COMMENT"]), *SLIPS.items()]
    match = re.compile(r"\s*+(?:" + "|".join(f"({pattern})" for _, pattern in groups) + ")")
    find = re.compile(r"\s*+(?:" + "|".join(pattern for _, pattern in groups) + ")").findall
    return Words(match, find, ("", *(kind for kind, _ in groups)), re.compile(made.patterns["SETTLED"]))
