"""Guards and claims over numbers of destinations: what is proved, what hangs on what nobody declares, what is empty."""

from __future__ import annotations

import pytest

from wrpc import check, loads

HEAD = """
signal tokens: int(0..100k) { source prompt_tokens }
signal most: int(0..100k) { source max_tokens }
model m { context 128k  max_output 1k }
pool cheap { model m  price { input 1USD/Mtok  output 2USD/Mtok } }
pool dear { model m  price { input 10USD/Mtok  output 20USD/Mtok } }
pool silent { }
"""


HANGS = {("WRP405", "error", "open"), ("WRP405", "warning", None)}


def codes(text: str) -> list[tuple[str, str, str | None]]:
    found = check(loads(HEAD + text)).diagnostics
    return [(d.code.id, d.severity, d.verdict) for d in found if d.code.id.startswith("WRP4") and d.severity != "info"]


def proofs(text: str) -> dict[str, str]:
    return {p.subject: p.verdict for p in check(loads(HEAD + text)).proofs}


def test_what_a_guard_removes_bounds_the_cost() -> None:
    text = """default { to dear  fallback cheap }
    guard g { forbid destination.cost > 1USD }
    assert most { always cost <= 1USD }
    assert less { always cost <= 0.5USD }
    assert each { always destination.cost <= 1USD }"""
    assert proofs(text) == {
        "guard g": "enforced", "assert most": "proved", "assert less": "refuted", "assert each": "proved",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # It hangs on the price, whatever the request.
        ("default { to silent } assert c { always cost <= 1USD }", HANGS),
        ("default { to silent } assert c { always destination.context >= 8k }", HANGS),
        ("default { to silent } assert c { never destination.context < 8k }", HANGS),
        # A request refutes it without.
        (
            "default { to dear  fallback silent } assert c { always destination.cost <= 1USD }",
            {("WRP401", "error", "refuted"), ("WRP405", "warning", None)},
        ),
        # It does not hang on it.
        (
            "default { to silent } assert c { always destination.context >= 8k or tokens <= 100k }",
            {("WRP405", "warning", None), ("WRP412", "warning", None)},
        ),
        ("default { to silent } guard g { forbid destination.context < 8k }", {
            ("WRP405", "warning", None), ("WRP406", "warning", "refuted"),
        }),
        # What nobody declares may be any number, which breaks this one.
        ("default { to cheap } assert c { always cost >= 0USD }", set()),
        ("default { to cheap } assert c { never cost > 1000USD }", {("WRP405", "warning", None)}),
        ("default { to cheap } guard g { forbid destination.price.input > 50USD/Mtok when tokens > 5 }", set()),
    ],
)  # fmt: skip
def test_told(text: str, expected: set[tuple[str, str, str | None]]) -> None:
    found = set(codes(text))
    if "silent" not in text:
        found -= {("WRP405", "warning", None)}
        expected = expected - {("WRP405", "warning", None)}
    assert found == expected


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("forbid cost > 1USD", "`cost` can only be read in claims and in a guard's `deny`"),
        ('deny "no" when destination.cost > 1USD', "`destination.cost` can only be read in"),
        ("forbid destination.cost > 1", "mixes dimensions"),
        ("forbid destination.context > 1USD", "mixes dimensions"),
        ('forbid destination.context == "8k"', "is compared with"),
        ("forbid destination.price > 1USD", "no attribute or label `price`"),
    ],
)
def test_misplaced(rule: str, said: str) -> None:
    from wrpc.policy.load import from_text

    _, findings = from_text(HEAD + f"default {{ to cheap }} guard g {{ {rule} }}")
    assert any(said in d.message for d in findings.diagnostics), [d.message for d in findings.diagnostics]


def test_cost_in_a_forbid_is_repaired() -> None:
    from wrpc.policy.load import from_text

    _, findings = from_text(HEAD + "default { to cheap } guard g { forbid cost > 1USD }")
    assert [f.text for d in findings.diagnostics for f in d.fixes] == ["destination.cost"]
