"""An objective that no number of replicas keeps.

A prompt that takes a second to read has its first token no sooner, on however many machines. The finding counts with
GPUs as fast as they may be, and with nobody else there.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload documents { rate 2/s  lengths [[30k, 50%], [60k, 100%]]  slo { ttft_p99 200ms } }
    #                                                                 ^^^ WRP602
    model m { source "meta-llama/Llama-3.1-70B-Instruct" }
    pool own { model m  gpu h100  tensor_parallel 4  replicas 60 }
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    workload documents { rate 2/s  lengths [[30k, 50%], [60k, 100%]]  slo { ttft_p99 40s } }
    model m { source "meta-llama/Llama-3.1-70B-Instruct" }
    pool own { model m  gpu h100  tensor_parallel 4  replicas 60 }
    default { to own }

Data sheets know of no speculative decoding: an engine that uses it may keep what they do not, and needs a `profile`.

To repair, promise less, take faster GPUs or more of them a replica (`tensor_parallel`), or send long requests to a pool
of their own.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, Related, finding
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP602", "unreachable-objective", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:  # noqa: ARG001  no request is asked for
    if not any(w.rate for w in policy.workloads.values()):
        return
    from wrpc.fleet.size import of_policy
    from wrpc.fleet.sized import seconds

    for pool in of_policy(policy).pools:
        for (name, figure), least in (pool.unreachable or {}).items():
            workload = policy.workloads[name]
            promised = next(float(p) for f, p in _promises(policy, name) if f == figure)
            had = "" if least == inf else f": {seconds(least)} at the least"
            yield finding(
                CODE,
                f"workload `{name}` is promised `{figure} {seconds(promised)}`, which pool `{pool.pool}` keeps with no "
                f"number of replicas{had}",
                workload.spans.get("slo", workload.span), verdict="refuted",
                help="promise less, or take faster GPUs or more of them a replica",
                related=(Related(pool.span, "the pool"),), subjects=(f"workload {name}", f"pool {pool.pool}"),
            )  # fmt: skip


def _promises(policy: Policy, name: str) -> list[tuple[str, float]]:
    slo = policy.workloads[name].slo
    found = {"ttft_p99": slo.ttft_p99, "ttft_queue_p99": slo.ttft_queue_p99, "tpot_p99": slo.tpot_p99}
    return [(f, float(p)) for f, p in {**found, "e2e_p99": slo.e2e_p99}.items() if p is not None]
