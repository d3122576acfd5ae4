"""What a guard removes stands in no emitted plan: the files of each target that has plans are attacked with guards,
several at once, over mirrors, spills, cascades and fallbacks, failures included.

An attack is a request for which a guard removes something. What the files then do is read back, and for pools that a
guard always removes their text is searched too, by readers that know nothing of how it was written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from tests.laws.carried import ARMED, armed
from tests.laws.dice import Dice, dices
from tests.laws.policies import requests, resolved
from tests.laws.test_read_agrees_with_policy import SAID
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict, Decision, Interpreter
from wrpc.decide.request import RequestValue, read
from wrpc.decide.state import state
from wrpc.diagnostics import Findings
from wrpc.policy.destination import anywhere
from wrpc.policy.expr import reads, walk
from wrpc.policy.model import Bool, Forbid, Policy, Value
from wrpc.targets import TARGETS, named, reading
from wrpc.targets.compile import compile_policy
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Options

WITHOUT_PLANS = {"kserve", "vllm"}
FLOORS = {
    "envoy": {"policies": 1_850, "acting": 800, "attacks": 5_000},
    "litellm": {"policies": 1_850, "acting": 450, "attacks": 4_000},
    "vllm-sr": {"policies": 1_750, "acting": 800, "attacks": 5_000},
}


def test_every_target_with_plans_is_attacked() -> None:
    assert {*ARMED, *WITHOUT_PLANS} == set(TARGETS)


def files(policy: Policy, name: str) -> Mapping[str, str]:
    settings: dict[str, Value] = {}
    if name != "fleet-sim":
        settings["endpoints"] = {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(policy.pools)}
    options = Options(settings={**settings, **SAID.get(name, {})})
    # Whether the program takes the files is another law's question, and its start would take most of the time here.
    found = compile_policy(policy, replace(named(name), check=lambda _: ()), Findings(), options)
    errors = {d.code.id for d in found.diagnostics if d.severity == "error"}
    # A policy that serves nobody is refused; what would be emitted of it is attacked all the same.
    made = named(name).emit(settle(policy), options).artifacts if errors == {"WRP812"} else found.artifacts
    return {a.path: a.text for a in made}


def decided(machine: Interpreter, request: Mapping[str, RequestValue]) -> Decision | None:
    try:
        machine.admit(request)
        return machine.decision(request)[0]
    except (BadRequest, Conflict):
        return None


def always_removed(policy: Policy) -> set[str]:
    """Pools that no request may ever reach."""
    machine = Interpreter(policy)
    nothing = state(policy, read(policy, {}))
    return {
        pool.name
        for pool in policy.pools.values()
        for guard in policy.guards.values()
        for rule in guard.rules
        if isinstance(rule, Forbid)
        and rule.when is None
        and not any(reads(node) for node in walk(rule.what))
        and all(
            machine.test(rule.what)(nothing, p, None) is True
            for p in anywhere(policy, [rule.what])
            if p.name == pool.name
        )
    }


# ── What decides ──────────────────────────────────────────────────────────


def leads(name: str, made: Mapping[str, str]) -> Iterator[str]:
    """Every pool that a rule of the file leads to, whatever the rule asks."""
    content: Any = reading.yaml(next(text for path, text in made.items() if path.endswith(".yaml")))
    if name == "litellm":
        yield from (entry["model_info"]["pool"] for entry in content["model_list"])
        return
    if name == "envoy":
        resources = content["static_resources"]
        for cluster in resources["clusters"]:
            for group in cluster["load_assignment"]["endpoints"]:
                for endpoint in group["lb_endpoints"]:
                    yield endpoint["metadata"]["filter_metadata"].get("wrpc", {}).get("pool", "")
        return
    yield content["providers"].get("defaults", {}).get("model", "")
    for decision in content["routing"]["decisions"]:
        yield from (r["model"] for r in decision.get("modelRefs", ()))
        yield from (p["configuration"].get("model", "") for p in decision.get("plugins", ()))


@pytest.mark.parametrize("name", ["envoy", "litellm", "vllm-sr"])
@many(2_000, floors=FLOORS, by="name", parts=6)
@given(dice=dices())
def test_no_request_reaches_what_its_guards_remove(dice: Dice, name: str) -> None:
    policy = resolved(dice.draw(armed(name, 3)))
    made = files(policy, name)
    if not made:
        return
    compared("policies")
    assert not always_removed(policy) & set(leads(name, made))
    reader = named(name).read
    assert reader is not None
    ours, theirs = Interpreter(policy), Interpreter(reader(made, policy))
    attacks = 0
    for _ in range(10):
        request = read(policy, dice.draw(requests(policy)))
        decision, answer = decided(ours, request), decided(theirs, request)
        if decision is None or answer is None or not decision.removed:
            continue
        gone = {r.pool for r in decision.removed}
        assert not gone & set(answer.pools), f"{request}: {answer}\n{policy.sources[0].text}"
        attacks += 1
    compared("attacks", attacks)
    compared("acting", bool(attacks))


# ── What follows ──────────────────────────────────────────────────────────


def reaching(policy: Policy, above: int, upto: int) -> tuple[set[str], bool]:
    """Every pool that a request of the load of these lengths reaches, and whether guards remove any from one."""
    machine = Interpreter(policy)
    when = policy.workloads["w"].when
    flags = [n for n, s in policy.signals.items() if isinstance(s.type, Bool)]
    counts = [n for n in policy.signals if n not in flags]
    first = above + 1 if above else 0  # the first piece has requests without a token
    lengths = sorted({first, *range(first, min(upto, above + 60) + 1), upto}) if counts else [0]
    found: set[str] = set()
    acting = False
    for total, rest in product(lengths, product([False, True], repeat=len(flags))):
        given_: dict[str, RequestValue] = {**dict(zip(flags, rest, strict=True))}
        request = {**read(policy, {}), **given_, **{n: Fraction(min(total, 1000)) for n in counts}}
        if when is not None and machine.holds(when, state(policy, request)) is not True:
            continue
        decision = decided(machine, request)
        if decision is not None:
            found |= set(decision.pools)
            acting |= bool(decision.removed)
    return found, acting


@many(2_000, parts=2, floors={"policies": 1_100, "acting": 500, "pieces": 1_100})
@given(dice=dices())
def test_no_traffic_reaches_what_guards_remove(dice: Dice) -> None:
    policy = resolved(dice.draw(armed("fleet-sim", 3)))
    made = files(policy, "fleet-sim")
    if not made:
        return
    compared("policies")
    (load,) = json.loads(made["traffic.json"])["workloads"]
    some = False
    for piece in load["pieces"]:
        named_ = {
            *piece["pools"],
            *piece["mirrors"],
            *(to for edges in piece["spills"].values() for to, _ in edges),
        }
        reached, acting = reaching(policy, piece["from"], piece["upto"])
        assert named_ <= reached, f"{piece}\n{policy.sources[0].text}"
        compared("pieces")
        some |= acting
    compared("acting", some)
