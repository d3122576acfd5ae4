"""Tests that are written for what none tries pass, and then nothing is left; which cases there are, counting says."""

from __future__ import annotations

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies
from tests.laws.small import policies as small
from tests.laws.small import requests
from tests.laws.volume import compared, many
from wrpc.analysis import tested as run
from wrpc.decide.interpret import Conflict, Interpreter
from wrpc.policy import reading
from wrpc.policy.load import from_text
from wrpc.report.tested import blocks, written


@many(2_000, parts=3, floors={"policy": 1_600, "test": 4_500})
@given(dice=dices())
def test_they_pass_and_cover(dice: Dice) -> None:
    policy = dice.draw(policies())
    found = run.tested(policy)
    tests = blocks(policy, found)
    if not tests:
        return
    text = written(policy.sources[0].text, tests, None)
    again, problems = from_text(text)
    assert again is not None, f"{problems.diagnostics}\n{text}"
    covered = run.tested(again)
    assert covered.passed, text
    # What only failures try counts where a test has tried it.
    failing = any(None in one.request.values() for r in found.rules for one in r.missed if one.request is not None)
    assert covered.of >= found.of if failing else covered.of == found.of
    # What is left no test can say: a third, or what the solver did not find.
    left = [one for rule in covered.rules for one in rule.missed]
    unsaid = [one for rule in found.rules for one in rule.missed if one.request is None or "/" in repr(one.request)]
    assert len(left) <= len(unsaid), text
    compared("policy")
    compared("test", len(tests))


@many(2_000, parts=2, floors={"policy": 1_800})
@given(dice=dices())
def test_the_cases_are_those_that_counting_finds(dice: Dice) -> None:
    policy = dice.draw(small())
    space = requests(policy)
    if space is None:
        return
    machine = Interpreter(policy)
    healthy, every = [], []
    for request in space:
        try:
            every.append(machine.decision(request))
        except Conflict:
            continue
        if None not in request.values():
            healthy.append(every[-1])

    def found(case: run.Case) -> bool:
        """Failures count for a case that reads `failed`."""
        space = every if reading.tells_failures(policy, case.reads) else healthy
        return any(case.holds(s, d) for d, s in space)

    expected = {}
    for route in policy.answering:
        subject = "default" if route is policy.default else f"route {route.name}"
        expected[subject] = sum(map(found, run.of_route(policy, route)))
    for guard in policy.guards.values():
        cases = [c for rule in guard.rules for c in run.of_rule(policy, rule)]
        expected[f"guard {guard.name}"] = sum(map(found, cases))
    assert {r.subject: r.of for r in run.tested(policy).rules} == expected, policy.sources[0].text
    compared("policy")
