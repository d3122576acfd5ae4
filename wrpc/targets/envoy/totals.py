"""Sums of the whole numbers of several headers, which no matcher adds: Envoy computes each as a header of its own
before it asks any route, in the 64-bit integers of its expressions (CEL).

Such a sum stands in lowest terms, and in a row where the name of a signal does. Where one of its headers is no number,
there is none; the rows that ask for one ask for its parts as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Self

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import scaled
from wrpc.policy.model import Int
from wrpc.targets.envoy.cells import Numbers, meet_ranges, tidy
from wrpc.targets.envoy.domain import Domain
from wrpc.targets.envoy.rows import Rows, cell

MOST = 2**53
"""Beyond it a matcher's bounds are not kept by every reader of YAML."""


class Total(str):
    """By a text that no signal is called; `terms` are signals, each with its factor."""

    __slots__ = ("terms",)
    terms: tuple[tuple[str, int], ...]

    def __new__(cls, terms: tuple[tuple[str, int], ...]) -> Self:
        made = super().__new__(cls, f"\n{terms}")
        made.terms = terms
        return made

    @property
    def shown(self) -> str:
        return " + ".join(f"{factor} * {name}" for name, factor in self.terms)


def lies(terms: Mapping[str, Fraction], ranges: tuple[Interval, ...], domains: Mapping[str, Domain]) -> Rows | None:
    """Where the sum lies in one of the ranges, if its parts are there; None where Envoy cannot tell."""
    types = {name: domains[name].type for name in terms}
    bounds = {name: max(abs(t.low), abs(t.high)) for name, t in types.items() if isinstance(t, Int)}
    if len(bounds) < len(types):
        return None
    by = Fraction(lcm(*(f.denominator for f in terms.values())), gcd(*(f.numerator for f in terms.values())))
    factors = sorted((name, int(factor * by)) for name, factor in terms.items())
    if factors[0][1] < 0:
        by, factors = -by, [(name, -factor) for name, factor in factors]
    if sum(abs(factor) * bounds[name] for name, factor in factors) >= MOST:
        return None
    ends = [sorted((factor * domains[n].low, factor * domains[n].high)) for n, factor in factors]
    of = Interval(sum((low for low, _ in ends), Fraction(0)), sum((high for _, high in ends), Fraction(0)))
    inside = tidy(meet_ranges(tidy(scaled(ranges, by), False), (of,)), True)
    return cell(Total(tuple(factors)), Numbers(inside, False, of, True, False))


def expression(total: Total, headers: Mapping[str, str]) -> str:
    """As CEL."""
    return " + ".join(f"int(request.headers['{headers[name]}']) * {factor}" for name, factor in total.terms)
