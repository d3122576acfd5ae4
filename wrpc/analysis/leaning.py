"""What a proof leans on: few rules that keep a claim, or a guard, whatever all the others say.

A rule that is left out may say anything. A route of which nothing is known may take every request that no route before
it surely takes, and send it anywhere, or deny it; a guard that removes may remove anything, one that denies may deny
anything, and either may do nothing. Where the claim still holds, the proof does not need what is left out. Of the rules
that stay none can be left out as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from wrpc.analysis.check import subject
from wrpc.analysis.safety.hollow import Ending, endings
from wrpc.analysis.search import minimal
from wrpc.policy import reading
from wrpc.policy.destination import Destination, anywhere, written
from wrpc.policy.expr import Condition, Constant, Cost, Linear, Outcome, Provided, Within, walk
from wrpc.policy.intervals import intersected, point
from wrpc.policy.model import Claim, Denial, Forbid, Guard, Policy, Route
from wrpc.policy.numbers import costly
from wrpc.policy.rewrite import settled
from wrpc.solver.terms import conj, disj, negate

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

Broken = Callable[["Room", Collection[str]], "Term"]
SERVING = ("primary", "cascade", "fallback")


def of_claim(ask: Asker, claim: Claim, rooms: Sequence[Room]) -> tuple[str, ...] | None:
    """Subjects, guards first, then routes by precedence; None where all of them together are not seen to suffice."""
    policy = ask.policy
    if any(map(costly, reading.parts(claim))):
        each = _of_each(claim)
        if each is None:
            return None  # what is dearest is a matter of all that a plan has
        claim = each

    def broken(room: Room, kept: Collection[str]) -> Term:
        free = Free(room, kept)
        conditions = [c for c in (claim.what, claim.when) if c is not None]
        return disj(_violations(free, claim, endings(policy, conditions)))

    return _few(rooms, _subjects(policy), broken)


def _of_each(claim: Claim) -> Claim | None:
    """A bound on the greatest cost as one on that of each destination, where it holds of 0 as well, which the cost is
    where there is none. None for claims of another form."""
    match claim.what:
        case Within(Linear(constant, ((factor, Cost()),)) as number, (within,)) if factor > 0:
            bound = within.low is None if claim.kind == "always" else within.high is None
            nothing = bool(intersected((point(constant),), (within,))) == (claim.kind == "always")
            if not bound or not nothing or claim.reads_destination or costly(claim.when):
                return None
            each = Linear(constant, ((factor, Provided("cost")),), span=number.span)
            return replace(claim, what=Within(each, (within,)), reads_destination=True, reads_cost=False)
        case _:
            return None


def of_guard(ask: Asker, guard: Guard, rooms: Sequence[Room]) -> tuple[str, ...] | None:
    """Why no plan ever needs a guard that removes destinations."""
    policy = ask.policy

    def broken(room: Room, kept: Collection[str]) -> Term:
        free = Free(room, kept)
        d = room.decision
        return disj(
            conj([d.forbids(guard.name, place), free.takes(r)])
            for r in policy.answering
            for place, _ in free.places(r, [c for rule in guard.rules for c in reading.parts(rule)])
            if any(isinstance(rule, Forbid) for rule in guard.rules)
        )

    return _few(rooms, [s for s in _subjects(policy) if s != f"guard {guard.name}"], broken)


def _subjects(policy: Policy) -> list[str]:
    """What is kept first where either of two would do: guards, sealed ones before others."""
    sealed = sorted(policy.guards.values(), key=lambda g: not g.sealed)
    routes = [subject(r, policy) for c in policy.ranked for r in c]
    return [*(f"guard {g.name}" for g in sealed), *routes, *(["default"] if policy.default is not None else [])]


def _few(rooms: Sequence[Room], subjects: list[str], broken: Broken) -> tuple[str, ...] | None:
    def enough(kept: Sequence[str]) -> bool:
        return all(room.settle(broken(room, frozenset(kept))).impossible for room in rooms)

    if not enough(subjects):
        return None
    kept = minimal([], subjects, enough, changed=False)
    return tuple(s for s in subjects if s in kept)


class Free:
    """What may happen where only some rules are known."""

    def __init__(self, room: Room, kept: Collection[str]) -> None:
        self.room = room
        self.policy = room.policy
        self.kept = kept
        self.guards = [g for n, g in self.policy.guards.items() if f"guard {n}" in kept]
        self.others = [g for n, g in self.policy.guards.items() if f"guard {n}" not in kept]
        d = room.decision
        denials = [r for g in self.guards for r in g.rules if isinstance(r, Denial)]
        self.denied = disj([d.denied_by_faults, *(negate(d.encoding.condition(r.when).false) for r in denials)])
        self._before: list[Term] = [False]

    def known(self, route: Route) -> bool:
        return subject(route, self.policy) in self.kept

    def before(self, route: Route) -> Term:
        """A route that is known goes before this one and holds."""
        ranked = self.policy.ranked
        rank = len(ranked) if route is self.policy.default else self.policy.rank[route.name]
        while len(self._before) <= rank:
            held = [self.room.decision.holds(r) for r in ranked[len(self._before) - 1] if self.known(r)]
            self._before.append(disj([self._before[-1], *held]))
        return self._before[rank]

    def takes(self, route: Route) -> Term:
        """The route may take the request."""
        holds = self.room.decision.holds(route) if self.known(route) and route is not self.policy.default else True
        return conj([negate(self.denied), holds, negate(self.before(route))])

    def untaken(self) -> Term:
        """No route and no default may take it."""
        if self.policy.default is not None:
            return False
        held = [self.room.decision.holds(r) for r in self.policy.routes.values() if self.known(r)]
        return conj([negate(self.denied), *(negate(h) for h in held)])

    def early(self) -> Term:
        """It may be denied before any route is asked."""
        free = any(isinstance(r, Denial) for g in self.others for r in g.rules)
        unknown = self.room.failures and any(r.on_unknown == "deny" for r in self.policy.routes.values())
        return True if free or unknown else self.denied

    def places(self, route: Route, read: Sequence[Condition]) -> list[tuple[Destination, Term]]:
        """Where it may lead and in which roles, as far as the conditions and the guards tell these apart, each with
        when guards leave it there. Anything may be gone that stands before a fallback, or a step."""
        forbidding = [c for g in self.policy.guards.values() for r in g.rules for c in reading.parts(r)]
        if not self.known(route):
            return [(place, self.left(place)) for place in anywhere(self.policy, [*read, *forbidding])]
        found: list[tuple[Destination, Term]] = []
        for place in written(self.policy, route.action):
            found.append((place, self.left(place)))
            if place.role in ("cascade", "fallback"):
                found.append((place.risen, conj([self.left(place), self.left(place.risen)])))
            elif place.role == "primary" and route.action.others is not None:
                beside = Destination(place.pool, "primary", frozenset(route.action.others) or None)
                found.append((beside, self.left(place)))
        if not reading.by_place(r for g in self.policy.guards.values() for r in g.rules) and not any(
            map(reading.of_place, read)
        ):
            return list({place.name: (place, left) for place, left in reversed(found)}.values())[::-1]
        return found

    def left(self, place: Destination) -> Term:
        return conj(negate(self.room.decision.forbids(g.name, place)) for g in self.guards)

    def serves(self, route: Route) -> Term:
        return disj(left for place, left in self.places(route, ()) if not self.known(route) or place.role in SERVING)

    def denies(self, route: Route) -> Term:
        """The route may end in a denial: its own, or nothing that can serve may be left."""
        if not self.known(route) or route.action.kind == "deny":
            return True
        if any(isinstance(r, Forbid) for g in self.others for r in g.rules):
            return True
        # Of a fallback that would be the primary it is enough that guards forbid that.
        by_pool: dict[str, list[Term]] = {}
        for place, left in self.places(route, ()):
            if place.role in SERVING:
                by_pool.setdefault(place.name, []).append(left)
        return conj(disj(negate(left) for left in lefts) for lefts in by_pool.values())


def _violations(free: Free, claim: Claim, ends: Sequence[Ending]) -> Iterator[Term]:
    policy = free.policy
    named = {e.route for e in ends}
    known = {("default" if r is policy.default else r.name): r for r in policy.answering}
    others = [r for name, r in known.items() if name not in named]
    for end in ends:
        if end.route is None:
            if not claim.reads_destination:
                yield conj([free.early() if end.denied else free.untaken(), _bad(free, claim, end, None)])
            continue
        # One that the claim does not name stands for all of these.
        routes = [known[end.route]]
        if end.route not in _names(claim):
            routes += others
        for route in routes:
            if claim.reads_destination:
                if end.served:
                    places = free.places(route, reading.parts(claim))
                    reached = disj(conj([left, _bad(free, claim, end, place)]) for place, left in places)
                    yield conj([free.takes(route), reached])
            else:
                ended = free.serves(route) if end.served else free.denies(route)
                yield conj([free.takes(route), ended, _bad(free, claim, end, None)])


def _names(claim: Claim) -> set[str]:
    conditions = [c for c in (claim.what, claim.when) if c is not None]
    return {r for c in conditions for n in walk(c) if isinstance(n, Outcome) for r in n.routes}


def _bad(free: Free, claim: Claim, end: Ending, place: Destination | None) -> Term:
    encoding = free.room.decision.encoding.at(place)

    def ended(node: Condition) -> Condition | None:
        return Constant(end.shows(node)) if isinstance(node, Outcome) else None

    what = encoding.condition(settled(claim.what, ended))
    when = encoding.condition(None if claim.when is None else settled(claim.when, ended))
    return conj([negate(when.false), negate(what.true if claim.kind == "always" else what.false)])
