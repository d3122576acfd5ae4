"""`within`: a set that has no member but some."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from wrpc.diagnostics import Fix
from wrpc.policy import codes, expr
from wrpc.policy.columns import Cell, Column
from wrpc.policy.compare import Comparing
from wrpc.policy.names import written
from wrpc.policy.operands import Bare, Choice, Num, Operand, SetOf, Str, Where, described
from wrpc.policy.relations import bare
from wrpc.policy.wording import described as form
from wrpc.source import Span
from wrpc.syntax import tree

if TYPE_CHECKING:
    from wrpc.policy.lower import Lowering


def subset(lowering: Lowering, comparing: Comparing, e: tree.In, where: Where) -> expr.Condition | None:
    """`tools within [search, sql]`: no member but these, each of which need not be there."""
    left = lowering.operand(e.left, where)
    if isinstance(left, Bare):
        lowering.unknown(left.name, where)
    elif isinstance(left, SetOf):
        allowed = _allowed(lowering, comparing, left, e, where)
        if isinstance(allowed, Column):
            return allowed.split(lambda cell: contained(left, _names(cell), e.span), e.span)
        return None if allowed is None else contained(left, allowed, e.span)
    elif left is not None:
        _no_set(lowering, e, left)
    return None


def contained(one: SetOf, allowed: Collection[str], span: Span) -> expr.Condition:
    """The set has no member but these. Where that is every member it still reads the set, so that unknown stays
    unknown."""
    if one.column is not None:
        return one.column.where(lambda cell: _names(cell) <= set(allowed), span)
    parts = tuple(expr.Not(expr.Has(one.name, n, span=span), span=span) for n in one.names if n not in allowed)
    if len(parts) == 1:
        return parts[0]
    if parts:
        return expr.All(parts, span=span)
    some = expr.Has(one.name, one.names[0], span=span)
    return expr.Any((some, expr.Not(some, span=span)), span=span)


def _names(cell: Cell) -> frozenset[str]:
    assert isinstance(cell, frozenset), "a column of lists holds lists"
    return cell


def _allowed(
    lowering: Lowering, comparing: Comparing, left: SetOf, e: tree.In, where: Where
) -> frozenset[str] | Column | None:
    if not isinstance(e.right, tree.Listing):
        right = lowering.operand(e.right, where)
        if isinstance(right, SetOf) and right.column is not None:
            return right.column
        _no_list(lowering, left, e, right, where)
        return None
    found: set[str] = set()
    sound = True
    for item in e.right.items:
        if bare(item) in left.names:
            found.add(bare(item))
            continue
        sound = False
        if isinstance(item, (tree.Range, tree.Block)):
            message = f"a list after `within` holds names, found {form(item)}"
            lowering.faults.add(codes.WRONG_OPERAND, message, item.span)
        else:
            comparing.no_member(left.name, left.names, item, where)
    return frozenset(found) if sound else None


def _no_set(lowering: Lowering, e: tree.In, left: Operand) -> None:
    """What one of several values is compared with comes after `in`."""
    said = f"{e.left.span.text} {'not ' if e.negated else ''}in {e.right.span.text}"
    listed = isinstance(left, Choice | Num | Str) and isinstance(e.right, tree.Listing) and "\n" not in said
    lowering.faults.add(
        codes.WRONG_OPERAND,
        f"`within` asks for the members of a signal of type `any_of`, found {described(left)}",
        e.left.span,
        help=f"write `{said}`" if listed else "such as `tools within [search, sql]`",
        fixes=[Fix(e.span, said, f"write `{said}`", safe=False)] if listed else (),
    )


def _no_list(lowering: Lowering, left: SetOf, e: tree.In, right: Operand | None, where: Where) -> None:
    if isinstance(right, Bare) and right.name.text in left.names:
        said = f"{written(left.name)} {e.word} [{written(right.name.text)}]"
        lowering.faults.add(
            codes.WRONG_OPERAND,
            f"after `within` comes a list, found the name `{right.name.text}`",
            e.right.span,
            help=f"write `{said}`",
            fixes=[Fix(e.span, said, f"write `{said}`")],
        )
    elif isinstance(right, Bare):
        lowering.unknown(right.name, where)
    elif right is not None:
        message = f"after `within` comes a list of names, found {described(right)}"
        advice = f"such as `[{written(left.names[0])}]`"
        lowering.faults.add(codes.WRONG_OPERAND, message, e.right.span, help=advice)
