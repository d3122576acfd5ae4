"""A real Envoy asks a string what the policy asks of it: its end, what stands in it, expressions."""

from __future__ import annotations

import random
from collections import Counter

from tests.conformance.envoy.gateway import Gateway, expected, told
from wrpc.decide import decide

TEXT = r"""
policy patterns { language 1 }
signal model: string { source header("x-model")  absent "" }
signal tenant: string { source header("x-tenant") }
pool p1 { }
pool p2 { }
pool p3 { }
pool p4 { }
route mini { priority 9  when suffix(model, "-mini") and not contains(tenant, "b")  to p1 }
route gpt { priority 8  when matches(model, "(?i)gpt-\\d(\\.\\d)?(-[a-z]+)*")  to p2 }
route word { priority 7  when matches(tenant, ".*\\bacme\\b.*") or matches(model, "[^-]*")  to p3 }
route low {
  priority 6
  when contains(model, "x") and not matches(tenant, "(eu|us)-[[:alpha:]]{2,}")
  to p4
  on_unknown deny
}
route characters { priority 5  when matches(tenant, "..|[à-ÿ]*|é+-.") or matches(model, "")  to p2 }
default { to p1 }
"""
MODELS = ["", "gpt-4", "GPT-4.1-mini", "gpt-4-x", "-mini", "a-mini", "x", "x-y", "o1", "gpt-10"]
TENANTS = [
    "",
    "acme",
    "the acme corp",
    "acmes",
    "eu-west",
    "us-x",
    "eu-w1",
    "b",
    "eu-ab",
    "éa-acme",
    "é",
    "éé",
    "é€",
    "ab",
    "€",
    "éé-€",
    "àÿ",
]


def test_a_thousand_requests(gateway: Gateway) -> None:
    chance = random.Random(3)
    met: Counter[object] = Counter()
    for _ in range(1000):
        request: dict[str, object] = {"model": chance.choice(MODELS), "tenant": chance.choice([*TENANTS, None])}
        decision = decide(gateway.policy, request)
        assert told(gateway.send(request)) == expected(decision), request
        met[decision.route] += 1
    assert len(met) == 7, met
