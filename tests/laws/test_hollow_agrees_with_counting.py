"""WRP210 and WRP410 to WRP413 say of small policies what counting all requests says, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations
from typing import get_args

from hypothesis import given

from tests.laws.dice import Dice, dices
from tests.laws.small import Request, policies, real, requests
from tests.laws.volume import compared, many
from wrpc.analysis.run import check
from wrpc.analysis.safety.fails_open import opened
from wrpc.decide.decision import Decision, Served
from wrpc.decide.interpret import Conflict, Interpreter
from wrpc.decide.state import State, state
from wrpc.policy import expr as x
from wrpc.policy import model as m
from wrpc.policy import reading
from wrpc.policy.destination import Destination
from wrpc.policy.reading import of_place, parts
from wrpc.solver.ask import Asker

CODES = ("WRP210", "WRP410", "WRP411", "WRP412", "WRP413")
SOMEWHERE = (Served("", None, "primary"),)


@many(
    2_000,
    parts=2,  # what is rare is counted in each
    floors={"policy": 1_700, "WRP210": 8, "WRP410": 25, "WRP411": 450, "WRP412": 400, "WRP413": 25},
)
@given(dice=dices())
def test_counting(dice: Dice) -> None:
    """Both ways, and often enough to mean something."""
    policy = dice.draw(policies())
    space = requests(policy)
    if space is None:
        return
    if not any(None not in r.values() for r in space):
        return  # an `assume` that no request meets
    expected = Counter(Counted(policy, space).findings())
    found: Counter[tuple[str, str]] = Counter()
    for d in check(policy).diagnostics:
        assert d.verdict != "open", policy.sources[0].text
        if d.code.id in CODES and (simple(policy) or not d.subjects[0].startswith("route")):
            found[d.code.id, d.subjects[0]] += 1
    assert found == expected, f"found {found - expected}, expected {expected - found}\n{policy.sources[0].text}"
    # The second way to answer says the same.
    whole = {f"guard {g.name}" for g, _ in opened(Asker(policy, index=False)) if not g.accepts_failure}
    assert whole == {s for code, s in expected if code == "WRP410"}, policy.sources[0].text
    compared("policy")
    for code, _ in expected.elements():
        compared(code)


def simple(policy: m.Policy) -> bool:
    """What goes first is known before any request."""
    return set(policy.resolve) <= {"priority"}


class Counted:
    def __init__(self, policy: m.Policy, space: list[Request]) -> None:
        self.policy = policy
        self.machine = Interpreter(policy)
        self.space = [(r, state(policy, r)) for r in space]
        self.healthy = [(r, s) for r, s in self.space if None not in r.values()]

    def findings(self) -> list[tuple[str, str]]:
        found = []
        for route in self.policy.routes.values():
            subject = f"route {route.name}"
            if not simple(self.policy):
                break
            whole = any(self.reached(route, s) for _, s in self.space)
            if route.when is None or reading.tells_failures(self.policy, [route.when]):
                continue
            if whole and not any(self.reached(route, s) for _, s in self.healthy):
                found.append(("WRP210", subject))
        for name, guard in self.policy.guards.items():
            subject = f"guard {name}"
            idle = [not self.meant(self.rule(r)) for r in guard.rules]
            found += [("WRP411", subject)] * sum(idle)
            denials = [i for i, r in zip(idle, guard.rules, strict=True) if isinstance(r, m.Denial)]
            if denials and not all(denials) and not any(self.first(s) == name for _, s in self.space):
                found.append(("WRP413", subject))
            if not guard.accepts_failure and any(self.open(guard, r, s) for r, s in self.space):
                found.append(("WRP410", subject))
        for route in self.policy.routes.values():
            if route.action.kind == "deny" and simple(self.policy):
                reached = [s for _, s in self.space if self.reached(route, s)]
                if reached and not any(self.goes_on(s) for s in reached):
                    found.append(("WRP413", f"route {route.name}"))
        if self.policy.routes or self.policy.default:
            for name, assertion in self.policy.assertions.items():
                found += [("WRP412", f"assert {name}")] * sum(not self.breakable(c) for c in assertion.claims)
        return found

    # ── Precedence, denials ───────────────────────────────────────────────

    def reached(self, route: m.Route, s: State) -> bool:
        rank = self.policy.rank
        holding = [r for r in self.policy.routes.values() if self.machine.takes(r, s)]
        return route in holding and all(rank[r.name] >= rank[route.name] for r in holding)

    def first(self, s: State) -> str | None:
        """The deny guard that decides."""
        if s.denied_by is not None:
            return None
        by = next(self.machine.denials(s), ("", ""))[0]
        return by.removeprefix("guard ") if by.startswith("guard ") else None

    def goes_on(self, s: State) -> bool:
        return s.denied_by is None and not any(True for _ in self.machine.denials(s))

    # ── Each by itself ────────────────────────────────────────────────────

    def pools(self) -> list[m.Pool]:
        """The declared ones, and each with some values that nobody names."""
        found = []
        for pool in self.policy.pools.values():
            attributes = ["name", "trust", "region", "model", "site", "labels"]
            for size in range(len(attributes) + 1):
                for fresh in combinations(attributes, size):
                    changed = {a: None for a in fresh if a not in ("name", "labels")}
                    made = replace(pool, **changed)  # type: ignore[arg-type]
                    made = replace(made, name="\0") if "name" in fresh else made
                    found.append(replace(made, labels={}) if "labels" in fresh else made)
        return found

    def places(self, conditions: Iterable[x.Condition]) -> list[Destination]:
        """These in all roles, with all causes that the generator knows of, where a condition asks for that."""
        if not any(map(of_place, conditions)):
            return [Destination(pool) for pool in self.pools()]
        causes = [frozenset(s) for n in range(4) for s in combinations(("timeout", "overload", "refusal"), n)]
        return [
            Destination(pool, role, some)
            for pool in self.pools()
            for role in get_args(m.Role)
            for some in (causes if role in ("primary", "fallback") else causes[:1])
        ]

    def rule(self, rule: m.Rule) -> list[x.Condition]:
        return [c for c in (getattr(rule, "what", None), rule.when) if c is not None]

    def meant(self, parts: list[x.Condition]) -> bool:
        tests = [self.machine.test(p) for p in parts]
        places = self.places(parts) if any(map(reads, parts)) else [None]
        space = self.space if reading.tells_failures(self.policy, parts) else self.healthy
        return any(all(t(s, place, None) for t in tests) for _, s in space for place in places)

    def breakable(self, claim: m.Claim) -> bool:
        what = self.machine.test(claim.what)
        when = None if claim.when is None else self.machine.test(claim.when)
        places = self.places(parts(claim)) if claim.reads_destination else [None]
        names = [*self.policy.routes, *(["default"] if self.policy.default else [])]
        ends = [Decision(None, "deny"), Decision(None, "unrouted")]
        ends += [d for n in names for d in (Decision(n, "route", destinations=SOMEWHERE), Decision(n, "deny"))]
        good = claim.kind == "always"
        fails = reading.tells_failures(self.policy, [claim.what, claim.when])

        def holds(truth: bool | None) -> bool:
            return truth is True or (fails and truth is None)

        return any(
            (when is None or holds(when(s, place, d))) and what(s, place, d) is not good
            for _, s in (self.space if fails else self.healthy)
            for place in places
            for d in ends
        )

    # ── Failing open ──────────────────────────────────────────────────────

    def open(self, guard: m.Guard, request: Request, s: State) -> bool:
        if None not in request.values():
            return False
        try:
            decision, _ = self.machine.decision(request)
        except Conflict:
            return False
        if decision.action != "route":
            return False
        return any(self.acts(guard, decision, s, state(self.policy, r)) for r in real(self.policy, request))

    def acts(self, guard: m.Guard, decision: Decision, s: State, there: State) -> bool:
        if any(isinstance(r, m.Denial) and self.machine.holds(r.when, there) for r in guard.rules):
            return True
        if any(self.machine.forbids(guard.name, p, there) for _, ps in self.machine.judged(decision) for p in ps):
            return True
        # What is asked more of one, as the interpreter says it of the same destinations.
        alone = Interpreter(replace(self.policy, guards={guard.name: guard}))
        plan = [m.Planned(p.pool, p.role, p.weight) for p in decision.destinations]
        places = self.machine.places(decision)
        mine, theirs = alone.obliged(plan, places, there), self.machine.obliged(plan, places, s)
        own_then = {name for p in mine[1] for name in p.obligations}
        own_now = {p.pool: {*p.obligations} for p in theirs[1]}
        everywhere = {*theirs[0]} - {n for names in own_now.values() for n in names}
        for rule in (r for g in self.policy.guards.values() for r in g.rules):
            if isinstance(rule, m.Obligation) and not rule.per_destination:
                everywhere |= {rule.name} if self.machine.holds(rule.when, s) is not False else set()
        for served in mine[1]:
            asked = {*served.obligations} | ({*mine[0]} - own_then)
            asked |= {
                r.name for r in guard.rules
                if isinstance(r, m.Obligation) and not r.per_destination and self.machine.holds(r.when, there)
            }  # fmt: skip
            if asked - own_now[served.pool] - everywhere:
                return True
        return False


def reads(condition: x.Condition) -> bool:
    return any(
        isinstance(n, x.Caused)
        or (isinstance(n, x.Text) and any(isinstance(t, x.Attribute) for t in (n.left, n.right)))
        for n in x.walk(condition)
    )
