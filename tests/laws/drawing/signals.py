"""Signals, groups and tables; and what has been declared so far, which is what later declarations may read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from tests.laws.dice import Dice

T = TypeVar("T")

COLOURS = ("red", "green", "blue")
TOOLS = ("shell", "mail")
TEXTS = ("", "a", "eu-", "eu-1", "own", "p1")
GRID = ("-1", "-0.5", "0", "0.25", "0.5", "0.75", "1", "1.5")
SCALES = (("score", ("0.25", "0.5", "0.75")), ("score(-1..1)", ("-0.5", "0", "0.5")))
SENT = ('header("x-NAME")', 'header("x-NAME")', 'claim("NAME")', 'cookie("NAME")')
RESOLVE = (
    "", "", "resolve [priority]", "resolve [confidence]", "resolve [priority, confidence]",
    "resolve [confidence, priority]", "resolve [priority, confidence, name]", "resolve [name]",
)  # fmt: skip


class Signals:
    """Draws one policy. What has been declared so far is what later declarations may read."""

    kinds: str = "bbssireetw"
    """A letter for each type of signal that is drawn."""
    meant: int = 5
    """In so many cases of ten a failure of what can fail has a meaning."""
    patterns = True
    """Whether strings are asked for their ends, what they contain, and expressions."""
    asks_failures = True
    """Whether conditions ask for failures."""
    absentees = True
    """Whether signals may have `absent`."""
    compares = True
    """Whether numbers are held against numbers, and strings against strings."""
    numeric = True
    """Whether rules ask for numbers of destinations."""
    resolve: tuple[str, ...] = RESOLVE

    def __init__(self, dice: Dice, size: int) -> None:
        self.dice = dice
        self.number, self.chance = dice.number, dice.chance
        self.size = size
        self.out: list[str] = []
        self.bools: list[str] = []
        self.scores: list[str] = []  # that fire
        self.silent: list[str] = []  # that only `raw` reads
        self.numbers: list[str] = []
        self.enums: dict[str, tuple[str, ...]] = {}
        self.sets: list[str] = []
        self.strings: list[str] = []
        self.conditions: list[str] = []
        self.pools: list[str] = []
        self.attributes: list[str] = []
        self.models = 0
        self.graded = False
        self.sites = 0
        self.routes: list[str] = []
        self.declared: list[str] = []
        self.firing: set[str] = set()  # where they are absent

    def one(self, options: Sequence[T]) -> T:
        return self.dice.one(options)

    def some(self, options: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
        return self.dice.some(options, least, most)

    # ── Signals ───────────────────────────────────────────────────────────

    def source(self, name: str, *fallible: str) -> tuple[str, bool]:
        if self.chance(3):
            return f'source keywords("{name}")', False
        return "source " + self.one([f.replace("NAME", name) for f in fallible or SENT]), True

    def failure(self, fails: bool, source: str, absent: Sequence[str], *meanings: str) -> str:
        """What a failure means, and what an absent header, claim or cookie is."""
        there = any(s in source for s in ("header(", "claim(", "cookie("))
        text = f" absent {self.one(absent)}" if there and fails and self.absentees and self.chance(3) else ""
        if text and "claim(" not in source:
            return text
        return f"{text} on_error {self.one(meanings)}" if fails and self.chance(self.meant) else text

    def signal(self, kind: int, index: int) -> None:
        n = f"{self.kinds[kind]}{index}"
        source, fails = self.source(n)
        match kind:
            case 0 | 1:
                text = f"bool {{ {source}{self.failure(fails, source, ('true', 'false'), 'fires', 'silent', 'deny')}"
                self.bools.append(n)
            case 2 | 3:
                source, fails = self.source(n, 'classifier("NAME")', 'embedding(["NAME"])', 'header("x-NAME")')
                scale, thresholds = self.one(SCALES)
                match self.number(0, 6):
                    case 6:
                        text = f"{scale} {{ {source}{self.failure(fails, source, ('0', '0.5', '1'), 'deny')}"
                        self.silent.append(n)
                    case 4 | 5:
                        text = f"{scale} {{ {source} above {self.one(thresholds)}"
                        text += self.failure(fails, source, ("0", "0.5", "1"), "fires", "silent", "deny")
                        self.scores.append(n)
                    case _:
                        text = f"{scale} {{ {source} threshold {self.one(thresholds)}"
                        text += self.failure(fails, source, ("0", "0.5", "1"), "fires", "silent", "deny")
                        self.scores.append(n)
            case 4:
                counted = self.one(["total_tokens", "prompt_tokens", "prompt_tokens", "max_tokens", "max_tokens"])
                source = f"source {counted}" if self.chance(6) else source
                fails = fails and "tokens" not in source
                low, high = self.one([(0, 8), (-3, 5), (2, 6), (15, 18)])
                absent = [str(n) for n in (low, low + 1, high)]
                text = f"int({low}..{high}) {{ {source}{self.failure(fails, source, absent, 'deny')}"
                self.numbers.append(n)
            case 5:
                ends = self.one(["0..1", "-1..1.5", "0.25..2"])
                text = f"real({ends}) {{ {source}{self.failure(fails, source, ('0.25', '0.5', '1'), 'deny')}"
                self.numbers.append(n)
            case 6 | 7:
                names = COLOURS[: self.number(2, 3)]
                text = f"one_of({', '.join(names)}) {{ {source}{self.failure(fails, source, names, 'deny')}"
                self.enums[n] = names
            case 8:
                sets = ["[]", *(f"[{t}]" for t in TOOLS), f"[{', '.join(TOOLS)}]"]
                text = f"any_of({', '.join(TOOLS)}) {{ {source}{self.failure(fails, source, sets, 'deny')}"
                self.sets.append(n)
            case _:
                words = [f'"{t}"' for t in TEXTS]
                text = f"string {{ {source}{self.failure(fails, source, words, 'deny')}"
                self.strings.append(n)
        self.out.append(f"signal {n}: {text} }}")
        self.declared.append(n)
        if "absent true" in text or (n in self.scores and " absent " in text):  # 0 may be enough
            self.firing.add(n)

    def group(self) -> None:
        members = self.some([*self.bools, *self.scores], 2, 3)
        # Of those that fire where they are absent there is one, or another that is the default.
        firing = [m for m in members if m in self.firing]
        members = [m for m in members if m not in firing[2:]]
        if len(firing) > 1:
            default = f" default {firing[0]}"
        else:
            default = f" default {self.one(members)}" if self.chance(5) else ""
        self.out.append(f"group g exclusive {{ {', '.join(members)} }}{default}")

    # ── Tables ────────────────────────────────────────────────────────────

    tabled: tuple[str, ...] = ("words", "bool", "number", "string", "list")
    """The types of columns that are drawn."""

    def table(self, index: int) -> None:
        """A table over one signal; its columns may be read wherever such a signal may."""
        of = self.one([*self.strings, *self.enums])
        keys = [f'"{t}"' for t in TEXTS] if of in self.strings else [*self.enums[of]]
        rows = self.some(keys, 0, 3)
        if of in self.strings or len(rows) < len(keys) or self.chance(3):
            rows.insert(self.number(0, len(rows)), "otherwise")
        columns = {f"c{i}": self.one(self.tabled) for i in range(self.number(1, 3))}
        lines = []
        for at, row in enumerate(rows):
            cells = " ".join(f"{name} {self.cell(kind, first=not at)}" for name, kind in columns.items())
            lines.append(f"  {row} {{ {cells} }}")
        n = f"t{index}"
        self.out.append(f"table {n} of {of} {{\n" + "\n".join(lines) + "\n}")
        for name, kind in columns.items():
            match kind:
                case "words":
                    found = [line.split(f"{name} ")[1].split()[0] for line in lines]
                    self.enums[f"{n}.{name}"] = tuple(dict.fromkeys(found))
                case "bool":
                    self.conditions.append(f"{n}.{name}")
                case "number":
                    self.numbers.append(f"{n}.{name}")
                case "string":
                    self.strings.append(f"{n}.{name}")
                case _:
                    self.sets.append(f"{n}.{name}")

    def cell(self, kind: str, *, first: bool) -> str:
        match kind:
            case "words":
                return self.one(COLOURS)
            case "bool":
                return self.one(["true", "false"])
            case "number":
                return self.one([*GRID, "16"])
            case "string":
                return f'"{self.one(TEXTS)}"'
            case _:
                return f"[{', '.join(TOOLS if first else self.some(TOOLS))}]"

    def tables(self) -> None:
        for index in range(self.number(0, 2)):
            if self.strings or self.enums:
                strings, enums = [*self.strings], dict(self.enums)
                self.strings = [s for s in strings if "." not in s]
                self.enums = {e: names for e, names in enums.items() if "." not in e}
                if self.strings or self.enums:
                    self.table(index)
                self.strings = [*strings, *(s for s in self.strings if s not in strings)]
                self.enums = {**enums, **self.enums}
