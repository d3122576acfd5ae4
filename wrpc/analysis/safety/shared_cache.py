"""A cache that shares answers between requests that a guard keeps apart.

The guard forbids some pools to one class of requests, by trust, region, provider or site. The cache of the route
answers such a request with what another one was answered, and the other way round: so an answer from a forbidden pool
reaches the guarded class, or what was asked in private is repeated to everyone.

Bad:

    signal european: bool { source claim("eu")  on_error fires }
    pool eu { region "eu" }
    pool us { region "us" }
    default { to us  fallback eu  cache { similarity 95%  ttl 10min } }
    #                             ^^^^^ WRP415
    guard in_europe { forbid destination.region != "eu" when european }

Good:

    signal european: bool { source claim("eu")  on_error fires }
    pool eu { region "eu" }
    pool us { region "us" }
    default { to us  fallback eu  cache { similarity 95%  ttl 10min  scope european } }
    guard in_europe { forbid destination.region != "eu" when european }

Good:

    signal european: bool { source claim("eu")  on_error fires }
    pool eu { region "eu" }
    pool us { region "us" }
    route europeans { when european  to eu }
    default { to us  cache { similarity 95%  ttl 10min } }
    guard in_europe { forbid destination.region != "eu" when european }

To repair, give the cache the `scope` of a signal whose values tell the two classes apart, or each class a route of its
own, of which only one has the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown, subject
from wrpc.diagnostics import Code, Related
from wrpc.policy import reading
from wrpc.policy.expr import Condition, Fires, Not, OneOf
from wrpc.policy.model import Bool, Enum, Forbid, Guard, Int, Policy, Real, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP415", "shared-cache", "warning", __doc__ or "")
APART = frozenset({"trust", "region", "provider", "site"})


def check(policy: Policy, ask: Asker) -> Found:
    room = ask.healthy
    cached = [r for r in policy.answering if r.action.cache is not None]
    for route in cached:
        for guard, when in _separations(policy) if cached else ():
            answer = next(
                filter(None, (_shared(room, route, when, part) for part in _parts(policy, route, when))), None
            )
            if answer is None:
                continue
            assert route.action.cache is not None, "only routes with a cache are asked"
            yield shown(
                CODE,
                f"the cache of {_named(route, policy)} shares answers between requests that guard `{guard.name}`"
                " keeps apart",
                route.action.cache.span or route.span,
                policy,
                answer,
                subjects=(subject(route, policy), f"guard {guard.name}"),
                related=(Related(when.span or guard.span, "keeps these apart from the others"),),
                help="give the cache a `scope` that tells the two classes apart, or each class a route of its own",
            )
            break


def _separations(policy: Policy) -> Iterator[tuple[Guard, Condition]]:
    """What guards keep from a kind of pool; that a request is long makes it no less public."""
    for guard in policy.guards.values():
        for rule in guard.rules:
            if not isinstance(rule, Forbid) or rule.when is None or reading.of_destination(rule.when):
                continue
            read = reading.signals(policy, [rule.when])
            kinds = [policy.signals[s].type for s in read]
            if APART.intersection(reading.attributes(rule.what)) and not all(isinstance(k, Int | Real) for k in kinds):
                yield guard, rule.when


def _parts(policy: Policy, route: Route, when: Condition) -> Iterator[Condition | None]:
    """Requests that share a cache: those of one value of its `scope`, where it has few; none where all requests
    of a value are of one class."""
    scope = None if route.action.cache is None else route.action.cache.scope
    if scope is None:
        yield None
        return
    if reading.signals(policy, [when]) <= {scope}:
        return
    match policy.signals[scope].type:
        case Bool():
            yield from (Fires(scope), Not(Fires(scope)))
        case Enum(names):
            yield from (OneOf(scope, frozenset((name,))) for name in names)
        case _:
            yield None


def _shared(room: Room, route: Route, when: Condition, part: Condition | None) -> Answer | None:
    """A request of the guarded class that shares the cache with one of the other, of this part of all requests."""
    from wrpc.solver.terms import conj

    here = room.decision.encoding.condition(part).true
    if room.settle(conj([here, _served(room, route, when, guarded=False)])).impossible:
        return None
    answer = room.possible(conj([here, _served(room, route, when, guarded=True)]), _confirm(route, when))
    return answer if answer.possible else None


def _served(room: Room, route: Route, when: Condition, *, guarded: bool) -> Term:
    from wrpc.solver.terms import conj

    d = room.decision
    truth = d.encoding.condition(when)
    return conj([d.takes(route), d.serves(route), truth.true if guarded else truth.false])


def _confirm(route: Route, when: Condition) -> Confirm:
    from wrpc.decide.interpret import interpreter

    def confirm(replay: Replay) -> bool:
        d = replay.decision
        if d is None or d.route != route.name or not d.destinations:
            return False
        return interpreter(replay.policy).holds(when, replay.state) is True

    return confirm


def _named(route: Route, policy: Policy) -> str:
    return "the default" if route is policy.default else f"route `{route.name}`"
