"""A witness is a request that a reader can send: in range, in decimals, as simple as the fault allows."""

from __future__ import annotations

import json

import pytest

from wrpc import check, decide, loads
from wrpc.decide.request import parse

POOLS = "pool p { } pool q { } default { to p } assert never_q { never destination.pool == q }\n"


def shown(text: str) -> dict[str, object]:
    policy = loads(POOLS + text)
    (found,) = [d for d in check(policy).diagnostics if d.code.id == "WRP401"]
    assert found.witness is not None
    request = parse(json.dumps(found.witness))
    assert decide(policy, request).pools == ("q",)
    return request


@pytest.mark.parametrize(
    ("text", "witness"),
    [
        ('signal n: int(15..18) { source keywords("n") } route r { when n > 16  to q }', {"n": 17}),
        ('signal n: int(-18..-15) { source keywords("n") } route r { when n < -16  to q }', {"n": -17}),
        ("signal n: int(0..1M) { source prompt_tokens } route r { when n > 7_654  to q }", None),
        ('signal x: real(0.26..0.29) { source keywords("x") } route r { when x > 0.27  to q }', None),
        ('signal x: score(-1..1) { source keywords("x") } route r { when 3 * raw(x) > -1 and raw(x) < 0 to q }', None),
        ('signal s: string { source keywords("s") } route r { when s == "a\\\\u{41}é"  to q }', {"s": "a\\u{41}é"}),
    ],
)  # fmt: skip
def test_in_range(text: str, witness: dict[str, object] | None) -> None:
    found = shown(text)
    assert witness is None or found == witness


def test_rounded_together_where_they_depend_on_each_other() -> None:
    shown(
        'signal x: real(-1..1.5) { source keywords("x") } signal y: real(-1..1) { source keywords("y") }'
        " route r { when 3 * x + y == -2 and y > -0.9 and y < 0.95 and 2 * x - 0.5 * y < -1  to q }"
    )


def test_what_does_not_matter_is_left_out() -> None:
    """What the rules concerned read is there, at what an absent signal is; what nobody reads is not."""
    assert shown(
        'signal a: bool { source keywords("a") } signal b: bool { source keywords("b") }'
        ' signal other: bool { source keywords("other") } route elsewhere { priority -1  when other  to p }'
        " signal n: int(0..100k) { source prompt_tokens } route r { when a and (b or not b) and n >= 0  to q }"
    ) == {"a": True, "b": False, "n": 0}


SIGNALS = """
signal a: bool { source keywords("a") }
signal b: bool { source keywords("b") }
signal n: int(0..1000) { source prompt_tokens }
signal s: score { source keywords("s")  threshold 0.5 }
signal t: score { source keywords("t")  threshold 0.5 }
group g exclusive { s, t, other } default other
signal other: score { source keywords("other")  threshold 0.5 }
let calm = not a
pool own { trust "own" }
pool cloud { trust "cloud" }
"""


@pytest.mark.parametrize(
    ("text", "subject", "witness"),
    [
        # Absent signals decide: they are shown.
        ("route r { when not a  to cloud } default { to own } assert k { never destination.pool == cloud }", "assert k",
         {"a": False}),
        ("route r { when calm  to cloud } default { to own } assert k { never destination.pool == cloud }", "assert k",
         {"a": False}),
        ("default { to own } assert k { never served when n < 10 }", "assert k", {"n": 0}),
        ("default { to own } guard g { require audit when not b }", "guard g", {"b": False}),
        ('default { to own } guard g { deny "x" when n < 10 }', "guard g", {"n": 0}),
        ("default { to own, cloud } guard g { forbid destination.pool == cloud when n < 10 and not b }", "guard g",
         {"b": False, "n": 0}),
        # The default of a group fires where no other member does.
        ("default { to own } guard g { require audit when other }", "guard g", {"s": 0, "t": 0}),
        # The default takes it because no route does.
        ("route r { when a or n > 5  to cloud } default { to own } assert k { always denied }", "assert k",
         {"a": False, "n": 0}),
        # No signal decides.
        ("default { to own } assert k { always denied }", "assert k", {}),
        # Another guard that denies the request does not show this one.
        ('default { to own } guard h { deny "h" when a } guard g { deny "g" when b or a }', "guard g",
         {"a": False, "b": True}),
        ('default { to own } guard h { deny "h" when not a } guard g { deny "g" when n > 90 }', "guard g",
         {"a": True, "n": 100}),
    ],
)  # fmt: skip
def test_what_decides_is_shown(text: str, subject: str, witness: dict[str, object]) -> None:
    policy = loads(SIGNALS + text)
    found = {p.subject: p for p in check(policy).proofs}
    assert found[subject].witness == witness
    assert found[subject].why == ""
    if subject.startswith("guard") and "deny" in text:
        assert decide(policy, witness).by == subject


def test_a_finding_about_rules_shows_what_they_read() -> None:
    found = check(loads(SIGNALS + "route x { when not a  to own } route y { when n < 5  to cloud } default { to own }"))
    (conflict,) = [d for d in found.diagnostics if d.code.id == "WRP201"]
    assert conflict.witness == {"a": False, "n": 0}
    found = check(loads(SIGNALS + "route x { when a  to own }"))
    (unrouted,) = [d for d in found.diagnostics if d.code.id == "WRP301"]
    assert unrouted.witness == {"a": False}
    text = 'route x { when not b  to own fallback cloud } guard g { forbid destination.trust == "cloud" when not a }'
    (edge,) = [d for d in check(loads(SIGNALS + text)).diagnostics if d.code.id == "WRP402"]
    assert edge.witness == {"a": False, "b": False}


def test_a_guard_that_another_always_precedes_says_which() -> None:
    text = 'default { to own } guard first { deny "attack" when a } guard second { deny "both" when a and n > 300 }'
    policy = loads(SIGNALS + text)
    found = {p.subject: p for p in check(policy).proofs}
    second = found["guard second"]
    assert second.verdict == "enforced"
    assert second.why == "guard `first` denies this request first"
    assert second.witness is not None
    assert decide(policy, second.witness).by == "guard first"
    assert found["guard first"].why == ""


@pytest.mark.parametrize("resolve", ["[priority]", "[confidence, priority]"])
def test_signals_that_nothing_reads_break_no_axiom(resolve: str) -> None:
    """Two of a group fire where a request says nothing of them, so that such a request is none."""
    policy = loads(f"""
        policy p {{ language 1  resolve {resolve} }}
        signal b: bool {{ source header("x-b") }}
        signal c: bool {{ source header("x-c")  absent true }}
        signal s: score(-1..1) {{ source classifier("s")  above -0.5 }}
        group g exclusive {{ c, s }}
        pool p0 {{}}
        route r0 {{ tier 1  when b  deny "never" }}
        route r1 {{ tier 2  deny "never" }}
        default {{ to p0 }}
    """)
    told = {d.code.id: d for d in check(policy).diagnostics}
    assert set(told) == {"WRP204", "WRP302"}
    for found in told.values():
        if found.witness is not None:
            decide(policy, parse(json.dumps(found.witness)))
