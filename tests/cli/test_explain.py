"""explain: a policy, a route, a guard, a claim, a code, a request; as text and as JSON."""

from __future__ import annotations

import pytest

from tests.cli.conftest import CLEAN, CONFLICT, LEAK
from wrpc.report.contract import Report
from wrpc.report.contract_explain import (
    ExplainedAssert,
    ExplainedGuard,
    ExplainedPolicy,
    ExplainedRequest,
    ExplainedRoute,
)

WITHOUT = CLEAN.replace('guard stays { forbid destination.trust == "cloud" when pii }\n', "")


def explained(wrpc, model, *arguments):
    done = wrpc("explain", *arguments, "--format", "json")
    assert done.code == 0
    return model.model_validate_json(done.out)


def test_a_policy(wrpc, policy):
    path = policy(CLEAN + 'guard long { deny "no" when tokens > 90k }\n')
    assert wrpc("explain", path).out == (
        "policy policy  policy.wrp\n"
        "  3 signals, 3 routes, 2 guards, 2 pools, 0 tests\n"
        "  equal tiers go by priority\n"
        "\n"
        "  denied before any route  33.3% of the points\n"
        "\n"
        "  tier 1 route private  → own  33.3% of the points\n"
        "      when pii\n"
        "      takes tokens <= 90k and pii\n"
        "\n"
        "  tier 2 route coding  → cloud 90%, own 10%  8.3% of the points\n"
        "      when code and tokens <= 64k\n"
        "      after private\n"
        "      takes tokens <= 64k and not pii and code\n"
        "\n"
        "  default  → own  25% of the points\n"
        "      takes tokens <= 90k and not pii and (not code or tokens > 64k)\n"
        "\n"
        "  proved   assert no_leak\n"
        "  enforced guard long\n"
        "  proved   guard stays\n"
    )
    found = explained(wrpc, ExplainedPolicy, path)
    assert [(r.subject, r.rank, r.verdict) for r in found.routes] == [
        ("route private", 0, "reached"), ("route coding", 1, "reached"), ("default", 2, "reached"),
    ]  # fmt: skip
    assert found.denied is not None
    assert sum(r.points or 0 for r in found.routes) + found.denied == pytest.approx(1)
    assert found.routes[1].after == ["route private"]
    assert found.routes[1].region == "tokens <= 64k and not pii and code"


def test_what_nothing_is_left_to_and_what_is_no_share(wrpc, policy):
    text = CLEAN.replace("tier 2\n  when code", "tier 2\n  when pii and code")
    alike = "".join(f"route {name} {{\n  tier 3\n  when pii\n  to own\n}}\n" for name in ("one", "two"))
    path = policy("policy p { resolve [priority, confidence] }\n" + text + alike)
    assert "no request reaches it" in wrpc("explain", path).out
    found = explained(wrpc, ExplainedPolicy, path)
    assert [(r.verdict, r.points) for r in found.routes] == [
        ("reached", None), ("never", None), ("never", None), ("never", None), ("reached", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "on"),
    [
        (CLEAN, ["guard stays"]),
        (WITHOUT, ["route private"]),
        (WITHOUT.replace("  to cloud weight 90, own weight 10", "  to own"), ["route private"]),
        (WITHOUT.replace("  tier 2", "  tier 0").replace("when code", "when not pii and code"),
         ["route coding", "route private"]),
        (CLEAN.replace("when pii }\nassert", 'when code }\nguard all { deny "no" when pii }\nassert'), ["guard all"]),
        (CLEAN + 'guard kept { sealed  forbid destination.trust == "cloud" when pii }\n', ["guard kept"]),
    ],
)  # fmt: skip
def test_what_a_proof_leans_on(wrpc, policy, text, on):
    path = policy(text)
    (claim,) = explained(wrpc, ExplainedAssert, path, "assert", "no_leak").claims
    assert (claim.verdict, claim.leans_on) == ("proved", on)
    assert f"leans on                 {', '.join(on)}\n" in wrpc("explain", path, "assert", "no_leak").out


def test_a_claim_that_does_not_hold_and_one_that_is_open(wrpc, policy):
    text = LEAK.replace("guard stays", "guard other").replace(
        '== "cloud" when pii }\nassert', '== "x" when pii }\nassert'
    )
    path = policy(text)
    (claim,) = explained(wrpc, ExplainedAssert, path, "assert", "no_leak").claims
    assert (claim.verdict, claim.request) == ("refuted", {"pii": 1})
    assert claim.decision is not None
    assert claim.decision.route == "private"
    out = wrpc("explain", path, "assert", "no_leak").out
    assert "refuted  with pii = 1\n" in out
    assert "request: route private" in out
    (claim,) = explained(wrpc, ExplainedAssert, policy(CONFLICT + "assert k { always served }\n"), "assert", "k").claims
    assert claim.verdict == "open"
    assert "no longer conflict" in (claim.why or "")


def test_a_claim_that_holds_only_without_failures(wrpc, policy):
    path = policy(WITHOUT.replace("  on_error fires", ""))
    (claim,) = explained(wrpc, ExplainedAssert, path, "assert", "no_leak").claims
    assert (claim.verdict, claim.assumes) == ("proved", ["no signal fails"])
    assert "assuming                 no signal fails" in wrpc("explain", path, "assert", "no_leak").out


def test_a_guard(wrpc, policy):
    found = explained(wrpc, ExplainedGuard, policy(), "guard", "stays")
    assert (found.verdict, found.leans_on, found.facts) == ("proved", ["route private"], [])
    found = explained(wrpc, ExplainedGuard, policy(LEAK), "guard", "stays")
    assert found.verdict == "enforced"
    (fact,) = found.facts
    assert (fact.fact, fact.subject, fact.pool, fact.request) == (
        "removes a destination", "route private", "cloud", {"pii": 1},
    )  # fmt: skip
    out = wrpc("explain", policy(LEAK), "guard", "stays").out
    assert "  enforced  it changes decisions\n  route private            loses cloud, e.g. pii = 1\n" in out
    text = "route a { tier 1  when pii  to cloud }\nroute b { tier 1  when code  to own }\n"
    found = explained(wrpc, ExplainedGuard, policy(WITHOUT[: WITHOUT.index("route")] + text + "default { to own }\n"
        'guard g { forbid destination.trust == "cloud" when pii and code }\n'), "guard", "g")  # fmt: skip
    assert (found.verdict, bool(found.why)) == ("open", True)


def test_a_route(wrpc, policy):
    found = explained(wrpc, ExplainedRoute, policy(), "route", "coding")
    assert (found.subject, found.tier, found.when) == ("route coding", 2, "code and tokens <= 64k")
    assert [(f.fact, f.subject, f.verdict) for f in found.facts] == [
        ("takes", None, "shown"), ("loses to", "route private", "shown"),
    ]  # fmt: skip
    found = explained(wrpc, ExplainedRoute, policy(), "route", "default")
    assert (found.subject, found.when, found.does) == ("default", None, "own")
    never = policy(CLEAN.replace("when code", "when tokens > 99k and code"))
    found = explained(wrpc, ExplainedRoute, never, "route", "coding")
    assert [(f.fact, f.verdict) for f in found.facts] == [("takes", "never"), ("its condition holds", "never")]


def test_a_code(wrpc, policy):
    done = wrpc("explain", policy(CONFLICT), "code", "wrp201", "--format", "json")
    assert done.code == 1
    assert {d.code for d in Report.model_validate_json(done.out).diagnostics} == {"WRP201"}


def test_a_request(wrpc, policy):
    found = explained(wrpc, ExplainedRequest, policy(), "--request", '{"pii": null, "code": true}')
    assert found.decision is not None
    assert found.decision.route == "private"
    assert [(r.subject, r.truth) for r in found.routes] == [("route private", True), ("route coding", True)]
    assert [(p.condition, p.truth) for p in found.routes[1].parts] == [("code", True), ("tokens <= 64k", True)]
    assert found.guards[0].rules[0].removes == ["cloud"]
    found = explained(wrpc, ExplainedRequest, policy(CONFLICT), "--request", '{"code": true, "tokens": 9000}')
    assert (found.decision, found.conflict) == (None, ["route coding", "route other"])
    done = wrpc("explain", policy(), "--request", '{"cod": true}', "--format", "json")
    assert (done.code, done.json["error"]["code"]) == (1, "WRP171")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["route"], "say which: `route NAME`"),
        (["code"], "say which: `code WRP201`"),
        (["assert", "no_leek"], "the policy has no assert `no_leek`, did you mean `no_leak`?"),
        (["route", "x", "--request", "{}"], "--request stands alone"),
    ],
)
def test_bad_usage(wrpc, policy, arguments, says):
    done = wrpc("explain", policy(), *arguments)
    assert done.code == 2
    assert says in done.err


def test_what_a_table_says_of_a_request(wrpc, policy):
    path = policy("""
    signal tenant: string { source header("x-tenant") }
    table plan of tenant {
      acme { limit 8k  home "eu"  ok true  tools [b, a] }
      otherwise { limit 0  home ""  ok false  tools [] }
    }
    pool p { }
    route r { when plan.ok  to p }
    default { to p }
    """)
    out = wrpc("explain", path, "--request", '{"tenant": "acme"}').out
    assert 'table plan of tenant acme: limit 8k  home "eu"  ok true  tools [a, b]' in out
    assert "table plan: unknown, since `tenant` is" in wrpc("explain", path, "--request", '{"tenant": null}').out


COSTS = """
signal tokens: int(0..1M) { source prompt_tokens }
model m { max_output 1k }
pool own { model m  price { input 1USD/Mtok  output 4USD/Mtok } }
pool cloud { model m  price { input 10USD/Mtok  output 40USD/Mtok } }
default { to cloud  fallback own on timeout }
guard affordable { forbid destination.cost > 1USD }
guard other { require redact("pii") when tokens > 5k }
assert cheap { always cost <= 1USD }
assert never_dear { never cost > 2USD when tokens > 4k }
assert something { always cost >= 0USD }
"""


def test_what_a_claim_over_costs_leans_on(wrpc, policy):
    path = policy(COSTS)
    for name in ("cheap", "never_dear"):
        done = wrpc("explain", path, "assert", name)
        assert done.code == 0
        assert "guard affordable" in done.out
        assert "other" not in done.out
    # A bound from below is one of all that a plan has.
    done = wrpc("explain", path, "assert", "something")
    assert "the policy as a whole" in done.out
