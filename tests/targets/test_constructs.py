"""Every construct is found where a policy uses it, and only there."""

from __future__ import annotations

import pytest

from tests.support.compiling import policy
from wrpc.policy.vocabulary import BLOCKS, NOTES
from wrpc.targets.constructs import used
from wrpc.targets.target import Construct

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
    subjects = [use.subject for use in used(policy(SIGNALS + POOLS + text)) if use.construct is construct]
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
    assert "signal share" in {u.subject for u in used(policy(SIGNALS + POOLS)) if u.construct is C.REAL}


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
    assert [u.subject for u in found if u.construct is C.ROUTE] == ["route b", "route a"]
    order = list(Construct)
    assert [order.index(u.construct) for u in found] == sorted(order.index(u.construct) for u in found)


# ── The whole vocabulary ──────────────────────────────────────────────────

NOTE = "a note for readers"
DECIDED = "only guards and claims read it, and what they make of it is settled before a target sees the policy"
ATTRIBUTES: dict[str, Construct | str] = {
    "policy.language": "it is of the text, not of what it says",
    "policy.owner": NOTE,
    "policy.resolve": C.CONFIDENCE,
    "signal.source": C.SOURCE,
    "signal.threshold": C.SCORE,
    "signal.above": C.SCORE,
    "signal.absent": C.ABSENT,
    "signal.on_error": C.ON_ERROR,
    "signal.evidence": C.CONFIDENCE,
    "workload.rate": C.RATE,
    "workload.lengths": C.LENGTHS,
    "workload.prompt_share": C.LENGTHS,
    "workload.slo": C.SLO,
    "guard.waive": "who answers for a finding; what it excuses stands in the manifest",
    "assert.waive": "who answers for a finding; what it excuses stands in the manifest",
    "model.source": C.MODEL,
    "model.context": C.CONTEXT,
    "model.max_output": C.MODEL_SIZE,
    "model.weights": C.MODEL_SIZE,
    "model.kv_per_token": C.MODEL_SIZE,
    "model.parameters": C.MODEL_SIZE,
    "model.layers": C.MODEL_SIZE,
    "model.heads": C.MODEL_SIZE,
    "model.modality": C.MODALITY,
    "model.quality": C.QUALITY,
    "site.region": DECIDED,
    "site.zones": C.SITE,
    "site.gpus": C.SITE,
    "site.power": C.SITE,
    "site.price": C.SITE,
    "site.watts": C.SITE,
    "pool.model": C.MODEL,
    "pool.engine": "which target a pool is for: `vllm` leaves out others, and says so",
    "pool.endpoint": C.ENDPOINT,
    "pool.provider": C.PROVIDER,
    "pool.region": DECIDED,
    "pool.site": C.SITE,
    "pool.trust": DECIDED,
    "pool.gpu": C.GPU,
    "pool.replicas": C.REPLICAS,
    "pool.tensor_parallel": C.PARALLELISM,
    "pool.pipeline_parallel": C.PARALLELISM,
    "pool.context": C.CONTEXT,
    "pool.role": C.ROLE,
    "pool.prefill": C.ROLE,
    "pool.decode": C.ROLE,
    "pool.kv_cache": C.KV_CACHE,
    "pool.price": C.PRICE,
    "pool.concurrency": C.CONCURRENCY,
    "place.pools": C.PLACE,
    "place.sites": C.PLACE,
    "place.power": C.PLACE,
    "place.limit": C.PLACE,
    "place.spread": C.PLACE,
    "place.prefer": C.PLACE,
    "route.tier": C.TIER,
    "route.priority": C.TIER,
    "route.retries": C.RETRIES,
    "route.timeout": C.TIMEOUT,
    "route.reasoning": C.REASONING,
    "route.tools": C.TOOLS,
    "route.cache": C.CACHE,
    "route.compress": C.COMPRESS,
    "route.retain": C.RETAIN,
    "route.select": C.SELECT,
    "route.on_unknown": C.ON_UNKNOWN,
}
# Blocks inside others, under the construct of what holds them.
NESTED = {"slo": C.SLO, "phase": C.ROLE, "kv_cache": C.KV_CACHE, "price": C.PRICE, "cache": C.CACHE, "retain": C.RETAIN}


def test_every_attribute_is_of_a_construct_or_says_why_not() -> None:
    """What is new in the vocabulary is lost by no target in silence: it needs a row in each, or a reason here."""
    written = {
        f"{block}.{attribute}"
        for block, attributes in BLOCKS.items()
        for attribute in attributes
        if block not in NESTED and attribute not in NOTES
    }
    assert written <= set(ATTRIBUTES), "a row for each: " + ", ".join(sorted(written - set(ATTRIBUTES)))
    assert {block for block in BLOCKS if block in NESTED} == set(NESTED)


# An attribute whose value alone makes a use. What is here decides nothing by itself, or is used with another.
TOGETHER = {"signal", "policy", "workload.prompt_share", "pool.model", "pool.site", "model.source", "site", "place"}
VALUES = {
    "model.max_output": "8", "model.weights": "1GiB", "model.kv_per_token": "1KiB", "model.parameters": "7",
    "model.layers": "8", "model.heads": "8", "model.context": "8", "model.modality": "vision", "model.quality": "0.5",
    "pool.endpoint": '"a:1"', "pool.provider": "x", "pool.gpu": "h100", "pool.replicas": "2",
    "pool.tensor_parallel": "2", "pool.pipeline_parallel": "2", "pool.context": "8", "pool.role": "prefill",
    "pool.prefill": "{ replicas 1 }", "pool.decode": "{ replicas 1 }", "pool.kv_cache": "{ tier cpu }",
    "pool.price": "{ input 1USD/Mtok }", "pool.concurrency": "2", "workload.rate": "1/s",
    "workload.lengths": "[[8, 100%]]", "workload.slo": "{ ttft_p99 1s }",
}  # fmt: skip


@pytest.mark.parametrize(
    "attribute",
    [
        a
        for a, c in ATTRIBUTES.items()
        if isinstance(c, Construct) and not a.startswith("route.") and not {a, a.partition(".")[0]} & TOGETHER
    ],
)
def test_an_attribute_alone_is_a_use(attribute: str) -> None:
    block, _, name = attribute.partition(".")
    text = f"{block} x {{ {name} {VALUES[attribute]} }}"
    assert (ATTRIBUTES[attribute], f"{block} x") in {(u.construct, u.subject) for u in used(policy(text))}
