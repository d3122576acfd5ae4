"""A request that no route and no default takes.

What happens to it is up to the program that runs the policy.

Bad:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    route short { when tokens < 8k  to small }
    #     ^^^^^ WRP301

Good:

    signal tokens: int(0..100k) { source prompt_tokens }
    pool small { }
    route short { when tokens < 8k  to small }
    default { deny "longer than any pool can take" }

To repair, add a `default`, which may deny.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, Over, is_library, shown
from wrpc.diagnostics import Code
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP301", "unrouted-request", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    if policy.default is not None or is_library(policy):
        return
    answer = ask.anywhere(
        lambda room: room.decision.unrouted,
        lambda replay: replay.decision is not None and replay.decision.action == "unrouted",
    )
    if not answer.impossible:
        last = list(policy.routes.values())[-1]
        found = shown(
            CODE, "no route takes this request, and there is no default", last.span, policy, answer,
            help="add a `default`; it may deny",
        )  # fmt: skip
        yield Over(found, lambda room: room.decision.unrouted)
