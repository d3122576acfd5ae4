"""Conflicts are complete: no request for which `decide` answers a conflict lies outside the pairs that WRP201 tells as
errors; and each of these has a request that `decide` calls a conflict of the two. Of what is told, all counts."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given

from tests.laws import oracle, told
from tests.laws.dice import Dice, dices
from tests.laws.policies import contested, requests
from tests.laws.volume import compared, many
from wrpc.analysis.run import run_one
from wrpc.analysis.safety.verdicts import claims
from wrpc.decide import BadRequest, Conflict, decide
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy
from wrpc.solver.ask import Asker

RESOLVE = (
    "resolve []", "", "resolve [priority]", "resolve [confidence]", "resolve [confidence, priority]",
    "resolve [priority, confidence]", "resolve [confidence, priority, name]", "resolve [priority, name]",
    "resolve [name]", "resolve [name, confidence]",
)  # fmt: skip
NAMED = "wrpc.analysis.conflicts.conflicting_routes"
FLOORS = {
    True: {"policy": 200, "warning": 190},  # names leave no two equal
    False: {"policy": 200, "witness": 200, "drawn": 280, "claim": 110},
}
Pair = frozenset[str]


@pytest.mark.parametrize("resolve", RESOLVE)
@many(200, floors={r: FLOORS["name" in r] for r in RESOLVE}, by="resolve")
@given(dice=dices())
def test_no_conflict_is_untold(dice: Dice, resolve: str) -> None:
    policy = dice.draw(contested(resolve))
    ask = Asker(policy)
    found = [d for d in run_one(NAMED, policy, ask) if isinstance(d, Diagnostic)]
    errors = [d for d in found if d.severity == "error"]
    assert not errors or "name" not in resolve, "no two routes have one name"
    compared("policy")
    compared("warning", len(found) - len(errors))
    pairs = {pair(d) for d in errors}
    shown = [witness(policy, error) for error in errors]
    compared("witness", len(shown))
    drawn = [dice.draw(requests(policy)) for _ in range(10)]
    compared("drawn", sum(of(policy, request) is not None for request in drawn))
    proved = [(a, c) for a, c, verdict in claims(ask) if verdict.contested == "" and verdict.answer.impossible]
    for request in (*shown, *drawn):
        conflict = of(policy, request)
        if conflict is None:
            continue
        assert conflict <= pairs, f"{conflict - pairs} {request}\n{policy.sources[0].text}"
        facts = oracle.facts(policy, request)
        for assertion, claim in proved:
            compared("claim")
            silent = claim.when is not None and all(
                oracle.true(claim.when, facts, at) is False for at in oracle.places(policy)
            )
            assert silent, f"{assertion.name} is proved over {request}\n{policy.sources[0].text}"


def pair(error: Diagnostic) -> Pair:
    assert error.verdict == "refuted", error.message
    return frozenset(s.removeprefix("route ") for s in error.subjects)


def of(policy: Policy, request: Mapping[str, object]) -> set[Pair] | None:
    """The pairs that conflict for a request, by the interpreter; the second reading says that some do."""
    try:
        decide(policy, request)
    except BadRequest:
        return None
    except Conflict as conflict:
        with pytest.raises(oracle.Conflicting):
            oracle.decide(policy, request)
        both = combinations(conflict.routes, 2)
        return {frozenset((a.name, b.name)) for a, b in both if policy.deeds[a.name] != policy.deeds[b.name]}
    return None


def witness(policy: Policy, error: Diagnostic) -> Mapping[str, object]:
    assert error.witness is not None
    request = told.sent(policy, error.witness)
    there = of(policy, request)
    assert there is not None, f"{error.message}\n{policy.sources[0].text}"
    assert pair(error) in there, f"{error.message}\n{policy.sources[0].text}"
    return request
