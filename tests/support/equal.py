"""Whether two policies over the same signals decide alike: for all requests, and, interpreted, for some."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from tests.support.requests import Sampler
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, interpreter
from wrpc.decide.request import BadRequest
from wrpc.policy.model import Action, Policy, Route
from wrpc.solver.ask import Room
from wrpc.solver.decision import Encoded
from wrpc.solver.terms import Term, conj, disj, negate


def differences(a: Policy, b: Policy) -> list[str]:
    """What some request does in one policy and not in the other, proved; empty where there is none.

    For policies without `forbid` and `require`, whose outcome is the action of the route that takes the request.
    """
    found = []
    for failures in (False, True):
        room = Room(a, failures=failures)
        mine, theirs = _outcomes(a, room.decision), _outcomes(b, Encoded(b, room.space, room.define))
        for outcome in {**mine, **theirs}:
            left, right = mine.get(outcome, False), theirs.get(outcome, False)
            answer = room.settle(disj([conj([left, negate(right)]), conj([right, negate(left)])]))
            if not answer.impossible:
                found.append(f"{outcome} ({answer.verdict}{', with failures' if failures else ''})")
    return found


def _outcomes(policy: Policy, encoded: Encoded) -> dict[str, Term]:
    terms: dict[str, list[Term]] = defaultdict(list)
    terms["denied"].append(encoded.denied_early)
    routes = (*policy.routes.values(), *(() if policy.default is None else (policy.default,)))
    for route in routes:
        terms[_outcome(route)].append(encoded.takes(route))
    return {outcome: disj(parts) for outcome, parts in terms.items()}


def _outcome(route: Route) -> str:
    return "denied" if route.action.kind == "deny" else repr(plain(route.action))


def plain(action: Action) -> Action:
    """An action without places."""
    return replace(action.same, shares=tuple(replace(s, span=None) for s in action.same.shares))


EDGES = ("fallback", "spill")


def sampled(a: Policy, b: Policy, *, requests: int = 200, seed: int = 1) -> list[str]:
    """Requests of `a` on which `b` sends elsewhere; a conflict or a request that is none counts on neither side.

    Fallbacks and spills do not count: what serves first does.
    """
    sampler, one, two = Sampler(a, seed), interpreter(a), interpreter(b)
    found = []
    for _ in range(requests):
        request = sampler.request()
        try:
            first = one.decide(request)
        except (BadRequest, Conflict):
            continue
        second = two.decide({k: v for k, v in request.items() if k in b.signals})
        if _served(first) != _served(second):
            found.append(f"{request}: {first.json()} and {second.json()}")
    return found


def _served(decision: Decision) -> tuple[str, list[str]]:
    served = [d.pool for d in decision.destinations if d.role not in EDGES or d.weight is not None]
    return decision.action, sorted(served)
