"""Comparisons, `in` and `prefix`: what the two sides are decides what the relation means.

A bare name beside an enum, `route` or `destination.pool` is looked for there first, so that a member may have the
name of a signal.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from wrpc.diagnostics import Fix
from wrpc.policy import codes, expr
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import described as form
from wrpc.policy.intervals import FLIPPED, Relation, holds, merged, point
from wrpc.policy.model import Enum, Set
from wrpc.policy.names import written
from wrpc.policy.operands import (
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
    within,
)
from wrpc.source import Span
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.lower import Lowering

EQUALITIES = ("==", "!=")

Item = tree.Number | tree.Text | tree.Path | tree.Listing | tree.Call


class Comparing:
    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.known = lowering.known
        self.names = lowering.names
        self.faults = lowering.faults

    # ── `left RELATION right` ─────────────────────────────────────────────

    def compare(self, e: tree.Compare, where: Where) -> expr.Condition | None:
        left, right, relation = e.left, e.right, e.operator
        owner, other = self._owner(left, right, where), right
        if owner is None:
            owner, other, relation = self._owner(right, left, where), left, FLIPPED[relation]
        if owner is not None:
            return self._with_owner(owner, relation, other, e.span, where)
        one, two = self.lowering.operand(left, where), self.lowering.operand(right, where)
        if one is None or two is None:  # beside what is poisoned, a bare name may be anything
            return None
        return self._operands(e, one, two)

    def _owner(self, e: tree.Expr, other: tree.Expr, where: Where) -> Operand | None:
        """The operand that `e` is, where it decides what a bare name on the other side means; nothing is reported.

        Where both sides could, the one that knows the other's name as a member does, else the left one.
        """
        found = self._lookup(e, where)
        if found is None or not isinstance(found, Choice):
            return found
        counterpart = self._lookup(other, where)
        if isinstance(counterpart, Choice) and _bare(other) not in found.names and _bare(e) in counterpart.names:
            return None
        return found

    def _lookup(self, e: tree.Expr, where: Where) -> Choice | Str | Taken | None:
        if not isinstance(e, tree.Path) or where.placement:
            if where.placement and isinstance(e, tree.Path) and e.text in v.NAMED:
                return Str(expr.Attribute(e.text), v.NAMED[e.text])
            return None
        if len(e.parts) == 2 and e.parts[0].text == "destination":
            attribute = e.parts[1].text
            if where.destination and attribute in v.NAMED:
                return Str(expr.Attribute(attribute), v.NAMED[attribute])
            return None
        name = _bare(e)
        if name == "route" and where.outcome and self.names.expression(name) is None:
            return Taken()
        kinds = self.names.of("signal"), self.names.of("band")
        if name in kinds[0]:
            signal = self.known.signals.get(name)
            if signal is not None and isinstance(signal.type, Enum):
                return Choice(name, signal.type.names)
        elif name in kinds[1]:
            band = self.known.band(name)
            return None if band is None else Choice(name, band.names, band)
        return None

    def _with_owner(
        self, owner: Operand, relation: Relation, other: tree.Expr, span: Span, where: Where
    ) -> expr.Condition | None:
        if isinstance(owner, Choice):
            self.names.expression(owner.name)
            return self._choice(owner, relation, other, span, where)
        if isinstance(owner, Taken):
            if relation not in EQUALITIES:
                self.faults.add(codes.WRONG_OPERAND, "`route` compares with `==`, `!=` and `in` alone", span)
                return None
            name = self._route(other)
            return None if name is None else _negated(_taken([name], span), relation == "!=", span)
        assert isinstance(owner, Str)
        term = self._named(owner, other, where)
        return None if term is None else text(owner.term, relation, term, span)

    # ── Enums and bands ───────────────────────────────────────────────────

    def _choice(
        self, one: Choice, relation: Relation, other: tree.Expr, span: Span, where: Where
    ) -> expr.Condition | None:
        name = _bare(other)
        if name in one.names:
            return one.among(_standing(one.names, relation, name), span)
        two = self._lookup(other, where)
        if isinstance(two, Choice):
            self.names.expression(two.name)
            return self._choices(one, relation, two, span)
        self._no_member(one.name, one.names, other, where)
        return None

    def _no_member(self, name: str, names: Collection[str], other: tree.Expr, where: Where) -> None:
        """Reports what stands where a member of an enum or a set is expected."""
        if isinstance(other, tree.Text):
            if other.value in names:
                self._quotes(other, f"`{name}` compares with bare names, and a string is never a name", other.value)
                return
            self.faults.add(
                codes.QUOTES,
                f"`{name}` compares with bare names, and a string is never a name",
                other.span,
                help=self.faults.suggest(other.value, names),
            )
            return
        bare = other.parts[0] if isinstance(other, tree.Path) and len(other.parts) == 1 else None
        if bare is not None and self.names.expression(bare.text) is None:
            if bare.text in v.CLAIM_WORDS and where.outcome:
                self.faults.add(codes.WRONG_OPERAND, f"`{name}` does not compare with `{bare.text}`", other.span)
            elif not self.names.poisoned(bare.text):
                best = self.faults.suggest(bare.text, names)
                self.faults.add(
                    codes.UNKNOWN_NAME,
                    f"`{name}` has no `{bare.text}`",
                    bare.span,
                    help=best or "its names are " + ", ".join(f"`{n}`" for n in list(names)[:5]),
                    fixes=self.names.rename(bare, names) if best else (),
                )
            return
        found = self.lowering.operand(other, where)
        if found is not None:
            self.faults.add(
                codes.WRONG_OPERAND,
                f"`{name}` compares with one of its names, found {described(found)}",
                other.span,
                help=f"such as `{name} == {written(next(iter(names)))}`",
            )

    def _choices(self, one: Choice, relation: Relation, two: Choice, span: Span) -> expr.Condition | None:
        """Two enums: every pair of names that stands in the relation, over all names of both.

        Over all of them, and with a part that holds nothing, so that it is unknown where one of the two is.
        """
        if relation not in EQUALITIES and one.names != two.names:
            self.faults.add(
                codes.WRONG_OPERAND,
                f"`{one.name}` and `{two.name}` have different names, so that there is no order between them",
                span,
            )
            return None
        names = tuple(dict.fromkeys((*one.names, *two.names)))
        positive: Relation = "==" if relation == "!=" else relation
        parts = [
            expr.All((one.among(_standing(names, positive, name), span), two.among([name], span)), span=span)
            for name in names
        ]
        if positive != "==":
            parts.append(expr.All((one.among(names, span), two.among([], span)), span=span))
        return _negated(expr.Any(tuple(parts), span=span), relation == "!=", span)

    # ── Names of declared things ──────────────────────────────────────────

    def _route(self, e: tree.Expr) -> str | None:
        """A route's name, `default` included, where a claim compares `route`."""
        match e:
            case tree.Path(_, (name,)):
                if name.text == "default":
                    return "default"
                return name.text if self.names.find("route", name) else None
            case tree.Text():
                self._quotes(e, "`route` compares with the names of routes, and a string is never a name", e.value)
            case _:
                self.faults.add(
                    codes.WRONG_OPERAND, f"`route` compares with the name of a route, found {form(e)}", e.span
                )
        return None

    def _named(self, owner: Str, e: tree.Expr, where: Where) -> expr.TextTerm | None:
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

    def _operands(self, e: tree.Compare, one: Operand, two: Operand) -> expr.Condition | None:
        match one, two:
            case Truth(), _:
                return self._truth(e, one, e.left, two, e.right)
            case _, Truth():
                return self._truth(e, two, e.right, one, e.left)
            case Num(), Num():
                if _comparable(one, two):
                    return compared(one.value, e.operator, two.value, e.span)
                self.lowering.mixed("a comparison", one.dimension, two.dimension, e.span)
                return None
            case Str(), Str():
                return text(one.term, e.operator, two.term, e.span)
            case (Str(), Bare(name)) | (Bare(name), Str()):
                owner = one if isinstance(one, Str) else two
                fix = Fix(name.span, f'"{name.text}"', "write it as a string")
                self.faults.add(
                    codes.QUOTES,
                    f"{described(owner)} compares with strings, and no signal is called `{name.text}`",
                    name.span,
                    help=f"write `{fix.text}`",
                    fixes=[fix],
                )
                return None
            case _:
                sets = any(isinstance(o, SetOf) for o in (one, two))
                unknown = [o.name for o in (one, two) if isinstance(o, Bare) and not sets]
                for name in unknown:
                    self.lowering.unknown(name)
                if not unknown:
                    self._differ(one, two, e.span)
                return None

    def _differ(self, one: Operand, two: Operand, span: Span) -> None:
        advice = None
        for operand in (one, two):
            if isinstance(operand, SetOf):
                advice = f"ask for a member, such as `{operand.names[0]} in {operand.name}`"
        self.faults.add(codes.WRONG_OPERAND, f"{described(one)} is compared with {described(two)}", span, help=advice)

    def _truth(
        self, e: tree.Compare, truth: Truth, at: tree.Expr, other: Operand, beside: tree.Expr
    ) -> expr.Condition | None:
        """A condition in a comparison: always a fault, mostly one that can be repaired."""
        if isinstance(other, Bare):
            self.lowering.unknown(other.name)
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
                f"the bare score `{truth.score}` is the condition that it fires, and is compared with a number",
                at.span,
                help=f"`confidence({score})` is its number where it fires and 0 where not, `raw({score})` its number"
                " in any case" if not truth.silent else f"write `raw({score})`",
                fixes=[Fix(at.span, f"{function}({score})", f"read its number: `{function}({score})`", safe=False)],
            )  # fmt: skip
        else:
            self.faults.add(
                codes.WRONG_OPERAND,
                f"{described(truth)} is compared with {described(other)}",
                e.span,
                help="conditions are joined with `and`, `or`, `not`; they do not compare",
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
            help=f"write `{fixes[0].text}`" if fixes else "a condition stands by itself, or behind `not`",
            fixes=fixes,
        )

    def _quotes(self, e: tree.Text, message: str, name: str) -> None:
        fix = Fix(e.span, written(name), "drop the quotes")
        self.faults.add(codes.QUOTES, message, e.span, help=f"write `{fix.text}`", fixes=[fix])

    # ── `in` ──────────────────────────────────────────────────────────────

    def contains(self, e: tree.In, where: Where) -> expr.Condition | None:
        made = self._listed(e, e.right, where) if isinstance(e.right, tree.Listing) else self._member(e, where)
        return None if made is None else _negated(made, e.negated, e.span)

    def _member(self, e: tree.In, where: Where) -> expr.Condition | None:
        """`shell in tools`."""
        signal = None
        if isinstance(e.right, tree.Path) and not where.placement:
            found = self.names.expression(_bare(e.right))
            if found is not None and found[0] == "signal":
                signal = self.known.signals.get(_bare(e.right))
                if signal is None:
                    return None
        if signal is None or not isinstance(signal.type, Set):
            right = self.lowering.operand(e.right, where)
            if isinstance(right, Bare):
                self.lowering.unknown(right.name)
            elif right is not None:
                self.faults.add(
                    codes.WRONG_OPERAND,
                    f"behind `in` stands a list or a signal of type `any_of`, found {described(right)}",
                    e.right.span,
                    help="such as `domain in [math, code]`, or `shell in tools`",
                )
            return None
        name = _bare(e.left)
        if name in signal.type.names:
            return expr.Has(signal.name, name, span=e.span)
        self._no_member(signal.name, signal.type.names, e.left, where)
        return None

    def _listed(self, e: tree.In, listing: tree.Listing, where: Where) -> expr.Condition | None:
        items = [i for i in listing.items if not isinstance(i, (tree.Range, tree.Block))]
        for item in listing.items:
            if isinstance(item, (tree.Range, tree.Block)):
                self.faults.add(
                    codes.WRONG_OPERAND, f"a list holds names, numbers or strings, found {form(item)}", item.span
                )
        if len(items) < len(listing.items):
            return None
        if not items:
            self.faults.add(
                codes.EMPTY_LIST, "the list is empty, so that nothing is ever in it", listing.span,
                help="name what belongs into it, or leave the condition out",
            )  # fmt: skip
            return None
        owner = self._lookup(e.left, where)
        if isinstance(owner, Choice):
            return self._listed_choice(owner, items, e.span, where)
        if isinstance(owner, Taken):
            routes = [self._route(i) for i in items]
            found = [r for r in routes if r is not None]
            return _taken(found, e.span) if len(found) == len(items) else None
        left = owner or self.lowering.operand(e.left, where)
        if left is None:
            return None
        match left:
            case Bare(name):
                self.lowering.unknown(name)
            case Num():
                return self._listed_numbers(left, items, e.span, where)
            case Str():
                return self._listed_strings(left, items, e.span)
            case Truth(_, score) if score:
                self.faults.add(
                    codes.BARE_SCORE_COMPARED,
                    f"the bare score `{score}` is the condition that it fires, and is looked for in a list",
                    e.left.span,
                    help=f"`confidence({score})` and `raw({score})` are numbers",
                )
            case _:
                self.faults.add(
                    codes.WRONG_OPERAND,
                    f"a number, a name of an enum or a string stands before `in`, found {described(left)}",
                    e.left.span,
                )
        return None

    def _listed_choice(self, one: Choice, items: Sequence[Item], span: Span, where: Where) -> expr.Condition | None:
        self.names.expression(one.name)
        found: list[str] = []
        for item in items:
            name = _bare(item)
            if name in one.names:
                found.append(name)
            else:
                self._no_member(one.name, one.names, item, where)
        return one.among(found, span) if len(found) == len(items) else None

    def _listed_numbers(self, left: Num, items: Sequence[Item], span: Span, where: Where) -> expr.Condition | None:
        points = []
        for item in items:
            number = self.lowering.operand(item, where)
            if number is None:
                continue
            if isinstance(number, Num) and number.constant:
                if _comparable(left, number):
                    points.append(point(number.value.constant))
                else:
                    self.lowering.mixed("a list", left.dimension, number.dimension, item.span)
            elif isinstance(number, Bare):
                self.lowering.unknown(number.name)
            else:
                self.faults.add(
                    codes.WRONG_OPERAND, f"a list behind a number holds numbers, found {form(item)}", item.span
                )
        return within(left.value, merged(points), span) if len(points) == len(items) else None

    def _listed_strings(self, left: Str, items: Sequence[Item], span: Span) -> expr.Condition | None:
        parts: list[expr.Condition] = []
        for item in items:
            match item:
                case tree.Text(at, value):
                    parts.append(text(left.term, "==", expr.StringLiteral(value), at))
                case tree.Path(at, (name,)) if left.named:
                    if self.names.find(left.named, name):
                        parts.append(text(left.term, "==", expr.StringLiteral(name.text), at))
                case tree.Path(at, (name,)):
                    fix = Fix(at, f'"{name.text}"', "write it as a string")
                    self.faults.add(
                        codes.QUOTES,
                        f"{described(left)} compares with strings, found the name `{name.text}`",
                        at, help=f"write `{fix.text}`", fixes=[fix],
                    )  # fmt: skip
                case _:
                    self.faults.add(
                        codes.WRONG_OPERAND, f"a list behind a string holds strings, found {form(item)}", item.span
                    )
        if len(parts) != len(items):
            return None
        return parts[0] if len(parts) == 1 else expr.Any(tuple(parts), span=span)

    # ── `prefix` ──────────────────────────────────────────────────────────

    def prefix(self, call: tree.Call, where: Where) -> expr.Condition | None:
        """`prefix(tenant, "eu-")`."""
        arguments = [
            a.value for a in call.arguments if a.name is None and not isinstance(a.value, (tree.Range, tree.Block))
        ]
        if len(arguments) != 2 or len(call.arguments) != 2:
            self.faults.add(
                codes.WRONG_ARGUMENTS, "`prefix` takes a string and what it starts with", call.span,
                help='write `prefix(tenant, "eu-")`',
            )  # fmt: skip
            return None
        terms: list[expr.TextTerm] = []
        for argument in arguments:
            found = self.lowering.operand(argument, where)
            if isinstance(found, Str):
                terms.append(found.term)
            elif isinstance(found, Bare):
                self.lowering.unknown(found.name)
            elif found is not None:
                self.faults.add(codes.WRONG_OPERAND, f"`prefix` takes strings, found {described(found)}", argument.span)
        if len(terms) != 2:
            return None
        one, two = terms
        if isinstance(one, expr.StringLiteral) and isinstance(two, expr.StringLiteral):
            return expr.Constant(one.value.startswith(two.value), span=call.span)
        return expr.Text("prefix", one, two, span=call.span)


def _comparable(one: Num, two: Num) -> bool:
    """Of one dimension; what a request costs is money, and money per request as well."""
    if one.dimension == two.dimension:
        return True
    costs = any(isinstance(q, expr.Cost) for n in (one, two) for _, q in n.value.terms)
    return costs and {one.dimension, two.dimension} == {"USD", "USD/req"}


def text(one: expr.TextTerm, relation: Relation, two: expr.TextTerm, span: Span) -> expr.Condition:
    """A relation between strings; where an attribute is not declared, none but `!=` holds."""
    if isinstance(one, expr.StringLiteral) and isinstance(two, expr.StringLiteral):
        return expr.Constant(holds(relation, one.value, two.value), span=span)
    equal = expr.Text("equals", one, two, span=span)
    match relation:
        case "==":
            return equal
        case "!=":
            return expr.Not(equal, span=span)
        case "<":
            return expr.Text("before", one, two, span=span)
        case ">":
            return expr.Text("before", two, one, span=span)
        case "<=":
            return expr.Any((expr.Text("before", one, two, span=span), equal), span=span)
        case ">=":
            return expr.Any((expr.Text("before", two, one, span=span), equal), span=span)


def _negated(condition: expr.Condition, negated: bool, span: Span) -> expr.Condition:
    return expr.Not(condition, span=span) if negated else condition


def _taken(routes: Collection[str], span: Span) -> expr.Condition:
    return expr.Outcome("route", frozenset(routes), span=span)


def _bare(e: tree.Node) -> str:
    """The text of a bare name, else a text that no name has."""
    return e.parts[0].text if isinstance(e, tree.Path) and len(e.parts) == 1 else ""


def _standing(names: Sequence[str], relation: Relation, name: str) -> list[str]:
    """The members that stand in a relation to one, by their place in the declaration."""
    at = names.index(name)
    match relation:
        case "==":
            return [name]
        case "!=":
            return [n for n in names if n != name]
        case "<":
            return list(names[:at])
        case "<=":
            return list(names[: at + 1])
        case ">":
            return list(names[at + 1 :])
        case ">=":
            return list(names[at:])
