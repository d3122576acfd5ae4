"""What a real Envoy makes of headers that are no values, sent twice, or sent by the wrong party; and of bodies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.envoy.gateway import Gateway, running
from tests.support.compiling import policy
from wrpc.policy.model import Word

TEXT = """
policy p { language 1 }
signal tokens: int(0..100k) { source total_tokens }
signal share: real(-1..1) { source classifier("share") }
signal colour: one_of(red, green) { source claim("colour") }
signal tools: any_of(search, shell) { source tools }
signal local: bool { source claim("local")  on_error fires }
signal tenant: string { source header("x-tenant") }
signal wanted: string { source model }
pool one { }
pool two { }
route long { when tokens > 8k or share > 0.5 or colour == red or shell in tools  to two }
route tenant { when tenant == "acme" or tenant == "a,b"  to two }
route wanted { when wanted == "big"  to two }
route local { when local  to one }
default { to one }
"""
GOOD = {
    "x-wrpc-tokens": "12",
    "x-wrpc-share": "0.25",
    "x-wrpc-colour": "green",
    "x-wrpc-tools": "none",
    "x-wrpc-local": "false",
}


@pytest.fixture(scope="module")
def strict(envoy: Path) -> Iterator[Gateway]:
    with running(policy(TEXT), trust_headers=Word("false")) as made:
        yield made


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("x-wrpc-tokens", ["+5", "007", "8.0", "-1", "100001", "1e3", "", "five", "5,6", "9" * 30]),
        ("x-wrpc-share", ["1.01", "-2", ".5", "0.", "+0.5", "-0.0", "00.5", "0.5e0", "0." + "1" * 21, "nan", ""]),
        ("x-wrpc-colour", ["blue", "Red", "", "red,green"]),
        ("x-wrpc-tools", ["", "email", "search;shell", "search,", ",", "none,shell"]),
        ("x-wrpc-local", ["True", "1", "", "yes"]),
    ],
)
def test_what_is_no_value_is_refused(gateway: Gateway, header: str, values: list[str]) -> None:
    for value in values:
        answer = gateway.envoy.ask({**GOOD, header: value})
        assert answer.status == 400, value
        assert header in (answer.reason or "")


def test_values_may_be_spelled_with_zeros_behind(gateway: Gateway) -> None:
    assert gateway.envoy.ask({**GOOD, "x-wrpc-share": "0.5000"}).route == "default"
    assert gateway.envoy.ask({**GOOD, "x-wrpc-share": "0.50000000000000000001"}).route == "long"
    assert gateway.envoy.ask({**GOOD, "x-wrpc-share": "-1.0"}).route == "default"
    assert gateway.envoy.ask({**GOOD, "x-wrpc-tools": "shell,search,shell"}).route == "long"


def test_a_header_that_is_sent_twice_is_one_value_or_none(gateway: Gateway) -> None:
    twice = [*GOOD.items(), ("x-wrpc-tokens", "9000")]
    assert gateway.envoy.ask(twice).status == 400
    # The order does not matter, nor that one alone would match.
    assert gateway.envoy.ask([("x-wrpc-tokens", "9000"), *GOOD.items()]).status == 400
    tenants = [*GOOD.items(), ("x-tenant", "a"), ("x-tenant", "b")]
    assert gateway.envoy.ask(tenants).route == "tenant"


def test_of_a_signal_that_cannot_fail_the_header_has_to_be_there(gateway: Gateway) -> None:
    needed = {"x-wrpc-tokens": 400, "x-wrpc-tools": 400, "x-wrpc-colour": 200, "x-wrpc-share": 200}
    for header, status in needed.items():
        left = {k: v for k, v in GOOD.items() if k != header}
        assert gateway.envoy.ask(left).status == status, header


def test_a_failed_signal_means_what_on_error_says(gateway: Gateway) -> None:
    left = {k: v for k, v in GOOD.items() if k != "x-wrpc-local"}
    assert gateway.envoy.ask(left).route == "local"


def test_clients_set_no_signals(strict: Gateway) -> None:
    # Their headers are gone, so that the first signal that cannot fail is missing.
    answer = strict.envoy.ask({**GOOD, "x-tenant": "acme"})
    assert (answer.status, "x-wrpc-tokens" in (answer.reason or "")) == (400, True)


def test_the_model_is_the_bodys(gateway: Gateway) -> None:
    ask = gateway.envoy.ask
    assert ask(GOOD, body=b'{"model": "big"}').route == "wanted"
    assert ask(GOOD, body=b'{"model": "small"}').route == "default"
    assert ask({**GOOD, "x-llm-model": "big"}, body=b'{"model": "small"}').route == "default"
    for body in (b"{}", b"no json", b'{"model": ["big"]}'):
        answer = ask({**GOOD, "x-llm-model": "big"}, body=body)
        assert answer.status == 400, body


def test_a_large_body_arrives_whole(gateway: Gateway) -> None:
    body = b'{"model": "big", "text": "' + b"x" * 2_000_000 + b'"}'
    gateway.pools.seen.clear()
    assert gateway.envoy.ask(GOOD, body=body).route == "wanted"
    assert gateway.pools.seen[-1].body == body


def test_clients_choose_no_retries_and_no_timeouts(gateway: Gateway) -> None:
    retries = {"x-envoy-max-retries": "9", "x-envoy-upstream-rq-timeout-ms": "1"}
    mine = {**retries, "x-wrpc-obligations": "forged", "x-wrpc-pool": "x"}
    gateway.pools.seen.clear()
    answer = gateway.envoy.ask({**GOOD, **mine})
    assert (answer.status, answer.pool) == (200, "one")
    assert not set(mine) & set(gateway.pools.seen[-1].headers)


def test_bytes_that_are_no_utf_8_are_no_string(gateway: Gateway) -> None:
    answer = gateway.envoy.ask({**GOOD, "x-tenant": "\udcff\udcfe"})
    assert (answer.status, "x-tenant" in (answer.reason or "")) == (400, True)
    assert gateway.envoy.ask({**GOOD, "x-tenant": "é€𝄞"}).status == 200
