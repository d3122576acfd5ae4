"""A real Envoy adds the whole numbers of several headers, exactly, as the policy does."""

from __future__ import annotations

import random
from collections import Counter

from tests.conformance.envoy.gateway import Gateway, expected, told
from wrpc.decide import decide

TEXT = """
policy sums { language 1 }
signal waiting: int(0..1k) { source header("x-waiting")  absent 7 }
signal tokens: int(0..100k) { source total_tokens }
signal wanted: int(-8k..8k) { source claim("wanted") }
signal urgent: bool { source claim("urgent")  on_error silent }
score wait = 0.09 * waiting + 0.00025 * tokens + 0.001 * wanted - 2 * urgent
pool p1 { }
pool p2 { }
pool p3 { }
route short { priority 9  when wait < 4  to p1 }
route exact { priority 8  when 3 * waiting - tokens == 0 or 0.5 * wanted + waiting in [1, 2.5]  to p2 }
route unsure { priority 7  when tokens + 2 * wanted > 100k  to p3  on_unknown deny }
default { to p1 }
guard limit { deny "too much" when waiting + tokens >= 90k and not urgent }
"""
WAITING = [0, 1, 2, 7, 10, 44, 45, 1000]
TOKENS = [0, 3, 6, 21, 132, 15_999, 16_000, 89_000, 90_000, 99_993, 100_000]
WANTED = [-8000, -2, 0, 2, 3, 5, 4000, 8000, None]


def test_a_thousand_requests(gateway: Gateway) -> None:
    chance = random.Random(11)
    met: Counter[object] = Counter()
    for _ in range(1000):
        request: dict[str, object] = {
            "waiting": chance.choice(WAITING),
            "tokens": chance.choice(TOKENS),
            "wanted": chance.choice(WANTED),
            "urgent": chance.choice([True, False, None]),
        }
        if chance.random() < 0.2:
            del request["waiting"]
        decision = decide(gateway.policy, request)
        assert told(gateway.send(request)) == expected(decision), request
        met[decision.route, decision.action] += 1
    assert len(met) >= 5, met
    assert min(met.values()) >= 10, met


def test_a_sum_is_not_the_clients(gateway: Gateway) -> None:
    given = {"waiting": 1000, "tokens": 100, "urgent": False}
    sent = gateway.headers({**given, "wanted": None})
    forged = {f"x-wrpc-sum.{i}": "0" for i in range(1, 9)}
    answer = gateway.envoy.ask({**sent, **forged})
    assert told(answer) == expected(decide(gateway.policy, {**given, "wanted": None}))
