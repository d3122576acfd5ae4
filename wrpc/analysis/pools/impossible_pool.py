"""A pool, its site and its model that contradict each other.

More GPUs than the site has of that type, a region that is not the site's, a context above the model's, weights that do
not fit the memory of a replica, heads that the parallelism does not divide: such a pool never starts, or is not where
the rules assume it to be.

Bad:

    model big { context 32_768  weights 140GiB  heads 64 }
    site north { region "eu"  gpus { h100 16 } }
    pool crowded { model big  site north  gpu h100  replicas 200  tensor_parallel 4 }
    #    ^^^^^^^ WRP508
    #                                               ^^^^^^^^ WRP502
    default { to crowded }

Good:

    model big { context 32_768  weights 140GiB  heads 64 }
    site north { region "eu"  gpus { h100 16 } }
    pool crowded { model big  site north  gpu h100  replicas 2..4  tensor_parallel 4 }
    default { to crowded }

What counts is the least of `replicas`, both phases of a split pool together, the types of GPU that the site states, and
the weights alone against the memory of one replica's GPUs, where both are known.

To repair, correct whichever of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.analysis.check import Found
from wrpc.diagnostics import Code, Related, finding
from wrpc.fleet.parts import parts
from wrpc.policy.hardware import key, memory
from wrpc.policy.model import Model, Policy, Pool, Site
from wrpc.policy.wording import quoted
from wrpc.source import Span

CODE = Code("WRP508", "impossible-pool", "error", __doc__ or "")
GIB = 2**30


def check(policy: Policy) -> Found:
    for pool in policy.pools.values():
        site, model = policy.sites.get(pool.site or ""), policy.models.get(pool.model or "")
        found = [*(_at(pool, site) if site is not None else ()), *(_of(pool, model) if model is not None else ())]
        for message, there, advice in found:
            yield finding(
                CODE, message, pool.span, subjects=(f"pool {pool.name}",), help=advice,
                related=(Related(there, "declared here"),),
            )  # fmt: skip


def _at(pool: Pool, site: Site) -> Iterator[tuple[str, Span, str]]:
    if pool.region is not None and site.region is not None and pool.region != site.region:
        yield (
            (
                f"pool `{pool.name}` is in region {quoted(pool.region)}, and its site `{site.name}` in "
                f"{quoted(site.region)}"
            ),
            site.span,
            "leave out the pool's `region`: it has its site's",
        )
    needed: dict[str, int] = {}
    for part in parts(pool):
        if part.gpu is not None:
            needed[part.type] = needed.get(part.type, 0) + part.low * part.each
    for gpu, there in site.gpus.items():
        if needed.get(key(gpu), 0) > there:
            yield (
                (
                    f"pool `{pool.name}` takes {needed[key(gpu)]:,} GPUs of type `{gpu}`, its site `{site.name}` has "
                    f"{there:,}"
                ),
                site.span,
                "the least of `replicas`, times `tensor_parallel` and `pipeline_parallel`, has to fit `gpus`",
            )


def _of(pool: Pool, model: Model) -> Iterator[tuple[str, Span, str]]:
    if pool.context is not None and model.context is not None and pool.context > model.context:
        yield (
            (
                f"pool `{pool.name}` has a context of {pool.context:,} tokens, and its model `{model.name}` takes "
                f"{model.context:,}"
            ),
            model.span,
            "give it the model's context, or less",
        )
    told: set[object] = set()
    for part in parts(pool):
        what = f"the {part.phase} of pool `{pool.name}`" if part.phase else f"pool `{pool.name}`"
        size = memory(part.gpu) if part.gpu is not None else None
        if size is not None and model.weights is not None and model.weights > part.each * size * GIB:
            if ("weights", part.gpu, part.each) not in told:
                yield (
                    (
                        f"{what} has {part.each * size:,} GiB of memory in a replica, and the weights of model "
                        f"`{model.name}` take {float(model.weights / GIB):,.4g} GiB"
                    ),
                    model.span,
                    "give a replica more GPUs with `tensor_parallel` or `pipeline_parallel`, or GPUs with more memory",
                )
            told.add(("weights", part.gpu, part.each))
        if model.heads is not None and model.heads % part.tensor:
            if ("heads", part.tensor) not in told:
                yield (
                    (
                        f"{what} has `tensor_parallel` {part.tensor}, which does not divide the {model.heads} heads of "
                        f"model `{model.name}`"
                    ),
                    model.span,
                    "engines give each GPU the same number of heads",
                )
            told.add(("heads", part.tensor))
