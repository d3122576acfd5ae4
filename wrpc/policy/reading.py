"""What conditions read: which signals, names looked through and groups taken whole; which attributes of a pool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from wrpc.policy.expr import (
    Attribute,
    Caused,
    Condition,
    Cost,
    Failed,
    Linear,
    Named,
    NamedNumber,
    Provided,
    Raw,
    Text,
    reads,
    walk,
)
from wrpc.policy.model import Claim, Denial, Forbid, Policy, Rule


def opened(policy: Policy, conditions: Iterable[Condition | Linear]) -> list[Condition | Linear]:
    """The conditions, and what the names in them stand for, each definition once."""
    found = list(conditions)
    named: set[str] = set()
    for condition in found:  # grows as names are met
        for node in walk(condition):
            if isinstance(node, (Named, NamedNumber)) and node.name not in named:
                named.add(node.name)
                found.append(policy.definitions[node.name].value)
            elif isinstance(node, Cost | Provided) and (isinstance(node, Cost) or node.name == "cost"):
                found += [Linear(Fraction(0), ((Fraction(1), Raw(s)),)) for s in policy.metered if s and s not in named]
                named.update(s for s in policy.metered if s)
    return found


def signals(policy: Policy, conditions: Iterable[Condition | Linear]) -> set[str]:
    """Every signal that the conditions depend on: what a group makes of a member depends on all of them."""
    read = {name for c in opened(policy, conditions) for node in walk(c) for name in reads(node)}
    return read | {m for g in policy.groups.values() if read & set(g.members) for m in g.members}


def tells_failures(policy: Policy, conditions: Iterable[Condition | Linear | None]) -> bool:
    """One of the conditions reads `failed`: it means failures."""
    told = [c for c in conditions if c is not None]
    return any(isinstance(node, Failed) for c in opened(policy, told) for node in walk(c))


def attributes(condition: Condition) -> Iterator[str]:
    """Every attribute and label of a pool that a condition names as `destination.NAME`; no `let` can."""
    for node in walk(condition):
        if isinstance(node, Text):
            terms = (node.left, node.right)
            yield from (t.name for t in terms if isinstance(t, Attribute) and t.name != "role")


def numbers(condition: Condition) -> Iterator[str]:
    """Every number of a pool that a condition names; `cost`, which is that of a request as well, is none."""
    yield from (n.name for n in walk(condition) if isinstance(n, Provided) and n.name != "cost")


def of_destination(condition: Condition | None) -> bool:
    """A condition names `destination`; no `let` can."""
    return condition is not None and any(_named(node) for node in walk(condition))


def of_place(condition: Condition | None) -> bool:
    """A condition reads what a destination is in a plan: its role, or its causes. What it says of a pool is then not
    the same in all plans."""
    return condition is not None and any(
        isinstance(node, Caused) or (isinstance(node, Text) and Attribute("role") in (node.left, node.right))
        for node in walk(condition)
    )


def parts(rule: Rule | Claim) -> tuple[Condition, ...]:
    """The conditions of a rule or claim."""
    what = rule.what if isinstance(rule, Forbid | Claim) else None
    return tuple(c for c in (what, rule.when) if c is not None)


def by_place(rules: Iterable[Rule | Claim]) -> bool:
    """Some of these rules reads the role or the causes of a destination."""
    return any(of_place(c) for rule in rules if not isinstance(rule, Denial) for c in parts(rule))


def _named(node: object) -> bool:
    return isinstance(node, Caused | Provided) or (
        isinstance(node, Text) and any(isinstance(t, Attribute) for t in (node.left, node.right))
    )


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
    yield from (f.condition for f in policy.frequencies)
