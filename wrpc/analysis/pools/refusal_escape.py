"""A fallback that is taken when the content is refused, and leads to a pool of another provider or trust.

When a provider or a guardrail refuses a request, the fallback asks another one for the same answer. A fallback without
`on` is taken for every cause, refusals among them; so is one `on refusal` or `on content_policy`.

Bad:

    pool strict { trust "filtered" }
    pool open { trust "unfiltered" }
    default { to strict  fallback open }
    #                             ^^^^ WRP507

Good:

    pool strict { trust "filtered" }
    pool open { trust "unfiltered" }
    default { to strict  fallback open on timeout, overload, server_error }

Reported are fallbacks that the guards leave to some request, and whose provider (the name before a `/`) or trust
differs from that of a main destination; both pools must declare it. `fallback others` leads from each main destination
to the rest. Where a guard or claim reads `destination.causes`, the policy has a rule for it, and nothing is reported.

To repair, say which failures the fallback is for, or name a pool of the same provider and trust.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown, subject
from wrpc.analysis.pools.edges import declaration, speaks_of_causes
from wrpc.diagnostics import Code
from wrpc.policy.model import Policy, Pool, Route
from wrpc.policy.wording import quoted
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.solver.ask import Answer, Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term
    from wrpc.source import Span

CODE = Code("WRP507", "refusal-escape", "warning", __doc__ or "")
REFUSALS = ("refusal", "content_policy")


@value
class Escape:
    """One written edge: `pool` is taken when one of the `primaries` refuses. `among` the primaries themselves where
    they stand in for one another."""

    route: Route
    pool: str
    primaries: tuple[str, ...]
    span: Span | None
    among: bool = False

    @property
    def key(self) -> object:
        """However many routes an imported file makes of it."""
        return (self.route.name if self.span is None else self.span.key(), "" if self.among else self.pool)


def check(policy: Policy, ask: Asker) -> Found:
    if speaks_of_causes(policy):
        return
    for one, answer in escapes(ask):
        here = policy.pools[one.pool]
        beside = policy.pools[_beside(ask, one, answer)]
        attribute, there, home = _differences(here, beside)[0]
        edge = f"`fallback others` of {subject(one.route, policy)}"
        edge = (
            f"{edge} asks `{here.name}`"
            if one.among
            else f"the fallback `{here.name}` of {subject(one.route, policy)} is taken"
        )
        yield shown(
            CODE,
            f"{edge} as well when `{beside.name}` refuses the content: its {attribute} is {quoted(there)}, not "
            f"{quoted(home)}",
            one.span or one.route.span,
            policy,
            answer,
            subjects=(subject(one.route, policy), f"pool {here.name}"),
            related=(declaration(policy, here.name), declaration(policy, beside.name)),
            help="say which failures it is for, such as `on timeout, overload, server_error`, without `refusal` and "
            "`content_policy`",
        )


@lru_cache(maxsize=4)
def escapes(ask: Asker) -> tuple[tuple[Escape, Answer], ...]:
    """Each written edge that a refusal can take to somebody else, with a request."""
    found: dict[object, tuple[Escape, Answer]] = {}
    for one in _candidates(ask.policy):
        if one.key not in found:
            answer = ask.anywhere(partial(_left, one), _confirm(one))
            if not answer.impossible:
                found[one.key] = one, answer
    return tuple(found.values())


def _candidates(policy: Policy) -> Iterator[Escape]:
    for route in policy.answering:
        action = route.action
        mains = [s.pool for s in action.shares] + [*action.steps]
        if action.others is not None and _refused(action.others):
            for i, pool in enumerate(mains):
                apart = _apart(policy, pool, mains[:i])
                if apart:
                    yield Escape(route, pool, apart, None, among=True)
        before: list[str] = []
        for edge in action.fallbacks:
            if edge.pool in mains or edge.pool in before:  # twice in one plan is WRP503
                continue
            apart = _apart(policy, edge.pool, [*mains, *before])
            if apart and _refused(edge.causes):
                yield Escape(route, edge.pool, apart, edge.span)
            before.append(edge.pool)


def _refused(causes: tuple[str, ...]) -> bool:
    return not causes or not {*REFUSALS}.isdisjoint(causes)


def _apart(policy: Policy, pool: str, others: Sequence[str]) -> tuple[str, ...]:
    return tuple(p for p in others if _differences(policy.pools[pool], policy.pools[p]))


def _differences(here: Pool, beside: Pool) -> list[tuple[str, str, str]]:
    """Trust and provider, where both pools declare them and differ."""
    pairs = (("trust", here.trust, beside.trust), ("provider", _provider(here), _provider(beside)))
    return [(a, h, b) for a, h, b in pairs if h is not None and b is not None and h != b]


def _provider(pool: Pool) -> str | None:
    return None if pool.provider is None else pool.provider.partition("/")[0]


def _left(one: Escape, room: Room) -> Term:
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    some = disj(_primary(room, one.route, pool) for pool in one.primaries)
    return conj([negate(d.conflict), d.takes(one.route), d.left(one.pool, one.route), some])


def _primary(room: Room, route: Route, pool: str) -> Term:
    """What the guards leave has this pool for a primary."""
    from wrpc.solver.terms import conj, negate

    d, action = room.decision, route.action
    mains = [s.pool for s in action.shares]
    if pool in mains:
        return d.left(pool, route)
    # The first step of a cascade that is left, else the first fallback.
    line = [*action.steps] if pool in action.steps else [*mains, *action.steps, *(f.pool for f in action.fallbacks)]
    return conj([d.left(pool, route), *(negate(d.left(p, route)) for p in line[: line.index(pool)])])


def _confirm(one: Escape) -> Confirm:
    return lambda replay: _shown(replay, one) is not None


def _shown(replay: Replay, one: Escape) -> str | None:
    """The primary that the decision has beside the edge."""
    d = replay.decision
    if d is None or d.route != one.route.name:
        return None
    if not any(s.pool == one.pool and s.role == ("primary" if one.among else "fallback") for s in d.destinations):
        return None
    return next((s.pool for s in d.destinations if s.role == "primary" and s.pool in one.primaries), None)


def _beside(ask: Asker, one: Escape, answer: Answer) -> str:
    replay = ask.failing.replay(answer.request) if answer.request is not None else None
    return (_shown(replay, one) if replay is not None else None) or one.primaries[0]
