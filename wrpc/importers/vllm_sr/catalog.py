"""What a condition or a score input can name, and what it is called in the policy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from wrpc.diagnostics import did_you_mean, finding
from wrpc.importers import codes
from wrpc.importers.document import Keys
from wrpc.importers.faults import Report
from wrpc.importers.nodes import line, number_of, place
from wrpc.importers.sketch import Names, compare, equals, func, number, path
from wrpc.source import Span
from wrpc.syntax import tree


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing that fires: a bool or a `let` ("flag"), a score signal, or an output of the band `name`."""

    name: str
    form: Literal["flag", "score", "band"]
    at: Span = field(repr=False)
    output: str = ""

    def condition(self, at: Span) -> tree.Expr:
        return equals(path(self.name, at), self.output, at) if self.form == "band" else path(self.name, at)


@dataclass(slots=True)
class Catalog:
    """The leaves of one recipe by kind and reference, its numbers by name, and what has been read of them."""

    names: Names = field(default_factory=Names)
    leaves: dict[tuple[str, str], Leaf] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    scores: dict[str, Span] = field(default_factory=dict)
    read: set[tuple[str, str]] = field(default_factory=set)
    bindings: dict[str, Keys] = field(default_factory=dict)
    """By classifier, where its model is deployed."""
    local: set[str] = field(default_factory=set)
    """The classifiers that run beside the router."""
    owners: dict[tuple[str, str], tuple[Span, tuple[str, ...]]] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    """What only broken rules read or name, of which nothing more has to be told."""
    report: Report = field(default_factory=Report)

    def add(self, kind: str, reference: str, leaf: Leaf) -> None:
        self.leaves[kind, reference] = leaf

    def leaf(self, kind: str, reference: str, at: Span) -> Leaf | None:
        """What a reference names, or None with a finding that nothing is called so."""
        found = self.leaves.get((kind, reference))
        if found is not None:
            self.read.add((kind, reference))
            return found
        known = [r for k, r in self.leaves if k == kind]
        elsewhere = sorted({k for k, r in self.leaves if r == reference})
        hint = did_you_mean(reference, known)
        if elsewhere:
            hint = f"`{reference}` is a {elsewhere[0]} signal"
        message = (
            f"no {kind} signal is called `{reference}`"
            if kind != "projection"
            else (f"no mapping has an output `{reference}`")
        )
        self.report.add(finding(codes.DANGLING, message, at, help=hint))
        return None


# ── Predicates ────────────────────────────────────────────────────────────

COMPARATORS: dict[str, tree.Operator] = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def predicate(entry: Keys, left: tree.Expr, catalog: Catalog, what: str) -> list[tree.Expr]:
    """The comparisons of a `predicate`, with a finding where no number is in it."""
    at = line(entry.span)
    bounds = {k: v for k in COMPARATORS if (v := number_of(entry, k)) is not None}
    low = max((bounds[k] for k in ("gt", "gte") if k in bounds), default=None)
    high = min((bounds[k] for k in ("lt", "lte") if k in bounds), default=None)
    if low is not None and high is not None:
        open_ = bounds.get("gt") == low or bounds.get("lt") == high
        if low > high or (low == high and open_):
            message = f"no number is in the range of {what}"
            catalog.report.add(finding(codes.EMPTY_RANGE, message, at))
    if not bounds:
        catalog.report.add(finding(codes.MISSING_KEY, f"the predicate of {what} compares with nothing", at))
    return [compare(left, COMPARATORS[k], number(v, place(entry, k)), place(entry, k)) for k, v in bounds.items()]


def raw(name: str, at: Span) -> tree.Expr:
    return func("raw", path(name, at), at)


def confidence(name: str, at: Span) -> tree.Expr:
    return func("confidence", path(name, at), at)
