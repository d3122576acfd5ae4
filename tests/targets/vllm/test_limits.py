"""What the program refuses of its options, alone and together, is refused before anything is written."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.support.compiling import compiled, said
from wrpc.targets.engine.limits import broken
from wrpc.targets.engine.limits_0_32 import RANGES, TOGETHER, Options
from wrpc.targets.engine.options import OWN
from wrpc.targets.engine.options_0_32 import CHOICES, OPTIONS

POLICY = """
policy p {{ language 1 }}
model m {{ source "org/m"  context {context}  heads 32 }}
pool own {{ model m  concurrency {concurrency} }}
pool other {{ model m }}
default {{ to own, other }}
target vllm {{ options {{ {options} }} }}
"""


def refused(options: str, context: int = 131_072, concurrency: int = 64) -> list[str]:
    found = compiled(POLICY.format(context=context, concurrency=concurrency, options=options), "vllm")
    assert bool(found.artifacts) != bool(said(found.diagnostics, "WRP804"))
    return said(found.diagnostics, "WRP804")


def test_chunked_prefill_and_the_batch() -> None:
    off = "enable_chunked_prefill false  max_num_batched_tokens"
    assert len(refused(f"{off} 8192")) == 2  # both engines
    assert not refused(f"{off} 131072")
    assert not refused(f"{off} 8192", context=8192)
    assert not refused("max_num_batched_tokens 8192")
    assert not refused("enable_chunked_prefill false")
    # Of one pool alone.
    (message,) = refused("enable_chunked_prefill false  own { max_num_batched_tokens 8192 }")
    assert message == (
        "vLLM 0.32 does not start the engine of pool `own`: `enable-chunked-prefill` is false, and"
        " `max-num-batched-tokens` (8192) is below the context (131072)"
    )


def test_what_a_pool_says_counts() -> None:
    (message,) = refused("max_num_batched_tokens 32")
    assert "is below `max-num-seqs` (64), the pool's `concurrency`" in message
    assert not refused("max_num_batched_tokens 32", concurrency=32)


@pytest.mark.parametrize("name", RANGES)
def test_each_range_at_its_ends(name: str) -> None:
    limit = RANGES[name]
    step = Fraction(1, 100) if OPTIONS[name] == "number" else Fraction(1)
    whole = int if step == 1 else float
    outside = [limit.low if limit.open_low else limit.low - step]
    inside = [limit.low + step if limit.open_low else limit.low]
    if limit.high is not None:
        outside.append(limit.high if limit.open_high else limit.high + step)
        inside.append(limit.high - step if limit.open_high else limit.high)
    for value in outside:
        assert any(f"`{name}` is {whole(value)}; it has to be" in m for m in broken({name: whole(value)})), value
        if name not in OWN and value >= 0:
            assert refused(f"{name.replace('-', '_')} {whole(value)}")
    for value in inside:
        assert not any("it has to be" in m for m in broken({name: whole(value)})), value


BROKEN: list[tuple[str, Options, Options]] = [
    # What the message begins with, options that break it, and the nearest that do not.
    (
        "`enable-chunked-prefill` is false",
        {"enable-chunked-prefill": False, "max-num-batched-tokens": 7, "max-model-len": 8},
        {"enable-chunked-prefill": False, "max-num-batched-tokens": 8, "max-model-len": 8},
    ),
    (
        "`max-num-batched-tokens` (7)",
        {"max-num-batched-tokens": 7, "max-num-seqs": 8},
        {"max-num-batched-tokens": 8, "max-num-seqs": 8},
    ),
    (
        "`max-num-active-seqs`",
        {"max-num-active-seqs": 9, "max-num-seqs": 8},
        {"max-num-active-seqs": 8, "max-num-seqs": 8},
    ),
    (
        "`long-prefill-token-threshold`",
        {"long-prefill-token-threshold": 9, "max-model-len": 8},
        {"long-prefill-token-threshold": 8, "max-model-len": 8},
    ),
    (
        "`max-cpu-loras`",
        {"enable-lora": True, "max-cpu-loras": 1, "max-loras": 2},
        {"max-cpu-loras": 1, "max-loras": 2},
    ),
    ("`max-lora-rank`", {"max-lora-rank": 12}, {"max-lora-rank": 16}),
    ("`lora-modules`", {"lora-modules": ["a=b"]}, {"lora-modules": ["a=b"], "enable-lora": True}),
    (
        "`data-parallel-size-local`",
        {"data-parallel-size-local": 2},
        {"data-parallel-size-local": 2, "data-parallel-size": 2},
    ),
    ("`data-parallel-rank`", {"data-parallel-rank": 1}, {"data-parallel-rank": 1, "data-parallel-size": 2}),
    (
        "`data-parallel-external-lb` needs",
        {"data-parallel-external-lb": True},
        {"data-parallel-external-lb": True, "data-parallel-size": 2},
    ),
    (
        "`data-parallel-hybrid-lb`",
        {"data-parallel-hybrid-lb": True, "data-parallel-external-lb": True, "data-parallel-size": 2},
        {"data-parallel-hybrid-lb": True},
    ),
    (
        "`decode-context-parallel-size`",
        {"decode-context-parallel-size": 3, "tensor-parallel-size": 4},
        {"decode-context-parallel-size": 2, "tensor-parallel-size": 4},
    ),
    (
        "`enable-eplb` needs `enable-expert-parallel`",
        {"enable-eplb": True, "tensor-parallel-size": 2},
        {"enable-eplb": True, "enable-expert-parallel": True, "tensor-parallel-size": 2},
    ),
    (
        "`enable-eplb` needs tensor",
        {"enable-eplb": True, "enable-expert-parallel": True},
        {"enable-eplb": True, "enable-expert-parallel": True, "data-parallel-size": 2},
    ),
    (
        "`enable-elastic-ep` needs",
        {"enable-elastic-ep": True},
        {"enable-elastic-ep": True, "enable-eplb": True, "enable-expert-parallel": True, "tensor-parallel-size": 2},
    ),
    (
        "`enable-elastic-ep` goes",
        {
            "enable-elastic-ep": True,
            "enable-eplb": True,
            "enable-expert-parallel": True,
            "tensor-parallel-size": 2,
            "pipeline-parallel-size": 2,
        },
        {"enable-elastic-ep": True, "enable-eplb": True, "enable-expert-parallel": True, "tensor-parallel-size": 2},
    ),
    (
        "`elastic-ep-max-dp-size`",
        {
            "enable-elastic-ep": True,
            "enable-eplb": True,
            "enable-expert-parallel": True,
            "elastic-ep-max-dp-size": 2,
            "data-parallel-size": 3,
        },
        {"elastic-ep-max-dp-size": 2, "data-parallel-size": 3},
    ),
    ("`numa-bind-nodes`", {"numa-bind-nodes": [0]}, {"numa-bind-nodes": [0], "numa-bind": True}),
    ("`numa-bind-cpus`", {"numa-bind-cpus": ["0-3"]}, {"numa-bind-cpus": ["0-3"], "numa-bind": True}),
    ("`node-rank`", {"node-rank": 1}, {"node-rank": 1, "nnodes": 2}),
    (
        "`nnodes`",
        {"nnodes": 2, "distributed-executor-backend": "ray"},
        {"nnodes": 2, "distributed-executor-backend": "mp"},
    ),
    (
        "`ray-workers-use-nsight`",
        {"ray-workers-use-nsight": True},
        {"ray-workers-use-nsight": True, "distributed-executor-backend": "ray"},
    ),
    (
        "`offload-num-in-group`",
        {"offload-backend": "prefetch"},
        {"offload-backend": "prefetch", "offload-group-size": 1},
    ),
    ("`offload-prefetch-step`", {"offload-group-size": 1, "offload-prefetch-step": 0}, {"offload-prefetch-step": 0}),
    ("`mamba-block-size`", {"mamba-block-size": 8, "enable-prefix-caching": False}, {"mamba-block-size": 8}),
    (
        "`disable-chunked-mm-input`",
        {"disable-chunked-mm-input": True, "mamba-cache-mode": "align"},
        {"disable-chunked-mm-input": True, "mamba-cache-mode": "none"},
    ),
    (
        "`collect-detailed-traces`",
        {"collect-detailed-traces": ["all"]},
        {"collect-detailed-traces": ["all"], "otlp-traces-endpoint": "x:1"},
    ),
    (
        "`enable-auto-tool-choice`",
        {"enable-auto-tool-choice": True},
        {"enable-auto-tool-choice": True, "tool-call-parser": "hermes"},
    ),
    ("`enable-log-outputs`", {"enable-log-outputs": True}, {"enable-log-outputs": True, "enable-log-requests": True}),
    (
        "`enable-per-request-metrics`",
        {"enable-per-request-metrics": True, "disable-log-stats": True},
        {"enable-per-request-metrics": True},
    ),
]


@pytest.mark.parametrize(("start", "breaks", "sound"), BROKEN)
def test_what_must_hold_together(start: str, breaks: Options, sound: Options) -> None:
    (message,) = broken(breaks)
    assert message.startswith(start)
    assert not [*broken(sound)]


def test_every_rule_is_tried() -> None:
    assert len({*(start for start, _, _ in BROKEN)}) == len(TOGETHER)


def test_the_facts_name_options() -> None:
    assert {*RANGES} <= {*OPTIONS}
    assert all(OPTIONS[name] in ("whole", "number") for name in RANGES)
    assert all(CHOICES.values())
