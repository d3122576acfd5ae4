"""What a condition says as it is spelled: its tree evaluated for one request, with nothing lowered.

A band is looked up step by step, an enum compared by its place in the declaration, a sum added up term by term. The law
`lowering_agrees_with_spelling` holds the core of expressions to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from tests.laws.oracle import Facts, Place, Truth, costs, declared, provided
from wrpc.policy import model as m
from wrpc.syntax import tree as t

SCALES = {"USD/Mtok": Fraction(1, 10**6)}
"""What a unit of the generator's counts, where that is not one."""

RELATIONS: dict[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # two numbers, two strings or two places
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


class Spelled:
    def __init__(self, file: t.File, facts: Facts, at: Place | None = None, plan: list[str] | None = None) -> None:
        self.plan = plan
        self.facts = facts
        self.signals = facts.policy.signals
        self.at = at
        self.defined = {d.name.text: d.value for d in file.declarations if isinstance(d, (t.Let, t.Score))}
        self.tables = {d.name.text: d for d in file.declarations if isinstance(d, t.Table)}
        self.bands = {d.name.text: d for d in file.declarations if isinstance(d, t.Band)}

    # ── Conditions ────────────────────────────────────────────────────────

    def holds(self, e: t.Expr) -> Truth:
        match e:
            case t.Not(_, operand):
                inner = self.holds(operand)
                return None if inner is None else not inner
            case t.And(_, parts):
                found = [self.holds(p) for p in parts]
                return False if False in found else None if None in found else True
            case t.Or(_, parts):
                found = [self.holds(p) for p in parts]
                return True if True in found else None if None in found else False
            case t.Compare(_, operator, left, right):
                return self.compared(operator, left, right)
            case t.In(_, left, right, negated, True):
                held, allowed = self.members(left), self.members(right)
                return None if held is None or allowed is None else (held <= allowed) is not negated
            case t.Call(_, t.Name(_, "failed"), (t.Argument(_, _, t.Path(_, (name,))),)):
                return name.text in self.facts.failed
            case t.In(_, left, right, negated):
                inner = self.contained(left, right)
                return None if inner is None else inner is not negated
            case t.Path(_, (name,)) if name.text in ("true", "false"):
                return name.text == "true"
            case t.Path(_, (head, _)) if head.text in self.tables:
                cell = self.cell(e)
                return None if cell is None else word(cell) == "true"
            case t.Path(_, (name,)):
                return self.holds(self.defined[name.text]) if name.text in self.defined else self.facts.fires[name.text]
            case t.Call(_, t.Name(_, "suffix" | "contains" | "matches" as function), (one, t.Argument(_, _, two))):
                text = self.text(one.value)
                assert isinstance(two, t.Text)
                return None if text is None else text != "" and holds_of(function, text[1:], two.value)
            case t.Call(_, _, (one, two)):  # prefix
                text, start = self.text(one.value), self.text(two.value)
                if None in (text, start):
                    return None
                return text != "" != start and str(text).startswith(str(start))
            case _:
                raise NotImplementedError(e)

    def compared(self, operator: str, left: t.Expr, right: t.Expr) -> Truth:
        if self.kind(left) == "names" or self.kind(right) == "names":
            if self.kind(left) == "names" and self.kind(right) == "names":
                names = self.names(left)
                one, two = self.name(left), self.name(right)
            elif self.kind(left) == "names":
                names, one, two = self.names(left), self.name(left), word(right)
            else:
                names, one, two = self.names(right), word(left), self.name(right)
            if one is None or two is None:
                return None
            if operator in ("==", "!="):
                return RELATIONS[operator](one, two)
            return RELATIONS[operator](names.index(one), names.index(two))
        if "text" in (self.kind(left), self.kind(right)):
            a, b = self.text(left), self.text(right)
            if a is None or b is None:
                return None
            if "" in (a, b):  # an attribute that is not declared
                return operator == "!="
            return RELATIONS[operator](a, b)
        x, y = self.number(left), self.number(right)
        return None if x is None or y is None else RELATIONS[operator](x, y)

    def members(self, e: t.Expr) -> frozenset[str] | None:
        """Of a list, a set or a column of lists."""
        if isinstance(e, t.Listing):
            return frozenset(word(i) for i in e.items)
        assert isinstance(e, t.Path)
        if len(e.parts) == 2:
            cell = self.cell(e)
            return None if cell is None else frozenset(word(i) for i in listed(cell))
        held = self.facts.values.get(e.text)
        assert e.text in self.facts.failed or isinstance(held, frozenset)
        return None if e.text in self.facts.failed else held  # type: ignore[return-value]

    def contained(self, left: t.Expr, right: t.Expr) -> Truth:
        if isinstance(right, t.Path) and len(right.parts) == 2 and right.parts[0].text in self.tables:
            cell = self.cell(right)
            return None if cell is None else word(left) in [word(i) for i in listed(cell)]
        if isinstance(right, t.Path):
            if right.text == "destination.causes":
                assert self.at is not None
                return self.at.causes == "all" or word(left) in self.at.causes
            signal = right.parts[0].text
            held = self.facts.values.get(signal)
            return None if signal in self.facts.failed else isinstance(held, frozenset) and word(left) in held
        assert isinstance(right, t.Listing)
        if self.kind(left) == "names":
            name = self.name(left)
            return None if name is None else name in [word(i) for i in right.items]
        if self.kind(left) == "text":
            text = self.text(left)
            return None if text is None else text != "" and text in [self.text(i) for i in right.items]
        number = self.number(left)
        return None if number is None else number in [self.number(i) for i in right.items]  # type: ignore[arg-type]

    # ── Tables ────────────────────────────────────────────────────────────

    def cell(self, e: t.Path) -> t.Value | None:
        """What the row of the signal's value says, else `otherwise`; None where the signal is unknown."""
        head, column = e.parts
        table = self.tables[head.text]
        if table.of.text in self.facts.failed:
            return None
        value = self.facts.values[table.of.text]
        own = [r for r in table.rows if r.key is not None and key(r.key) == value]
        rest = [r for r in table.rows if r.key is None]
        return next(a.value for a in (own or rest)[0].block.attributes if a.name.text == column.text)

    def truths(self, e: t.Path) -> bool:
        """Whether a column is one of `true` and `false`."""
        first = self.tables[e.parts[0].text].rows[0].block.attributes
        value = next(a.value for a in first if a.name.text == e.parts[1].text)
        return isinstance(value, t.Path)

    # ── Names and strings ─────────────────────────────────────────────────

    def kind(self, e: object) -> str:
        match e:
            case t.Text():
                return "text"
            case t.Path(_, (head, *rest)) if head.text == "destination":
                return "number" if rest[0].text in ("context", "price", "cost", "grade") else "text"
            case t.Path(_, (head, column)) if head.text in self.tables:
                first = self.tables[head.text].rows[0].block.attributes
                value = next(a.value for a in first if a.name.text == column.text)
                if isinstance(value, t.Path):
                    return "number" if value.text in ("true", "false") else "names"
                return "text" if isinstance(value, t.Text) else "number"
            case t.Path(_, (name,)) if name.text in self.bands:
                return "names"
            case t.Path(_, (name,)) if name.text in self.signals:
                made = self.signals[name.text].type
                return "names" if isinstance(made, m.Enum) else "text" if isinstance(made, m.String) else "number"
        return "number"

    def names(self, e: t.Expr) -> list[str]:
        if isinstance(e, t.Path) and len(e.parts) == 2:
            rows = self.tables[e.parts[0].text].rows
            return [*dict.fromkeys(word(a.value) for r in rows for a in r.block.attributes
                                   if a.name.text == e.parts[1].text)]  # fmt: skip
        name = word(e)
        if name in self.bands:
            steps = [s.name.text for s in self.bands[name].steps]
            return [*steps, "none"]
        made = self.signals[name].type
        assert isinstance(made, m.Enum)
        return list(made.names)

    def name(self, e: t.Expr) -> str | None:
        if isinstance(e, t.Path) and len(e.parts) == 2:
            cell = self.cell(e)
            return None if cell is None else word(cell)
        name = word(e)
        if name not in self.bands:
            return None if name in self.facts.failed else str(self.facts.values[name])
        band = self.bands[name]
        number = self.number(t.Path(band.of.span, (band.of,)), raw=True)
        if number is None:
            return None
        for step in band.steps:
            if step.bound is None:
                return step.name.text
            bound = self.number(step.bound)
            assert bound is not None
            if number < bound or (number == bound and step.edge == "upto"):
                return step.name.text
        return "none"

    def text(self, e: object) -> str | None:
        """A string with a mark before it; None where it is unknown, "" for an attribute that is not declared."""
        match e:
            case t.Text(_, text):
                return "=" + text
            case t.Path(_, (head, _)) if head.text in self.tables:
                cell = self.cell(e)
                return None if cell is None else self.text(cell)
            case t.Path(_, (_, attribute)):
                assert self.at is not None
                found = self.at.role if attribute.text == "role" else declared(self.at.pool, attribute.text)
                return "" if found is None else "=" + found
            case t.Path(_, (name,)) if name.text in self.signals and isinstance(self.signals[name.text].type, m.String):
                return None if name.text in self.facts.failed else f"={self.facts.values[name.text]}"
            case t.Path(_, (name,)):
                return "=" + name.text
        raise NotImplementedError(e)

    # ── Numbers ───────────────────────────────────────────────────────────

    def number(self, e: t.Expr, *, raw: bool = False) -> Fraction | None:
        match e:
            case t.Number():
                return e.value * SCALES.get(e.unit, 1)
            case t.Sum(_, terms):
                found = [(sign, self.number(term)) for sign, term in terms]
                total = Fraction(0)
                for sign, value in found:
                    if value is None:
                        return None
                    total += value if sign == "+" else -value
                return total
            case t.Product(_, factors):
                product = Fraction(1)
                for factor in factors:
                    value = self.number(factor)
                    if value is None:
                        return None
                    product *= value
                return product
            case t.Signed(_, sign, operand):
                value = self.number(operand)
                return value if value is None or sign == "+" else -value
            case t.Call(_, function, (argument,)):
                signal = word(argument.value)
                return (self.facts.raw if function.text == "raw" else self.facts.confidence)[signal]
            case t.Path(_, (head, _)) if head.text in self.tables and not self.truths(e):
                cell = self.cell(e)
                return None if cell is None else self.number(cell)  # type: ignore[arg-type]  # of a column of numbers
            case t.Path(_, (head, *rest)) if head.text == "destination":
                assert self.at is not None
                name = ".".join(p.text for p in rest)
                return (
                    costs(self.facts, self.at.pool)
                    if name == "cost"
                    else provided(self.facts.policy, self.at.pool, name)
                )
            case t.Path(_, (name,)) if name.text == "cost" and name.text not in self.signals:
                assert self.plan is not None
                each = [costs(self.facts, self.facts.policy.pools[p]) for p in self.plan]
                return None if None in each else max([Fraction(0), *(c for c in each if c is not None)])
            case t.Path(_, (name,)) if name.text in self.defined:
                return self.number(self.defined[name.text])
            case t.Path(_, (name,)) if name.text in self.signals:
                if raw or isinstance(self.signals[name.text].type, (m.Int, m.Real)):
                    return self.facts.raw[name.text]
        truth = self.holds(e)
        return None if truth is None else Fraction(truth)


def word(e: object) -> str:
    assert isinstance(e, t.Path)
    return e.parts[0].text


def key(of: t.Name | t.Text) -> str:
    return of.text if isinstance(of, t.Name) else of.value


def listed(e: t.Value) -> tuple[t.Value, ...]:
    assert isinstance(e, t.Listing)
    return e.items


def holds_of(function: str, text: str, constant: str) -> bool:
    if function == "matches":
        return re.fullmatch(constant, text, re.ASCII) is not None
    return text.endswith(constant) if function == "suffix" else constant in text
