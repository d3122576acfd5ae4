"""Policies that are made to be too much for one body, or for all of them: there is an answer, or `open` says why."""

from __future__ import annotations

from collections import Counter

import pytest

import wrpc
from wrpc.analysis.run import check, run_one
from wrpc.diagnostics import Diagnostic
from wrpc.solver.ask import Asker, Body
from wrpc.solver.limits import HARD, HARDEST
from wrpc.solver.stats import counting

BODIES: list[Body] = ["diagrams", "clauses"]
POOLS = 'pool a { trust "own" } pool b { trust "cloud" }\n'


def parity(bools: int) -> str:
    """Whether an odd number of bools holds, a `let` at a time; twice, from either end."""
    made = [f'signal b{i}: bool {{ source keywords("w{i}") }}\n' for i in range(bools)]
    for name, order in (("up", range(bools)), ("down", reversed(range(bools)))):
        before = "false"
        for i in order:
            made.append(f"let {name}{i} = ({before} and not b{i}) or (not ({before}) and b{i})\n")
            before = f"{name}{i}"
    ends = f"up{bools - 1}", "down0"
    return "".join(made) + POOLS + f"route odd {{ when {ends[0]} and not {ends[1]}  to a }} default {{ to b }}\n"


def products(pairs: int) -> str:
    """A sum of every pair of many reals, each held against a bound of its own."""
    made = [f'signal r{i}: real(0..1) {{ source classifier("r{i}") }}\n' for i in range(pairs)]
    whens = [
        f"(r{i} + r{j} > 0.{3 + (i + j) % 6} or 2 * r{i} - r{j} < 0.{1 + (i * j) % 5})"
        for i in range(pairs)
        for j in range(i)
    ]
    routes = [f"route p{i} {{ priority {i}  when {' and '.join(whens[i::5])}  to {'ab'[i % 2]} }}\n" for i in range(5)]
    return "".join(made) + POOLS + "".join(routes) + "default { to b }\n"


def queens(size: int) -> str:
    """More of them than columns, at most one of a column: no diagram is small, and no proof is short."""
    made = [f'signal q{i}_{j}: bool {{ source keywords("w") }}\n' for i in range(size + 1) for j in range(size)]
    somewhere = [f"({' or '.join(f'q{i}_{j}' for j in range(size))})" for i in range(size + 1)]
    apart = [f"not (q{i}_{j} and q{k}_{j})" for j in range(size) for i in range(size + 1) for k in range(i)]
    return "".join(made) + POOLS + f"route all {{ when {' and '.join(somewhere + apart)}  to a }} default {{ to b }}\n"


def answered(text: str) -> tuple[set[str], Counter[str]]:
    with counting() as counts:
        findings = check(wrpc.loads(text))
    return {d.code.id for d in findings.diagnostics}, counts


def test_parity_is_small_for_diagrams() -> None:
    codes, counts = answered(parity(40))
    assert "WRP203" in codes  # the two are one
    assert counts["diagrams"] > 0
    assert not counts["z3"]


def test_many_sums_that_meet() -> None:
    codes, counts = answered(products(8))
    assert counts["values"] + counts["z3"] > 0
    assert not codes & {"WRP203"}


def test_what_no_body_proves_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from wrpc.solver.index import clauses

    monkeypatch.setattr(clauses, "CONFLICTS", 1_000)
    policy = wrpc.loads(queens(8))
    ask = Asker(policy, resources=100_000, body="diagrams")
    (told,) = run_one("wrpc.analysis.conflicts.unsatisfiable_when", policy, ask)
    assert isinstance(told, Diagnostic)
    assert told.verdict == "open"
    assert "gives up" in told.message


@pytest.mark.parametrize("body", BODIES)
def test_hard_questions_do_not_add_up(body: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a few that nothing settles, Z3 is not asked any more, and then nobody is."""
    from wrpc.solver.index import clauses

    monkeypatch.setattr(clauses, "CONFLICTS", 50)
    policy = wrpc.loads(queens(6))
    room = Asker(policy, resources=10_000, body=body).healthy
    holds = room.decision.holds(policy.routes["all"])
    with counting() as counts:
        answers = [room.settle(holds) for _ in range(HARDEST + 5)]
    assert {a.verdict for a in answers} <= {"open", "impossible"}
    assert counts["z3"] <= HARD


def test_twenty_runs_say_the_same() -> None:
    text = products(6)
    first = [(d.code.id, d.message, str(d.witness)) for d in check(wrpc.loads(text)).diagnostics]
    for _ in range(4):
        assert [(d.code.id, d.message, str(d.witness)) for d in check(wrpc.loads(text)).diagnostics] == first
