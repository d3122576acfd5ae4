"""A real Envoy counts requests as the policy limits them, and sends those that are alike to one pool."""

from __future__ import annotations

from tests.conformance.envoy.gateway import Gateway

TEXT = """
policy p { language 1 }
signal kind: one_of(all, each, meant, split, stuck, plain, twice) { source keywords("kind") }
signal user: string { source claim("user") }
signal region: one_of(eu, us) { source header("x-region")  absent us }
signal pii: bool { source claim("pii")  on_error fires }
pool one { }
pool two { }
pool three { }
route all { when kind == all  to one  limit 3/h }
route each { when kind == each  to one  limit 2/h per user }
route meant { when kind == meant  to one  limit 2/h per region }
route split { when kind == split  to one, two  limit 4/h  fallback three }
route stuck {
  when kind == stuck
  to one weight 1, two weight 2, three weight 1
  sticky by user for 30min
  fallback others
}
route twice { when kind == twice  to one  limit 5/h  limit 2/h per user }
default { to one }
guard home { forbid destination.pool == two when pii }
"""


def statuses(gateway: Gateway, times: int, **request: object) -> list[int]:
    return [gateway.send({"pii": False, **request}).status for _ in range(times)]


def test_all_requests_of_a_route_share_a_limit(gateway: Gateway) -> None:
    assert statuses(gateway, 5, kind="all", user="a") == [200, 200, 200, 429, 429]
    assert statuses(gateway, 1, kind="all", user="b") == [429]
    assert statuses(gateway, 10, kind="plain", user="a") == [200] * 10


def test_each_value_has_its_own_and_what_is_unknown_one_together(gateway: Gateway) -> None:
    for user in ("a", "b", "a user with spaces"):
        assert statuses(gateway, 3, kind="each", user=user) == [200, 200, 429], user
    assert statuses(gateway, 3, kind="each", user=None) == [200, 200, 429]
    assert statuses(gateway, 1, kind="each", user="c") == [200]


def test_an_absent_header_counts_as_what_it_means(gateway: Gateway) -> None:
    assert statuses(gateway, 1, kind="meant", user="a") == [200]
    assert statuses(gateway, 2, kind="meant", user="a", region="us") == [200, 429]
    assert statuses(gateway, 1, kind="meant", user="a") == [429]
    assert statuses(gateway, 1, kind="meant", user="a", region="eu") == [200]


def test_a_route_that_guards_split_has_one_limit(gateway: Gateway) -> None:
    assert statuses(gateway, 2, kind="split", user="a") == [200, 200]
    assert statuses(gateway, 3, kind="split", user="a", pii=True) == [200, 200, 429]
    assert statuses(gateway, 1, kind="split", user="a") == [429]


def test_every_limit_of_a_route_holds(gateway: Gateway) -> None:
    assert statuses(gateway, 3, kind="twice", user="a") == [200, 200, 429]
    assert statuses(gateway, 3, kind="twice", user="b")[:1] == [200]
    assert 429 in statuses(gateway, 4, kind="twice", user="c")


def test_requests_alike_go_to_one_pool(gateway: Gateway) -> None:
    pools = {}
    for user in map(str, range(40)):
        found = {gateway.send({"kind": "stuck", "user": user, "pii": False}).pool for _ in range(4)}
        assert len(found) == 1, user
        pools[user] = found.pop()
    assert {*pools.values()} == {"one", "two", "three"}
    unknown = {gateway.send({"kind": "stuck", "user": None, "pii": False}).pool for _ in range(40)}
    assert unknown == {"one", "two", "three"}
    user = next(u for u, pool in pools.items() if pool == "one")
    gateway.pools.failing = {"one": 503}
    assert gateway.send({"kind": "stuck", "user": user, "pii": False}).pool in ("two", "three")
    gateway.pools.failing = {}
    assert gateway.send({"kind": "stuck", "user": user, "pii": False}).pool == "one"
