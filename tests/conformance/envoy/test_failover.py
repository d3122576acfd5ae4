"""What a real Envoy takes for a failure, by cause; how often it tries; and that mirrors get their copies."""

from __future__ import annotations

import pytest

from tests.conformance.envoy.gateway import Gateway

TEXT = """
policy p { language 1 }
signal kind: one_of(failure, overload, timeout, retried, chain, mirrored, plain, others, three, unused) {
  source claim("kind")
}
pool one { }
pool two { }
pool three { }
pool gone { }
route failure { when kind == failure  to one  fallback two }
route overload { when kind == overload  to one  fallback two on overload }
route timeout { when kind == timeout  to one  fallback two on timeout  timeout 300ms }
route retried { when kind == retried  to one  retries 2  fallback two }
route chain { when kind == chain  to gone  fallback three, two }
route mirrored { when kind == mirrored  to one  mirror two 100% }
route others {
  when kind == others
  to one weight 90, two weight 10
  fallback others on overload
  fallback three on overload
}
route three { when kind == three  to one weight 1, two weight 0, three weight 3  fallback others  retries 1 }
route unused { when kind == unused  to one weight 3, two weight 0  fallback others }
default { to one }
"""
GONE = "gone"


@pytest.fixture(autouse=True)
def calm(gateway: Gateway) -> None:
    gateway.pools.failing = {}
    gateway.pools.delays = {}
    gateway.pools.seen.clear()


def tried(gateway: Gateway) -> list[str]:
    return [s.pool for s in gateway.pools.seen]


@pytest.mark.parametrize(
    ("kind", "status", "answers"),
    [
        ("failure", 500, (200, "two")),
        ("failure", 503, (200, "two")),
        ("failure", 429, (200, "two")),
        # The client's own mistake is no failure of a pool.
        ("failure", 400, (400, "one")),
        ("overload", 503, (200, "two")),
        ("overload", 429, (200, "two")),
        ("overload", 500, (500, "one")),
        ("timeout", 504, (200, "two")),
        ("timeout", 503, (503, "one")),
        ("plain", 503, (503, "one")),
    ],
)
def test_statuses(gateway: Gateway, kind: str, status: int, answers: tuple[int, str]) -> None:
    gateway.pools.failing = {"one": status}
    answer = gateway.send({"kind": kind})
    assert (answer.status, answer.pool) == answers


def test_a_pool_that_is_slow(gateway: Gateway) -> None:
    gateway.pools.delays = {"one": 1.0}
    answer = gateway.send({"kind": "timeout"})
    assert (answer.status, answer.pool) == (200, "two")


def test_retries_come_before_the_next_pool(gateway: Gateway) -> None:
    gateway.pools.failing = {"one": 503}
    assert gateway.send({"kind": "retried"}).pool == "two"
    assert tried(gateway) == ["one", "one", "one", "two"]


def test_a_pool_that_is_gone(gateway: Gateway) -> None:
    assert gateway.send({"kind": "chain"}).pool == "three"
    gateway.pools.failing = {"three": 503}
    assert gateway.send({"kind": "chain"}).pool == "two"


def test_all_pools_fail(gateway: Gateway) -> None:
    gateway.pools.failing = {"one": 503, "two": 500}
    assert gateway.send({"kind": "failure"}).status == 500


def test_a_mirror_gets_a_copy(gateway: Gateway) -> None:
    import time

    assert gateway.send({"kind": "mirrored"}).pool == "one"
    end = time.monotonic() + 5
    while "two" not in tried(gateway) and time.monotonic() < end:
        time.sleep(0.02)
    assert sorted(tried(gateway)) == ["one", "two"]


def test_others_stand_in(gateway: Gateway) -> None:
    gateway.pools.failing = {"one": 503}
    assert {gateway.send({"kind": "others"}).pool for _ in range(20)} == {"two"}
    gateway.pools.failing = {"one": 503, "two": 503}
    gateway.pools.seen.clear()
    answers = [gateway.send({"kind": "others"}) for _ in range(20)]
    assert {a.pool for a in answers} == {"three"}
    assert len(tried(gateway)) == 60
    assert set(zip(tried(gateway)[::3], tried(gateway)[1::3], strict=True)) <= {("one", "two"), ("two", "one")}
    # Another failure leads nowhere.
    gateway.pools.failing = {"one": 500, "two": 500}
    assert {a.status for a in (gateway.send({"kind": "others"}) for _ in range(20))} == {500}


def test_what_has_no_weight_is_tried_last(gateway: Gateway) -> None:
    gateway.pools.failing = {"one": 503, "three": 503}
    assert {gateway.send({"kind": "three"}).pool for _ in range(20)} == {"two"}
    seen = tried(gateway)
    assert len(seen) == 100
    assert {tuple(dict.fromkeys(seen[i : i + 5])) for i in range(0, 100, 5)} == {
        ("one", "three", "two"), ("three", "one", "two")
    }  # fmt: skip
    assert all(seen[i] == seen[i + 1] and seen[i + 2] == seen[i + 3] for i in range(0, 100, 5))
    gateway.pools.failing = {}
    assert {gateway.send({"kind": "unused"}).pool for _ in range(20)} == {"one"}
