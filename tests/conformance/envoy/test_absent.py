"""A real Envoy takes an absent header for what the policy says, and nothing else for absent."""

from __future__ import annotations

import random
from collections import Counter

from tests.conformance.envoy.gateway import Gateway, expected, told
from tests.support.requests import Sampler
from wrpc.decide import decide

TEXT = """
policy absent { language 1 }
signal team: string { source header("x-team")  absent "in%ternal" }
signal empty: string { source header("x-empty")  absent "" }
signal batch: bool { source cookie("batch")  absent true }
signal level: int(-2..9) { source header("x-level")  absent 3 }
signal share: real(0..1) { source header("x-share")  absent 0.25 }
signal colour: one_of(red, `deep blue`) { source header("x-colour")  absent `deep blue` }
signal tools: any_of(search, shell) { source header("x-tools")  absent [] }
signal risk: score { source header("x-risk")  threshold 0.5  absent 0.5 }
signal role: one_of(owner, guest) { source claim("role")  absent guest }
pool p1 { }
pool p2 { }
pool p3 { }
pool p4 { }
route team { priority 9  when team == "in%ternal" and level == 3  to p1 }
route nobody { priority 8  when empty == "" and batch  to p2 }
route risky { priority 7  when risk and share <= 0.25 and not (shell in tools)  to p3 }
route guest { priority 6  when colour == red and role == guest  to p4  on_unknown deny }
default { to p1 }
"""


def test_a_thousand_requests_with_and_without(gateway: Gateway) -> None:
    sampler, chance = Sampler(gateway.policy, seed=5), random.Random(5)
    met: Counter[object] = Counter()
    for _ in range(1000):
        whole = sampler.request()
        # The claim's header is set by whatever reads the token, always.
        request = {n: v for n, v in whole.items() if n == "role" or chance.random() < 0.5}
        decision = decide(gateway.policy, request)
        assert told(gateway.send(request)) == expected(decision), request
        met[decision.route] += 1
    assert len(met) >= 5, met


def test_a_client_without_headers(gateway: Gateway) -> None:
    role = {"role": "guest"}
    assert told(gateway.send(role)) == expected(decide(gateway.policy, role))


def test_what_is_there_and_no_value_is_not_absent(gateway: Gateway) -> None:
    headers = {gateway.names.headers["level"]: "", gateway.names.headers["role"]: "guest"}
    assert gateway.envoy.ask(headers, body=b"{}").status == 400
