"""Budgets and limits: what a plan leads to once they are used up, and what guards leave of that."""

from __future__ import annotations

import pytest

from tests.decide.deciding import decided, plan
from wrpc.decide import Conflict

SIGNALS = """
signal a: bool { source keywords("a") }
signal tenant: string { source header("x-tenant") }
"""
NO_CLOUD = 'guard no_cloud { forbid destination.trust == "cloud" when a }'
STEPS = 'budget 20k/min per tenant then at 100% tools none, at 120% compress 8k, at 150% cloud, at 300% deny "spent"'


def test_a_pool_behind_a_budget_stands_between_fallbacks_and_spills() -> None:
    text = "pool more { } pool last { } " + SIGNALS
    text += "default { to own  mirror last 5%  spill more above 80%  limit 3/s then cloud  fallback bare }"
    assert plan(text) == [
        ("own", "primary", 1), ("bare", "fallback", None), ("cloud", "over_budget", None), ("more", "spill", None),
        ("last", "mirror", None),
    ]  # fmt: skip


def test_pools_stand_as_written() -> None:
    text = SIGNALS + "default { to own  limit 3/s then at 100% cloud, at 200% bare }"
    assert [p for p, role, _ in plan(text) if role == "over_budget"] == ["cloud", "bare"]
    text = SIGNALS + "default { to own  limit 3/s then bare  budget 100USD/d then cloud }"
    assert [p for p, role, _ in plan(text) if role == "over_budget"] == ["bare", "cloud"]


def test_the_decision_says_what_may_be_used() -> None:
    decision = decided(f"{SIGNALS} default {{ to own  {STEPS}  limit 60/min  budget 1.5USD/h }} {NO_CLOUD}")
    assert decision["budgets"] == [
        {
            "of": "tokens", "amount": 20_000, "seconds": 60, "per": "tenant",
            "then": [{"at": 1, "tools": "none"}, {"at": 1.2, "compress": 8_000}, {"at": 1.5, "pool": "cloud"},
                     {"at": 3, "deny": "spent"}],
        },
        {"of": "requests", "amount": 60, "seconds": 60, "per": None, "then": []},
        {"of": "USD", "amount": 1.5, "seconds": 3600, "per": None, "then": []},
    ]  # fmt: skip
    assert "budgets" not in decided(f"{SIGNALS} default {{ to own }}")


def test_a_step_goes_with_its_pool() -> None:
    decision = decided(f"{SIGNALS} default {{ to own  {STEPS} }} {NO_CLOUD}", a=True)
    assert [d["pool"] for d in decision["destinations"]] == ["own"]
    assert decision["removed"] == [{"pool": "cloud", "by": "guard no_cloud"}]
    assert [sorted(step) for step in decision["budgets"][0]["then"]] == [["at", "tools"], ["at", "compress"],
                                                                        ["at", "deny"]]  # fmt: skip


def test_without_a_step_the_request_is_denied_then() -> None:
    decision = decided(f"{SIGNALS} default {{ to own  limit 60/min then cloud }} {NO_CLOUD}", a=True)
    assert decision["action"] == "route"
    assert decision["budgets"] == [{"of": "requests", "amount": 60, "seconds": 60, "per": None, "then": []}]


def test_what_a_budget_leads_to_takes_nobodys_place() -> None:
    text = f"{SIGNALS} default {{ to cloud  limit 60/min then own }} {NO_CLOUD}"
    decision = decided(text, a=True)
    assert (decision["action"], decision["denied_by"]) == ("deny", "guard no_cloud")
    assert "budgets" not in decision
    promoted = f"{SIGNALS} default {{ to cloud  fallback bare  limit 60/min then own }} {NO_CLOUD}"
    assert plan(promoted, a=True) == [("bare", "primary", 1), ("own", "over_budget", None)]


def test_it_owes_what_a_destination_owes() -> None:
    rule = 'guard g { require audit when destination.trust == "cloud" }'
    decision = decided(f"{SIGNALS} default {{ to own  limit 60/min then cloud }} {rule}")
    assert [d["obligations"] for d in decision["destinations"]] == [[], ["audit"]]
    assert decision["obligations"] == ["audit"]


@pytest.mark.parametrize(("one", "other"), [
    ("limit 60/min", "limit 61/min"),
    ("limit 60/min", "budget 60/min"),
    ("limit 60/min", "limit 60/min per tenant"),
    ("limit 60/min", "limit 60/min then bare"),
    ("limit 60/min then at 120% bare", "limit 60/min then bare"),
    ('limit 60/min then deny "no"', 'limit 60/min then deny "never"'),
    ("limit 60/min", "limit 1/s"),
    ("sticky by tenant", "sticky by a"),
    ("sticky by tenant", "sticky by tenant for 3s"),
    ("cache { ttl 1s }", "cache { ttl 1s  scope tenant }"),
])  # fmt: skip
def test_they_are_part_of_what_a_route_does(one: str, other: str) -> None:
    text = f"{SIGNALS} route r {{ when a  to own  {one} }} "
    with pytest.raises(Conflict):
        decided(text + f"route s {{ when a  to own  {other} }}", a=True)
    assert decided(text + f"route s {{ when a  to own  {one} }}", a=True)["route"] == "r"


def test_stickiness_changes_no_plan() -> None:
    text = SIGNALS + "default { to own, cloud  sticky by tenant for 30min }"
    assert plan(text) == [("own", "primary", 0.5), ("cloud", "primary", 0.5)]
