"""A route's plan as the simulator takes it: who is tried, when, and what a budget makes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import inf

from wrpc.fleet.simulator.plans import Cap, CapStep, Fallback, Plan
from wrpc.policy.model import Action, Budget, Role
from wrpc.values import value

OVERLOADED = frozenset(("overload", "rate_limit"))
"""Causes that a full pool is."""


@value
class Left:
    """What is left of a route's plan after guards: pairs of pool and role; `budgets` with the steps that are."""

    standing: frozenset[tuple[str, Role]]
    budgets: tuple[Budget, ...]

    def has(self, pool: str, role: Role) -> bool:
        return (pool, role) in self.standing


def way(
    name: str,
    action: Action,
    primaries: Mapping[str, float],
    left: Left,
    entry: Mapping[str, int],
    escalates: Mapping[str, float],
    skipped: set[str],
) -> Plan:
    """One way through a route. `primaries` with weights that add up to 1; `entry` the first node of each pool;
    `escalates`: the share of a step's answers that the next step of a cascade is asked for, by the next step's pool.
    What a simulation leaves out is put into `skipped`, in words."""
    steps: tuple[tuple[int, float], ...] = ()
    if action.kind == "cascade":
        kept = [s for s in action.steps if left.has(s, "primary") or left.has(s, "cascade")]
        if len(kept) > 1:
            steps = tuple((entry[s], escalates.get(after, 0.0)) for s, after in zip(kept, [*kept[1:], ""], strict=True))
    standing = [s.pool for s in action.shares if left.has(s.pool, "primary")]
    others: list[Fallback] = []
    if action.others is not None and len(standing) > 1:
        others += [_fallback(entry[pool], action.others) for pool in standing]
    fallbacks = [_fallback(entry[f.pool], f.causes) for f in action.fallbacks if left.has(f.pool, "fallback")]
    return Plan(
        name,
        tuple((entry[pool], weight) for pool, weight in primaries.items()),
        steps,
        (*others, *fallbacks),
        tuple((entry[s.pool], float(s.above)) for s in action.spills if left.has(s.pool, "spill")),
        tuple((entry[m.pool], float(m.share)) for m in action.mirrors if left.has(m.pool, "mirror")),
        inf if action.timeout is None else float(action.timeout),
        tuple(_caps(name, left, entry, skipped)),
    )


def _fallback(node: int, causes: Collection[str]) -> Fallback:
    return Fallback(
        node,
        overload=not causes or not OVERLOADED.isdisjoint(causes),
        timeout=not causes or "timeout" in causes,
    )


def _caps(name: str, left: Left, entry: Mapping[str, int], skipped: set[str]) -> list[Cap]:
    caps: list[Cap] = []
    for budget in left.budgets:
        if budget.per is not None:
            skipped.add(f"the budget of route `{name}` per `{budget.per}` (nobody says which values it has)")
        elif budget.of == "USD":
            skipped.add(f"the budget in money of route `{name}`")
        else:
            steps = []
            for m in budget.then:
                if m.kind == "compress":
                    assert isinstance(m.value, int), "a prompt is compressed to so many tokens"
                    steps.append(CapStep(float(m.at), compress=m.value))
                elif m.kind == "pool":
                    steps.append(CapStep(float(m.at), node=entry[str(m.value)]))
                else:
                    steps.append(CapStep(float(m.at), nothing=m.kind != "deny"))
            caps.append(Cap(float(budget.amount), float(budget.period), budget.of, tuple(steps)))
    return caps
