"""The fleet simulator of vLLM Semantic Router (`vllm-sr-sim`): pools, what arrives at each, and how long it is."""

from __future__ import annotations

from wrpc.targets.fleet_sim.check import check
from wrpc.targets.fleet_sim.emit import emit
from wrpc.targets.fleet_sim.read import read
from wrpc.targets.fleet_sim.table import VERSION
from wrpc.targets.target import Approximate, Cannot, Construct, Elsewhere, Group, Native, Setting, Target, shared

# A request is not routed here: the policy's routes and guards have become the share of each workload that reaches each
# pool, piece by piece of length.
SHARES = Native("traffic.json: workloads[].pieces[]")
GATEWAY = Elsewhere("the gateway")
PLACEMENT = Elsewhere("placement")

TARGET = Target(
    name="fleet-sim",
    title="Fleet simulator (vllm-sr-sim)",
    versions=(VERSION,),
    decides=False,
    simulates=True,
    carries={
        **shared({Group.CONDITIONS: GATEWAY, Group.SETTINGS: GATEWAY, Group.SITES: PLACEMENT}),
        Construct.ROUTE: SHARES,
        Construct.TIER: SHARES,
        Construct.CONFIDENCE: SHARES,
        Construct.ON_UNKNOWN: GATEWAY,
        Construct.DEFAULT: SHARES,
        Construct.UNROUTED: SHARES,
        Construct.WEIGHTS: SHARES,
        Construct.TO_ANY: Approximate("traffic.json: workloads[].pieces[].pools", "which pool is picked: equal shares"),
        Construct.SELECT: Approximate(
            "traffic.json: workloads[].pieces[].pools", "how it selects: each pool gets its weight, or an equal share"
        ),
        Construct.CASCADE: Approximate(
            "traffic.json: workloads[].pieces[].pools", "how many escalate, unless `split` says it"
        ),
        Construct.DENY_ROUTE: SHARES,
        Construct.OTHERS: Elsewhere("the gateway; failures are not simulated"),
        Construct.FALLBACK: Elsewhere("the gateway; failures are not simulated"),
        Construct.FALLBACK_CAUSES: Elsewhere("the gateway; failures are not simulated"),
        Construct.SPILL: Native("traffic.json: workloads[].pieces[].spills"),
        Construct.MIRROR: Native("traffic.json: workloads[].pieces[].mirrors"),
        Construct.RETRIES: Elsewhere("the gateway; failures are not simulated"),
        Construct.TIMEOUT: Elsewhere("the gateway"),
        Construct.CACHE: Cannot("cache hits are not simulated: every request reaches a pool"),
        Construct.COMPRESS: Native("traffic.json: workloads[].pieces[].compress"),
        Construct.OVER_BUDGET: GATEWAY,
        Construct.GUARD_DENY: Elsewhere("the gateway; what a guard denies does not arrive here"),
        Construct.GUARD_FORBID: Elsewhere("the gateway; what a guard removes gets no share here"),
        Construct.GUARD_REQUIRE: GATEWAY,
        Construct.WORKLOAD: Native("traffic.json: workloads[]"),
        Construct.RATE: Native("traffic.json: workloads[].rate"),
        Construct.LENGTHS: Native("traffic.json: workloads[].lengths; cdf/"),
        Construct.SLO: Native("traffic.json: workloads[].slo"),
        Construct.MODEL: Approximate(
            "fleet.json: pools[].gpu", "which model it is: the simulator has one speed table for each GPU"
        ),
        Construct.MODEL_SIZE: Elsewhere("the simulator's own table of each GPU"),
        Construct.MODALITY: GATEWAY,
        Construct.QUALITY: GATEWAY,
        Construct.POOL: Native("fleet.json: pools[]"),
        Construct.ENDPOINT: GATEWAY,
        "auth": GATEWAY,
        "api": GATEWAY,
        Construct.PROVIDER: Elsewhere("the provider: what reaches its pools leaves the fleet"),
        Construct.GPU: Native("fleet.json: pools[].gpu"),
        Construct.REPLICAS: Native("fleet.json: pools[].n_gpus"),
        Construct.REPLICA_RANGE: Approximate(
            "fleet.json: pools[].n_gpus", "the range: the lower end counts, or with `replicas most` the upper one"
        ),
        Construct.PARALLELISM: Approximate(
            "fleet.json: pools[].n_gpus", "how GPUs work together: each counts as a machine of its own"
        ),
        Construct.CONTEXT: Native("fleet.json: pools[].max_ctx"),
        Construct.ROLE: Approximate(
            "traffic.json: pools[].disaggregated", "the two sides in `fleet.json`, where the pool is one"
        ),
        Construct.KV_CACHE: Cannot("it knows no tiers and no sharing of the KV cache"),
        Construct.PRICE: Elsewhere("the simulator's own price of each GPU"),
        "startup": Elsewhere("whoever runs the pools; a simulation starts with all replicas there"),
        Construct.CONCURRENCY: Elsewhere("the simulator's own slots of each GPU at this context"),
        Construct.ASSERT: Elsewhere("the proofs"),
        Construct.TEST: Elsewhere("the tests of the policy"),
    },
    emit=emit,
    read=read,
    check=check,
    settings={
        "arrivals": Setting("word", "how requests arrive; the simulator knows `poisson`", "poisson"),
        "requests": Setting("number", "how many requests `simulate.py` sends", 10_000),
        "seed": Setting("number", "the seed of all random numbers", 42),
        "replicas": Setting("word", "`least` or `most`: which end of a range of replicas counts", "least"),
        "hour": Setting(
            "number",
            "the hour whose rate is used, for a workload that changes by the hour; without it, the highest rate",
        ),
        "gpus": Setting("map", "which GPU of the simulator stands for another: `gpus { h200 h100 }`"),
        "cdf_dir": Setting("text", 'the folder, beside the policy, of the distributions that `cdf("…")` names'),
        "split": Setting(
            "map",
            "the share of a workload that each pool gets where the policy leaves it open:"
            " `split { chat { small 70%  large 30% } }`",
        ),
    },
)
