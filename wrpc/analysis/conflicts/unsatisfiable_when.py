"""A `when` that no request satisfies.

The route never takes a request, so the requests that it was written for go elsewhere.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    pool big { }
    route huge { when tokens > 200k  to big }
    #                 ^^^^^^^^^^^^^ WRP203
    default { to small  fallback big }

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    pool big { }
    route huge { when tokens > 50k  to big }
    default { to small  fallback big }

To repair, correct the condition, or the range of the signal that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.analysis.conflicts.reach import reach
from wrpc.analysis.search import minimal
from wrpc.diagnostics import Code, Related
from wrpc.policy.expr import All, Condition, Fires, Named
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP203", "unsatisfiable-when", "error", __doc__ or "")
MOST = 10  # routes of which the parts that clash are told


def check(policy: Policy, ask: Asker) -> Found:
    traced = 0
    for route in policy.routes.values():
        answer = reach(ask)[route.name].holds
        if not answer.possible and route.when is not None:
            traced += 1
            yield shown(
                CODE,
                f"no request satisfies the `when` of route `{route.name}`",
                route.when.span or route.span,
                policy,
                answer,
                subjects=(f"route {route.name}",),
                related=_core(ask, route.when) if traced <= MOST and answer.impossible else (),
            )


def _core(ask: Asker, when: Condition) -> list[Related]:
    """Few parts of a condition that no request satisfies together, none of which can be left out; and the groups that
    keep them apart. Nothing where it has but one part."""
    from wrpc.solver.terms import conj

    rooms, policy = ask.rooms, ask.policy
    parts = list(_parts(policy, when))
    if len(parts) < 2:
        return []

    def clash(kept: Sequence[Condition]) -> bool:
        return all(
            room.settle(conj(room.decision.encoding.condition(c).true for c in kept)).impossible for room in rooms
        )

    if not clash(parts):
        return []  # it is the others that were asked as a whole
    core = minimal([], parts, clash, changed=False)
    label = "this alone never holds" if len(core) == 1 else f"{len(core)} parts that never hold together"
    found = [Related(c.span, label) for c in core if c.span is not None]
    firing = [c.signal for c in core if isinstance(c, Fires)]
    groups = [g for g in policy.groups.values() if sum(m in firing for m in g.members) > 1]
    return [*found, *(Related(g.span, "of which at most one fires") for g in groups)]


def _parts(policy: Policy, condition: Condition) -> Iterator[Condition]:
    """What all has to hold, names opened."""
    match condition:
        case All(parts):
            for part in parts:
                yield from _parts(policy, part)
        case Named(name) if isinstance(meaning := policy.conditions[name], All):
            yield from _parts(policy, meaning)
        case _:
            yield condition
