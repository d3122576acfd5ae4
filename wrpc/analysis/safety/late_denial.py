"""A deny guard or a deny route that never decides, because others deny the same requests first.

A failed signal with `on_error deny` comes first, then deny guards as they are written, then routes. A denial after
another one that covers all its requests changes no decision, and its text is never shown.

Bad:

    signal attack: bool { source keywords("ignore all") }
    signal turns: int(0..1k) { source turns }
    pool all { }
    default { to all }
    guard attacks { deny "attack" when attack }
    guard long_attacks { deny "a long attack" when attack and turns > 300 }
    #     ^^^^^^^^^^^^ WRP413

Good:

    signal attack: bool { source keywords("ignore all") }
    signal turns: int(0..1k) { source turns }
    pool all { }
    default { to all }
    guard long_attacks { deny "a long attack" when attack and turns > 300 }
    guard attacks { deny "attack" when attack }

A route that is never reached because of earlier routes is WRP202; a condition that no request satisfies is WRP203 or
WRP411.

To repair, put the narrower denial first, or remove it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.analysis.conflicts.reach import reach
from wrpc.analysis.safety.hollow import denials, idle_rules
from wrpc.diagnostics import Code, Related, finding
from wrpc.policy.model import Guard, Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP413", "late-denial", "warning", __doc__ or "")
MOST = 10  # earlier denials that are tried one by one


def check(policy: Policy, ask: Asker) -> Found:
    for guard, before in _guards(policy, ask):
        if _never(ask, guard, before):
            yield finding(
                CODE,
                f"guard `{guard.name}` never decides: others deny the same requests first",
                guard.span,
                subjects=(f"guard {guard.name}",),
                related=[Related(g.span, "denies them first") for g in _blamed(ask, guard, before)],
                help="put it before them, or remove it",
            )
    for route in late_routes(ask):
        yield finding(
            CODE,
            f"route `{route.name}` never decides: its requests are denied before any route is asked",
            route.span,
            subjects=(f"route {route.name}",),
            help="remove it, or narrow what denies them first",
        )


@lru_cache(maxsize=4)
def late_routes(ask: Asker) -> tuple[Route, ...]:
    """The deny routes that precedence leaves something, and denials before them nothing."""
    denying = [r for r in ask.policy.routes.values() if r.action.kind == "deny"]
    return tuple(r for r in denying if reach(ask)[r.name].left.possible and _denied_before(ask, r))


def _denied_before(ask: Asker, route: Route) -> bool:
    from wrpc.solver.terms import conj

    return ask.settled(lambda room: conj([room.decision.goes_on, room.decision.first(route)])).impossible


def _guards(policy: Policy, ask: Asker) -> Iterator[tuple[Guard, list[Guard]]]:
    """Each guard whose denials some request satisfies, and the deny guards before it."""
    before: list[Guard] = []
    for guard in policy.guards.values():
        rules = denials(guard.rules)
        if not rules:
            continue
        if (before or _faults_deny(policy)) and not {id(r) for r in rules} <= idle_rules(ask):
            yield guard, list(before)
        before.append(guard)


def _faults_deny(policy: Policy) -> bool:
    return any(s.on_error == "deny" for s in policy.signals.values())


def _never(ask: Asker, guard: Guard, before: list[Guard]) -> bool:
    """No request is left to the guard by those before it."""
    return ask.settled(lambda room: _decides(room, guard, before)).impossible


def _decides(room: Room, guard: Guard, before: list[Guard]) -> Term:
    from wrpc.solver.terms import conj, negate

    d = room.decision
    return conj([negate(d.denied_by_faults), _denies(room, guard), *(negate(_denies(room, g)) for g in before)])


def _denies(room: Room, guard: Guard) -> Term:
    from wrpc.solver.terms import disj, negate

    return disj(negate(room.decision.encoding.condition(r.when).false) for r in denials(guard.rules))


def _blamed(ask: Asker, guard: Guard, before: list[Guard]) -> list[Guard]:
    """One that suffices, else all of the nearest."""
    for one in before[:MOST]:
        if _never(ask, guard, [one]):
            return [one]
    return before[:5]
