"""A real Envoy takes policies whose names and texts are hostile, and says what they are."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from tests.conformance.envoy.gateway import running
from tests.laws.test_names_stay_names import TEMPLATES, emitted
from tests.support.hostile import filled, name, turns
from wrpc.policy.load import from_text
from wrpc.policy.model import Policy
from wrpc.targets.envoy.check import check as validate

# What YAML, Envoy's own words, a chain of fallbacks, a header or a terminal would take for something else.
POOLS = [
    "n",
    "y",
    "~",
    "null",
    "1e3",
    "0x1F",
    "a+b",
    "a",
    "b",
    "wrpc signals",
    "%REQ(host)%",
    "x\u2028y: 1",
    "\x1b[31m",
    "ä",
]


def policy() -> Policy:
    pools = "".join(f"pool {name(p)} {{ }}\n" for p in POOLS)
    routes = "".join(
        f"route {name(f'to {p}')} {{ priority {i}  when wanted == {name(p)}  to {name(p)} }}\n"
        for i, p in enumerate(POOLS)
    )
    members = ", ".join(map(name, POOLS))
    text = f"""
    policy `p\u2028x: 1` {{ language 1 }}
    signal wanted: one_of({members}) {{ source claim("x") }}
    {pools}{routes}
    route chained {{ priority 99  when raw(chain) > 0.5  to a  fallback b }}
    signal chain: score {{ source classifier("c")  threshold 0.5 }}
    guard `no\rthing` {{ deny "n\\no \u2029 ä %s" when raw(chain) > 0.9 }}
    default {{ deny "nothing" }}
    """
    found, findings = from_text(text)
    assert found is not None, findings
    return found


def test_envoy_accepts_every_kind_of_name(envoy: Path) -> None:
    tried = 0
    for given in turns(TEMPLATES["envoy"], 9):
        found = emitted("envoy", filled(TEMPLATES["envoy"], given))
        if found.artifacts:
            assert validate({a.path: a.text for a in found.artifacts}, envoy) == (), given
            tried += 1
    assert tried >= 12


def test_each_pool_is_itself(envoy: Path) -> None:
    with running(policy()) as gateway:
        for pool in POOLS:
            answer = gateway.send({"wanted": pool})
            assert answer.status == 200, pool
            assert gateway.pools.seen[-1].pool == pool
            assert unquote(answer.pool or "") == pool
            assert unquote(answer.route or "") == f"to {pool}"
        # A chain of pools is not the pool that is called like it.
        assert gateway.send({"wanted": "n", "chain": 0.6}).pool == "a"
        gateway.pools.failing["a"] = 503
        assert gateway.send({"wanted": "n", "chain": 0.6}).pool == "b"
        assert gateway.send({"wanted": "a+b"}).pool == "a+b"
        denied = gateway.send({"wanted": "n", "chain": 0.95})
        assert (denied.status, unquote(denied.reason or "")) == (403, "n\no \u2029 ä %s")
