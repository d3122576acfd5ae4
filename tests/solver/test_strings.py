"""Strings in proofs: every text that a policy or a request may hold, characters outside the solver's own included."""

from __future__ import annotations

import pytest

from wrpc import check, decide, loads

POOLS = 'signal s: string { source keywords("s") } signal u: string { source keywords("u") } pool p { } pool q { }\n'


def witness(condition: str) -> dict[str, object] | None:
    policy = loads(POOLS + f"route r {{ when {condition}  to q }} default {{ to p }} assert k {{ never route == r }}")
    (proof,) = check(policy).proofs
    assert proof.verdict in ("proved", "refuted")
    if proof.witness is not None:
        assert decide(policy, proof.witness).route == "r"
    return None if proof.witness is None else dict(proof.witness)


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ('s == "a" and s == "b"', False),
        ('s == "a" and prefix(s, "a")', True),
        ('s == "b" and prefix(s, "a")', False),
        ('prefix(s, "ab") and not prefix(s, "a")', False),
        ('prefix(s, "a") and s != "a" and s < "aa"', True),
        ('s > "a" and s < "b" and not prefix(s, "a")', False),
        ('s > "a" and s < "a "', True),
        ('s < ""', False),
        ('prefix(s, "")', True),
        ('prefix("abc", s) and s not in ["", "a", "ab", "abc"]', False),
        ('prefix("abc", s) and s > "a"', True),
        ('s == u and prefix(s, "x") and u < "x"', False),
        ("s < u and u < s", False),
        ("s < u and prefix(s, u)", False),
        ('s < u and prefix(u, s) and s != ""', True),
        ('s < u and s > "a" and u < "a\\u0000\\u0000"', False),
        ('s < u and s > "a" and u < "a\\u0000\\u0000\\u0000"', True),
        ('s <= u and s > "a" and u < "a\\u0000\\u0000"', True),
        ('s != u and s >= "a" and u >= "a" and s < "a\\u0000" and u < "a\\u0000"', False),
        ('s < u and prefix(s, "eu-") and not prefix(u, "eu-") and u < "eu."', False),
        ('s < u and prefix(s, "eu-") and not prefix(u, "eu-") and u < "ev"', True),
        ('u < s and s < ""', False),
        ('prefix("abc", s) and s > u and u > "ab"', True),
        ('prefix("abc", s) and s > u and u > "abc"', False),
        ('s == "\U0010ffff" and prefix(s, "\\\\")', False),
        ('s == "\U0010ffff" and not prefix(s, "\\\\")', True),
        ('s > "\U0010ffff"', True),
        ('s == "\\\\u{41}" and s == "A"', False),
        ('s == "\\\\u{41}"', True),
        ('s == "é\\t\\"" and prefix(s, "é")', True),
        ('s == "\U0001f600" and s > "\uffff"', True),
    ],
)
def test_possible(condition: str, possible: bool) -> None:
    assert (witness(condition) is not None) is possible


def test_what_the_solver_has_no_characters_for_is_never_proved_by_it() -> None:
    condition = 's == u and s == "\U0010ffff" and prefix(s, u)'
    policy = loads(POOLS + f"route r {{ when {condition}  to q }} default {{ to p }} assert k {{ never route == r }}")
    assert decide(policy, {"s": "\U0010ffff", "u": "\U0010ffff"}).route == "r"
    (proof,) = check(policy).proofs
    assert proof.verdict in ("open", "refuted")


SEVERAL = """
signal a: string { source keywords("a") }
signal b: string { source keywords("b") }
signal c: string { source keywords("c") }
signal d: string { source keywords("d") }
pool p { trust "own" }
pool q { trust "eu" }
"""


@pytest.mark.parametrize(
    ("condition", "possible"),
    [
        ('a < b and b < c and c < d and a > "m" and d < "n"', True),
        ("a < b and b < c and c < d and d < a", False),
        ('a < b and b < c and c < d and a > "m" and d < "m\\u0000\\u0000\\u0000\\u0000"', False),
        ('a < b and b < c and a > "m" and c < "m\\u0000\\u0000\\u0000\\u0000"', True),
        ("a == b and b == c and c != a", False),
        ('a == b and b != c and prefix(a, "x") and prefix(c, "x") and c < a and not prefix(c, "xx")', True),
    ],
)
def test_several_on_one_line(condition: str, possible: bool) -> None:
    policy = loads(SEVERAL + f"route r {{ when {condition}  to q }} default {{ to p }} assert k {{ never route == r }}")
    (proof,) = check(policy).proofs
    assert (proof.verdict == "refuted") is possible
    if proof.witness is not None:
        assert decide(policy, proof.witness).route == "r"


def test_orders_do_not_reach_the_theory_of_strings(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds for a few of them."""
    monkeypatch.setattr("z3.String", None)
    text = SEVERAL + "route r { when (a < b or b < c) and not (c < d) and a == d  to q } default { to p }"
    text += ' guard g { forbid destination.trust == b when a < c } assert k { never denied when a < "zz" and b == c }'
    assert "open" not in {p.verdict for p in check(loads(text)).proofs}
