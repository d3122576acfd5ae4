"""A fallback, spill, cascade step or mirror that leads to another region than the main destinations.

In an outage, under load, or as a copy, prompts reach a region that they were not meant for.

Bad:

    pool near { region "eu" }
    pool far { region "us" }
    default { to near  fallback far on overload }
    #                           ^^^ WRP504

Good:

    pool near { region "eu" }
    pool second { region "eu" }
    default { to near  fallback second on overload }

A route whose main destinations are in several regions may go to all of these. Pools without a region are ignored, and
so are edges that a guard removes.

To repair, name a pool of the same region, or say with a guard or a claim over `destination.region` what may leave. If a
policy has such a rule, this check reports nothing: the rule itself is proved or refuted. Between regions of one
jurisdiction (`us-east-1` and `westus2`, `eu-central-1` and `swedencentral`) it is a note, not a warning.

Good:

    signal european: bool { source claim("eu")  on_error fires }
    pool near { region "eu" }
    pool second { region "eu" }
    pool far { region "us" }
    route at_home { when european  to near  fallback second on overload }
    default { to near  fallback far on overload }
    assert stays { never destination.region != "eu" when european }
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, place, shown, subject
from wrpc.analysis.pools.edges import declaration, taken
from wrpc.diagnostics import Code, listing
from wrpc.policy.model import Policy

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker

CODE = Code("WRP504", "edge-leaves-region", "warning", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    for one, answer in taken(policy, ask, "region", lambda pool: pool.region):
        yield shown(
            CODE,
            f"the {place(one.edge)} `{one.edge.pool}` of {subject(one.route, policy)} is in region `{one.value}`, "
            f"its main destinations in {listing(one.home, 'and')}",
            one.edge.span or one.route.span,
            policy,
            answer,
            subjects=(subject(one.route, policy), f"pool {one.edge.pool}"),
            related=(declaration(policy, one.edge.pool),),
            severity="info" if all(_jurisdiction(one.value) == _jurisdiction(r) for r in one.home) else None,
            help="name a pool of the same region, or say with a guard or a claim over `destination.region` what may "
            "leave",
        )


# What the names of regions begin with, of the clouds (AWS, Azure, GCP) and of countries in the European Union. Other
# names stand for themselves, up to the first `-`.
BEGINNINGS = {
    "eu": (
        "eu", "europe", "westeurope", "northeurope", "sweden", "france", "germany", "italy", "spain", "poland",
        "belgium", "netherlands", "finland", "ireland", "austria", "denmark", "greece", "portugal",
    ),
    "us": ("us", "eastus", "westus", "centralus", "northcentralus", "southcentralus", "westcentralus"),
}  # fmt: skip


def _jurisdiction(region: str) -> str:
    name = region.lower().replace("_", "-")
    for jurisdiction, beginnings in BEGINNINGS.items():
        if name.startswith(beginnings):
            return jurisdiction
    return name.partition("-")[0]
