"""Every construct is found where a policy uses it, and only there."""

from __future__ import annotations

import pytest

from tests.support.compiling import policy
from wrpc.policy import kinds as k
from wrpc.policy import units
from wrpc.policy import vocabulary as v
from wrpc.policy.declarations import DECLARATIONS
from wrpc.policy.model import Policy
from wrpc.policy.rows import Row, rows
from wrpc.syntax import words
from wrpc.targets import TARGETS, named
from wrpc.targets.constructs import used
from wrpc.targets.target import CONSTRUCTS, Construct, Group

C = Construct
POOLS = "pool a { } pool b { } pool c { } "
SIGNALS = """
signal plain: bool { source keywords("x") }
signal tokens: int(0..10k) { source prompt_tokens }
signal share: real(0..1) { source header("x-share") on_error deny }
signal role: one_of(owner, guest) { source claim("role") }
signal tools: any_of(shell, email) { source tools }
signal tenant: string { source header("x-tenant") }
signal other: string { source header("x-other") }
signal pii: score { source classifier("pii") threshold 0.5 on_error fires }
"""

EXAMPLES: dict[Construct, tuple[str, str]] = {
    C.BOOL: ("route r { when plain to a }", "signal plain"),
    C.INT: ("route r { when tokens > 5 to a }", "signal tokens"),
    C.REAL: ("route r { when share > 0.5 to a }", "signal share"),
    C.ONE_OF: ("route r { when role == owner to a }", "signal role"),
    C.ANY_OF: ("route r { when shell in tools to a }", "signal tools"),
    C.STRING: ('route r { when tenant == "x" to a }', "signal tenant"),
    C.SCORE: ("route r { when pii to a }", "signal pii"),
    C.SOURCE: ("route r { when plain to a }", "signal plain"),
    C.ON_ERROR: ("route r { when pii to a }", "signal pii"),
    C.FAILED: ("route r { when role == owner to a }", "signal role"),
    C.ABSENT: (
        'signal team: string { source header("x") absent "a" }  route r { when team == "b" to a }',
        "signal team",
    ),
    C.GROUP: ("group g exclusive { plain, pii }  route r { when plain to a }", "group g"),
    C.SUM: ("score s = 0.5 * plain + 0.5 * pii  route r { when s > 0.6 to a }", "score s"),
    C.BAND: (
        "score s = plain + pii  band k of s { low below 0.3, high otherwise }  route r { when k == high to a }",
        "band k",
    ),
    C.COMPARE_SIGNALS: ("route r { when tenant == other to a }", "route r"),
    C.ASSUME: ("assume calm { tokens < 9k }", "assume calm"),
    C.ROUTE: ("route r { to a }", "route r"),
    C.TIER: ("route r { tier 1 to a }", "route r"),
    C.ON_UNKNOWN: ("route r { when role == owner to a on_unknown fires }", "route r"),
    C.DEFAULT: ("default { to a }", "default"),
    C.UNROUTED: ("route r { when plain to a }", "policy"),
    C.WEIGHTS: ("route r { to a weight 1, b weight 2 }", "route r"),
    C.TO_ANY: ("route r { to any }", "route r"),
    C.SELECT: ("route r { to a, b select latency }", "route r"),
    C.CASCADE: ("route r { cascade a -> b escalate when confidence < 0.5 }", "route r"),
    C.DENY_ROUTE: ('route r { when plain deny "no" }', "route r"),
    C.OTHERS: ("route r { to a, b fallback others }", "route r"),
    C.FALLBACK: ("route r { to a fallback b }", "route r"),
    C.FALLBACK_CAUSES: ("route r { to a fallback b on timeout }", "route r"),
    C.SPILL: ("route r { to a spill b above 80% }", "route r"),
    C.MIRROR: ("route r { to a mirror b 5% }", "route r"),
    C.RETRIES: ("route r { to a retries 2 }", "route r"),
    C.TIMEOUT: ("route r { to a timeout 3s }", "route r"),
    C.REASONING: ("route r { to a reasoning high }", "route r"),
    C.TOOLS: ("route r { to a tools none }", "route r"),
    C.CACHE: ("route r { to a cache { ttl 10min } }", "route r"),
    C.COMPRESS: ("route r { to a compress 8k }", "route r"),
    C.RETAIN: ("route r { to a retain { ttl 3 } }", "route r"),
    C.BUDGET: ("route r { to a budget 20k/min }", "route r"),
    C.LIMIT: ("route r { to a limit 60/min }", "route r"),
    C.OVER_BUDGET: ("route r { to a limit 60/min then b }", "route r"),
    C.STICKY: ("route r { to a, b sticky by tenant }", "route r"),
    C.CACHE_SCOPE: ("route r { to a cache { ttl 10min scope tenant } }", "route r"),
    C.GUARD_DENY: ('guard g { deny "no" when plain }', "guard g"),
    C.GUARD_FORBID: ("guard g { forbid destination.pool == a when plain }", "guard g"),
    C.GUARD_REQUIRE: ('guard g { require redact("pii") when plain }', "guard g"),
    C.WORKLOAD: ("workload w { when plain }", "workload w"),
    C.RATE: ("workload w { rate 5/s }", "workload w"),
    C.LENGTHS: ('workload w { lengths cdf("azure") }', "workload w"),
    C.SLO: ("workload w { slo { ttft_p99 1s } }", "workload w"),
    C.MODEL: ("model m { }", "model m"),
    C.MODEL_SIZE: ("model m { heads 8 }", "model m"),
    C.MODALITY: ("model m { modality vision }", "model m"),
    C.QUALITY: ("model m { quality 0.5 }", "model m"),
    C.SITE: ("site s { }", "site s"),
    C.POOL: ("", "pool a"),
    C.ENDPOINT: ('pool p { endpoint "127.0.0.1:1" }', "pool p"),
    C.PROVIDER: ('pool p { provider "x/y" }', "pool p"),
    C.GPU: ("pool p { gpu h100 }", "pool p"),
    C.REPLICAS: ("pool p { replicas 2 }", "pool p"),
    C.REPLICA_RANGE: ("pool p { replicas 2..3 }", "pool p"),
    C.PARALLELISM: ("pool p { tensor_parallel 2 }", "pool p"),
    C.CONTEXT: ("pool p { context 8k }", "pool p"),
    C.ROLE: ("pool p { prefill { replicas 1 } decode { replicas 2 } }", "pool p"),
    C.KV_CACHE: ("pool p { kv_cache { tier cpu size 1GiB } }", "pool p"),
    C.PRICE: ("pool p { price { input 1USD/Mtok } }", "pool p"),
    C.CONCURRENCY: ("pool p { concurrency 5 }", "pool p"),
    C.PLACE: ("place l { pools [a] }", "place l"),
    C.ASSERT: ("assert s { always routed }", "assert s"),
    C.TEST: ('test "t" { given { } expect { pool a } }', 'test "t"'),
}


def test_every_construct_has_an_example() -> None:
    assert set(EXAMPLES) == set(Construct) - {C.CONFIDENCE}


@pytest.mark.parametrize("construct", EXAMPLES, ids=str)
def test_a_use_is_found(construct: Construct) -> None:
    text, subject = EXAMPLES[construct]
    subjects = [use.subject for use in used(policy(SIGNALS + POOLS + text)) if use.construct == construct]
    assert any(found.startswith(subject) for found in subjects)


@pytest.mark.parametrize(
    "construct", [c for c in EXAMPLES if c not in (C.POOL, C.UNROUTED, C.ON_ERROR, C.FAILED)], ids=str
)
def test_nothing_else_uses_it(construct: Construct) -> None:
    """A policy of pools and signals that nothing reads uses none of it, but what a signal denies by itself."""
    quiet = SIGNALS.replace("on_error deny", "")
    assert construct not in {use.construct for use in used(policy(quiet + POOLS))}


def test_confidence_is_a_use_of_the_header() -> None:
    text = "policy p { language 1 resolve [priority, confidence] }" + SIGNALS + POOLS + "route r { when pii to a }"
    assert C.CONFIDENCE in {use.construct for use in used(policy(text))}


def test_a_signal_that_denies_is_used_by_nobody_s_reading() -> None:
    assert "signal share" in {u.subject for u in used(policy(SIGNALS + POOLS)) if u.construct == C.REAL}


def test_a_group_is_read_whole() -> None:
    found = used(policy(SIGNALS + POOLS + "group g exclusive { plain, pii }  route r { when plain to a }"))
    assert {u.subject for u in found if u.construct in (C.BOOL, C.SCORE)} == {"signal plain", "signal pii"}


def test_names_are_looked_through() -> None:
    text = "let odd = tokens > 5 and role == owner  route r { when not odd to a }"
    subjects = {u.subject for u in used(policy(SIGNALS + POOLS + text))}
    assert {"signal tokens", "signal role"} <= subjects


def test_one_use_a_subject_in_one_order() -> None:
    guard = 'guard g { deny "a" when plain  deny "b" when tokens > 5 } '
    text = guard + "route b { when plain to a }  route a { when plain to a }"
    found = used(policy(SIGNALS + POOLS + text))
    assert len({(u.construct, u.subject) for u in found}) == len(found)
    assert [u.subject for u in found if u.construct == C.ROUTE] == ["route b", "route a"]
    order = list(CONSTRUCTS)
    assert [order.index(u.construct) for u in found] == sorted(order.index(u.construct) for u in found)


# ── The whole vocabulary ──────────────────────────────────────────────────

ROWS = [(block, row) for block, table in v.ROWS.items() for row in table.values()]
CARRIED = {name: named(name).carries for name in TARGETS}

# What a row's type allows, as a policy writes it; by the attribute where its type does not say it.
WRITTEN: dict[str, str] = {
    "resolve": "[confidence]", "select": "latency", "role": "prefill", "on_unknown": "fires", "priority": "5",
    "source": "prompt_tokens", "tools": "none", "rate": "1/s", "lengths": "[[8, 100%]]", "evidence": "x",
    "waive": "{ }", "api": "openai", "spread": "2", "prefer": "cost",
}  # fmt: skip
INNER = {
    "prefill": "{ replicas 1 }", "decode": "{ replicas 1 }", "kv_cache": "{ size 1GiB }",
    "price": "{ input 1USD/Mtok }", "slo": "{ ttft_p99 1s }", "cache": "{ ttl 1s }", "retain": "{ ttl 3 }",
}  # fmt: skip
AMONG = {"workload": "", "model": "", "pool": "", "site": "", "route": "to a, b"}
# Of a signal and the header, something else makes the use: each has its example above.


def example(row: Row) -> str:
    if row.name in WRITTEN:
        return WRITTEN[row.name]
    match row.kind:
        case k.Quantity(dimension, _, _, high):
            return units.example(dimension) if dimension else "1" if high is not None else "8"
        case k.Nested():
            return INNER[row.name]
        case k.Between():
            return "2"
        case k.Table():
            return "{ h100 2 }"
        case k.Secret():
            return 'env("KEY")'
        case k.Address():
            return '"a:1"'
        case _:
            return "x"


@pytest.mark.parametrize(("block", "row"), ROWS, ids=lambda x: x if isinstance(x, str) else x.name)
def test_an_attribute_is_of_a_construct_or_says_why_not(block: str, row: Row) -> None:
    """What is new in the vocabulary is lost by no target in silence."""
    assert row.doc
    assert row.doc[0].islower()
    assert not row.doc.endswith(".")
    if block in v.INNER:
        assert not row.because, "a block inside another goes by what holds it"
    else:
        assert bool(row.construct) != bool(row.because)
    for target, carries in CARRIED.items():
        assert not row.construct or row.construct in carries, f"{target} says nothing of {row.construct}"


def test_a_target_says_something_of_each_construct_and_of_nothing_else() -> None:
    for target, carries in CARRIED.items():
        assert set(carries) == set(CONSTRUCTS), target


def test_a_group_has_each_construct_once() -> None:
    found = [construct for group in Group for construct in group.value]
    assert len(found) == len(set(found))
    assert not {C.GUARD_DENY, C.GUARD_FORBID, C.GUARD_REQUIRE} & set(found)


def test_each_attribute_is_a_field_of_the_model() -> None:
    for shapes in v.SHAPES.values():
        for shape in shapes:
            assert {row.field for row in rows(shape)} <= set(vars(shape)["__match_args__"])


def test_each_kind_of_declaration_is_a_field_of_the_policy() -> None:
    fields = set(Policy.__match_args__)
    assert {d.field for d in DECLARATIONS.values() if d.field} <= fields
    assert set(DECLARATIONS) == words.DECLARATIONS - {"import", "override", "test"}


@pytest.mark.parametrize(
    ("block", "row"),
    [(b, r) for b, r in ROWS if r.construct and b in AMONG],
    ids=lambda x: x if isinstance(x, str) else x.name,
)
def test_an_attribute_alone_is_a_use(block: str, row: Row) -> None:
    head = f"{block} x" if block != "route" else "pool a { } pool b { } route x"
    text = f"{head} {{ {AMONG[block]} {row.name} {example(row)} }}"
    if row.name == "prompt_share":
        text = text.replace("prompt_share", "lengths [[8, 100%]] prompt_share")
    assert (row.construct, f"{block} x") in {(u.construct, u.subject) for u in used(policy(text))}
