"""Policies as values: what each declaration becomes, and what an override makes of it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from wrpc.policy import model as m
from wrpc.policy.load import from_text, from_tree, load, load_all
from wrpc.source import Source
from wrpc.syntax.parse import parse


def policy(text: str, **more: object) -> m.Policy:
    made, findings = from_text(text, **more)  # type: ignore[arg-type]
    assert made is not None, [d.message for d in findings.diagnostics if d.severity == "error"]
    return made


@pytest.mark.parametrize("name", ["private_stays_home", "agent_fleet", "roles_and_tools"])
def test_examples(root: Path, name: str):
    made, findings = load_all(root / "policies" / f"{name}.wrp")
    assert made is not None
    assert made.name == name
    assert not [d for d in findings.diagnostics if d.severity != "info"]


def test_imports_of_an_example(root: Path):
    made = load(root / "policies" / "agent_fleet.wrp")
    assert len(made.sources) == 2
    assert made.guards["no_attacks"].sealed
    assert "jailbreak" in made.signals
    assert made.default is not None
    assert made.default.action.kind == "deny"
    assert made.places["fleet"].budget == Fraction(260, 3600)
    assert made.workloads["chat"].slo.ttft_p99 == 2
    assert made.routes["agents"].action.budgets == (m.Budget(Fraction(200_000), "role", period=Fraction(60)),)
    assert made.pools["long"].prefill == m.Phase("h100", (4, 4))
    assert made.pools["long"].kv_cache == m.KvCache("cpu", Fraction(400 * 2**30), "lmcache")


def test_header():
    made = policy('policy ours { language 1  owner "me"  description "x"  resolve [confidence, name] }')
    assert (made.name, made.owner, made.description, made.resolve) == ("ours", "me", "x", ("confidence", "name"))
    assert policy("", name="folder/quiet.wrp").name == "quiet"
    assert policy("").resolve == ("priority",)


def test_signals():
    made = policy(
        'signal a: score { source classifier("p", threshold = 0.5)  above 0  evidence probability  on_error fires }\n'
        'signal b: score(-1..1) { source embedding(["x", "y"])  threshold 85% }\n'
        'signal c: int(-5..1M) { source turns  description "n"  labels { team red } }\n'
        "signal d: bool\n"
        'signal e: real(0s..1min) { source header("x")  on_error deny }'
    )
    a = made.signals["a"]
    assert a.type == m.Score(Fraction(0), Fraction(1), Fraction(0), above=True)
    assert a.source == m.Invocation("classifier", ("p",), {"threshold": m.Amount(Fraction(1, 2))})
    assert (a.on_error, a.can_fail, a.evidence) == ("fires", True, "probability")
    b = made.signals["b"]
    assert b.type == m.Score(Fraction(-1), Fraction(1), Fraction(17, 20))
    assert b.source == m.Invocation("embedding", (("x", "y"),))
    assert b.evidence == "embedding"
    c = made.signals["c"]
    assert c.type == m.Int(-5, 1_000_000)
    assert (c.can_fail, c.description, c.labels) == (False, "n", {"team": m.Word("red")})
    d = made.signals["d"]
    assert (d.source, d.can_fail, d.evidence) == (None, True, "")
    assert made.signals["e"].type == m.Real(Fraction(0), Fraction(60), "s")


def test_actions():
    made = policy(
        "pool a {}\npool b {}\npool c {}\n"
        "route r { to a weight 90, b weight 10  fallback c, b on timeout, overload  fallback a  spill b above 80%"
        "  mirror c 5%  retries 2  timeout 30s  reasoning high  tools none  cache { similarity 92%  ttl 10min }"
        "  compress 8k  retain { ttl 3  share 30% }  budget 20k/min  select weighted  on_unknown deny  tier 2"
        "  priority -1 }\n"
        "route s { to a, b }\nroute t { to any }\nroute u { to a weight 0, b weight 0 }\n"
        'route v { cascade a -> b }\nroute w { deny "no" }\ndefault { to c }'
    )
    r = made.routes["r"]
    assert (r.tier, r.priority, r.on_unknown) == (2, -1, "deny")
    action = r.action
    assert action.shares == (m.Share("a", Fraction(9, 10)), m.Share("b", Fraction(1, 10)))
    assert action.fallbacks == (
        m.FallbackEdge("c", ("timeout", "overload")), m.FallbackEdge("b", ("timeout", "overload")), m.FallbackEdge("a"),
    )  # fmt: skip
    assert action.spills == (m.SpillEdge("b", Fraction(4, 5)),)
    assert action.mirrors == (m.MirrorEdge("c", Fraction(1, 20)),)
    assert (action.retries, action.timeout, action.reasoning, action.compress) == (2, Fraction(30), "high", 8000)
    assert action.tools == m.Word("none")
    assert action.cache == m.Cache(Fraction(23, 25), Fraction(600))
    assert action.retain == m.Retain(m.Amount(Fraction(3)), Fraction(3, 10))
    assert action.budgets == (m.Budget(Fraction(20_000), period=Fraction(60)),)
    assert action.select == "weighted"
    half = Fraction(1, 2)
    assert made.routes["s"].action.shares == (m.Share("a", half), m.Share("b", half))
    assert made.routes["u"].action.shares == (m.Share("a", half), m.Share("b", half))
    everywhere = made.routes["t"].action
    assert (everywhere.kind, [s.pool for s in everywhere.shares]) == ("any", ["a", "b", "c"])
    assert made.routes["v"].action == m.Action("cascade", steps=("a", "b"))
    assert made.routes["w"].action == m.Action("deny", reason="no")
    assert made.default is not None
    assert made.default.name == "default"


def test_obligations():
    made = policy(
        'pool a { trust "own" }\n'
        'guard g { require redact("pii") when destination.trust == "own"  require strip_tools("shell", "email")'
        "  require audit }"
    )
    rules = made.guards["g"].rules
    assert all(isinstance(r, m.Obligation) for r in rules)
    assert [(r.name, r.per_destination) for r in rules if isinstance(r, m.Obligation)] == [
        ("redact:pii", True), ("strip_tools:shell,email", False), ("audit", False),
    ]  # fmt: skip


def test_claims_know_what_they_read():
    made = policy(
        'signal x: bool { source has_tools }\npool a { trust "own" }\n'
        'assert a { critical  always routed  never destination.trust == "own" when x  always cost < 1USD }'
    )
    claims = made.assertions["a"].claims
    assert made.assertions["a"].critical
    assert [(c.kind, c.reads_destination, c.reads_cost) for c in claims] == [
        ("always", False, False), ("never", True, False), ("always", False, True),
    ]  # fmt: skip


def test_tests():
    made = policy(
        'signal n: int(0..10) { source turns }\nsignal p: score { source classifier("x")  threshold 0.5 }\n'
        "signal s: any_of(a, b) { source tools }\nsignal f: bool { source has_tools }\npool q {}\nroute r { to q }\n"
        'test "t" { given { n 5  p 0.9  s [b, a]  f true } expect { pool q  route none  obligations [redact("x")] } }\n'
        'test "u" { given { p null } expect { denied false } }'
    )
    first, second = made.tests
    assert first.given == {"n": 5, "p": Fraction(9, 10), "s": ("b", "a"), "f": True}
    assert type(first.given["n"]) is int
    assert first.expect == {"pool": "q", "route": "none", "obligations": ("redact:x",)}
    assert second.given == {"p": None}
    assert second.expect == {"denied": False}


def test_targets_keep_everything():
    made = policy('target t { a 5ms  b env("X")  c { d [1, "e", f] }  g 2..6  h cdf("x", y = 1) }')
    settings = made.targets["t"].settings
    assert settings["a"] == m.Amount(Fraction(1, 200), "s")
    assert settings["b"] == m.Env("X")
    assert settings["c"] == {"d": (m.Amount(Fraction(1)), "e", m.Word("f"))}
    assert settings["g"] == m.Bounds(m.Amount(Fraction(2)), m.Amount(Fraction(6)))
    assert settings["h"] == m.Invocation("cdf", ("x",), {"y": m.Amount(Fraction(1))})


def test_workloads():
    made = policy(
        'workload a { rate 120/min  lengths cdf("azure", prompt_share = 80%) }\n'
        f"workload b {{ rate [{', '.join(['1/s'] * 24)}]  lengths cdf([[128, 0.5], [512, 1]])  prompt_share 0.5 }}"
    )
    a, b = made.workloads["a"], made.workloads["b"]
    assert (a.rate, a.lengths, a.prompt_share) == ((Fraction(2),), m.Invocation("cdf", ("azure",)), Fraction(4, 5))
    assert len(b.rate) == 24
    assert b.prompt_share == Fraction(1, 2)


# ── Overrides ─────────────────────────────────────────────────────────────

BASE = """
signal x: bool { source has_tools }
pool a { replicas 2  trust "own" }
pool b {}
route r { tier 1  to a  fallback b  retries 2 }
guard g { sealed  deny "x" when x  forbid destination.pool == b }
guard open { deny "y" }
"""


def test_override_replaces_slots():
    made = policy(
        BASE,
        env={
            "prod.wrp": "override pool a { replicas 4..6 }\noverride route r { cascade b -> a  fallback a on timeout }"
        },
    )
    assert made.pools["a"].replicas == (4, 6)
    assert made.pools["a"].trust == "own"
    r = made.routes["r"]
    assert (r.tier, r.action.retries) == (1, 2)
    assert (r.action.kind, r.action.steps) == ("cascade", ("b", "a"))
    assert r.action.fallbacks == (m.FallbackEdge("a", ("timeout",)),)
    assert not made.overridden


def test_override_of_a_sealed_guard_is_kept_for_proof():
    made = policy(
        BASE,
        env={
            "one.wrp": 'override guard g { deny "x" }\noverride guard open { sealed }',
            "two.wrp": 'override guard open { deny "z" when x }\noverride guard g { critical }',
        },
    )
    assert made.guards["g"].sealed
    assert made.guards["g"].critical
    assert [type(r).__name__ for r in made.guards["g"].rules] == ["Forbid", "Denial"]
    assert [(o.before.name, o.span.file) for o in made.overridden] == [
        ("g", "one.wrp"), ("open", "two.wrp"), ("g", "two.wrp"),
    ]  # fmt: skip
    before, after = made.overridden[0].before, made.overridden[0].after
    assert isinstance(before.rules[0], m.Denial)
    assert before.rules[0].when is not None
    assert after.rules[1] == m.Denial("x", None, after.rules[1].span)


# ── The front ─────────────────────────────────────────────────────────────


def test_from_tree_agrees_with_from_text():
    file, problems = parse(Source("policy.wrp", BASE))
    assert from_tree(file, problems)[0] == from_text(BASE)[0]


def test_all_declarations_are_looked_at():
    _, findings = from_text(
        "pool a { x 1 }\nroute r { to z }\nguard g {}\nassert b { always q }\nmodel m { context 5s }"
    )
    assert [d.code.id for d in findings.diagnostics] == ["WRP110", "WRP101", "WRP130", "WRP101", "WRP113"]


def test_how_a_pool_is_reached_and_when_it_serves() -> None:
    made = policy(
        'pool a { auth env("KEY") api anthropic startup 90s } site s { watts { h100 700W } } default { to a }'
    )
    pool = made.pools["a"]
    tiers = policy("pool a { kv_cache { cpu 64GiB disk 2TiB share lmcache } } default { to a }").pools["a"].kv_cache
    assert tiers == m.KvCache(share="lmcache", tiers={"cpu": Fraction(2**36), "disk": Fraction(2**41)})
    assert tiers.held == tiers.tiers
    assert m.KvCache("cpu", Fraction(5)).held == {"cpu": Fraction(5)}
    assert (pool.auth, pool.api, pool.startup) == (m.Env("KEY"), "anthropic", Fraction(90))
    assert made.sites["s"].watts == {"h100": Fraction(700)}
