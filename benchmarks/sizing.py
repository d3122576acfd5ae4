"""How far sizing is off: against a simulated engine, and against measured ones.

    python -m benchmarks.sizing [FOLDER]

prints the tables of docs/fleet.md. FOLDER holds `llmservingsim_requests.csv` and `llmd_lmbench_requests.csv`, numbers
of LLMServingSim's bench and of llm-d-benchmark (May 2025); without it the first table is all.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

from wrpc.fleet.calibrate import calibrate
from wrpc.fleet.gpus import gpu
from wrpc.fleet.measured import Seen
from wrpc.fleet.models import SHAPES
from wrpc.fleet.sheet import sheet
from wrpc.fleet.simulator.fit import Run, simulated
from wrpc.fleet.sizing import latency
from wrpc.fleet.sizing.capacity import capacity
from wrpc.fleet.sizing.load import Length, Load
from wrpc.fleet.sizing.smallest import KNEE, figures
from wrpc.fleet.steps import Engine, StepModel
from wrpc.policy.hardware import memory

GIB = 2**30
LOADS = (0.3, 0.5, 0.75, 0.85, 0.89)
COUNT = 12_000


def chats(count: int = 401) -> tuple[Length, ...]:
    random = Random(4)
    made = [(random.lognormvariate(6.6, 0.95), random.lognormvariate(4.95, 0.9)) for _ in range(count)]
    return tuple(Length(1 / count, round(min(p, 8000)) or 1, round(min(a, 1200)) or 1) for p, a in made)


FAST = StepModel(0.0115, 6e-5, 1.5e-4, 1.3e-7)
ENGINES = {
    "nothing binds": Engine(StepModel(0.035, 1.4e-4, 2.5e-4, 1e-7, 1e-10), slots=512),
    "256 slots": Engine(FAST),
    "48 slots": Engine(FAST, slots=48),
    "steps of 512 tokens": Engine(StepModel(0.025, 8e-5, 2e-4, 1e-7), chunk=512),
    "41,408 tokens of KV": Engine(FAST, kv_tokens=41_408),
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    for row in (head, ["---"] * len(head), *rows):
        print("| " + " | ".join(row) + " |")
    print()


def off(mine: float, true: float) -> str:
    return f"{(mine / true - 1) * 100:+.0f}"


def mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def high(numbers: Sequence[float]) -> float:
    return sorted(numbers)[int(0.99 * len(numbers))]


def against_simulation() -> None:
    rows = []
    for name, engine in ENGINES.items():
        for used in LOADS:
            load = Load(1.0, chats())
            load = load.of(used * capacity(engine, load).rate)
            random, now = Random(7), 0.0
            picked = random.choices(load.lengths, k=COUNT)
            enter = [now := now + random.expovariate(load.rate) for _ in picked]
            run = Run(enter, [int(c.prompt) for c in picked], [int(c.answer) for c in picked], [], [], [])
            got = simulated(run, engine)
            kept = range(COUNT // 10, COUNT)
            first = [got.first[i] - enter[i] for i in kept]
            whole = [got.last[i] - enter[i] for i in kept]
            token = [(got.last[i] - got.first[i]) / (picked[i].answer - 1) for i in kept if picked[i].answer > 1]
            at, found = latency.steady(engine, load), figures(engine, load, 1).bands
            if at is None or found is None:
                continue
            rows.append(
                [
                    name, f"{used:.0%}", off(latency.tpot(at), mean(token)), off(latency.e2e(at), mean(whole)),
                    off(latency.ttft(at), mean(first)),
                    *(
                        off(found[f].low, high(n)) if found[f].known
                        else f"{off(found[f].low, high(n))} … {off(found[f].high, high(n))}"
                        for f, n in (("tpot_p99", token), ("e2e_p99", whole), ("ttft_queue_p99", first))
                    ),
                ]
            )  # fmt: skip
    table(["engine", "load", "TPOT", "E2E", "TTFT", "TPOT p99", "E2E p99", "TTFT p99"], rows)


SETS = {
    "rtx4090_llama31_8b_tp1": ("RTX 4090, Llama-3.1-8B", {"slots": 256, "kv_tokens": 41_408.0}),
    "rtxpro6000_llama31_8b_tp1": ("RTX PRO 6000, Llama-3.1-8B", {"slots": 128}),
    "rtxpro6000_qwen3_32b_tp2": ("2 × RTX PRO 6000, Qwen3-32B", {"slots": 128}),
    "rtxpro6000_qwen3_30b_a3b_dp2ep2": ("2 × RTX PRO 6000, Qwen3-30B-A3B", {"slots": 128, "replicas": 2}),
}


def calibrations(folder: Path) -> None:
    rows = []
    with (folder / "llmservingsim_requests.csv").open(encoding="utf-8") as file:
        every = list(csv.DictReader(file))
    for name, (said, settings) in SETS.items():
        seen = []
        for r in every:
            if r["set"] == name:
                came = float(r["arrival_s"])
                first, last = float(r["first_token_s"]) - came, float(r["last_token_s"]) - came
                seen.append(Seen(came, int(r["input_toks"]), int(r["output_toks"]), first, last))
        error = calibrate(sorted(seen, key=lambda s: s.arrival), name, **settings).error
        rows.append([said, *(f"{x * 100:+.1f}" for x in (error.ttft, error.ttft_p99, error.tpot, error.e2e))])
    table(["run", "TTFT", "TTFT p99", "TPOT", "E2E"], rows)


SWEEPS = {
    # Calibrated at one rate below the knee, predicted at the others.
    "a100_llama31_70b_tp2_r1": (
        "2 × A100, Llama-3.1-70B, 1 replica",
        {"replicas": 1, "kv_tokens": 46_000.0},
        "0.84",
        ["0.5", "0.67", "1"],
    ),
    "a100_llama31_70b_tp2_r2": (
        "2 × A100, Llama-3.1-70B, 2 replicas",
        {"replicas": 2, "kv_tokens": 46_000.0},
        "1.5",
        ["0.5", "0.84", "1", "1.17", "1.34", "2"],
    ),
    "h100_llama4_scout_fp8_tp4_r1": (
        "4 × H100, Llama-4-Scout FP8, 1 replica",
        {"replicas": 1},
        "10",
        ["4", "5", "8", "12", "15"],
    ),
}


def runs(folder: Path) -> dict[tuple[str, str], list[Seen]]:
    made: dict[tuple[str, str], list[Seen]] = {}
    with (folder / "llmd_lmbench_requests.csv").open(encoding="utf-8") as file:
        for r in csv.DictReader(file):
            first = float(r["ttft_s"])
            seen = Seen(
                float(r["launch_s"]), max(1, int(r["input_toks"])), max(1, int(r["output_toks"])), first,
                first + float(r["generation_s"]),
            )  # fmt: skip
            if r["workload"] == "sharegpt" and first > 0:
                made.setdefault((r["set"], r["qps"]), []).append(seen)
    return made


def lengths_of(seen: Sequence[Seen]) -> tuple[Length, ...]:
    return tuple(Length(1 / len(seen), s.prompt, s.output) for s in seen)


def sweeps(folder: Path) -> None:
    rows, taken, every = [], [], runs(folder)
    for name, (said, settings, at, others) in SWEEPS.items():
        engine = calibrate(every[name, at], name, **settings).profile.engine
        replicas = settings["replicas"]
        for qps in others:
            seen = every[name, qps]
            load = Load(float(qps) / replicas, lengths_of(seen))
            found = latency.steady(engine, load)
            used = load.rate / capacity(engine, load).rate
            if found is None or used > KNEE:
                rows.append([said, at, qps, f"{used:.0%}", "saturated", "", ""])
                continue
            token = [(s.e2e - s.ttft) / (s.output - 1) for s in seen if s.output > 1]
            rows.append(
                [
                    said, at, qps, f"{used:.0%}", off(latency.ttft(found), mean([s.ttft for s in seen])),
                    off(latency.tpot(found), mean(token)), off(latency.e2e(found), mean([s.e2e for s in seen])),
                ]
            )  # fmt: skip
        served = max(
            len(s) / (max(x.arrival + x.e2e for x in s) - min(x.arrival for x in s))
            for (of, _), s in every.items()
            if of == name
        )
        most = replicas * capacity(engine, Load(1.0, lengths_of(every[name, at]))).rate
        taken.append([said, f"{most:.2f}", f"{served:.2f}", off(most, served)])
    table(["run", "calibrated at, req/s", "predicted at", "load", "TTFT", "TPOT", "E2E"], rows)
    table(["run", "capacity, req/s", "most that was served", "off"], taken)


SHEETS = {
    "a100_llama31_70b_tp2_r1": ("a100", "llama-3.1-70b", 2, 1, "0.5"),
    "a100_llama31_70b_tp2_r2": ("a100", "llama-3.1-70b", 2, 2, "1"),
    "h100_llama31_70b_r2": ("h100", "llama-3.1-70b", 2, 2, "4"),
}


def sheets(folder: Path) -> None:
    rows, every = [], runs(folder)
    for name, (part, model, tensor, replicas, qps) in SHEETS.items():
        hardware = gpu(part)
        made = sheet(hardware, (memory(part) or 0) * GIB, SHAPES[model], tensor, 1) if hardware else None
        seen = every[name, qps]
        load = Load(float(qps) / replicas, tuple(Length(1 / len(seen), s.prompt, s.output) for s in seen))
        found = latency.steady(made.engine, load) if made else None
        if made is None or found is None:
            rows.append([name, qps, "saturated", "", "", f"{made.factor if made else 0:g}"])
            continue
        token = [(s.e2e - s.ttft) / (s.output - 1) for s in seen if s.output > 1]
        rows.append(
            [
                name, qps, off(latency.ttft(found), mean([s.ttft for s in seen])),
                off(latency.tpot(found), mean(token)), off(latency.e2e(found), mean([s.e2e for s in seen])),
                f"{made.factor:g}",
            ]
        )  # fmt: skip
    table(["run", "req/s", "TTFT", "TPOT", "E2E", "said to be within a factor of"], rows)


def main(arguments: Sequence[str]) -> None:
    against_simulation()
    if arguments:
        folder = Path(arguments[0])
        calibrations(folder)
        sweeps(folder)
        sheets(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
