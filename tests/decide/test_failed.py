"""`failed` and `within`: what they are for one request."""

from __future__ import annotations

import pytest

from tests.decide.test_faults import verdict

SIGNALS = """
signal a: bool { source header("a")  on_error fires }
signal b: bool { source header("b")  on_error silent }
signal s: score { source classifier("s")  threshold 0.5 }
signal c: bool { source keywords("c") }
signal tools: any_of(shell, mail, sql) { source header("tools") }
signal m: bool { source header("m") }
signal n: bool { source header("n") }
group g exclusive { m, n } default n
"""


@pytest.mark.parametrize(
    ("condition", "request_", "expected"),
    [
        ("failed(a)", {}, False),
        ("failed(a)", {"a": None}, True),
        ("failed(b) and not b", {"b": None}, True),
        ("failed(s)", {"s": None}, True),
        ("failed(c)", {"c": True}, False),
        ("failed(s) and not s", {"s": None}, None),
        ("not failed(s) and s", {"s": None}, False),
        ("failed(m)", {"n": True, "m": None}, True),
        ("failed(n)", {"m": True, "n": None}, True),
        ("failed(m)", {"n": None, "m": True}, False),
        ("0.5 * failed(a) + failed(b) == 1.5", {"a": None, "b": None}, True),
        ("0.5 * failed(a) + failed(b) == 0.5", {"a": None}, True),
        ("failed(a) + s > 0", {"s": None}, None),
        ("tools within [shell, mail]", {}, True),
        ("tools within [shell, mail]", {"tools": ["shell"]}, True),
        ("tools within [shell, mail]", {"tools": ["shell", "sql"]}, False),
        ("tools within []", {}, True),
        ("tools within []", {"tools": ["sql"]}, False),
        ("tools not within []", {"tools": ["sql"]}, True),
        ("tools within [shell, mail, sql]", {"tools": ["sql"]}, True),
        ("tools within [shell, mail, sql]", {"tools": None}, None),
        ("tools not within [shell]", {"tools": None}, None),
        ("tools within []", {"tools": None}, None),
    ],
)
def test_truth(condition: str, request_: dict[str, object], expected: bool | None) -> None:
    assert verdict(SIGNALS, condition, **request_) is expected


TABLE = """
signal tenant: string { source header("x") }
table plan of tenant {
  "acme" { tools [shell, mail] }
  "small" { tools [] }
  otherwise { tools [mail] }
}
"""


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"tenant": "acme", "tools": ["shell", "mail"]}, True),
        ({"tenant": "acme", "tools": ["shell", "sql"]}, False),
        ({"tenant": "small"}, True),
        ({"tenant": "small", "tools": ["mail"]}, False),
        ({"tenant": "other", "tools": ["mail"]}, True),
        ({"tenant": None}, None),
        ({"tenant": None, "tools": ["sql"]}, None),
        ({"tenant": "acme", "tools": None}, None),
    ],
)
def test_within_a_column(request_: dict[str, object], expected: bool | None) -> None:
    assert verdict(SIGNALS + TABLE, "tools within plan.tools", **request_) is expected
    assert verdict(SIGNALS + TABLE, "tools not within plan.tools", **request_) is (
        None if expected is None else not expected
    )
