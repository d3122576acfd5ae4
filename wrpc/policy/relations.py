"""What relations make of their two sides once it is known what these are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from wrpc.policy import expr
from wrpc.policy.columns import Cell, Column
from wrpc.policy.intervals import Relation, holds
from wrpc.policy.operands import Num
from wrpc.source import Span
from wrpc.syntax import tree


def comparable(one: Num, two: Num) -> bool:
    """Of one dimension; what a request costs is money, and money per request as well."""
    if one.dimension == two.dimension:
        return True
    costs = any(
        isinstance(q, expr.Cost) or (isinstance(q, expr.Provided) and q.name == "cost")
        for n in (one, two)
        for _, q in n.value.terms
    )
    return costs and {one.dimension, two.dimension} == {"USD", "USD/req"}


def split(
    terms: Sequence[expr.TextTerm | Column], make: Callable[[Sequence[expr.TextTerm]], expr.Condition], span: Span
) -> expr.Condition:
    """What is made of strings, of which each column is what it says of the request."""
    at = next((i for i, term in enumerate(terms) if isinstance(term, Column)), None)
    column = None if at is None else terms[at]
    if isinstance(column, Column):

        def said(cell: Cell) -> expr.Condition:
            rest = [expr.StringLiteral(str(cell)) if i == at else term for i, term in enumerate(terms)]
            return split(rest, make, span)

        return column.split(said, span)
    return make([term for term in terms if not isinstance(term, Column)])


def text(one: expr.TextTerm | Column, relation: Relation, two: expr.TextTerm | Column, span: Span) -> expr.Condition:
    """A relation between strings; where an attribute is not declared, none but `!=` holds."""
    return split((one, two), lambda terms: _text(terms[0], relation, terms[1], span), span)


def _text(one: expr.TextTerm, relation: Relation, two: expr.TextTerm, span: Span) -> expr.Condition:
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


def negated(condition: expr.Condition, negated: bool, span: Span) -> expr.Condition:
    return expr.Not(condition, span=span) if negated else condition


def taken(routes: Collection[str], span: Span) -> expr.Condition:
    return expr.Outcome("route", frozenset(routes), span=span)


def bare(e: tree.Node) -> str:
    """The text of a bare name, else a text that no name has."""
    return e.parts[0].text if isinstance(e, tree.Path) and len(e.parts) == 1 else ""


def standing(names: Sequence[str], relation: Relation, name: str) -> list[str]:
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
