"""Limits, stickiness and `fallback others` in the bootstrap; what of them it does not keep."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from tests.support.compiling import policy
from tests.targets.envoy.test_emit import HEAD, bootstrap, clusters, manager, routes
from wrpc.diagnostics import Refusal
from wrpc.policy.model import Budget, Sticky
from wrpc.targets.envoy.emit import emit
from wrpc.targets.envoy.read import read
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import Options

MORE = 'pool p { endpoint "127.0.0.1:1" } pool q { endpoint "127.0.0.1:2" }'


def counting(found: Any) -> Any:
    (one,) = [f for f in manager(found)["http_filters"] if f["name"].endswith("local_ratelimit")]
    return one["typed_config"]


def losses(text: str) -> list[str]:
    found = emit(settle(policy(HEAD + text)), Options())
    return [d.message for d in found.diagnostics if d.code.id == "WRP801" and d.severity != "info"]


def limit(amount: int, seconds: int, per: str | None = None) -> Budget:
    return Budget(Fraction(amount), per, "requests", Fraction(seconds))


def back(text: str) -> Any:
    found = policy(HEAD + text)
    return read({a.path: a.text for a in emit(settle(found), Options()).artifacts}, found)


def test_a_bucket_fills_in_the_time_of_the_limit() -> None:
    found = counting(bootstrap("default { to one  limit 60/min  limit 1.5/s per tenant }"))
    buckets = [d["token_bucket"] for d in found["descriptors"]]
    assert buckets[0] == {"max_tokens": 60, "tokens_per_fill": 60, "fill_interval": "60s"}
    assert buckets[1] == buckets[2] == {"max_tokens": 3, "tokens_per_fill": 3, "fill_interval": "2s"}


def test_nothing_is_counted_without_a_limit() -> None:
    found = bootstrap("default { to one  budget 20k/min }")
    assert all("ratelimit" not in f["name"] for f in manager(found)["http_filters"])


def test_limits_are_read_back() -> None:
    found = back("route r { when a  to one  limit 60/min  limit 3/s per tenant } default { to two  limit 7/d }")
    limits = [r.action.budgets for r in found.routes.values() if r.action.budgets]
    assert limits == [
        (limit(60, 60), limit(3, 1, "tenant")),
        (limit(7, 86_400),),
    ]


def test_stickiness_is_read_back() -> None:
    found = back("default { to one, two  sticky by tenant }")
    assert [r.action.sticky for r in found.routes.values() if r.action.kind == "to"] == [Sticky("tenant")]


@pytest.mark.parametrize(("text", "said"), [
    ("default { to one  limit 60/min then two }", "what follows it is lost"),
    ("default { to one  limit 0/min }", "a bucket holds from 1"),
    ("default { to one  limit 5G/s }", "a bucket holds from 1"),
    ('signal s: bool { source header("x-s")  on_error fires }  default { to one, two  sticky by s }', "do not stick"),
    ("default { to one, two  fallback others on refusal }", "Envoy does not see `refusal`"),
    (f"{MORE} default {{ to one, two, far, p, q  fallback others }}", "too many orders"),
])  # fmt: skip
def test_what_is_not_kept_is_said(text: str, said: str) -> None:
    assert [said in message for message in losses(text)] == [True]


def test_a_denial_at_once_is_what_a_limit_does() -> None:
    assert losses('default { to one  limit 60/min then deny "spent" }') == []


def test_others_are_a_cluster_for_each_order() -> None:
    found = bootstrap("default { to one weight 3, two weight 1, far weight 0  fallback others  timeout 2s }")
    (parts,) = [r["route"]["weighted_clusters"]["clusters"] for r in routes(found).values() if "route" in r]
    assert parts == [
        {"name": "one+two+far", "weight": 3}, {"name": "two+one+far", "weight": 1}, {"name": "far+one+two", "weight": 0}
    ]  # fmt: skip
    assert {p["name"] for p in parts} <= clusters(found).keys()


def test_orders_in_other_proportions_are_not_read() -> None:
    text = "default { to one weight 3, two weight 1  fallback others }"
    found = policy(HEAD + text)
    (made,) = emit(settle(found), Options()).artifacts
    assert read({made.path: made.text}, found).routes
    three = "default { to one, two, far  fallback others }"
    (made,) = emit(settle(policy(HEAD + three)), Options()).artifacts
    spoilt = replace(made, text=made.text.replace("weight: 1", "weight: 2", 1))
    assert spoilt.text != made.text
    with pytest.raises(Refusal, match="proportions"):
        read({made.path: spoilt.text}, policy(HEAD + three))
