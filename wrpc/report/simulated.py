"""What a simulation shows, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wrpc.fleet.gpus import VERSION as GPUS
from wrpc.fleet.serving import SHEET
from wrpc.fleet.simulator.figures import Saturated, Times
from wrpc.fleet.simulator.simulate import Place, Simulation
from wrpc.report import units
from wrpc.report.screen import Line
from wrpc.version import __version__

STYLES = {"pass": "proved", "fail": "error", "open": "open"}


def render(found: Simulation) -> Iterator[Line]:
    yield from _table(_pools(found))
    yield ()
    yield from _table(_workloads(found))
    yield ()
    for group in found.groups:
        for promise in group.promises:
            style, word = ("proved", "kept") if promise.kept else ("error", "broken")
            shown = "nothing was served" if promise.shown is None else seconds(promise.shown)
            named = f"  {units.name(group.workload)} {promise.name} {seconds(promise.limit)}: "
            yield ((word, style), (named + shown, ""))
        other = ", ".join(f"{count:,} {end}" for end, count in group.ends.items() if end != "served")
        if other:
            yield (("note: ", "label"), (f"of {group.requests:,} requests of `{group.workload}`, {other}", ""))
    for said in found.assumed:
        yield (("assumed: ", "label"), (said, ""))
    for engine in _engines(found.places):
        yield (("assumed: ", "label"), (engine, ""))
    if found.elsewhere:
        names = ", ".join(f"`{name}`" for name in found.elsewhere)
        yield (("note: ", "label"), (f"not simulated, since the policy gives them no GPUs: {names}", ""))
    for missing in found.missing:
        yield (("open: ", "open"), (f"{missing.subject} is not simulated: {missing.why}", ""))
        yield (("  --> ", "label"), (f"{missing.span.file}:{missing.span.line}:{missing.span.column}", "place"))
        yield (("  help: ", "label"), (missing.settle, ""))
    yield ()
    yield ((f"{found.verdict}: {_means(found)}", STYLES[found.verdict]),)
    if found.saturated:
        yield ((f"saturated: {_first(found.saturated)}", "error"),)


def _pools(found: Simulation) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        ("pool", "requests/s", "replicas", "busy", "batch", "slots used", "preempted", "TTFT p99", "TPOT p99")
    ]
    for place in found.places:
        s = place.served
        name = f"{units.name(place.pool)} {place.phase}" if place.phase else units.name(place.pool)
        replicas = f"{s.replicas:.3g}" if s.most == s.node.replicas else f"{s.replicas:.3g} (most {s.most})"
        work = f"{s.rate:.3g}", replicas, f"{s.busy:.0%}", f"{s.batch:.3g}", f"{s.used:.0%}", f"{s.preempted:,}"
        rows.append((name, *work, _p99(place.times, "first"), _p99(place.times, "pace")))
    return rows


def _p99(times: Times, which: str) -> str:
    found = times.first if which == "first" else times.pace
    return "-" if found is None else seconds(found.p99)


def _workloads(found: Simulation) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("workload", "requests", "served", "", "mean", "p50", "p90", "p99")]
    for group in found.groups:
        first = (units.name(group.workload), f"{group.requests:,}", f"{group.times.count:,}")
        named = (
            ("TTFT, queue included", group.times.first),
            ("TTFT", group.times.taken),
            ("TPOT", group.times.pace),
            ("E2E", group.times.whole),
        )
        for name, spread in named:
            shown = () if spread is None else (spread.mean, spread.p50, spread.p90, spread.p99)
            rows.append((*first, name, *(map(seconds, shown) if shown else ("-",) * 4)))
            first = ("", "", "")
    return rows


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[Line]:
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    left = {0} | ({3} if rows[0][0] == "workload" else set())
    for number, row in enumerate(rows):
        cells = [cell.ljust(wide[at]) if at in left else cell.rjust(wide[at]) for at, cell in enumerate(row)]
        yield (("  ".join(cells).rstrip(), "" if number else "label"),)


def _engines(places: Sequence[Place]) -> Iterator[str]:
    factors: dict[tuple[str, float], list[str]] = {}
    for place in places:
        factors.setdefault((place.engine.source, place.engine.factor), []).append(f"`{place.served.node.name}`")
    for (source, factor), names in factors.items():
        named, verb = ("data sheets", "say") if source == SHEET else (f"`{source}`", "says")
        within = f"times are right within a factor of {factor:.3g}"
        yield f"the engines of {', '.join(names)} are as {named} {verb}: {within}"


def _means(found: Simulation) -> str:
    versions = f"seed {found.seed}, wrpc {__version__}, GPUs {GPUS}"
    came = f"{found.requests:,} requests in {seconds(found.seconds)} ({versions})"
    broken = sum(not p.kept for g in found.groups for p in g.promises)
    if found.saturated:
        return f"{came}: more than the fleet can serve"
    if broken:
        return f"{came}: {broken} objective{'s are' if broken > 1 else ' is'} broken"
    if found.verdict == "open":
        return f"{came}: a part of the fleet is not simulated"
    kept = sum(len(g.promises) for g in found.groups)
    return f"{came}: {'every objective is kept' if kept else 'no workload has an objective'}"


def _first(saturated: Sequence[Saturated]) -> str:
    one = saturated[0]
    what = {"slots": "no slot is free", "KV cache": "its KV cache is full", "compute": "prompts fill its steps"}[one.by]
    more = f"; then {', '.join(f'`{s.node}`' for s in saturated[1:])}" if len(saturated) > 1 else ""
    return f"first `{one.node}`, from {seconds(one.at)} on: {what}{more}"


def seconds(time: float) -> str:
    """In the unit that people say it in, to three digits."""
    if time <= 0:
        return "0s"
    if time < 1:
        return f"{_three(time * 1000)}ms"
    if time < 600:
        return f"{_three(time)}s"
    return f"{_three(time / 60)}min" if time < 7200 else f"{_three(time / 3600)}h"


def _three(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"
