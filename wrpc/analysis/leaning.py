"""What a proof leans on: few rules that keep a claim, or a guard, whatever all the others say.

A rule that is left out may say anything. A route of which nothing is known may take every request that no route before
it surely takes, and send it anywhere, or deny it; a guard that removes may remove anything, one that denies may deny
anything, and either may do nothing. Where the claim still holds, the proof does not need what is left out. Of the rules
that stay none can be left out as well.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from wrpc.analysis.check import subject
from wrpc.analysis.safety.hollow import Ending, endings
from wrpc.analysis.search import minimal
from wrpc.policy.expr import Condition, Constant, Outcome, walk
from wrpc.policy.model import Claim, Denial, Forbid, Guard, Policy, Route, plan
from wrpc.policy.rewrite import settled

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

Broken = Callable[["Room", Collection[str]], "Term"]
SERVING = ("primary", "cascade", "fallback")


def of_claim(ask: Asker, claim: Claim, rooms: Sequence[Room]) -> tuple[str, ...] | None:
    """Subjects, guards first, then routes by precedence; None where all of them together are not seen to suffice."""
    policy = ask.policy

    def broken(room: Room, kept: Collection[str]) -> Term:
        from wrpc.solver.terms import disj

        free = Free(room, kept)
        conditions = [c for c in (claim.what, claim.when) if c is not None]
        return disj(_violations(free, claim, endings(policy, conditions)))

    return _few(rooms, _subjects(policy), broken)


def of_guard(ask: Asker, guard: Guard, rooms: Sequence[Room]) -> tuple[str, ...] | None:
    """Why no plan ever needs a guard that removes destinations."""
    policy = ask.policy

    def broken(room: Room, kept: Collection[str]) -> Term:
        from wrpc.solver.terms import conj, disj

        free = Free(room, kept)
        d = room.decision
        return disj(
            conj([d.removes(guard.name, pool), free.takes(r)])
            for r in policy.answering
            for pool in free.pools(r)
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
        from wrpc.solver.terms import disj, negate

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
        from wrpc.solver.terms import disj

        ranked = self.policy.ranked
        rank = len(ranked) if route is self.policy.default else self.policy.rank[route.name]
        while len(self._before) <= rank:
            held = [self.room.decision.holds(r) for r in ranked[len(self._before) - 1] if self.known(r)]
            self._before.append(disj([self._before[-1], *held]))
        return self._before[rank]

    def takes(self, route: Route) -> Term:
        """The route may take the request."""
        from wrpc.solver.terms import conj, negate

        holds = self.room.decision.holds(route) if self.known(route) and route is not self.policy.default else True
        return conj([negate(self.denied), holds, negate(self.before(route))])

    def untaken(self) -> Term:
        """No route and no default may take it."""
        from wrpc.solver.terms import conj, negate

        if self.policy.default is not None:
            return False
        held = [self.room.decision.holds(r) for r in self.policy.routes.values() if self.known(r)]
        return conj([negate(self.denied), *(negate(h) for h in held)])

    def early(self) -> Term:
        """It may be denied before any route is asked."""
        free = any(isinstance(r, Denial) for g in self.others for r in g.rules)
        unknown = self.room.failures and any(r.on_unknown == "deny" for r in self.policy.routes.values())
        return True if free or unknown else self.denied

    def pools(self, route: Route) -> list[str]:
        """Where it may lead, before guards."""
        if not self.known(route):
            return list(self.policy.pools)
        return list(dict.fromkeys(p.pool for p in plan(route.action)))

    def left(self, pool: str) -> Term:
        from wrpc.solver.terms import conj, negate

        return conj(negate(self.room.decision.removes(g.name, pool)) for g in self.guards)

    def serves(self, route: Route) -> Term:
        from wrpc.solver.terms import disj

        return disj(self.left(p) for p in self._serving(route))

    def denies(self, route: Route) -> Term:
        """The route may end in a denial: its own, or nothing that can serve may be left."""
        from wrpc.solver.terms import conj, negate

        if not self.known(route) or route.action.kind == "deny":
            return True
        if any(isinstance(r, Forbid) for g in self.others for r in g.rules):
            return True
        return conj(negate(self.left(p)) for p in self._serving(route))

    def _serving(self, route: Route) -> list[str]:
        if not self.known(route):
            return list(self.policy.pools)
        return [p.pool for p in plan(route.action) if p.role in SERVING]


def _violations(free: Free, claim: Claim, ends: Sequence[Ending]) -> Iterator[Term]:
    from wrpc.solver.terms import conj, disj

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
                    reached = disj(conj([free.left(p), _bad(free, claim, end, p)]) for p in free.pools(route))
                    yield conj([free.takes(route), reached])
            else:
                ended = free.serves(route) if end.served else free.denies(route)
                yield conj([free.takes(route), ended, _bad(free, claim, end, None)])


def _names(claim: Claim) -> set[str]:
    conditions = [c for c in (claim.what, claim.when) if c is not None]
    return {r for c in conditions for n in walk(c) if isinstance(n, Outcome) for r in n.routes}


def _bad(free: Free, claim: Claim, end: Ending, pool: str | None) -> Term:
    from wrpc.solver.terms import conj, negate

    room = free.room
    encoding = room.decision.encoding.at(room.policy.pools[pool] if pool is not None else None)

    def ended(node: Condition) -> Condition | None:
        return Constant(end.shows(node)) if isinstance(node, Outcome) else None

    what = encoding.condition(settled(claim.what, ended))
    when = encoding.condition(None if claim.when is None else settled(claim.when, ended))
    return conj([negate(when.false), negate(what.true if claim.kind == "always" else what.false)])
