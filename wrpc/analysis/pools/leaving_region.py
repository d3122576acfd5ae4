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
country, or of members of the European Union (`us-east-1` and `westus2`, `eu-central-1` and `swedencentral`), it is a
note, not a warning. London (`eu-west-2`) and Zurich (`europe-west6`) are in no member of the Union.

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
from wrpc.analysis.pools.jurisdictions import jurisdiction
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
            severity="info" if all(jurisdiction(one.value) == jurisdiction(r) for r in one.home) else None,
            help="name a pool of the same region, or say with a guard or a claim over `destination.region` what may "
            "leave",
        )
