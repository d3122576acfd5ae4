"""An override of a signal that a sealed guard reads: what is said agrees with both decisions on every request."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from random import Random

import wrpc
from wrpc.decide.interpret import interpreter
from wrpc.decide.request import BadRequest, read
from wrpc.policy.load import from_text
from wrpc.policy.model import Policy

BASE = """
signal risk: score {{ source classifier("risk")  {risk} }}
signal leak: bool {{ source header("x-leak")  {leak} }}
signal team: string {{ source claim("team")  {team} }}
signal hot: score {{ source classifier("hot")  {hot} }}
pool own {{ trust "own" }}
pool cloud {{ trust "cloud" }}
default {{ to cloud fallback own }}
let odd = risk or team == "hr"
group g exclusive {{ risk, hot }}
guard keep {{ sealed  {rule} }}
"""
RISK = ("threshold 0.5", "threshold 0.4", "above 0.5", "threshold 0.5 on_error fires", "above 0.4 on_error silent")
LEAK = ("", "on_error fires", "on_error silent", "on_error deny", "absent true", "absent false")
TEAM = ("", 'absent "hr"', 'absent "x"', 'absent "hr" on_error deny')
RULES = (
    'deny "x" when risk', 'deny "x" when leak', 'deny "x" when odd and not leak', 'deny "x" when team != "hr"',
    'forbid destination.trust == "cloud" when odd', 'deny "x" when confidence(risk) > 0.45 or leak',
    'require redact("x") when hot or team == "x"', 'deny "x" when not hot and not risk',
)  # fmt: skip
ABSENT = "absent"
VALUES = {
    "risk": (0, 0.4, 0.45, 0.5, 0.6, None),
    "hot": (0, 0.5, 0.7, None),
    "leak": (True, False, None, ABSENT),
    "team": ("hr", "x", "y", None, ABSENT),
}


def loaded(text: str, env: str = "") -> Policy:
    made, found = from_text(text, env={"env.wrp": env} if env else None)
    assert made is not None, [d.message for d in found.diagnostics]
    return made


def acts(policy: Policy, given: Mapping[str, object]) -> frozenset[str] | None:
    """What the guard does, and None for what is no request of the policy. An absent header is the failure that it is
    where the policy does not say what it means."""
    said = {
        name: None if value == ABSENT else value
        for name, value in given.items()
        if value != ABSENT or policy.signals[name].absent is None
    }
    if said.get("leak", True) is None and given["leak"] is None and not policy.signals["leak"].can_fail:
        return None  # a header fails by being absent alone
    machine = interpreter(policy)
    try:
        request = read(policy, said)
        machine.admit(request)
        decision, _ = machine.decision(request)
    except BadRequest:
        return None
    faulty = decision.by is not None and decision.by.startswith("signal")
    if faulty:
        return frozenset(("deny", "forbid own", "forbid cloud", "redact:x"))  # nothing escapes
    found = {f"forbid {r.pool}" for r in decision.removed}
    if decision.action == "deny" and decision.route is None:
        found.add("deny")
    return frozenset((*found, *decision.obligations))


def test_it_agrees_with_every_request() -> None:
    seen = [tried(Random(seed)) for seed in range(40)]
    assert min(seen.count(True), seen.count(False)) >= 10


def tried(draw: Random) -> bool:
    """Whether a request escapes, which the finding agrees with."""
    # What a failure denies by itself, no guard has acted on: it stands in the override alone.
    parts = (("risk", RISK), ("leak", LEAK), ("team", TEAM))
    first = {name: draw.choice([c for c in said if "deny" not in c]) for name, said in parts}
    rule = draw.choice(RULES)
    changed = draw.choice(("risk", "leak", "team"))
    env = f"override signal {changed} {{ {draw.choice({'risk': RISK, 'leak': LEAK[1:], 'team': TEAM[1:]}[changed])} }}"
    text = BASE.format(**first, hot="threshold 0.5", rule=rule)
    old, new = loaded(text), loaded(text, env)
    found = any(d.code.id == "WRP404" for d in wrpc.check(new).diagnostics)
    escaped = []
    for values in product(*VALUES.values()):
        given = dict(zip(VALUES, values, strict=True))
        was, now = acts(old, given), acts(new, given)
        if was is not None and now is not None and not was <= now and "deny" not in now:
            escaped.append(given)
    assert found == bool(escaped), (env, text, json.dumps(escaped[:3]))
    return found
