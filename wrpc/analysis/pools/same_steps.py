"""A cascade that escalates to the same model again.

The next step is asked because the answer of the one before is not good enough. Both steps have the same model, provider
and labels, so that the second answer is no better than the first, and costs as much again.

Bad:

    model qwen { source "Qwen/Qwen3-8B"  context 40_960 }
    pool small { model qwen }
    pool other { model qwen }
    default { cascade small -> other escalate when confidence < 0.7 }
    #                          ^^^^^ WRP509

Good:

    model qwen { source "Qwen/Qwen3-8B"  context 40_960 }
    model large { source "Qwen/Qwen3-32B"  context 131_072 }
    pool small { model qwen }
    pool other { model large }
    default { cascade small -> other escalate when confidence < 0.7 }

Pools that declare neither a provider nor a model with its `source` are ignored.

To repair, escalate to a pool with another model, or write `fallback` where the other pool stands in for the first.
"""

from __future__ import annotations

from itertools import pairwise

from wrpc.analysis.check import Found, subject
from wrpc.diagnostics import Code, finding
from wrpc.policy.model import Policy, Pool

CODE = Code("WRP509", "same-steps", "warning", __doc__ or "")


def check(policy: Policy) -> Found:
    for route in policy.answering:
        spans = route.action.step_spans or (route.span,) * len(route.action.steps)
        for (first, second), span in zip(pairwise(route.action.steps), spans[1:], strict=True):
            a, b = policy.pools[first], policy.pools[second]
            if first != second and _answers(a) == _answers(b) and (a.provider or _known(policy, a)):
                yield finding(
                    CODE,
                    f"the cascade of {subject(route, policy)} escalates from `{first}` to `{second}`, and both have"
                    f" the same {'model' if a.model else 'provider'}, `{a.model or a.provider}`",
                    span,
                    subjects=(subject(route, policy), f"pool {second}"),
                    help="escalate to a pool with another model",
                )


def _known(policy: Policy, pool: Pool) -> bool:
    """Its model says what it is."""
    model = policy.models.get(pool.model or "")
    return model is not None and model.source is not None


def _answers(pool: Pool) -> tuple[object, ...]:
    """What makes one pool's answers better than another's."""
    return pool.model, pool.provider, pool.context, pool.trust, sorted(pool.labels.items(), key=repr)
