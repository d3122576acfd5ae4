"""Every witness, sent as JSON, shows what its finding says; a proof's shows what became of its subject."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given

from tests.laws import oracle, told
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.laws.volume import compared, many
from wrpc.analysis.run import check
from wrpc.decide import BadRequest, Conflict, decide
from wrpc.diagnostics import Diagnostic, Proof
from wrpc.policy.expr import Condition, reads, walk
from wrpc.policy.model import Forbid, Guard, Policy
from wrpc.policy.reading import opened, tells_failures

OF_MACHINES = ("WRP502", "WRP601", "WRP602")
"""No request shows that what there is cannot stand or does not suffice."""


@many(2_000, parts=4, floors={"finding": 3_500, "proof": 1_500})
@given(dice=dices())
def test_witnesses(dice: Dice) -> None:
    policy = dice.draw(policies())
    found = check(policy)
    for finding in found.diagnostics:
        said = f"{finding.code.id} {finding.message}\n{policy.sources[0].text}"
        of_requests = finding.code.id not in OF_MACHINES
        assert (finding.verdict == "refuted" and of_requests) is (finding.witness is not None), said
        if finding.witness is not None:
            compared("finding")
            request = told.sent(policy, finding.witness)
            assert shows(policy, finding, request), f"{finding.code.id} {finding.message} {request}"
            unsaid = read_by(policy, finding) - finding.witness.keys()
            assert not unsaid, f"{finding.code.id} {finding.message}: nothing of {unsaid}\n{policy.sources[0].text}"
    for proof in found.proofs:
        assert (proof.verdict in ("enforced", "refuted")) is (proof.witness is not None)
        if proof.witness is not None:
            compared("proof")
            assert proves(policy, proof, told.sent(policy, proof.witness)), f"{proof} {policy.sources[0].text}"


def read_by(policy: Policy, finding: Diagnostic) -> set[str]:
    """The signals that the conditions of the routes and guards read that a finding is about."""
    read: set[str] = set()
    for subject in finding.subjects:
        kind, _, name = subject.partition(" ")
        conditions: list[Condition | None] = []
        if kind == "route":
            conditions = [policy.routes[name].when]
        elif kind == "guard":
            conditions = [
                c for r in policy.guards[name].rules for c in (r.when, r.what if isinstance(r, Forbid) else None)
            ]
        nodes = [n for c in opened(policy, [c for c in conditions if c is not None]) for n in walk(c)]
        read |= {signal for node in nodes for signal in reads(node)}
    return read - {g.default for g in policy.groups.values() if g.default is not None}


def shows(policy: Policy, finding: Diagnostic, request: Mapping[str, object]) -> bool:
    if finding.code.id == "WRP201":
        return conflicts(policy, finding, request)
    if finding.code.id == "WRP210":  # it may conflict there
        holds = oracle.holds(policy.routes[told.about(finding)], oracle.facts(policy, request))
        return None in request.values() and holds
    if finding.code.id == "WRP303":  # it is of both workloads, whatever becomes of it
        loads = [policy.workloads[s.partition(" ")[2]].when for s in finding.subjects if s.startswith("workload ")]
        assert len(loads) == 2
        return all(loaded(policy, when, request) for when in loads)
    if finding.code.id == "WRP304":  # nobody serves it, be it that routes conflict
        load = policy.workloads[told.named(finding, "workload")].when
        outcome = told.outcome(policy, request)
        return loaded(policy, load, request) and (outcome is None or not outcome["destinations"])
    decision = decide(policy, request).json()
    match finding.code.id:
        case "WRP301":
            return decision["action"] == "unrouted"
        case "WRP401":
            claimed = policy.assertions[told.named(finding, "assert")]
            of_failures = any(tells_failures(policy, (c.what, c.when)) for c in claimed.claims)
            assert of_failures or None not in request.values()
            return told.breaks(policy, claimed, request)
        case "WRP402" | "WRP407":
            guard, route = told.named(finding, "guard"), told.about(finding)
            primary = finding.code.id == "WRP407"
            gone = told.removed(policy, decision)
            return any((r, g) == (route, guard) and (role == "primary") is primary for r, g, role, _ in gone)
        case "WRP403":
            assert None in request.values()
            if finding.subjects[0].startswith("guard"):
                return told.acts_alone(policy, told.named(finding, "guard"), request)
            return told.breaks(policy, policy.assertions[told.named(finding, "assert")], request)
        case "WRP305":  # what lies between two routes
            return decision["route"] == "default"
        case "WRP415":  # the route whose cache it is
            return decision["action"] == "route" and decision["route"] == told.about(finding)
        case "WRP404":
            name = told.named(finding, "guard")
            return any(
                acting(o.was or policy, o.before, request) - acting(policy, o.after, request)
                for o in policy.overridden
                if o.after.name == name
            )
        case "WRP406":
            return decision["action"] == "deny" and decision["route"] == told.about(finding)
        case "WRP501":
            destinations = decision["destinations"]
            assert isinstance(destinations, list)
            return told.named(finding, "pool") in {d["pool"] for d in destinations}
        case "WRP410":
            return None in request.values() and decision["action"] == "route"
        case "WRP504" | "WRP505" | "WRP506" | "WRP507":
            there = told.crossings(policy, decision)
            return (finding.code.id, told.about(finding), told.edge(finding)) in there
        case "WRP212":  # the guard takes from the first route what the second, which holds too, would serve
            first, second = (s.removeprefix("route ") for s in finding.subjects[:2])
            pool = finding.message.rpartition("destination `")[2].strip("`")
            taken = {(route, guard, at) for route, guard, _, at in told.removed(policy, decision)}
            waiting = oracle.holds(policy.routes[second], oracle.facts(policy, request))
            return waiting and (first, told.named(finding, "guard"), pool) in taken
        case "WRP306":
            value = finding.message.rpartition("== ")[2].strip("`")
            return request[told.named(finding, "signal")] == value and not decision["destinations"]
        case code:
            raise AssertionError(f"{code} has a witness, and nothing here says what it shows")


def acting(policy: Policy, guard: Guard, request: Mapping[str, object]) -> set[tuple[object, ...]]:
    """What a guard does by itself to a request: by its rules' kinds, and by destination where that is one's."""
    facts = oracle.facts(policy, request)
    plan = oracle.planned(policy, facts)[0]
    found: set[tuple[object, ...]] = set()
    for rule in guard.rules:
        conditions = [c for c in (getattr(rule, "what", None), rule.when) if c is not None]
        for number, at in enumerate(oracle.places(policy)):
            if all(oracle.true(c, facts, at, plan) is not False for c in conditions):
                found.add((type(rule), getattr(rule, "name", None), number))
    return found


def loaded(policy: Policy, when: Condition | None, request: Mapping[str, object]) -> bool:
    return when is None or oracle.true(when, oracle.facts(policy, request)) is True


def conflicts(policy: Policy, finding: Diagnostic, request: Mapping[str, object]) -> bool:
    """An error where `decide` itself stumbles; as a warning, both hold and only a further key decides."""
    names = {s.removeprefix("route ") for s in finding.subjects}
    if finding.severity == "error":
        with pytest.raises(Conflict) as conflict:
            decide(policy, request)
        return names <= {r.name for r in conflict.value.routes}
    facts = oracle.facts(policy, request)
    try:
        taken = decide(policy, request).route is not None
    except Conflict:  # of others, which is reported as well
        taken = True
    return taken and all(oracle.holds(policy.routes[n], facts) for n in names)


def proves(policy: Policy, proof: Proof, request: Mapping[str, object]) -> bool:
    kind, _, name = proof.subject.partition(" ")
    try:
        decide(policy, request)
    except (BadRequest, Conflict):
        return False
    if kind == "guard":
        return told.acts_alone(policy, name, request)
    return told.breaks(policy, policy.assertions[name], request)
