"""Random policies behind a real Envoy: every construct of the language that it carries, in combinations that nobody
thought of, failed signals included."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conformance.envoy.gateway import expected, primaries, running, told
from tests.laws.policies import policies, requests
from wrpc.decide import BadRequest, Conflict, decide
from wrpc.diagnostics import Refusal


# Without shrinking: each example starts a program.
@settings(
    max_examples=25,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_random_policies(envoy: Path, data: st.DataObject) -> None:
    policy = data.draw(policies())
    try:
        with running(policy) as gateway:
            for _ in range(40):
                request = data.draw(requests(policy))
                try:
                    decision = decide(policy, request)
                except BadRequest:
                    # An `assume` that no matcher says is a warning of the compile.
                    assert policy.assumptions or gateway.send(request).status == 400, request
                    continue
                except Conflict:
                    continue
                answer = gateway.send(request)
                assert told(answer) == expected(decision), request
                if decision.action == "route":
                    assert answer.pool in primaries(decision), request
    except Refusal:
        return
