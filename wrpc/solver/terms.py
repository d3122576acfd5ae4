"""Boolean terms that reduce as they are built. Nobody else makes a raw conjunction.

Constants are Python's `True` and `False`, so that a term which is settled while it is encoded never reaches a solver.
Any other term is the index's own, which knows the requests that it holds for (`index/bits.py`), or Z3's, which is not
loaded before one is needed. The two never meet in one term.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from wrpc.solver.index.own import Own

Term = Any  # a Python bool, an Own, or a z3.BoolRef: z3 has no types of its own
Number = Any  # a z3.ArithRef, a Python number, or what the index knows of a number


class NotDecidable(Exception):
    """The formula reads what the solver is not given: `cost`, or the confidence of an answer."""


class Truth(NamedTuple):
    """Unknown is neither."""

    true: Term
    false: Term

    @classmethod
    def crisp(cls, true: Term) -> Truth:
        return cls(true, negate(true))


def conj(parts: Iterable[Term]) -> Term:
    kept = []
    for part in parts:
        if part is False:
            return False
        if part is not True:
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else True
    if isinstance(kept[0], Own):
        return kept[0].conj(kept)
    from wrpc.solver import formulas

    return formulas.conj(kept)


def disj(parts: Iterable[Term]) -> Term:
    kept = []
    for part in parts:
        if part is True:
            return True
        if part is not False:
            kept.append(part)
    if len(kept) < 2:
        return kept[0] if kept else False
    if isinstance(kept[0], Own):
        return kept[0].disj(kept)
    from wrpc.solver import formulas

    return formulas.disj(kept)


def negate(term: Term) -> Term:
    """A second negation gives back the first term."""
    if isinstance(term, bool):
        return not term
    if isinstance(term, Own):
        return term.negated()
    from wrpc.solver import formulas

    return formulas.negate(term)


def at_most_one(parts: Iterable[Term]) -> Term:
    parts = [p for p in parts if p is not False]
    certain = sum(p is True for p in parts)
    if certain > 1:
        return False
    rest = [p for p in parts if p is not True]
    if certain:
        return conj(negate(p) for p in rest)
    if len(rest) < 2:
        return True
    if isinstance(rest[0], Own):
        return negate(two_hold(rest))
    from wrpc.solver import formulas

    return formulas.at_most_one(rest)


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
    if isinstance(a, Own):
        return disj([conj([a, b]), conj([negate(a), negate(b)])])
    return a == b
