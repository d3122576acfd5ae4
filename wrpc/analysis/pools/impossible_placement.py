"""Pools that cannot all be placed.

Replicas, the GPUs and the power of sites, and the rules of `place` cannot hold together: there is no placement. The
finding names causes that clash, each of which is needed for the clash where the solver tells within its limit, and the
least change to each that would mend it.

Bad:

    site north { gpus { h100 8 } }
    site south { region "eu"  gpus { h100 8 } }
    pool own { gpu h100  replicas 3  tensor_parallel 4 }
    #                    ^^^^^^^^ WRP502
    place eu { require site.region == "eu" }
    default { to own }

Good:

    site north { gpus { h100 8 } }
    site south { region "eu"  gpus { h100 8 } }
    pool own { gpu h100  replicas 2  tensor_parallel 4 }
    place eu { require site.region == "eu" }
    default { to own }

A pool stands on sites where it has `gpu` and `replicas`, and each phase of a split pool by itself. Where a rule bounds
money or power, and the price or power of a GPU that could stand there is not known, it is open whether the rule holds.
A policy that declares no site is not asked. `wrpc place` shows the placement.

To repair, change one of the causes. They are one clash; once it is mended there may be another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, Diagnostic, Related, finding
from wrpc.fleet.parts import parts
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.fleet.placement import Placement
    from wrpc.solver.ask import Asker

CODE = Code("WRP502", "impossible-placement", "error", __doc__ or "")
SHOWN = 5


def check(policy: Policy, _ask: Asker) -> Found:
    if not policy.sites or not any(part.placed for pool in policy.pools.values() for part in parts(pool)):
        return
    from wrpc.fleet.placement import place

    found = place(policy, optimal=False)
    for each in found.open:
        yield finding(
            CODE, f"whether the {each.cause} holds is not known: {each.what}", each.span, verdict="open",
            help=each.settle, subjects=_subjects([each.cause]),
        )  # fmt: skip
    if found.clash:
        yield _clash(found)


def _clash(found: Placement) -> Diagnostic:
    first, *others = found.clash
    names = [f"`{cause.name}`" for cause in found.clash]
    if len(names) > SHOWN:
        names = [*names[: SHOWN - 1], f"{len(names) - SHOWN + 1} more causes"]
    said = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    together = "cannot hold" if not others else "cannot hold together"
    mends = [cause.change for cause in found.clash if cause.change][:SHOWN]
    return finding(
        CODE, f"there is no placement: {said} {together}", first.span, verdict="refuted",
        help=", or ".join(mends) or None,
        related=[Related(c.span, c.name if c.needed else f"{c.name}, not known to be needed") for c in others],
        subjects=_subjects([cause.name for cause in found.clash]),
    )  # fmt: skip


def _subjects(causes: list[str]) -> list[str]:
    """`pool p`, `site s`, `place r`: what the causes are about, each once."""
    return list(dict.fromkeys(cause.rpartition(" of ")[2] for cause in causes))
