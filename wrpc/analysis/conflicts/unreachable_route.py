"""A route that is never reached: earlier routes take every request that it matches.

It may take several earlier routes together. A route whose condition can never hold is reported as WRP203 only.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool a { }
    pool b { }
    route short { priority 3  when tokens < 10k  to a }
    route long { priority 2  when tokens >= 8k  to b }
    route middle { priority 1  when tokens > 5k and tokens < 20k  to a }
    #     ^^^^^^ WRP202

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool a { }
    pool b { }
    route short { priority 3  when tokens < 10k  to a }
    route long { priority 2  when tokens >= 20k  to b }
    route middle { priority 1  when tokens > 5k and tokens < 20k  to b }

To repair, give the route a higher priority or a lower tier, narrow the routes before it, or remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, shown
from wrpc.analysis.conflicts.reach import reach
from wrpc.diagnostics import Code, Related
from wrpc.policy.model import Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP202", "unreachable-route", "error", __doc__ or "")
MOST = 10  # routes whose shadow is traced; whoever repairs ten has repaired the rest


def check(policy: Policy, ask: Asker) -> Found:
    before: list[Route] = []
    blamed = 0
    for group in policy.ranked:
        for route in group:
            found = reach(ask)[route.name]
            if found.left.possible or found.holds.impossible:
                continue  # one that could never hold is WRP203 alone
            blamed += 1
            related = _blamed(ask, route, before) if blamed <= MOST else []
            told = shown(
                CODE,
                f"`{route.name}` is never reached: earlier routes take every request it matches",
                route.span,
                policy,
                found.left,
                subjects=(f"route {route.name}",),
                related=[Related(r.span, "goes before it") for r in related],
                help="give it a higher precedence, or narrow the earlier routes",
            )
            yield Over(told, lambda room, route=route: room.decision.holds(route))  # type: ignore[misc]
        before += group


def _blamed(ask: Asker, route: Route, before: list[Route], most: int = 5) -> list[Route]:
    """A few of the routes before it that suffice."""
    from wrpc.solver.terms import negate

    room = ask.rooms[-1]
    d = room.decision
    return [before[i] for i in room.blamed(d.holds(route), [negate(d.holds(r)) for r in before])][:most]
