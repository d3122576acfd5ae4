"""Lengths between two routes that neither of them takes.

Routes that divide requests by their length, and ask for the same otherwise, leave out some lengths in the middle. The
default takes these, and denies them; or it takes the one length on which both bounds lie, because both leave it out.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    pool large { }
    route short { when tokens < 8k  to small }
    route long { when tokens > 8k and tokens <= 64k  to large }
    #                 ^^^^^^^^^^^ WRP305
    default { deny "too long" }

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    pool large { }
    route short { when tokens < 8k  to small }
    route long { when tokens >= 8k and tokens <= 64k  to large }
    default { deny "too long" }

A default that serves the lengths in the middle is no mistake, and neither is a gap that another route takes. Without a
default WRP301 tells of what no route takes.

To repair, move one of the bounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.diagnostics import Code, Related
from wrpc.policy.expr import All, Condition, Interval, Linear, Named, Raw, Within
from wrpc.policy.intervals import intersected, merged
from wrpc.policy.model import Policy, Route
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP305", "length-gap", "warning", __doc__ or "")
LENGTHS = ("prompt_tokens", "total_tokens")


@value
class Piece:
    """The lengths of a route, where its condition says so and what else it asks. `at` is the part with the bound."""

    route: Route
    ranges: tuple[Interval, ...]
    rest: frozenset[Condition]
    at: Condition


@value
class Gap:
    between: Interval
    below: Piece
    above: Piece


def check(policy: Policy, ask: Asker) -> Found:
    default = policy.default
    if default is None:
        return
    denies = default.action.kind == "deny"
    for name, signal in policy.signals.items():
        if signal.source is None or signal.source.name not in LENGTHS:
            continue
        for gap in _gaps(policy, name):
            if not denies and gap.between.low != gap.between.high:
                continue
            answer = _left(ask, name, gap)
            if not answer.possible:
                continue
            yield shown(
                CODE,
                f"neither route `{gap.below.route.name}` nor route `{gap.above.route.name}` takes"
                f" {_spelled(name, gap.between)}: the default does",
                gap.above.at.span or gap.above.route.span,
                policy,
                answer,
                subjects=(f"route {gap.above.route.name}", f"route {gap.below.route.name}"),
                related=(Related(gap.below.at.span or gap.below.route.span, "the lengths below end here"),),
                help="move one of the bounds",
            )


def _gaps(policy: Policy, signal: str) -> Iterator[Gap]:
    """Between the lengths of routes that ask for the same otherwise."""
    alike: dict[frozenset[Condition], list[Piece]] = {}
    for route in policy.routes.values():
        if route.when is not None and (piece := _piece(policy, route, signal)) is not None:
            alike.setdefault(piece.rest, []).append(piece)
    for pieces in alike.values():
        parts = sorted(((r, p) for p in pieces for r in p.ranges), key=lambda x: _start(x[0]))
        if len(parts) < 2:
            continue
        whole = merged(r for r, _ in parts)
        for low, high in pairwise(whole):
            between = Interval(low.high, high.low, not low.high_open, not high.low_open)
            below = next(p for r, p in reversed(parts) if r.high == low.high and r.high_open == low.high_open)
            above = next(p for r, p in parts if r.low == high.low and r.low_open == high.low_open)
            if below.route is not above.route:
                yield Gap(between, below, above)


def _start(r: Interval) -> tuple[bool, Fraction, bool]:
    return r.low is not None, r.low or Fraction(0), r.low_open


def _piece(policy: Policy, route: Route, signal: str) -> Piece | None:
    """None where the route does not ask for a length in a part of its own."""
    assert route.when is not None, "only routes with a condition are asked"
    ranges: tuple[Interval, ...] = (Interval(),)
    at: Condition | None = None
    rest: list[Condition] = []
    for part in _parts(policy, route.when):
        match part:
            case Within(Linear(constant, ((factor, Raw(name)),)), those) if (
                constant == 0 and factor == 1 and name == signal
            ):
                ranges = intersected(ranges, those)
                at = at or part
            case _:
                rest.append(part)
    return None if at is None or not ranges else Piece(route, ranges, frozenset(rest), at)


def _parts(policy: Policy, condition: Condition) -> Iterator[Condition]:
    """What all has to hold, names looked through where they stand for several such parts or for one length."""
    match condition:
        case All(parts):
            for part in parts:
                yield from _parts(policy, part)
        case Named(name) if isinstance(policy.conditions[name], All | Within | Named):
            yield from _parts(policy, policy.conditions[name])
        case _:
            yield condition


def _left(ask: Asker, signal: str, gap: Gap) -> Answer:
    """A request in the gap that no route takes, which asks for the same as both."""
    rest = sorted(gap.above.rest, key=repr)
    inside = All((Within(Linear(Fraction(0), ((Fraction(1), Raw(signal)),)), (gap.between,)), *rest))

    def untaken(room: Room) -> Term:
        from wrpc.solver.terms import conj, negate

        d = room.decision
        return conj([d.goes_on, d.encoding.condition(inside).true, negate(d.earlier(len(room.policy.ranked)))])

    return ask.healthy.possible(untaken(ask.healthy), _confirm(inside))


def _confirm(inside: Condition) -> Confirm:
    from wrpc.decide.interpret import interpreter

    def confirm(replay: Replay) -> bool:
        d = replay.decision
        return d is not None and d.route == "default" and interpreter(replay.policy).holds(inside, replay.state) is True

    return confirm


def _spelled(signal: str, gap: Interval) -> str:
    from wrpc.policy.units import spell

    low, high = gap.low or Fraction(0), gap.high or Fraction(0)
    if low == high:
        return f"`{signal} == {spell(low)}`"
    left, right = ">" if gap.low_open else ">=", "<" if gap.high_open else "<="
    return f"`{signal} {left} {spell(low)} and {signal} {right} {spell(high)}`"
