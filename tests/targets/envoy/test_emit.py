"""What becomes of each construct in the bootstrap, and what is refused, and where."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.support.compiling import POLICIES, compiled, content, files, policy
from tests.targets.conftest import Golden
from wrpc.diagnostics import Findings, Proof
from wrpc.policy.load import load
from wrpc.policy.model import Policy
from wrpc.targets import settings
from wrpc.targets.envoy import TARGET
from wrpc.targets.envoy.emit import emit
from wrpc.targets.envoy.routes import FAILURES
from wrpc.targets.gateway.settle import settle
from wrpc.targets.target import CONSTRUCTS, Options

HEAD = """
policy p { language 1 }
signal a: bool { source has_tools }
signal b: bool { source claim("b") }
signal tenant: string { source header("X-Tenant") }
pool one { trust "own"  endpoint "127.0.0.1:9001" }
pool two { trust "cloud"  endpoint "http://10.0.0.2:9002/v1" }
pool far { trust "cloud"  endpoint "https://api.example.com" }
"""
SAID = "target envoy { trust_headers true }\n"


def bootstrap(text: str, head: str = HEAD) -> Any:
    """What is emitted, whether or not anybody sets the headers."""
    found = policy(head + text)
    own = settings.block(found, "envoy")
    emitted = emit(settle(found), Options(own.settings, own.spans) if own else Options())
    errors = [d.message for d in emitted.diagnostics if d.severity == "error"]
    assert not errors
    (artifact,) = emitted.artifacts
    return yaml.safe_load(artifact.text)


def manager(found: Any) -> Any:
    return found["static_resources"]["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]


def routes(found: Any) -> dict[str, Any]:
    return {r["name"]: r for r in manager(found)["route_config"]["virtual_hosts"][0]["routes"]}


def clusters(found: Any) -> dict[str, Any]:
    return {c["name"]: c for c in found["static_resources"]["clusters"]}


def faults(text: str, head: str = HEAD, **settings: Any) -> list[tuple[str, str, str]]:
    found = emit(settle(policy(head + text)), Options(settings))
    return [(d.code.id, d.message, d.span.text) for d in found.diagnostics if d.severity == "error"]


# ── The table ─────────────────────────────────────────────────────────────


def test_every_construct_has_a_row() -> None:
    assert set(TARGET.carries) == set(CONSTRUCTS)


@pytest.mark.parametrize("name", ["private_stays_home", "two_providers", "triage"])
def test_golden(name: str, golden: Golden) -> None:
    found = emit(settle(load(POLICIES[name])), Options({"trust_headers": word("true"), **block(name)}))
    golden(name, {a.path: a.text for a in found.artifacts})


def word(text: str) -> Any:
    from wrpc.policy.model import Word

    return Word(text)


def block(name: str) -> Any:
    return load(POLICIES[name]).targets["envoy"].settings


def test_the_same_policy_gives_the_same_bytes() -> None:
    text = HEAD + 'route r { when a or b or prefix(tenant, "eu-")  to one, two }\n' + SAID
    assert files(compiled(text, TARGET)) == files(compiled(text, TARGET))


def test_every_entry_points_into_the_policy() -> None:
    found = compiled(HEAD + "route r { when a  to one  fallback two }\ndefault { to two }\n" + SAID, TARGET)
    (artifact,) = found.artifacts
    import yaml

    document = yaml.safe_load(artifact.text)
    shown = {}
    for entry in artifact.entries:
        at: Any = document
        for step in entry.pointer.split("/")[1:]:
            at = at[int(step)] if isinstance(at, list) else at[step]
        shown[at["name"]] = entry.span.text.partition(" {")[0]
    assert shown["route r"] == "r"
    assert shown["default"] == "default"
    assert shown["signal a"] == "a"
    assert shown["one+two"] == "one"


# ── Plans ─────────────────────────────────────────────────────────────────


def test_weights_are_whole_and_exact() -> None:
    found = routes(bootstrap("default { to one weight 90, two weight 10 }"))
    parts = found["default"]["route"]["weighted_clusters"]["clusters"]
    assert parts == [{"name": "one", "weight": 9}, {"name": "two", "weight": 1}]
    found = routes(bootstrap("default { to one, two, far }"))
    assert [p["weight"] for p in found["default"]["route"]["weighted_clusters"]["clusters"]] == [1, 1, 1]


def test_fallbacks_are_priorities() -> None:
    found = bootstrap("default { to one  fallback two on timeout, overload  retries 2  timeout 1.5s }")
    action = routes(found)["default"]["route"]
    assert action["cluster"] == "one+two"
    assert action["timeout"] == "9s"
    retry = action["retry_policy"]
    assert (retry["num_retries"], retry["per_try_timeout"]) == (5, "1.5s")
    assert retry["retry_priority"]["typed_config"]["update_frequency"] == 3
    endpoints = clusters(found)["one+two"]["load_assignment"]["endpoints"]
    assert [e.get("priority", 0) for e in endpoints] == [0, 1]
    limits = clusters(found)["one+two"]["circuit_breakers"]["thresholds"]
    assert limits[0]["max_retries"] > 1000


def test_any_cause_is_every_cause_that_envoy_sees() -> None:
    found = routes(bootstrap("default { to one  fallback two }"))["default"]["route"]["retry_policy"]
    seen = FAILURES.values()
    assert {*found["retriable_status_codes"]} == {s for f in seen for s in f.statuses if s < 500}
    assert {*found["retry_on"].split(",")} == {*(w for f in seen for w in f.words), "retriable-status-codes"}


SUMS = """
signal n: int(0..100) { source turns }
signal m: int(-9..9) { source claim("m") }
signal x: real(0..1) { source claim("x") }
"""


def test_whole_numbers_are_added_before_routes_are_asked() -> None:
    found = bootstrap(SUMS + "route r { when 0.5 * n - 0.25 * m >= 3  to one }\ndefault { to two }")
    *_, last = manager(found)["early_header_mutation_extensions"][0]["typed_config"]["mutations"]
    value = "%CEL(int(request.headers['x-wrpc-m']) * 1 + int(request.headers['x-wrpc-n']) * -2)%"
    header = {"key": "x-wrpc-sum.1", "value": value}
    assert last == {"append": {"header": header, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}}
    mutations = manager(found)["early_header_mutation_extensions"][0]["typed_config"]["mutations"]
    assert {"remove": "x-wrpc-sum.1"} in mutations
    asked = routes(found)["route r"]["match"]["headers"]
    assert {"name": "x-wrpc-sum.1", "range_match": {"start": -209, "end": -11}} in asked
    # What is no number, or not there, has been refused or asked for.
    assert {"name": "x-wrpc-m", "present_match": True} in asked
    assert {"signal n", "signal m"} <= set(routes(found))


@pytest.mark.parametrize(
    ("condition", "block", "said"),
    [
        ("n + x > 3", "trust_headers true", "Envoy adds whole numbers alone"),
        ("n + m > 3", 'signals_by "127.0.0.1:9"', "are added before `signals_by` says what `m` and `n` are"),
    ],
)
def test_sums_that_envoy_does_not_add(condition: str, block: str, said: str) -> None:
    text = SUMS + f"route r {{ when {condition}  to one }}\ndefault {{ to two }}\ntarget envoy {{ {block} }}"
    found = compiled(HEAD + text, TARGET)
    assert any(said in d.message and d.severity == "error" for d in found.diagnostics)


def test_an_empty_expression_is_the_empty_string() -> None:
    text = 'signal t: string { source header("x-t") }\nroute r { when matches(t, "")  to one }\n'
    (asked,) = routes(bootstrap(text + "default { to two }"))["route r"]["match"]["headers"]
    assert asked == {"name": "x-t", "string_match": {"exact": ""}}


def test_causes_that_envoy_does_not_see() -> None:
    found = compiled(HEAD + "default { to one  fallback two on refusal }\n" + SAID, TARGET)
    assert any("never taken" in d.message for d in found.diagnostics)
    assert content(found, "envoy.yaml")
    assert "one" in clusters(content(found, "envoy.yaml"))


def test_a_route_without_a_timeout_has_none() -> None:
    assert routes(bootstrap("default { to one }"))["default"]["route"] == {"cluster": "one", "timeout": "0s"}


def test_mirrors() -> None:
    action = routes(bootstrap("default { to one  mirror two 2.5% }"))["default"]["route"]
    fraction = {"numerator": 250, "denominator": "TEN_THOUSAND"}
    assert action["request_mirror_policies"] == [{"cluster": "two", "runtime_fraction": {"default_value": fraction}}]


def test_a_cascade_stays_with_its_first_step_and_says_so() -> None:
    found = compiled(HEAD + "default { cascade one -> two }\n" + SAID, TARGET)
    assert any(d.code.id == "WRP801" and "first step" in d.message for d in found.diagnostics)
    assert routes(content(found, "envoy.yaml"))["default"]["route"]["cluster"] == "one"


def test_denials() -> None:
    found = routes(bootstrap('guard g { deny "no: 100 % é" when b }\ndefault { to one }'))
    answer = found["guard g"]
    assert answer["direct_response"]["status"] == 403
    assert "no: 100 % é" in answer["direct_response"]["body"]["inline_string"]
    said = {h["header"]["key"]: h["header"]["value"] for h in answer["response_headers_to_add"]}
    # Twice: once as a header's own spelling, once because Envoy formats with `%`.
    assert said["x-wrpc-reason"] == "no: 100 %%25 %%C3%%A9"


def test_a_long_reason_fits_into_a_direct_response() -> None:
    found = routes(bootstrap('default { deny "' + "ä" * 5000 + '" }'))
    assert len(found["default"]["direct_response"]["body"]["inline_string"].encode()) <= 4096


def test_guards_split_a_route() -> None:
    own = 'guard g { forbid destination.trust != "own" when a }'
    found = routes(bootstrap("default { to one weight 1, two weight 3  fallback far }\n" + own))
    assert found["default"]["route"]["cluster"] == "one"
    assert [p["name"] for p in found["default #2"]["route"]["weighted_clusters"]["clusters"]] == ["one+far", "two+far"]
    text = "default { to two  fallback far, one }\nguard g { forbid destination.pool in [two, one] when a }"
    assert routes(bootstrap(text))["default"]["route"]["cluster"] == "far"
    assert routes(bootstrap("default { to two }\n" + own))["default"]["direct_response"]["status"] == 403


def test_obligations() -> None:
    text = 'guard g { require redact("pii") when destination.trust == "cloud"  require log("all") when b }\n'
    text += "default { to one, two }\n"
    found = compiled(HEAD + text + SAID, TARGET, findings=Findings())
    assert not found.ok
    assert any("says who does what it requires" in d.message for d in found.diagnostics)
    proved = Findings(proofs=(Proof("guard g", "proved"),))
    assert compiled(HEAD + text + SAID, TARGET, findings=proved).ok
    kept = bootstrap(text + 'target envoy { trust_headers true  obligations_by "the proxy of the pools" }')
    (added,) = routes(kept)["default"]["request_headers_to_add"]
    assert added["header"] == {"key": "x-wrpc-obligations", "value": "log:all, redact:pii;pool=two"}
    assert added["append_action"] == "OVERWRITE_IF_EXISTS_OR_ADD"


@pytest.mark.parametrize(
    ("clauses", "weights"),
    [
        ("to one weight 90, two weight 10 select weighted", [9, 1]),
        ("to one, two select cost", [1, 1]),
        ("to any", [1, 1]),
    ],
)
def test_no_choice_turns_weights_into_equal_shares(clauses: str, weights: list[int]) -> None:
    found = bootstrap(f"default {{ {clauses} }}" + SAID)
    made = routes(found)["default"]["route"]["weighted_clusters"]["clusters"]
    assert [c["weight"] for c in made][:2] == weights


def test_a_choice_by_weight_is_no_loss() -> None:
    found = compiled(HEAD + "default { to one weight 90, two weight 10 select weighted }" + SAID, TARGET)
    assert not [d.message for d in found.diagnostics if d.code.id == "WRP802"]


# ── Who sets the headers ──────────────────────────────────────────────────


def early(found: Any) -> list[Any]:
    mutations: list[Any] = manager(found)["early_header_mutation_extensions"][0]["typed_config"]["mutations"]
    return mutations


def test_clients_set_no_signals() -> None:
    mutations = early(bootstrap('route r { when a and tenant == "x"  to one }\ndefault { to two }'))
    prefixes = [m["remove_on_match"]["key_matcher"]["prefix"] for m in mutations if "remove_on_match" in m]
    assert prefixes == ["x-envoy-", "x-wrpc-"]
    # Of a header that is the client's own, several become one.
    (joined,) = [m["append"] for m in mutations if "append" in m]
    assert joined["header"]["key"] == "x-tenant"
    assert joined["append_action"] == "OVERWRITE_IF_EXISTS"


def test_trusted_headers_stay() -> None:
    mutations = early(bootstrap("route r { when a  to one }\ndefault { to two }\n" + SAID))
    assert [m["remove_on_match"]["key_matcher"]["prefix"] for m in mutations if "remove_on_match" in m] == ["x-envoy-"]
    assert {"remove": "x-llm-model"} in mutations


ABSENT = 'signal team: string { source header("x-team")  absent "a%b" } '
ABSENT += 'signal cart: bool { source cookie("c")  absent true }'


def test_an_absent_header_is_added() -> None:
    text = ABSENT + ' route r { when cart and team == "a%b" and not a  to one } default { to two } '
    added = [m["append"] for m in early(bootstrap(text + SAID)) if m.get("append", {}).get("keep_empty_value")]
    assert [(m["header"]["key"], m["header"]["value"], m["append_action"]) for m in added] == [
        ("x-team", "a%%b", "ADD_IF_ABSENT"),
        ("x-wrpc-cart", "true", "ADD_IF_ABSENT"),
    ]


def test_a_processor_sets_those_that_are_not_the_clients_own() -> None:
    text = ABSENT + ' route r { when cart and team == "x"  to one } default { to two } '
    mutations = early(bootstrap(text + 'target envoy { signals_by "127.0.0.1:50051" }'))
    added = [m["append"]["header"]["key"] for m in mutations if m.get("append", {}).get("keep_empty_value")]
    assert added == ["x-team"]


def test_a_processor_is_asked_for_the_headers() -> None:
    found = bootstrap('route r { when a  to one }\ndefault { to two }\ntarget envoy { signals_by "127.0.0.1:50051" }')
    processor = manager(found)["http_filters"][0]
    assert processor["name"] == "envoy.filters.http.ext_proc"
    assert processor["typed_config"]["failure_mode_allow"] is False
    assert "wrpc signals" in clusters(found)
    # Every row asks for its mark, which nobody else can set; what has none ends with the last.
    *rows, last = routes(found).values()
    assert all({"name": "x-wrpc-signals", "present_match": True} in r["match"]["headers"] for r in rows)
    assert (last["match"], last["direct_response"]["status"]) == ({"prefix": "/"}, 503)
    assert {"remove": "x-wrpc-signals"} in early(found)


def test_nobody_sets_the_headers() -> None:
    # Of a claim that nobody passes on, each request goes as if it had failed.
    found = compiled(HEAD + "route r { when b  to one }\ndefault { to two }", TARGET)
    assert any("nothing sets the headers of `b`" in d.message for d in found.diagnostics)
    assert found.ok


def test_only_signals_that_are_read_are_asked_for() -> None:
    found = routes(bootstrap("route r { when a  to one }\ndefault { to two }"))
    assert [n for n in found if n.startswith("signal")] == ["signal a"]


def test_many_signals_and_long_answers_fit_into_envoys_limits() -> None:
    bools = "".join(f"signal s{i}: bool {{ source has_tools }}\n" for i in range(80))
    any_of_them = " or ".join(f"s{i}" for i in range(80))
    found = manager(bootstrap(bools + f"route r {{ when {any_of_them}  to one  timeout 20min }}\ndefault {{ to two }}"))
    assert found["common_http_protocol_options"]["max_headers_count"] >= 180
    assert found["stream_idle_timeout"] == "1200s"


def test_names_of_headers() -> None:
    found = bootstrap('route r { when a  to one }\ndefault { to two }\ntarget envoy { headers { a "X-Has-Tools" } }')
    assert routes(found)["route r"]["match"]["headers"][0]["name"] == "x-has-tools"
    assert {"remove": "x-has-tools"} in early(found)


# ── Refusals ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "code", "message", "at"),
    [
        ("pool three { }\ndefault { to three }", "WRP804", "pool `three` has no address", "three"),
        ('pool three { endpoint env("X") }\ndefault { to three }', "WRP804", 'is `env("X")`', "three"),
        ('pool three { endpoint "host" }\ndefault { to three }', "WRP804", "has no port", "three"),
        ('pool three { endpoint "ftp://h:1" }\ndefault { to three }', "WRP804", "neither `host:port`", "three"),
        ('pool three { endpoint "http://h/api" }\ndefault { to three }', "WRP804", "would be lost", "three"),
        (
            'signal t2: string { source header("x-u") }\nroute r { when tenant == t2  to one }',
            "WRP801",
            "are compared",
            "",
        ),
        ("signal pool: bool { source has_tools }\ndefault { to one }", "WRP804", "the gateway's own", "pool"),
        ("signal A: bool { source has_tools }\ndefault { to one }", "WRP804", "would share the header", ""),
    ],
)
def test_refusals(text: str, code: str, message: str, at: str) -> None:
    found = faults(text)
    assert any(c == code and message in m and s.startswith(at) for c, m, s in found), found


def test_only_a_confidence_orders_these() -> None:
    head = HEAD.replace("language 1", "language 1  resolve [confidence]")
    scores = "".join(f'signal s{i}: score {{ source classifier("x")  threshold 0.5 }}\n' for i in (1, 2))
    text = scores + "route r { when s1  to one }\nroute q { when s2  to two }\n"
    assert [m for _, m, _ in faults(text, head)] == ["only a confidence orders the routes `r` and `q`"]
    # Signals of an exclusive group never fire together.
    assert faults(text + "group g exclusive { s1, s2 }", head) == []


def test_endpoints_of_the_block_win() -> None:
    found = bootstrap('default { to one }\ntarget envoy { endpoints { one "127.0.0.9:7" } }')
    (endpoint,) = clusters(found)["one"]["load_assignment"]["endpoints"][0]["lb_endpoints"]
    assert endpoint["endpoint"]["address"]["socket_address"] == {"address": "127.0.0.9", "port_value": 7}


def test_https_is_held_against_authorities() -> None:
    found = bootstrap("default { to far  fallback one }")
    cluster = clusters(found)["far+one"]
    assert cluster["type"] == "STRICT_DNS"
    (match,) = cluster["transport_socket_matches"]
    context = match["transport_socket"]["typed_config"]
    assert context["sni"] == "api.example.com"
    assert context["common_tls_context"]["validation_context"]["trusted_ca"]
    assert routes(found)["default"]["route"]["auto_host_rewrite"] is True


def test_a_signal_may_be_declared_and_unused() -> None:
    found: Policy = policy(HEAD + "default { to one }")
    assert emit(settle(found), Options()).artifacts


# ── A program that serves nobody ──────────────────────────────────────────

CALM = """
signal odd: bool { source header("x-odd") }
signal pii: score { source classifier("pii")  threshold 0.5  on_error deny }
signal loud: bool { source claim("loud") }
pool one { endpoint "127.0.0.1:9001" }
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("default { to one }", "nobody computes `pii`, so that it has failed in each"),
        (
            "route r { when loud  to one }  default { to one }",
            "nobody computes `pii` and `loud`, so that",
        ),
        ('default { deny "no" }  target envoy { trust_headers true }', "each ends in a denial or without a route"),
        (
            "default { to one }  guard g { forbid destination.pool == one }  target envoy { trust_headers true }",
            "each ends in a denial or without a route",
        ),
        (
            "route r { when odd and not odd  to one }  target envoy { trust_headers true }",
            "each ends in a denial or without a route",
        ),
    ],
)
def test_an_output_that_refuses_every_request_is_an_error(text: str, why: str) -> None:
    found = compiled(CALM + text, TARGET)
    (refused,) = (d for d in found.diagnostics if d.code.id == "WRP812")
    assert refused.severity == "error"
    assert why in refused.message
    assert not any("nothing sets the headers" in d.message for d in found.diagnostics)
    assert not found.artifacts


@pytest.mark.parametrize(
    "text",
    [
        'default { to one }  target envoy { signals_by "127.0.0.1:9" }',
        "default { to one }  target envoy { trust_headers true }",
        'route r { when odd  to one }  default { deny "no" }  target envoy { trust_headers true }',
        'route r { when not odd  to one }  guard g { deny "x" when odd }  target envoy { trust_headers true }',
    ],
)
def test_one_that_serves_a_request_is_none(text: str) -> None:
    found = compiled(CALM + text, TARGET)
    assert "WRP812" not in {d.code.id for d in found.diagnostics}


def test_a_failure_that_somebody_serves_is_none() -> None:
    found = compiled(CALM.replace("  on_error deny", "") + "route r { when loud  to one }  default { to one }", TARGET)
    assert found.ok
    assert found.artifacts
