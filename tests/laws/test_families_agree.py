"""Policies of the six kinds that grow large, of one to sixty routes, under every `resolve`: diagrams, clauses, the
reference encoding and the interpreter never differ.

They are large, and each is asked of three solvers: four hundred of them in CI, five thousand at night,
`WRPC_HYPOTHESIS_PROFILE=nightly pytest tests/laws/test_families_agree.py`.
"""

from __future__ import annotations

import re
from itertools import permutations
from random import Random

from hypothesis import given

import wrpc.api
from benchmarks.families import KINDS, family
from tests.laws import test_bodies_agree as bodies
from tests.laws import test_encode_agrees_with_decide as reference
from tests.laws.dice import Dice, dices
from tests.laws.policies import requests
from tests.laws.volume import compared, many, tried
from wrpc.decide.request import read
from wrpc.policy.model import Policy
from wrpc.solver.terms import negate, same

KEYS = ("priority", "confidence", "name")
RESOLVES = [keys for size in range(1, 4) for keys in permutations(KEYS, size)]
ASPECTS = 6  # of each policy, whose verdicts are compared

NIGHTLY = 5_000


def made(kind: str, size: int, resolve: tuple[str, ...], seed: int) -> Policy:
    """Some of the routes meet: their priorities are few, or none."""
    r = Random(seed)
    text = family(kind, size, seed).replace("policy big {", f"policy big {{ resolve [{', '.join(resolve)}] ", 1)
    if kind == "mixed":
        text = family(kind, max(5, size // 5 * 5), seed).replace(
            "policy big {", f"policy big {{ resolve [{', '.join(resolve)}] ", 1
        )
    if r.random() < 0.7:
        text = re.sub(r"priority (\d+)", lambda found: f"priority {int(found[1]) % 3}", text)
    if r.random() < 0.3:
        text = text.replace("on_error fires", r.choice(["on_error deny", "on_error silent", ""]))
    if r.random() < 0.3:
        text = re.sub(r"default \{.*\}", "", text)
    tried(text)
    return wrpc.api.loads(text)


@many(400, parts=4, nightly=NIGHTLY, floors={"policies": 400, "verdicts": 1_000, "requests": 750})
@given(dice=dices())
def test_every_body_says_the_same(dice: Dice) -> None:
    kind = dice.one(sorted(KINDS))
    policy = made(kind, dice.number(1, 60), dice.one(RESOLVES), dice.number(0, 1 << 30))
    compared("policies")
    asked = [read(policy, dice.draw(requests(policy))) for _ in range(2)]
    if "confidence" in policy.resolve:  # confidences are compared by the reference alone
        for alone, known in reference.rooms(policy):
            for request in asked:
                if alone.failures or None not in request.values():
                    reference.compare(alone, known, request)
                    compared("requests")
        return
    for room in bodies.rooms(policy, dice.one(bodies.BODIES)):
        terms, theirs = reference.encoded(room), reference.encoded(room.reference)
        where = policy.sources[0].text
        for aspect in [dice.one(sorted(terms)) for _ in range(ASPECTS)]:
            answer = room.settle(terms[aspect])
            assert room.reference.settle(theirs[aspect]).verdict == answer.verdict, f"{aspect}\n{where}"
            again = room.again(terms[aspect])
            assert room.reference.settle(negate(same(again, theirs[aspect]))).impossible, f"{aspect}\n{where}"
            compared("verdicts")
            if answer.possible:
                bodies.confirm(room, room.found([terms[aspect]]), aspect, True)
        for request in asked:
            if room.failures or None not in request.values():
                bodies.compare(room, terms, request)
                compared("requests")
