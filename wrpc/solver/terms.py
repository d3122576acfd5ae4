"""Boolean terms that reduce as they are built. Nobody else makes a raw conjunction.

Constants are Python's `True` and `False`, so that a term which is settled while it is encoded never reaches Z3.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import z3

Term = Any  # a Python bool, or a z3.BoolRef: z3 has no types of its own
Number = Any  # a z3.ArithRef or a Python number


def conj(parts: Iterable[Term]) -> Term:
    kept = _kept(parts, unit=True)
    if kept is None:
        return False
    return True if not kept else kept[0] if len(kept) == 1 else z3.And(kept)


def disj(parts: Iterable[Term]) -> Term:
    kept = _kept(parts, unit=False)
    if kept is None:
        return True
    return False if not kept else kept[0] if len(kept) == 1 else z3.Or(kept)


def _kept(parts: Iterable[Term], *, unit: bool) -> list[Term] | None:
    """The parts that count, each once; None where one settles the whole."""
    kept: dict[int, Term] = {}
    for part in parts:
        if part is unit:
            continue
        if part is (not unit):
            return None
        kept.setdefault(part.get_id(), part)
    return list(kept.values())


def negate(term: Term) -> Term:
    if isinstance(term, bool):
        return not term
    if z3.is_not(term):
        return term.arg(0)
    return z3.Not(term)


def implies(a: Term, b: Term) -> Term:
    return disj([negate(a), b])


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
