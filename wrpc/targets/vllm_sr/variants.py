"""A `forbid` guard as decisions: the router removes no destination, so a route becomes one decision for each set of
guards that are known not to fire, the freest first, and the last with everything removed that could be.

An unknown guard matches none of the freer ones, so that it removes its destinations as the language says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from wrpc.policy import expr
from wrpc.policy.expr import Condition
from wrpc.policy.model import Forbid, Policy, Pool, plan
from wrpc.policy.model import Route as PolicyRoute
from wrpc.targets.vllm_sr.nodes import Cannot

MOST_GUARDS = 4


@dataclass(frozen=True, slots=True)
class Variant:
    """A route while `released` do not fire: `removed` are the pools that the other guards take away."""

    released: tuple[Condition, ...]
    removed: frozenset[str]


def variants(route: PolicyRoute, policy: Policy) -> tuple[Variant, ...]:
    """The freest first; the last releases nothing."""
    pools = [p.pool for p in plan(route.action)]
    always: set[str] = set()
    guarded: dict[Condition, frozenset[str]] = {}
    for rule in _forbids(policy):
        taken = frozenset(p for p in pools if holds(rule.what, policy.pools[p]))
        if not taken:
            continue
        if rule.when is None:
            always |= taken
        else:
            guarded[rule.when] = guarded.get(rule.when, frozenset()) | taken
    guarded = {when: taken for when, taken in guarded.items() if not taken <= always}
    if len(guarded) > MOST_GUARDS:
        raise Cannot(f"more than {MOST_GUARDS} guards remove destinations of it")
    found = []
    for size in range(len(guarded), -1, -1):
        for released in combinations(guarded, size):
            taken = frozenset(always).union(*(t for w, t in guarded.items() if w not in released))
            found.append(Variant(released, taken))
    return tuple(found)


def _forbids(policy: Policy) -> Iterable[Forbid]:
    return (rule for guard in policy.guards.values() for rule in guard.rules if isinstance(rule, Forbid))


def holds(what: Condition, pool: Pool) -> bool:
    """The first part of a `forbid` for one pool; it reads attributes alone, else there is no decision for it."""
    match what:
        case expr.Constant(value):
            return value
        case expr.Not(operand):
            return not holds(operand, pool)
        case expr.All(parts):
            return all(holds(p, pool) for p in parts)
        case expr.Any(parts):
            return any(holds(p, pool) for p in parts)
        case expr.Text(relation, left, right):
            return _related(relation, _text(left, pool), _text(right, pool))
        case _:
            raise Cannot("a `forbid` that reads signals beside the destination")


def _text(term: expr.TextTerm, pool: Pool) -> str | None:
    match term:
        case expr.StringLiteral(value):
            return value
        case expr.Attribute(name):
            return pool.attribute(name)
        case _:
            raise Cannot("a `forbid` that compares a destination with a signal")


def _related(relation: str, left: str | None, right: str | None) -> bool:
    if left is None or right is None:
        return False
    if relation == "equals":
        return left == right
    return left < right if relation == "before" else left.startswith(right)
