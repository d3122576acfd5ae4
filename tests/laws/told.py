"""What a finding or a proof says of its witness, asked of the second reading; and how a request is put as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from tests.laws import oracle
from wrpc.decide.request import parse
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Assertion, Policy, Real, Route, Score, plan

Request = Mapping[str, object]


def sent(policy: Policy, witness: Request) -> dict[str, object]:
    """A witness as a reader sends it: through JSON. What no decimal is, such as a third, is shown as a fraction."""
    request = parse(json.dumps(witness))
    for name, value in request.items():
        if isinstance(value, str) and isinstance(policy.signals[name].type, Real | Score):
            request[name] = Fraction(value)
    return request


def outcome(policy: Policy, request: Request) -> dict[str, object] | None:
    """The decision, or None for a conflict. Raises Outside."""
    try:
        return oracle.decide(policy, request)
    except oracle.Conflicting:
        return None


def breaks(policy: Policy, assertion: Assertion, request: Request) -> bool:
    return any(oracle.breaks(policy, claim, request) for claim in assertion.claims)


def without(policy: Policy, guard: str) -> Policy:
    return replace(policy, guards={n: g for n, g in policy.guards.items() if n != guard})


def done(decision: Mapping[str, object]) -> tuple[object, ...]:
    """What happens to the request, whoever decided it; primaries have no order."""
    destinations = decision["destinations"]
    assert isinstance(destinations, list)
    primaries = sorted((d for d in destinations if d["role"] == "primary"), key=lambda d: str(d["pool"]))
    return (
        decision["action"],
        [*primaries, *(d for d in destinations if d["role"] != "primary")],
        decision["obligations"],
    )


def acts(policy: Policy, guard: str, request: Request) -> bool:
    """Without the guard another plan would be carried out; or it takes something from it that others take as well."""
    now, then = outcome(policy, request), outcome(without(policy, guard), request)
    if now is None or then is None:
        return now is not None
    if done(now)[1:] != done(then)[1:]:  # what no route takes needs no guard
        return True
    removed = now["removed"]
    assert isinstance(removed, list)
    return f"guard {guard}" in {r["by"] for r in removed}


def acts_alone(policy: Policy, guard: str, request: Request) -> bool:
    """It would act if it were the only guard: what it denies another may empty as well."""
    return acts(replace(policy, guards={guard: policy.guards[guard]}), guard, request)


def named(finding: Diagnostic, kind: str) -> str:
    """The name of the first subject of a kind."""
    return next(s.removeprefix(f"{kind} ") for s in finding.subjects if s.startswith(f"{kind} "))


def edge(finding: Diagnostic) -> str:
    """The pool of the edge that a finding is about; `others` where the primaries stand in for one another."""
    return "others" if finding.message.startswith("`fallback others`") else named(finding, "pool")


def routes(policy: Policy) -> dict[str, Route]:
    default = {} if policy.default is None else {"default": policy.default}
    return {**policy.routes, **default}


def about(finding: Diagnostic) -> str:
    """The route, or the default, that a finding speaks of."""
    return next("default" if s == "default" else s.removeprefix("route ")
                for s in finding.subjects if s == "default" or s.startswith("route "))  # fmt: skip


def removed(policy: Policy, decision: Mapping[str, object]) -> set[tuple[str, str, str, str]]:
    """Route, guard, role and pool of each destination that is gone."""
    gone = decision["removed"]
    assert isinstance(gone, list)
    if not gone:
        return set()
    name = str(decision["route"])
    roles = {p.pool: p.role for p in plan(routes(policy)[name].action)}
    return {(name, r["by"].removeprefix("guard "), roles[r["pool"]], r["pool"]) for r in gone}


def crossings(policy: Policy, decision: Mapping[str, object]) -> set[tuple[str, str, str]]:
    """Code, route and pool of each edge of a decision that leads elsewhere than a main destination which it has left:
    to another region or provider, on `context` to a pool that takes no more than one before it, or on a refusal to
    another provider or trust than a primary's."""
    destinations = decision["destinations"]
    assert isinstance(destinations, list)
    if decision["action"] != "route":
        return set()
    name = str(decision["route"])
    action = routes(policy)[name].action
    left = {str(d["pool"]) for d in destinations}
    mains = {s.pool for s in action.shares} | {*action.steps[:1]}
    edges = [str(d["pool"]) for d in destinations if d["pool"] not in mains]
    found: set[tuple[str, str, str]] = set()
    for code, declared in (("WRP504", _region), ("WRP505", _provider)):
        home = {m: declared(policy, m) for m in mains if declared(policy, m) is not None}
        for pool in edges:
            there = declared(policy, pool)
            if there is not None and there not in home.values() and left & {*home}:
                found.add((code, name, pool))
    primaries = [str(d["pool"]) for d in destinations if d["role"] == "primary"]
    falling = {str(d["pool"]) for d in destinations if d["role"] == "fallback"}
    for edge in action.fallbacks:
        if edge.pool in falling and (not edge.causes or {"refusal", "content_policy"} & {*edge.causes}):
            for declared in (_trust, _provider):
                there, homes = declared(policy, edge.pool), [declared(policy, p) for p in primaries]
                if there is not None and any(h is not None and h != there for h in homes):
                    found.add(("WRP507", name, edge.pool))
    if action.others is not None and (not action.others or {"refusal", "content_policy"} & {*action.others}):
        for declared in (_trust, _provider):
            if len({declared(policy, p) for p in primaries if p in mains} - {None}) > 1:
                found.add(("WRP507", name, "others"))
    before = {*mains}
    for edge in action.fallbacks:
        if "context" in edge.causes:
            here = _context(policy, edge.pool)
            larger = {p for p in before if here is not None and (_context(policy, p) or 0) >= here}
            if edge.pool in edges and larger & left:
                found.add(("WRP506", name, edge.pool))
            before.add(edge.pool)
    return found


def _region(policy: Policy, pool: str) -> str | None:
    return policy.pools[pool].region


def _trust(policy: Policy, pool: str) -> str | None:
    return policy.pools[pool].trust


def _provider(policy: Policy, pool: str) -> str | None:
    provider = policy.pools[pool].provider
    return None if provider is None else provider.split("/")[0]


def _context(policy: Policy, pool: str) -> int | None:
    declared = policy.pools[pool]
    if declared.context is None and declared.model is not None:
        return policy.models[declared.model].context
    return declared.context
