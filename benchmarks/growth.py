"""How the time and the memory of `check` grow with the routes, as a page with pictures.

`python benchmarks/growth.py` draws docs/performance.md and its pictures of growth.json; with sizes behind it
(`100,300,1000`) everything is measured first: whole processes, their own processor time, so that other work beside them
counts little. A test holds that the page is what is drawn.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from math import log, log10
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(__file__).resolve().parent / "growth.json"
PAGE = ROOT / "docs" / "performance.md"

COLOURS = {"firewall": "#0072b2", "tenants": "#e69f00", "names": "#009e73", "flags": "#cc79a7", "mixed": "#d55e00",
           "sums": "#56b4e9"}  # fmt: skip
SAID = {
    "firewall": "two-sided lengths × 16 names × 6 bools",
    "tenants": "one `one_of` of as many tenants × a length",
    "names": "strings by `==` and `prefix`",
    "flags": "30 bools in nested conditions",
    "mixed": "a fifth of each",
    "sums": "bands over sums of scores",
}
WIDTH, HEIGHT, EDGE = 640, 360, 56

Row = Mapping[str, float]
Rows = Mapping[str, Sequence[Row]]


def main() -> int:
    if len(sys.argv) > 1:
        measured = measure([int(size) for size in sys.argv[1].split(",")])
        DATA.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    for path, text in files().items():
        path.write_text(text, encoding="utf-8")
    return 0


def files() -> dict[Path, str]:
    rows: Rows = json.loads(DATA.read_text(encoding="utf-8"))
    return {
        PAGE: page(rows),
        PAGE.with_name("performance-time.svg"): picture(rows, "check", "seconds of processor time"),
        PAGE.with_name("performance-memory.svg"): picture(rows, "mb", "MB at most"),
    }


# ── Measuring ─────────────────────────────────────────────────────────────


def measure(sizes: Sequence[int]) -> Rows:
    sys.path.insert(0, str(ROOT))
    from benchmarks.families import family

    made: dict[str, list[Row]] = {}
    program = str(Path(sys.executable).parent / "wrpc")
    with tempfile.TemporaryDirectory() as folder:
        # As an installed wheel: modules are compiled once, and not by each run.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder, "compiled"))
        path = Path(folder, "first.wrp")
        for kind in SAID:
            path.write_text(family(kind, min(sizes)), encoding="utf-8")
            spent([program, "check", str(path)])
        for kind in SAID:
            for size in sizes:
                path = Path(folder, f"{kind}.wrp")
                path.write_text(family(kind, size), encoding="utf-8")
                lint, _ = spent([program, "lint", str(path)])
                check, memory = spent([program, "check", str(path)])
                made.setdefault(kind, []).append({"routes": size, "lint": lint, "check": check, "mb": memory})
    return made


def spent(command: Sequence[str]) -> tuple[float, float]:
    """Processor seconds and MB at most of one run."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return round(used.ru_utime + used.ru_stime, 2), round(used.ru_maxrss / 1024)


# ── The page ──────────────────────────────────────────────────────────────


def page(rows: Rows) -> str:
    return "".join(_page(rows))


def _page(rows: Rows) -> Iterator[str]:
    yield HEAD
    yield "| routes of a kind | routes | `lint`, s | `check`, s | `check` / `lint` | memory, MB |\n"
    yield "| --- | --- | --- | --- | --- | --- |\n"
    for kind, those in rows.items():
        for row in those:
            ratio = f"{row['check'] / row['lint']:.1f} ×"
            first = f"{kind}: {SAID[kind]}" if row is those[0] else ""
            took = f"{row['lint']:.2f} | {row['check']:.2f} | {ratio}"
            yield f"| {first} | {row['routes']:,.0f} | {took} | {row['mb']:.0f} |\n"
    yield "\n## How it grows\n\n![Seconds of `check` by routes](performance-time.svg)\n\n"
    yield "Between the two largest sizes that were measured, the time of `check` grows with this power of the routes\n"
    yield "(1 is in proportion), and memory with that:\n\n"
    yield "| kind | time | memory |\n| --- | --- | --- |\n"
    for kind, those in rows.items():
        yield f"| {kind} | {_power(those, 'check'):.2f} | {_power(those, 'mb'):.2f} |\n"
    yield "\n![MB of `check` by routes](performance-memory.svg)\n"
    yield TAIL


def _power(rows: Sequence[Row], what: str) -> float:
    first, last = rows[-2], rows[-1]
    return log(last[what] / first[what]) / log(last["routes"] / first["routes"])


HEAD = """\
# Performance

<!-- Written by benchmarks/growth.py of benchmarks/growth.json. -->

Whole processes: `wrpc check` beside `wrpc lint` of the same file, processor time on two cores that were busy with other
work, which makes all of them slower than they are on a quiet machine (about twice); the ratio of the two bears it.
Modules are compiled before, as pip does it. `benchmarks/families.py` writes the policies.
[benchmarks](../benchmarks/README.md) says where the time goes.

"""
TAIL = """
## What answers

A small policy is answered by sets of points. In a large one diagrams answer as long as their nodes stay within a
budget: the first three kinds. Nested bools leave it, and a SAT solver takes over; sums and comparisons of strings are
variables of both, for which values are looked for: of sums among numbers of few decimals, else by Z3. Where one of the
last two would be asked, some thousand samples are tried first: requests that are made for each condition, of which
every term is known at once as the bits of a number. What they show is possible needs no question any more, nor does a
route or a part of a condition that they show to be needed; what is not possible is still proved, and what is shown to a
reader is still replayed.
"""


# ── Pictures ──────────────────────────────────────────────────────────────


def picture(rows: Rows, what: str, axis: str) -> str:
    """Lines over logarithmic axes. The same numbers give the same bytes."""
    xs = [row["routes"] for those in rows.values() for row in those]
    ys = [row[what] for those in rows.values() for row in those]
    left, right = log10(min(xs)), log10(max(xs))
    low, high = log10(min(ys)) - 0.1, log10(max(ys)) + 0.1

    def x(value: float) -> float:
        return EDGE + (log10(value) - left) / ((right - left) or 1) * (WIDTH - 3 * EDGE)

    def y(value: float) -> float:
        return HEIGHT - EDGE - (log10(value) - low) / (high - low) * (HEIGHT - 2 * EDGE)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{EDGE}" y="{EDGE - 16}">{axis}</text>',
        f'<text x="{WIDTH - 2 * EDGE}" y="{HEIGHT - 14}" text-anchor="end">routes</text>',
    ]
    for value in sorted(set(xs)):
        parts.append(
            f'<line x1="{x(value):.1f}" y1="{EDGE}" x2="{x(value):.1f}" y2="{HEIGHT - EDGE}" stroke="#dddddd"/>'
        )
        parts.append(f'<text x="{x(value):.1f}" y="{HEIGHT - EDGE + 16}" text-anchor="middle">{value:,.0f}</text>')
    for value in (v for power in range(-2, 5) for v in (10**power, 3 * 10**power) if low <= log10(v) <= high):
        parts.append(
            f'<line x1="{EDGE}" y1="{y(value):.1f}" x2="{WIDTH - 2 * EDGE}" y2="{y(value):.1f}" stroke="#dddddd"/>'
        )
        parts.append(f'<text x="{EDGE - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{value:g}</text>')
    # Names beside the ends of their lines, none over another.
    at = float("inf")
    for kind, those in sorted(rows.items(), key=lambda each: each[1][-1][what]):
        points = " ".join(f"{x(row['routes']):.1f},{y(row[what]):.1f}" for row in those)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[kind]}" stroke-width="2"/>')
        at = min(y(those[-1][what]) + 4, at - 13)
        parts.append(f'<text x="{x(those[-1]["routes"]) + 6:.1f}" y="{at:.1f}" fill="{COLOURS[kind]}">{kind}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
