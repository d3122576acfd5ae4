"""What is known of one request after its faults: step 1 of LANGUAGE.md's `decide`.

A failed signal takes its `on_error` meaning or stays unknown; then each exclusive group is settled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from wrpc.decide import codes
from wrpc.decide.request import FAILED, BadRequest, Request
from wrpc.diagnostics import listing
from wrpc.policy.model import Bool, Group, Policy, Score, Signal
from wrpc.values import record

Truth = bool | None  # None is unknown


@record
class State:
    """`fires`, `raw` and `confidence` by signal; None is unknown; so in `values`, for the rest. `truths` and `numbers`
    are of named expressions, once they have been asked for."""

    values: Request
    fires: dict[str, Truth] = field(default_factory=dict)
    raw: dict[str, Fraction | int | None] = field(default_factory=dict)
    confidence: dict[str, Fraction | int | None] = field(default_factory=dict)
    truths: dict[str, Truth] = field(default_factory=dict)
    numbers: dict[str, Fraction | int | None] = field(default_factory=dict)
    denied_by: str | None = None

    def fired(self) -> tuple[str, ...]:
        return tuple(sorted(name for name, truth in self.fires.items() if truth))


def state(policy: Policy, request: Request, *, meanings: bool = True) -> State:
    """The state of a request. Without `meanings` a failed signal is unknown whatever its `on_error`: for axioms."""
    s = State(request)
    for signal in policy.signals.values():
        _take(s, signal, request[signal.name], meanings)
    for group in policy.groups.values():
        _settle(s, policy.signals, group, request)
    return s


def _take(s: State, signal: Signal, value: object, meanings: bool) -> None:
    name = signal.name
    meaning = signal.on_error if meanings and value is FAILED else None
    if meaning == "deny":
        s.denied_by = s.denied_by or name
    match signal.type:
        case Bool():
            truth = {"fires": True, "silent": False}.get(meaning or "") if value is FAILED else value
            assert truth is None or isinstance(truth, bool), "a bool signal's value is one"
            s.fires[name] = truth
        case Score() as score:
            number = {"fires": Fraction(1), "silent": Fraction(0)}.get(meaning or "") if value is FAILED else value
            assert number is None or isinstance(number, Fraction)
            s.raw[name] = number
            s.fires[name] = (
                None if number is None and score.threshold is not None else (number is not None and score.fires(number))
            )
            s.confidence[name] = number if s.fires[name] else None if s.fires[name] is None else Fraction(0)
        case _:
            if value is FAILED or isinstance(value, Fraction):
                s.raw[name] = value.numerator if value is not FAILED and value.denominator == 1 else value


def _settle(s: State, signals: Mapping[str, Signal], group: Group, request: Request) -> None:
    """At most one member fires. One that really fires settles the others, failed or not; else, of those whose failure
    means that they fire, the first as written does; else the default, unless a member is unknown."""
    others = [m for m in group.members if m != group.default]
    firing = [m for m in others if s.fires[m] and request[m] is not FAILED]
    if len(firing) > 1:
        raise BadRequest(
            codes.BROKEN_AXIOM, f"{listing(firing, 'and')} fire together in the exclusive group `{group.name}`"
        )
    winner = next(iter(firing), None) or next((m for m in others if s.fires[m]), None)
    unknown = winner is None and any(s.fires[m] is None for m in others)
    for member in others:
        if winner is not None and member != winner:
            _set(s, signals[member], False, Fraction(0))
    if group.default is not None:
        if unknown:
            _set(s, signals[group.default], None, None)
        else:
            fires = winner is None
            _set(s, signals[group.default], fires, Fraction(fires))


def _set(s: State, signal: Signal, truth: Truth, confidence: Fraction | None) -> None:
    s.fires[signal.name] = truth
    if isinstance(signal.type, Score):
        s.confidence[signal.name] = confidence
