"""Policies of the kinds that grow large, most of whose routes meet others of their class: every body finds the same."""

from __future__ import annotations

import re

import pytest

import wrpc.api
from benchmarks.families import family
from wrpc.analysis import CHECKS
from wrpc.analysis.run import run_one
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy
from wrpc.solver.ask import Asker
from wrpc.solver.index.engine import Body

BY_REQUEST = {"WRP401", "WRP406", "WRP407"}  # which rule is named, the request says


def contested(kind: str) -> Policy:
    text = family(kind, 30)
    met = re.sub(r"priority (\d+)", lambda found: f"priority {int(found[1]) % 4}", text)
    assert met != text or kind in ("tenants", "mixed")
    return wrpc.api.loads(met)


def found(policy: Policy, body: Body) -> set[tuple[str, tuple[str, ...]]]:
    ask = Asker(policy, body=body)
    told = [d for module in CHECKS for d in run_one(module, policy, ask) if isinstance(d, Diagnostic)]
    return {(d.code.id, () if d.code.id in BY_REQUEST else d.subjects) for d in told}


@pytest.mark.parametrize("kind", ["firewall", "tenants", "flags", "names", "mixed"])
def test_diagrams_and_clauses_find_the_same(kind: str) -> None:
    policy = contested(kind)
    assert found(policy, "clauses") == found(policy, "diagrams")


def test_routes_that_meet_are_told_by_clauses() -> None:
    assert sum(code == "WRP201" for code, _ in found(contested("flags"), "clauses")) > 20
