"""A pool of which it is open whether it has enough replicas.

Too few for the most that may arrive on the slowest that its GPUs may be, and enough for the least on the fastest. It is
no error: what is known does not tell. The help says what would settle it: a `profile` of the engine in place of data
sheets, how often the conditions of routes hold, or what the policy leaves out of its model and GPUs.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 20/s  lengths [[512, 30%], [2_048, 85%], [8_192, 100%]] }
    pool own { gpu h100  replicas 2 }
    #    ^^^ WRP603
    default { to own }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    workload chat { rate 20/s  lengths [[512, 30%], [2_048, 85%], [8_192, 100%]] }
    model m { source "meta-llama/Llama-3.1-8B-Instruct" }
    pool own { model m  gpu h100  replicas 12 }
    default { to own }

To repair, say what the help asks for. `wrpc size` shows both ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP603", "open-size", "info", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:  # noqa: ARG001  no request is asked for
    if not any(w.rate for w in policy.workloads.values()):
        return
    from wrpc.fleet.size import of_policy

    for pool in of_policy(policy).pools:
        if pool.verdict == "open":
            yield finding(
                CODE, f"pool `{pool.pool}` {pool.why}", pool.span, help=pool.settle, verdict="open",
                subjects=(f"pool {pool.pool}",),
            )  # fmt: skip
