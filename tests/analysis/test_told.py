"""What a finding says beside its witness: its requests as a condition, the fewest rules behind it, what ends it."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wrpc
from tests.laws.volume import compared, many
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy

SIGNALS = """
signal tokens: int(0..100k) { source prompt_tokens }
signal tenant: string { source claim("tenant") }
signal a: bool { source keywords("a") }
signal b: bool { source keywords("b") }
signal c: bool { source keywords("c") }
group one exclusive { a, b }
pool own { trust "own" }
pool cloud { trust "cloud" }
"""


SUMS = """
signal x: real(0..1) { source classifier("x") }
signal y: score { source classifier("y")  threshold 0.5 }
score risk = 0.3 * x + 0.5 * confidence(y)
"""


def found(text: str, code: str) -> Diagnostic:
    (diagnostic,) = [d for d in wrpc.check(wrpc.loads(SIGNALS + text)).diagnostics if d.code.id == code]
    return diagnostic


@pytest.mark.parametrize(
    ("text", "code", "region"),
    [
        ("route r { when tokens > 8k  to own } route s { when a  to cloud } default { to own }", "WRP201",
         "tokens > 8k and a"),
        ("route r { when tokens > 8k  to own } route s { when not a and tokens < 20k  to cloud }", "WRP201",
         "tokens > 8k and tokens < 20k and not a"),
        ('route r { when prefix(tenant, "eu-") or tenant == "x"  to own }', "WRP301",
         '(not prefix(tenant, "eu-") and tenant != "x") or failed(tenant)'),
        ('route r { when tenant in ["t1", "t2"] or a  to own } route s { when not a  to cloud }', "WRP201",
         'tenant in ["t1", "t2"] and not a'),
        (SUMS + "route r { when risk > 0.4  to own } route s { when a  to cloud } default { to own }", "WRP201",
         "risk > 0.4 and a"),
        (SUMS + "route r { when x + 0.5 * confidence(y) <= 0.7  to own } route s { when risk > 0.1  to cloud }",
         "WRP201", "x + 0.5 * confidence(y) <= 0.7 and risk > 0.1"),
        ('default { to own  fallback cloud } guard g { forbid destination.trust == "cloud" when tokens > 9k or c }',
         "WRP402", "c or tokens > 9k"),
    ],
)  # fmt: skip
def test_regions(text: str, code: str, region: str) -> None:
    assert found(text, code).region == region


def test_a_long_region_is_its_widest_part() -> None:
    routes = "".join(
        f"route r{i} {{ when tokens >= {i * 10}k and tokens < {i * 10 + 5 - i % 2}k  to own }}" for i in range(9)
    )
    assert found(routes + "route z { priority -1  when tokens < 0  to own }", "WRP301").region == (
        "tokens >= 5k and tokens < 10k, and 8 more"
    )


def test_a_part_of_requests_without_failures_says_so() -> None:
    """Nothing is found to say of all of them, and of those without failures too much."""
    policy = wrpc.loads("""
        policy p { language 1 }
        signal e0: one_of(red, green) { source header("x-e0") }
        signal e1: one_of(red, blue) { source cookie("e1")  on_error deny }
        signal s2: score(-1..1) { source embedding(["s2"])  above 0.5 }
        signal b3: bool { source claim("b3") }
        signal i4: int(-3..5) { source header("x-i4") }
        band level of i4 { l otherwise }
        pool p0 { }
        pool p1 { }
        route r0 { tier 1  when b3  to p1 }
        route r1 { tier 2  when i4 <= 1 or confidence(s2) > 0.25 or e0 == red  to p0 }
        assert k0 { always destination.trust == "own" }
    """)
    (told,) = [d for d in wrpc.check(policy).diagnostics if d.code.id == "WRP401"]
    assert told.region == "i4 <= 1, and 3 more, while no signal fails"


COVERED = """
route p { priority 2  when tokens < 10k  to own }
route q { priority 2  when tokens >= 10k and tokens < 20k  to own }
route r { priority 1  when tokens >= 5k and tokens < 25k  to own }
route s { priority 0  when tokens >= 8k and tokens < 22k  to own }
default { to own }
"""


def test_the_fewest_routes_that_cover_another() -> None:
    told = found(COVERED, "WRP202")
    assert told.message == "`s` is never reached: earlier routes take every request it matches (`r`)"
    assert [r.label for r in told.related] == ["goes before it"]


@many(40, floors=20)
@given(data=st.data())
def test_no_fewer_would_do(data: st.DataObject) -> None:
    """Of a shadowed route, by every choice of fewer routes."""
    ends = st.integers(0, 9)
    routes = []
    for i in range(data.draw(st.integers(3, 6))):
        low = data.draw(ends)
        high = data.draw(st.integers(low, 9))
        routes.append((i, low, high))
    text = SIGNALS.replace("0..100k", "0..9") + "".join(
        f"route r{i} {{ priority {-i}  when tokens >= {low} and tokens <= {high}  to own }}" for i, low, high in routes
    )
    policy: Policy = wrpc.loads(text + "default { to own }")
    for d in wrpc.check(policy).diagnostics:
        if d.code.id != "WRP202":
            continue
        mine = next(r for r in routes if f"route r{r[0]}" in d.subjects)
        wanted = {*range(mine[1], mine[2] + 1)}
        covers = [{*range(low, high + 1)} for i, low, high in routes if i < mine[0]]
        least = next(n for n in range(1, 6) if any(wanted <= set().union(*c) for c in combinations(covers, n)))
        assert len(d.related) == least, text
        compared()


@pytest.mark.parametrize(
    ("when", "parts"),
    [
        ("tokens > 20k and x > 0.5 and tokens < 10k", ["tokens > 20k", "tokens < 10k"]),
        ("a and tokens > 5 and b", ["a", "b"]),
        ("both and c", ["a", "b"]),
        ("y and x > 0.5 and risk < 0.2", ["y", "risk < 0.2"]),
        ("c and tokens > 200k", ["tokens > 200k"]),
        ("tokens > 200k", []),
    ],
)
def test_the_parts_of_a_condition_that_clash(when: str, parts: list[str]) -> None:
    told = found(
        SUMS + f"let both = a and tokens > 2 and b  route r {{ when {when}  to own }} default {{ to own }}", "WRP203"
    )
    assert [r.span.text for r in told.related if "group" not in r.label and "of which" not in r.label] == parts


CLAIM = 'assert k { never destination.trust == "cloud" when c }'


@pytest.mark.parametrize(
    ("routes", "repair"),
    [
        ("default { to own  fallback cloud on timeout }",
         'drop `cloud` from the default, or add `guard k { forbid destination.trust == "cloud" when c }`'),
        ("default { to cloud }", 'add `guard k { forbid destination.trust == "cloud" when c }`'),
        ("route r { when a  to own, cloud } default { to own }",
         'drop `cloud` from route `r`, or add `guard k { forbid destination.trust == "cloud" when c }`'),
    ],
)  # fmt: skip
def test_what_would_keep_a_claim(routes: str, repair: str) -> None:
    told = found(routes + CLAIM, "WRP401")
    assert told.help == repair
    guard = repair.partition("add `")[2].rstrip("`")
    assert not [
        d for d in wrpc.check(wrpc.loads(SIGNALS + routes + CLAIM + guard)).diagnostics if d.code.id == "WRP401"
    ]
    if repair.startswith("drop"):
        kept = routes.replace("  fallback cloud on timeout", "").replace(", cloud", "")
        assert not wrpc.check(wrpc.loads(SIGNALS + kept + CLAIM)).errors


def test_every_route_that_lets_it_through_is_told() -> None:
    told = found("route r { when a  to cloud } route s { when b  to cloud } default { to own }" + CLAIM, "WRP401")
    assert told.related[0].label == "takes the request"
    assert {r.span.text for r in told.related} == {"r", "s"}
    assert "lets it through, to `cloud`" in told.related[1].label
