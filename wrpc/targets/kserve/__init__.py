"""KServe: an LLMInferenceService for each pool that vLLM serves."""

from __future__ import annotations

from wrpc.targets.engine.rows import ROWS
from wrpc.targets.kserve.emit import emit
from wrpc.targets.kserve.read import read
from wrpc.targets.target import Construct, Elsewhere, Native, Setting, Target

ARGUMENTS = "spec.template: VLLM_ADDITIONAL_ARGS of the container `main`"

TARGET = Target(
    name="kserve",
    title="KServe LLMInferenceService",
    versions=("0.20",),
    decides=False,
    carries={
        **ROWS,
        Construct.MODEL: Native("spec.model"),
        Construct.POOL: Native("POOL.yaml"),
        Construct.GPU: Native("spec.template.nodeSelector, by `gpu_nodes`; of a type that it does not have, a loss"),
        Construct.REPLICAS: Native("spec.replicas"),
        Construct.REPLICA_RANGE: Native("spec.scaling.minReplicas and .maxReplicas"),
        Construct.PARALLELISM: Native("spec.parallelism"),
        Construct.CONTEXT: Native(ARGUMENTS),
        Construct.ROLE: Native("spec.prefill; of a pool that is one side alone, a loss"),
        Construct.KV_CACHE: Native(
            "spec.kvCacheOffloading: memory and disk of the machine; of other tiers, and of what shares a cache, a loss"
        ),
        Construct.CONCURRENCY: Native(ARGUMENTS),
        "startup": Elsewhere("the start itself: what scales the service sees it"),
    },
    emit=emit,
    read=read,
    check=lambda _: (),
    settings={
        "namespace": Setting("text", "the namespace of the services", "default"),
        "api_version": Setting("text", "the version of the definition", "serving.kserve.io/v1alpha2"),
        "models": Setting("map", 'where the weights of a model are: `models { qwen "pvc://weights/qwen" }`'),
        "image": Setting("text", "the container image of the engines, in place of KServe's own"),
        "options": Setting("map", "further options of `vllm serve`, for every engine or for one pool"),
        "gpu_resource": Setting("text", "the resource that a GPU is to the cluster", "nvidia.com/gpu"),
        "gpu_label": Setting("text", "the label of nodes that says which GPUs they have", "nvidia.com/gpu.product"),
        "gpu_nodes": Setting("map", 'its value for a type of GPUs: `gpu_nodes { h100 "NVIDIA-H100-80GB-HBM3" }`'),
        "prometheus": Setting(
            "text",
            "the address of Prometheus, for KEDA: a range of replicas is scaled by the requests that wait; without it"
            " KServe's own workload-variant autoscaler scales it",
        ),
        "waiting": Setting("number", "with `prometheus`, how many waiting requests call for one more replica", 5),
    },
)
