"""A pool as rules see it where it would serve a request: in a role, and led to by failures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import get_args

from wrpc.policy import vocabulary as v
from wrpc.policy.expr import Caused, Condition, walk
from wrpc.policy.model import Action, Planned, Policy, Pool, Role, plan
from wrpc.policy.reading import of_place
from wrpc.values import value

NONE: frozenset[str] = frozenset()


@value
class Destination:
    """`causes` are the failures that lead to it; None stands for every one."""

    pool: Pool
    role: Role = "primary"
    causes: frozenset[str] | None = NONE

    @property
    def name(self) -> str:
        return self.pool.name

    @property
    def key(self) -> tuple[str, Role, frozenset[str] | None]:
        """What it is found by: a pool itself is no key."""
        return self.pool.name, self.role, self.causes

    def attribute(self, name: str) -> str | None:
        """What `destination.NAME` is where that is a string; None where the pool declares no such attribute."""
        return self.role if name == "role" else self.pool.attribute(name)

    def caused(self, cause: str) -> bool:
        return self.causes is None or cause in self.causes

    @property
    def risen(self) -> Destination:
        """The same as the primary that it becomes where nothing before it is left. It keeps its causes."""
        return replace(self, role="primary")


def written(policy: Policy, action: Action) -> tuple[Destination, ...]:
    """The destinations of a plan in the roles that are written, in plan order."""
    return tuple(Destination(policy.pools[p.pool], p.role, _led(action, p)) for p in plan(action))


def decided(policy: Policy, action: Action, left: Sequence[Planned]) -> tuple[Destination, ...]:
    """What is left of a plan in the roles that it has then. The primaries stand in for one another while two are."""
    others = action.others is not None and action.others_of(left) is not None
    beside = (frozenset(action.others or ()) or None) if others else NONE
    return tuple(
        Destination(policy.pools[p.pool], p.role, beside if others and p.role == "primary" else _led(action, p))
        for p in left
    )


ALL_SUBSETS = 6  # causes that a rule names, of which an edge may have any


def anywhere(policy: Policy, conditions: Iterable[Condition]) -> list[Destination]:
    """Each declared pool, in all roles and with all causes that the conditions tell apart."""
    return [Destination(pool, role, causes) for pool in policy.pools.values() for role, causes in places([*conditions])]


def places(conditions: Sequence[Condition]) -> list[tuple[Role, frozenset[str] | None]]:
    """The roles, with the causes in them, that the conditions tell apart, whatever routes there are."""
    if not any(map(of_place, conditions)):
        return [("primary", NONE)]
    named = sorted({n.cause for c in conditions for n in walk(c) if isinstance(n, Caused)})
    roles: tuple[Role, ...] = get_args(Role)
    found: list[tuple[Role, frozenset[str] | None]] = []
    sizes = range(len(named) + 1) if len(named) <= ALL_SUBSETS else (0, 1, len(named) - 1, len(named))
    for role in roles:
        for size in sizes if role in ("primary", "fallback") else (0,):
            each = combinations(named, size)
            found += [(role, frozenset(s)) for s in each if s or role != "fallback" or len(named) < len(v.CAUSES)]
    return found


def _led(action: Action, planned: Planned) -> frozenset[str] | None:
    """The causes of a fallback, promoted or not; none for all else."""
    if planned.role not in ("fallback", "primary"):
        return NONE
    edge = next((f for f in action.fallbacks if f.pool == planned.pool), None)
    if edge is None or (planned.role == "primary" and any(s.pool == planned.pool for s in action.shares)):
        return NONE
    return frozenset(edge.causes) or None
