"""Boolean terms that reduce as they are built. Nobody else makes a raw conjunction.

Constants are Python's `True` and `False`, so that a term which is settled while it is encoded never reaches Z3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import z3

Term = Any  # a Python bool, or a z3.BoolRef: z3 has no types of its own
Number = Any  # a z3.ArithRef or a Python number

# Encoding a policy makes tens of thousands of terms, and z3py's checked operators take most of that time (four fifths
# of `check` on 300 routes). These few go to the library directly: their arguments are terms made here.

_CONTEXT = z3.main_ctx()


def _join(make: Callable[..., Any], parts: Sequence[Term]) -> Term:
    array = (z3.Ast * len(parts))(*(p.ast for p in parts))
    return z3.BoolRef(make(_CONTEXT.ref(), len(parts), array), _CONTEXT)


def conj(parts: Iterable[Term]) -> Term:
    kept = _kept(parts, unit=True)
    if kept is None:
        return False
    return True if not kept else kept[0] if len(kept) == 1 else _join(z3.Z3_mk_and, kept)


def disj(parts: Iterable[Term]) -> Term:
    kept = _kept(parts, unit=False)
    if kept is None:
        return True
    return False if not kept else kept[0] if len(kept) == 1 else _join(z3.Z3_mk_or, kept)


def _kept(parts: Iterable[Term], *, unit: bool) -> list[Term] | None:
    """The parts that count, each once; None where one settles the whole. Equal terms are one object in the library."""
    kept: dict[int, Term] = {}
    for part in parts:
        if part is unit:
            continue
        if part is (not unit):
            return None
        kept.setdefault(part.ast.value, part)
    return list(kept.values())


_NEGATED: dict[int, tuple[Term, Term]] = {}  # by address; the pair keeps both terms alive, so that no address is reused
_MOST_NEGATED = 200_000


def negate(term: Term) -> Term:
    """A second negation gives back the first term."""
    if isinstance(term, bool):
        return not term
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


def at_most_one(parts: Iterable[Term]) -> Term:
    parts = [p for p in parts if p is not False]
    certain = sum(p is True for p in parts)
    if certain > 1:
        return False
    rest = [p for p in parts if p is not True]
    if certain:
        return conj(negate(p) for p in rest)
    return z3.AtMost(*rest, 1) if len(rest) > 1 else True


def exactly_one(parts: Iterable[Term]) -> Term:
    parts = list(parts)
    return conj([at_most_one(parts), disj(parts)])


def two_hold(parts: Iterable[Term]) -> Term:
    """At least two of the parts hold; linear in their number."""
    earlier: Term = False
    pairs = []
    for part in parts:
        pairs.append(conj([earlier, part]))
        earlier = disj([earlier, part])
    return disj(pairs)


def same(a: Term, b: Term) -> Term:
    if isinstance(a, bool):
        return b if a else negate(b)
    if isinstance(b, bool):
        return a if b else negate(a)
    return a == b
