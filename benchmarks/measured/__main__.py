"""How near the simulator is to requests that were measured on real GPUs, as a table.

    python -m benchmarks.measured FOLDER [--write docs/simulator.md]

FOLDER holds the measured sets (see `sets.py`). Of each, a part is fitted and the rest predicted; arrivals and lengths
are given, times are not. An error is (predicted - measured) / measured, in percent; over several runs the mean of its
size. Without `--write` the table is printed. It takes some minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import ceil
from pathlib import Path

from benchmarks.measured.sets import Case, cases
from benchmarks.pages import placed
from wrpc.fleet.simulator.fit import Run, fit, simulated
from wrpc.fleet.steps import Engine

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
HEAD = ("measured", "TTFT mean", "TTFT p99", "TPOT", "E2E", "throughput", "goal", "others")


def figures(run: Run, first: Sequence[float], last: Sequence[float]) -> list[float]:
    """TTFT (mean, 99th percentile), TPOT and E2E (mean), and answered tokens a second, of what counts."""
    waits = sorted(first[i] - run.enter[i] for i in run.counts)
    paces = [(last[i] - first[i]) / (run.answer[i] - 1) for i in run.counts if run.answer[i] > 1]
    stays = [last[i] - run.enter[i] for i in run.counts]
    start, end = min(run.enter[i] for i in run.counts), max(last[i] for i in run.counts)
    p99 = waits[ceil(0.99 * len(waits)) - 1]
    tokens = sum(run.answer[i] for i in run.counts)
    return [sum(waits) / len(waits), p99, sum(paces) / len(paces), sum(stays) / len(stays), tokens / (end - start)]


def errors(runs: Sequence[Run], engine: Engine, kept: float) -> list[float]:
    table = []
    for run in runs:
        got = simulated(run, engine, kept)
        mine, theirs = figures(run, got.first, got.last), figures(run, run.first, run.last)
        table.append([100 * (m / t - 1) for m, t in zip(mine, theirs, strict=True)])
    if len(table) == 1:
        return table[0]
    return [sum(abs(row[at]) for row in table) / len(table) for at in range(len(table[0]))]


def row(case: Case, found: Sequence[float]) -> tuple[str, ...]:
    sign = "+.1f" if len(case.rest) == 1 else ".1f"
    cells = []
    for error, goal in zip(found, case.goal, strict=True):
        text = f"{error:{sign}}"
        cells.append(text if abs(error) <= goal else f"**{text}**")
    goals = "; ".join(f"{g:g}" for g in case.goal)
    return (case.name, *cells, goals, case.other or "-")


def main(arguments: Sequence[str]) -> int:
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    fitted: dict[str, tuple[Engine, float]] = {}
    lines: list[str] = []
    part = ""
    for case in cases(folder):
        if case.again:
            engine, kept = fitted[case.again]
        else:
            engine, kept, left = fit(case.seen, case.engine, kept=case.kept, cache=case.cache)
            s = engine.step
            five = (s.fixed, s.per_token, s.per_sequence, s.per_cached, s.per_pair)
            numbers = " ".join(f"{n:.3g}" for n in five)
            print(
                f"{case.name}: step {numbers}, cache {engine.kv_tokens:.0f}, overhead {engine.overhead:.3g}, "
                f"kept {kept:.2f}, distance {left:.3f}",
                file=sys.stderr,
                flush=True,
            )
            fitted[case.name] = engine, kept
        found = row(case, errors(case.rest, engine, kept))
        print(" | ".join(found), file=sys.stderr, flush=True)
        if case.part != part:
            part = case.part
            lines += ["", f"**{TITLES[part]}**", "", f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD)]
        lines.append(f"| {' | '.join(found)} |")
    text = "\n".join(lines).strip() + "\n"
    return placed(text, BEGIN, END, arguments)


TITLES = {
    "one overload": "One overload, of which a third is fitted and the rest predicted (vLLM 0.19)",
    "several phases": "One engine, alone, in a burst, and at three rates: the first two fifths fitted (vLLM 0.11)",
    "other rates": "Many rates, a third of them fitted, the others predicted (vLLM of May 2025); sizes of errors",
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
