"""What guards do to a route as decisions: the router removes no destination, so that a route becomes one decision for
each set of guards that are known not to fire, the freest first, and the last with everything removed that could be.

An unknown guard matches none of the freer ones, so that it removes its destinations as the language says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wrpc.policy.expr import Condition
from wrpc.targets.gateway.branches import Branch, Deny, Outcome, Send, Way
from wrpc.targets.vllm_sr.nodes import Cannot

MOST = 16


@dataclass(frozen=True, slots=True)
class Variant:
    """What becomes of the requests of a route for which `released` are false. An earlier one goes first."""

    released: tuple[Condition, ...]
    outcome: Outcome


def variants(branch: Branch) -> tuple[Variant, ...]:
    """The freest first; the last releases nothing."""
    found: list[Variant] = []
    # What is required of requests the router does not do, which is said of the guard.
    for variant in _walk(branch.ways.way(obligations=False, reasons=False), ()):
        found.append(variant)
        if len(found) > MOST:
            raise Cannot(f"guards change its destinations in more than {MOST} ways")
    return tuple(found)


def _walk(way: Way, released: tuple[Condition, ...]) -> Iterator[Variant]:
    # Where a fork's guard acts, nothing behind the side where it rests matches.
    if isinstance(way, Deny | Send):
        yield Variant(released, way)
    else:
        yield from _walk(way.rests, (*released, way.condition))
        yield from _walk(way.acts, released)
