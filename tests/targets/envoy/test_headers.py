"""Values as headers: one spelling each, which the checks accept, and nothing else."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import product

import pytest

from tests.support.compiling import compiled, policy
from wrpc.diagnostics import Findings, finding
from wrpc.targets.codes import UNEMITTABLE
from wrpc.targets.envoy import headers
from wrpc.targets.envoy.reserved import reserved

TEXT = """
policy p { language 1 }
signal on: bool { source has_tools }
signal n: int(-5..1M) { source turns }
signal x: real(-1..1) { source classifier("x") }
signal colour: one_of(red, `deep blue`, none_of_them) { source claim("c") }
signal tools: any_of(shell, `a,b`, `100%`) { source tools }
signal tenant: string { source header("X-Tenant") }
signal wanted: string { source model }
pool one { }
"""
SIGNALS = policy(TEXT).signals


@pytest.mark.parametrize(
    ("signal", "value", "spelled"),
    [
        ("on", True, "true"),
        ("n", Fraction(-5), "-5"),
        ("n", Fraction(1_000_000), "1000000"),
        ("x", Fraction(17, 20), "0.85"),
        ("x", Fraction(-1, 8), "-0.125"),
        ("colour", "deep blue", "deep%20blue"),
        ("tools", frozenset(), "none"),
        ("tools", frozenset(("100%", "shell")), "shell,100%25"),
        ("tools", frozenset(("a,b",)), "a%2Cb"),
        ("tenant", "é, 100%", "é, 100%"),
    ],
)
def test_spellings(signal: str, value: bool | Fraction | str | frozenset[str], spelled: str) -> None:
    found = headers.value(SIGNALS[signal], value)
    assert found == spelled
    over_bytes = found.encode().decode("latin-1")
    assert all(re.fullmatch(p, over_bytes) for p in headers.canonical(SIGNALS[signal]))


@pytest.mark.parametrize(
    ("signal", "value"), [("x", Fraction(1, 3)), ("tenant", " a"), ("tenant", "a\nb"), ("tenant", "\x7f")]
)
def test_what_has_no_spelling(signal: str, value: Fraction | str) -> None:
    with pytest.raises(ValueError, match=r"cannot stand|no decimal"):
        headers.value(SIGNALS[signal], value)


@pytest.mark.parametrize(
    ("signal", "texts"),
    [
        ("on", ["True", "1", "", "truefalse"]),
        ("n", ["+5", "007", "-6", "1000001", "-0", "5.0", ""]),
        ("x", ["1.1", "-1.01", "-0.0", ".5", "1e-3", "0." + "0" * 21]),
        ("colour", ["deep blue", "Red", "red,red", ""]),
        ("tools", ["", "shell,", "none,shell", "shell, shell", "a,b"]),
    ],
)
def test_what_is_no_value(signal: str, texts: list[str]) -> None:
    for text in texts:
        assert not all(re.fullmatch(p, text.encode().decode("latin-1")) for p in headers.canonical(SIGNALS[signal])), (
            text
        )


def test_names() -> None:
    found = policy(TEXT)
    made = headers.names(found, "x-wrpc-", {"on": "X-On"}, found.sources[0].span())
    assert made.headers["on"] == "x-on"
    assert made.headers["colour"] == "x-wrpc-colour"
    assert made.headers["tenant"] == "x-tenant"
    assert made.headers["wanted"] == "x-llm-model"
    assert (sorted(made.given), sorted(made.lifted)) == (["tenant"], ["wanted"])
    assert made.diagnostics == ()


def test_a_header_under_our_prefix_is_no_clients() -> None:
    text = TEXT + 'signal plan: bool { source header("X-WRPC-Plan") }'
    found = policy(text)
    made = headers.names(found, "x-wrpc-", {}, found.sources[0].span())
    assert made.headers["plan"] == "x-wrpc-plan"
    assert "plan" not in made.given


def test_names_that_are_none() -> None:
    found = policy(TEXT)
    made = headers.names(found, "x-wrpc-", {"on": "x on", "who": "x-who"}, found.sources[0].span())
    assert [d.message for d in made.diagnostics] == [
        "`x on` is not a header name, for signal `on`",
        "`headers` names `who`, which is not a signal",
    ]


@pytest.mark.parametrize(
    ("header", "how"),
    [
        *product(("X-Request-Id", "x-forwarded-proto", "X-Envoy-Internal"), ("source", "setting", "prefix")),
        *product(("te", "Host", "Expect"), ("source", "setting")),
    ],
)
def test_what_envoy_makes_or_removes_is_no_signal(header: str, how: str) -> None:
    """At the signal, whatever else is wrong with the policy, and however the header is named."""
    start, _, end = header.lower().rpartition("-")
    source = f'header("{header}")' if how == "source" else 'classifier("x")'
    name = end if how == "prefix" else "s"
    setting = {"setting": f'headers {{ s "{header}" }}', "prefix": f'prefix "{start}-"'}.get(how, "")
    text = f"""policy p {{ language 1 }}
signal {name}: bool {{ source {source}  on_error silent }}
pool a {{ endpoint "127.0.0.1:1" }}
default {{ to a }}
target envoy {{ {setting} }}
"""
    found = compiled(
        text, "envoy", findings=Findings.of([finding(UNEMITTABLE, "of the check", policy(text).pools["a"].span)])
    )
    told = [d for d in found.diagnostics if d.code.id == "WRP804" and f"`{header.lower()}`" in d.message]
    assert [(d.severity, d.span.line, d.subjects) for d in told] == [("error", 2, (f"signal {name}",))]
    assert not found.artifacts


@pytest.mark.parametrize(
    "header", ["x-tenant", "x_tenant", "authorization", "user-agent", "x-forwarded-for", "content-type"]
)
def test_what_a_client_says_is(header: str) -> None:
    assert reserved(header) is None
