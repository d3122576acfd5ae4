"""Budgets, limits and what happens once one is used up."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from wrpc.policy import codes, meant, units
from wrpc.policy import model as m
from wrpc.policy import vocabulary as v
from wrpc.policy.attributes import Reader
from wrpc.policy.faults import Faults
from wrpc.policy.kinds import ONE
from wrpc.policy.names import Names
from wrpc.policy.wording import spelling
from wrpc.source import Span
from wrpc.syntax import tree

SETTINGS: dict[str, Literal["tools", "reasoning", "compress"]] = {
    "tools": "tools", "reasoning": "reasoning", "compress": "compress",
}  # fmt: skip


class Budgets:
    def __init__(self, names: Names, reader: Reader, faults: Faults) -> None:
        self.names = names
        self.reader = reader
        self.faults = faults

    def read(self, clauses: Sequence[tree.Budget]) -> tuple[m.Budget, ...] | None:
        """None where there is a fault in one."""
        made = [self.budget(clause) for clause in clauses]
        sound = [b for b in made if b is not None]
        return tuple(sound) if len(sound) == len(made) else None

    def budget(self, clause: tree.Budget) -> m.Budget | None:
        amount = self.amount(clause)
        known = clause.per is None or self.names.find("signal", clause.per)
        then = self.measures(clause)
        if amount is None or not known or then is None:
            return None
        period = units.PER[clause.amount.unit.partition("/")[2]][0]
        of: Literal["tokens", "USD", "requests"] = "USD" if amount.dimension == "USD/s" else "tokens"
        return m.Budget(
            amount.value * period,
            clause.per.text if clause.per else None,
            "requests" if clause.kind == "limit" else of,
            period,
            then,
        )

    def amount(self, clause: tree.Budget) -> m.Amount | None:
        """What may be used in a second."""
        amount = self.reader.amount(clause.amount)
        if amount is None:
            return None
        money = clause.kind == "budget" and amount.dimension in ("USD", "USD/s", "USD/tok", "USD/req")
        dimension = "USD/s" if money else "1/s"
        if amount.dimension != dimension:
            takes = "a number of requests in a time" if clause.kind == "limit" else "tokens or money in a time"
            example = meant.amount(clause.amount.span.text, dimension, "a budget")
            example = example.replace("USD/h", "USD/d") if amount.dimension == "USD" else example
            if clause.kind == "limit" and amount.dimension.startswith("USD"):
                example = "60/min"
            self.faults.add(
                codes.UNIT_MISMATCH,
                f"the {clause.kind} of a route takes {takes}, found {units.title(amount.dimension)}",
                clause.amount.span,
                help=f"write it such as `{example}`",
            )
            return None
        if amount.value < 0:
            self.reader.outside(clause.amount, f"a {clause.kind} is at least 0")
            return None
        return amount

    # ── Once it is used up ────────────────────────────────────────────────

    def measures(self, clause: tree.Budget) -> tuple[m.Measure, ...] | None:
        made: list[m.Measure | None] = []
        last = Fraction(0)
        for i, measure in enumerate(clause.then):
            at, sound = self.multiple(measure, len(clause.then), last)
            last = at if sound else last
            if isinstance(measure.what, tree.Deny) and i + 1 < len(clause.then):
                sound = self.disorder("nothing follows a denial", measure.what.span, "put the `deny` last")
            what = self.what(measure)
            made.append(m.Measure(at, *what, measure.what.span) if sound and what is not None else None)
        kept = tuple(x for x in made if x is not None)
        return kept if len(kept) == len(made) else None

    def multiple(self, measure: tree.Measure, count: int, last: Fraction) -> tuple[Fraction, bool]:
        """At how many times the budget it happens, and whether that is in order."""
        if measure.at is None:
            if count == 1:
                return ONE, True
            hint = "write such as `then at 100% tools none, at 150% cheap`"
            return last, self.disorder("each of several steps says `at` which use it begins", measure.span, hint)
        amount = self.reader.amount(measure.at)
        if amount is None or not self.reader.fits(amount, "", measure.at.span, "`at`"):
            return last, False
        if amount.value < 1:
            hint = f"write `at {spelling(measure.at)}00%`" if not measure.at.unit else "the first step is `at 100%`"
            message = f"a budget is used up at 100%, found a step at `{spelling(measure.at)}`"
            return last, self.disorder(message, measure.at.span, hint)
        if amount.value <= last:
            message = f"the steps of a budget begin at ever greater use, found `{spelling(measure.at)}`"
            hint = f"the step before it begins at `{units.spell(last * 100)}%`"
            return last, self.disorder(message, measure.at.span, hint)
        return amount.value, True

    def disorder(self, message: str, span: Span, hint: str) -> bool:
        self.faults.add(codes.STEPS_OUT_OF_ORDER, message, span, help=hint)
        return False

    def what(
        self, measure: tree.Measure
    ) -> tuple[Literal["tools", "reasoning", "compress", "pool", "deny"], m.Value | int] | None:
        match measure.what:
            case tree.Name():
                return ("pool", measure.what.text) if self.names.find("pool", measure.what) else None
            case tree.Deny():
                return "deny", measure.what.reason.value
            case tree.Attribute(_, name, value):
                read = self.reader.read(v.BLOCKS["route"][name.text], value, name.text)
                if read is None:
                    return None
                made: m.Value | int = int(read.value) if isinstance(read, m.Amount) else read  # type: ignore[assignment]
                return SETTINGS[name.text], made
