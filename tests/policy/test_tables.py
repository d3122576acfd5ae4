"""What a column becomes in the core: conditions on the keys, unknown wherever the signal is."""

from __future__ import annotations

from fractions import Fraction

import pytest

import wrpc.api
from wrpc.decide.decision import Decision
from wrpc.policy import expr as x
from wrpc.policy.load import from_text
from wrpc.policy.model import Policy

HEAD = """
policy p { language 1 }
signal tenant: string { source header("x-tenant") }
signal tier: one_of(gold, silver, iron) { source header("x-tier") }
signal kind: one_of(gold, silver) { source header("x-kind") }
signal tokens: int(0..100k) { source prompt_tokens }
table plan of tenant {
  otherwise { level low  limit 4k  home "us"  ok false  tools [mail] }
  acme { level high  limit 8k  home "eu"  ok true  tools [shell, mail] }
  "otherwise" { level low  limit 8k  home "eu"  ok true  tools [] }
}
table of_tier of tier {
  silver { level high  factor 2  home "eu" }
  otherwise { level low  factor 1  home "us" }
}
table tenant of tenant { otherwise { ok true } }
pool eu { region "eu" }
pool us { region "us" }
pool nowhere { }
"""


def policy(rest: str) -> Policy:
    made, findings = from_text(HEAD + rest)
    assert made is not None, [(d.code.id, d.message) for d in findings.diagnostics]
    return made


def condition(text: str) -> x.Condition:
    return policy(f"let it = {text}").conditions["it"]


def equal(key: str) -> x.Text:
    return x.Text("equals", x.StringSignal("tenant"), x.StringLiteral(key))


ANY = x.Text("prefix", x.StringSignal("tenant"), x.StringLiteral(""))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("of_tier.level == high", x.OneOf("tier", frozenset({"silver"}))),
        ("of_tier.level < low", x.OneOf("tier", frozenset({"silver"}))),
        ("of_tier.factor >= 2", x.OneOf("tier", frozenset({"silver"}))),
        ("of_tier.factor > 2", x.OneOf("tier", frozenset())),
        ("2 * of_tier.factor - 1 == 1", x.OneOf("tier", frozenset({"gold", "iron"}))),
        ("of_tier.factor in [1, 2]", x.OneOf("tier", frozenset({"gold", "silver", "iron"}))),
        ('prefix(of_tier.home, "e")', x.OneOf("tier", frozenset({"silver"}))),
        (
            'of_tier.home in ["us", "asia"]',
            x.Any((x.OneOf("tier", frozenset({"gold", "iron"})), x.OneOf("tier", frozenset()))),
        ),
        ("plan.ok", x.Among("tenant", frozenset({"acme", "otherwise"}))),
        ("plan.level == high", equal("acme")),
        ("plan.level == low", x.Not(equal("acme"))),
        ("shell in plan.tools", equal("acme")),
        ("mail in plan.tools", x.Not(equal("otherwise"))),
        ("plan.limit > 9k", x.Not(ANY)),
        ("plan.limit > 1k", ANY),
        ("tenant.ok", ANY),
    ],
)  # fmt: skip
def test_constants_are_lists_of_keys(text: str, made: x.Condition) -> None:
    assert condition(text) == made


def test_a_number_is_one_for_each_of_its_values() -> None:
    made = condition("tokens > of_tier.factor")
    tokens = x.Linear(Fraction(0), ((Fraction(1), x.Raw("tokens")),))

    def above(bound: int) -> x.Within:
        return x.Within(tokens, (x.Interval(low=Fraction(bound), low_open=True),))

    assert made == x.Any(
        (
            x.All((x.OneOf("tier", frozenset({"gold", "iron"})), above(1))),
            x.All((x.OneOf("tier", frozenset({"silver"})), above(2))),
            x.OneOf("tier", frozenset()),
        )
    )


def test_a_let_of_a_column_is_taken_apart_too() -> None:
    made = policy("let left = of_tier.factor - 1\nlet it = left > 0").conditions["it"]
    assert made == x.OneOf("tier", frozenset({"silver"}))


@pytest.mark.parametrize(
    "text",
    [
        "plan.level in [high, low]",
        "plan.limit > 1k",
        "plan.limit > 100k",
        "tokens < plan.limit + 200k",
        "plan.limit + of_tier.factor > 0",
        'plan.home != "asia"',
        "plan.home != of_tier.home",
        "mail in plan.tools",
        "tenant.ok",
        'prefix(plan.home, "")',
    ],
)
def test_unknown_where_the_signal_is(text: str) -> None:
    """Even where every row would answer alike."""
    made = policy(f"route a {{ when {text}  to eu  on_unknown deny }}\ndefault {{ to us }}")
    assert wrpc.api.decide(made, {"tenant": None, "tier": "gold"}).action == "deny"


def decided(rest: str, **request: object) -> Decision:
    return wrpc.api.decide(policy(rest), request)


def test_a_guard_reads_the_pool_beside_a_column() -> None:
    rest = "guard home { forbid destination.region != plan.home }\ndefault { to eu, us, nowhere }"
    pools = {t: [d.pool for d in decided(rest, tenant=t).destinations] for t in ("acme", "other", "otherwise")}
    assert pools == {"acme": ["eu"], "other": ["us"], "otherwise": ["eu"]}
    assert decided(rest, tenant=None).action == "deny"


def test_columns_of_two_signals() -> None:
    rest = "route a { when plan.limit > 4000 * of_tier.factor  to eu }\ndefault { to us }"
    routes = [decided(rest, tenant=t, tier=k).route for t in ("acme", "x") for k in ("gold", "silver")]
    assert routes == ["a", "default", "default", "default"]


def test_a_table_may_be_named_as_its_signal() -> None:
    assert decided('route a { when tenant.ok and tenant == "x"  to eu }\ndefault { to us }', tenant="x").route == "a"


def test_across_files() -> None:
    files = {
        "policy.wrp": 'import "plans.wrp"\npool a {}\npool b {}\nroute r { when plan.ok  to a }\ndefault { to b }',
        "plans.wrp": 'signal t: string { source header("t") }\ntable plan of t { x { ok true } otherwise {ok false} }',
    }
    made, findings = from_text(files["policy.wrp"], files=files)
    assert made is not None, findings
    assert [wrpc.api.decide(made, {"t": t}).route for t in ("x", "y")] == ["r", "default"]


def test_a_stack_is_kept() -> None:
    made = policy("stack s { envoy, vllm }")
    assert made.stacks["s"].targets == ("envoy", "vllm")
