"""The routes that the interpreter asks are all that may hold, whatever many of them share."""

from __future__ import annotations

from random import Random

import pytest

import wrpc.api
from benchmarks.families import KINDS, family
from wrpc.decide.interpret import Interpreter
from wrpc.decide.request import RequestValue
from wrpc.decide.state import state
from wrpc.policy.model import Policy
from wrpc.solver.index.leaves import Table


def requests(policy: Policy, count: int, r: Random) -> list[dict[str, RequestValue]]:
    domains = Table(policy).domains
    return [
        {
            name: None if signal.can_fail and r.random() < 0.2 else r.choice(domains[name].values)
            for name, signal in policy.signals.items()
        }
        for _ in range(count)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_none_that_holds_is_passed_over(kind: str) -> None:
    policy = wrpc.api.loads(family(kind, 200))
    machine = Interpreter(policy)
    held = 0
    for request in requests(policy, 100, Random(kind)):
        s = state(policy, request)
        every = [r for contest in machine.contests for r in contest if machine.takes(r, s)]
        assert list(machine.holding(s)) == every
        held += len(every)
    assert held
