"""Where a random request shows a fault, `check` reports it: nothing is passed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given

from tests.laws import oracle, told
from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.volume import compared, many
from wrpc.analysis.run import check
from wrpc.diagnostics import Findings
from wrpc.policy.model import Policy


@many(2_000, parts=4, floors={"conflict": 600, "fault": 5_500, "clean": 8_000})
@given(dice=dices())
def test_reported(dice: Dice) -> None:
    policy = dice.draw(policies())
    found = check(policy)
    for _ in range(12):
        request = dice.draw(requests(policy))
        try:
            decision = told.outcome(policy, request)
        except oracle.Outside:
            continue
        faults = ["WRP201"] if decision is None else expected(policy, found, request, decision)
        compared("conflict" if decision is None else "fault" if faults else "clean")
        reported = {d.code.id for d in found.diagnostics if d.severity != "warning" or d.code.id != "WRP201"}
        missing = [f for f in faults if f not in reported]
        assert not missing, f"{missing}\n{policy.sources[0].text}"
        if decision is not None:
            absent(policy, found, request, decision)


def expected(
    policy: Policy, found: Findings, request: Mapping[str, object], decision: Mapping[str, object]
) -> list[str]:
    """The codes that this request calls for; those of a guard and a route are looked up here."""
    faults = []
    if decision["action"] == "unrouted":
        faults.append("WRP301")
    taken = told.routes(policy).get(str(decision["route"]))
    if decision["action"] == "deny" and taken is not None and taken.action.kind != "deny":
        assert any(d.code.id == "WRP406" and told.about(d) == taken.name for d in found.diagnostics)
    for route, guard, role, pool in told.removed(policy, decision):
        about = [d for d in found.diagnostics if f"guard {guard}" in d.subjects]
        if role == "primary":  # one note for each pool
            assert any(d.code.id == "WRP407" and f"`{pool}`" in d.message for d in about), policy.sources[0].text
        else:
            assert any(d.code.id == "WRP402" and told.about(d) == route for d in about), policy.sources[0].text
    verdicts = {p.subject: p.verdict for p in found.proofs}
    for name, assertion in policy.assertions.items():
        if told.breaks(policy, assertion, request):
            healthy, verdict = None not in request.values(), verdicts[f"assert {name}"]
            # It hangs on a number that nobody declares; or routes conflict, and one of the others is told.
            told_of = {d.code.id for d in found.diagnostics if f"assert {name}" in d.subjects}
            unsettled = verdict == "open" and not {"WRP401", "WRP403"} & told_of
            if verdict == "open" and not unsettled:
                continue
            faults.append("WRP405" if unsettled else "WRP401" if healthy or verdict == "refuted" else "WRP403")
    for name in policy.guards:
        if told.acts(policy, name, request):
            assert verdicts[f"guard {name}"] == "enforced", policy.sources[0].text
    return [f for f in faults if f != "WRP401" or not critical_only(found)]


def critical_only(found: Findings) -> bool:
    """A critical claim that fails only with a signal is refuted by WRP403."""
    return any(d.code.id == "WRP403" for d in found.diagnostics)


def absent(policy: Policy, found: Findings, request: Mapping[str, object], decision: Mapping[str, object]) -> None:
    """What the request shows to be there is not reported as missing."""
    taken, destinations = decision["route"], decision["destinations"]
    assert isinstance(destinations, list)
    facts = oracle.facts(policy, request)
    for finding in found.diagnostics:
        match finding.code.id:
            case "WRP202":
                assert told.about(finding) != taken, policy.sources[0].text
            case "WRP203":
                assert not oracle.holds(policy.routes[told.about(finding)], facts), policy.sources[0].text
            case "WRP204":
                name = told.about(finding)
                fewer = replace(policy, routes={n: r for n, r in policy.routes.items() if n != name})
                then = told.outcome(fewer, request)
                assert then is not None, policy.sources[0].text
                assert told.done(then) == told.done(decision), f"{name}\n{policy.sources[0].text}"
            case "WRP302" if finding.subjects[0].startswith("pool"):
                assert told.named(finding, "pool") not in {d["pool"] for d in destinations}, policy.sources[0].text
            case _:
                pass
