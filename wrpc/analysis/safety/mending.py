"""What lets requests break a claim, and the smallest change that would stop it.

A destination that is dropped takes nothing but itself out of what a decision can reach; a guard of the claim's own
words removes just what the claim does not want. So either is certain, and nothing has to be asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wrpc.analysis.check import subject
from wrpc.analysis.search import suspects
from wrpc.diagnostics import listing
from wrpc.policy import reading
from wrpc.policy.expr import Attribute, Cost, Outcome, Text, walk
from wrpc.policy.model import plan
from wrpc.syntax.words import written

if TYPE_CHECKING:
    from wrpc.policy.expr import Condition
    from wrpc.policy.model import Assertion, Claim, Policy, Route
    from wrpc.solver.ask import Room
    from wrpc.solver.terms import Term

MOST = 5  # routes that are told
PLACES = 3  # destinations that are to be dropped
FIRST = 16  # routes that are asked about together at first


@dataclass(frozen=True, slots=True)
class Leak:
    """A route that takes requests for which a claim does not hold; those of its destinations for which it does not,
    where it speaks of them."""

    route: Route
    pools: tuple[str, ...]


def leaks(room: Room, claim: Claim) -> list[Leak]:
    """The first few routes that let such requests through, by precedence."""
    from wrpc.analysis.safety.verdicts import broken
    from wrpc.solver.terms import conj

    d, policy = room.decision, room.policy
    term = broken(room, claim, lenient=True)
    found: list[Leak] = []
    for route in _in_shares(policy.answering, lambda some: suspects(room, some, lambda r: conj([d.takes(r), term]))):
        if room.settle(conj([d.takes(route), term])).impossible:
            continue
        pools: list[str] = []
        if claim.reads_destination:
            for pool in dict.fromkeys(p.pool for p in plan(route.action)):
                here = conj([d.takes(route), d.serves(route), d.left(pool, route), _bad(room, claim, route, pool)])
                if not room.settle(here).impossible:
                    pools.append(pool)
        found.append(Leak(route, tuple(pools)))
        if len(found) == MOST:
            break
    return found


def _in_shares(routes: Sequence[Route], among: Callable[[Sequence[Route]], Iterator[Route]]) -> Iterator[Route]:
    """What is found among all of them, asked of few at first: nobody looks at the rest once enough is found."""
    first, size = 0, FIRST
    while first < len(routes):
        yield from among(routes[first : first + size])
        first, size = first + size, 2 * size


def _bad(room: Room, claim: Claim, route: Route, pool: str) -> Term:
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    found: list[Term] = []
    for place, here in d.places(route, pool):
        encoding = d.encoding.at(place, d.outcomes)
        what = encoding.condition(claim.what, unknown=claim.kind == "always")
        when = encoding.condition(claim.when, unknown=False)
        found.append(conj([here, negate(when.false), negate(what.true if claim.kind == "always" else what.false)]))
    return conj([negate(d.conflict), disj(found)])


def repair(policy: Policy, assertion: Assertion, claim: Claim, found: list[Leak]) -> str | None:
    """What to do, smallest first; None where no small change is known to stop it."""
    conditions = [c for c in (claim.what, claim.when) if c is not None]
    if any(isinstance(n, Outcome | Cost) for c in conditions for n in walk(c)) or any(
        map(reading.of_place, conditions)
    ):
        return None
    ways = [w for w in (_drop(policy, found), _guard(policy, assertion, claim)) if w is not None]
    return ", or ".join(ways) or None


def _drop(policy: Policy, found: list[Leak]) -> str | None:
    """Each route keeps a destination that can serve by itself."""
    if not 0 < sum(len(leak.pools) for leak in found) <= PLACES or len(found) == MOST:
        return None
    parts: list[str] = []
    for leak in found:
        main = [p.pool for p in plan(leak.route.action) if p.role in ("primary", "cascade")]
        if leak.route.action.kind == "any" or not set(main) - set(leak.pools):
            return None
        parts.append(f"{listing(leak.pools, 'and')} from {_named(policy, leak.route)}")
    return f"drop {' and '.join(parts)}"


def _named(policy: Policy, route: Route) -> str:
    return "the default" if route is policy.default else f"route `{route.name}`"


def _guard(policy: Policy, assertion: Assertion, claim: Claim) -> str | None:
    """A guard that says what the claim does."""
    if not claim.reads_destination or claim.what.span is None or not _of_destinations(claim.what):
        return None
    what = " ".join(claim.what.span.text.split())
    name = next(n for n in _names(assertion.name) if n not in policy.guards)
    when = "" if claim.when is None or claim.when.span is None else f" when {' '.join(claim.when.span.text.split())}"
    forbidden = what if claim.kind == "never" else f"not ({what})"
    return f"add `guard {written(name)} {{ forbid {forbidden}{when} }}`"


def _of_destinations(condition: Condition) -> bool:
    return any(isinstance(n, Text) and Attribute in (type(n.left), type(n.right)) for n in walk(condition))


def _names(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1


def told(policy: Policy, leak: Leak) -> str:
    """How a route is related to the claim."""
    who = "" if leak.route is policy.default else f" `{leak.route.name}`"
    kind = subject(leak.route, policy).partition(" ")[0]
    return f"{kind}{who} lets it through" + (f", to {listing(leak.pools, 'and')}" if leak.pools else "")
