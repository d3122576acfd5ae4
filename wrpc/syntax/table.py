"""The parser's table, as `tabulate.py` has Lark make it of the grammar when that changes: no run needs Lark."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

Chains = dict[int, dict[str, tuple[int, int | None]]]
"""By the state below a rule and the next word: the state on top, and what is to be done there."""


class Rule(NamedTuple):
    """One production. `action` is the builder's method; "" passes the only child on, "+" gathers a list."""

    origin: str
    size: int
    action: str
    spread: bool  # some child may be a list, whose items become children


class Table(NamedTuple):
    """`states[s][symbol]`: the state to go to, or below 0 the rule to reduce, counted from the end of `rules`.

    A terminal of fixed text is its own symbol, a rule's symbol is `<rule>`: `signal` is the word, `<signal>` what it
    declares. The first state is where a text begins.
    """

    states: list[dict[str, int]]
    rules: list[Rule]
    patterns: dict[str, str]
    words: frozenset[str]
    marks: tuple[str, ...]
    after: list[Chains]
    """For each rule where it leads to, see `Parser.chain`; filled as it is met."""


@cache
def table() -> Table:
    data = _read()
    rules = [Rule(*row) for row in reversed(data["rules"])]
    symbols = data["symbols"]
    states = [
        dict(zip(symbols[row], to, strict=True)) if type(to) is list else dict.fromkeys(symbols[row], to)
        for row, to in data["states"]
    ]
    return Table(states, rules, data["patterns"], frozenset(data["words"]), tuple(data["marks"]), [{} for _ in rules])


def _read() -> Any:
    package = Path(__file__).resolve().parent
    data = json.loads((package / "wrp.json").read_bytes())
    beside = package.parent.parent / "grammar" / "wrp.lark"
    if beside.is_file():  # a checkout, where the grammar may be newer than its table
        from zlib import crc32

        text = beside.read_bytes().replace(b"\r\n", b"\n")
        if crc32(text) != data["grammar"]:
            from wrpc.syntax.tabulate import made

            return made(text.decode("utf-8"))
    return data
