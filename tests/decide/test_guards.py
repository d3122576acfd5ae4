"""Steps 4 and 5: plans, and what guards take from them and add to them."""

from __future__ import annotations

import pytest

from tests.decide.deciding import decided, plan
from wrpc.decide import Conflict

BOOLS = "".join(f'signal {n}: bool {{ source header("{n}") }} ' for n in "ab")
TENANT = 'signal tenant: string { source header("tenant") } '
NO_CLOUD = " guard g { forbid destination.pool == cloud when a } "
NO_OWN = " guard h { forbid destination.pool == own when b } "


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("to own", [("own", "primary", 1)]),
        ("to own, cloud", [("own", "primary", 0.5), ("cloud", "primary", 0.5)]),
        ("to cloud weight 90, own weight 10", [("cloud", "primary", 0.9), ("own", "primary", 0.1)]),
        ("to own weight 0, cloud weight 0", [("own", "primary", 0.5), ("cloud", "primary", 0.5)]),
        ("to own weight 0, cloud weight 7", [("own", "primary", 0), ("cloud", "primary", 1)]),
        ("to any", [("own", "primary", None), ("cloud", "primary", None), ("bare", "primary", None)]),
        ("to own, cloud  select latency", [("own", "primary", None), ("cloud", "primary", None)]),
        (
            "cascade own -> cloud -> bare",
            [("own", "primary", 1), ("cloud", "cascade", None), ("bare", "cascade", None)],
        ),
        (
            "to own  mirror bare 5%  fallback cloud on timeout",
            [("own", "primary", 1), ("cloud", "fallback", None), ("bare", "mirror", None)],
        ),
        (
            "to own  mirror bare 5%  spill cloud above 80%",
            [("own", "primary", 1), ("cloud", "spill", None), ("bare", "mirror", None)],
        ),
    ],
)
def test_plans(action: str, expected: list[tuple[str, str, object]]) -> None:
    assert plan(f"default {{ {action} }}") == expected


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("to own, cloud, bare", [("own", "primary", 0.5), ("bare", "primary", 0.5)]),
        ("to cloud weight 50, own weight 30, bare weight 10", [("own", "primary", 0.75), ("bare", "primary", 0.25)]),
        ("to cloud weight 50, own weight 0, bare weight 0", [("own", "primary", 0.5), ("bare", "primary", 0.5)]),
        ("cascade own -> cloud -> bare", [("own", "primary", 1), ("bare", "cascade", None)]),
        ("cascade cloud -> own -> bare", [("own", "primary", 1), ("bare", "cascade", None)]),
        ("to own  fallback cloud, bare", [("own", "primary", 1), ("bare", "fallback", None)]),
        # Edges out of a removed primary stay; the first fallback that is left takes its place.
        ("to cloud  fallback own, bare", [("own", "primary", 1), ("bare", "fallback", None)]),
        ("to cloud  select latency  fallback own", [("own", "primary", 1)]),
        ("to cloud  fallback own  spill bare above 80%", [("own", "primary", 1), ("bare", "spill", None)]),
        ("to any", [("own", "primary", None), ("bare", "primary", None)]),
        ("to own  mirror cloud 5%", [("own", "primary", 1)]),
        ("to own  spill cloud above 80%", [("own", "primary", 1)]),
        # A spill or a mirror never takes the place of what served.
        ("to cloud  spill own above 80%", []),
        ("to cloud  mirror own 5%", []),
    ],
)
def test_a_forbidden_destination_leaves_the_whole_plan(action: str, expected: list[tuple[str, str, object]]) -> None:
    text = BOOLS + f"default {{ {action} }}" + NO_CLOUD
    assert plan(text, a=True) == expected
    assert plan(text, a=None) == expected
    assert ("cloud" in {p for p, _, _ in plan(text)}) is True


def test_nothing_left_is_a_denial_that_keeps_its_route() -> None:
    text = BOOLS + "route r { when a  to cloud  fallback own } default { to bare } guard k { require audit }"
    found = decided(text + NO_CLOUD + NO_OWN, a=True, b=True)
    assert (found["route"], found["action"], found["destinations"], found["obligations"]) == ("r", "deny", [], [])
    assert found["reason"]
    assert found["removed"] == [{"pool": "cloud", "by": "guard g"}, {"pool": "own", "by": "guard h"}]


def test_each_pair_of_pool_and_guard_once_in_plan_order() -> None:
    text = BOOLS + "default { to bare  fallback cloud, own }" + NO_CLOUD + NO_OWN
    also = ' guard i { forbid destination.region != "eu" when a  forbid destination.trust == "cloud" when a } '
    found = decided(text + also, a=True, b=True)
    pairs = [(r["pool"], r["by"]) for r in found["removed"]]
    assert pairs == [("bare", "guard i"), ("cloud", "guard g"), ("cloud", "guard i"), ("own", "guard h")]


@pytest.mark.parametrize(
    ("forbidden", "left"),
    [
        ('destination.trust == "own"', ["cloud", "bare"]),
        # What a pool does not declare equals nothing, differs from everything and is in no list.
        ('destination.trust != "own"', ["own"]),
        ('destination.trust not in ["own", "cloud"]', ["own", "cloud"]),
        ('destination.trust in ["own", "cloud"]', ["bare"]),
        ('not (destination.trust == "own")', ["own"]),
        ("destination.pool in [own, bare]", ["cloud"]),
        ('destination.pool == "own"', ["cloud", "bare"]),
        ("destination.model == m", ["cloud", "bare"]),
        ('destination.team == "red"', ["cloud", "bare"]),
        ('prefix(destination.trust, "o")', ["cloud", "bare"]),
        ('prefix(destination.region, "")', ["bare"]),
        ('destination.region < "f"', ["cloud", "bare"]),
        ("destination.region == tenant", ["own", "cloud", "bare"]),
    ],
)
def test_attributes(forbidden: str, left: list[str]) -> None:
    text = TENANT + f"default {{ to any }} guard g {{ forbid {forbidden} }}"
    assert [p for p, _, _ in plan(text)] == left


def test_unknown_forbids() -> None:
    text = TENANT + "default { to any } guard g { forbid destination.region == tenant }"
    assert plan(text, tenant=None) == []
    assert [p for p, _, _ in plan(text, tenant="eu")] == ["cloud", "bare"]


def test_obligations() -> None:
    text = (
        BOOLS + 'default { to own  fallback cloud } guard g { require redact("pii") when destination.trust == "cloud" '
    )
    text += 'require strip("a", "b") when a  require audit }'
    found = decided(text)
    assert found["obligations"] == ["audit", "redact:pii"]
    assert [d["obligations"] for d in found["destinations"]] == [[], ["redact:pii"]]
    assert decided(text, a=None)["obligations"] == ["audit", "redact:pii", "strip:a,b"]


def test_an_obligation_of_a_removed_destination_is_none() -> None:
    text = (
        BOOLS
        + 'default { to own  fallback cloud } guard k { require log when destination.trust == "cloud" }'
        + NO_CLOUD
    )
    assert decided(text, a=True)["obligations"] == []
    assert decided(text)["obligations"] == ["log"]


def test_a_denial_has_none() -> None:
    assert decided('default { deny "no" } guard g { require audit }')["obligations"] == []


@pytest.mark.parametrize(
    ("action", "request_", "expected"),
    [
        ("to own, cloud, bare  fallback others on timeout, connection", {}, ["connection", "timeout"]),
        ("to own, cloud, bare  fallback others", {}, ["any"]),
        ("to own weight 1, cloud weight 0  fallback others", {}, ["any"]),
        ("to own, cloud  select latency  fallback others", {}, ["any"]),
        ("to own, cloud, bare  fallback others", {"a": True}, ["any"]),
        ("to own, cloud  fallback others  fallback bare", {"a": True}, None),
        ("to own, cloud  fallback bare", {}, None),
    ],
)
def test_others_stand_in_where_two_are_left(
    action: str, request_: dict[str, object], expected: list[str] | None
) -> None:
    decision = decided(f"{BOOLS} default {{ {action} }} {NO_CLOUD}", **request_)
    assert decision.get("others") == expected
    assert ("others" in decision) is (expected is not None)
    assert {d["role"] for d in decision["destinations"]} <= {"primary", "fallback"}


def test_others_are_part_of_what_a_route_does() -> None:
    text = "{} "
    text += "route r {{ when a  to own, cloud  fallback others{} }} "
    text += "route s {{ when a  to cloud, own  fallback others{} }}"
    with pytest.raises(Conflict):
        decided(text.format(BOOLS, "", " on timeout"), a=True)
    assert decided(text.format(BOOLS, " on timeout, overload", " on overload, timeout"), a=True)["route"] == "r"
