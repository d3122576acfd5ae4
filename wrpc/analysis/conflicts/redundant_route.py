"""A route whose removal changes no decision.

Without it, its requests would go to the same place with the same settings. It does no harm now, but it misleads:
someone who changes the other route may believe that this one still applies.

Bad:

    signal code: bool { source keywords("def") }
    pool small { }
    route code { when code  to small }
    #     ^^^^ WRP204
    default { to small }

Good:

    signal code: bool { source keywords("def") }
    pool small { }
    pool large { }
    route code { when code  to large }
    default { to small }

To repair, remove it, or make it do what it was meant for.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.conflicts.reach import reach
from wrpc.analysis.safety.late_denial import late_routes
from wrpc.analysis.search import Seen, Unseen
from wrpc.decide.state import state
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Line, Room
    from wrpc.solver.terms import Term

NEXT = 32  # classes behind a route's that are looked at before all are

CODE = Code("WRP204", "redundant-route", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    found = reach(ask)
    told = {r.name for r in late_routes(ask)}
    next_ = _Next(policy)
    suspects = [r for r in _suspects(policy) if r.name not in told and found[r.name].left.possible]
    for room in ask.rooms:
        seen = _Elsewhere(room)
        suspects = [r for r in suspects if not seen.differs(r)]
    suspects = [r for r in suspects if not next_.differs(ask, found[r.name].left, r)]
    for room in ask.rooms:
        if suspects:
            suspects = _unchanged(room, suspects)
    for route in suspects:
        yield finding(
            CODE,
            f"without route `{route.name}` every decision is the same",
            route.span,
            subjects=(f"route {route.name}",),
            help="remove it, or make it do what it was meant for",
        )


def _suspects(policy: Policy) -> list[Route]:
    """Routes that do what something else does too: without any other its removal surely changes what it takes.

    Where a measurement ranks a class, every route that holds in its tier has a say in whether it counts, and what comes
    next is not known; `on_unknown deny` ends requests by itself.
    """
    does = _deeds(policy)
    times = Counter(does.values())
    measured: set[int] = set()
    if policy.measured:
        measured = {r.tier or 0 for c in policy.ranked if len(c) > 1 for r in c}
    return [
        r
        for r in policy.routes.values()
        if times[does[r.name]] > 1 and r.on_unknown != "deny" and (r.tier or 0) not in measured
    ]


def _classes(policy: Policy) -> Sequence[Sequence[Route]]:
    """As `Policy.ranked`, each route alone where names leave no two equal: what follows one is then the next."""
    if "name" not in policy.resolve or policy.measured:
        return policy.ranked
    keys = policy.resolve[: policy.resolve.index("name")]

    def order(route: Route) -> tuple[int, str]:
        return -route.priority if "priority" in keys else 0, route.name

    return [(route,) for group in policy.ranked for route in sorted(group, key=order)]


def _deeds(policy: Policy) -> dict[str, str]:
    """What each route does, and the default. Labels count: somebody reads them, an importer's settings among them."""
    deeds = policy.deeds
    return {r.name: f"{deeds[r.name]} {sorted(r.labels.items(), key=repr)!r}" for r in policy.answering}


def _unchanged(room: Room, suspects: Sequence[Route]) -> list[Route]:
    """Those of the suspects for which no request of the room would go elsewhere without them."""
    from wrpc.solver.terms import conj, negate

    names = {r.name for r in suspects}
    line = room.line()
    next_ = _Next(room.policy, line)
    found: list[Route] = []
    for group in next_.classes:
        for route in group:
            if route.name not in names:
                continue
            # Unless one of its equals that does the same takes the request as well.
            alike = [negate(line.holds(r)) for r in group if r is not route and next_.same(r, route)]
            taken = conj([line.holds(route), *alike])
            if all(line.settle(conj([taken, term])).impossible for term in next_.elsewhere(route)):
                found.append(route)
        for route in group:
            line.exclude(line.holds(route))
    return found


class _Elsewhere(Seen):
    """Whether a sample goes elsewhere without a route. Of each of those that the route takes it is asked what comes
    next, class by class."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._classes = _classes(room.policy)
        self._rank = {r.name: i for i, c in enumerate(self._classes) for r in c}
        self._deeds = _deeds(room.policy)
        self._known: dict[str, int] = {}
        self._earlier = [0]  # the samples that routes before a class take

    def differs(self, route: Route) -> bool:
        """False where no sample says so."""
        try:
            return self.full != 0 and self._differs(route)
        except Unseen:
            return False

    def _differs(self, route: Route) -> bool:
        rank, deed = self._rank[route.name], self._deeds[route.name]
        while len(self._earlier) <= rank:
            group = self._classes[len(self._earlier) - 1]
            self._earlier.append(reduce(operator.or_, map(self._holds, group), self._earlier[-1]))
        left = self._holds(route) & self.full & ~self._earlier[rank]
        equals = [r for r in self._classes[rank] if r is not route]
        for r in equals:
            if self._deeds[r.name] == deed:
                left &= ~self._holds(r)
        if any(left & self._holds(r) for r in equals):
            return True
        for group in self._classes[rank + 1 : rank + 1 + NEXT]:
            if not left:
                return False
            if any(self._deeds[r.name] != deed and left & self._holds(r) for r in group):
                return True
            for r in group:
                left &= ~self._holds(r)
        behind = len(self._classes) <= rank + 1 + NEXT
        return behind and left != 0 and self._deeds.get("default") != deed

    def _holds(self, route: Route) -> int:
        if route.name not in self._known:
            self._known[route.name] = self.of(self.room.decision.holds(route))
        return self._known[route.name]


class _Next:
    """What takes a request in the place of a route: its equals that hold, else what comes after them, else the default.

    Once by the interpreter, for one request: most routes are settled so. Then as a term, for all.
    """

    def __init__(self, policy: Policy, line: Line | None = None) -> None:
        self._policy = policy
        self._line = line
        self._deeds = _deeds(policy)
        self.classes = _classes(policy)
        self._rank = {r.name: i for i, c in enumerate(self.classes) for r in c}
        self._chains: dict[str, list[Term]] = {}
        self._classes: dict[int, list[tuple[str, Term]]] = {}

    def same(self, a: Route, b: Route) -> bool:
        return self._deeds[a.name] == self._deeds[b.name]

    def differs(self, ask: Asker, answer: Answer, route: Route) -> bool:
        """On this request, which the route takes."""
        if answer.request is None:
            return False
        rank, by_rank, in_order = self._rank, dict[int, list[Route]](), self.classes is self._policy.ranked
        for other in ask.healthy.interpreter.holding(state(self._policy, answer.request)):
            if by_rank and rank[other.name] > max(by_rank) > rank[route.name] and in_order:
                break  # what comes after that is not asked
            if other is not route and rank[other.name] >= rank[route.name]:
                by_rank.setdefault(rank[other.name], []).append(other)
        if equals := by_rank.pop(rank[route.name], None):
            return not any(self.same(r, route) for r in equals)
        if by_rank:
            return not all(self.same(r, route) for r in by_rank[min(by_rank)])
        return self._policy.default is None or not self.same(self._policy.default, route)

    def elsewhere(self, route: Route) -> Iterator[Term]:
        """An equal that does something else takes the request as well, or what comes after the class does otherwise.
        First for requests that one of the next few classes takes, then for all."""
        from wrpc.solver.terms import disj, negate

        rank, deed = self._rank[route.name], self._deeds[route.name]
        others, last = self._others(rank, deed), len(self.classes)
        if deed not in self._chains and rank + 1 + NEXT < last:
            yield disj([others, negate(self._step(rank + 1, rank + 1 + NEXT, deed, True)[0])])
        if deed not in self._chains:
            end = self._policy.default is not None and self._deeds["default"] == deed
            self._chains[deed] = self._step(0, last, deed, end)
        yield disj([others, negate(self._chains[deed][rank + 1])])

    def _step(self, first: int, behind: int, deed: str, end: Term) -> list[Term]:
        """For each class from `first` on: of the first from there on of which a route holds, every one that does so
        does `deed`; `end` where none holds before `behind`."""
        from wrpc.solver.terms import conj, disj, negate

        term, chain = end, [end]
        for i in reversed(range(first, behind)):
            alike = disj(t for d, t in self._class(i) if d == deed)
            term = conj([negate(self._others(i, deed)), disj([alike, term])])
            chain.append(term)
        return chain[::-1]

    def _others(self, rank: int, deed: str) -> Term:
        from wrpc.solver.terms import disj

        return disj(t for d, t in self._class(rank) if d != deed)

    def _class(self, rank: int) -> list[tuple[str, Term]]:
        """Each deed of a class, and when a route that does it holds."""
        from wrpc.solver.terms import disj

        assert self._line is not None, "terms are of a line"
        if rank not in self._classes:
            group = self.classes[rank]
            by_deed: dict[str, list[Term]] = {}
            for route in group:
                by_deed.setdefault(self._deeds[route.name], []).append(self._line.holds(route))
            single = len(group) == 1
            self._classes[rank] = [
                (d, terms[0] if single else self._line.named(f"{rank} {i}", disj(terms)))
                for i, (d, terms) in enumerate(by_deed.items())
            ]
        return self._classes[rank]
