"""Fifty pools on twenty sites: the same answer each time, and one that holds."""

from __future__ import annotations

import random

import wrpc
from wrpc.fleet.placement import place
from wrpc.fleet.problem import problem
from wrpc.solver.whole import holds

TYPES = ("h100", "a100", "l40s", "h200")


def fleet(share: float) -> str:
    """A policy whose pools take that share of the GPUs."""
    r = random.Random(7)
    pools = [(f"p{at:02}", r.choice(TYPES), r.randint(1, 8), r.choice((1, 1, 2, 2, 4, 8))) for at in range(50)]
    lines = [
        f"pool {name} {{ gpu {gpu}  replicas {low}..{low + 2}  tensor_parallel {each} }}"
        for name, gpu, low, each in pools
    ]
    need = {t: sum(low * each for _, gpu, low, each in pools if gpu == t) for t in TYPES}
    for at in range(20):
        here = TYPES[at % 4], TYPES[(at + 1) % 4]
        gpus = "  ".join(f"{t} {8 * (int(need[t] / share / 80) + 1)}" for t in here)  # machines have eight
        price = "  ".join(f"{t} {r.randint(100, 900) / 100}USD/h" for t in here)
        lines.append(f'site s{at:02} {{ region "{r.choice(("eu", "us"))}"  gpus {{ {gpus} }}  price {{ {price} }} }}')
    lines.append("place all { budget 9000USD/h  prefer cost, power }")
    return "\n".join(lines)


def test_placed():
    policy = wrpc.loads(fleet(0.7))
    found = place(policy)
    assert found.verdict == "placed"
    assert found.json() == place(policy).json()
    asked = problem(policy)
    taken = {(s.pool, s.phase, s.site): s.replicas for s in found.standings}
    values = [taken.get((p.part.pool.name, p.part.phase, p.site.name), 0) for p in asked.pairs]
    assert all(holds(row, values) for clause in asked.clauses for row in clause.rows)


def test_impossible():
    found = place(wrpc.loads(fleet(2.5)))
    assert found.verdict == "impossible"
    kinds = {cause.name.partition(" ")[0] for cause in found.clash}
    assert kinds == {"replicas", "gpus"}
    assert found.json() == place(wrpc.loads(fleet(2.5))).json()
    assert any("more" in cause.change for cause in found.clash)
