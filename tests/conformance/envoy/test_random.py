"""Random policies behind a real Envoy: every construct of the language that it carries, in combinations that nobody
thought of, failed signals included."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from tests.conformance.envoy.gateway import expected, primaries, running, told
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from wrpc.decide import BadRequest, Conflict, decide
from wrpc.diagnostics import Refusal

# What Envoy has no word for; any other refusal is a fault.
REFUSALS = re.compile(
    r"only a confidence orders the routes|(the numbers of .* are added|signals .* are compared): a header matcher"
    r"|a denial asks what the chosen plan would cost"
)


def test_random_policies(envoy: Path) -> None:
    answers: Counter[str] = Counter()

    # Without shrinking: each example starts a program.
    @settings(max_examples=25, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    @given(dice=dices())
    def each(dice: Dice) -> None:
        asked(dice, answers)

    each()
    assert answers["decided"] >= 400, answers


def asked(dice: Dice, answers: Counter[str]) -> None:
    policy = dice.draw(policies())
    try:
        with running(policy) as gateway:
            for _ in range(40):
                request = dice.draw(requests(policy))
                try:
                    decision = decide(policy, request)
                except BadRequest:
                    # An `assume` that no matcher says is a warning of the compile.
                    assert policy.assumptions or gateway.send(request).status == 400, request
                    continue
                except Conflict:
                    continue
                answers["decided"] += 1
                answer = gateway.send(request)
                assert told(answer) == expected(decision), request
                if decision.action == "route":
                    assert answer.pool in primaries(decision), request
    except Refusal as refusal:
        errors = [d.message for d in refusal.diagnostics if d.severity == "error"]
        assert errors
        assert all(REFUSALS.match(message) for message in errors), errors
        answers["refused"] += 1
