"""The numbers of a destination, and what a request costs."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from wrpc import loads
from wrpc.decide import decide

SIGNALS = """
signal tokens: int(0..100k) { source prompt_tokens }
signal most: int(0..100k) { source max_tokens }
signal vip: bool { source header("x-vip") }
model m { context 8k  max_output 1k }
model bare { }
"""
POOLS = """
pool cheap { model m  price { input 1USD/Mtok  output 2USD/Mtok }  context 4k  labels { grade 1 } }
pool dear { model m  price { input 10USD/Mtok  output 20USD/Mtok }  labels { grade 2 } }
pool silent { model bare }
pool free { price { input 0USD/Mtok  output 0USD/Mtok } }
pool half { model bare  price { input 1USD/Mtok  output 2USD/Mtok } }
"""


def left(forbid: str, request: Mapping[str, object], *, signals: str = SIGNALS) -> list[str]:
    policy = loads(signals + POOLS + "default { to any }" + f"guard g {{ forbid {forbid} }}")
    return [d.pool for d in decide(policy, request).destinations]


@pytest.mark.parametrize(
    ("forbid", "request_", "expected"),
    [
        # Not declared is unknown, and what is unknown is removed.
        ("destination.context > 4k", {}, ["cheap"]),
        ("destination.context < 8k", {}, ["dear"]),
        ("not destination.context < 8k", {}, ["cheap"]),
        ("destination.context < tokens", {"tokens": 5000}, ["dear"]),
        ("destination.price.input > 2USD/Mtok", {}, ["cheap", "free", "half"]),
        ("destination.price.output == 20USD/Mtok", {}, ["cheap", "free", "half"]),
        ("destination.grade >= 2", {}, ["cheap"]),
        ("destination.grade in [1]", {}, ["dear"]),
        # 1000 tokens and an answer of 1000: the model's limit where `max_tokens` is 0, unknown where it has none.
        ("destination.cost > 0.003USD", {"tokens": 1000}, ["cheap", "free"]),
        ("destination.cost >= 0.003USD", {"tokens": 1000}, ["free"]),
        ("destination.cost > 0.021USD", {"tokens": 1000, "most": 500}, ["cheap", "dear", "free", "half"]),
        ("destination.cost > 0.002USD", {"tokens": 1000, "most": 500}, ["cheap", "free", "half"]),
        ("2 * destination.cost > 0.004USD", {"tokens": 1000, "most": 500}, ["cheap", "free", "half"]),
        ("destination.cost > 0.002USD/req", {"tokens": 1000, "most": 500}, ["cheap", "free", "half"]),
    ],
)
def test_forbidden(forbid: str, request_: dict[str, object], expected: list[str]) -> None:
    assert left(forbid, request_) == expected


def test_nothing_counts_tokens() -> None:
    assert left("destination.cost > 100USD", {}, signals="model m { max_output 1k } model bare { }") == ["free"]


COSTS = (
    SIGNALS
    + POOLS
    + """
route r { when vip  to cheap  fallback dear }
default { to cheap }
guard d { deny "dear" when cost > 0.01USD }
"""
)


@pytest.mark.parametrize(
    ("request_", "action"),
    [
        ({"tokens": 1000, "most": 1000}, "route"),
        ({"tokens": 1000, "most": 1000, "vip": True}, "deny"),
        ({"tokens": 6000, "most": 6000}, "deny"),
        ({"most": 1, "vip": True}, "route"),
    ],
)
def test_a_denial_asks_what_the_plan_costs(request_: dict[str, object], action: str) -> None:
    assert decide(loads(COSTS), request_).action == action


def test_a_denial_without_a_plan_costs_nothing() -> None:
    policy = loads(SIGNALS + POOLS + 'route r { when vip  to silent } guard d { deny "free" when cost < 1USD }')
    assert decide(policy, {}).action == "deny"
    assert decide(policy, {"vip": True}).reason == "free"
