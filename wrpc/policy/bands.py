"""Bands: the ranges that the names stand for, and what can be wrong with them."""

from __future__ import annotations

from fractions import Fraction

from wrpc.diagnostics import Code, Related
from wrpc.policy import codes, expr, units
from wrpc.policy.attributes import Reader
from wrpc.policy.expr import Interval
from wrpc.policy.faults import Faults
from wrpc.policy.intervals import overlap
from wrpc.policy.model import Band, BandStep
from wrpc.policy.names import Names
from wrpc.policy.vocabulary import RESERVED
from wrpc.policy.wording import spelling
from wrpc.syntax import tree


def band(node: tree.Band, number: expr.Linear, dimension: str, reach: Interval, reader: Reader) -> Band | None:
    """The band, or None where something was reported that leaves its ranges unknown."""
    made = _Steps(node, dimension, reach, reader).read()
    return None if made is None else Band(node.name.text, number, made, node.of.text, node.name.span)


class _Steps:
    def __init__(self, node: tree.Band, dimension: str, reach: Interval, reader: Reader) -> None:
        self.node = node
        self.dimension = dimension
        self.reach = reach
        self.reader = reader
        self.faults: Faults = reader.faults
        self.names: Names = reader.names
        self.steps: list[BandStep] = []
        self.first: dict[str, tree.Step] = {}
        self.sound = True

    def read(self) -> tuple[BandStep, ...] | None:
        low: Fraction | None = None
        low_open = False
        closed: tree.Step | None = None
        before: tree.Step | None = None
        for index, step in enumerate(self.node.steps):
            if closed is not None:
                self._fault(
                    codes.BAND_OVERLAP,
                    f"`{step.name.text}` comes after `otherwise`, which already takes everything that is left",
                    step,
                    Related(closed.span, "takes everything that is left"),
                )
                continue
            self._name(step, index)
            if step.bound is None:
                closed = step
                self._add(step, Interval(low, None, low_open, False))
                continue
            amount = self.reader.amount(step.bound)
            what = f"the bound of `{step.name.text}`"
            if amount is None or not self.reader.fits(amount, self.dimension, step.bound.span, what):
                self.sound = False
                continue
            bound = amount.value
            interval = Interval(low, bound, low_open, step.edge == "below")
            if low is not None and bound < low and before is not None and before.bound is not None:
                self._fault(
                    codes.BAND_OVERLAP,
                    f"`{step.name.text}` ends at {spelling(step.bound)}, inside `{before.name.text}`,"
                    f" which ends at {spelling(before.bound)}",
                    step,
                    Related(before.span, "the step before it"),
                )
                continue
            if interval.empty and before is not None:
                self._fault(
                    codes.EMPTY_BAND_STEP,
                    f"`{step.name.text}` is empty: it begins and ends at {spelling(step.bound)}",
                    step,
                    Related(before.span, "the step before it"),
                )
                continue
            self._add(step, interval)
            low, low_open, before = bound, step.edge == "upto", step
        if closed is None and self.sound:
            rest = Interval(low, None, low_open, False)
            self.steps.append(BandStep("none", rest, self.node.span))
        return tuple(self.steps) if self.sound else None

    def _name(self, step: tree.Step, index: int) -> None:
        name = step.name.text
        first = self.first.get(name)
        if first is not None:
            self._fault(
                codes.BAND_OVERLAP,
                f"two steps of one band are called `{name}`",
                step,
                Related(first.span, "first here"),
                at=step.name,
            )
            return
        self.first[name] = step
        if name == "none":
            if index and step.bound is not None:
                self.faults.add(
                    codes.BAND_GAP,
                    f"`none` stands between two steps of the band `{self.node.name.text}`, which leaves a gap",
                    step.span,
                    help="`none` may be the first step; after the last step it need not be written",
                )
        elif not self.names.allowed(step.name, RESERVED):
            self.sound = False

    def _add(self, step: tree.Step, interval: Interval) -> None:
        self.steps.append(BandStep(step.name.text, interval, step.span))
        if overlap(interval, self.reach) or (step.name.text == "none" and step.bound is None):
            return
        self.faults.add(
            codes.UNREACHABLE_BAND_STEP,
            f"`{step.name.text}` is never reached: `{self.node.of.text}` lies {_between(self.reach)}",
            step.span,
        )

    def _fault(self, code: Code, message: str, step: tree.Step, related: Related, at: tree.Node | None = None) -> None:
        self.sound = False
        self.faults.add(code, message, (at or step).span, related=[related])


def _between(reach: Interval) -> str:
    low = "below any bound" if reach.low is None else units.spell(reach.low)
    high = "beyond any bound" if reach.high is None else units.spell(reach.high)
    return f"between {low} and {high}"
