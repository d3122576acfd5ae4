"""The options of `vllm serve` in release 0.32: names and kinds of values, as facts (`EngineArgs`, `FrontendArgs`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

VERSION = "0.32"

Kind = Literal["flag", "whole", "number", "list", "table", "text"]

_FLAGS = """
    aggregate-engine-logging allow-credentials allow-deprecated-quantization async-scheduling
    cohere-is-reasoning-model cudagraph-metrics data-parallel-external-lb data-parallel-hybrid-lb
    data-parallel-multi-port-external-lb dcp-q-replicate disable-cascade-attn disable-chunked-mm-input
    disable-custom-all-reduce disable-fastapi-docs disable-hybrid-kv-cache-manager disable-log-stats
    disable-nccl-for-dp-synchronization disable-sliding-window disable-uvicorn-access-log
    enable-auto-tool-choice enable-batch-sharded-sampling enable-chunked-prefill enable-cumem-allocator
    enable-dbo enable-elastic-ep enable-ep-weight-filter enable-eplb enable-expert-parallel
    enable-fault-tolerance enable-flash-late-interaction enable-flashinfer-autotune enable-force-include-usage
    enable-hc-sp enable-layerwise-nvtx-tracing enable-log-deltas enable-log-outputs enable-log-requests
    enable-logging-iteration-details enable-lora enable-mamba-cache-stochastic-rounding
    enable-mamba-shared-prefix-checkpoint enable-mfu-metrics enable-mixed-moe-lora-format enable-mm-embeds
    enable-moe-shared-loras enable-nccl-comm-suspend enable-offline-docs enable-per-request-metrics
    enable-prefix-caching enable-prompt-embeds enable-prompt-tokens-details enable-request-id-headers
    enable-return-routed-experts enable-scale-out enable-server-load-tracking enable-shm-tensor-arena
    enable-sleep-mode enable-ssl-refresh enable-tokenizer-info-endpoint enable-tower-connector-lora
    enable-trace-replay enforce-eager exclude-tools-when-tool-choice-none fail-on-environ-validation
    fully-sharded-loras interleave-mm-strings jit-monitor-verbose kv-cache-metrics kv-sharing-fast-prefill
    language-model-only log-error-stack long-prefill-token-threshold-adaptive mm-device-do-normalize
    mm-encoder-only numa-bind ray-workers-use-nsight return-sampling-mask return-tokens-as-token-ids
    scheduler-reserve-full-isl skip-mm-profiling skip-tokenizer-init sleep-mode-offload-cudagraph
    specialize-active-lora swa-bounded-replay tokens-only trust-remote-code trust-request-chat-template
    trust-request-mm-kwargs use-fp64-gumbel use-replayssm use-tqdm-on-load
"""
_WHOLE = """
    api-server-count block-size cp-kv-cache-interleave-size cpu-distributed-timeout-seconds data-parallel-rank
    data-parallel-rpc-port data-parallel-size data-parallel-size-local data-parallel-start-rank
    data-parallel-supervisor-port dbo-decode-token-threshold dbo-prefill-token-threshold
    dcp-kv-cache-interleave-size decode-context-parallel-size distributed-timeout-seconds
    dp-supervisor-probe-failure-threshold dp-sync-interval elastic-ep-max-dp-size grpc-port h11-max-header-count
    h11-max-incomplete-event-size kv-cache-memory-bytes long-prefill-token-threshold mamba-block-size
    mamba-cache-philox-rounds master-port max-cpu-loras max-cudagraph-capture-size max-log-len max-logprobs
    max-lora-cls-labels max-lora-rank max-loras max-model-len max-num-active-seqs max-num-batched-tokens
    max-num-queued-reqs max-num-queued-tokens max-num-scheduled-tokens max-num-seqs max-parallel-loading-workers
    mm-shm-cache-max-object-size-mb nnodes node-rank num-gpu-blocks-override offload-group-size
    offload-num-in-group offload-prefetch-step pipeline-parallel-size port prefill-context-parallel-size
    prefill-schedule-interval prefix-cache-retention-interval prefix-match-unit renderer-num-workers
    replayssm-buffer-len safetensors-prefetch-block-size safetensors-prefetch-num-threads seed shutdown-timeout
    spec-tokens sse-keep-alive-interval ssl-cert-reqs stream-interval tensor-parallel-size ubatch-size
"""
_NUMBERS = """
    cpu-offload-gb dp-supervisor-probe-interval-s dp-supervisor-probe-timeout-s gpu-memory-utilization
    kv-cache-metrics-sample kv-offloading-size mm-encoder-fp8-scale-save-margin mm-ipc-gpu-memory-gb
    mm-processor-cache-gb video-pruning-rate watermark
"""
_LISTS = """
    allowed-headers allowed-media-domains allowed-methods allowed-origins collect-detailed-traces
    cpu-offload-params cudagraph-capture-sizes device-ids ignore-patterns kv-cache-dtype-skip-layers
    logits-processors lora-modules lora-target-modules middleware numa-bind-cpus numa-bind-nodes offload-params
    served-model-name sleep-preserve-parameter-names
"""
_TABLES = """
    additional-config attention-config aux-output-config compilation-config custom-histogram-buckets
    default-chat-template-kwargs default-mm-loras diffusion-config ec-manager-config ec-transfer-config
    engram-config eplb-config fault-tolerance-config hf-overrides ir-op-priority kernel-config kv-events-config
    kv-transfer-config limit-mm-per-prompt logging-config media-io-kwargs mm-processor-kwargs
    model-class-overrides model-loader-extra-config override-generation-config pooler-config profiler-config
    quantization-config reasoning-config speculative-config structured-outputs-config watermark-config
    weight-transfer-config
"""
_TEXTS = """
    allowed-local-media-path anthropic-disabled-thinking-effort attention-backend chat-template
    chat-template-content-format code-revision cohere-format config-format data-parallel-address
    disable-access-log-for-endpoints download-dir fingerprint-mode fingerprint-value gdn-prefill-backend
    generation-config hf-config-path host io-processor-plugin jit-monitor-mode kda-decode-backend
    kda-prefill-backend linear-backend load-format log-config-file log-level lora-dtype mamba-backend
    master-addr mm-encoder-attn-backend mm-encoder-attn-dtype mm-encoder-fp8-scale-path
    mm-encoder-fp8-scale-save-path mm-processor-device model model-impl moe-backend optimization-level
    otlp-traces-endpoint per-request-spec-decode-metrics pt-load-map-location reasoning-parser
    reasoning-parser-plugin response-role revision root-path scheduler-cls show-hidden-metrics-for-version
    spec-method spec-model ssl-ca-certs ssl-certfile ssl-ciphers ssl-keyfile tokenizer tokenizer-mode
    tokenizer-revision tool-call-parser tool-parser-plugin tool-server tool-strict-level uds worker-cls
    worker-extension-cls
"""

OPTIONS: Mapping[str, Kind] = {
    **dict.fromkeys(_FLAGS.split(), "flag"),
    **dict.fromkeys(_WHOLE.split(), "whole"),
    **dict.fromkeys(_NUMBERS.split(), "number"),
    **dict.fromkeys(_LISTS.split(), "list"),
    **dict.fromkeys(_TABLES.split(), "table"),
    **dict.fromkeys(_TEXTS.split(), "text"),
}

# Options that take one of a few words.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "scheduling-policy": ("fcfs", "priority"),
    "dtype": ("auto", "half", "float16", "bfloat16", "float", "float32"),
    "runner": ("auto", "generate", "pooling", "draft"),
    "convert": ("auto", "none", "embed", "classify"),
    "distributed-executor-backend": ("ray", "mp", "uni", "external_launcher"),
    "data-parallel-backend": ("ray", "mp"),
    "kv-offloading-backend": ("native", "lmcache"),
    "uvicorn-log-level": ("critical", "error", "warning", "info", "debug", "trace"),
    "all2all-backend": (
        "naive", "pplx", "deepep_high_throughput", "deepep_low_latency", "deepep_v2", "mori_high_throughput",
        "mori_low_latency", "moonep", "nixl_ep", "allgather_reducescatter", "flashinfer_all2allv",
        "flashinfer_nvlink_two_sided", "flashinfer_nvlink_one_sided", "passthrough",
    ),
    "dcp-comm-backend": ("ag_rs", "a2a"),
    "expert-placement-strategy": ("linear", "round_robin"),
    "logprobs-mode": ("raw_logits", "raw_logprobs", "processed_logits", "processed_logprobs"),
    "mamba-cache-dtype": ("auto", "float32", "float16", "bfloat16"),
    "mamba-cache-mode": ("align", "none"),
    "mamba-ssm-cache-dtype": ("auto", "float32", "float16", "bfloat16"),
    "mamba-ssu-algorithm": ("auto", "simple", "vertical", "horizontal"),
    "mm-encoder-tp-mode": ("weights", "data"),
    "mm-hasher-algorithm": ("blake3", "sha256", "sha512"),
    "mm-processor-cache-type": ("shm", "lru"),
    "mm-tensor-ipc": ("direct_rpc", "torch_shm"),
    "offload-backend": ("auto", "uva", "prefetch"),
    "performance-mode": ("balanced", "interactivity", "throughput"),
    "prefix-caching-hash-algo": ("sha256", "sha256_cbor", "xxhash", "xxhash_cbor"),
    "quantization": (
        "awq", "auto_awq", "fp8", "fbgemm_fp8", "fp_quant", "modelopt", "modelopt_fp4", "modelopt_mxfp8",
        "modelopt_mixed", "auto_gptq", "gptq", "gptq_marlin", "awq_marlin", "humming", "compressed-tensors",
        "experts_int8", "quark", "moe_wna16", "torchao", "inc", "mxfp4", "gpt_oss_mxfp4", "deepseek_v4_fp8", "online",
        "fp8_per_tensor", "fp8_per_block", "fp8_per_channel", "int8_per_channel_weight_only", "nvfp4_per_token",
        "mxfp8",
    ),
    "safetensors-load-strategy": ("lazy", "eager", "prefetch", "torchao"),
    "sparse-indexer-topk-backend": (
        "auto", "deep_select", "cooperative", "persistent", "per_row", "flashinfer", "torch", "aiter",
    ),
    "video-pruning-method": ("evs", "vidcom2"),
    "kv-cache-dtype": (
        "auto",
        "float16",
        "bfloat16",
        "fp8",
        "fp8_e4m3",
        "fp8_e5m2",
        "fp8_inc",
        "fp8_ds_mla",
        "nvfp4_ds_mla",
        "turboquant_k8v4",
        "turboquant_4bit_nc",
        "turboquant_k3v4_nc",
        "turboquant_3bit_nc",
        "ultraquant_4bit",
        "int4_per_token_head",
        "int8_per_token_head",
        "fp8_per_token_head",
        "nvfp4",
        "nvfp4_4over6",
    ),
}  # fmt: skip

# A file that is kept in version control is no place for these; the program reads them from its environment.
SECRETS: Mapping[str, str] = {"api-key": "VLLM_API_KEY", "hf-token": "HF_TOKEN"}

# `KVConnectorFactory` and `KVTransferConfig`. The program does not look up a connector before it is running.
CONNECTORS = (
    "DecodeBenchConnector", "ExampleConnector", "ExampleHiddenStatesConnector", "FlexKVConnectorV1", "HF3FSKVConnector",
    "HiSparseConnector", "LMCacheConnectorV1", "LMCacheMPConnector", "MoRIIOConnector", "MooncakeConnector",
    "MooncakeStoreConnector", "MultiConnector", "NixlConnector", "NixlPullConnector", "NixlPushConnector",
    "OffloadingConnector", "SimpleCPUOffloadConnector",
)  # fmt: skip
KV_ROLES = ("kv_producer", "kv_consumer", "kv_both")
KV_TRANSFER_KEYS: Mapping[str, type | tuple[type, ...]] = {
    "kv_connector": str,
    "engine_id": str,
    "kv_buffer_device": str,
    "kv_role": str,
    "kv_port": int,
    "kv_connector_extra_config": dict,
    "kv_connector_module_path": str,
    "enable_permute_local_kv": bool,
    "kv_load_failure_policy": str,
}
