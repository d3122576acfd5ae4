"""What expressions become in the core."""

from __future__ import annotations

from fractions import Fraction

import pytest

from wrpc.policy.expr import (
    All,
    AnswerConfidence,
    Any,
    Attribute,
    Condition,
    Confidence,
    Constant,
    Cost,
    Fires,
    Has,
    Indicator,
    Interval,
    Linear,
    Named,
    NamedNumber,
    Not,
    OneOf,
    Outcome,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
)
from wrpc.policy.load import from_text
from wrpc.policy.model import Policy

ONE = Fraction(1)

SIGNALS = """
signal tokens: int(0..1M) { source prompt_tokens }
signal turns: int(0..100) { source turns }
signal wait: real(0s..60s) { source header("x-wait") }
signal flag: bool { source has_tools }
signal pii: score { source classifier("pii")  threshold 0.5 }
signal domain: one_of(math, law, code) { source classifier("d") }
signal other: one_of(law, art) { source classifier("d") }
signal same: one_of(math, law, code) { source classifier("e") }
signal tools: any_of(shell, email) { source tools }
signal tenant: string { source header("x-tenant") }
signal home: string { source header("x-home") }
signal math: bool { source stream }
score risk = 0.5 * pii + 0.25 * flag
band level of risk { none below 0.1, low below 0.3, high upto 0.6 }
let sensitive = pii or flag
let total = 2 * tokens
let limit = 8Ki
model m {}
site s {}
pool own { trust "own"  model m  site s  labels { team red } }
pool cloud { trust "cloud" }
"""


def policy(text: str) -> Policy:
    made, findings = from_text(SIGNALS + text)
    assert made is not None, [d.message for d in findings.diagnostics if d.severity == "error"]
    return made


def when(expression: str) -> Condition:
    condition = policy(f"route r {{ when {expression}  to own }}").routes["r"].when
    assert condition is not None
    return condition


def rule(expression: str) -> Condition:
    (made,) = policy(f"guard g {{ forbid {expression} }}").guards["g"].rules
    return made.what  # type: ignore[union-attr]


def claim(expression: str) -> Condition:
    (made,) = policy(f"route r {{ to own }} assert a {{ always {expression} }}").assertions["a"].claims
    return made.what


def raw(name: str, coefficient: int | Fraction = 1) -> Linear:
    return Linear(Fraction(0), ((Fraction(coefficient), Raw(name)),))


def below(bound: int | str) -> Interval:
    return Interval(high=Fraction(bound), high_open=True)


def point(value: int | str) -> Interval:
    return Interval(Fraction(value), Fraction(value))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("flag", Fires("flag")),
        ("pii", Fires("pii")),
        ("true", Constant(True)),
        ("not flag", Not(Fires("flag"))),
        ("flag and pii and not math", All((Fires("flag"), Fires("pii"), Not(Fires("math"))))),
        ("sensitive or flag", Any((Named("sensitive"), Fires("flag")))),
        # Numbers: the constant stands with the ranges, one quantity alone stands bare.
        ("tokens < 8k", Within(raw("tokens"), (below(8000),))),
        ("8k > tokens", Within(raw("tokens"), (below(8000),))),
        ("tokens < limit", Within(raw("tokens"), (below(8192),))),
        ("2 * tokens + 1 <= 7", Within(raw("tokens"), (Interval(high=Fraction(3)),))),
        ("-tokens < -5", Within(raw("tokens"), (Interval(low=Fraction(5), low_open=True),))),
        ("tokens == 5", Within(raw("tokens"), (point(5),))),
        ("tokens != 5", Within(raw("tokens"), (below(5), Interval(low=Fraction(5), low_open=True)))),
        ("tokens in [3, 1, 3]", Within(raw("tokens"), (point(1), point(3)))),
        ("tokens not in [1]", Not(Within(raw("tokens"), (point(1),)))),
        ("wait >= 500ms", Within(raw("wait"), (Interval(low=Fraction(1, 2)),))),
        ("total < 10", Within(Linear(Fraction(0), ((ONE, NamedNumber("total")),)), (below(10),))),
        ("confidence(pii) > 85%", Within(
            Linear(Fraction(0), ((ONE, Confidence("pii")),)), (Interval(low=Fraction(17, 20), low_open=True),)
        )),
        ("pii + flag >= 2", Within(
            Linear(Fraction(0), ((ONE, Indicator(Fires("pii"))), (ONE, Indicator(Fires("flag"))))),
            (Interval(low=Fraction(2)),),
        )),
        ("tokens < turns", Within(
            Linear(Fraction(0), ((ONE, Raw("tokens")), (-ONE, Raw("turns")))), (below(0),)
        )),
        # What cancels is still read.
        ("tokens - tokens < 1", Within(raw("tokens", 0), (below(1),))),
        ("0 * tokens == 0", Within(raw("tokens", 0), (point(0),))),
        ("1 < 2", Constant(True)),
        ("2 * 3 == 5", Constant(False)),
        # Enums, bands and sets.
        ("domain == math", OneOf("domain", frozenset({"math"}))),
        ("math == domain", OneOf("domain", frozenset({"math"}))),
        ("domain != math", OneOf("domain", frozenset({"law", "code"}))),
        ("domain < code", OneOf("domain", frozenset({"math", "law"}))),
        ("law <= domain", OneOf("domain", frozenset({"law", "code"}))),
        ("domain < math", OneOf("domain", frozenset())),
        ("domain in [math, law]", OneOf("domain", frozenset({"math", "law"}))),
        ("domain not in [math, law]", Not(OneOf("domain", frozenset({"math", "law"})))),
        ("shell in tools", Has("tools", "shell")),
        ("shell not in tools", Not(Has("tools", "shell"))),
        # Strings.
        ('tenant == "a"', Text("equals", StringSignal("tenant"), StringLiteral("a"))),
        ('tenant != home', Not(Text("equals", StringSignal("tenant"), StringSignal("home")))),
        ('tenant < "b"', Text("before", StringSignal("tenant"), StringLiteral("b"))),
        ('"b" < tenant', Text("before", StringLiteral("b"), StringSignal("tenant"))),
        ('prefix(tenant, "eu-")', Text("prefix", StringSignal("tenant"), StringLiteral("eu-"))),
        ('"a" < "b"', Constant(True)),
    ],
)  # fmt: skip
def test_condition(expression: str, expected: Condition):
    assert when(expression) == expected


def test_string_order():
    equal = Text("equals", StringSignal("tenant"), StringLiteral("b"))
    before = Text("before", StringSignal("tenant"), StringLiteral("b"))
    after = Text("before", StringLiteral("b"), StringSignal("tenant"))
    assert when('tenant <= "b"') == Any((before, equal))
    assert when('tenant >= "b"') == Any((after, equal))
    assert when('tenant in ["b", "b"]') == Any((equal, equal))


def test_two_enums_over_all_names_of_both():
    made = when("domain == other")
    pairs = [(frozenset({n}), frozenset({n})) for n in ("math", "law", "code", "art")]
    assert made == Any(tuple(All((OneOf("domain", a), OneOf("other", b))) for a, b in pairs))
    assert when("domain != other") == Not(made)


def test_order_of_two_enums_is_unknown_with_either():
    made = when("domain < same")
    assert isinstance(made, Any)
    assert made.parts[-1] == All((OneOf("domain", frozenset({"math", "law", "code"})), OneOf("same", frozenset())))
    assert made.parts[0] == All((OneOf("domain", frozenset()), OneOf("same", frozenset({"math"}))))


def test_bands_are_ranges_of_their_number():
    number = Linear(Fraction(0), ((ONE, NamedNumber("risk")),))
    tenth, three, six = Fraction(1, 10), Fraction(3, 10), Fraction(6, 10)
    assert when("level == low") == Within(number, (Interval(tenth, three, False, True),))
    assert when("level == high") == Within(number, (Interval(three, six),))
    rest = (Interval(None, tenth, False, True), Interval(six, None, True))
    assert when("level == none") == Within(number, rest)
    assert when("level >= low") == Within(number, (Interval(tenth, six),))
    assert when("level in [none, low, high]") == Within(number, (Interval(),))
    assert when("level < none") == Within(number, ())


def test_destinations():
    assert rule('destination.trust != "own"') == Not(Text("equals", Attribute("trust"), StringLiteral("own")))
    assert rule("destination.pool == own") == Text("equals", Attribute("pool"), StringLiteral("own"))
    assert rule('destination.pool == "own"') == Text("equals", Attribute("pool"), StringLiteral("own"))
    assert rule("own != destination.pool") == Not(Text("equals", Attribute("pool"), StringLiteral("own")))
    assert rule("destination.pool == home") == Text("equals", Attribute("pool"), StringSignal("home"))
    assert rule('destination.team == "red"') == Text("equals", Attribute("team"), StringLiteral("red"))
    assert rule('destination.model not in [m, "n"]') == Not(
        Any(
            (
                Text("equals", Attribute("model"), StringLiteral("m")),
                Text("equals", Attribute("model"), StringLiteral("n")),
            )
        )
    )


def test_outcomes():
    assert claim("routed or denied") == Any((Outcome("routed"), Outcome("denied")))
    assert claim("route == r") == Outcome("route", frozenset({"r"}))
    assert claim("default != route") == Not(Outcome("route", frozenset({"default"})))
    assert claim("route in [r, default]") == Outcome("route", frozenset({"r", "default"}))
    cost = Linear(Fraction(0), ((ONE, Cost()),))
    assert claim("cost < 0.02USD") == Within(cost, (below("1/50"),))
    assert claim("cost < 0.02USD/req") == Within(cost, (below("1/50"),))


def test_answers():
    made = policy("route r { cascade own -> cloud escalate when confidence < 0.7 and flag }").routes["r"].action
    answer = Within(Linear(Fraction(0), ((ONE, AnswerConfidence()),)), (below("7/10"),))
    assert made.escalate == All((answer, Fires("flag")))


def test_definitions():
    made = policy("")
    assert made.numbers["risk"] == Linear(
        Fraction(0), ((Fraction(1, 2), Indicator(Fires("pii"))), (Fraction(1, 4), Indicator(Fires("flag"))))
    )
    assert made.conditions["sensitive"] == Any((Fires("pii"), Fires("flag")))
    assert made.numbers["total"] == raw("tokens", 2)
    assert [s.name for s in made.bands["level"].steps] == ["none", "low", "high", "none"]
    assert made.bands["level"].names == ("none", "low", "high")
    assert made.numbers["limit"] == Linear(Fraction(8192))
    assert list(made.definitions) == ["risk", "sensitive", "total", "limit"]


def test_definitions_in_any_order():
    made, _ = from_text(
        "let c = b and l == low\nlet b = a\nband l of s { low below 1, high otherwise }\n"
        "score s = a\nlet a = flag\nsignal flag: bool { source has_tools }"
    )
    assert made is not None
    assert list(made.definitions) == ["c", "b", "s", "a"]


def test_spans_point_at_what_was_written():
    text = SIGNALS + "route r { when flag and tokens < 8k  to own }"
    made, _ = from_text(text)
    assert made is not None
    condition = made.routes["r"].when
    assert isinstance(condition, All)
    assert [p.span.text for p in condition.parts if p.span] == ["flag", "tokens < 8k"]
