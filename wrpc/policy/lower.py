"""Tree expressions into the core, typed on the way: what a name means where it stands, sums, products, calls.

Every method returns None where something has been reported; what is None above that is passed over in silence. Both
sides of everything are looked at before that, so that one fault does not hide the other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal, assert_never

from wrpc.diagnostics import Fix
from wrpc.policy import codes, expr, meant, units
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.calls import Calls
from wrpc.policy.columns import keyed
from wrpc.policy.compare import Comparing
from wrpc.policy.faults import Faults
from wrpc.policy.membership import Membership
from wrpc.policy.model import Bool, Enum, Int, Real, Score, Set, String
from wrpc.policy.names import written
from wrpc.policy.operands import (
    ONE,
    Bare,
    Choice,
    Known,
    Num,
    Operand,
    SetOf,
    Str,
    Taken,
    Truth,
    Where,
    combined,
    constant,
    described,
    reading,
)
from wrpc.policy.paths import Paths
from wrpc.source import Span
from wrpc.syntax import tree


class Lowering:
    """Expressions of one policy."""

    def __init__(self, known: Known, reader: Reader, faults: Faults) -> None:
        self.known = known
        self.names = known.names
        self.reader = reader
        self.faults = faults
        self.paths = Paths(self)
        self._comparing = Comparing(self)
        self._membership = Membership(self, self._comparing)
        self._calls = Calls(self, self._membership)

    # ── Conditions and numbers ────────────────────────────────────────────

    def condition(self, e: tree.Expr, where: Where) -> expr.Condition | None:
        match e:
            case tree.Compare():
                return self._comparing.compare(e, where)
            case tree.And(span, parts):
                made = self._all(parts, where)
                return None if made is None else expr.All(made, span=span)
            case tree.Or(span, parts):
                made = self._all(parts, where)
                return None if made is None else expr.Any(made, span=span)
            case tree.Not(span, operand):
                inner = self.condition(operand, where)
                return None if inner is None else expr.Not(inner, span=span)
            case tree.In():
                return self._membership.contains(e, where)
            case _:
                found = self.operand(e, where)
                if isinstance(found, Truth):
                    return self.fires(found, e.span)
                if isinstance(e, tree.Text) and self.names.expression(e.value):
                    fix = Fix(e.span, written(e.value), "leave out the quotes")
                    message = "expected a condition here, found a string"
                    advice = f"write `{fix.text}`, without quotes"
                    self.faults.add(codes.QUOTES, message, e.span, help=advice, fixes=[fix])
                elif found is not None:
                    self.mistyped(found, e.span, "a condition", where)
                return None

    def _all(self, parts: tuple[tree.Expr, ...], where: Where) -> tuple[expr.Condition, ...] | None:
        made = [self.condition(p, where) for p in parts]
        found = tuple(m for m in made if m is not None)
        return found if len(found) == len(made) else None

    def number(self, e: tree.Expr, where: Where) -> Num | None:
        """A number; a condition counts 1 where it is true and 0 where it is false."""
        found = self.operand(e, where)
        match found:
            case Num():
                return found
            case Truth():
                condition = self.fires(found, e.span)
                if condition is None:
                    return None
                return Num(reading(expr.Indicator(condition, span=e.span), e.span))
            case None:
                return None
            case _:
                self.mistyped(found, e.span, "a number", where)
                return None

    def fires(self, truth: Truth, span: Span) -> expr.Condition | None:
        """The condition, unless it is a score that says nowhere when it fires."""
        if not truth.silent:
            return truth.condition
        self.never_fires(truth.score, span)
        return None

    def never_fires(self, score: str, span: Span) -> None:
        self.faults.add(
            codes.SCORE_WITHOUT_THRESHOLD,
            f"the score `{score}` has no threshold, so it can only be read with `raw`",
            span,
            help=f"write `raw({score})`, or give the signal `threshold` or `above`",
        )

    def mistyped(self, found: Operand, span: Span, expected: str, where: Where | None = None) -> None:
        if isinstance(found, Bare):
            self.unknown(found.name, where, alone=expected == "a condition")
            return
        advice = None
        if isinstance(found, Choice):
            advice = f"compare it with one of its names, such as `{found.name} == {found.names[0]}`"
        elif isinstance(found, SetOf):
            advice = f"ask for a member, such as `{found.names[0]} in {found.name}`" if found.names else None
        elif isinstance(found, Num) and expected == "a condition":
            advice = "compare it with another number"
        self.faults.add(codes.WRONG_OPERAND, f"expected {expected} here, found {described(found)}", span, help=advice)

    def unknown(self, name: tree.Name, where: Where | None = None, *, alone: bool = False) -> None:
        """`alone`: it stands where a condition does, not beside an operator."""
        if name.text in self.known.tables:
            table = self.known.tables[name.text]
            column = next(iter(table.columns), "") if table is not None else ""
            self.names.find("table", name)
            if column:
                said = f"{written(name.text)}.{written(column)}"
                self.faults.add(
                    codes.UNKNOWN_COLUMN, f"`{name.text}` is a table, and an expression reads its columns", name.span,
                    help=f"such as `{said}`",
                )  # fmt: skip
            return
        advice = meant.name(name, where, self.known.signals if alone else {}, self.names.of("pool") if alone else {})
        if advice is not None:
            message = f"no signal, score, band or let is called `{name.text}`"
            self.faults.add(codes.UNKNOWN_NAME, message, name.span, help=advice[0], fixes=advice[1])
            return
        if name.text in v.RESERVED:
            self.faults.add(
                codes.WRONG_OPERAND, f"`{name.text}` is a reserved word and cannot be read in an expression", name.span
            )
            return
        self.names.unknown("signal, score, band or let", name, self.names.expressible())

    # ── Pieces ────────────────────────────────────────────────────────────

    def operand(self, e: tree.Expr, where: Where) -> Operand | None:
        match e:
            case tree.Path():
                return self.path(e, where)
            case tree.Number(span):
                amount = self.reader.amount(e)
                return None if amount is None else Num(constant(amount.value, span), amount.dimension)
            case tree.Text(_, text):
                return Str(expr.StringLiteral(text))
            case tree.Call():
                return self._calls.call(e, where)
            case tree.Sum(span, terms):
                return self.sum(span, terms, where)
            case tree.Product(span, factors):
                return self.product(span, factors, where)
            case tree.Signed(span, sign, operand):
                number = self.number(operand, where)
                factor = -ONE if sign == "-" else ONE
                return None if number is None else Num(combined([(factor, number.value)], span), number.dimension)
            case tree.Listing(span):
                self.faults.add(codes.WRONG_OPERAND, "a list can only come after `in`", span)
                return None
            case tree.And() | tree.Or() | tree.Not() | tree.Compare() | tree.In():
                condition = self.condition(e, where)
                return None if condition is None else Truth(condition)
            case _:
                assert_never(e)

    def path(self, path: tree.Path, where: Where) -> Operand | None:
        name = path.parts[0]
        if len(path.parts) > 1 or name.text == "destination" or (where.placement and self._placeable(name)):
            return self.paths.dotted(path, where)
        if name.text in ("true", "false"):
            return Truth(expr.Constant(name.text == "true", span=path.span))
        if where.answer and name.text == "confidence":
            return Num(reading(expr.AnswerConfidence(span=path.span), path.span))
        found = self.names.use(name.text)
        if where.outcome and name.text in v.CLAIM_WORDS:
            return self.outcome(name, found[0] if found else "")
        if found is None:
            if self.names.poisoned(name.text):
                return None
            if name.text == "cost" and where.cost:
                self.metered()
                return Num(reading(expr.Cost(span=name.span), name.span), "USD")
            if name.text == "cost" and where.destination:
                fix = Fix(name.span, "destination.cost", "write `destination.cost`", safe=False)
                message = f"`cost` can only be read in claims and in a guard's `deny`, found in {where.title}"
                self.faults.add(codes.MISPLACED_NAME, message, name.span, help=fix.title, fixes=[fix])
                return None
            if name.text in v.CLAIM_WORDS:
                self.misplaced(f"`{name.text}`", path.span, "the claims of an `assert`", where)
                return None
            if name.text == "confidence":
                self.misplaced("`confidence` of an answer", path.span, "`escalate when`", where)
                return None
            return Bare(name)
        kind = found[0]
        if kind == "signal":
            return self.signal(name.text, path.span)
        if kind == "band":
            band = self.known.band(name.text)
            return None if band is None else Choice(name.text, band.names, band)
        defined = self.known.definition(name.text)
        if defined is None:
            return None
        if not isinstance(defined.value, expr.Linear):
            return Truth(expr.Named(name.text, span=path.span))
        if keyed(defined.value):
            return Num(defined.value, defined.dimension)  # its comparisons are made for each key, if it is said here
        if not defined.value.terms:
            return Num(constant(defined.value.constant, path.span), defined.dimension)
        return Num(reading(expr.NamedNumber(name.text, span=path.span), path.span), defined.dimension)

    def metered(self) -> None:
        """A cost reads the signals that count tokens."""
        for name, signal in self.known.signals.items():
            if signal.source is not None and signal.source.name in ("prompt_tokens", "max_tokens"):
                self.names.use(name)

    def _placeable(self, name: tree.Name) -> bool:
        """Whether a name in a rule of `place` is one of its own, or one that belongs elsewhere."""
        return name.text in ("pool", "site") or self.names.expression(name.text) is not None

    def signal(self, name: str, span: Span) -> Operand | None:
        signal = self.known.signals.get(name)
        if signal is None:
            return None
        match signal.type:
            case Bool():
                return Truth(expr.Fires(name, span=span))
            case Score(_, _, threshold):
                return Truth(expr.Fires(name, span=span), name, threshold is None)
            case Int(_, _, dimension) | Real(_, _, dimension):
                return Num(reading(expr.Raw(name, span=span), span), dimension)
            case Enum(names):
                return Choice(name, names)
            case Set(names):
                return SetOf(name, names)
            case String():
                return Str(expr.StringSignal(name))
            case _:
                assert_never(signal.type)

    def outcome(self, name: tree.Name, kind: str) -> Operand | None:
        """A word that a claim reads of the decision."""
        if kind:
            self.faults.add(
                codes.AMBIGUOUS_NAME,
                f"`{name.text}` in a claim means the decision, and this policy also has a {kind} of that name",
                name.span,
                help=f"rename the {kind}, or give it a second name: `let … = {name.text}`",
            )
            return None
        match name.text:
            case "route":
                return Taken()
            case "cost":
                self.metered()
                return Num(reading(expr.Cost(span=name.span), name.span), "USD")
            case "routed":
                return Truth(expr.Outcome("routed", span=name.span))
            case "denied":
                return Truth(expr.Outcome("denied", span=name.span))
            case _:
                return Truth(expr.Outcome("served", span=name.span))

    def misplaced(self, what: str, span: Span, only: str, where: Where) -> None:
        self.faults.add(
            codes.MISPLACED_NAME,
            f"{what} can only be read in {only}, found in {where.title}",
            span,
        )

    # ── Sums and products ─────────────────────────────────────────────────

    def sum(self, span: Span, terms: tuple[tuple[Literal["+", "-"], tree.Expr], ...], where: Where) -> Num | None:
        made = [(sign, term.span, self.number(term, where)) for sign, term in terms]
        first = next((n for _, _, n in made if n is not None), None)
        if first is None:
            return None
        parts: list[tuple[Fraction, expr.Linear]] = []
        for sign, at, number in made:
            if number is None:
                continue
            if number.dimension != first.dimension:
                self.mixed("a sum", first.dimension, number.dimension, at)
                continue
            parts.append((-ONE if sign == "-" else ONE, number.value))
        return Num(combined(parts, span), first.dimension) if len(parts) == len(made) else None

    def mixed(self, what: str, left: str, right: str, span: Span) -> None:
        self.faults.add(
            codes.UNIT_MISMATCH,
            f"{what} mixes dimensions: {units.title(left)}, and {units.title(right)}",
            span,
            help=f"write a number such as `{units.example(left)}`",
        )

    def product(self, span: Span, factors: tuple[tree.Expr, ...], where: Where) -> Num | None:
        made = [self.number(f, where) for f in factors]
        numbers = [m for m in made if m is not None]
        if len(numbers) != len(made):
            return None
        variables = [(n, f) for n, f in zip(numbers, factors, strict=True) if not n.constant]
        if len(variables) > 1:
            self.faults.add(
                codes.PRODUCT_OF_VARIABLES,
                f"two numbers that depend on {'pool or site' if where.placement else 'the request'} are multiplied",
                span,
                help="one side of `*` has to be a constant",
            )
            return None
        dimensions = [n.dimension for n in numbers if n.dimension]
        if len(dimensions) > 1:
            self.faults.add(
                codes.UNIT_MISMATCH,
                f"a product has one factor with a dimension, found {units.title(dimensions[0])} and"
                f" {units.title(dimensions[1])}",
                span,
            )
            return None
        factor = ONE
        for number in numbers:
            if number.constant:
                factor *= number.value.constant
        value = combined([(factor, variables[0][0].value)], span) if variables else constant(factor, span)
        return Num(value, dimensions[0] if dimensions else "")
