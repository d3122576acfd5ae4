"""Fallbacks that take less than what falls back to them.

The router asks for no size before a call, so that a request which is too long for a fallback fails there as well. Lists
for the context are looked at as in any policy; these are all others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from wrpc.analysis.pools.shrinking_context import CODE
from wrpc.diagnostics import Related
from wrpc.importers.litellm.config import Config, Effect
from wrpc.importers.litellm.deployments import Deployment
from wrpc.importers.litellm.gateway import Gateway
from wrpc.importers.litellm.plans import Plan, Plans
from wrpc.importers.litellm.policy import sizes
from wrpc.importers.nodes import line

CONTEXT = "context"
# What takes a good deal less, and not much at all, is worth a warning; everything else a note.
PART, MUCH = 4, 64_000


def read(config: Config, gateway: Gateway, plans: Plans) -> None:
    told: set[object] = set()
    size = cache(lambda index: sizes(config, gateway.by_index[index])[0])
    for plan in (*plans.exact, *(plan for _, plan in plans.patterns), plans.rest):
        if not plan.edges:
            continue
        least = _least(gateway, plan, size)
        for edge in plan.edges if least is not None else ():
            deployment = gateway.by_index[edge.pool]
            here = size(edge.pool)
            key = (edge.at.key(), edge.pool)
            if CONTEXT in edge.causes or here is None or least is None or here >= least[0] or key in told:
                continue
            if deployment.group == least[1].group:  # a level of its order, or a member without traffic
                continue
            told.add(key)
            most, main = least
            message = (
                f"the fallback `{deployment.group}` takes {here:,} tokens, `{main.group}` before it {most:,}: "
                "longer requests fail there"
            )
            help_ = "name a fallback that takes as much, or write `context_window_fallbacks` beside it"
            related = [Related(deployment.at, f"takes {here:,}"), Related(main.at, f"takes {most:,}")]
            effect: Effect = "otherwise" if here * PART <= most and here < MUCH else "note"
            at = line(edge.at)
            config.say(CODE, message, at, effect, help=help_, related=related, one=deployment.group)


def _least(gateway: Gateway, plan: Plan, size: Callable[[int], int | None]) -> tuple[int, Deployment] | None:
    """The smallest of the main destinations; None where the size of one is not known."""
    mains = [index for index, weight in plan.shares if weight > 0]
    known = [(most, gateway.by_index[index]) for index in mains if (most := size(index)) is not None]
    return min(known, key=lambda pair: pair[0]) if known and len(known) == len(mains) else None
