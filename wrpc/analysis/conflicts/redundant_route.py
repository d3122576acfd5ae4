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
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Action, Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP204", "redundant-route", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    # Where a measurement ranks a class, what comes next in it is not known.
    measured = "confidence" in policy.resolve
    singles = {r.name for g in policy.ranked for r in g if len(g) == 1 or not measured}
    order = [r for g in policy.ranked for r in g]
    rooms = ask.rooms
    others = {room.failures: _Others(room, order) for room in rooms}
    for i, route in enumerate(order):
        if route.name not in singles or route.on_unknown == "deny" or not _repeated(policy, order, i):
            continue
        confirm = _changes(ask, route)
        settled = [room.possible(others[room.failures].differs(i), confirm).verdict for room in rooms]
        holds = any(not room.possible(others[room.failures].takes(i), lambda _: True).impossible for room in rooms)
        if all(v == "impossible" for v in settled) and holds:
            yield finding(
                CODE,
                f"without route `{route.name}` every decision is the same",
                route.span,
                subjects=(f"route {route.name}",),
                help="remove it, or make it do what it was meant for",
            )


def _repeated(policy: Policy, order: Sequence[Route], i: int) -> bool:
    """Something that may come after it does the same; else its removal surely changes what it takes."""
    action = order[i].action.same
    rest = (*order[:i], *order[i + 1 :], *(() if policy.default is None else (policy.default,)))
    return any(r.action.same == action for r in rest)


class _Others:
    """For each place in the order, whether what comes after it does the same as a given action."""

    def __init__(self, room: Room, order: Sequence[Route]) -> None:
        self._room = room
        self._order = order
        self._chains: dict[str, list[Term]] = {}

    def takes(self, i: int) -> Term:
        from wrpc.solver.terms import conj, negate

        d, route = self._room.decision, self._order[i]
        return conj([d.holds(route), negate(d.earlier_than(route))])

    def differs(self, i: int) -> Term:
        from wrpc.solver.terms import conj, disj, negate

        d, route = self._room.decision, self._order[i]
        rank = next(k for k, g in enumerate(self._room.policy.ranked) if route in g)
        equals = [r for r in self._room.policy.ranked[rank] if r is not route]
        if any(r.action.same != route.action.same for r in equals):
            beside = negate(disj(d.holds(r) for r in equals if r.action.same == route.action.same))
        else:
            beside = negate(disj(d.holds(r) for r in equals))
        end = sum(len(g) for g in self._room.policy.ranked[: rank + 1])
        return conj([self.takes(i), beside, negate(self._same_from(end, route.action.same))])

    def _same_from(self, start: int, action: Action) -> Term:
        """The first route from `start` on that holds does `action`, or the default does where none holds."""
        from wrpc.solver.terms import conj, disj, negate

        chain = self._chains.get(repr(action))
        if chain is None:
            d, default = self._room.decision, self._room.policy.default
            term: Term = default is not None and default.action.same == action
            chain = [term]
            for route in reversed(self._order):
                holds = d.holds(route)
                same = route.action.same == action
                term = disj([holds, term]) if same else conj([negate(holds), term])
                chain.append(term)
            chain.reverse()
            self._chains[repr(action)] = chain
        return chain[start]


def _changes(ask: Asker, route: Route) -> Confirm:
    """Without the route the interpreter chooses otherwise."""
    from dataclasses import replace

    from wrpc.decide.interpret import Conflict, Interpreter

    without = Interpreter(replace(ask.policy, routes={n: r for n, r in ask.policy.routes.items() if n != route.name}))

    def confirm(replay: Replay) -> bool:
        try:
            now = ask.healthy.interpreter.route(replay.state)
            then = without.route(replay.state)
        except Conflict:
            return True
        return (now and now.action.same) != (then and then.action.same)

    return confirm
