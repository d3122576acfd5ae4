"""What conditions read: which signals, names looked through and groups taken whole; which attributes of a pool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wrpc.policy.expr import Attribute, Condition, Linear, Named, NamedNumber, Text, reads, walk
from wrpc.policy.model import Forbid, Policy


def opened(policy: Policy, conditions: Iterable[Condition | Linear]) -> list[Condition | Linear]:
    """The conditions, and what the names in them stand for, each definition once."""
    found = list(conditions)
    named: set[str] = set()
    for condition in found:  # grows as names are met
        for node in walk(condition):
            if isinstance(node, (Named, NamedNumber)) and node.name not in named:
                named.add(node.name)
                found.append(policy.definitions[node.name].value)
    return found


def signals(policy: Policy, conditions: Iterable[Condition | Linear]) -> set[str]:
    """Every signal that the conditions depend on: what a group makes of a member depends on all of them."""
    read = {name for c in opened(policy, conditions) for node in walk(c) for name in reads(node)}
    return read | {m for g in policy.groups.values() if read & set(g.members) for m in g.members}


def attributes(condition: Condition) -> Iterator[str]:
    """Every attribute of `destination` that a condition names; no `let` can."""
    for node in walk(condition):
        if isinstance(node, Text):
            yield from (t.name for t in (node.left, node.right) if isinstance(t, Attribute))


def conditions(policy: Policy) -> Iterator[Condition | Linear]:
    """Every condition that a decision, a claim or a workload may rest on; definitions count whether or not something
    names them."""
    yield from (d.value for d in policy.definitions.values())
    yield from (r.when for r in policy.routes.values() if r.when is not None)
    rules = [r for g in (*policy.guards.values(), *(o.before for o in policy.overridden)) for r in g.rules]
    yield from (r.what for r in rules if isinstance(r, Forbid))
    yield from (r.when for r in rules if r.when is not None)
    for assertion in policy.assertions.values():
        for claim in assertion.claims:
            yield from (c for c in (claim.what, claim.when) if c is not None)
    yield from (a.condition for a in policy.assumptions.values())
    yield from (w.when for w in policy.workloads.values() if w.when is not None)
