"""A pool with too few replicas for what its workloads send.

Requests queue until they time out, or miss what they are promised at the 99th percentile. The finding counts with the
fewest requests that the routes may send there, and with GPUs as fast as they may be: more replicas are needed even so.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 200/s  lengths [[512, 30%], [2_048, 85%], [8_192, 100%]]  slo { tpot_p99 60ms } }
    model m { source "meta-llama/Llama-3.1-70B-Instruct" }
    pool own { model m  gpu h100  tensor_parallel 4  replicas 2 }
    #                                                ^^^^^^^^ WRP601
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 200/s  lengths [[512, 30%], [2_048, 85%], [8_192, 100%]]  slo { tpot_p99 60ms } }
    model m { source "meta-llama/Llama-3.1-70B-Instruct" }
    pool own { model m  gpu h100  tensor_parallel 4  replicas 80 }
    default { to own }

A pool is sized where it has a `model` and a `gpu`, or a `profile`, and its workloads say `rate` and `lengths`; one that
gives no `replicas` has as many as it needs. `wrpc size` shows what is needed, and how it is counted is in
docs/fleet.md.

To repair, give it the replicas that the help names, faster GPUs, or less to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP601", "small-pool", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:  # noqa: ARG001  no request is asked for
    if not any(w.rate for w in policy.workloads.values()):
        return
    from wrpc.fleet.size import of_policy

    for pool in of_policy(policy).pools:
        if pool.verdict == "fail" and not pool.unreachable:
            yield finding(
                CODE, f"pool `{pool.pool}` {pool.why}", pool.span, help=pool.settle, verdict="refuted",
                subjects=(f"pool {pool.pool}", *(f"workload {w.workload}" for w in pool.workloads)),
            )  # fmt: skip
