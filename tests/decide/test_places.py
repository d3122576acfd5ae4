"""What rules say of a destination's place in a plan: its role, and the failures that lead to it."""

from __future__ import annotations

import pytest

from tests.decide.deciding import decided, plan

POOLS = ("own", "cloud", "bare")


@pytest.mark.parametrize(
    ("action", "forbid", "expected"),
    [
        ("to own  fallback cloud", "destination.role == fallback", [("own", "primary", 1)]),
        ("to own  fallback cloud", 'destination.role in ["fallback", "mirror"]', [("own", "primary", 1)]),
        ("to own  mirror cloud 5%", "destination.role != primary", [("own", "primary", 1)]),
        ("to own  spill cloud above 80%", "destination.role == spill", [("own", "primary", 1)]),
        ("cascade own -> cloud", "destination.role == cascade", [("own", "primary", 1)]),
        # Judged again as the primary that it becomes; the next one is asked then.
        (
            "to own  fallback cloud, bare",
            'destination.pool == own or (destination.role == primary and destination.trust == "cloud")',
            [("bare", "primary", 1)],
        ),
        (
            "cascade own -> cloud -> bare",
            "destination.pool == own or (destination.role == primary and destination.pool == cloud)",
            [("bare", "primary", 1)],
        ),
        # As a fallback it may stay.
        (
            "to own  fallback cloud",
            "destination.role == primary and destination.pool == cloud",
            [("own", "primary", 1), ("cloud", "fallback", None)],
        ),
        ("to own  fallback cloud, bare on timeout", "refusal in destination.causes", [("own", "primary", 1)]),
        (
            "to own  fallback cloud on timeout  mirror bare 5%",
            "timeout not in destination.causes",
            [("cloud", "primary", 1)],
        ),
        # A promoted fallback keeps its causes.
        (
            "to own  fallback cloud on timeout, overload  fallback bare on overload",
            "destination.pool == own or (destination.role == primary and timeout in destination.causes)",
            [("bare", "primary", 1)],
        ),
        # To `forbid`, a primary has none, also where others stand in for it.
        (
            "to own, cloud  fallback others on timeout",
            "timeout in destination.causes",
            [("own", "primary", 0.5), ("cloud", "primary", 0.5)],
        ),
    ],
)
def test_forbidden(action: str, forbid: str, expected: list[tuple[str, str, object]]) -> None:
    text = f"default {{ {action} }} guard g {{ forbid {forbid} }}"
    on_cause = action.startswith("to own  fallback cloud, bare on timeout")
    if on_cause:  # `on` is of the whole clause
        expected = [*expected, ("cloud", "fallback", None), ("bare", "fallback", None)]
    assert plan(text) == expected


def test_removals_stand_in_plan_order() -> None:
    text = """default { to own  fallback cloud, bare }
    guard a { forbid destination.pool in [own, bare] }
    guard b { forbid destination.role == primary and destination.pool == cloud }"""
    found = decided(text)
    assert found["removed"] == [
        {"pool": "own", "by": "guard a"}, {"pool": "cloud", "by": "guard b"}, {"pool": "bare", "by": "guard a"},
    ]  # fmt: skip
    assert found["action"] == "deny"


@pytest.mark.parametrize(
    ("action", "when", "owing"),
    [
        ("to own  fallback cloud", "destination.role == fallback", ["cloud"]),
        ("to own  fallback cloud", "destination.role == primary", ["own"]),
        ("to bare  fallback cloud, own", "destination.role == primary", ["cloud"]),
        ("to bare  fallback cloud, own", "destination.role == fallback", ["own"]),
        ("to own, cloud  fallback others on timeout", "timeout in destination.causes", ["own", "cloud"]),
        ("to own, cloud  fallback others", "refusal in destination.causes", ["own", "cloud"]),
        ("to own, bare  fallback others on timeout", "timeout in destination.causes", []),
        ("to bare  fallback cloud on timeout", "timeout in destination.causes", ["cloud"]),
        ("cascade bare -> own -> cloud", "destination.role == cascade", ["cloud"]),
    ],
)
def test_asked_of_what_it_is_in_the_decision(action: str, when: str, owing: list[str]) -> None:
    text = f"""default {{ {action} }} guard g {{ forbid destination.pool == bare }}
    guard r {{ require audit when {when} }}"""
    found = decided(text)["destinations"]
    assert [d["pool"] for d in found if d["obligations"]] == owing
