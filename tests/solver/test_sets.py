"""The algebra over sets of requests: whatever body answers, it is that of the requests counted one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

import wrpc
from wrpc.policy.expr import Interval
from wrpc.policy.model import Policy
from wrpc.solver.index.engine import Body
from wrpc.solver.sets import Ground, Requests

TEXT = """
signal tokens: int(0..20) { source prompt_tokens }
signal model: one_of(a, b, c) { source model }
signal pii: bool { source header("x-pii")  on_error fires }
signal tools: any_of(shell, mail) { source tools }
pool own { }
pool cloud { }
route long { priority 3  when tokens >= 8 and model in [a, b]  to own }
route private { priority 2  when pii and shell in tools  to own }
route early { priority 1  when tokens < 3  to cloud }
default { to cloud }
"""
BODIES: list[Body] = ["diagrams", "clauses"]


def ground(body: Body, text: str = TEXT, *, failures: bool = False) -> tuple[Ground, Policy]:
    policy = wrpc.loads(text)
    return Ground(policy, failures=failures, body=body), policy


def taken(over: Ground, policy: Policy, name: str) -> Requests:
    return over.requests(over.reads(policy).takes(policy.routes[name]))


@pytest.mark.parametrize("body", BODIES)
def test_the_algebra(body: Body) -> None:
    over, policy = ground(body)
    long, private, early = (taken(over, policy, n) for n in ("long", "private", "early"))
    rest = over.all - long - private - early
    assert rest
    assert not long & private
    assert rest | long | private | early == over.all
    assert ~rest == long | private | early
    assert private <= ~long
    assert not private <= early
    assert body == "clauses" or rest.request() == {"tokens": 3, "model": "a", "pii": False, "tools": frozenset()}


@pytest.mark.parametrize("body", BODIES)
def test_which_cells_occur(body: Body) -> None:
    over, policy = ground(body)
    early = taken(over, policy, "early")
    assert [early.interval("tokens", c) for c in early.cells("tokens")] == [Interval(Fraction(0), Fraction(2))]
    long = taken(over, policy, "long")
    assert [long.value("model", c) for c in long.cells("model")] == ["a", "b"]
    assert (early & long).cells("model") == []


@pytest.mark.parametrize("failures", [False, True])
def test_points_are_counted_as_one_counts_them(failures: bool) -> None:
    over, policy = ground("diagrams", failures=failures)
    counted: dict[str | None, int] = {}
    tools = [[], ["shell"]]  # nothing asks for mail
    pii = [False, True, *([None] if failures else [])]
    for tokens, model, private, has in product((0, 3, 8), "abc", pii, tools):
        request = {"tokens": tokens, "model": model, "pii": private, "tools": has}
        route = wrpc.decide(policy, request).route
        counted[route] = counted.get(route, 0) + 1
    for name in policy.routes:
        assert taken(over, policy, name).points() == counted[name]
    assert over.all.points() == sum(counted.values())


def test_two_policies_over_one_space() -> None:
    old, new = (
        wrpc.loads(
            f'signal a: score {{ source classifier("a")  threshold {t} }} pool p {{ }} pool q {{ }}'
            "route r { when a  to p } default { to q }"
        )
        for t in ("0.5", "0.8")
    )
    over = Ground(new, (old, new), failures=False)
    before, after = taken(over, old, "r"), taken(over, new, "r")
    lost = before - after
    assert [lost.interval("a", c) for c in lost.cells("a")] == [
        Interval(Fraction(1, 2), Fraction(4, 5), high_open=True)
    ]
    assert not after - before


@pytest.mark.parametrize("body", BODIES)
def test_sums_are_no_cells(body: Body) -> None:
    over, policy = ground(
        body,
        'signal a: real(0..1) { source classifier("a") } signal b: real(0..1) { source classifier("b") } pool p { }'
        "route r { priority 2  when a + b > 1.5  to p } route s { priority 1  when a + b > 1.4 and a < 0.4  to p }",
    )
    held = {n: over.requests(over.reads(policy).holds(policy.routes[n])) for n in ("r", "s")}
    assert not held["s"]
    request = held["r"].request()
    assert request is not None
    assert request["a"] + request["b"] > Fraction(3, 2)  # type: ignore[operator]  # both are numbers
    assert held["r"].points() is None
