"""Fallbacks from a known region to a deployment that its provider may run anywhere.

Such a deployment has no region, so that the check of policies says nothing of it; a rule over the region is refuted.
"""

from __future__ import annotations

from wrpc.analysis.pools.leaving_region import CODE
from wrpc.diagnostics import Related, finding, listing
from wrpc.importers.litellm import regions
from wrpc.importers.litellm.config import Config
from wrpc.importers.litellm.deployments import Deployment
from wrpc.importers.litellm.gateway import Gateway
from wrpc.importers.litellm.plans import Plan, Plans
from wrpc.importers.nodes import line


def read(config: Config, gateway: Gateway, plans: Plans) -> None:
    told: set[tuple[object, int]] = set()
    for plan in (*plans.exact, *(plan for _, plan in plans.patterns), plans.rest):
        home = _home(config, gateway, plan)
        for edge in plan.edges if home else ():
            deployment = gateway.by_index[edge.pool]
            key = (edge.at.key(), edge.pool)
            if not _anywhere(config, deployment) or key in told:
                continue
            told.add(key)
            message = (
                f"the fallback `{deployment.group}` may be answered anywhere, its main destinations in "
                f"{listing(list(home), 'and')}"
            )
            help_ = "name a profile or a deployment of the same geography"
            related = [Related(deployment.at, "picks any region")]
            at = line(edge.at)
            config.report.add(finding(CODE, message, at, severity="warning", help=help_, related=related))


def _home(config: Config, gateway: Gateway, plan: Plan) -> tuple[str, ...]:
    """The regions of the main destinations; none where one of them is anywhere itself."""
    mains = [gateway.by_index[index] for index, _ in plan.shares]
    if any(_anywhere(config, d) for d in mains):
        return ()
    found = (regions.region(config.facts, d.model, d.provider, d.params, d.info) for d in mains)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def _anywhere(config: Config, deployment: Deployment) -> bool:
    return regions.anywhere(config.facts, deployment.model, deployment.provider, deployment.params)
