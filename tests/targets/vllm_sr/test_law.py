"""Random policies over everything that the target carries: what is read back decides as the policy does."""

from __future__ import annotations

import random

import pytest

import wrpc.api
from tests.support.equal import differences, sampled
from wrpc.diagnostics import Diagnostic, Refusal
from wrpc.policy.model import Policy
from wrpc.solver.compare import Aspects, compare
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Options
from wrpc.targets.vllm_sr import TARGET
from wrpc.targets.vllm_sr.read import read

SIGNALS = """
signal tokens: int(0..100k) { source prompt_tokens }
signal turns: int(0..50) { source turns }
signal dense: real(0..1) { source structure(density, keywords = ["must"]) }
signal loud: bool { source keywords("now") }
signal fenced: bool { source structure(exists, pattern = "```") }
signal personal: bool { source pii(threshold = 0.7)ERROR }
signal attack: score { source jailbreak()  threshold 0.5ERROR }
signal near: score(-1..1) { source embedding(["a"])  threshold 0.75  evidence similarityERROR }
signal law: score { source domain("law")  threshold 0.5  evidence probability }
signal code: score { source domain("code")  threshold 0.5  evidence probability }
signal risk: score { source classifier("risk", label = "high")  threshold 0.6  evidence probabilityERROR }
signal task: one_of(chat, work) { source classifier("task") }
signal margin: real(-2..2) { source complexity(["a"], ["b"]) }
group domains exclusive { law, code }
score heat = 0.5 * loud + 0.3 * confidence(near) - 0.25 * fenced + 0.1
band warmth of heat { cold below 0.2, mild upto 0.5, hot otherwise }
let long = tokens >= 8k
let busy = turns > 3 and loud
pool a { trust "own" }
pool b { trust "cloud"  region "eu" }
pool c { trust "cloud"  region "us" }
"""
ATOMS = (
    "loud", "fenced", "personal", "attack", "near", "law", "code", "risk", "long", "busy", "warmth == hot",
    "warmth != cold", "warmth == mild", "tokens < 1k", "turns <= 2", "dense > 0.2", "task == chat", "margin > 0.3",
    "margin < -0.2", "confidence(near) >= 0.9", "raw(near) < 0", "heat > 0.35", "0.5 * loud + 0.5 * fenced >= 0.75",
    "raw(attack) >= 0.8",
)  # fmt: skip


class Writer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def condition(self, depth: int = 2) -> str:
        r = self.random
        if depth == 0 or r.random() < 0.4:
            return r.choice(ATOMS)
        match r.randrange(3):
            case 0:
                return f"not ({self.condition(depth - 1)})"
            case 1:
                return "(" + " and ".join(self.condition(depth - 1) for _ in range(r.randint(2, 3))) + ")"
            case _:
                return "(" + " or ".join(self.condition(depth - 1) for _ in range(r.randint(2, 3))) + ")"

    def action(self) -> str:
        r = self.random
        kinds = ("to a", "to b", "to a, b", "to b weight 3, c weight 1", "to any", 'deny "no"', "cascade b -> c")
        action = r.choice(kinds)
        return (
            f"{action}  fallback a" if action in ("to b", "to b weight 3, c weight 1") and r.random() < 0.3 else action
        )

    def policy(self) -> str:
        r = self.random
        errors = ("", "", "  on_error fires", "  on_error silent", "  on_error deny")
        text = "policy random { resolve [priority, confidence, name] }\n" if r.random() < 0.5 else ""
        for part in SIGNALS.split("ERROR"):
            text += part + r.choice(errors)
        text = text[: text.rindex("}") + 1]
        tiered = r.random() < 0.5
        for i, priority in enumerate(r.sample(range(-3, 9), r.randint(2, 6))):
            tier = f"tier {r.randint(0, 3)}  " if tiered else ""
            when = f"when {self.condition()}  " if r.random() < 0.9 else ""
            unknown = f"  on_unknown {r.choice(('fires', 'deny', 'silent'))}" if when and r.random() < 0.4 else ""
            text += f"\nroute r{i} {{ {tier}priority {priority}  {when}{self.action()}{unknown} }}"
        if r.random() < 0.8:
            text += "\ndefault { " + r.choice(("to a", "to c", "to any", 'deny "none"')) + " }"
        for i in range(r.randint(0, 2)):
            what = r.choice(('destination.trust == "cloud"', 'destination.region != "eu"', "destination.pool == c"))
            when = f" when {self.condition(1)}" if r.random() < 0.8 else ""
            text += f"\nguard g{i} {{ forbid {what}{when} }}"
        if r.random() < 0.4:
            text += f'\nguard stop {{ deny "stop" when {self.condition(1)} }}'
        return text


def lost(found: tuple[Diagnostic, ...]) -> bool:
    return any(d.severity == "error" or "failed signal" in d.message for d in found)


def made(seed: int) -> Policy | None:
    try:
        return wrpc.api.loads(Writer(seed).policy())
    except Refusal:
        return None


@pytest.mark.parametrize("block", range(6))
def test_read_agrees_with_policy(block: int) -> None:
    carried = 0
    for seed in range(block * 40, block * 40 + 40):
        policy = made(seed)
        assert policy is not None, Writer(seed).policy()
        emitted = TARGET.emit(settle(policy), Options())
        if lost(emitted.diagnostics):
            continue
        carried += 1
        back = read({"config.yaml": emitted.artifacts[0].text}, policy)
        assert sampled(policy, back, requests=40, seed=seed) == [], Writer(seed).policy()
        if seed % 4 == 0:
            # What a guard leaves of `to any` is one model, whose weight is then known.
            assert differences(policy, back, weights=False) == [], Writer(seed).policy()
    assert carried >= 12


NEVER_OR_ALWAYS = """
signal near: score { source embedding(["a"])  threshold 0.5  evidence similarity }
signal far: score { source embedding(["b"])  threshold 0.5  evidence similarity }
signal kind: one_of(chat, work) { source classifier("kind") }
pool a { trust "own" }
pool b { trust "cloud" }
route r { when near  to b }
guard g { deny "stop" when CONDITION }
default { to a }
"""


@pytest.mark.parametrize(
    "condition",
    ["kind < chat", "kind < chat and near", "not (kind < chat) and near", "0.5 * far <= 1 and near", "0.5 * far > 1"],
)
def test_a_comparison_that_is_settled_is_still_unknown_where_its_signal_fails(condition: str) -> None:
    policy = wrpc.api.loads(NEVER_OR_ALWAYS.replace("CONDITION", condition))
    emitted = TARGET.emit(settle(policy), Options())
    assert not lost(emitted.diagnostics)
    back = read({"config.yaml": emitted.artifacts[0].text}, policy)
    assert compare(policy, back, Aspects()).answer.impossible
