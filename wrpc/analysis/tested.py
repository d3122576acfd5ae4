"""The `test` blocks of a policy run by themselves, and what of the policy they try: routes, guards and their branches.

A branch is a part of an `or` in a condition, or the condition where there is none. What is to be tried, a case, is that
a route takes a request for which a branch of its condition holds, that a branch of a guard's rule holds, and that none
of a rule does. What no request can try is no case. Failures are left out: a test says them where they are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import subject
from wrpc.analysis.safety import failing_test
from wrpc.analysis.sampled import written as joined
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, interpreter
from wrpc.decide.request import BadRequest, read
from wrpc.diagnostics import Diagnostic
from wrpc.policy import reading
from wrpc.policy.destination import Destination, anywhere
from wrpc.policy.expr import All, Any, Condition, Named
from wrpc.policy.model import Denial, Policy, Route, Rule, Test
from wrpc.policy.numbers import costly
from wrpc.source import Span

if TYPE_CHECKING:
    from wrpc.decide.state import State
    from wrpc.solver.ask import Asker, Replay, Room
    from wrpc.solver.terms import Term

ANY = "true"  # the condition of what has none


@dataclass(frozen=True, slots=True)
class Ran:
    """A test and what was wrong with it."""

    test: Test
    problem: Diagnostic | None

    @property
    def passed(self) -> bool:
        return self.problem is None


@dataclass(frozen=True, slots=True)
class Missed:
    """A case that no test tries, with a request that would; None where the solver gave up looking for one."""

    condition: str
    request: Mapping[str, object] | None
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """How many cases of a route or guard the tests try, of how many that some request could."""

    subject: str
    span: Span
    hit: int
    of: int
    missed: tuple[Missed, ...]


@dataclass(frozen=True)
class Tested:
    ran: tuple[Ran, ...]
    rules: tuple[Covered, ...]

    @property
    def passed(self) -> bool:
        return all(r.passed for r in self.ran)

    @cached_property
    def hit(self) -> int:
        return sum(r.hit for r in self.rules)

    @cached_property
    def of(self) -> int:
        return sum(r.of for r in self.rules)


def tested(policy: Policy) -> Tested:
    """Every test, and the coverage of all of them, those that fail included: their requests are tried as well."""
    from wrpc.solver.ask import Asker

    problems = {d.span: d for d in failing_test.check(policy) if isinstance(d, Diagnostic)}
    ran = tuple(Ran(test, problems.get(test.span)) for test in policy.tests)
    tried = [*_tried(policy)]
    ask = Asker(policy)
    rules = [_covered(ask, subject(r, policy), r.span, tried, of_route(policy, r)) for r in policy.answering]
    for guard in policy.guards.values():
        cases = [case for rule in guard.rules for case in of_rule(policy, rule)]
        rules.append(_covered(ask, f"guard {guard.name}", guard.span, tried, cases))
    return Tested(ran, tuple(rules))


@dataclass(frozen=True, slots=True)
class Tried:
    state: State
    decision: Decision


def _tried(policy: Policy) -> Iterator[Tried]:
    """What the tests ask, where it is a request of the policy."""
    machine = interpreter(policy)
    for test in policy.tests:
        try:
            values = read(policy, test.given)
            machine.admit(values)
            decision, state = machine.decision(values)
        except (BadRequest, Conflict):
            continue
        yield Tried(state, decision)


# ── Cases ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Case:
    """`holds` says of one request whether it tries the case, `term` of all."""

    condition: str
    holds: Callable[[State, Decision], bool]
    term: Callable[[Room], Term]
    reads: tuple[Condition, ...]


def branches(policy: Policy, condition: Condition) -> list[Condition]:
    """The parts of each `or` that is no part of a `not`, names looked through; none where there is no `or`. What a
    comparison is lowered to is no `or` that somebody wrote."""
    match condition:
        case All() | Any() if not joined(condition):
            return []
        case Any(parts) if len(parts) > 1:
            return [b for part in parts for b in (branches(policy, part) or [part])]
        case All(parts) | Any(parts):
            return [b for part in parts for b in branches(policy, part)]
        case Named(name):
            return branches(policy, policy.conditions[name])
        case _:
            return []


def of_route(policy: Policy, route: Route) -> Iterator[Case]:
    from wrpc.solver.terms import conj, negate

    def taken(part: Condition | None) -> Callable[[Room], Term]:
        def term(room: Room) -> Term:
            d = room.decision
            return conj([negate(d.conflict), d.takes(route), d.encoding.condition(part).true])

        return term

    def shows(part: Condition | None, s: State, d: Decision) -> bool:
        return d.route == route.name and machine.holds(part, s) is True

    machine = interpreter(policy)
    found: list[Condition | None] = []
    if route.when is not None:
        found += branches(policy, route.when)
    for part in found or [route.when]:
        yield Case(
            ANY if part is None else written(part),
            partial(shows, part),
            taken(part),
            () if part is None else (part,),
        )


def of_rule(policy: Policy, rule: Rule) -> Iterator[Case]:
    """Of a condition that reads a destination some pool is enough."""
    from wrpc.solver.terms import conj, disj, negate

    when = rule.when
    if when is None:
        return
    places: Sequence[Destination | None] = [None]
    if reading.of_destination(when):
        places = anywhere(policy, [when])
    machine = interpreter(policy)

    def holds(part: Condition, s: State, _d: Decision) -> bool:
        if isinstance(rule, Denial) and costly(when):
            parts = (replace(rule, when=when), replace(rule, when=part))
            return all(machine.denies(p, s) is True for p in parts)
        return any(machine.test(when)(s, p, None) is True and machine.test(part)(s, p, None) is True for p in places)

    def term(room: Room, part: Condition) -> Term:
        at = [room.decision.encoding.at(p) for p in places]
        return disj(conj([e.condition(when).true, e.condition(part).true]) for e in at)

    def decided(part: Condition, room: Room) -> Term:
        return conj([negate(room.decision.conflict), term(room, part)])

    for part in branches(policy, when) or [when]:
        yield Case(
            written(part),
            partial(holds, part),
            partial(decided, part),
            (part,),
        )
    yield Case(
        f"not ({written(when)})",
        lambda s, d: not holds(when, s, d),
        lambda room: conj([negate(room.decision.conflict), negate(term(room, when))]),
        (when,),
    )


def written(condition: Condition) -> str:
    """As it stands in the file, on one line."""
    return " ".join(condition.span.text.split()) if condition.span is not None else "…"


# ── Coverage ──────────────────────────────────────────────────────────────


def _covered(
    ask: Asker, subject: str, span: Span, tried: Sequence[Tried], cases: Iterator[Case] | list[Case]
) -> Covered:
    hit, missed = 0, list[Missed]()
    for case in cases:
        if any(case.holds(t.state, t.decision) for t in tried):
            hit += 1
        elif (found := _missed(ask, case)) is not None:
            missed.append(found)
    return Covered(subject, span, hit, hit + len(missed), tuple(missed))


def _missed(ask: Asker, case: Case) -> Missed | None:
    """None where no request could try it."""
    from wrpc.solver.witness import witness

    def confirm(replay: Replay) -> bool:
        return replay.decision is not None and case.holds(replay.state, replay.decision)

    answer = ask.healthy.possible(case.term(ask.healthy), confirm)
    if answer.impossible and reading.tells_failures(ask.policy, case.reads):
        answer = ask.failing.possible(case.term(ask.failing), confirm)
    if answer.impossible:
        return None
    if answer.request is None:
        return Missed(case.condition, None)
    replay = ask.healthy.replay(answer.request)
    decision = None if replay is None else replay.decision
    return Missed(case.condition, witness(ask.policy, answer.request, case.reads), decision)
