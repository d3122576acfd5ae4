"""Replicas that come too late for the hour in which they are needed.

A pool that scales starts replicas when the load is there. Until they serve, those that run take all of it, and what
they cannot take waits. The finding is about hours at whose beginning the load is more than the running replicas can
take at all, as expected.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat {
      rate [2/s, 2/s, 2/s, 2/s, 2/s, 2/s, 2/s, 2/s, 60/s, 60/s, 60/s, 60/s,
            60/s, 60/s, 60/s, 60/s, 60/s, 60/s, 2/s, 2/s, 2/s, 2/s, 2/s, 2/s]
      lengths [[512, 30%], [2_048, 85%], [8_192, 100%]]
    }
    model m { source "meta-llama/Llama-3.1-8B-Instruct" }
    pool own { model m  gpu h100  replicas 1..40  startup 5min }
    #                                             ^^^^^^^ WRP604
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat {
      rate [2/s, 2/s, 2/s, 2/s, 2/s, 2/s, 2/s, 2/s, 60/s, 60/s, 60/s, 60/s,
            60/s, 60/s, 60/s, 60/s, 60/s, 60/s, 2/s, 2/s, 2/s, 2/s, 2/s, 2/s]
      lengths [[512, 30%], [2_048, 85%], [8_192, 100%]]
    }
    model m { source "meta-llama/Llama-3.1-8B-Instruct" }
    pool own { model m  gpu h100  replicas 16..40  startup 5min }
    default { to own }

To repair, raise the least number of replicas, or start them earlier, by a schedule. `wrpc size --format json` has the
replicas that each hour needs in `by_hour`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP604", "slow-start", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:  # noqa: ARG001  no request is asked for
    if not any(w.rate for w in policy.workloads.values()):
        return
    from wrpc.fleet.size import of_policy
    from wrpc.fleet.sized import seconds

    for sized in of_policy(policy).pools:
        pool = policy.pools[sized.pool]
        if pool.startup is None or not sized.behind:
            continue
        hour, running, needed, late = max(sized.behind, key=lambda b: (b.late, -b.hour)).row
        yield finding(
            CODE,
            f"pool `{sized.pool}` has {running:,} replicas at {hour:02}:00 and needs {needed:,}: until others have "
            f"started, {seconds(float(pool.startup))} later, {late:,.0f} requests have come that nobody takes",
            pool.spans.get("startup", pool.span), subjects=(f"pool {sized.pool}",),
            help=f"`replicas {running + 1}..` or more, or start them by a schedule, {seconds(float(pool.startup))} "
            "before the hour",
        )  # fmt: skip
