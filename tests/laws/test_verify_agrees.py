"""A compiled file with one word of it changed: where it decides some request otherwise, the comparison says so, and
every difference replays."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from yaml import YAMLError

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.test_read_agrees_with_policy import SAID
from tests.laws.volume import compared, many
from wrpc.decide import BadRequest, Conflict
from wrpc.decide.request import read
from wrpc.diagnostics import Findings, Refusal
from wrpc.policy.model import Value
from wrpc.solver.changes import changes
from wrpc.targets import named
from wrpc.targets.compile import compile_policy
from wrpc.targets.target import Options
from wrpc.verify.artifacts import BROKEN, with_pools

WORD = re.compile(r"(?<=[ :'])(?:true|false|\d+|p[0-3]|and|AND|OR|NOT)(?=['\n])")
FLOORS = {
    "envoy": {"files": 1_000, "requests": 7_500, "found": 110},
    "litellm": {"files": 550, "requests": 4_500, "found": 92},
    "vllm-sr": {"files": 800, "requests": 6_000, "found": 180},
}


@pytest.mark.parametrize("name", sorted(FLOORS))
@many(2_000, floors=FLOORS, by="name", parts=4)
@given(dice=dices())
def test_a_word_that_is_changed(dice: Dice, name: str) -> None:
    policy = dice.draw(policies(3, carried_by=name))
    target = named(name)
    assert target.read is not None
    settings: dict[str, Value] = {"endpoints": {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(policy.pools)}}
    found = compile_policy(policy, target, Findings(), Options(settings={**settings, **SAID.get(name, {})}))
    if not found.artifacts:
        return
    artifact = next(a for a in found.artifacts if a.path.endswith(".yaml"))
    words = [m for m in WORD.finditer(artifact.text) if m.start() > artifact.text.index("\n")]
    at = dice.one(words)
    more = f"{int(at[0]) + 1}" if at[0].isdigit() else "0"
    other = dice.one([w for w in (*OTHERS, more, more) if w != at[0]])
    text = artifact.text[: at.start()] + other + artifact.text[at.end() :]
    files = {a.path: a.text for a in found.artifacts}
    expected = target.read(files, policy)
    try:
        back = target.read({**files, artifact.path: text}, policy)
    except (Refusal, YAMLError, *BROKEN):
        return  # it is told as one that cannot be read
    expected, back = replace(expected, workloads={}), with_pools(replace(back, workloads={}), expected)
    compared("files")
    result = changes(expected, back, named=True)
    for each in result.found:
        compared("found")
        assert result.sides.effect(each.request) == each.effect
    for _ in range(8):
        try:
            request = read(policy, dice.draw(requests(policy)))
            effect = result.sides.effect(request)
        except (BadRequest, Conflict):
            continue
        compared("requests")
        assert effect in (None, "same") or result.verdict != "same", f"{request}\n{text}"


OTHERS = ("true", "false", "p0", "p1", "OR", "AND", "NOT")
