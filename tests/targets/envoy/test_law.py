"""What an emitted file does, read back, is what the policy does: on random policies and random requests, failures
included. What the target says that it cannot carry (a cascade's later steps, spills, how to choose) is left out."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision, decide
from wrpc.policy.model import Policy
from wrpc.targets.envoy.emit import emit
from wrpc.targets.envoy.read import read
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Options

ROLES = ("primary", "fallback", "mirror")


def options(policy: Policy) -> Options:
    endpoints = {name: f"127.0.0.1:{9000 + i}" for i, name in enumerate(policy.pools)}
    return Options({"endpoints": endpoints, "obligations_by": "the test"})


def lost(d: Decision) -> set[str]:
    """The obligations of destinations that the target leaves out, which may be asked of the whole request as well."""
    left = {o for s in d.destinations if s.role in ROLES for o in s.obligations}
    return {o for s in d.destinations for o in s.obligations} - left


def carried(d: Decision, weights: bool, lost: set[str]) -> object:
    """Of a decision, what the target carries."""
    left = [(s.pool, s.role, s.weight if weights else None, s.obligations) for s in d.destinations if s.role in ROLES]
    return d.action, d.reason, left, sorted(set(d.obligations) - lost)


@many(2_000, parts=2, floors={"file": 1_600, "decision": 13_400})
@given(dice=dices())
def test_a_file_read_back_decides_as_its_policy(dice: Dice) -> None:
    policy = dice.draw(policies(4, carried_by=dice.one([None, None, "envoy"])))
    emitted = emit(settle(policy), options(policy))
    if not emitted.artifacts:
        # Every refusal has a place and a reason.
        assert any(d.severity == "error" for d in emitted.diagnostics)
        return
    compared("file")
    back = read({a.path: a.text for a in emitted.artifacts}, policy)
    for _ in range(12):
        request = dice.draw(requests(policy))
        try:
            ours = decide(policy, request)
        except (BadRequest, Conflict):
            continue
        compared("decision")
        theirs = decide(back, request)
        weights = all(isinstance(s.weight, Fraction) for s in ours.destinations if s.role == "primary")
        gone = lost(ours)
        assert carried(ours, weights, gone) == carried(theirs, weights, gone)
