"""Whether two policies decide alike: for all requests by the solver, for some by the interpreter."""

from __future__ import annotations

from tests.support.requests import Sampler
from wrpc.decide.decision import Decision
from wrpc.decide.interpret import Conflict, interpreter
from wrpc.decide.request import BadRequest
from wrpc.policy.model import Policy
from wrpc.solver.compare import Aspects, compare

EDGES = ("fallback", "spill")


def differences(a: Policy, b: Policy, *, weights: bool = True) -> list[str]:
    """A request that the two decide otherwise, failures included; empty where it is proved that there is none.

    Fallbacks and spills do not count, nor do they below: what serves first does.
    """
    found = compare(a, b, Aspects(edges=False, weights=weights))
    if found.answer.impossible:
        return []
    return [f"{found.answer.verdict}: {found.answer.request}, {found.ours} and {found.theirs}"]


def sampled(a: Policy, b: Policy, *, requests: int = 200, seed: int = 1) -> list[str]:
    """Requests of `a` on which `b` sends elsewhere; a conflict or a request that is none counts on neither side."""
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
