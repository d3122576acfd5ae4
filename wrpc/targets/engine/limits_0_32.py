"""What `vllm serve` 0.32 refuses of its options, alone and together, as facts.

Ranges are those of the fields of its own configuration (`SchedulerConfig`, `CacheConfig`, `ParallelConfig` and so on);
what must hold together is what their validators, `EngineArgs.create_engine_config` and `validate_parsed_serve_args`
raise for. What hangs on the machine, the model's own files or a plugin is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Options = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`; `open_low` and `open_high`: but for that end."""

    low: Fraction
    high: Fraction | None = None
    open_low: bool = False
    open_high: bool = False

    def holds(self, value: float | Fraction) -> bool:
        number = Fraction(str(value))
        return (number > self.low if self.open_low else number >= self.low) and (
            self.high is None or (number < self.high if self.open_high else number <= self.high)
        )

    def __str__(self) -> str:
        low = f"above {self.low}" if self.open_low else f"at least {self.low}"
        if self.high is None:
            return low
        return f"{low} and {'below' if self.open_high else 'at most'} {self.high}"


def _range(low: int, high: int | None = None, *, open_low: bool = False, open_high: bool = False) -> Range:
    return Range(Fraction(low), None if high is None else Fraction(high), open_low, open_high)


_ANY, _SOME, _ABOVE, _PORT = _range(0), _range(1), _range(0, open_low=True), _range(1, 65_535)
_SHARE = _range(0, 1, open_low=True)

RANGES: Mapping[str, Range] = {
    "block-size": _ABOVE,
    "cpu-offload-gb": _ANY,
    "data-parallel-rank": _ANY,
    "data-parallel-rpc-port": _PORT,
    "data-parallel-size": _SOME,
    "data-parallel-size-local": _ANY,
    "dbo-decode-token-threshold": _ANY,
    "dbo-prefill-token-threshold": _ANY,
    "decode-context-parallel-size": _SOME,
    "dp-sync-interval": _SOME,
    "elastic-ep-max-dp-size": _SOME,
    "gpu-memory-utilization": _SHARE,
    "grpc-port": _PORT,
    "kv-cache-metrics-sample": _SHARE,
    "long-prefill-token-threshold": _ANY,
    "mamba-block-size": _ABOVE,
    "master-port": _PORT,
    "max-logprobs": _range(-1),
    "max-lora-cls-labels": _SOME,
    "max-loras": _SOME,
    "max-model-len": _SOME,
    "max-num-active-seqs": _SOME,
    "max-num-batched-tokens": _SOME,
    "max-num-queued-reqs": _ANY,
    "max-num-queued-tokens": _ANY,
    "max-num-scheduled-tokens": _SOME,
    "max-num-seqs": _SOME,
    "max-parallel-loading-workers": _SOME,
    "mm-encoder-fp8-scale-save-margin": _ABOVE,
    "mm-ipc-gpu-memory-gb": _ANY,
    "mm-processor-cache-gb": _ANY,
    "mm-shm-cache-max-object-size-mb": _ANY,
    "nnodes": _SOME,
    "node-rank": _ANY,
    "offload-group-size": _ANY,
    "offload-num-in-group": _SOME,
    "offload-prefetch-step": _ANY,
    "pipeline-parallel-size": _SOME,
    "port": _PORT,
    "prefill-context-parallel-size": _SOME,
    "prefill-schedule-interval": _SOME,
    "prefix-cache-retention-interval": _ANY,
    "prefix-match-unit": _ABOVE,
    "replayssm-buffer-len": _ABOVE,
    "shutdown-timeout": _ANY,
    "sse-keep-alive-interval": _ANY,
    "stream-interval": _SOME,
    "tensor-parallel-size": _SOME,
    "ubatch-size": _ANY,
    "video-pruning-rate": _range(0, 1, open_high=True),
    "watermark": _range(0, 1, open_high=True),
}
RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # of LoRA


@dataclass(frozen=True, slots=True)
class Rule:
    """What several options have to be together. `says` may name them in braces, as they are set."""

    says: str
    breaks: Callable[[Options], bool]


def number(options: Options, name: str, default: float) -> float:
    value = options.get(name)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else default


def _less(small: str, great: str, default: float | None = None) -> Callable[[Options], bool]:
    """Whether `small` is above `great`, both being known."""
    return lambda o: (
        small in o and (great in o or default is not None) and number(o, small, 0) > number(o, great, default or 0)
    )


def _needs(option: str, other: str) -> Callable[[Options], bool]:
    return lambda o: bool(o.get(option)) and not o.get(other)


def _ranks(o: Options) -> float:
    names = ("tensor-parallel-size", "prefill-context-parallel-size", "data-parallel-size")
    return number(o, names[0], 1) * number(o, names[1], 1) * number(o, names[2], 1)


def _indivisible(o: Options) -> bool:
    tensor, share = number(o, "tensor-parallel-size", 1), number(o, "decode-context-parallel-size", 1)
    prefill = number(o, "prefill-context-parallel-size", 1)
    return tensor % max(share, 1) != 0 if prefill == 1 else share not in (1, prefill, tensor * prefill)


def _prefetches(o: Options) -> bool:
    return o.get("offload-backend") == "prefetch" or number(o, "offload-group-size", 0) > 0


TOGETHER: tuple[Rule, ...] = (
    Rule(
        "`enable-chunked-prefill` is false, and `max-num-batched-tokens` ({max-num-batched-tokens}) is below the"
        " context ({max-model-len})",
        lambda o: o.get("enable-chunked-prefill") is False and _less("max-model-len", "max-num-batched-tokens")(o),
    ),
    Rule(
        "`max-num-batched-tokens` ({max-num-batched-tokens}) is below `max-num-seqs` ({max-num-seqs}), the pool's"
        " `concurrency`",
        _less("max-num-seqs", "max-num-batched-tokens"),
    ),
    Rule(
        "`max-num-active-seqs` ({max-num-active-seqs}) is above `max-num-seqs` ({max-num-seqs}), the pool's"
        " `concurrency`",
        _less("max-num-active-seqs", "max-num-seqs"),
    ),
    Rule(
        "`long-prefill-token-threshold` ({long-prefill-token-threshold}) is above the context ({max-model-len})",
        _less("long-prefill-token-threshold", "max-model-len"),
    ),
    Rule(
        "`max-cpu-loras` ({max-cpu-loras}) is below `max-loras` ({max-loras})",
        lambda o: (
            o.get("enable-lora") is True
            and 0 < number(o, "max-cpu-loras", 0) < number(o, "max-loras", 1)
        ),
    ),
    Rule(
        "`max-lora-rank` is {max-lora-rank}, none of " + ", ".join(map(str, RANKS)),
        lambda o: "max-lora-rank" in o and o["max-lora-rank"] not in RANKS,
    ),
    Rule("`lora-modules` needs `enable-lora`", _needs("lora-modules", "enable-lora")),
    Rule(
        "`data-parallel-size-local` ({data-parallel-size-local}) is above `data-parallel-size`",
        _less("data-parallel-size-local", "data-parallel-size", 1),
    ),
    Rule(
        "`data-parallel-rank` ({data-parallel-rank}) is not below `data-parallel-size`",
        lambda o: number(o, "data-parallel-rank", -1) >= number(o, "data-parallel-size", 1),
    ),
    Rule(
        "`data-parallel-external-lb` needs a `data-parallel-size` above 1",
        lambda o: o.get("data-parallel-external-lb") is True and number(o, "data-parallel-size", 1) <= 1,
    ),
    Rule(
        "`data-parallel-hybrid-lb` and `data-parallel-external-lb` exclude each other",
        lambda o: o.get("data-parallel-hybrid-lb") is True and o.get("data-parallel-external-lb") is True,
    ),
    Rule(
        "`decode-context-parallel-size` ({decode-context-parallel-size}) does not divide `tensor-parallel-size`"
        " ({tensor-parallel-size}), the pool's `tensor_parallel`",
        _indivisible,
    ),
    Rule("`enable-eplb` needs `enable-expert-parallel`", _needs("enable-eplb", "enable-expert-parallel")),
    Rule(
        "`enable-eplb` needs tensor, prefill-context or data parallelism",
        lambda o: o.get("enable-eplb") is True and _ranks(o) <= 1,
    ),
    Rule("`enable-elastic-ep` needs `enable-eplb`", _needs("enable-elastic-ep", "enable-eplb")),
    Rule(
        "`enable-elastic-ep` goes with no pipeline parallelism",
        lambda o: o.get("enable-elastic-ep") is True and number(o, "pipeline-parallel-size", 1) > 1,
    ),
    Rule(
        "`elastic-ep-max-dp-size` ({elastic-ep-max-dp-size}) is below `data-parallel-size` ({data-parallel-size})",
        lambda o: (
            o.get("enable-elastic-ep") is True
            and "elastic-ep-max-dp-size" in o
            and number(o, "elastic-ep-max-dp-size", 1) < number(o, "data-parallel-size", 1)
        ),
    ),
    Rule("`numa-bind-nodes` needs `numa-bind`", _needs("numa-bind-nodes", "numa-bind")),
    Rule("`numa-bind-cpus` needs `numa-bind`", _needs("numa-bind-cpus", "numa-bind")),
    Rule(
        "`node-rank` ({node-rank}) is not below `nnodes`",
        lambda o: "node-rank" in o and number(o, "node-rank", 0) >= number(o, "nnodes", 1),
    ),
    Rule(
        "`nnodes` ({nnodes}) above 1 and the backend `ray` exclude each other",
        lambda o: (
            number(o, "nnodes", 1) > 1
            and "ray" in (o.get("distributed-executor-backend"), o.get("data-parallel-backend"))
        ),
    ),
    Rule(
        "`ray-workers-use-nsight` needs `distributed-executor-backend` to be `ray`",
        lambda o: o.get("ray-workers-use-nsight") is True and o.get("distributed-executor-backend") != "ray",
    ),
    Rule(
        "`offload-num-in-group` is above `offload-group-size`",
        lambda o: _prefetches(o) and number(o, "offload-num-in-group", 1) > number(o, "offload-group-size", 0),
    ),
    Rule(
        "`offload-prefetch-step` is below 1 where offloading prefetches",
        lambda o: _prefetches(o) and number(o, "offload-prefetch-step", 1) < 1,
    ),
    Rule(
        "`mamba-block-size` needs `enable-prefix-caching`",
        lambda o: (
            "mamba-block-size" in o
            and o.get("enable-prefix-caching") is False
            and o["mamba-block-size"] != o.get("max-model-len")
        ),
    ),
    Rule(
        "`disable-chunked-mm-input` and `mamba-cache-mode` `align` exclude each other",
        lambda o: o.get("disable-chunked-mm-input") is True and o.get("mamba-cache-mode") == "align",
    ),
    Rule(
        "`collect-detailed-traces` needs `otlp-traces-endpoint`",
        _needs("collect-detailed-traces", "otlp-traces-endpoint"),
    ),
    Rule("`enable-auto-tool-choice` needs a `tool-call-parser`", _needs("enable-auto-tool-choice", "tool-call-parser")),
    Rule("`enable-log-outputs` needs `enable-log-requests`", _needs("enable-log-outputs", "enable-log-requests")),
    Rule(
        "`enable-per-request-metrics` and `disable-log-stats` exclude each other",
        lambda o: o.get("enable-per-request-metrics") is True and o.get("disable-log-stats") is True,
    ),
)  # fmt: skip
