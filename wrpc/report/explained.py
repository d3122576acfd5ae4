"""What `explain` shows, as JSON objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wrpc.report import explain
from wrpc.report.json import VERSION
from wrpc.report.json import proof as of_proof
from wrpc.report.overview import Left, Overview, Why, overview, whys

if TYPE_CHECKING:
    from wrpc.decide.interpret import Interpreter
    from wrpc.decide.state import State
    from wrpc.policy.expr import Condition
    from wrpc.policy.model import Assertion, Guard, Policy, Route, Rule

Document = dict[str, object]


def policy(of: Policy) -> Document:
    found: Overview = overview(of)
    return {
        "version": VERSION,
        "policy": {"name": of.name, "owner": of.owner, "description": of.description, "resolve": list(of.resolve)},
        "routes": [_left(of, left, rank) for rank, group in enumerate(found.classes) for left in group],
        "denied": found.denied,
        "proofs": [of_proof(p) for p in found.proofs],
    }


def _left(of: Policy, left: Left, rank: int) -> Document:
    """`rank`: routes of the same one have equal precedence; a lower one goes first."""
    return {
        **_head(of, left.route),
        "rank": rank,
        "verdict": left.verdict,
        "request": None if left.request is None else dict(left.request),
        "points": left.points,
        "region": left.region,
        "after": [f"route {name}" for name in left.after],
    }


def _head(of: Policy, route: Route) -> Document:
    return {
        "subject": "default" if route is of.default else f"route {route.name}",
        "span": route.span.json(),
        "tier": route.tier,
        "priority": route.priority,
        "when": None if route.when is None else explain.written(route.when),
        "does": explain.does(route).removeprefix("→ "),
    }


def route(of: Policy, found: Route) -> Document:
    return {"version": VERSION, **_head(of, found), "facts": [_fact(of, f) for f in explain.of_route(of, found)]}


def _fact(of: Policy, fact: explain.Fact) -> Document:
    """`verdict`: whether a request shows it. `subject` is the other rule that it is about, `pool` what is removed."""
    from wrpc.solver.witness import witness

    answer = fact.answer
    return {
        "fact": fact.what,
        "subject": fact.subject,
        "pool": fact.pool,
        "verdict": {"impossible": "never", "possible": "shown"}.get(answer.verdict, "open"),
        "request": None if answer.request is None else dict(witness(of, answer.request)),
        "why": answer.why or None,
    }


def guard(of: Policy, found: Guard) -> Document:
    kept = explain.of_guard(of, found)
    return {
        "version": VERSION,
        "subject": f"guard {found.name}",
        "span": found.span.json(),
        "sealed": found.sealed,
        "critical": found.critical,
        "rules": [" ".join(r.span.text.split()) for r in found.rules],
        "verdict": kept.verdict,
        "leans_on": None if kept.leans_on is None else list(kept.leans_on),
        "facts": [_fact(of, f) for f in kept.facts],
        "why": kept.why or None,
    }


def assertion(of: Policy, found: Assertion) -> Document:
    return {
        "version": VERSION,
        "subject": f"assert {found.name}",
        "span": found.span.json(),
        "critical": found.critical,
        "claims": [_why(w) for w in whys(of, found)],
    }


def _why(one: Why) -> Document:
    return {
        "claim": " ".join(one.claim.span.text.split()),
        "span": one.claim.span.json(),
        "verdict": one.verdict,
        "leans_on": None if one.leans_on is None else list(one.leans_on),
        "assumes": list(one.assumes),
        "request": None if one.request is None else dict(one.request),
        "decision": None if one.decision is None else one.decision.json(),
        "why": one.why or None,
    }


def request(of: Policy, given: Mapping[str, object]) -> Document:
    """As `explain.request`. Raises BadRequest."""
    from wrpc.decide import Conflict
    from wrpc.decide.interpret import interpreter
    from wrpc.decide.request import read
    from wrpc.decide.state import state as state_of

    machine = interpreter(of)
    values = read(of, given)
    machine.admit(values)
    decision: object = None
    conflict = None
    try:
        decided, state = machine.decision(values)
        decision = decided.json()
    except Conflict as found:
        state = state_of(of, values)
        conflict = [f"route {r.name}" for r in found.routes]
    routes = [r for rank in of.ranked for r in rank]
    return {
        "version": VERSION,
        "decision": decision,
        "conflict": conflict,
        "routes": [
            {
                **_head(of, r),
                "truth": machine.holds(r.when, state),
                "parts": [_part(machine, state, p) for p in explain.conjuncts(r.when)],
            }
            for r in routes
        ],
        "guards": [
            {"subject": f"guard {g.name}", "rules": [_rule(machine, state, g, r) for r in g.rules]}
            for g in of.guards.values()
        ],
    }


def _part(machine: Interpreter, state: State, part: Condition) -> Document:
    return {"condition": explain.written(part), "truth": machine.holds(part, state)}


def _rule(machine: Interpreter, state: State, guard: Guard, rule: Rule) -> Document:
    """`truth`: of its condition, null where it is unknown or a matter of the destination; `removes`: of the pools."""
    from wrpc.policy import reading
    from wrpc.policy.model import Denial, Forbid

    of_request = not reading.of_destination(rule.when)
    removes = None
    if isinstance(rule, Forbid):
        removes = explain.removing(machine, state, guard)
    truth = machine.denies(rule, state) if isinstance(rule, Denial) else None
    return {
        "rule": " ".join(rule.span.text.split()),
        "truth": truth if isinstance(rule, Denial) else machine.holds(rule.when, state) if of_request else None,
        "removes": removes,
    }
