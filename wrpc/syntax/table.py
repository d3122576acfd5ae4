"""The parser's table: made from the grammar by Lark, then kept in the user's cache, so that most runs need no Lark."""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = 3


class Rule(NamedTuple):
    """One production. `action` is the builder's method; "" passes the only child on, "+" gathers a list."""

    origin: str
    size: int
    action: str
    spread: bool  # some child may be a list, whose items become children


class Table(NamedTuple):
    """`states[s][symbol]`: the state to go to, or below 0 the rule to reduce, counted from the end of `rules`.

    A terminal of fixed text is its own symbol, a rule's symbol is `<rule>`: `signal` is the word, `<signal>` what it
    declares.
    """

    states: list[dict[str, int]]
    rules: list[Rule]
    start: int
    patterns: dict[str, str]
    words: frozenset[str]
    marks: tuple[str, ...]


@cache
def table() -> Table:
    grammar = _grammar().read_text(encoding="utf-8")
    kept = _kept_in(grammar)
    data = _read(kept, grammar) if kept else None
    if data is None:
        data = _build(grammar)
        if kept:
            _write(kept, grammar, data)
    states, rules, start, patterns, words, marks = data
    return Table(states, [Rule(*r) for r in rules], start, patterns, frozenset(words), tuple(marks))


def _grammar() -> Path:
    package = Path(__file__).resolve().parent.parent
    for folder in (package, package.parent):
        path = folder / "grammar" / "wrp.lark"
        if path.is_file():
            return path
    raise FileNotFoundError("grammar/wrp.lark is missing from the installation")


# ── The cache: a private folder of the user, never one that others can write ──────────────────────────────────────


def _kept_in(grammar: str) -> Path | None:
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:
        return None
    if not home.is_absolute():
        return None
    mark = zlib.crc32(grammar.encode()) & 0xFFFFFFFF
    return home / "wrpc" / f"wrp-{FORMAT}-{sys.implementation.cache_tag}-{mark:08x}.table"


def _read(path: Path, grammar: str) -> Any:
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
                return None
            version, text, data = marshal.loads(file.read())  # noqa: S302  # the user's own file, made by `_write`
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return data if (version, text) == (FORMAT, grammar) else None


def _write(path: Path, grammar: str, data: Any) -> None:
    """Written beside and renamed, so that a reader sees all of it or none; a cache that cannot be kept is no fault."""
    beside = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_bytes(marshal.dumps((FORMAT, grammar, data)))
        beside.chmod(0o600)
        beside.replace(path)
    except OSError:
        with suppress(OSError):
            beside.unlink()


# ── The table itself ─────────────────────────────────────────────────────────────────────────────────────────────


def _build(grammar: str) -> Any:
    from lark import Lark
    from lark.lexer import PatternStr
    from lark.parsers.lalr_analysis import Shift

    made: Any = Lark(grammar, parser="lalr", lexer="contextual")
    terms = made.terminals
    names = {t.name: str(t.pattern.value) for t in terms if isinstance(t.pattern, PatternStr)}
    patterns = {str(t.name): str(t.pattern.to_regexp()) for t in terms if not isinstance(t.pattern, PatternStr)}
    fixed = sorted(names.values(), key=lambda text: (-len(text), text))
    lists = {r.origin.name for r in made.rules if _action(r) == "+"}
    rules = [
        (f"<{r.origin.name}>", len(r.expansion), _action(r), any(s.name in lists for s in r.expansion))
        for r in reversed(made.rules)
    ]
    number = {rule: -1 - at for at, rule in enumerate(made.rules)}
    parsed = made.parser.parser._parse_table
    states: list[dict[str, int]] = [{} for _ in parsed.states]
    for state, actions in parsed.states.items():
        for symbol, (action, target) in actions.items():
            symbol = names.get(symbol) or (str(symbol) if symbol.isupper() or symbol[0] == "$" else f"<{symbol}>")
            states[state][symbol] = target if action is Shift else number[target]
    words = [text for text in fixed if text.isidentifier()]
    marks = [text for text in fixed if not text.isidentifier()]
    return states, rules, parsed.start_states["start"], patterns, words, marks


def _action(rule: Any) -> str:
    """Names that begin with `_` are only shorthand: they leave no node of their own."""
    origin, one = rule.origin.name, len(rule.expansion) == 1
    if origin.startswith("__"):
        return "+"
    if rule.alias:
        return str(rule.alias)
    if one and (origin.startswith("_") or rule.options.expand1):
        return ""
    return "+" if origin.startswith("_") else str(origin)
