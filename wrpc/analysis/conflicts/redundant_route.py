"""A route whose removal changes no decision.

What it takes would go to the same place without it, with the same settings. It is harmless now, and misleading: whoever
changes the route that really decides believes that this one still holds.

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

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.conflicts.reach import reach
from wrpc.decide.state import state
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Action, Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Line, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP204", "redundant-route", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    found = reach(ask)
    next_ = _Next(policy)
    suspects = [
        r for r in _suspects(policy) if found[r.name].left.possible and not next_.differs(ask, found[r.name].left, r)
    ]
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
    actions = [(r.name, r.action.same) for r in policy.routes.values()]
    if policy.default is not None:
        actions.append(("default", policy.default.action.same))
    times: dict[str, int] = {}
    for _, action in actions:
        times[repr(action)] = times.get(repr(action), 0) + 1
    measured: set[int] = set()
    if "confidence" in policy.resolve:
        measured = {r.tier or 0 for c in policy.ranked if len(c) > 1 for r in c}
    return [
        r
        for r in policy.routes.values()
        if times[repr(r.action.same)] > 1 and r.on_unknown != "deny" and (r.tier or 0) not in measured
    ]


def _unchanged(room: Room, suspects: Sequence[Route]) -> list[Route]:
    """Those of the suspects for which no request of the room would go elsewhere without them."""
    from wrpc.solver.terms import conj

    names = {r.name for r in suspects}
    line, next_ = room.line(), _Next(room.policy)
    found: list[Route] = []
    for group in room.policy.ranked:
        for route in group:
            if route.name in names:
                elsewhere = conj([line.holds(route), next_.term(line, route)])
                if line.settle(elsewhere).impossible:
                    found.append(route)
        for route in group:
            line.exclude(line.holds(route))
    return found


class _Next:
    """What takes a request in the place of a route: its equals that hold, else what comes after them, else the default.

    Once by the interpreter, for one request: most routes are settled so. Then as a term, for all.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._chains: dict[str, list[Term]] = {}
        self._rank = {r.name: i for i, c in enumerate(policy.ranked) for r in c}

    def differs(self, ask: Asker, answer: Answer, route: Route) -> bool:
        """On this request, which the route takes."""
        if answer.request is None:
            return False
        s = state(self._policy, answer.request)
        takes, action, rank = ask.healthy.interpreter.takes, route.action.same, self._rank[route.name]
        equals = [r for r in self._policy.ranked[rank] if r is not route and takes(r, s)]
        if equals:
            return all(r.action.same != action for r in equals)
        for group in self._policy.ranked[rank + 1 :]:
            holding = [r for r in group if takes(r, s)]
            if holding:
                return any(r.action.same != action for r in holding)
        default = self._policy.default
        return default is None or default.action.same != action

    def term(self, line: Line, route: Route) -> Term:
        """For all requests that the route takes."""
        from wrpc.solver.terms import conj, disj, negate

        action = route.action.same
        equals = [r for r in self._policy.ranked[self._rank[route.name]] if r is not route]
        alike = disj(line.holds(r) for r in equals if r.action.same == action)
        others = disj(line.holds(r) for r in equals if r.action.same != action)
        after = negate(self._same_from(line, self._rank[route.name] + 1, action))
        return conj([negate(alike), disj([others, after])])

    def _same_from(self, line: Line, rank: int, action: Action) -> Term:
        """Of the first class from `rank` on of which a route holds, every one that does so does `action`; where none
        holds at all, the default does it."""
        from wrpc.solver.terms import conj, disj, negate

        chain = self._chains.get(repr(action))
        if chain is None:
            default = self._policy.default
            term: Term = default is not None and default.action.same == action
            chain = [term]
            for group in reversed(self._policy.ranked):
                alike = disj(line.holds(r) for r in group if r.action.same == action)
                others = disj(line.holds(r) for r in group if r.action.same != action)
                term = conj([negate(others), disj([alike, term])])
                chain.append(term)
            chain.reverse()
            self._chains[repr(action)] = chain
        return chain[rank]
