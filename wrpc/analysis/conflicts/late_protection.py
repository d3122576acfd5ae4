"""A route for guarded requests that comes after a route that takes some of them and loses its destination.

Authorisation comes before efficiency: a request that a guard keeps from some pools belongs to the route that was
written for such requests. Here an earlier route takes it first, to save money or time, and the guard then removes where
it was going. The request is refused, or served by a fallback that nobody chose for it.

Bad:

    signal pii: bool { source keywords("passport") }
    signal tokens: int(0..100k) { source prompt_tokens }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    pool spare { trust "own" }
    route short { tier 1  when tokens < 4k  to cloud  fallback spare on overload }
    #     ^^^^^ WRP212
    route private { tier 2  when pii  to own }
    default { to spare }
    guard home { forbid destination.trust == "cloud" when pii }

Good:

    signal pii: bool { source keywords("passport") }
    signal tokens: int(0..100k) { source prompt_tokens }
    pool own { trust "own" }
    pool cloud { trust "cloud" }
    pool spare { trust "own" }
    route private { tier 1  when pii  to own }
    route short { tier 2  when tokens < 4k  to cloud  fallback spare on overload }
    default { to spare }
    guard home { forbid destination.trust == "cloud" when pii }

A route is for the guarded requests where every request that its `when` holds for is one that the guard speaks of.

To repair, give that route the higher precedence, or leave its requests out of the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.analysis.conflicts.reach import reach
from wrpc.analysis.safety.verdicts import guards
from wrpc.analysis.search import suspects
from wrpc.diagnostics import Code, Related
from wrpc.policy import reading
from wrpc.policy.model import Forbid, Guard, Policy, Route, plan
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP212", "late-protection", "warning", __doc__ or "")


@value
class Late:
    """A pool that the guard removes from earlier routes, and the routes that protect what it removes it for."""

    guard: Guard
    pool: str
    earlier: tuple[Route, ...]
    protecting: tuple[Route, ...]


def check(policy: Policy, ask: Asker) -> Found:
    for guard, verdict in guards(ask):
        if verdict.answer.impossible or not any(isinstance(r, Forbid) for r in guard.rules):
            continue
        found = [*_late(policy, ask, guard)]
        for one in suspects(ask.healthy, found, lambda late: _loses(ask.healthy, late)):
            answer = ask.healthy.possible(_loses(ask.healthy, one), _confirm(one))
            replay = None if answer.request is None else ask.healthy.replay(answer.request)
            pair = None if replay is None else _shown_by(replay, one)
            if pair is None:
                continue
            first, second = pair
            yield shown(
                CODE,
                f"route `{first.name}` goes before route `{second.name}`, and guard `{guard.name}` then removes its"
                f" destination `{one.pool}`",
                first.span,
                policy,
                answer,
                subjects=(f"route {first.name}", f"route {second.name}", f"guard {guard.name}"),
                related=(Related(second.span, "would serve this request"), Related(guard.span, "this guard")),
                help=f"give route `{second.name}` a higher precedence, or leave its requests out of `{first.name}`",
            )


def _late(policy: Policy, ask: Asker, guard: Guard) -> Iterator[Late]:
    protecting = _protecting(ask, guard)
    if not protecting:
        return
    last = max(policy.rank[r.name] for r in protecting)
    by_pool: dict[str, list[Route]] = {}
    for group in policy.ranked[:last]:
        for route in group:
            for planned in plan(route.action):
                if planned.role == "primary":
                    by_pool.setdefault(planned.pool, []).append(route)
    for pool, earlier in by_pool.items():
        yield Late(guard, pool, tuple(earlier), tuple(protecting))


def _protecting(ask: Asker, guard: Guard) -> Sequence[Route]:
    """The routes that some request reaches and whose `when` implies that a rule of the guard speaks of the request."""
    from wrpc.solver.terms import conj

    policy = ask.policy
    spoken = [r.when for r in guard.rules if isinstance(r, Forbid)]
    if any(w is None or reading.of_destination(w) for w in spoken):
        return ()
    read = reading.signals(policy, [w for w in spoken if w is not None])

    def beyond(room: Room, route: Route) -> Term:
        condition = room.decision.encoding.condition
        return conj([condition(route.when).true, *(condition(w).false for w in spoken)])

    return [
        r
        for r in policy.routes.values()
        if r.when is not None
        and r.action.kind != "deny"
        and read & reading.signals(policy, [r.when])
        and reach(ask)[r.name].left.possible
        and ask.healthy.settle(beyond(ask.healthy, r)).impossible
    ]


def _loses(room: Room, late: Late) -> Term:
    """An earlier route takes the request, the guard removes its destination, and a later one would keep all of its."""
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    rank = room.policy.rank
    keeps = [(rank[r.name], conj([d.holds(r), *(d.left(p, r) for p in _primaries(r))])) for r in late.protecting]
    taken = []
    for route in late.earlier:
        later = disj(term for at, term in keeps if at > rank[route.name])
        taken.append(conj([d.takes(route), d.removes(late.guard.name, late.pool, route), later]))
    return conj([negate(d.conflict), disj(taken)])


def _primaries(route: Route) -> list[str]:
    return [p.pool for p in plan(route.action) if p.role == "primary"]


def _confirm(late: Late) -> Confirm:
    return lambda replay: _shown_by(replay, late) is not None


def _shown_by(replay: Replay, late: Late) -> tuple[Route, Route] | None:
    """The route that takes the request and the one that should have."""
    from wrpc.decide.interpret import interpreter

    d = replay.decision
    if d is None or not any((r.guard, r.pool) == (late.guard.name, late.pool) for r in d.removed):
        return None
    machine, policy = interpreter(replay.policy), replay.policy
    first = next((r for r in late.earlier if r.name == d.route), None)
    if first is None:
        return None
    for route in late.protecting:
        if policy.rank[route.name] <= policy.rank[first.name] or not machine.takes(route, replay.state):
            continue
        spared = {p.pool for p in machine.spared(route, replay.state)[1]}
        if spared.issuperset(_primaries(route)):
            return first, route
    return None
