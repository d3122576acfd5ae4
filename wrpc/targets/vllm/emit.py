"""One `vllm serve --config` file for each engine, LMCache's own beside it, and how to start them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from wrpc.policy.model import Env
from wrpc.targets import writing
from wrpc.targets.engine.options import text
from wrpc.targets.engine.options_0_32 import VERSION
from wrpc.targets.engine.plan import GIB, LMCACHE, Engine, Plan
from wrpc.targets.gateway.branches import Settled
from wrpc.targets.target import Artifact, Emitted, Entry, Options

Content = dict[str, object]

START = """\
#!/bin/sh
# Starts one engine of those in engines.json: serve.sh NAME [options of `vllm serve` {version}]
set -eu
cd "$(dirname "$0")"
name=$1
shift
if [ -f "$name.lmcache.yaml" ]; then
  export LMCACHE_CONFIG_FILE="$PWD/$name.lmcache.yaml"
  # Engines that share a cache have to agree on the hashes of its keys.
  export PYTHONHASHSEED=0
{remote}fi
exec vllm serve --config "$name.yaml" "$@"
"""


def emit(settled: Settled, options: Options) -> Emitted:
    plan = Plan(settled.policy, options)
    if any(d.severity == "error" for d in plan.found):
        return Emitted((), tuple(plan.found))
    artifacts = []
    for engine in plan.engines:
        serve = _serve(engine, plan.host)
        artifacts.append(Artifact(f"{engine.name}.yaml", _yaml(engine, serve), _entries(engine, serve)))
        if engine.connector in LMCACHE:
            cache = _lmcache(engine, plan)
            artifacts.append(Artifact(f"{engine.name}.lmcache.yaml", _yaml(engine, cache), _entries(engine, cache)))
    remote = plan.remote
    exported = f'  export LMCACHE_REMOTE_URL="${{{remote.name}:?}}"\n' if isinstance(remote, Env) else ""
    artifacts.append(Artifact("serve.sh", START.format(version=VERSION, remote=exported), executable=True))
    entries = tuple(Entry(f"/engines/{i}", e.pool.span) for i, e in enumerate(plan.engines))
    artifacts.append(Artifact("engines.json", _inventory(plan), entries))
    return Emitted(tuple(artifacts), tuple(plan.found))


def _serve(engine: Engine, host: str) -> Content:
    content: Content = {
        "model": engine.source,
        "served-model-name": [engine.model.name],
        "host": host,
        "port": engine.port,
        "tensor-parallel-size": engine.tensor,
    }
    if engine.pipeline > 1:
        content["pipeline-parallel-size"] = engine.pipeline
    if engine.context is not None:
        content["max-model-len"] = engine.context
    if engine.pool.concurrency is not None:
        content["max-num-seqs"] = engine.pool.concurrency
    if engine.connector is not None:
        content["kv-transfer-config"] = {"kv_connector": engine.connector, "kv_role": engine.role}
    return {**content, **engine.options}


def _lmcache(engine: Engine, plan: Plan) -> Content:
    """The tiers of one engine. LMCache counts the memory of one GPU's process, in GiB."""

    def each(tier: str) -> float:
        return float(round((engine.tiers[tier] or Fraction(0)) / GIB / engine.ranks, 3))

    content: Content = {"local_cpu": "cpu" in engine.tiers}
    if "cpu" in engine.tiers:
        content["max_local_cpu_size"] = each("cpu")
    if "disk" in engine.tiers:
        content["local_disk"] = f"file://{text(plan.options.settings.get('disk_path'))}"
        content["max_local_disk_size"] = each("disk")
    if engine.share is not None or "remote" in engine.tiers:
        if isinstance(plan.remote, str):
            content["remote_url"] = plan.remote
        content["remote_serde"] = "naive"
    return content


def _inventory(plan: Plan) -> str:
    """What stands in no file of the engine itself: how many of which, on what."""
    engines = [
        {
            "name": e.name,
            "pool": e.pool.name,
            "phase": e.phase,
            "config": f"{e.name}.yaml",
            "lmcache": f"{e.name}.lmcache.yaml" if e.connector in LMCACHE else None,
            "gpu": e.gpu,
            "gpus": e.ranks,
            "replicas": list(e.replicas) if e.replicas else None,
        }
        for e in plan.engines
    ]
    return writing.json({"image": plan.image, "engines": engines}) + "\n"


def _yaml(engine: Engine, content: Mapping[str, object]) -> str:
    phase = f", {engine.phase}" if engine.phase else ""
    return writing.yaml(dict(content), [f"Pool {engine.pool.name}{phase}."])


def _entries(engine: Engine, content: Mapping[str, object]) -> tuple[Entry, ...]:
    model = ("model", "served-model-name")
    return tuple(Entry(f"/{key}", engine.model.span if key in model else engine.pool.span) for key in content)
