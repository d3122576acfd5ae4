"""The region of a finding is true for just the requests that the finding is about, as the interpreter says."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import policies, requests
from tests.laws.test_changes_agree import reread, true_of
from tests.laws.volume import compared, many
from wrpc.analysis import CHECKS
from wrpc.analysis.check import Over
from wrpc.decide import Conflict, Interpreter
from wrpc.decide.request import BadRequest, Request, read
from wrpc.decide.state import State, state
from wrpc.diagnostics import Diagnostic
from wrpc.policy.model import Policy, Route
from wrpc.solver.ask import Asker

TOLD = ("WRP201", "WRP202", "WRP301", "WRP401", "WRP402", "WRP403", "WRP406")


@many(2_000, parts=4, floors={"regions": 1_700, "inside": 3_500, "outside": 4_500, "read": 1_700})
@given(dice=dices())
def test_regions_are_the_requests_of_their_findings(dice: Dice) -> None:
    policy = dice.draw(policies())
    ask = Asker(policy)
    machine = Interpreter(policy)
    for over in overs(policy, ask):
        region = ask.region(over.requests)
        if region is None or over.finding.verdict == "open":
            continue
        compared("regions")
        compared(over.finding.code.id)
        healthy = region.text.endswith("while no signal fails")
        tests = [true_of(policy, region.condition)]
        if region.exact and (again := reread(policy, region.text.removesuffix(", while no signal fails"))) is not None:
            compared("read")
            tests.append(true_of(policy, again))
        for request in drawn(dice, policy):
            if healthy and None in request.values():
                continue
            inside = about(machine, over.finding, request)
            compared("inside" if inside else "outside")
            for holds in tests:
                said = holds(request)
                where = f"{over.finding.code.id} {over.finding.message}\n{region.text}\n{request}"
                assert said is inside or (not region.exact and not said), f"{where}\n{policy.sources[0].text}"


def overs(policy: Policy, ask: Asker) -> Iterator[Over]:
    for module in CHECKS:
        for found in import_module(module).check(policy, ask):
            if isinstance(found, Over):
                of_guard = found.finding.subjects[:1] and found.finding.subjects[0].startswith("guard ")
                if found.finding.code.id in TOLD and not (of_guard and found.finding.code.id == "WRP403"):
                    yield found


def drawn(dice: Dice, policy: Policy) -> Iterator[Request]:
    for _ in range(6):
        try:
            request = read(policy, dice.draw(requests(policy)))
            Interpreter(policy).admit(request)
        except BadRequest:
            continue
        yield request


def about(machine: Interpreter, finding: Diagnostic, request: Request) -> bool:
    """The finding is about a request, by the interpreter and what the code means."""
    policy, code = machine.policy, finding.code.id
    names = [s.partition(" ")[2] or s for s in finding.subjects]
    seen = state(policy, request)
    if code == "WRP202":
        return machine.takes(policy.routes[names[0]], seen)
    if code == "WRP201" and finding.severity == "warning":
        return meeting(machine, [policy.routes[n] for n in names], seen)
    try:
        decision, _ = machine.decision(request)
    except Conflict as conflict:
        return code == "WRP201" and {*names} <= {r.name for r in conflict.routes}
    match code:
        case "WRP301":
            return decision.action == "unrouted"
        case "WRP401" | "WRP403":
            (claim,) = [c for c in policy.assertions[names[0]].claims if c.span == finding.span]
            return machine.violations(claim, seen, decision) is not None
        case "WRP402":
            pool = finding.message.split("`")[3]
            return decision.route == names[1] and (pool, names[0]) in {(r.pool, r.guard) for r in decision.removed}
        case "WRP406":
            route = policy.routes.get(names[1]) or policy.default
            assert route is not None, "a route takes it"
            return decision.route == names[1] and decision.action == "deny" and route.action.kind != "deny"
        case _:
            return False


def meeting(machine: Interpreter, routes: list[Route], seen: State) -> bool:
    """Both hold, and nothing goes before them."""
    if seen.denied_by is not None or any(True for _ in machine.denials(seen)):
        return False
    holding = list(machine.holding(seen))
    rank = machine.policy.rank[routes[0].name]
    return all(r in holding for r in routes) and all(machine.policy.rank[r.name] >= rank for r in holding)
