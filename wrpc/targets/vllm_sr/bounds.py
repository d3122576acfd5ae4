"""Intervals as the router writes them: bounds of a rule or of an output, whole tokens, names."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import complement, merged
from wrpc.policy.model import Int, Signal
from wrpc.targets.vllm_sr.kinds import Entry
from wrpc.targets.vllm_sr.nodes import TRUE, Cannot, Node

# Kinds whose number a rule can bound, and whose confidence a score can read.
WITH_CONFIDENCE = ("embedding", "domain", "jailbreak", "safety", "preference", "kb", "reask")


def replace_predicate(node: Node, within: Interval) -> Node:
    """A leaf with bounds on its number instead of its own threshold."""
    predicate = bounds(within)
    if node.leaf.get("type") not in ("classifier", *WITH_CONFIDENCE):
        raise Cannot(f"`{node.leaf.get('name')}` has no number that a rule can bound")
    return replace(node, leaf={**node.leaf, "predicate": predicate}) if predicate else TRUE


def bounds(within: Interval) -> Entry:
    """An interval as `gt`, `gte`, `lt`, `lte`."""
    found: Entry = {}
    if within.low is not None:
        found["gt" if within.low_open else "gte"] = within.low
    if within.high is not None:
        found["lt" if within.high_open else "lte"] = within.high
    return found


def token_bounds(within: Interval, signal: Signal) -> Entry | None:
    """Whole tokens, both ends included; None where there is nothing to bound. Raises Cannot where nothing is within."""
    top = signal.type.high if isinstance(signal.type, Int) else None
    low = None if within.low is None else _ceil(within.low, within.low_open)
    high = None if within.high is None else _floor(within.high, within.high_open)
    if high is not None and top is not None and high >= top and low is not None and low > 0:
        high = None
    if (low is None or low <= 0) and high is None:
        return None
    if high is not None and high < (low or 0):
        raise Cannot(f"no number of `{signal.name}` is in the range")
    entry: Entry = {"min_tokens": str(max(low or 0, 0))}
    return entry if high is None else {**entry, "max_tokens": str(high)}


def _ceil(value: Fraction, open_: bool) -> int:
    whole = -(-value.numerator // value.denominator)
    return whole + 1 if open_ and value == whole else whole


def _floor(value: Fraction, open_: bool) -> int:
    whole = value.numerator // value.denominator
    return whole - 1 if open_ and value == whole else whole


def meet(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> tuple[Interval, ...]:
    return complement(merged((*complement(left), *complement(right))))


def contains(outer: Interval, inner: Interval) -> bool:
    return merged((outer, inner)) == (outer,)


def spelt(within: Interval) -> str:
    parts = []
    if within.low is not None:
        parts.append(f"above_{_digits(within.low)}" if within.low_open else f"from_{_digits(within.low)}")
    if within.high is not None:
        parts.append(f"below_{_digits(within.high)}" if within.high_open else f"to_{_digits(within.high)}")
    return "_".join(parts) or "any"


def _digits(value: Fraction) -> str:
    return f"{float(value):g}".replace("-", "minus_").replace(".", "_").replace("+", "")
