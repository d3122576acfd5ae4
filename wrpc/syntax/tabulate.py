"""The parser's table, made from the grammar by Lark: what `wrp.json` beside it holds. No run of wrpc needs this, but
one from a checkout whose grammar is newer than its table.

`python -m wrpc.syntax.tabulate` writes it. Lark says what it made of a grammar by `save`; how that is laid out is its
own business, so that what is relied on is looked up here and nowhere else, and a test compares the result with what
Lark's interactive parser answers.
"""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parent / "wrp.json"
GRAMMAR = TABLE.parents[2] / "grammar" / "wrp.lark"
"""Beside the package, in a checkout."""


def made(grammar: str) -> dict[str, Any]:
    """The table as data. A state is the number of its row of symbols, and what each of them leads to, or all of them.

    States are numbered in the order in which they are met, so that the same grammar gives the same bytes.
    """
    from lark import Lark

    kept = BytesIO()
    Lark(grammar, parser="lalr", lexer="contextual").save(kept)
    saved = pickle.loads(kept.getvalue())  # noqa: S301  made by the line above
    memo, parsed = saved["memo"], saved["data"]["parser"]["parser"]
    terms = [memo[at["@"]] for at in saved["data"]["parser"]["lexer_conf"]["terminals"]]
    fixed = {t["name"]: t["pattern"]["value"] for t in terms if t["pattern"]["__type__"] == "PatternStr"}
    patterns = {t["name"]: t["pattern"]["value"] for t in terms if t["pattern"]["__type__"] == "PatternRE"}
    numbers = {at["@"]: number for number, at in enumerate(saved["data"]["rules"])}
    rules = [memo[at["@"]] for at in saved["data"]["rules"]]
    lists = {rule["origin"]["name"] for rule in rules if _action(rule) == "+"}

    def symbol(name: str) -> str:
        return fixed.get(name) or (name if name.isupper() or name[0] == "$" else f"<{name}>")

    states: dict[int, dict[str, tuple[int, int]]] = {}
    for state, actions in parsed["states"].items():
        steps = {symbol(parsed["tokens"][token]): step for token, step in actions.items()}
        states[state] = {
            name: (-1, numbers[to["@"]]) if reduces else (1, to) for name, (reduces, to) in sorted(steps.items())
        }
    order = list(_met(states, parsed["start_states"]["start"]))
    place = {state: at for at, state in enumerate(order)}
    words = sorted(text for text in fixed.values() if text.isidentifier())
    marks = sorted((text for text in fixed.values() if not text.isidentifier()), key=lambda text: (-len(text), text))
    sets: dict[tuple[str, ...], int] = {}
    rows: list[list[Any]] = []
    for state in order:
        targets = [place[to] if kind > 0 else -1 - to for kind, to in states[state].values()]
        row = sets.setdefault(tuple(states[state]), len(sets))
        rows.append([row, targets[0] if len(set(targets)) == 1 else targets])
    return {
        "grammar": zlib.crc32(grammar.encode()),
        "words": words,
        "marks": marks,
        "patterns": {name: patterns[name] for name in sorted(patterns) if not name.startswith("__")},
        "rules": [
            [
                f"<{rule['origin']['name']}>", len(rule["expansion"]), _action(rule),
                any(part["name"] in lists for part in rule["expansion"]),
            ]
            for rule in rules
        ],
        "symbols": [list(names) for names in sets],
        "states": rows,
    }  # fmt: skip


def _met(states: Mapping[int, Mapping[str, tuple[int, int]]], start: int) -> Iterator[int]:
    """Every state, each behind one that leads to it."""
    order = {start: None}
    waiting = [start]
    while waiting:
        state = waiting.pop(0)
        yield state
        for kind, target in states[state].values():
            if kind > 0 and target not in order:
                order[target] = None
                waiting.append(target)


def _action(rule: Mapping[str, Any]) -> str:
    """Names that begin with `_` are only shorthand: they leave no node of their own."""
    origin, one = rule["origin"]["name"], len(rule["expansion"]) == 1
    if origin.startswith("__"):
        return "+"
    if rule["alias"]:
        return str(rule["alias"])
    if one and (origin.startswith("_") or rule["options"]["expand1"]):
        return ""
    return "+" if origin.startswith("_") else str(origin)


def written(table: Mapping[str, Any]) -> str:
    """The table as a file: a line for each rule and state."""
    lines = []
    for key, part in table.items():
        if key in ("rules", "symbols", "states"):
            rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in part)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    TABLE.write_text(written(made(GRAMMAR.read_text(encoding="utf-8"))), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
