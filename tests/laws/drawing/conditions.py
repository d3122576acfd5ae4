"""Numbers and conditions, over requests, destinations and decisions; and names for them."""

from __future__ import annotations

from fractions import Fraction

from tests.laws.drawing.signals import GRID, TEXTS, TOOLS, Signals

EXPRESSIONS = ("", "a|own", "eu-.*", "[a-z]+", ".*-[0-9]", "(a|e|u|-)*", "p.?", "[^e]*", "\\\\w+", ".{2,3}")


class Conditions(Signals):
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
