"""The deployment that LiteLLM's router takes is the one that the imported policy decides on, and so is what it tries
when that fails."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest

from tests.conformance.litellm.router.asking import CAUSES, CONFIGS, RESTING, Answer, Asked, Asking, ask

# A share is wrong where chance alone gives what was counted in one of ten million runs.
RARE = 1e-7


@dataclass(frozen=True, slots=True)
class Stage:
    """What is balanced: the deployments of a group, or of one `order` level of it. Those of the `spare` have no share:
    they answer only once every other one rests, or has refused the request for its key."""

    pools: frozenset[str]
    key: tuple[str, int | None] | None
    spare: frozenset[str] = frozenset()


@pytest.fixture(scope="session")
def everything(environment: Callable[[str], Path]) -> Mapping[str, Asked]:
    """All of it, by the Python of WRPC_LITELLM, else that of `.venvs/litellm`."""
    named = os.environ.get("WRPC_LITELLM")
    return ask(Path(named) if named else environment("litellm") / "python")


@pytest.fixture(params=CONFIGS)
def asked(request: pytest.FixtureRequest, everything: Mapping[str, Asked]) -> Asked:
    return everything[request.param]


def stages(asked: Asked, name: str, cause: str | None) -> list[Stage]:
    """What a request may take at first, then after each failure with this cause; empty where it is denied."""
    decision = asked.decision(name)
    if decision.action == "deny":
        return []
    assert decision.action == "route", f"{name}: {decision}"
    action = asked.route(decision).action
    weights = {d.pool: d.weight for d in decision.destinations if d.role == "primary"}
    spare = frozenset(pool for pool, weight in weights.items() if weight == 0)
    found = [Stage(frozenset(weights) - spare, None, spare)]
    for edge in action.fallbacks:
        if cause is None or (edge.causes and CAUSES[cause] not in edge.causes):
            continue
        deployment = asked.deployments[edge.pool]
        key = (deployment.group, deployment.order)
        leveled = any(d.group == deployment.group and d.order is not None for d in asked.deployments.values())
        if deployment.order is None and leveled:
            found[-1] = replace(found[-1], spare=found[-1].spare | {edge.pool})
        elif found[-1].key == key:
            found[-1] = replace(found[-1], pools=found[-1].pools | {edge.pool})
        else:
            found.append(Stage(frozenset({edge.pool}), key))
    return found


def said(answer: Answer) -> str:
    tried = " ".join(f"{deployment}:{cause or 'answers'}" for deployment, cause in answer.attempts)
    end = "" if answer.end is None else f" ends in {answer.end['error']} ({answer.end['status']})"
    return f"`{answer.asked.model}` failing with {answer.asked.cause}: {tried or 'nothing tried'}{end}"


def walked(answer: Answer, planned: Sequence[Stage]) -> str | None:
    """What one request did that the plan does not have."""
    if not planned:
        return None if not answer.attempts and answer.end is not None else "denied by the policy"
    at, last = -1, None
    for deployment, cause in answer.attempts:
        # The router asks again, at once or through another name, whom it asked before.
        stage = next((i for i, s in enumerate(planned[: at + 2]) if deployment in s.pools), None)
        waits = any(deployment in s.spare for s in planned[: at + 2])
        if stage is None and (answer.asked.rests or cause == "authentication") and waits:
            stage = at
        if stage is None:
            return f"`{deployment}` is not next"
        at = max(at, stage)
        last = cause
    if answer.end is None:
        return None
    if last is not None and at == len(planned) - 1:
        return None
    return f"ends after stage {at + 1} of {len(planned)}"


def disagreements(asked: Asked, answers: Sequence[Answer]) -> Iterator[str]:
    seen: dict[tuple[str, str | None], list[Stage]] = {}
    for answer in answers:
        key = answer.asked.model, answer.asked.cause
        planned = seen[key] = seen.get(key) or stages(asked, *key)
        if (wrong := walked(answer, planned)) is not None:
            shown = " | ".join(",".join(sorted(s.pools)) for s in planned)
            yield f"{said(answer)}; {wrong}; the plan: {shown or 'deny'}"


def test_there_are_requests_enough(asked: Asked) -> None:
    assert len(asked.answers) >= 200


def test_who_is_asked_first(asked: Asked) -> None:
    """Exactly the deployments that have a share, and each as often as its share says; of them where the choice is
    another strategy's."""
    for name in asked.names:
        answers = [a for a in asked.answers if a.asked == Asking(name)]
        wrong = list(dict.fromkeys(disagreements(asked, answers)))
        assert not wrong, "\n".join(wrong)
        decision = asked.decision(name)
        if decision.action == "deny" or asked.route(decision).action.select is not None:
            continue
        taken = Counter(a.attempts[0][0] for a in answers)
        shares = {d.pool: d.weight for d in decision.destinations if d.role == "primary"}
        assert set(taken) == {pool for pool, share in shares.items() if share != 0}, name
        for pool, share in shares.items():
            even = Fraction(1, len(shares))
            assert likely(taken[pool], len(answers), even if share is None else share), (name, pool, taken)


def likely(count: int, of: int, share: Fraction) -> bool:
    """Neither so few nor so many come by chance."""
    p = float(share)
    chances = [comb(of, k) * p**k * (1 - p) ** (of - k) for k in range(of + 1)]
    return sum(chances[: count + 1]) > RARE and sum(chances[count:]) > RARE


@pytest.mark.parametrize("cause", CAUSES)
def test_what_is_tried_next(asked: Asked, cause: str) -> None:
    answers = [a for a in asked.answers if a.asked.cause == cause]
    wrong = list(dict.fromkeys(disagreements(asked, answers)))
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_deployment_of_a_plan_is_tried(asked: Asked) -> None:
    """Those without a share too, once the others rest."""
    for name in asked.names:
        answers = [a for a in asked.answers if a.asked.model == name and a.asked.rests]
        tried = {pool for a in answers for pool, _ in a.attempts}
        planned = {pool for stage in stages(asked, name, RESTING) for pool in stage.pools | stage.spare}
        assert tried == planned, name


@pytest.mark.parametrize("name", ["x-mini", "x-mini-2026"])
def test_what_a_policy_cannot_say_is_said(name: str, everything: Mapping[str, Asked]) -> None:
    """`*-mini` takes what goes on so; the import leaves it out, and a warning names it."""
    asked = everything["wildcards"]
    assert asked.decision(name).pools == ("rest",)
    (missing,) = [d for d in asked.imported.diagnostics if d.code.id == "WRP851"]
    assert "`*-mini`" in missing.message
