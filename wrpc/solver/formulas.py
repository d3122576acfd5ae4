"""Z3's terms, made directly: what `terms.py` makes of parts that are Z3's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import z3

if TYPE_CHECKING:
    from wrpc.solver.terms import Number, Term

# Encoding a policy makes tens of thousands of terms, and z3py's checked operators take most of that time (four fifths
# of `check` on 300 routes). These few go to the library directly: their arguments are terms made here.

_CONTEXT = z3.main_ctx()


def _join(make: Callable[..., Any], parts: Sequence[Term]) -> Term:
    array = (z3.Ast * len(parts))(*(p.ast for p in parts))
    return z3.BoolRef(make(_CONTEXT.ref(), len(parts), array), _CONTEXT)


def conj(parts: Sequence[Term]) -> Term:
    """Of two parts or more, none of them a constant."""
    kept = _once(parts)
    return kept[0] if len(kept) == 1 else _join(z3.Z3_mk_and, kept)


def disj(parts: Sequence[Term]) -> Term:
    """As `conj`."""
    kept = _once(parts)
    return kept[0] if len(kept) == 1 else _join(z3.Z3_mk_or, kept)


def _once(parts: Sequence[Term]) -> list[Term]:
    """Each part once. Equal terms are one object in the library."""
    kept: dict[int, Term] = {}
    for part in parts:
        kept.setdefault(part.ast.value, part)
    return list(kept.values())


_NEGATED: dict[int, tuple[Term, Term]] = {}  # by address; the pair keeps both terms alive, so that no address is reused
_MOST_NEGATED = 200_000


def negate(term: Term) -> Term:
    """A second negation gives back the first term."""
    found = _NEGATED.get(term.ast.value)
    if found is None:
        if len(_NEGATED) > _MOST_NEGATED:
            _NEGATED.clear()
        negated = z3.BoolRef(z3.Z3_mk_not(_CONTEXT.ref(), term.ast), _CONTEXT)
        found = _NEGATED[term.ast.value] = (term, negated)
        _NEGATED[negated.ast.value] = (negated, term)
    return found[1]


def compare(operator: str, left: Number, right: Number) -> Term:
    """`<`, `<=`, `>`, `>=` of two numbers of one sort."""
    return z3.BoolRef(_COMPARE[operator](_CONTEXT.ref(), left.ast, right.ast), _CONTEXT)


_COMPARE = {"<": z3.Z3_mk_lt, "<=": z3.Z3_mk_le, ">": z3.Z3_mk_gt, ">=": z3.Z3_mk_ge}


def choose(condition: Term, yes: Number, no: Number) -> Number:
    """`yes` where the condition holds, else `no`; real numbers."""
    if isinstance(condition, bool):
        return yes if condition else no
    return z3.If(condition, yes, no)


def at_most_one(parts: Sequence[Term]) -> Term:
    """Of two parts or more, none of them a constant."""
    return z3.AtMost(*parts, 1)
