"""A manifest for each pool: the engine of its model, how many of it, and how they are scaled."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from math import ceil

from wrpc.diagnostics import Code, Diagnostic, finding
from wrpc.policy.model import Amount, Policy, Pool
from wrpc.targets import writing
from wrpc.targets.codes import APPROXIMATED, NOT_CARRIED, UNEMITTABLE, UNKNOWN_SETTING
from wrpc.targets.engine.options import text
from wrpc.targets.engine.plan import Engine, Plan
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.naming import labels
from wrpc.targets.target import Artifact, Emitted, Entry, Options

Content = dict[str, object]

API = "serving.kserve.io/v1alpha2"
POOL = "wrpc/pool"
"""The annotation that holds the name of a pool as the policy spells it."""
MAIN = "main"
ARGUMENTS = "VLLM_ADDITIONAL_ARGS"
WAITING = 5
SAID = {NOT_CARRIED.id: "does not carry", APPROXIMATED.id: "carries only in part", UNEMITTABLE.id: "cannot write"}
GIB = 2**30


def emit(settled: Settled, options: Options) -> Emitted:
    made = _Services(settled.policy, options)
    if any(d.severity == "error" for d in made.found):
        return Emitted((), tuple(made.found))
    return Emitted(tuple(made.artifacts()), tuple(made.found))


class _Services:
    def __init__(self, policy: Policy, options: Options) -> None:
        # The cache is KServe's own business, not a connector's.
        bare = replace(policy, pools={n: replace(p, kv_cache=None) for n, p in policy.pools.items()})
        self.policy = policy
        self.options = options
        plan = Plan(bare, options, "kserve")
        self.engines: dict[str, list[Engine]] = {}
        for engine in plan.engines:
            self.engines.setdefault(engine.pool.name, []).append(engine)
        self.found: list[Diagnostic] = list(plan.found)
        self.names = labels(self.engines)
        nodes = options.settings.get("gpu_nodes")
        self.nodes = {k.lower(): v for k, v in nodes.items()} if isinstance(nodes, Mapping) else {}
        for engine in plan.engines:
            self._judge(engine)
        self.waiting = self._waiting()

    def setting(self, name: str, default: str) -> str:
        return text(self.options.settings.get(name)) or default

    def _waiting(self) -> int:
        given = self.options.settings.get("waiting")
        if given is None:
            return WAITING
        if isinstance(given, Amount) and not given.dimension and given.value.denominator == 1 and given.value > 0:
            return int(given.value)
        at = self.options.spans.get("waiting", self.policy.at)
        self.found.append(finding(UNKNOWN_SETTING, "`waiting` takes a whole number from 1 on", at))
        return WAITING

    def _say(self, pool: Pool, what: str, code: Code = NOT_CARRIED, help: str | None = None) -> None:
        message = f"`kserve` {SAID[code.id]} {what} of pool `{pool.name}`"
        self.found.append(finding(code, message, pool.span, help=help, subjects=[f"pool {pool.name}"]))

    def _judge(self, engine: Engine) -> None:
        pool = self.policy.pools[engine.pool.name]
        if engine.replicas is None:
            self._say(
                pool, "the number of replicas, which is not said: one runs", APPROXIMATED, "`replicas 2`, or `2..6`"
            )
        if engine.gpu is not None and engine.gpu.lower() not in self.nodes:
            repair = f'say what nodes with them are labelled: `target kserve {{ gpu_nodes {{ {engine.gpu} "…" }} }}`'
            self._say(pool, f"the type of GPUs, `{engine.gpu}`", help=repair)
        if engine.phase is None and pool.role in ("prefill", "decode"):
            self._say(pool, f"the role, `{pool.role}`", help="one pool with `prefill { … } decode { … }`")
        if engine.phase == "decode" or pool.kv_cache is None:
            return
        if pool.kv_cache.share is not None:
            self._say(pool, f"what shares the cache, `{pool.kv_cache.share}`")
        for tier, size in pool.kv_cache.held.items():
            if tier in ("cpu", "disk") and not size:
                repair = f"`kv_cache {{ {tier} 64GiB }}`"
                self._say(pool, f"the cache in `{tier}`, which has no size,", UNEMITTABLE, repair)
            elif tier == "disk" and "cpu" not in pool.kv_cache.held:
                repair = "`kv_cache { cpu 64GiB  disk 1TiB }`"
                self._say(pool, "a cache on disk without one in memory", UNEMITTABLE, repair)
            elif tier not in ("gpu", "cpu", "disk"):
                self._say(pool, f"the cache in `{tier}`")
            elif tier == "gpu" and size:
                self._say(pool, "the size of the cache in `gpu`, which the engine decides,")

    # ── Manifests ─────────────────────────────────────────────────────────

    def artifacts(self) -> Iterable[Artifact]:
        for name, engines in self.engines.items():
            pool = self.policy.pools[name]
            content = self._service(pool, engines)
            head = [f"Pool {name}. Compiled by wrpc: change the policy, not this file."]
            entries = (Entry("/spec", pool.span), Entry("/spec/model", engines[0].model.span))
            yield Artifact(f"{self.names[name]}.yaml", writing.yaml(content, head), entries)

    def _service(self, pool: Pool, engines: list[Engine]) -> Content:
        decoding = engines[-1]
        own = self._workload(pool, decoding)
        spec: Content = {"model": {"uri": _uri(decoding.source), "name": decoding.model.name}, **own}
        if len(engines) > 1:
            spec["prefill"] = self._workload(pool, engines[0])
        spec["router"] = {"gateway": {}, "route": {}, "scheduler": {}}
        return {
            "apiVersion": self.setting("api_version", API),
            "kind": "LLMInferenceService",
            "metadata": {
                "name": self.names[pool.name],
                "namespace": self.setting("namespace", "default"),
                "annotations": {POOL: pool.name},
            },
            "spec": spec,
        }

    def _workload(self, pool: Pool, engine: Engine) -> Content:
        low, high = engine.replicas or (1, 1)
        found: Content = {"replicas": low} if low == high else {"scaling": self._scaling(engine, low, high)}
        found["parallelism"] = {
            "tensor": engine.tensor,
            **({"pipeline": engine.pipeline} if engine.pipeline > 1 else {}),
        }
        if (cache := _cache(pool)) is not None:
            found["kvCacheOffloading"] = cache
        found["template"] = self._template(pool, engine)
        return found

    def _scaling(self, engine: Engine, low: int, high: int) -> Content:
        found: Content = {"minReplicas": max(low, 1), "maxReplicas": high}
        address = text(self.options.settings.get("prometheus"))
        if address is None:
            return {**found, "wva": {"hpa": {}}}
        # KServe's own monitors put a prefix before the engine's names.
        named = '__name__=~"(kserve_)?vllm:num_requests_waiting"'
        query = f"sum({{{named},model_name={json.dumps(engine.model.name)}}})"
        metadata = {"serverAddress": address, "query": query, "threshold": str(self.waiting)}
        return {**found, "keda": {"triggers": [{"type": "prometheus", "metadata": metadata}]}}

    def _template(self, pool: Pool, engine: Engine) -> Content:
        container: Content = {"name": MAIN}
        image = text(self.options.settings.get("image"))
        if image is not None:
            container["image"] = image
        if arguments := _arguments(pool, engine):
            container["env"] = [{"name": ARGUMENTS, "value": shlex.join(arguments)}]
        if engine.gpu is not None:
            count = str(engine.ranks)
            container["resources"] = {"limits": {self.setting("gpu_resource", "nvidia.com/gpu"): count}}
        found: Content = {"containers": [container]}
        node = text(self.nodes.get((engine.gpu or "").lower()))
        if node is not None:
            found["nodeSelector"] = {self.setting("gpu_label", "nvidia.com/gpu.product"): node}
        return found


def _arguments(pool: Pool, engine: Engine) -> list[str]:
    given: Content = {}
    if engine.context is not None:
        given["max-model-len"] = engine.context
    if pool.concurrency is not None:
        given["max-num-seqs"] = pool.concurrency
    found = []
    for name, value in {**given, **engine.options}.items():
        if isinstance(value, bool):
            found.append(f"--{name}" if value else f"--no-{name}")
        elif isinstance(value, list):
            found += [f"--{name}", *map(_said, value)]
        else:
            found += [f"--{name}", _said(value)]
    return found


def _said(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _uri(source: str) -> str:
    """Weights without a scheme are a repository of Hugging Face's."""
    return source if "://" in source else f"hf://{source}"


def _cache(pool: Pool) -> Content | None:
    held = {} if pool.kv_cache is None else pool.kv_cache.held
    if not held.get("cpu"):
        return None
    found: Content = {"cpu": _quantity(held["cpu"])}
    if held.get("disk"):
        found["secondary"] = [{"fileSystem": {"emptyDir": {"size": _quantity(held["disk"])}}}]
    return found


def _quantity(size: Fraction | None) -> str:
    """Bytes as a quantity of Kubernetes, never less than asked for."""
    bytes_ = size or Fraction(0)
    return f"{int(bytes_ / GIB)}Gi" if bytes_ % GIB == 0 else str(ceil(bytes_))
