"""What a target's files will do, read back, is what the policy does: for all requests, failures included.

Where a target says that it cannot carry something, or only nearly, nothing is claimed here.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.policies import policies
from tests.laws.volume import many
from wrpc.diagnostics import Findings
from wrpc.solver.ask import witness
from wrpc.solver.compare import Aspects, compare
from wrpc.targets import TARGETS, named
from wrpc.targets.compile import compile_policy
from wrpc.targets.target import Options

DECIDING = [n for n in TARGETS if named(n).decides and named(n).read is not None]
CHANGED = ("WRP801", "WRP802", "WRP803")
SERVED = Aspects(weights=False, edges=False, obligations=False)


def test_there_are_such_targets() -> None:
    assert {"envoy", "vllm-sr"} <= set(DECIDING)


@pytest.mark.parametrize("name", DECIDING)
@many(60)
@given(data=st.data())
def test_read_back(name: str, data: st.DataObject) -> None:
    policy = data.draw(policies(3))
    target = named(name)
    assert target.read is not None
    options = Options(settings={"endpoints": {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(policy.pools)}})
    found = compile_policy(policy, target, Findings(), options)
    if not found.artifacts or any(d.code.id in CHANGED for d in found.diagnostics):
        return
    back = target.read({a.path: a.text for a in found.artifacts}, policy)
    difference = compare(policy, back, SERVED)
    request = difference.answer.request
    shown = "" if request is None else f"{witness(policy, request)}: {difference.ours} and {difference.theirs}"
    assert difference.answer.impossible, f"{shown}\n{policy.sources[0].text}"
