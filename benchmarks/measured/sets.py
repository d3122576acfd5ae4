"""Requests that were measured on real GPUs, as runs to fit and to predict.

The files are numbers alone: requests of LLMServingSim's own measurements (`llmservingsim_requests.csv`, MIT), of
llm-d-benchmark (`llmd_lmbench_requests.csv`, Apache-2.0) and of the roofline branch of inference-sim
(`blis_otel_requests.csv`, Apache-2.0), each with the arrival, lengths, first and last token of every request.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path

from wrpc.fleet.simulator.fit import Run
from wrpc.fleet.steps import Engine, StepModel

START = StepModel(0.01, 6e-5, 1e-4, 5e-8, 1e-9)
Row = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """`seen`: what is fitted; `rest`: what is predicted. `goal`: for the errors of TTFT (mean, 99th percentile), TPOT,
    E2E and throughput, in percent. `other`: what others have on it."""

    part: str
    name: str
    seen: Sequence[Run]
    rest: Sequence[Run]
    engine: Engine
    goal: tuple[float, float, float, float, float]
    other: str = ""
    kept: float | None = 0.0
    cache: bool = False
    again: str = ""
    """The case whose fit this one is predicted with, where it has none of its own."""


DENSE = (3.0, 5.0, 2.0, 2.0, 2.0)
BOUND = (8.0, 15.0, 8.0, 8.0, 10.0)
LEVELS = (15.0, 30.0, 8.0, 8.0, 5.0)
OVERLOAD = (15.0, 15.0, 8.0, 8.0, 5.0)


def cases(folder: Path) -> Iterator[Case]:
    yield from _overloads(folder / "llmservingsim_requests.csv")
    yield from _phases(folder / "blis_otel_requests.csv")
    yield from _levels(folder / "llmd_lmbench_requests.csv")


def _read(path: Path, key: Callable[[Row], object]) -> dict[object, list[Row]]:
    found: dict[object, list[Row]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(key(row), []).append(row)
    return found


# ── One overload, its first third fitted ──────────────────────────────────

SIMULATED = "LLMServingSim, profiled"


def _overloads(path: Path) -> Iterator[Case]:
    sets = {
        "rtx4090_llama31_8b_tp1": ("RTX 4090, 8B, full KV cache", 256, 41_408, 1, BOUND, "TTFT +0.6"),
        "rtxpro6000_llama31_8b_tp1": ("RTX PRO 6000, 8B", 128, inf, 1, DENSE, "TTFT -4.0"),
        "rtxpro6000_qwen3_32b_tp2": ("2 RTX PRO 6000, 32B", 128, inf, 1, DENSE, "TTFT +1.3"),
        "rtxpro6000_qwen3_30b_a3b_dp2ep2": ("2 RTX PRO 6000, 30B mixture", 128, inf, 2, BOUND, "TTFT -13.6"),
    }
    rows = _read(path, lambda r: r["set"])
    for name, (title, slots, cache, replicas, goal, other) in sets.items():
        table = sorted(rows[name], key=lambda r: float(r["queued_s"]))
        run = Run(
            [float(r["queued_s"]) for r in table],
            [int(r["input_toks"]) for r in table],
            [int(r["output_toks"]) for r in table],
            [float(r["first_token_s"]) for r in table],
            [float(r["last_token_s"]) for r in table],
            range(len(table)),
            replicas,
        )
        engine = Engine(START, cache, slots, 2048)
        many = len(table)
        for split, seen in (("first third", range(many // 3)), ("every third", range(0, many, 3))):
            rest = sorted(set(range(many)) - set(seen))
            yield Case(
                "one overload",
                f"{title}; {split}",
                [replace(run, counts=seen)],
                [replace(run, counts=rest)],
                engine,
                goal,
                f"{SIMULATED}: {other}, TPOT ≤ 1.7, E2E ≤ 2.2",
                None if cache < inf else 0.0,
            )


# ── One engine in several phases, its first two fifths fitted ─────────────


def _phases(path: Path) -> Iterator[Case]:
    sets = {
        "jan21-llama7b-train-1": ("7B", 256, 119_008, 4096, 0),
        "jan20-codellama-train-1": ("34B, long answers, a burst in the middle", 256, 40_592, 4096, 0),
        "jan20-prefill-llama7b-tp1-1": ("34B, long prompts", 256, 40_592, 4096, 1024),
        "jan20-codellama-prefill-1": ("34B, long prompts in chunks of 64", 32, 44_640, 64, 1024),
    }
    rows = _read(path, lambda r: r["set"])
    for name, (title, slots, cache, chunk, shared) in sets.items():
        table = sorted(rows[name], key=lambda r: float(r["arrival_s"]))
        enter = [float(r["arrival_s"]) for r in table]
        prompt = [int(r["input_toks"]) for r in table]
        # The prefix that all prompts share is read once.
        todo = [max(1, p - (shared if i else 0)) for i, p in enumerate(prompt)] if shared else None
        run = Run(
            enter,
            prompt,
            [int(r["output_toks"]) for r in table],
            [t + float(r["ttft_s"]) for t, r in zip(enter, table, strict=True)],
            [t + float(r["e2e_s"]) for t, r in zip(enter, table, strict=True)],
            range(len(table)),
            1,
            todo,
        )
        seen = range(2 * len(table) // 5)
        yield Case(
            "several phases",
            f"H100, {title}",
            [replace(run, counts=seen)],
            [replace(run, counts=range(len(seen), len(table)))],
            Engine(START, cache, slots, chunk),
            LEVELS,
            kept=None,
        )


# ── Many rates, a third of them fitted ────────────────────────────────────

FLEET_SIM = {
    "a100_llama31_70b_tp2_r1": "fleet-sim: TTFT -95, TPOT -83, E2E -84",
    "a100_llama31_70b_tp2_r2": "fleet-sim: TTFT -100, TPOT -85, E2E -89",
    "h100_llama31_70b_r2": "fleet-sim: TTFT -100, TPOT -80, E2E -95",
    "h100_llama31_70b_r2_llmd": "fleet-sim: TTFT -100, TPOT -73, E2E -94",
    "h100_llama4_scout_fp8_tp4_r1": "fleet-sim: TTFT -89, TPOT -65, E2E -64",
}


def _levels(path: Path) -> Iterator[Case]:
    rows = _read(path, lambda r: (r["set"], r["workload"], float(r["qps"])))

    def runs(name: str, replicas: int, low: float = 0.0, high: float = inf) -> list[tuple[float, Run]]:
        found = []
        for key, table in rows.items():
            assert isinstance(key, tuple)
            of, workload, rate = key
            if of == name and workload == "sharegpt" and low <= rate <= high:
                found.append((rate, _clients(table, replicas)))
        return sorted(found, key=lambda r: r[0])

    def split(every: list[tuple[float, Run]]) -> tuple[list[Run], list[tuple[float, Run]]]:
        return [r for i, (_, r) in enumerate(every) if i % 3 == 1], [r for i, r in enumerate(every) if i % 3 != 1]

    a100 = Engine(START, 80_000, 256, 2048, 0.03)
    h100 = Engine(START, 80_000, 256, 8192, 0.03)
    table = (
        ("a100_llama31_70b_tp2_r1", "2 A100, 70B", 1, a100, 0.0, 1.0),
        ("a100_llama31_70b_tp2_r2", "2 × 2 A100, 70B", 2, a100, 0.0, 2.0),
        ("h100_llama31_70b_r2", "H100, 70B, one replica lost", 1, h100, 20.0, 0.0),
        ("h100_llama31_70b_r2_llmd", "2 × H100, 70B, llm-d", 2, h100, 0.0, 0.0),
        ("h100_llama4_scout_fp8_tp4_r1", "4 H100, mixture in FP8", 1, h100, 0.0, 20.0),
    )
    for name, title, replicas, engine, least, knee in table:
        seen, rest = split(runs(name, replicas, least))
        below = [r for rate, r in rest if rate <= knee]
        above = [r for rate, r in rest if rate > knee]
        first = True
        for where, some, goal in (("up to the knee", below, LEVELS), ("overloaded", above, OVERLOAD)):
            if some:
                label = f"{title}; {where}"
                fitted = f"{title}; up to the knee"
                yield Case(
                    "other rates", label, seen if first else [], some, engine, goal, FLEET_SIM[name], None, True,
                    "" if first else fitted,
                )  # fmt: skip
                first = False


def _clients(table: Sequence[Row], replicas: int) -> Run:
    """Seen from the client: the first token includes the front end."""
    ordered = sorted(table, key=lambda r: float(r["launch_s"]))
    enter = [float(r["launch_s"]) for r in ordered]
    first = [t + float(r["ttft_s"]) for t, r in zip(enter, ordered, strict=True)]
    last = [f + float(r["generation_s"]) for f, r in zip(first, ordered, strict=True)]
    answer = [max(1, int(r["output_toks"])) for r in ordered]
    return Run(
        enter, [max(1, int(r["input_toks"])) for r in ordered], answer, first, last, range(len(ordered)), replicas
    )  # fmt: skip
