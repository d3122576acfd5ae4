"""What a change does: a test for each sentence of the language's section of that name."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import wrpc
from wrpc.policy.model import Policy
from wrpc.verify.diff import Change, Changes

SIGNALS = """
signal pii: bool { source header("x-pii") }
signal sure: score { source classifier("c")  threshold 0.5 }
signal tokens: int(0..100k) { source prompt_tokens }
"""
POOLS = """
pool own { trust "own"  region "eu"  provider "us_ourselves"  labels { team red } }
pool twin { trust "own"  region "eu"  provider "us_ourselves"  labels { team blue } }
pool cloud { trust "cloud"  region "us"  provider "openai"  labels { team red } }
"""


def diff(old: str, new: str, *, before: str = SIGNALS + POOLS, after: str = SIGNALS + POOLS) -> Changes:
    """Both ways of the change are told from requests that replay."""
    a, b = wrpc.loads(before + old), wrpc.loads(after + new)
    found = wrpc.diff(a, b)
    for change in found.changes:
        assert change.new == wrpc.decide(b, of(change, b))
        assert change.old.reason == "the old policy does not admit this request" or change.old == wrpc.decide(
            a, of(change, a)
        )
    return found


def of(change: Change, policy: Policy) -> Mapping[str, object]:
    return {n: v for n, v in change.witness.items() if n in policy.signals}


def verdict(old: str, new: str, *, before: str = SIGNALS + POOLS, after: str = SIGNALS + POOLS) -> str:
    return diff(old, new, before=before, after=after).verdict


# ── Profiles ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("attribute", ["trust", "region", "provider"])
def test_a_profile_is_trust_region_and_provider(attribute: str) -> None:
    value = {"trust": '"own"', "region": '"eu"', "provider": '"us_ourselves"'}[attribute]
    changed = POOLS.replace(f"{attribute} {value}", f'{attribute} "x"', 1)
    assert changed != POOLS
    assert verdict("default { to own }", "default { to own }", after=SIGNALS + changed) == "weaker"


def test_a_pool_is_matched_by_its_profile_and_not_by_its_name() -> None:
    assert verdict("default { to own }", "default { to twin }") == "same"
    renamed = POOLS.replace("pool own", "pool mine")
    assert verdict("default { to own }", "default { to mine }", after=SIGNALS + renamed) == "same"


@pytest.mark.parametrize("rule", [
    'guard g { forbid destination.team == "green" when pii }',
    'guard g { require audit when destination.team == "green" }',
    'assert a { never destination.team == "green" when pii }',
    'assert a { always pii when destination.team == "green" and pii }',
])  # fmt: skip
def test_every_attribute_that_a_guard_or_claim_of_either_reads_is_part_of_it(rule: str) -> None:
    default = "default { to own }", "default { to twin }"
    assert verdict(f"{default[0]} {rule}", f"{default[1]} {rule}") == "weaker"
    assert verdict(f"{default[0]} {rule}", default[1]) == "weaker"
    assert verdict(default[0], f"{default[1]} {rule}") == "weaker"


def test_the_name_counts_where_a_rule_reads_it() -> None:
    rule = ' guard g { forbid destination.pool == "cloud" when pii }'
    assert verdict("default { to own }" + rule, "default { to twin }" + rule) == "weaker"


def test_what_no_rule_reads_of_a_pool_does_not_count() -> None:
    other = POOLS.replace("team red", "team green").replace('provider "openai"', 'provider "openai"  concurrency 3')
    assert verdict("default { to own, cloud }", "default { to own, cloud }", after=SIGNALS + other) == "same"


# ── Weaker, stronger, different, the same ─────────────────────────────────


@pytest.mark.parametrize(("old", "new", "effect"), [
    # weaker: serves what was denied or unrouted, reaches a profile, asks less of one
    ('default { deny "no" }', "default { to own }", "weaker"),
    ("route r { when pii  to own }", "default { to own }", "weaker"),
    ("default { to own }", "default { to cloud }", "weaker"),
    ("default { to own }", "default { to own  fallback cloud }", "weaker"),
    ("default { to own }", "default { to own  spill cloud above 80% }", "weaker"),
    ("default { to own }", "default { to own  mirror cloud 5% }", "weaker"),
    ("default { to own } guard g { require audit }", "default { to own }", "weaker"),
    ("default { to own } guard g { require audit  require log }",
     "default { to own } guard g { require log }", "weaker"),
    ("default { to own, cloud } guard g { require audit }",
     'default { to own, cloud } guard g { require audit when destination.trust == "own" }', "weaker"),
    # stronger: denies what was served, no longer reaches a profile, asks more
    ("default { to own }", 'default { deny "no" }', "stronger"),
    ("default { to own, cloud }", "default { to own }", "stronger"),
    ("default { to own  fallback cloud }", "default { to own }", "stronger"),
    ("default { to own }", "default { to own } guard g { require audit }", "stronger"),
    ("default { to own, cloud }",
     'default { to own, cloud } guard g { forbid destination.trust == "cloud" }', "stronger"),
    # weaker wins over stronger for one request
    ("default { to own } guard g { require audit }", "default { to own } guard g { require log }", "weaker"),
    ("default { to cloud }", "default { to own }", "weaker"),
    # different: weights, roles, causes, order, settings, the text of a denial
    ("default { to own, cloud }", "default { to own weight 1, cloud weight 2 }", "different"),
    ("default { to own  fallback cloud }", "default { to own, cloud }", "different"),
    ("default { to own  fallback cloud }", "default { to own  spill cloud above 80% }", "different"),
    ("default { to own  fallback cloud on timeout }",
     "default { to own  fallback cloud on timeout, overload }", "different"),
    ("default { to own  fallback cloud on timeout }", "default { to own  fallback cloud }", "different"),
    ("default { to own  fallback twin, cloud }", "default { to own  fallback cloud, twin }", "different"),
    ("default { cascade own -> cloud }", "default { cascade cloud -> own }", "different"),
    ("default { to own }", "default { to own  retries 2 }", "different"),
    ("default { to own  timeout 30s }", "default { to own  timeout 20s }", "different"),
    ("default { to own }", "default { to own  tools none }", "different"),
    ("default { to own }", "default { to own  compress 8k }", "different"),
    ("default { to own }", "default { to own  reasoning high }", "different"),
    ("default { to own }", "default { to own  cache { similarity 92% ttl 10min } }", "different"),
    ("default { to own }", "default { to own  retain { ttl 3 share 30% } }", "different"),
    ("default { to own }", "default { to own  budget 20k/min per pii }", "different"),
    ("default { to own }", "default { to own  limit 60/min }", "different"),
    ("default { to own  limit 60/min }", "default { to own  limit 60/min then twin }", "different"),
    ("default { to own  limit 60/min }", "default { to own  limit 60/min then cloud }", "weaker"),
    ("default { to own  limit 60/min then cloud }", "default { to own  limit 60/min }", "stronger"),
    ("default { to own  limit 60/min then twin }", "default { to own  limit 60/min then at 120% twin }", "different"),
    ("default { to own  limit 60/min then tools none }", "default { to own  limit 60/min then twin }", "different"),
    ('default { to own  limit 60/min then deny "no" }', 'default { to own  limit 60/min then deny "never" }',
     "different"),
    ("default { to own  limit 60/min  budget 5USD/d }", "default { to own  budget 5USD/d }", "different"),
    ("default { to own, cloud }", "default { to own, cloud  sticky by pii }", "different"),
    ("default { to own  cache { ttl 1min } }", "default { to own  cache { ttl 1min  scope pii } }", "different"),
    ('default { to own  limit 60/min then cloud } guard g { forbid destination.trust == "cloud" }',
     'default { to own  limit 60/min } guard g { forbid destination.trust == "cloud" }', "same"),
    ("default { to own  limit 60/min then twin }", "default { to twin  limit 60/min then own }", "same"),
    ("default { to own, cloud }", "default { to own, cloud  select latency }", "different"),
    ("default { to own  spill cloud above 80% }", "default { to own  spill cloud above 90% }", "different"),
    ("default { to own  mirror cloud 5% }", "default { to own  mirror cloud 6% }", "different"),
    ("default { to own, cloud }", "default { to own, cloud  fallback others }", "different"),
    ("default { to own, cloud  fallback others on timeout }",
     "default { to own, cloud  fallback others }", "different"),
    ("default { cascade own -> cloud escalate when confidence < 0.7 }",
     "default { cascade own -> cloud escalate when confidence < 0.8 }", "different"),
    ('default { deny "no" }', 'default { deny "never" }', "different"),
    ('default { deny "no" }', "route r { when pii and not pii  to own  on_unknown silent }", "different"),
    # the same: but names of rules
    ("route r { when pii  to own } default { to own }", "default { to own }", "same"),
    ("route r { when pii  to own } default { to cloud }", "route t { when pii  to own } default { to cloud }", "same"),
    ('guard g { deny "no" when pii } default { to own }', 'guard h { deny "no" when pii } default { to own }', "same"),
    ('guard g { deny "no" when pii  } default { to own }',
     'route r { priority 9  when pii  deny "no"  on_unknown fires } default { to own }', "same"),
    ('guard g { forbid destination.trust == "own" } default { to own }',
     'guard h { forbid destination.trust == "own" } default { to own }', "same"),
    ("route r { when pii  to own  on_unknown deny } default { to own }",
     "route t { when pii  to own  on_unknown deny } default { to own }", "same"),
    ("default { to own, cloud }", "default { to cloud, own }", "same"),
    ("default { to own weight 1, cloud weight 1 }", "default { to own, cloud }", "same"),
    ("default { to own  fallback cloud on timeout, overload }",
     "default { to own  fallback cloud on overload, timeout }", "same"),
    ("let risky = pii  route r { when risky  to own } default { to cloud }",
     "let danger = pii  route r { when danger  to own } default { to cloud }", "same"),
])  # fmt: skip
def test_effects(old: str, new: str, effect: str) -> None:
    found = diff(old, new)
    assert found.verdict == effect
    assert {c.effect for c in found.changes} == ({effect} if effect != "same" else set())


def test_of_a_profile_is_asked_what_every_destination_that_has_it_is_asked() -> None:
    """One of two alike pools may go, the other still answers for both."""
    guard = ' guard g { require audit when destination.trust == "own" }'
    assert verdict("default { to own, twin }" + guard, "default { to own }" + guard) == "different"
    assert verdict("default { to own, twin }" + guard, "default { to own }") == "weaker"


def test_an_obligation_of_the_decision_is_one_of_each_destination() -> None:
    old = "default { to own } guard g { require audit }"
    assert verdict(old, 'default { to own } guard g { require audit when destination.trust == "own" }') == "different"
    assert verdict(old, 'default { to own } guard g { require audit when destination.trust == "cloud" }') == "weaker"


# ── Requests ──────────────────────────────────────────────────────────────


def test_what_the_old_one_does_not_admit_was_denied_there() -> None:
    wider = SIGNALS.replace("100k", "200k")
    found = diff("default { to own }", "default { to own }", after=wider + POOLS)
    assert found.verdict == "weaker"
    assert found.changes[0].old.action == "deny"
    assert found.changes[0].witness["tokens"] > 100_000  # type: ignore[operator]  # a number
    assert verdict("default { to own }", "default { to own }", before=wider + POOLS) == "same"


@pytest.mark.parametrize(("before", "after", "effect"), [
    ("int(0..10)", "real(0..10)", "weaker"),
    ("real(0..10)", "int(0..10)", "same"),
    ("one_of(a, b)", "one_of(a, b, c)", "weaker"),
    ("one_of(a, b, c)", "one_of(b, c)", "same"),
    ("one_of(a, b)", "string", "weaker"),
    ("string", "one_of(a, b)", "same"),
    ("any_of(a, b)", "any_of(a, b, c)", "weaker"),
    ("any_of(a, b, c)", "any_of(a, b)", "same"),
    ("bool", "one_of(a, b)", "weaker"),
    ("int(0..10)", "bool", "weaker"),
    ("score", "score(-1..1)", "weaker"),
])  # fmt: skip
def test_a_type_that_changes(before: str, after: str, effect: str) -> None:
    def signals(type: str) -> str:
        more = "  threshold 0.5" if type.startswith("score") else ""
        return SIGNALS + f'signal x: {type} {{ source header("x-x"){more} }}' + POOLS

    assert verdict("default { to own }", "default { to own }", before=signals(before), after=signals(after)) == effect


def test_what_could_not_fail_was_denied_where_it_fails() -> None:
    failing = SIGNALS.replace("source prompt_tokens", 'source header("x-tokens")')
    found = diff("default { to own }", "default { to own }", after=failing + POOLS)
    assert found.verdict == "weaker"
    assert found.changes[0].witness == {"tokens": None}
    assert verdict("default { to own }", "default { to own }", before=failing + POOLS) == "same"


def test_an_axiom_of_the_old_one_that_a_request_breaks() -> None:
    more = 'signal eu: bool { source header("x-eu") } '
    old = more + "group g exclusive { pii, eu } default { to own }"
    found = diff(old, more + "default { to own }")
    assert found.verdict == "weaker"
    assert found.changes[0].witness == {"pii": True, "eu": True}
    assert "group g" in found.changes[0].subjects
    assert verdict(more + "default { to own }", old) == "same"
    assert verdict("assume a { not pii } default { to own }", "default { to own }") == "weaker"
    assert verdict("default { to own }", "assume a { not pii } default { to own }") == "same"


def test_what_only_the_old_one_knows_of_is_as_it_can_have_seen_it() -> None:
    more = 'signal eu: bool { source header("x-eu") } '
    assert verdict(more + "group g exclusive { pii, eu } default { to own }", "default { to own }") == "same"
    assert verdict(more + "assume a { eu } default { to own }", "default { to own }") == "same"


def test_a_signal_that_the_old_one_lacks_it_does_not_read() -> None:
    more = SIGNALS + 'signal eu: bool { source header("x-eu") }' + POOLS
    found = diff("default { to own }", "route r { when eu  to cloud } default { to own }", after=more)
    assert [c.witness for c in found.changes] == [{"eu": True}]
    assert verdict("default { to own }", "default { to own }", after=more) == "same"


def test_a_signal_that_the_new_one_lacks_had_any_value() -> None:
    more = SIGNALS + 'signal secret: bool { source header("x-secret") }' + POOLS
    found = diff('guard g { deny "no" when secret } default { to own }', "default { to own }", before=more)
    assert found.verdict == "weaker"
    assert [c.witness for c in found.changes] == [{"secret": True}]


def test_failures_count_as_requests_do() -> None:
    old, new = "route r { when pii or not pii  to own } default { to own  retries 1 }", "default { to own }"
    found = diff(old, new)
    assert found.verdict == "different"
    assert [c.witness for c in found.changes] == [{"pii": None}]
    firing = SIGNALS.replace('header("x-pii")', 'header("x-pii")  on_error fires')
    rest = "route r { when pii  to cloud } default { to own }"
    assert verdict(rest, rest, after=firing + POOLS) == "weaker"


def test_thresholds_are_compared_on_the_raw_number() -> None:
    rest = "route r { when sure  to cloud } default { to own }"
    found = diff(rest, rest, after=SIGNALS.replace("threshold 0.5", "threshold 0.4") + POOLS)
    assert found.verdict == "weaker"
    assert all(0.4 <= c.witness["sure"] < 0.5 for c in found.changes)  # type: ignore[operator]  # a number


CONFLICT = "route r { when pii  to own } route t { when tokens > 5  to twin retries 2 } default { to own }"


def test_a_conflict_in_either_is_open() -> None:
    resolved = CONFLICT.replace("route t {", "route t { priority 1 ")
    for old, new in ((CONFLICT, CONFLICT), (CONFLICT, resolved), (resolved, CONFLICT)):
        found = diff(old, new)
        assert found.verdict == "open"
        assert found.open[0].code == "WRP201"
        assert found.open[0].witness is not None
    # What is weaker for some request is so whatever else is open.
    assert verdict(CONFLICT, CONFLICT + " guard g { require audit when not pii }") == "open"
    assert verdict(CONFLICT + " guard g { require audit }", CONFLICT) == "weaker"


# ── The decision itself ───────────────────────────────────────────────────


def test_what_guards_removed_on_the_way_does_not_count() -> None:
    guard = ' guard g { forbid destination.trust == "cloud" }'
    assert verdict("default { to own  fallback cloud }" + guard, "default { to own }" + guard) == "same"
    assert verdict("default { to own weight 1, cloud weight 9 }" + guard, "default { to own }" + guard) == "same"


def test_a_promoted_fallback_is_the_primary_that_it_has_become() -> None:
    guard = ' guard g { forbid destination.trust == "cloud" }'
    promoted = "default { to cloud  fallback own on timeout }" + guard
    assert verdict(promoted, "default { to own }" + guard) == "same"
    assert verdict(promoted, "default { to cloud  fallback own on overload }" + guard) == "same"


def test_of_a_cascade_with_one_step_left_escalate_is_no_part() -> None:
    guard = ' guard g { forbid destination.trust == "cloud" }'
    cascade = "default { cascade own -> cloud escalate when confidence < 0.7 }" + guard
    assert verdict(cascade, "default { to own }" + guard) == "same"
    assert verdict(cascade, cascade.replace("0.7", "0.8")) == "same"


def test_settings_of_edges_that_are_gone_do_not_count() -> None:
    guard = ' guard g { forbid destination.trust == "cloud" }'
    spill = "default { to own  spill cloud above 80% }" + guard
    assert verdict(spill, spill.replace("80%", "90%")) == "same"
    mirror = "default { to own  mirror cloud 5% }" + guard
    assert verdict(mirror, mirror.replace("5%", "9%")) == "same"


def test_of_several_denials_the_first_guard_as_written_gives_the_text() -> None:
    first, second = 'guard g { deny "no" when pii }', 'guard h { deny "never" when pii or tokens > 5 }'
    found = diff(f"{first} {second} default {{ to own }}", f"{second} {first} default {{ to own }}")
    assert found.verdict == "different"
    assert [(c.old.reason, c.new.reason) for c in found.changes] == [("no", "never")]


# ── The whole change ──────────────────────────────────────────────────────


def test_the_whole_is_weaker_where_some_request_is_else_stronger_else_different() -> None:
    weaker = "route a { when tokens == 1  to cloud } "
    stronger = 'route b { when tokens == 2  deny "no" } '
    different = "route c { when tokens == 3  to own  retries 1 } "
    old = "default { to own }"
    assert diff(old, weaker + stronger + different + old).verdict == "weaker"
    assert diff(old, stronger + different + old).verdict == "stronger"
    assert diff(old, different + old).verdict == "different"
    each = diff(old, weaker + stronger + different + old).changes
    assert [(c.effect, c.witness["tokens"]) for c in each] == [("weaker", 1), ("stronger", 2), ("different", 3)]


def test_rules_that_were_touched() -> None:
    old = "route a { when pii  to own } route b { when sure  to own } default { to own } guard g { require audit }"
    new = "route a { when not pii  to own } default { to own } guard g { require audit } assert k { always routed }"
    found = diff(old, new).json()["rules"]
    assert found == [
        {"subject": "assert k", "change": "added"},
        {"subject": "route a", "change": "changed"},
        {"subject": "route b", "change": "removed"},
    ]


def test_subjects_are_sorted_and_name_the_rules_behind_it() -> None:
    old = 'route z { when pii  to cloud } default { to own } guard g { forbid destination.trust == "cloud" when sure }'
    found = diff(old, "route z { when pii  to cloud } default { to own }")
    assert [c.subjects for c in found.changes] == [("guard g", "route z")]


# ── Absent headers ────────────────────────────────────────────────────────

STRANGERS = 'route s { when team != "internal"  to cloud } default { to own }'


def team(more: str, source: str = "header") -> str:
    return f'signal team: string {{ source {source}("x-team") {more} }}' + POOLS


def test_an_absent_header_is_one_request_to_both() -> None:
    """To the old policy it failed, so that it stayed at home."""
    found = wrpc.diff(wrpc.loads(team("") + STRANGERS), wrpc.loads(team('absent "external"') + STRANGERS))
    assert found.verdict == "weaker"
    (change,) = found.changes
    assert dict(change.witness) == {}
    assert (change.old.route, change.new.route) == ("default", "s")
    back = wrpc.diff(wrpc.loads(team('absent "external"') + STRANGERS), wrpc.loads(team("") + STRANGERS))
    assert [(c.effect, dict(c.witness)) for c in back.changes] == [("weaker", {})]


def test_one_that_means_what_its_failure_did_changes_nothing() -> None:
    before, after = (wrpc.loads(team(m) + STRANGERS) for m in ("", 'absent "internal"'))
    assert wrpc.diff(before, after).verdict == "same"
    assert wrpc.diff(after, before).verdict == "same"


def test_two_values_of_an_absent_header() -> None:
    before, after = (wrpc.loads(team(f'absent "{m}"') + STRANGERS) for m in ("internal", "external"))
    found = wrpc.diff(before, after)
    assert [(c.effect, dict(c.witness)) for c in found.changes] == [("weaker", {})]
    same = 'guard g { require audit when team == "other" } default { to own }'
    before, after = (wrpc.loads(team(f'absent "{m}"') + same) for m in ("internal", "external"))
    assert wrpc.diff(before, after).verdict == "same"


def test_an_absent_claim_is_not_a_token_that_fails() -> None:
    denied = 'guard g { deny "no" when team == "external" } default { to own }'
    before, after = (wrpc.loads(team(m, "claim") + denied) for m in ("", 'absent "internal"'))
    found = wrpc.diff(before, after)
    assert [(c.effect, dict(c.witness)) for c in found.changes] == [("weaker", {})]
    assert found.changes[0].old.by == "guard g"
    assert found.changes[0].new.action == "route"


def test_on_error_deny_becomes_absent() -> None:
    before = wrpc.loads('signal pii: bool { source header("p")  on_error deny }' + POOLS + "default { to own }")
    after = wrpc.loads('signal pii: bool { source header("p")  absent false }' + POOLS + "default { to own }")
    found = wrpc.diff(before, after)
    assert [(c.effect, dict(c.witness), c.old.by) for c in found.changes] == [("weaker", {}, "signal pii")]
    assert wrpc.diff(after, before).verdict == "stronger"
