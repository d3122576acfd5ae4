"""WRP204 is said only where every decision stays the same, conflicts that the route now hides included."""

from __future__ import annotations

import pytest

from wrpc import check, loads

SIGNALS = """
signal a: bool { source keywords("a") }
signal b: bool { source keywords("b") }
signal s: score { source keywords("s")  threshold 0.5 }
signal t: score { source keywords("t")  threshold 0.5 }
pool p { }
pool q { }
"""
NAMES = "policy n { resolve [priority, name] }\n"


def redundant(text: str) -> list[str]:
    header, _, rest = text.partition("\n") if text.startswith("policy") else ("", "", text)
    policy = loads(header + SIGNALS + rest)
    return [s for d in check(policy).diagnostics if d.code.id == "WRP204" for s in d.subjects]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("route x { when a  to p } default { to p }", ["route x"]),
        ("route x { when a  to q } default { to p }", []),
        # The next that holds decides, whatever comes after it.
        (
            "route x { priority 2  when a  to p } route y { priority 1  when b  to q } default { to p }",
            [],
        ),
        (
            "route x { priority 2  when a and b  to p } route y { priority 1  when b  to p } default { to q }",
            ["route x"],
        ),
        # By its name the next goes first, and does something else; the one after that does the same, too late.
        (
            NAMES + "route x { when a  to p } route y { when a  to q } route z { when a  to p } default { to q }",
            [],
        ),
        (
            NAMES
            + "route x { when a  to p } route y { priority -9 when b  to p } route z { when a  to q } default { to q }",
            [],
        ),
        (
            NAMES + "route x { when a and b  to p } route y { when a  to p } route z { when a  to q } default { to q }",
            ["route x"],
        ),
        # Of two that conflict, neither.
        ("policy n { resolve [confidence] }\nroute x { when a  to p } route y { when a  to q } default { to p }", []),
        # Without `x` two others would conflict.
        (
            (
                "route x { priority 2  when a  to p } route y { priority 1  when a or b  to p }"
                " route z { priority 1  when a and not b  to q } default { to q }"
            ),
            [],
        ),
        # Whoever holds in a tier has a say in whether confidence counts in it.
        (
            (
                "policy n { resolve [priority, confidence, name] }\n"
                "route x { priority 0  when a  to p } route y { priority 1  when s  to p }"
                " route z { priority 1  when t  to q } default { to p }"
            ),
            [],
        ),
        ("route x { when a and not a or b and not b  to p } default { to p }", []),
    ],
)
def test_redundant(text: str, found: list[str]) -> None:
    assert redundant(text) == found
