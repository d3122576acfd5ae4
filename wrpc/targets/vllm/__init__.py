"""The vLLM engine: one configuration file for each pool that it serves."""

from __future__ import annotations

from wrpc.targets.engine.options import HOST
from wrpc.targets.engine.rows import ROWS
from wrpc.targets.target import Approximate, Construct, Elsewhere, Group, Native, Setting, Target, shared
from wrpc.targets.vllm.check import check
from wrpc.targets.vllm.emit import emit
from wrpc.targets.vllm.read import read

STARTER = Elsewhere("whoever starts the engines; engines.json says how many of which")

TARGET = Target(
    name="vllm",
    title="vLLM engine (vllm serve --config)",
    versions=("0.32",),
    decides=False,
    carries={
        **ROWS,
        **shared({Group.MACHINES: STARTER}),
        Construct.MODEL: Native("model; served-model-name"),
        Construct.POOL: Native("POOL.yaml"),
        Construct.PARALLELISM: Native("tensor-parallel-size; pipeline-parallel-size"),
        Construct.CONTEXT: Native("max-model-len"),
        Construct.ROLE: Native("kv-transfer-config.kv_role; POOL-prefill.yaml, POOL-decode.yaml"),
        Construct.KV_CACHE: Approximate(
            "kv-transfer-config; POOL.lmcache.yaml",
            "that the GPUs of a replica share the size: each gets an equal part of its own",
        ),
        Construct.CONCURRENCY: Native("max-num-seqs"),
    },
    emit=emit,
    read=read,
    check=check,
    settings={
        "image": Setting("text", "the container image that runs the engines; engines.json names it"),
        "host": Setting("text", "the address that each engine listens on", HOST),
        "port": Setting("number", "the port that each engine listens on", 8000),
        "ports": Setting("map", "the same, by pool: `ports { short 8101 }`"),
        "models": Setting("map", 'where the weights of a model are: `models { qwen "Qwen/Qwen3-32B" }`'),
        "options": Setting(
            "map",
            "further options of `vllm serve`, for every engine or for one pool:"
            " `options { enable_prefix_caching true  short { max_num_batched_tokens 8192 } }`",
        ),
        "connector": Setting("word", "what moves the KV cache, if not LMCache: `NixlConnector`"),
        "remote_url": Setting(
            "text", 'the LMCache server that a shared cache lives on: `"lm://host:port"`, or `env("…")`'
        ),
        "disk_path": Setting("text", "the folder of a cache on disk"),
    },
)
