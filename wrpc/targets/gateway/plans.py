"""What guards leave of an action: another action, without what they removed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import lcm

from wrpc.policy.model import Action, Share, plan


def left(action: Action, removed: Collection[str]) -> Action | None:
    """The action without these pools, or None where nothing that can serve is left. `plan` of it is what
    `decide.interpret.promoted` makes of the plan as it was written."""
    shares = tuple(s for s in action.shares if s.pool not in removed)
    kept = [i for i, step in enumerate(action.steps) if step not in removed]
    spans = tuple(action.step_spans[i] for i in kept) if action.step_spans else ()
    made = replace(
        action,
        shares=_renormalised(shares),
        steps=tuple(action.steps[i] for i in kept),
        step_spans=spans,
        escalate=action.escalate if len(kept) > 1 else None,
        others=action.others if len(shares) > 1 else None,
        fallbacks=tuple(f for f in action.fallbacks if f.pool not in removed),
        spills=tuple(s for s in action.spills if s.pool not in removed),
        mirrors=tuple(m for m in action.mirrors if m.pool not in removed),
        budgets=action.budgets_of([p for p in plan(action) if p.pool not in removed]),
    )
    if made.shares or made.steps:
        return made
    if not made.fallbacks:
        return None
    first, *rest = made.fallbacks
    only = Share(first.pool, Fraction(1), first.span)
    return replace(made, kind="to", shares=(only,), fallbacks=tuple(rest), select=None)


def primaries(action: Action) -> tuple[Share, ...]:
    """Where requests go at first, with the part of them that each gets where nothing else chooses: the weights that
    are written, else equal ones."""
    spans = action.step_spans or (None,)
    return action.shares or tuple(Share(step, Fraction(1), spans[0]) for step in action.steps[:1])


Order = tuple[tuple[str, ...], Fraction]
"""Pools in the order in which they are tried, and the part of all requests for which that is the order."""


def orders(action: Action) -> list[Order]:
    """The main destinations as `fallback others` tries them: the one that is chosen, then each of those that are left,
    in proportion to their weights, those of weight 0 last. Without it, each alone."""
    main = primaries(action)
    if action.others is None or len(main) < 2:
        return [((p.pool,), p.weight) for p in main]
    found = list(_orders(main))
    found += [((p.pool, *(q.pool for q in main if q is not p)), p.weight) for p in main if not p.weight]
    place = {p.pool: i for i, p in enumerate(main)}
    return sorted(found, key=lambda order: place[order[0][0]])


def _orders(left: Sequence[Share]) -> Iterator[Order]:
    if not left:
        yield (), Fraction(1)
    total = sum((s.weight for s in left), Fraction(0))
    for share in left:
        part = share.weight / total if total else Fraction(1, len(left))
        if part:
            rest = [s for s in left if s is not share]
            yield from (((share.pool, *pools), part * after) for pools, after in _orders(rest))


def _renormalised(shares: tuple[Share, ...]) -> tuple[Share, ...]:
    total = sum((s.weight for s in shares), Fraction(0))
    return tuple(replace(s, weight=s.weight / total if total else Fraction(1, len(shares))) for s in shares)


def whole_weights(weights: Sequence[Fraction]) -> list[int]:
    """The weights as the smallest whole numbers: exact where a share, such as a third, is no decimal."""
    scale = lcm(*(w.denominator for w in weights))
    return [int(w * scale) for w in weights]
