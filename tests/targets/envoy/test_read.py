"""What is emitted, read back, is proved to decide as the policy; a file that was changed is noticed."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from tests.support.compiling import IN_ENVOY, policy
from wrpc.diagnostics import Refusal
from wrpc.policy.expr import Condition, Within, walk
from wrpc.policy.load import load
from wrpc.policy.model import Policy, Value, Word
from wrpc.solver.compare import Aspects, Difference, compare
from wrpc.targets.envoy.emit import emit
from wrpc.targets.envoy.read import read
from wrpc.targets.gateway.settle import settle
from wrpc.targets.settings import block
from wrpc.targets.target import Options

# Where a plan has them, cascades past their first step, spills, and pools over a budget are not carried.
EDGES_ARE_LOST = {"agent_fleet", "cheap_first", "pool_aware", "token_caps"}


def emitted(found: Policy) -> str:
    own = block(found, "envoy")
    endpoints: dict[str, Value] = {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(found.pools)}
    settings = {**(own.settings if own else {}), "endpoints": endpoints, "trust_headers": Word("true")}
    (artifact,) = emit(settle(found), Options({**settings, "obligations_by": "the test"})).artifacts
    return artifact.text


def differs(found: Policy, text: str, aspects: Aspects | None = None) -> Difference:
    return compare(found, read({"envoy.yaml": text}, found), aspects)


@pytest.mark.parametrize("name", IN_ENVOY)
def test_the_library_is_proved_to_be_carried(name: str) -> None:
    found = load(IN_ENVOY[name])
    difference = differs(found, emitted(found), Aspects(edges=name not in EDGES_ARE_LOST))
    assert difference.answer.impossible, (difference.ours, difference.theirs)


TEXT = """
policy p { language 1 }
signal tokens: int(0..100k) { source total_tokens }
signal share: score { source classifier("share")  threshold 0.85 }
signal pii: bool { source classifier("pii")  on_error fires }
signal who: one_of(owner, member, guest) { source claim("who")  on_error deny }
signal tools: any_of(search, shell) { source tools }
signal tenant: string { source header("x-tenant") }
pool own { trust "own" }
pool cloud { trust "cloud" }
pool spare { trust "own" }
route long { tier 1  when tokens > 8k and share  to own weight 3, cloud weight 1  fallback spare  retries 1 }
route team { tier 2  when prefix(tenant, "eu-") or who in [owner, member]  to cloud  mirror spare 5%  on_unknown fires }
route tools { tier 3  when shell in tools  deny "no shell" }
default { to spare }
guard home { forbid destination.trust != "own" when pii }
guard limit { deny "too long" when tokens > 90k }
guard log { require redact("pii") when destination.trust == "cloud" and share  require log("x") when tokens < 10 }
"""


def test_all_of_it_at_once() -> None:
    found = policy(TEXT)
    assert differs(found, emitted(found)).answer.impossible


SUMS = """
policy p { language 1 }
signal waiting: int(0..1k) { source header("x-waiting")  absent 7 }
signal tokens: int(0..100k) { source total_tokens }
signal wanted: int(-8..8k) { source claim("wanted") }
score wait = 0.09 * waiting + 0.00025 * tokens + 0.001 * wanted
pool own { }
pool cloud { }
route short { when wait < 4  to own  on_unknown fires }
route exact { priority 2  when 3 * waiting - tokens == 0 or 0.5 * wanted + waiting in [1, 2.5]  to cloud }
default { to cloud }
"""


def test_sums_are_read_back() -> None:
    found = policy(SUMS)
    assert differs(found, emitted(found)).answer.impossible


@pytest.mark.parametrize(("old", "new"), [("* 360", "* 361"), ("* 4)", "* 5)"), ("end: 16000", "end: 16001")])
def test_a_changed_sum_is_noticed(old: str, new: str) -> None:
    found = policy(SUMS)
    changed = emitted(found).replace(old, new)
    assert changed != emitted(found)
    assert differs(found, changed).answer.request is not None


def test_a_sum_that_a_client_may_set_is_not_read() -> None:
    found = policy(SUMS)
    changed = emitted(found).replace("- remove: x-wrpc-sum.1\n", "- remove: x-other\n")
    assert changed != emitted(found)
    with pytest.raises(Refusal, match="is the client's"):
        differs(found, changed)


def test_what_is_read_back() -> None:
    found = policy(TEXT)
    back = read({"envoy.yaml": emitted(found)}, found)
    long = next(r for r in back.routes.values() if r.labels == {"route": Word("long")} and len(r.action.shares) == 2)
    assert [(s.pool, str(s.weight)) for s in long.action.shares] == [("own", "3/4"), ("cloud", "1/4")]
    assert [f.pool for f in long.action.fallbacks] == ["spare"]
    assert long.action.retries == 1
    assert [r.action.reason for r in back.routes.values() if r.name == "guard limit"] == ["too long"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r"start: 8001\n", "start: 8000\n"),
        (r"weight: 3\n", "weight: 4\n"),
        (r"prefix: eu-", "prefix: eu"),
        (r"shell\(\?:,", "search(?:,"),
        (r"(?s)- name: guard limit\n.*?(?=- name: route )", ""),
        (r"(?s)- name: fault who\n.*?(?=- name: guard )", ""),
        (r"\(\?:9\[0-9\]\*\|8\[6-9\]", "(?:9[0-9]*|8[7-9]"),
        (r"present_match: false\n", "present_match: true\n"),
        (r"(?s)(request_headers_to_add:\n.*?)redact:pii", r"\1redact:all"),
        (r"cluster: cloud\n", "cluster: own+spare\n"),
    ],
)
def test_a_changed_file_is_noticed(old: str, new: str) -> None:
    found = policy(TEXT)
    text = emitted(found)
    changed = re.sub(old, new, text, count=1)
    assert changed != text
    assert differs(found, changed).answer.request is not None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (r"priority: 1\n", "priority: 2\n", "the priorities of `own\\+spare` have gaps"),
        (r"status: 403", "status: 404", "`fault who` leaves requests unrouted before the end"),
    ],
)
def test_what_no_policy_could_say_is_not_read(old: str, new: str, why: str) -> None:
    found = policy(TEXT)
    text = emitted(found)
    changed = re.sub(old, new, text, count=1)
    assert changed != text
    with pytest.raises(Refusal, match=why):
        differs(found, changed)


@pytest.mark.parametrize(
    "text", ["", "a: [", "static_resources: {}", "static_resources: {listeners: [{}], clusters: []}"]
)
def test_what_is_no_bootstrap(text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read({"envoy.yaml": text}, policy(TEXT))
    assert caught.value.diagnostics[0].code.id == "WRP805"


@pytest.mark.parametrize("pattern", ["(a|b", "a++", "^a$", "[0-9]*5", "(?i)a", r"\d+", "a{2,"])
def test_an_expression_that_says_nothing_known(pattern: str) -> None:
    found = policy(TEXT)
    text = emitted(found)
    changed = re.sub(r"regex: 0\(\?.*", lambda _: "regex: " + repr(pattern), text)
    assert changed != text
    with pytest.raises(Refusal):
        read({"envoy.yaml": changed}, found)


def test_a_bound_that_no_decimal_spells() -> None:
    text = """
policy p { language 1 }
signal s: score { source classifier("s")  threshold 0.5 }
signal b: bool { source has_tools }
pool one { }
route third { when 0.3 * raw(s) + 0.1 * b >= 0.2  to one }
route never { when 0.7 * raw(s) == 0.4 and b  deny "no header spells four sevenths" }
"""
    found = policy(text)
    made = emitted(found)
    # Nothing that a client can send is such a number.
    assert "route never" not in made
    back = read({"envoy.yaml": made}, found)
    bounds = {b for r in back.routes.values() if r.when is not None for b in _bounds(r.when)}
    assert {Fraction(1, 3), Fraction(2, 3)} <= bounds


def _bounds(condition: Condition) -> set[Fraction]:
    ranges = [r for node in walk(condition) if isinstance(node, Within) for r in node.ranges]
    return {b for r in ranges for b in (r.low, r.high) if b is not None}


def test_a_table_that_decides_on_what_the_signal_service_has_not_answered() -> None:
    found = policy(TEXT)
    endpoints: dict[str, Value] = {p: f"127.0.0.1:{9000 + i}" for i, p in enumerate(found.pools)}
    chosen: dict[str, Value] = {"endpoints": endpoints, "obligations_by": "the test", "signals_by": "127.0.0.1:50051"}
    (artifact,) = emit(settle(found), Options(chosen)).artifacts
    assert differs(found, artifact.text).answer.impossible
    for old, new, count in (
        ("status: 503", "status: 404", 1),
        ("- name: x-wrpc-signals\n", "- name: x-wrpc-tokens\n", 1),
        ("- name: x-wrpc-signals\n", "- name: x-wrpc-tokens\n", -1),
    ):
        assert old in artifact.text
        with pytest.raises(Refusal, match="has not answered"):
            read({"envoy.yaml": artifact.text.replace(old, new, count)}, found)


def test_obligations_are_told_apart_whatever_they_are_called() -> None:
    names = ["shell,email", "a, b", "a;pool=own", "100%", "x,", ", "]
    rules = "  ".join(f'require strip("{n}") when true_enough' for n in names)
    text = f"""
    policy p {{ language 1 }}
    signal true_enough: bool {{ source has_tools }}
    pool own {{ trust "own" }}
    default {{ to own }}
    guard g {{ {rules} }}
    """
    found = policy(text)
    made = emitted(found)
    assert "strip:shell,email" in made
    assert differs(found, made).answer.impossible


def test_a_header_that_is_not_added_where_it_is_absent_is_noticed() -> None:
    found = policy(
        'signal team: string { source header("x-team")  absent "internal" } pool one { } pool two { } '
        'route r { when team == "internal" to one } default { to two }'
    )
    text = emitted(found)
    assert differs(found, text).verdict == "same"
    for old, new in (("value: internal", "value: external"), ("ADD_IF_ABSENT", "APPEND_IF_EXISTS_OR_ADD")):
        changed = text.replace(old, new)
        assert changed != text
        with pytest.raises(Refusal, match="x-team"):
            read({"envoy.yaml": changed}, found)
