"""What becomes of every guard and claim, asked once for all the checks that speak of it.

A claim is proved, refuted or open; a guard is proved where no plan ever needs it, else enforced, with a request where
it acts. Each is asked without failures, then with any signals failed, where an unknown `when` counts as true.

A request for which routes conflict has no decision, and nothing is proved over it: a claim that speaks of one is open
until the conflict is resolved, and so is a guard that a plan of one of the routes would need.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict
from wrpc.diagnostics import listing
from wrpc.policy import reading
from wrpc.policy.destination import Destination, anywhere
from wrpc.policy.expr import Outcome, walk
from wrpc.policy.model import Assertion, Claim, Denial, Forbid, Guard, Obligation, Policy
from wrpc.policy.numbers import numeric
from wrpc.solver.ask import Answer
from wrpc.solver.terms import NotDecidable, Term, conj, disj, negate

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.decision import Conditions


@dataclass(frozen=True, slots=True)
class Verdict:
    """`healthy` and `failing`: whether a request breaks the claim, or makes the guard act, in each space. `contested`
    says which conflict keeps it from being proved where none does, `decider` who else denies the request that shows a
    guard first. `hangs`: a claim is open since it hangs on a number that nobody declares. What reads `failed` is asked
    over all requests at once: both are then the same answer."""

    healthy: Answer
    failing: Answer
    contested: str = ""
    decider: str = ""
    hangs: bool = False

    @property
    def answer(self) -> Answer:
        """The first that is not impossible."""
        return self.failing if self.healthy.impossible else self.healthy

    @property
    def only_with_failures(self) -> bool:
        return self.healthy.impossible and not self.failing.impossible


@lru_cache(maxsize=4)
def claims(ask: Asker) -> tuple[tuple[Assertion, Claim, Verdict], ...]:
    return tuple((a, c, _claim(ask, c)) for a in ask.policy.assertions.values() for c in a.claims)


@lru_cache(maxsize=4)
def guards(ask: Asker) -> tuple[tuple[Guard, Verdict], ...]:
    return tuple((g, _guard(ask, g)) for g in ask.policy.guards.values())


def _both(
    ask: Asker, term: Callable[[Room], Term], confirm: Confirm, contested: Callable[[Room], Term], *, at_once: bool
) -> Verdict:
    answers: list[Answer] = []
    conflict = ""
    for room in (ask.healthy, ask.failing):
        if room.failures and (not ask.can_fail or not answers[0].impossible):
            answers.append(answers[0])
            continue
        try:
            answers.append(room.possible(term(room), confirm))
        except NotDecidable as reads:
            answers.append(Answer("open", why=f"it reads {reads}, which is not decided yet"))
        if answers[-1].impossible and not conflict:
            conflict = _conflict(room, contested)
    healthy, failing = answers
    if at_once and healthy.impossible:
        healthy = failing
    return Verdict(healthy, failing, conflict)


def _conflict(room: Room, contested: Callable[[Room], Term]) -> str:
    """What has to be settled first, where a request that routes conflict for is among those that are spoken of."""
    if not _any_conflict(room):
        return ""
    answer = room.possible(contested(room), lambda replay: replay.conflict is not None)
    if answer.impossible:
        return ""
    replay = None if answer.request is None else room.replay(answer.request)
    if replay is None or replay.conflict is None:
        return "whether routes conflict for requests that it speaks of is not settled (WRP201)"
    return f"until routes {listing([r.name for r in replay.conflict.routes[:2]], 'and')} no longer conflict (WRP201)"


@lru_cache(maxsize=4)
def _any_conflict(room: Room) -> bool:
    return not room.settle(room.decision.conflict).impossible


# ── Claims ────────────────────────────────────────────────────────────────


def _claim(ask: Asker, claim: Claim) -> Verdict:
    def confirm(replay: Replay, *, lenient: bool = True) -> bool:
        if replay.decision is None:
            return False
        machine = ask.healthy.interpreter
        return machine.violations(claim, replay.state, replay.decision, lenient=lenient) is not None

    at_once = reading.tells_failures(ask.policy, (claim.what, claim.when))
    found = _both(
        ask,
        lambda room: broken(room, claim, lenient=True),
        confirm,
        lambda room: conflicting(room, claim),
        at_once=at_once,
    )
    if not any(map(numeric, reading.parts(claim))):
        return found
    hanging: dict[str, Answer] = {}
    for name, room in (("healthy", ask.healthy), ("failing", ask.failing)):
        if getattr(found, name).impossible and (not room.failures or ask.can_fail):
            answer = room.possible(broken(room, claim), partial(confirm, lenient=False))
            if not answer.impossible:
                why = "it hangs on a number that a pool does not declare, or that nothing bounds"
                hanging[name] = Answer("open", None, answer.why or why)
    if not hanging:
        return found
    healthy, failing = hanging.get("healthy", found.healthy), hanging.get("failing", found.failing)
    if at_once and healthy.impossible:
        healthy = failing
    return replace(found, healthy=healthy, failing=failing, hangs=True)


def broken(room: Room, claim: Claim, *, lenient: bool = False) -> Term:
    """A request, and where it speaks of one a destination, for which the claim does not hold; where `lenient`, whatever
    a number is that nobody knows."""
    d = room.decision

    def bad(encoding: Conditions) -> Term:
        what = encoding.condition(claim.what, unknown=(claim.kind == "always") if lenient else None)
        when = encoding.condition(claim.when, unknown=False if lenient else None)
        return conj([negate(when.false), negate(what.true if claim.kind == "always" else what.false)])

    if claim.reads_destination:
        by_place = reading.by_place([claim])
        term = disj(d.reached(p, d.takes, bad, by_place=by_place, claim=True) for p in room.policy.pools)
    else:
        term = bad(d.encoding.at(None, d.outcomes))
    return conj([negate(d.conflict), term])


def conflicting(room: Room, claim: Claim) -> Term:
    """A request that the claim speaks of and that routes conflict for. What a claim asks of the decision there is none
    to answer, so that it counts as asked."""
    d = room.decision
    if claim.when is None or any(isinstance(n, Outcome) for n in walk(claim.when)):
        return d.conflict
    places: list[Destination | None] = [None]
    if reading.of_destination(claim.when):
        places = [*anywhere(room.policy, [claim.when])]
    return conj([d.conflict, disj(negate(d.encoding.at(one).condition(claim.when).false) for one in places)])


def within_budgets(policy: Policy, claim: Claim) -> tuple[str, ...]:
    """What a proof of the claim takes for granted beside assumptions: a used-up budget may deny what is served."""
    conditions = [c for c in (claim.what, claim.when) if c is not None]
    told = any(isinstance(n, Outcome) and n.kind in ("served", "denied") for c in conditions for n in walk(c))
    return ("no budget is used up",) if told and any(r.action.budgets for r in policy.answering) else ()


# ── Guards ────────────────────────────────────────────────────────────────


def _guard(ask: Asker, guard: Guard) -> Verdict:
    conditions = [c for r in guard.rules for c in (r.when, r.what if isinstance(r, Forbid) else None)]
    at_once = reading.tells_failures(ask.policy, conditions)
    verdict = _both(
        ask, lambda room: acts(room, guard), _acts(ask, guard), lambda room: might_act(room, guard), at_once=at_once
    )
    answer = verdict.answer
    if answer.request is None or not any(isinstance(r, Denial) for r in guard.rules):
        return verdict
    room = ask.failing if None in answer.request.values() else ask.healthy
    replay = room.replay(answer.request)
    if replay is None or _decides(guard, replay):
        return verdict
    acting = _acts(ask, guard)
    better = room.possible(_undenied(room, guard), lambda r: acting(r) and _decides(guard, r))
    if not better.possible:
        kind, _, name = (replay.decision.by or "" if replay.decision is not None else "").partition(" ")
        return replace(verdict, decider=f"{kind} `{name}` denies this request first")
    both = at_once or not verdict.healthy.impossible
    return replace(verdict, failing=better, healthy=better if both else verdict.healthy)


def _decides(guard: Guard, replay: Replay) -> bool:
    """Nobody else denies the request before any route is asked."""
    d = replay.decision
    return d is not None and (d.route is not None or d.action != "deny" or d.by == f"guard {guard.name}")


def _undenied(room: Room, guard: Guard) -> Term:
    """The guard acts, and none before it denies the request."""
    guards = list(room.policy.guards.values())
    earlier = [r for g in guards[: guards.index(guard)] for r in g.rules if isinstance(r, Denial)]
    return conj([acts(room, guard), *(room.decision.encoding.condition(r.when).false for r in earlier)])


def acts(room: Room, guard: Guard) -> Term:
    """A request that a rule of the guard changes something for."""
    d = room.decision
    terms: list[Term] = []
    if any(isinstance(r, Forbid) for r in guard.rules):
        terms += [
            disj(conj([d.takes(r), d.removes(guard.name, pool, r)]) for r in routes)
            if d.by_place
            else conj([planned(room, pool), d.removes(guard.name, pool, routes[0])])
            for pool, routes in sorted(d.policy.naming.items())
        ]
    for rule in guard.rules:
        if isinstance(rule, Denial):
            serving = disj(d.first(r) for r in d.policy.answering if r.action.kind != "deny")
            terms.append(conj([negate(d.denied_by_faults), serving, negate(d.encoding.condition(rule.when).false)]))
    if any(isinstance(r, Obligation) for r in guard.rules):
        terms.append(conj([d.served, d.obliges(guard.name)]))
        terms += [d.asks(guard.name, p, d.takes) for p in room.policy.pools]
    return conj([negate(d.conflict), disj(terms)])


def might_act(room: Room, guard: Guard) -> Term:
    """A request that routes conflict for, and the plan of one of them that the guard would change. What it denies
    itself is no conflict."""
    d = room.decision
    terms: list[Term] = []
    if any(isinstance(r, Forbid) for r in guard.rules):
        terms += [
            disj(conj([d.might_take(r), d.removes(guard.name, pool, r)]) for r in routes)
            if d.by_place
            else conj([disj(d.might_take(r) for r in routes), d.removes(guard.name, pool, routes[0])])
            for pool, routes in d.policy.naming.items()
        ]
    if any(isinstance(r, Obligation) for r in guard.rules):
        served = disj(conj([d.might_take(r), d.serves(r)]) for r in d.policy.answering)
        terms.append(conj([served, d.obliges(guard.name)]))
        terms += [d.asks(guard.name, p, d.might_take) for p in room.policy.pools]
    return conj([d.conflict, disj(terms)])


def planned(room: Room, pool: str) -> Term:
    """The plan of the route that takes the request names this pool, before any guard."""
    d = room.decision
    return disj(d.takes(r) for r in d.policy.naming.get(pool, ()))


def _acts(ask: Asker, guard: Guard) -> Confirm:
    """The interpreter removes, denies or obliges because of the guard."""

    def confirm(replay: Replay) -> bool:
        machine, decision = ask.healthy.interpreter, replay.decision
        if decision is None:
            return False
        if any(r.guard == guard.name for r in decision.removed) or _obliges(ask, guard, replay, decision):
            return True
        if replay.state.denied_by is not None:
            return False
        if not any(by == f"guard {guard.name}" for by, _ in machine.denials(replay.state)):
            return False
        try:
            route = machine.route(replay.state)
        except Conflict as conflict:  # the guard denies what one of them would have served
            return any(r.action.kind != "deny" for r in conflict.routes)
        return route is not None and route.action.kind != "deny"

    return confirm


def _obliges(ask: Asker, guard: Guard, replay: Replay, decision: Decision) -> bool:
    """The guard itself does: another may owe the same."""
    test = ask.healthy.interpreter.test
    reached = ask.healthy.interpreter.places(decision)
    return any(
        rule.when is None or test(rule.when)(replay.state, place, None) is not False
        for rule in guard.rules
        if isinstance(rule, Obligation)
        for place in reached
    )
