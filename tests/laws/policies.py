"""Random whole policies as text, and random requests for them: what every law is tried on.

A policy resolves without an error by construction (types fit, names exist, no pool stands twice in a plan); whether its
routes clash, its guards ever act or its claims hold is left to chance. Numbers come from a coarse grid, so that bounds
meet values often.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from wrpc.policy import expr as x
from wrpc.policy import model as m
from wrpc.policy.load import from_text

T = TypeVar("T")
Draw = Callable[[st.SearchStrategy[Any]], Any]

COLOURS = ("red", "green", "blue")
TOOLS = ("shell", "mail")
TEXTS = ("", "a", "eu-", "eu-1", "own", "p1")
GRID = ("-1", "-0.5", "0", "0.25", "0.5", "0.75", "1", "1.5")
SCALES = (("score", ("0.25", "0.5", "0.75")), ("score(-1..1)", ("-0.5", "0", "0.5")))
SENT = ('header("x-NAME")', 'header("x-NAME")', 'claim("NAME")', 'cookie("NAME")')
PRICES = (
    "input 1000000USD/Mtok  output 1000000USD/Mtok",
    "input 0USD/Mtok  output 2000000USD/Mtok",
    "input 2000000USD/Mtok",
    "output 1000000USD/Mtok",
    "input 500000USD/Mtok  output 0USD/Mtok",
)
EXPRESSIONS = ("", "a|own", "eu-.*", "[a-z]+", ".*-[0-9]", "(a|e|u|-)*", "p.?", "[^e]*", "\\\\w+", ".{2,3}")
WEIGHTS = ("0", "1", "3", "90")
POOLS = ("p0", "p1", "`p/2`", "p3")
LABEL = ("red", '"blue"', "`p/2`")
RESOLVE = (
    "", "", "resolve [priority]", "resolve [confidence]", "resolve [priority, confidence]",
    "resolve [confidence, priority]", "resolve [priority, confidence, name]", "resolve [name]",
)  # fmt: skip


class Hand:
    """Draws one policy. What has been declared so far is what later declarations may read."""

    kinds: str = "bbssireetw"
    """A letter for each type of signal that is drawn."""
    meant = 5
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

    def __init__(self, draw: Draw, size: int) -> None:
        self.draw = draw
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

    # ── Chance ────────────────────────────────────────────────────────────

    def number(self, low: int, high: int) -> int:
        made: int = self.draw(st.integers(low, high))
        return made

    def chance(self, of_ten: int) -> bool:
        """True in so many cases of ten; what shrinks is False."""
        return self.number(0, 9) >= 10 - of_ten

    def one(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
        """So many different ones, in any order; all where there are fewer than `least`."""
        left = list(options)
        count = self.number(min(least, len(left)), len(left) if most is None else min(len(left), most))
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(count)]

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
        if "absent true" in text or "absent 0.5" in text or "absent 1" in text:
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

    # ── Numbers ───────────────────────────────────────────────────────────

    def quantity(self) -> str:
        """One number that depends on the request."""
        options = [*self.numbers, *self.bools, *self.scores]
        options += [f"confidence({s})" for s in self.scores] + [f"raw({s})" for s in (*self.scores, *self.silent)]
        return self.one(options) if options else "0"

    def sum(self) -> str:
        text = ""
        for index in range(self.number(1, 3)):
            sign = self.one(["+", "-"]) if index else ""
            factor = self.one(["", "0.5 * ", "2 * ", "-0.25 * ", "0 * "])
            text += f" {sign} {factor}{self.quantity()}" if index else f"{factor}{self.quantity()}"
        text += f" + {self.one(GRID[3:])}" if self.chance(2) else ""
        return f"1 * {text}" if text in (*self.bools, *self.scores) else text  # bare, it would be a condition

    def measure(self) -> str:
        """Something on one side of a comparison of numbers."""
        wide = self.number(0, 3)
        if wide == 3:
            return self.sum()
        names = [*self.numbers, *(f"confidence({s})" for s in self.scores)]
        names += [f"raw({s})" for s in (*self.scores, *self.silent)]
        return self.one(names) if names else self.sum()

    # ── Conditions ────────────────────────────────────────────────────────

    def atom(self, where: str) -> str:
        options: list[str] = ["fires"] * 4 * bool(self.bools or self.scores)
        options += ["compare"] * 2 * bool(self.numbers or self.scores or self.silent)
        options += ["enum"] * 2 * bool(self.enums) + ["set"] * bool(self.sets) + ["string"] * bool(self.strings)
        options += ["named"] * 2 * bool(self.conditions) + ["failed"] * bool(self.declared and self.asks_failures)
        options += ["destination"] * (8 if where == "rule" else 4) * (where != "request")
        options += ["outcome"] * 4 * (where == "claim")
        match self.one(options) if options else "constant":
            case "fires":
                return self.one([*self.bools, *self.scores])
            case "compare":
                relation = self.one(["<", "<=", ">", ">=", "==", "!="])
                if self.chance(1):
                    return f"{self.measure()} {self.one(['in', 'not in'])} [{', '.join(self.some(GRID, 1, 3))}]"
                right = self.measure() if self.compares and self.chance(2) else self.one([*GRID, "16"])
                return f"{self.measure()} {relation} {right}"
            case "enum":
                name = self.one(list(self.enums))
                names = self.enums[name]
                if self.chance(4):
                    return f"{name} {self.one(['in', 'not in'])} [{', '.join(self.some(names, 1))}]"
                others = [n for n, of in self.enums.items() if n != name and of == names]
                if others and self.chance(2):
                    return f"{name} {self.one(['==', '!=', '<', '>='])} {self.one(others)}"
                return f"{name} {self.one(['==', '==', '!=', '<', '>='])} {self.one(names)}"
            case "set":
                if self.chance(4):
                    columns = [s for s in self.sets if "." in s]
                    right = self.one(columns) if columns and self.chance(5) else f"[{', '.join(self.some(TOOLS))}]"
                    return f"{self.one(self.sets)} {self.one(['within', 'not within'])} {right}"
                return f"{self.one(TOOLS)} {self.one(['in', 'not in'])} {self.one(self.sets)}"
            case "failed":
                return f"failed({self.one(self.declared)})"
            case "string":
                return self.string(self.one(self.strings))
            case "named":
                return self.one(self.conditions)
            case "destination":
                return self.attribute()
            case "outcome":
                return self.outcome()
            case _:
                return self.one(["true", "false"])

    def pattern(self, left: str) -> str:
        match self.number(0, 3):
            case 0:
                return f'suffix({left}, "{self.one(TEXTS)}")'
            case 1:
                return f'contains({left}, "{self.one(TEXTS)}")'
            case _:
                return f'matches({left}, "{self.one(EXPRESSIONS)}")'

    def string(self, left: str) -> str:
        if self.patterns and self.chance(3):
            return self.pattern(left)
        match self.number(0, 8):
            case 0 | 1:
                return f'{left} {self.one(["in", "not in"])} ["{self.one(TEXTS)}", "{self.one(TEXTS)}"]'
            case 2 | 3:
                return f'prefix({left}, "{self.one(TEXTS)}")'
            case 4 if self.compares and len(self.strings) > 1:
                return f"{self.strings[0]} {self.one(['==', '<'])} {self.strings[1]}"
            case 5:  # the order of strings is slow in the solver: seldom
                return f'{left} {self.one(["<", "<=", ">", ">="])} "{self.one(TEXTS)}"'
            case _:
                return f'{left} {self.one(["==", "!="])} "{self.one(TEXTS)}"'

    def attribute(self) -> str:
        if self.chance(2):
            return self.place()
        if self.numeric and self.chance(2):
            return self.provided()
        name = self.one(["pool", "trust", *self.attributes])
        left = f"destination.{name}"
        if name == "pool":
            if self.chance(3):
                return f"{left} {self.one(['in', 'not in'])} [{', '.join(self.some(self.pools, 1))}]"
            return f"{left} {self.one(['==', '!='])} {self.one(self.pools)}"
        if self.strings and self.chance(1):
            return f"{left} {self.one(['==', '!='])} {self.one(self.strings)}"
        values = {"model": ("m0",), "site": ("h0",), "team": ("red", "blue", "p/2")}.get(name, ("own", "cloud", "eu"))
        if self.chance(2):
            return f'prefix({left}, "{self.one(["", "o", "e"])}")'
        if self.patterns and self.chance(1):
            return self.pattern(left)
        if self.chance(2):
            return f'{left} {self.one(["<", ">="])} "{self.one(values)}"'
        if self.chance(4):
            return f'{left} {self.one(["in", "not in"])} ["{self.one(values)}", "us"]'
        return f'{left} {self.one(["==", "!="])} "{self.one(values)}"'

    def provided(self) -> str:
        """A number of a destination, held against others."""
        relation = self.one(["<", "<=", ">", ">=", "==", "!="])
        match self.number(0, 4 + self.graded):
            case 0:
                right = self.one(["4", "8", "6"] + (self.numbers if self.compares else []))
                return f"destination.context {relation} {right}"
            case 1:
                price = self.one(["1000000USD/Mtok", "2000000USD/Mtok"])
                return f"destination.price.{self.one(['input', 'output'])} {relation} {price}"
            case 5:
                return f"destination.grade {relation} {self.one(['1', '0.5'])}"
            case _:
                factor = self.one(["", "", "2 * ", "-1 * "])
                return f"{factor}destination.cost {relation} {self.one(['0', '2', '4', '10', '-3'])}USD"

    def cost(self) -> str:
        """Of a claim, or of a denial."""
        relation = self.one(["<", "<=", "<=", ">", ">", "==", "!="])
        factor = self.one(["", "", "", "2 * ", "-1 * "])
        return f"{factor}cost {relation} {self.one(['0', '2', '4', '10', '-3'])}USD"

    def place(self) -> str:
        """What a destination is in a plan."""
        roles = ("primary", "fallback", "cascade", "spill", "mirror", "over_budget")
        match self.number(0, 5):
            case 0 | 1:
                return f"{self.one(['timeout', 'overload', 'refusal'])} {self.one(['in', 'not in'])} destination.causes"
            case 2:
                return f"destination.role {self.one(['in', 'not in'])} [{', '.join(self.some(roles, 1))}]"
            case 3:
                return f'destination.role {self.one(["==", "!="])} "{self.one(roles)}"'
            case _:
                return f"destination.role {self.one(['==', '!='])} {self.one(roles)}"

    def outcome(self) -> str:
        if self.numeric and self.chance(2):
            return self.cost()
        match self.number(0, 4):
            case 0:
                return f"route {self.one(['==', '!='])} {self.one([*self.routes, 'default'])}"
            case 1:
                return f"route {self.one(['in', 'not in'])} [{', '.join(self.some([*self.routes, 'default'], 1))}]"
            case n:
                return ("routed", "denied", "served")[n - 2]

    def condition(self, where: str = "request", depth: int = 2) -> str:
        if depth == 0 or self.chance(5):
            return self.atom(where)
        match self.number(0, 4):
            case 0 | 1:
                word = " and "
            case 2 | 3:
                word = " or "
            case _:
                return f"not ({self.condition(where, depth - 1)})"
        parts = [self.condition(where, depth - 1) for _ in range(self.number(2, 3))]
        return word.join(f"({p})" if " and " in p or " or " in p else p for p in parts)

    def names(self) -> None:
        """Scores, bands, lets."""
        if self.numbers or self.bools or self.scores or self.silent:
            if self.chance(4):
                self.out.append(f"score risk = {self.sum()}")
                self.numbers.append("risk")
            if self.chance(4):
                bounds = sorted(self.some(GRID, 1, 3), key=Fraction)
                first = "low" if self.chance(7) else "none"
                steps = [
                    f"{n} {self.one(['below', 'upto'])} {b}" for n, b in zip((first, "l", "h"), bounds, strict=False)
                ]
                steps += ["top otherwise"] * self.chance(5)
                plain = [n for n in self.numbers if "." not in n]
                of = self.one(plain) if plain else "risk"
                if not plain:
                    self.out.append(f"score risk = {self.sum()}")
                    self.numbers.append("risk")
                self.out.append(f"band level of {of} {{ {', '.join(steps)} }}")
                names = [s.split()[0] for s in steps]
                self.enums["level"] = tuple(names if "top" in names or "none" in names else [*names, "none"])
        for index in range(self.number(0, 2)):
            if self.chance(2):
                self.out.append(f"let sum{index} = {self.sum()}")
                self.numbers.append(f"sum{index}")
            else:
                self.out.append(f"let cond{index} = {self.condition()}")
                self.conditions.append(f"cond{index}")

    # ── Pools ─────────────────────────────────────────────────────────────

    def machines(self) -> None:
        self.pools = list(POOLS[: self.number(2, 4)])
        self.models, self.sites = self.number(0, 1), self.number(0, 1)
        self.out += ["model m0 { " + self.one(["context 8  max_output 2", "context 8"]) + " }"] * self.models
        self.out += ['site h0 { region "eu" }'] * self.sites
        declared: set[str] = set()
        for pool in self.pools:
            block: dict[str, str] = {}
            if self.chance(8):
                block["trust"] = self.one(['"own"', '"cloud"'])
            if self.chance(3):
                block["region"] = self.one(['"eu"', '"us"'])
            if self.models and self.chance(5):
                block["model"] = "m0"
            if self.sites and self.chance(5):
                block["site"] = "h0"
            if self.chance(2):
                block["context"] = self.one(["4", "8"])
            declared.update(k for k in block if k != "context")
            if self.chance(5):
                block["price"] = "{ " + self.one(PRICES) + " }"
            labels = ""
            if self.chance(2):
                labels = f"team {self.one(LABEL)} "
                declared.add("team")
            if self.chance(3):
                labels += f"grade {self.one(['1', '2', '0.5'])}"
                self.graded = True
            if labels:
                block["labels"] = f"{{ {labels} }}"
            self.out.append(f"pool {pool} {{ {'  '.join(f'{k} {v}' for k, v in block.items())} }}")
        self.attributes = sorted(declared - {"labels", "price"})

    # ── Routes ────────────────────────────────────────────────────────────

    def action(self) -> str:
        kind = self.number(0, 9)
        if kind == 9:
            return f'deny "{self.one(["no", "never"])}"'
        if kind == 8:
            return "to any" + self.settings()
        left = self.some(self.pools, 1)
        weighted = False
        count = self.number(1, len(left))
        main, left = left[:count], left[count:]
        if kind >= 6:
            if count == 1 and left:
                main, left = [*main, left[0]], left[1:]
            if len(main) == 1:
                text = f"to {main[0]}"
            else:
                text = "cascade " + " -> ".join(main)
                text += " escalate when confidence < 0.7" if self.chance(3) else ""
        elif self.chance(4):
            weighted = True
            text = "to " + ", ".join(f"{p} weight {self.one(WEIGHTS)}" for p in main)
        else:
            text = "to " + ", ".join(main)
        if kind < 6 and count > 1 and self.chance(4):
            text += "\n  fallback others" + self.one(["", " on timeout", " on timeout, overload"])
        for pool in left:
            match self.number(0, 5):
                case 5:
                    text += f"\n  {self.budget()} then {self.measures(pool)}"
                case 0 | 1:
                    text += f"\n  fallback {pool}" + self.one(["", " on timeout", " on timeout, overload"])
                case 2:
                    text += f"\n  spill {pool} above 80%"
                case 3:
                    text += f"\n  mirror {pool} 5%"
                case _:
                    pass
        return text + self.settings(weighted=weighted)

    def settings(self, *, weighted: bool = False) -> str:
        if not self.chance(2):
            return ""
        select = "select weighted" if weighted else self.one(["select latency", "select latency", "select weighted"])
        options = [select, "retries 2", "timeout 30s", "reasoning high", "tools none", "compress 4", "budget"]
        known = self.signals()
        options += ["sticky by", "cache"] * bool(known)
        text = ""
        for chosen in self.some(options, 1, 2):
            match chosen:
                case "budget":
                    text += f"\n  {self.budget()}"
                case "sticky by":
                    text += f"\n  sticky by {self.one(known)}"
                case "cache":
                    text += f"\n  cache {{ ttl 60s  scope {self.one(known)} }}"
                case _:
                    text += f"\n  {chosen}"
        return text

    def signals(self) -> list[str]:
        """Names of signals; columns of tables and bands are none."""
        names = {*self.bools, *self.scores, *self.silent, *self.enums, *self.sets, *self.strings} - {"level"}
        return sorted(n for n in names if "." not in n)

    def budget(self) -> str:
        text = self.one(["budget 20k/min", "budget 100USD/d", "limit 60/min", "limit 1/s"])
        known = self.signals()
        return f"{text} per {self.one(known)}" if known and self.chance(4) else text

    def measures(self, pool: str) -> str:
        """Steps that lead to the pool, and perhaps others."""
        steps = [*self.some(["tools none", "compress 4", "reasoning low"], 0, 1), pool]
        steps += [f'deny "{self.one(["spent", "no"])}"'] * self.chance(4)
        if len(steps) == 1:
            return steps[0]
        return ", ".join(f"at {100 + 50 * i}% {step}" for i, step in enumerate(steps))

    def route(self, index: int, tiers: bool) -> None:
        text = f"  tier {self.number(1, 2)}\n" if tiers else ""
        text += self.priority(index)
        text += f"  when {self.condition()}\n" if not self.chance(1) else ""
        text += f"  {self.action()}\n"
        text += f"  on_unknown {self.one(['silent', 'fires', 'fires', 'deny'])}\n" if self.chance(3) else ""
        self.out.append(f"route r{index} {{\n{text}}}")
        self.routes.append(f"r{index}")

    def priority(self, index: int) -> str:  # noqa: ARG002  what tells all routes apart goes by it
        return f"  priority {self.number(-1, 2)}\n" if self.chance(5) else ""

    # ── Safety ────────────────────────────────────────────────────────────

    def when(self, where: str, of_ten: int = 8) -> str:
        return f" when {self.condition(where, 1)}" if self.chance(of_ten) else ""

    def guard(self, index: int) -> None:
        rules = []
        for _ in range(self.number(1, 2)):
            match self.number(0, 6):
                case 0:
                    when = self.condition("request", 1)
                    when = (
                        self.one([f"{self.cost()} and ({when})", self.cost()])
                        if self.numeric and self.chance(3)
                        else when
                    )
                    rules.append(f'deny "{self.one(["stop", "halt"])}" when {when}')
                case 1 | 2:
                    where = self.one(["request", "rule"])
                    name = self.one(['redact("pii")', "audit", "audit", 'strip("a", "b")'])
                    rules.append(f"require {name}{self.when(where, 7)}")
                case _:
                    what = self.attribute() if self.chance(7) else self.condition("rule", 1)
                    rules.append(f"forbid {what}{self.when(self.one(['request', 'request', 'rule']))}")
        words = ["sealed"] * self.chance(2) + ["critical"] * self.chance(2) + ["accept_failure"] * self.chance(1)
        self.out.append(f"guard q{index} {{\n  " + "\n  ".join([*words, *rules]) + "\n}")

    def claim(self, index: int) -> None:
        claims = []
        for _ in range(self.number(1, 2)):
            what = self.condition("claim", self.number(0, 1))
            claims.append(f"{self.one(['always', 'never'])} {what}{self.when('claim', 7)}")
        words = ["critical"] * self.chance(2)
        self.out.append(f"assert k{index} {{\n  " + "\n  ".join([*words, *claims]) + "\n}")

    # ── All ───────────────────────────────────────────────────────────────

    def policy(self) -> str:
        self.out.append(f"policy p {{ language 1  {self.one(self.resolve)} }}")
        for index in range(self.number(1, self.size + 1)):
            self.signal(self.number(0, 9), index)
        if len(self.bools) + len(self.scores) >= 2 and self.chance(5):
            self.group()
        self.tables()
        self.names()
        self.machines()
        if self.chance(2):
            self.out.append(f"assume known {{ {self.condition('request', 1)} }}")
        tiers = self.chance(4)
        for index in range(self.number(1, self.size)):
            self.route(index, tiers)
        if self.chance(6):
            self.out.append(f"default {{\n  {self.action()}\n}}")
        for index in range(self.number(0, 2)):
            self.guard(index)
        for index in range(self.number(0, 2)):
            self.claim(index)
        return "\n".join(self.out) + "\n"


class Keyed(Hand):
    """Draws a policy most of whose conditions hold one signal against words, as a proxy's model names are."""

    def signal(self, kind: int, index: int) -> None:
        super().signal(self.one([9, 6, 9, 4, kind]) if index else self.one([9, 9, 6]), index)

    def condition(self, where: str = "request", depth: int = 2) -> str:
        if where != "request" or not (self.strings or self.enums) or self.chance(3):
            return super().condition(where, depth)
        names = [*self.strings, *self.enums]
        name = names[0] if self.chance(8) else self.one(names)
        words = [f'"{t}"' for t in TEXTS] if name in self.strings else list(self.enums[name])
        match self.number(0, 5):
            case 0:
                return f"{name} in [{', '.join(self.some(words, 1))}]"
            case 1:
                return " or ".join(f"{name} == {w}" for w in self.some(words, 2, 3))
            case 2 if name in self.strings:
                return f"prefix({name}, {self.one(words)})"
            case 3:
                return f"{name} == {self.one(words)} and {self.atom(where)}"
            case _:
                return f"{name} == {self.one(words)}"


class Contested(Hand):
    """Draws a policy whose routes meet often, under a `resolve` of any kind: few signals, wide conditions, mostly
    scores, and few priorities."""

    def __init__(self, draw: Draw, size: int, resolve: str) -> None:
        super().__init__(draw, size)
        self.resolve = (resolve,)

    def signal(self, kind: int, index: int) -> None:
        super().signal(self.one([2, 3, 3, 0, 4, kind]), index)

    def condition(self, where: str = "request", depth: int = 2) -> str:
        if where != "request" or not self.scores or self.chance(4):
            return super().condition(where, min(depth, 1))
        score = self.one(self.scores)
        return score if self.chance(6) else f"{score} or {self.atom(where)}"

    def route(self, index: int, tiers: bool) -> None:
        text = f"  tier {self.number(1, 2)}\n" * tiers + f"  priority {self.number(0, 1)}\n" * self.chance(3)
        text += f"  when {self.condition()}\n  {self.action()}\n"
        text += f"  on_unknown {self.one(['silent', 'fires', 'deny'])}\n" * self.chance(2)
        self.out.append(f"route r{index} {{\n{text}}}")
        self.routes.append(f"r{index}")

    def policy(self) -> str:
        """With three routes or more, and a claim over requests of a kind."""
        text = super().policy()
        self.out.clear()
        while len(self.routes) < 3:
            self.route(len(self.routes), "  tier " in text)
        for index in (2, 3):
            what = self.one([self.attribute(), self.outcome()])
            self.out.append(f"assert k{index} {{ never {what} when {self.condition('request', 1)} }}")
        return text + "\n".join(self.out) + "\n"


@st.composite
def texts(draw: Draw, size: int = 4) -> str:
    """The text of a policy of at most so many routes."""
    return Hand(draw, size).policy()


@st.composite
def keyed(draw: Draw, size: int = 4) -> str:
    """As `texts`, with conditions over few signals."""
    return Keyed(draw, size).policy()


@st.composite
def contested(draw: Draw, resolve: str, size: int = 5) -> m.Policy:
    """As `texts`, resolved, with routes that meet often."""
    return resolved(Contested(draw, size, resolve).policy())


@cache
def resolved(text: str) -> m.Policy:
    """The policy of a text of this room's making."""
    policy, findings = from_text(text)
    errors = [d for d in findings.diagnostics if d.severity == "error"]
    assert policy is not None, f"{errors[0].code.id} {errors[0].message}\n{text}"
    assert not errors, f"{errors[0].code.id} {errors[0].message}\n{text}"
    return policy


def policies(size: int = 4, *, carried_by: str | None = None) -> st.SearchStrategy[m.Policy]:
    """Of both kinds; or such as a target carries, but for what its own rules of spelling forbid."""
    if carried_by is not None:
        from tests.laws.carried import carried

        return carried(carried_by, size).map(resolved)
    return st.one_of(texts(size), keyed(size)).map(resolved)


# ── Requests ──────────────────────────────────────────────────────────────


def bounds(policy: m.Policy) -> dict[str, set[Fraction]]:
    """The numbers near which something changes, by signal; those of "" are bounds of sums."""
    found: dict[str, set[Fraction]] = {"": set()}
    for signal in policy.signals.values():
        if isinstance(signal.type, m.Score) and signal.type.threshold is not None:
            found.setdefault(signal.name, set()).add(signal.type.threshold)
    for node in nodes(policy):
        if isinstance(node, x.Within):
            ends = {e for r in node.ranges for e in (r.low, r.high) if e is not None}
            match node.number.terms:
                case ((_, x.Raw(name) | x.Confidence(name)),):
                    found.setdefault(name, set()).update(ends)
                case _:
                    found[""] |= ends
    return found


def nodes(policy: m.Policy) -> list[object]:
    """Every node of every expression of a policy."""
    roots: list[x.Condition | x.Linear | None] = [d.value for d in policy.definitions.values()]
    roots += [a.condition for a in policy.assumptions.values()] + [r.when for r in policy.routes.values()]
    for guard in policy.guards.values():
        for rule in guard.rules:
            roots.append(rule.when)
            if isinstance(rule, m.Forbid):
                roots.append(rule.what)
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            roots += [claim.what, claim.when]
    return [n for root in roots if root is not None for n in x.walk(root)]


def written(policy: m.Policy) -> list[str]:
    """The strings of a policy, and some beside them."""
    found = {t.value for n in nodes(policy) if isinstance(n, x.Text) for t in (n.left, n.right)
             if isinstance(t, x.StringLiteral)}  # fmt: skip
    found |= {t for n in nodes(policy) if isinstance(n, x.Among) for t in n.texts}
    return sorted({*found, *(f + "x" for f in found), "", "b", "é"})


class Caller:
    """Draws one request of a policy."""

    def __init__(self, draw: Draw, policy: m.Policy, fails: bool) -> None:
        self.draw = draw
        self.policy = policy
        self.fails = fails
        self.bounds = _bounds(policy)
        self.texts = _written(policy)

    def request(self) -> dict[str, object]:
        made: dict[str, object] = {}
        allowed = {g.name: self.draw(st.integers(-1, len(g.members) - 1)) for g in self.policy.groups.values()}
        for name, signal in self.policy.signals.items():
            how = self.draw(st.integers(0, 9))
            if how >= 8 and self.fails and signal.can_fail:
                made[name] = None
                continue
            group = self.policy.group_of.get(name)
            held = group is not None and name != group.default and group.members.index(name) != allowed[group.name]
            if how >= 2 or held:
                made[name] = self.value(signal, held)
        return made

    def value(self, signal: m.Signal, held: bool) -> object:
        """A value of its type; one that does not fire where another member of its group may."""
        match signal.type:
            case m.Bool():
                return False if held else self.draw(st.booleans())
            case m.Enum(names):
                return self.draw(st.sampled_from(names))
            case m.Set(names):
                return [n for n in names if self.draw(st.booleans())]
            case m.String():
                return self.draw(st.sampled_from(self.texts))
            case m.Int(low, high):
                near = [Fraction(b // 1 + d) for b in self.bounds.get(signal.name, ()) for d in (-1, 0, 1)]
                return int(self.draw(st.sampled_from(ranged([*near, Fraction(0), Fraction(1)], low, high))))
            case m.Real(low, high) | m.Score(low, high):
                ends = {*self.bounds.get(signal.name, ()), *self.bounds[""]}
                near = [b + d for b in ends for d in (Fraction(-1, 1000), Fraction(0), Fraction(1, 1000))]
                options = ranged([*near, *(Fraction(n, 2) for n in range(-2, 4))], low, high)
                if held and isinstance(signal.type, m.Score):
                    options = [o for o in options if not signal.type.fires(o)]
                # A bound such as a third has no exact decimal: it is rounded, and the value lies beside it.
                number = round(float(self.draw(st.sampled_from(options))), 6)
                return int(number) if number == int(number) else number


def ranged(numbers: Sequence[Fraction], low: Fraction | int, high: Fraction | int) -> list[Fraction]:
    """Those within a range, with its ends, each once, the nearest to 0 first."""
    ends = {Fraction(low), Fraction(high)}
    return sorted({n for n in numbers if low <= n <= high} | ends, key=lambda n: (abs(n), n))


_known: dict[int, tuple[m.Policy, dict[str, set[Fraction]], list[str]]] = {}


def _of(policy: m.Policy) -> tuple[m.Policy, dict[str, set[Fraction]], list[str]]:
    found = _known.get(id(policy))
    if found is None or found[0] is not policy:
        found = _known[id(policy)] = policy, bounds(policy), written(policy)
    return found


def _bounds(policy: m.Policy) -> dict[str, set[Fraction]]:
    return _of(policy)[1]


def _written(policy: m.Policy) -> list[str]:
    return _of(policy)[2]


@st.composite
def requests(draw: Draw, policy: m.Policy, fails: bool = True) -> Mapping[str, object]:
    """A request of a policy; with `fails` some of the signals that can fail did. An `assume` may shut it out."""
    return Caller(draw, policy, fails).request()
