"""What a target's files will do, read back, is what the policy does: for all requests, failures included, with every
edge, mirror and obligation that the target carries.

Policies are such as the target carries. Where it says that it cannot carry something, or only nearly, the rest is
compared; an example is only left out where the target refuses the policy or a route altogether.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pytest
from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Interpreter
from wrpc.decide.request import read
from wrpc.diagnostics import Findings
from wrpc.policy.model import Action, Obligation, Policy, Value, Word, plan
from wrpc.solver.compare import Aspects, compare
from wrpc.solver.witness import witness
from wrpc.targets import TARGETS, named
from wrpc.targets.compile import Compiled, compile_policy
from wrpc.targets.gateway.plans import left
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Construct, Options

DECIDING = [n for n in TARGETS if named(n).decides and named(n).read is not None]
# Without these the files choose among the destinations otherwise than the policy; the destinations are the same.
CHOOSING = frozenset({Construct.SELECT, Construct.TO_ANY})
# The settings of a plan that each target carries.
SETTINGS = {
    "envoy": ("retries", "timeout"),
    "litellm": ("retries", "timeout"),
    "vllm-sr": ("reasoning", "tools", "compress", "cache", "escalate"),
}
SAID: Mapping[str, Mapping[str, Value]] = {"envoy": {"obligations_by": "the test", "trust_headers": Word("true")}}
FLOORS = {
    "envoy": {
        "policies": 1_900, "weights": 1_900, "edges": 1_200, "mirrors": 800, "obligations": 550, "guards": 1_200,
        "plans": 4_000, "others": 500,
    },
    "litellm": {"policies": 1_700, "weights": 1_700, "edges": 1_100, "guards": 650, "plans": 5_500, "others": 700},
    "vllm-sr": {
        "policies": 1_800, "weights": 1_800, "edges": 1_150, "mirrors": 1_150, "guards": 1_150, "plans": 3_500,
    },
}  # fmt: skip


def test_there_are_such_targets() -> None:
    assert set(FLOORS) == set(DECIDING)


def carried(found: Compiled) -> Aspects | None:
    """What is left to compare; None where a route is lost. A note of a loss (a route that nobody takes) loses none."""
    lost = any(d.code.id == "WRP801" and d.severity != "info" for d in found.diagnostics)
    # A policy that serves nobody is refused as a whole, and what would be emitted of it still has to agree.
    if lost or any(d.severity == "error" and d.code.id != "WRP812" for d in found.diagnostics):
        return None
    return Aspects(weights=not any(u.construct in CHOOSING for u in found.uses))


def act(action: Action) -> tuple[object, ...]:
    return tuple((p.pool, p.role) for p in plan(action) if p.role != "primary")


def count(policy: Policy, what: Aspects) -> None:
    edges = [e for r in policy.answering for e in act(r.action)]
    compared("policies")
    compared("weights", what.weights)
    compared("edges", bool(edges))
    compared("mirrors", any(r.action.mirrors for r in policy.answering))
    compared("guards", bool(policy.guards))
    compared("obligations", any(isinstance(r, Obligation) for g in policy.guards.values() for r in g.rules))


@pytest.mark.parametrize("name", DECIDING)
@many(2_000, floors=FLOORS, by="name", parts=4)
@given(dice=dices())
def test_read_back(dice: Dice, name: str) -> None:
    policy = dice.draw(policies(3, carried_by=name))
    target = named(name)
    assert target.read is not None
    settings: dict[str, Value] = {"endpoints": {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(policy.pools)}}
    settings |= SAID.get(name, {})
    options = Options(settings=settings)
    found = compile_policy(policy, target, Findings(), options)
    what = carried(found)
    if what is None:
        return
    made = found.artifacts or target.emit(settle(policy), options).artifacts
    back = target.read({a.path: a.text for a in made}, policy)
    difference = compare(policy, back, what)
    request = difference.answer.request
    shown = "" if request is None else f"{witness(policy, request)}: {difference.ours} and {difference.theirs}"
    assert difference.answer.impossible, f"{difference.answer.why}{shown}\n{policy.sources[0].text}"
    count(policy, what)
    said = {d.message for d in found.diagnostics if d.code.id == "WRP802"}
    for _ in range(6):
        settings_agree(name, policy, back, dice, said)


def settings_agree(name: str, policy: Policy, back: Policy, dice: Dice, said: Collection[str]) -> None:
    """Shares of mirrors, and what else a plan says, for one request; what is `said` to be lost in part may be gone."""
    given_ = dice.draw(requests(policy))
    actions = []
    for one in (policy, back):
        try:
            machine = Interpreter(one)
            machine.admit(read(one, given_))
            decision, _ = machine.decision(read(one, given_))
        except (BadRequest, Conflict):
            return
        route = next((r for r in one.answering if r.name == decision.route), None)
        if route is None or decision.action != "route":
            return
        actions.append(left(route.action, {r.pool for r in decision.removed}))
    ours, theirs = actions
    assert ours is not None
    assert theirs is not None
    assert ours.mirrors == theirs.mirrors
    assert theirs.sticky in (None, ours.sticky)
    assert [b.amount / b.period for b in ours.budgets] == [b.amount / b.period for b in theirs.budgets]
    assert [b.per for b in ours.budgets] == [b.per for b in theirs.budgets]
    assert (ours.others is None) is (theirs.others is None)
    compared("others", ours.others is not None)
    for setting in SETTINGS[name]:
        lost = getattr(theirs, setting) is None and any(f"loses the {setting}" in message for message in said)
        assert lost or getattr(ours, setting) == getattr(theirs, setting), setting
    compared("plans")
