"""A policy settled decides as it did: for random requests, failures included, the way of the branch that takes a
request ends where `decide` ends."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

import wrpc.targets
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from tests.support.compiling import policy
from wrpc.decide import BadRequest, Conflict, Decision, Interpreter
from wrpc.decide.request import read
from wrpc.decide.state import State
from wrpc.policy.model import Denial, plan
from wrpc.targets import TARGETS
from wrpc.targets.gateway.branches import Branch, Deny, Outcome, Send, Settled, Way, outcomes
from wrpc.targets.gateway.settle import settle


def ended(way: Way, machine: Interpreter, s: State) -> Outcome:
    while not isinstance(way, Deny | Send):
        way = way.rests if machine.holds(way.condition, s) is False else way.acts
    return way


def taking(settled: Settled, machine: Interpreter, s: State, decision: Decision) -> Branch | None:
    """The branch that takes the request; of routes of equal precedence the one that `decide` took."""
    for branch in settled.denials:
        truth = machine.denies(Denial("", branch.when, branch.span), s)
        if truth is None if branch.counts == "unknown" else truth is not False:
            return branch
    for branches in settled.classes:
        holding = {b.name: b for b in branches if _holds(b, machine, s)}
        if holding:
            assert decision.route in holding
            return holding[decision.route or ""]
    return settled.default


def _holds(branch: Branch, machine: Interpreter, s: State) -> bool:
    truth = machine.holds(branch.when, s)
    return truth is True or (truth is None and branch.counts == "maybe")


def agrees(outcome: Outcome, decision: Decision) -> bool:
    if isinstance(outcome, Deny):
        return (decision.action, decision.reason, decision.route) == ("deny", outcome.reason, outcome.route)
    own: Mapping[str, set[str]] = {p.pool: set() for p in plan(outcome.action)}
    for name, place in outcome.obligations:
        if place is not None:
            own[place].add(name)
    ours = [(p.pool, p.role, p.weight, tuple(sorted(own[p.pool]))) for p in plan(outcome.action)]
    theirs = [(d.pool, d.role, d.weight, d.obligations) for d in decision.destinations]
    union = tuple(sorted({name for name, _ in outcome.obligations}))
    return ours == theirs and union == decision.obligations and outcome.route == decision.route


@many(2_000, floors={"failed": 1_000, "unrouted": 600, "way": 4_200})
@given(dice=dices())
def test_a_way_ends_where_decide_ends(dice: Dice) -> None:
    found = dice.draw(policies())
    if "confidence" in found.resolve:
        return
    settled, machine = settle(found), Interpreter(found)
    for _ in range(10):
        request = read(found, dice.draw(requests(found)))
        try:
            machine.admit(request)
            decision, s = machine.decision(request)
        except (BadRequest, Conflict):
            continue
        if s.denied_by is not None:
            compared("failed")
            assert s.denied_by in {b.name for b in settled.faults}
            continue
        branch = taking(settled, machine, s, decision)
        if branch is None:
            compared("unrouted")
            assert decision.action == "unrouted"
            continue
        compared("way")
        assert agrees(ended(branch.ways.way(obligations=True, reasons=True), machine, s), decision)


@many(2_000)
@given(dice=dices())
def test_without_reasons_a_way_has_fewer_forks_and_the_same_plans(dice: Dice) -> None:
    found = dice.draw(policies())
    for branch in settle(found).answering:
        several = {repr(o) for o in outcomes(branch.ways.way(obligations=False, reasons=True)) if isinstance(o, Send)}
        fewer = {repr(o) for o in outcomes(branch.ways.way(obligations=False, reasons=False)) if isinstance(o, Send)}
        assert fewer == several


HEAD = """
signal pii: bool { source keywords("x") }
signal home: string { source header("x-home") }
pool own { trust "own"  region "eu" }  pool far { trust "cloud" }
"""


@pytest.mark.parametrize(
    ("rule", "sends"),
    [
        ('forbid destination.trust == "cloud"', [["own"]]),
        ('forbid destination.trust == "cloud" when pii', [["own"], ["own", "far"]]),
        ('forbid destination.trust == "none" when pii', [["own", "far"]]),
        # `far` declares no region: it equals nothing, unless nobody knows where home is.
        ("forbid destination.region == home", [[], ["own"], ["far"], ["own", "far"]]),
    ],
)
def test_what_always_acts_is_no_fork(rule: str, sends: list[list[str]]) -> None:
    found = policy(HEAD + f"default {{ to own, far }} guard g {{ {rule} }}")
    default = settle(found).default
    assert default is not None
    ends = [
        [] if isinstance(o, Deny) else [p.pool for p in plan(o.action)]
        for o in outcomes(default.ways.way(obligations=True, reasons=False))
    ]
    assert sorted(ends) == sorted(sends)


# ── What an emitter is given ──────────────────────────────────────────────

RAW = {"Route", "Guard", "Forbid", "Denial", "Obligation"}
READERS = {"read.py", "answers.py", "matched.py"}


def test_nothing_of_a_settled_policy_is_from_before_its_guards() -> None:
    text = "route r { when pii to own mirror far 5% } guard g { forbid destination.pool == far }"
    found = settle(policy(HEAD + text))
    bare = found.policy
    assert not any((bare.routes, bare.default, bare.guards, bare.assertions, bare.tests, bare.overridden))
    (route,) = found.routes
    (only,) = outcomes(route.ways.way(obligations=True, reasons=True))
    assert isinstance(only, Send)
    assert "far" not in repr(only)


@pytest.mark.parametrize("name", TARGETS)
def test_no_emitter_knows_of_routes_and_guards(name: str) -> None:
    """Only what reads files back makes routes, and only the kernel takes guards apart."""
    folder = Path(wrpc.targets.__file__).parent / TARGETS[name].rpartition(".")[2]
    modules = [m for m in sorted(folder.glob("*.py")) if m.name not in READERS]
    assert modules
    for module in modules:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("wrpc.policy.model"):
                assert not RAW & {a.name for a in node.names}, module.name
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("guards", "_interpreter", "_action"), module.name


def test_what_acts_whenever_a_route_holds_is_no_fork() -> None:
    text = """
    signal pii: bool {{ source header("x-pii") }}
    signal tokens: int(0..9) {{ source prompt_tokens }}
    pool a {{ trust "own" }}
    pool b {{ trust "cloud" }}
    route r {{ when pii and tokens > 3  on_unknown {}  to a  mirror b 5% }}
    default {{ to a  fallback b }}
    guard g {{ forbid destination.trust == "cloud" when {} }}
    """
    removed = Send("r", replace(policy(text.format("silent", "pii")).routes["r"].action, mirrors=()))
    for when in ("pii", "tokens > 2", "pii or tokens > 5", "not (not pii)"):
        for unknown in ("silent", "fires"):  # what is unknown removes as well
            (branch,) = settle(policy(text.format(unknown, when))).routes
            assert branch.ways.way(obligations=False, reasons=False) == removed, when
    (branch,) = settle(policy(text.format("silent", "tokens > 5"))).routes
    assert len(list(outcomes(branch.ways.way(obligations=False, reasons=False)))) == 2
    default = settle(policy(text.format("silent", "not (pii and tokens > 3)"))).default
    assert default is not None
    (only,) = outcomes(default.ways.way(obligations=False, reasons=False))
    assert isinstance(only, Send)
    assert not only.action.fallbacks
