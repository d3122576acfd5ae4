"""LiteLLM with the emitted files does what `decide` says: who is asked, in which order after which failure, and what is
refused; whatever else a request brings along."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.laws.carried import carried
from tests.laws.dice import Dice
from tests.laws.policies import resolved
from tests.support.compiling import POLICIES
from wrpc.api import load
from wrpc.decide import Conflict, Decision, Interpreter
from wrpc.decide.request import read
from wrpc.diagnostics import Findings
from wrpc.policy.model import Action, Enum, Policy
from wrpc.targets import named, reading
from wrpc.targets.compile import compile_policy
from wrpc.targets.gateway.plans import left
from wrpc.targets.target import Options

DRIVER = Path(__file__).parents[1] / "router" / "driver.py"
REQUESTS = 300
RANDOM = 24
CAUSES = ("timeout", "rate_limit", "server_error", "unavailable", "error", "context", "content_policy")
TRIED_ONCE = ("context", "content_policy")
# What a client may bring to be sent elsewhere: each pool is named, and more tries are asked for.
STEERING = ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks", "num_retries", "max_fallbacks", "tags")
RARE = 1e-7
"""A share is wrong where chance alone gives what was counted in one of ten million runs."""


@dataclass(frozen=True, slots=True)
class Case:
    policy: Policy
    files: Mapping[str, str] = field(repr=False)
    requests: Sequence[Mapping[str, Any]] = field(repr=False)


def drawn() -> list[Policy]:
    return [resolved(carried("litellm", 3)(Dice(seed))) for seed in range(RANDOM)]


def asked(policy: Policy, files: Mapping[str, str], r: Random) -> list[dict[str, Any]]:
    """Names that mean something to the policy, to LiteLLM, or to nobody."""
    names = json.loads(files["names.json"])
    own = [*names["names"]] or [""]
    begun = [f"{b['beginning']}{end}" for b in names["beginnings"] for end in ("", "x", "-1/y", "*")]
    inner = [*policy.pools, *(f"{n}/{p}" for n in own for p in policy.pools), "openai/m0", "gpt-4o", "*", "a,b"]
    made = []
    for i in range(REQUESTS):
        name = r.choice((own, own, begun, inner)[r.randrange(4)])
        cause = r.choice(CAUSES)
        fails = {p: cause for p in policy.pools if i % 3 and r.random() < 0.7}
        more = {r.choice(STEERING): r.choice(([*policy.pools], 3)) for _ in range(i % 3)}
        made.append({"model": name, "fails": fails, "more": more})
    return made


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    target, found = named("litellm"), []
    for i, policy in enumerate([load(POLICIES["model_names"]), *drawn()]):
        endpoints = {p: f"127.0.0.1:{9000 + n}" for n, p in enumerate(policy.pools)}
        made = compile_policy(policy, target, Findings(), Options(settings={"endpoints": endpoints}))
        if made.artifacts and not any(d.code.id == "WRP801" for d in made.diagnostics):
            files = {a.path: a.text for a in made.artifacts}
            found.append(Case(policy, files, asked(policy, files, Random(i))))
    return found


@pytest.fixture(scope="module")
def answers(
    cases: Sequence[Case], environment: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> list[Any]:
    jobs, pools = [], []
    for i, case in enumerate(cases):
        folder = tmp_path_factory.mktemp(f"policy{i}")
        for path, text in case.files.items():
            (folder / path).write_text(text, encoding="utf-8")
        entries = reading.yaml(case.files["config.yaml"])["model_list"]
        of = {e["model_info"]["id"]: e["model_info"]["pool"] for e in entries}
        requests = [
            {**r, "rests": 0, "fails": {each: r["fails"][pool] for each, pool in of.items() if pool in r["fails"]}}
            for r in case.requests
        ]
        jobs.append({"config": str(folder / "config.yaml"), "seed": i, "requests": requests, "hooked": True})
        pools.append(of)
    done = subprocess.run(
        [str(environment("litellm") / "python"), str(DRIVER)],
        input=json.dumps(jobs), capture_output=True, text=True, timeout=600, check=True,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
    )  # fmt: skip
    return [
        {
            "start": found["start"],
            "answers": [
                {
                    "attempts": [of[each] for each, _ in a["attempts"]],
                    "status": 200 if a["end"] is None else a["end"]["status"],
                }
                for a in found["answers"]
            ],
        }
        for of, found in zip(pools, json.loads(done.stdout), strict=True)
    ]


def decided(policy: Policy, name: str) -> Decision | None:
    """None for a name that no request of the policy has."""
    machine = Interpreter(policy)
    signal = next((s for s in policy.signals.values() if s.source is not None and s.source.name == "model"), None)
    if signal is not None and isinstance(signal.type, Enum) and name not in signal.type.names:
        return None
    try:
        return machine.decision(read(policy, {} if signal is None else {signal.name: name}))[0]
    except Conflict:
        return None


def planned(policy: Policy, decision: Decision) -> Action:
    route = next(r for r in policy.answering if r.name == decision.route)
    action = left(route.action, {r.pool for r in decision.removed})
    assert action is not None
    return action


def wrong(policy: Policy, request: Mapping[str, Any], answer: Mapping[str, Any]) -> str | None:
    """What the program did that the policy does not."""
    attempts, status, fails = answer["attempts"], answer["status"], request["fails"]
    decision = decided(policy, request["model"])
    if decision is None or decision.action != "route":
        refused = 400 if decision is None else 403 if decision.action == "deny" else 404
        return None if status == refused and not attempts else f"refused with {refused}"
    action, last = planned(policy, decision), next(iter(fails.values()), None)
    tries = 1 if last in TRIED_ONCE else 1 + (action.retries or 0)
    main = [s.pool for s in action.shares if s.weight] or [s.pool for s in action.shares]
    rest = [*attempts]
    own = len([p for p in rest if p in {s.pool for s in action.shares}])
    head, rest = rest[:own], rest[own:]
    if not head or head[0] not in main:
        return f"one of {main} at first"
    several = len(action.shares) > 1
    goes_on = action.others is not None and several and last not in TRIED_ONCE
    if not goes_on and (set(head) != {head[0]} or len(head) > (1 if several else tries)):
        return f"{head[0]} alone"
    if head[-1] not in fails:
        return None if status == 200 and not rest else "answered by the last of them"
    if goes_on and set(head) != {s.pool for s in action.shares if s.weight or s.pool in head}:
        return "every pool of the group before what comes after it"
    if not several and len(head) != tries:
        return f"{tries} tries"
    follows = [f.pool for f in action.fallbacks if not f.causes or last in f.causes]
    serving = next((i for i, pool in enumerate(follows) if pool not in fails), None)
    expected = [pool for pool in follows[:serving] for _ in range(tries)]
    if serving is not None:
        return None if status == 200 and rest == [*expected, follows[serving]] else f"then {expected}, and an answer"
    # Where the whole group fails, LiteLLM tries what follows once more for each of its pools.
    again = len(head) if goes_on else 1
    return None if status != 200 and rest in [expected * n for n in range(1, again + 1)] else f"then {expected}"


def test_each_request_is_decided_as_by_the_policy(cases: Sequence[Case], answers: Sequence[Any]) -> None:
    seen: Counter[str] = Counter()
    for case, found in zip(cases, answers, strict=True):
        text = case.policy.sources[0].text
        assert found["start"] is None, f"{found['start']}\n{text}"
        for request, answer in zip(case.requests, found["answers"], strict=True):
            why = wrong(case.policy, request, answer)
            assert why is None, f"expected {why}: {request} {answer}\n{text}"
            seen["requests"] += 1
            seen["refused"] += answer["status"] in (400, 403, 404) and not answer["attempts"]
            seen["fallbacks"] += len(set(answer["attempts"])) > 1
            seen["steered"] += bool(request["more"])
    assert seen["requests"] >= 5_000
    assert seen["refused"] >= 500
    assert seen["fallbacks"] >= 200
    assert seen["steered"] >= 2_000


def test_shares_are_those_of_the_policy(cases: Sequence[Case], answers: Sequence[Any]) -> None:
    compared = 0
    for case, found in zip(cases, answers, strict=True):
        first: dict[tuple[tuple[str, Fraction], ...], Counter[str]] = {}
        for request, answer in zip(case.requests, found["answers"], strict=True):
            if answer["attempts"]:
                decision = decided(case.policy, request["model"])
                assert decision is not None
                shares = tuple((s.pool, s.weight) for s in planned(case.policy, decision).shares)
                first.setdefault(shares, Counter())[answer["attempts"][0]] += 1
        for shares, counted in first.items():
            for pool, weight in shares if len(shares) > 1 and counted.total() >= 30 else ():
                assert chance(counted[pool], counted.total(), weight) > RARE, (shares, counted)
                compared += 1
    assert compared >= 8


def chance(hits: int, of: int, share: Fraction) -> float:
    """The probability of what is at least as rare as so many hits (exact, two-sided)."""
    p = float(share)
    weights = [comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(of + 1)]
    return sum(w for w in weights if w <= weights[hits] * (1 + 1e-9))
