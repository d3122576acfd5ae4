"""WRP212, WRP303, WRP304 and WRP306 say of small policies what counting all requests says, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.policies import resolved
from tests.laws.small import Request, requests, texts
from tests.laws.test_hollow_agrees_with_counting import simple
from tests.laws.volume import compared, many
from wrpc.analysis.run import check
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, Interpreter
from wrpc.decide.state import State, state
from wrpc.policy import model as m
from wrpc.policy import reading

CODES = ("WRP212", "WRP303", "WRP304", "WRP306")


@many(2_000, parts=3, floors={"policy": 1_700, "WRP212": 90, "WRP303": 400, "WRP304": 1_000, "WRP306": 250})
@given(dice=dices())
def test_counting(dice: Dice) -> None:
    text = dice.draw(texts()).replace('header("x-e', 'claim("e')
    policy = resolved(text)
    whens = [r.when.span.text for r in policy.routes.values() if r.when is not None and r.when.span is not None]
    text += "".join(f"\nworkload w{i} {{ when {when}  rate 1/s }}" for i, when in enumerate(whens))
    if whens and dice.chance(7):
        # Before a route for what a guard speaks of stands one that is for something else.
        first, guarded = dice.one(whens), dice.one([*whens, *(n for n in ("b0", "b1") if f"signal {n}:" in text)])
        text = re.sub(r"resolve \[.*?\]", "", text)
        tier = "tier 0  " if "  tier " in text else ""
        text += "\npool zc { }\npool zo { }\nguard zg { forbid destination.pool == zc when " + guarded + " }"
        text += f"\nroute z1 {{ {tier}priority 50  when {first}  to zc }}"
        text += f"\nroute z2 {{ {tier}priority 40  when {guarded}  to zo }}"
    policy = resolved(text)
    space = requests(policy)
    if space is None:
        return
    try:
        counting = Counting(policy, space)
    except Conflict:
        return  # there is no decision to count
    found = set[tuple[str, str]]()
    for d in check(policy).diagnostics:
        match d.code.id:
            case "WRP212" if simple(policy):
                found.add((d.code.id, f"{d.subjects[2]} {d.message.rpartition('destination ')[2].strip('`')}"))
            case "WRP303":
                found.add((d.code.id, d.subjects[1]))
            case "WRP304":
                found.add((d.code.id, d.subjects[0]))
            case "WRP306":
                found.add((d.code.id, f"{d.subjects[0]} {d.message.rpartition('== ')[2].strip('`')}"))
            case _:
                pass
    expected = set(counting.findings())
    assert found == expected, f"found {found - expected}, expected {expected - found}\n{text}"
    compared("policy")
    for code, _ in expected:
        compared(code)


class Counting:
    def __init__(self, policy: m.Policy, space: list[Request]) -> None:
        self.policy = policy
        self.machine = Interpreter(policy)
        self.states = [state(policy, r) for r in space]
        self.every: list[tuple[Request, Decision, State]] = [(r, *self.machine.decision(r)) for r in space]
        self.all = [each for each in self.every if None not in each[0].values()]

    def seen_by(self, *workloads: m.Workload) -> list[tuple[Request, Decision, State]]:
        """Requests of which a signal failed count where a workload asks for failures."""
        return self.every if reading.tells_failures(self.policy, [w.when for w in workloads]) else self.all

    def both(self, a: m.Workload, b: m.Workload) -> bool:
        holds = self.machine.holds
        return any(holds(a.when, s) and holds(b.when, s) for _, _, s in self.seen_by(a, b))

    def findings(self) -> Iterator[tuple[str, str]]:
        workloads = list(self.policy.workloads.values())
        for i, w in enumerate(workloads):
            if any(self.both(o, w) for o in workloads[:i]):
                yield "WRP303", f"workload {w.name}"
            mine = [d for _, d, s in self.seen_by(w) if self.machine.holds(w.when, s)]
            if self.policy.answering and not any(d.destinations for d in mine):
                yield "WRP304", f"workload {w.name}"
        read = reading.signals(self.policy, reading.conditions(self.policy))
        for signal in self.policy.signals.values():
            claimed = signal.source is not None and signal.source.name == "claim" and signal.name in read
            if not isinstance(signal.type, m.Enum) or not claimed or not self.policy.answering:
                continue
            for name in signal.type.names:
                ends = [d for r, d, _ in self.all if r[signal.name] == name]
                if not any(d.destinations for d in ends) and any(d.removed or d.action == "unrouted" for d in ends):
                    yield "WRP306", f"signal {signal.name} {name}"
        for guard in self.policy.guards.values() if simple(self.policy) else ():
            pools = {p for _, d, s in self.all for p in self.late(guard, d, s)}
            yield from (("WRP212", f"guard {guard.name} {p}") for p in pools)

    def late(self, guard: m.Guard, d: Decision, s: State) -> Iterator[str]:
        """The destinations that the guard takes from a route before one that would keep its own."""
        route = self.policy.routes.get(d.route or "")
        if route is None:
            return
        rank = self.policy.rank
        later = [
            r
            for r in self.protecting(guard)
            if rank[r.name] > rank[route.name] and self.machine.takes(r, s) and not self.gone(r, s)
        ]
        if later:
            primaries = {p.pool for p in m.plan(route.action) if p.role == "primary"}
            yield from (r.pool for r in d.removed if r.guard == guard.name and r.pool in primaries)

    def leaves(self, route: m.Route) -> Callable[[State], bool]:
        """Precedence leaves the request to the route, or to one of its equals."""
        before = [r for c in self.policy.ranked[: self.policy.rank[route.name]] for r in c]
        return lambda s: self.machine.takes(route, s) and not any(self.machine.takes(r, s) for r in before)

    def gone(self, route: m.Route, s: State) -> bool:
        primaries = [p.pool for p in m.plan(route.action) if p.role == "primary"]
        return not {p.pool for p in self.machine.spared(route, s)[1]}.issuperset(primaries)

    def protecting(self, guard: m.Guard) -> list[m.Route]:
        whens = [r.when for r in guard.rules if isinstance(r, m.Forbid)]
        if not whens or any(w is None or reading.of_destination(w) for w in whens):
            return []
        read = reading.signals(self.policy, [w for w in whens if w is not None])
        found = []
        for route in self.policy.routes.values():
            if route.when is None or route.action.kind == "deny":
                continue
            if not read & reading.signals(self.policy, [route.when]) or not any(map(self.leaves(route), self.states)):
                continue
            mine = [s for _, _, s in self.all if self.machine.takes(route, s)]
            if all(any(self.machine.holds(w, s) is not False for w in whens) for s in mine):
                found.append(route)
        return found
