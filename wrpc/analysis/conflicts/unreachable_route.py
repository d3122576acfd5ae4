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

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, shown
from wrpc.analysis.conflicts.reach import reach
from wrpc.diagnostics import Code, Related, listing
from wrpc.policy.model import Policy, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP202", "unreachable-route", "error", __doc__ or "")
MOST = 10  # routes whose shadow is traced; whoever repairs ten has repaired the rest
NAMED = 5  # earlier routes that are named
TRIED = 30  # requests that the fewest are looked for with
CHOICES = 5_000  # of routes, for one of them


def check(policy: Policy, ask: Asker) -> Found:
    before: list[Route] = []
    blamed = 0
    for group in policy.ranked:
        for route in group:
            found = reach(ask)[route.name]
            if found.left.possible or found.holds.impossible:
                continue  # one that could never hold is WRP203 alone
            blamed += 1
            related = _covering(ask, route, before) if blamed <= MOST else []
            by = f" ({listing([r.name for r in related], 'and')})" if 0 < len(related) <= NAMED else ""
            told = shown(
                CODE,
                f"`{route.name}` is never reached: earlier routes take every request it matches{by}",
                route.span,
                policy,
                found.left,
                subjects=(f"route {route.name}",),
                related=[Related(r.span, "goes before it") for r in related[:NAMED]],
                help="give it a higher precedence, or narrow the earlier routes",
            )
            yield Over(told, partial(_holds, route))
        before += group


def _holds(route: Route, room: Room) -> Term:
    return room.decision.holds(route)


def _covering(ask: Asker, route: Route, before: list[Route]) -> list[Route]:
    """The fewest of the routes before it that take all that it matches; where that is not found soon, few of which none
    can be left out."""
    from wrpc.solver.terms import conj, negate

    room = ask.rooms[-1]
    d, machine = room.decision, room.interpreter
    few = room.blamed(d.holds(route), [negate(d.holds(r)) for r in before])
    seen: list[frozenset[int]] = []  # of some requests that it matches: which routes take each
    while len(few) > 1 and len(seen) < TRIED:
        chosen = _hitting(seen, len(few) - 1)
        if chosen is None:
            break  # no fewer meet even these
        uncovered = conj([d.holds(route), *(negate(d.holds(before[i])) for i in chosen)])
        answer = room.possible(uncovered, lambda replay: machine.takes(route, replay.state))
        if answer.impossible:
            return [before[i] for i in chosen]
        replay = None if answer.request is None else room.replay(answer.request)
        if replay is None:
            break
        seen.append(frozenset(i for i, r in enumerate(before) if machine.takes(r, replay.state)))
    return [before[i] for i in few]


def _hitting(sets: list[frozenset[int]], most: int) -> tuple[int, ...] | None:
    """The first of the smallest choices that has something of each set; None where more than `most` are needed, or too
    many would have to be tried."""
    among = sorted(frozenset().union(*sets))
    tried = 0
    for size in range(min(most, len(among)) + 1):
        for chosen in combinations(among, size):
            tried += 1
            if tried > CHOICES:
                return None
            if all(not s.isdisjoint(chosen) for s in sets):
                return chosen
    return None
