"""The reference encoding, with every variable set to one request, says what the interpreter says of that request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.fixing import fixed, variables
from tests.laws.policies import nodes, policies, requests
from tests.laws.volume import compared, many
from wrpc.analysis.safety.verdicts import broken, planned
from wrpc.decide import BadRequest
from wrpc.decide.request import RequestValue, read
from wrpc.policy import expr as x
from wrpc.policy.model import Obligation, Policy, plan
from wrpc.solver.ask import Asker, Replay, Room
from wrpc.solver.reference import Reference
from wrpc.solver.terms import Term, conj, disj, same

Aspect = tuple[str, object]
FLOORS = {
    "request": 35_000, "served": 15_000, "new": 20_000, "absent": 6_000, "table": 8_000, "within": 1_200,
    "suffix": 300, "contains": 300, "matches": 500, "failed": 9_000, "role": 3_500, "caused": 1_000, "provided": 4_000,
    "cost": 2_500, "others": 3_500, "over budget": 2_000,
}  # fmt: skip
"""Decisions over policies that use what is named; "new" of any of it. "request" and "served" count both rooms."""


def encoded(room: Room) -> dict[str, Term]:
    """Every aspect of the decision as a term."""
    d, policy = room.decision, room.policy
    terms: dict[str, Term] = {
        "denied by faults": d.denied_by_faults, "denied early": d.denied_early, "conflict": d.conflict,
        "unrouted": d.unrouted, "routed": d.routed, "served": d.served, "denied": d.denied,
    }  # fmt: skip
    for route in d.policy.answering:
        terms[f"takes {route.name}"] = d.takes(route)
        if route is not policy.default:
            terms[f"holds {route.name}"] = d.holds(route)
    for route in policy.answering:
        for pool in dict.fromkeys(p.pool for p in plan(route.action)):
            terms[f"{route.name} leaves {pool}"] = d.left(pool, route)
            for guard in policy.guards:
                terms[f"{route.name} {guard} removes {pool}"] = d.removes(guard, pool, route)
    for pool in policy.pools:
        terms[f"reaches {pool}"] = d.reaches(pool)
        terms[f"planned {pool}"] = planned(room, pool)
        for guard in policy.guards:
            terms[f"{guard} obliges {pool}"] = d.asks(guard, pool, d.takes)
    for guard in policy.guards:
        terms[f"{guard} obliges"] = d.obliges(guard)
    for assertion in policy.assertions.values():
        for i, claim in enumerate(assertion.claims):
            terms[f"breaks {assertion.name} {i}"] = broken(room, claim)
    return terms


def interpreted(room: Room, replay: Replay) -> Iterator[Aspect]:
    """The same aspects of one request; none of the decision where it is a conflict."""
    machine, policy, s, decision = room.interpreter, room.policy, replay.state, replay.decision
    yield "denied by faults", s.denied_by is not None
    yield "denied early", any(True for _ in machine.denials(s))
    yield "conflict", decision is None
    for route in policy.routes.values():
        yield f"holds {route.name}", machine.takes(route, s)
    for pool in policy.pools:
        places = () if decision is None else [p for p in machine.places(decision) if p.name == pool]
        for guard in policy.guards.values() if decision is not None else ():
            yield f"{guard.name} obliges {pool}", any(
                isinstance(r, Obligation) and r.per_destination and r.when is not None
                and machine.test(r.when)(s, place, None) is not False
                for r in guard.rules
                for place in places
            )  # fmt: skip
    for route in room.decision.policy.answering:
        removed, left = machine.spared(route, s)
        for pool in dict.fromkeys(p.pool for p in plan(route.action)):
            yield f"{route.name} leaves {pool}", any(p.pool == pool for p in left)
            for name in policy.guards:
                yield f"{route.name} {name} removes {pool}", (pool, name) in {(r.pool, r.guard) for r in removed}
    for guard in policy.guards.values():
        yield (
            f"{guard.name} obliges",
            any(
                isinstance(r, Obligation) and not r.per_destination and machine.holds(r.when, s) is not False
                for r in guard.rules
            ),
        )
    if decision is None:
        return
    yield "unrouted", decision.action == "unrouted"
    yield "routed", decision.route is not None
    yield "served", bool(decision.destinations)
    yield "denied", decision.action == "deny"
    for route in room.decision.policy.answering:
        yield f"takes {route.name}", decision.route == route.name
    taken = next((r for r in room.decision.policy.answering if r.name == decision.route), None)
    for pool in policy.pools:
        yield f"reaches {pool}", pool in decision.pools
        yield f"planned {pool}", taken is not None and any(p.pool == pool for p in plan(taken.action))
    for assertion in policy.assertions.values():
        for i, claim in enumerate(assertion.claims):
            yield f"breaks {assertion.name} {i}", machine.violations(claim, s, decision) is not None


def compare(room: Reference, terms: Mapping[str, Term], request: Mapping[str, RequestValue]) -> None:
    here, replay = fixed(room, request), room.replay(request)
    assert room.settle(here).possible is (replay is not None), "the two disagree on whether it is a request"
    if replay is None:
        return
    expected = dict(interpreted(room, replay))
    compared("request")
    compared("served", bool(expected.get("served")))
    if room.failures:  # the other room asks again
        for what in newer(room.policy):
            compared(what)
    wrong = {aspect: same(terms[aspect], not value) for aspect, value in expected.items()}
    if not room.settle(conj([here, disj(wrong.values())])).impossible:
        differ = [aspect for aspect, term in wrong.items() if not room.settle(conj([here, term])).impossible]
        raise AssertionError(f"{differ} differ for {request}\n{room.policy.sources[0].text}")


def rooms(policy: Policy) -> list[tuple[Reference, dict[str, Term]]]:
    made = []
    for room in Asker(policy, index=False).rooms:
        assert isinstance(room, Reference)
        terms = encoded(room)
        variables(room)
        made.append((room, terms))
    return made


def newer(policy: Policy) -> set[str]:
    """What of the younger half of the language a policy uses, and "new" where it uses any."""
    found: set[str] = set()
    for node in nodes(policy):
        match node:
            case x.Text("suffix" | "contains" | "matches" as relation, _, _):
                found.add(relation)
            case x.Text(_, left, right) if x.Attribute("role") in (left, right):
                found.add("role")
            case x.Caused() | x.Failed() | x.Provided() | x.Cost():
                found.add(type(node).__name__.lower())
            case _:
                pass
    used = {
        "absent": any(s.absent is not None for s in policy.signals.values()),
        "table": bool(policy.tables),
        "within": " within " in policy.sources[0].text,
        "others": any(r.action.others is not None for r in policy.answering),
        "over budget": any(b.then for r in policy.answering for b in r.action.budgets),
    }
    found |= {name for name, so in used.items() if so}
    return {*found, "new"} if found else found


@many(2_000, parts=5, floors=FLOORS)
@given(dice=dices())
def test_every_aspect(dice: Dice) -> None:
    """Over 20,000 decisions of policies that use what is new: Z3 reads each with all variables set, every aspect at
    once."""
    policy = dice.draw(policies())
    known = rooms(policy)
    for _ in range(17):
        given = dice.draw(requests(policy))
        try:
            request = read(policy, given)
        except BadRequest as error:  # the generator makes none
            raise AssertionError(policy.sources[0].text) from error
        for room, terms in known:
            if room.failures or None not in request.values():
                compare(room, terms, request)
