"""Comparisons: what the two sides are decides what the relation means.

A bare name beside an enum, `route` or `destination.pool` is looked for there first, so that a member may have the
name of a signal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from wrpc.diagnostics import Fix
from wrpc.policy import codes, expr, meant
from wrpc.policy import vocabulary as v
from wrpc.policy.columns import Column
from wrpc.policy.intervals import FLIPPED, Relation
from wrpc.policy.model import Enum
from wrpc.policy.names import written
from wrpc.policy.operands import (
    ROLE,
    Bare,
    Choice,
    Num,
    Operand,
    SetOf,
    Str,
    Taken,
    Truth,
    Where,
    compared,
    described,
)
from wrpc.policy.relations import bare, comparable, negated, standing, taken, text
from wrpc.policy.wording import described as form
from wrpc.source import Span
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.lower import Lowering

EQUALITIES = ("==", "!=")


class Comparing:
    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.known = lowering.known
        self.names = lowering.names
        self.faults = lowering.faults

    # ── `left RELATION right` ─────────────────────────────────────────────

    def compare(self, e: tree.Compare, where: Where) -> expr.Condition | None:
        left, right, relation = e.left, e.right, e.operator
        if isinstance(right, tree.Listing) and relation in EQUALITIES:
            self._list(e)
            return None
        owner, other = self._owner(left, right, where), right
        if owner is None:
            owner, other, relation = self._owner(right, left, where), left, FLIPPED[relation]
        if owner is not None:
            return self._with_owner(owner, relation, other, e.span, where)
        one, two = self.lowering.operand(left, where), self.lowering.operand(right, where)
        if one is None or two is None:  # beside what is poisoned, a bare name may be anything
            return None
        return self._operands(e, one, two, where)

    def _owner(self, e: tree.Expr, other: tree.Expr, where: Where) -> Operand | None:
        """The operand that `e` is, where it decides what a bare name on the other side means; nothing is reported.

        Where both sides could, the one that knows the other's name as a member does, else the left one.
        """
        found = self.lookup(e, where)
        if found is None or not isinstance(found, Choice):
            return found
        counterpart = self.lookup(other, where)
        if isinstance(counterpart, Choice) and bare(other) not in found.names and bare(e) in counterpart.names:
            return None
        return found

    def lookup(self, e: tree.Expr, where: Where) -> Choice | Str | Taken | None:
        if not isinstance(e, tree.Path) or where.placement:
            if where.placement and isinstance(e, tree.Path) and e.text in v.NAMED:
                return Str(expr.Attribute(e.text), v.NAMED[e.text])
            return None
        if len(e.parts) > 1 and e.parts[0].text in self.known.tables:
            column = self.lowering.paths.known_column(e, quiet=True)
            if column is None or column.type != "words":
                return None
            return Choice(column.title, column.names, column=column)
        if len(e.parts) == 2 and e.parts[0].text == "destination":
            attribute = e.parts[1].text
            if where.destination and attribute == "role":
                return Str(expr.Attribute("role"), ROLE)
            if where.destination and attribute in v.NAMED:
                return Str(expr.Attribute(attribute), v.NAMED[attribute])
            return None
        name = bare(e)
        if name == "route" and where.outcome and self.names.expression(name) is None:
            return Taken()
        if name in self.names.of("signal"):
            signal = self.known.signals.get(name)
            if signal is not None and isinstance(signal.type, Enum):
                return Choice(name, signal.type.names)
        elif name in self.names.of("band"):
            band = self.known.band(name)
            return None if band is None else Choice(name, band.names, band)
        return None

    def _with_owner(
        self, owner: Operand, relation: Relation, other: tree.Expr, span: Span, where: Where
    ) -> expr.Condition | None:
        if isinstance(owner, Choice):
            self.read(owner)
            return self._choice(owner, relation, other, span, where)
        if isinstance(owner, Taken):
            if relation not in EQUALITIES:
                self.faults.add(codes.WRONG_OPERAND, "`route` can only be compared with `==`, `!=` and `in`", span)
                return None
            name = self.route(other)
            return None if name is None else negated(taken([name], span), relation == "!=", span)
        assert isinstance(owner, Str)
        if owner.named == ROLE:
            role = self.role(other, where)
            return None if role is None else text(owner.term, relation, role, span)
        term = self._named(owner, other, where)
        return None if term is None else text(owner.term, relation, term, span)

    # ── Enums and bands ───────────────────────────────────────────────────

    def _choice(
        self, one: Choice, relation: Relation, other: tree.Expr, span: Span, where: Where
    ) -> expr.Condition | None:
        name = bare(other)
        if name in one.names:
            return one.among(standing(one.names, relation, name), span)
        two = self.lookup(other, where)
        if isinstance(two, Choice):
            self.read(two)
            return self._choices(one, relation, two, span)
        self.no_member(one.name, one.names, other, where)
        return None

    def read(self, choice: Choice) -> None:
        """Takes note that somebody reads it."""
        if choice.column is None:
            self.names.use(choice.name)
        else:
            self.names.read.add(("table", choice.column.table))
            self.names.use(choice.column.keys.signal)

    def no_member(self, name: str, names: Collection[str], other: tree.Expr, where: Where) -> None:
        """Reports what stands where a member of an enum or a set is expected."""
        if isinstance(other, tree.Text):
            if other.value in names:
                self.quotes(other, f"`{name}` is compared with names, which have no quotes", other.value)
                return
            self.faults.add(
                codes.QUOTES,
                f"`{name}` is compared with names, which have no quotes",
                other.span,
                help=self.faults.suggest(other.value, names),
            )
            return
        bare = other.parts[0] if isinstance(other, tree.Path) and len(other.parts) == 1 else None
        if bare is not None and self.names.expression(bare.text) is None:
            if bare.text in v.CLAIM_WORDS and where.outcome:
                self.faults.add(codes.WRONG_OPERAND, f"`{name}` cannot be compared with `{bare.text}`", other.span)
            elif not self.names.poisoned(bare.text):
                best = self.faults.suggest(bare.text, names)
                self.faults.add(
                    codes.UNKNOWN_NAME,
                    f"`{name}` has no `{bare.text}`",
                    bare.span,
                    help=best or "its values are " + ", ".join(f"`{n}`" for n in list(names)[:5]),
                    fixes=self.names.rename(bare, names) if best else (),
                )
            return
        found = self.lowering.operand(other, where)
        if found is not None:
            self.faults.add(
                codes.WRONG_OPERAND,
                f"`{name}` is compared with one of its values, found {described(found)}",
                other.span,
                help=f"such as `{name} == {written(next(iter(names)))}`" if names else None,
            )

    def _choices(self, one: Choice, relation: Relation, two: Choice, span: Span) -> expr.Condition | None:
        """Two enums: every pair of names that stands in the relation, over all names of both.

        Over all of them, and with a part that holds nothing, so that it is unknown where one of the two is.
        """
        if relation not in EQUALITIES and one.names != two.names:
            self.faults.add(
                codes.WRONG_OPERAND,
                f"`{one.name}` and `{two.name}` have different values, so one is not greater than the other",
                span,
            )
            return None
        names = tuple(dict.fromkeys((*one.names, *two.names)))
        positive: Relation = "==" if relation == "!=" else relation
        parts = [
            expr.All((one.among(standing(names, positive, name), span), two.among([name], span)), span=span)
            for name in names
        ]
        if positive != "==":
            parts.append(expr.All((one.among(names, span), two.among([], span)), span=span))
        return negated(expr.Any(tuple(parts), span=span), relation == "!=", span)

    # ── Names of declared things ──────────────────────────────────────────

    def route(self, e: tree.Expr) -> str | None:
        """A route's name, `default` included, where a claim compares `route`."""
        match e:
            case tree.Path(_, (name,)):
                if name.text == "default":
                    return "default"
                return name.text if self.names.find("route", name) else None
            case tree.Text():
                self.quotes(e, "`route` is compared with names of routes, which have no quotes", e.value)
            case _:
                self.faults.add(
                    codes.WRONG_OPERAND, f"`route` is compared with the name of a route, found {form(e)}", e.span
                )
        return None

    def role(self, e: tree.Expr, where: Where) -> expr.StringLiteral | None:
        """What `destination.role` compares with: one of the six, as a word or a string."""
        word = e.value if isinstance(e, tree.Text) else bare(e)
        if word in v.PLAN_ROLES:
            return expr.StringLiteral(word)
        if isinstance(e, tree.Path) and word and self.names.expression(word) is None:
            self.lowering.reader.one_of(e.parts[0], v.PLAN_ROLES, "`destination.role`")
            return None
        advice = "the roles are " + ", ".join(f"`{r}`" for r in v.PLAN_ROLES)
        if isinstance(e, tree.Text):
            best = self.faults.suggest(word, v.PLAN_ROLES) or advice
            self.faults.add(codes.UNKNOWN_WORD, f"`destination.role` has no `{word}`", e.span, help=best)
            return None
        found = form(e)
        if isinstance(e, tree.Path) and word:
            operand = self.lowering.operand(e, where)
            if operand is None:
                return None
            found = described(operand)
        message = f"`destination.role` is compared with a role, found {found}"
        self.faults.add(codes.WRONG_OPERAND, message, e.span, help=advice)
        return None

    def _named(self, owner: Str, e: tree.Expr, where: Where) -> expr.TextTerm | Column | None:
        """What `destination.pool` and its like compare with: a declared name, a string, or a string signal."""
        match e:
            case tree.Text(_, value):
                return expr.StringLiteral(value)
            case tree.Path(_, (name,)) if name.text in self.names.of(owner.named):
                self.names.find(owner.named, name)
                return expr.StringLiteral(name.text)
            case tree.Path(_, (name,)) if where.placement or self.names.expression(name.text) is None:
                if not where.placement or name.text not in ("pool", "site"):
                    self.names.find(owner.named, name)
                    return None
            case _:
                pass
        found = self.lowering.operand(e, where)
        if isinstance(found, Str):
            return found.term
        if isinstance(found, Bare):
            self.lowering.unknown(found.name)
        elif found is not None:
            self._differ(owner, found, e.span)
        return None

    # ── Numbers, strings, conditions ──────────────────────────────────────

    def _list(self, e: tree.Compare) -> None:
        word = "in" if e.operator == "==" else "not in"
        between = Span(e.span.source, e.left.span.end, e.right.span.start)
        fix = Fix(between, f" {word} ", f"write `{word}`")
        message = f"a value is compared with a list by `{word}`, found `{e.operator}`"
        self.faults.add(codes.WRONG_OPERAND, message, e.right.span, help=f"write `{word}`", fixes=[fix])

    def _operands(self, e: tree.Compare, one: Operand, two: Operand, where: Where) -> expr.Condition | None:
        if isinstance(one, Num) and isinstance(two, Num):
            if comparable(one, two):
                return compared(one.value, e.operator, two.value, e.span)
            self.lowering.mixed("a comparison", one.dimension, two.dimension, e.span)
            return None
        match one, two:
            case Truth(), _:
                return self._truth(e, one, e.left, two, e.right, where)
            case _, Truth():
                return self._truth(e, two, e.right, one, e.left, where)
            case Str(), Str():
                return text(one.term, e.operator, two.term, e.span)
            case (Str(), Bare(name)) | (Bare(name), Str()) if where.destination and name.text in v.DESTINATION:
                self.lowering.unknown(name, where)
                return None
            case (Str(), Bare(name)) | (Bare(name), Str()) if name.text in ("null", "none", "None", "nil", "undefined"):
                message = f"a string is never `{name.text}`"
                hint = 'write `""` for the empty string; what an absent header means is for `on_error` to say'
                self.faults.add(codes.WRONG_OPERAND, message, name.span, help=hint)
                return None
            case (Str(), Bare(name)) | (Bare(name), Str()):
                owner = one if isinstance(one, Str) else two
                fix = Fix(name.span, f'"{name.text}"', "write it as a string")
                self.faults.add(
                    codes.QUOTES,
                    f"{described(owner)} is compared with strings, and no signal is called `{name.text}`",
                    name.span,
                    help=f"strings need double quotes: write `{fix.text}`",
                    fixes=[fix],
                )
                return None
            case _:
                sets = any(isinstance(o, SetOf) for o in (one, two))
                unknown = [o.name for o in (one, two) if isinstance(o, Bare) and not sets]
                attributes = [name for name in unknown if where.destination and name.text in v.DESTINATION]
                unknown = attributes[:1] or unknown  # what it is compared with has a meaning only once it is right
                for name in unknown:
                    self.lowering.unknown(name, where)
                if not unknown:
                    self._differ(one, two, e.span, (e.left, e.right))
                return None

    def _differ(self, one: Operand, two: Operand, span: Span, sides: Sequence[tree.Expr] = ()) -> None:
        advice = None
        fixes: Sequence[Fix] = ()
        for operand, other in ((one, two), (two, one)):
            if isinstance(operand, SetOf):
                member = written(other.name.text if isinstance(other, Bare) else next(iter(operand.names), "x"))
                said = f"{member} in {written(operand.name)}"
                advice = f"ask for a member, such as `{said}`"
                if isinstance(other, Bare) and other.name.text in operand.names:
                    advice, fixes = f"write `{said}`", [Fix(span, said, f"write `{said}`", safe=False)]
        for side in sides:
            number = meant.unquoted(side)
            if number is not None and any(isinstance(o, Num) for o in (one, two)):
                advice, fixes = number
        message = f"{described(one)} is compared with {described(two)}"
        self.faults.add(codes.WRONG_OPERAND, message, span, help=advice, fixes=fixes)

    def _truth(
        self, e: tree.Compare, truth: Truth, at: tree.Expr, other: Operand, beside: tree.Expr, where: Where
    ) -> expr.Condition | None:
        """A condition in a comparison: always a fault, mostly one that can be repaired."""
        if isinstance(other, Bare):
            self.lowering.unknown(other.name, where)
            return None
        if isinstance(beside, tree.Path) and beside.text in ("true", "false"):
            self._with_constant(e, at, beside.text == "true")
        elif isinstance(at, tree.Path) and at.text in ("true", "false") and isinstance(other, Truth):
            self._with_constant(e, beside, at.text == "true")
        elif truth.score and isinstance(other, Num):
            function = "raw" if truth.silent else "confidence"
            score = written(truth.score)
            self.faults.add(
                codes.BARE_SCORE_COMPARED,
                f"the score `{truth.score}` by itself means that it fires, and cannot be compared with a number",
                at.span,
                help=f"`confidence({score})` is its number where it fires, else 0; `raw({score})` is its number"
                " in any case" if not truth.silent else f"write `raw({score})`",
                fixes=[Fix(at.span, f"{function}({score})", f"read its number: `{function}({score})`", safe=False)],
            )  # fmt: skip
        else:
            self.faults.add(
                codes.WRONG_OPERAND,
                f"{described(truth)} is compared with {described(other)}",
                e.span,
                help=f"write `{at.span.text}` or `not {at.span.text}`"
                if isinstance(at, tree.Path)
                else "conditions are joined with `and`, `or` and `not`, and are not compared",
            )
        return None

    def _with_constant(self, e: tree.Compare, condition: tree.Expr, value: bool) -> None:
        plain = value == (e.operator == "==")
        fixes = []
        if isinstance(condition, tree.Path) and e.operator in EQUALITIES:
            text = ".".join(written(p.text) for p in condition.parts)
            fixes = [Fix(e.span, text if plain else f"not {text}", "say it without the comparison")]
        self.faults.add(
            codes.COMPARED_WITH_TRUE,
            f"a condition is compared with `{'true' if value else 'false'}`",
            e.span,
            help=f"write `{fixes[0].text}`" if fixes else "a condition stands by itself, or after `not`",
            fixes=fixes,
        )

    def quotes(self, e: tree.Text, message: str, name: str) -> None:
        fix = Fix(e.span, written(name), "drop the quotes")
        self.faults.add(codes.QUOTES, message, e.span, help=f"write `{fix.text}`, without quotes", fixes=[fix])
