"""How many replicas pools need and what they give, for people."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from wrpc.fleet import gpus
from wrpc.fleet.serving import SHEET
from wrpc.fleet.sized import FORMULAS, Replicas, Sized, Sizing, seconds
from wrpc.fleet.sizing.smallest import Band
from wrpc.report import units
from wrpc.report.screen import Line

STYLES = {"pass": "proved", "fail": "error", "open": "open"}
HEAD = ("pool", "rate", "replicas", "needed", "load", "TTFT+queue p99", "TPOT p99", "E2E p99", "power", "cost")


def render(found: Sizing) -> Iterator[Line]:
    if found.pools:
        yield from _table(found)
        yield ()
    for pool in found.pools:
        if pool.verdict != "pass":
            yield ((f"{pool.verdict}: ", STYLES[pool.verdict]), (f"pool {units.name(pool.pool)} {pool.why}", ""))
            yield (("  --> ", "label"), (f"{pool.span.file}:{pool.span.line}:{pool.span.column}", "place"))
            yield from _missed(pool)
            yield (("  help: ", "label"), (pool.settle, ""))
    notes = list(_notes(found))
    yield from notes
    if notes or any(p.verdict != "pass" for p in found.pools):
        yield ()
    yield ((f"{found.verdict}: {_means(found)}", STYLES[found.verdict]),)


def _table(found: Sizing) -> Iterator[Line]:
    rows: list[tuple[str, ...]] = [HEAD]
    for pool in found.pools:
        for at, part in enumerate(pool.replicas):
            rows.append(_row(pool, part, first=at == 0))
    wide = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    for number, row in enumerate(rows):
        cells = [cell.ljust(wide[at]) if at == 0 else cell.rjust(wide[at]) for at, cell in enumerate(row)]
        yield (("  ".join(cells).rstrip(), "" if number else "label"),)


def _row(pool: Sized, part: Replicas, *, first: bool) -> tuple[str, ...]:
    name = f"{units.name(pool.pool)} {part.phase}" if part.phase else units.name(pool.pool)
    of = pool.figures or {}
    figures = [_seconds(of.get("ttft_queue_p99")), _seconds(of.get("tpot_p99")), _seconds(of.get("e2e_p99"))]
    if pool.figures is None:
        saturated = pool.utilisation is not None
        figures = ["saturated" if saturated else "unknown", "", ""]
    endless = pool.utilisation is None or pool.utilisation.high == inf
    used = "" if pool.utilisation is None or endless else _band(pool.utilisation * 100, "%")
    return (
        name,
        _band(pool.rate, "/s") if first else "",
        "?" if part.count is None else f"{part.count:,}",
        _needed(part),
        used if first else "",
        *(figures if first else ("", "", "")),
        _watts(part.watts),
        _money(part.cost),
    )


def _needed(part: Replicas) -> str:
    low, expected, high = part.needed
    if low is None:
        return "none will do" if part.count is not None else ""
    if low == high:
        return f"{low:,}"
    about = "" if expected is None else f" ({expected:,})"
    return f"{low:,}..{'?' if high is None else f'{high:,}'}{about}"


def _missed(pool: Sized) -> Iterator[Line]:
    """Promises that are not kept, or of which it is open, with what is known of them."""
    for sent in pool.workloads:
        for figure, kept in sent.kept.items():
            if kept is not True and sent.figures is not None:
                promised = seconds(sent.promises.of(figure) or 0.0)
                said = f"workload {units.name(sent.workload)}: {figure} {_seconds(sent.figures[figure])}, "
                yield (("  ", ""), (f"{said}promised {promised}", ""))


def _notes(found: Sizing) -> Iterator[Line]:
    if any(SHEET in pool.basis for pool in found.pools):
        few = [units.name(p.pool) for p in found.pools if SHEET in p.basis]
        said = f"by data sheets, right within a factor of 1.5 to 2: {', '.join(few)}"
        yield (("note: ", "label"), (said, ""))
    for pool in found.pools:
        for via, rate in (pool.edges or {}).items():
            said = (
                f"up to {rate:.3g}/s more may come to {units.name(pool.pool)} by {via.replace('_', ' ')}, not counted"
            )
            yield (("note: ", "label"), (said, ""))
    if found.elsewhere:
        few = [units.name(p) for p in found.elsewhere]
        yield (("note: ", "label"), (f"not sized, since the policy gives them no GPUs: {', '.join(few)}", ""))


def _means(found: Sizing) -> str:
    if not found.pools:
        return "no workload sends anything to a pool with GPUs"
    replicas, each = found.counts
    total = [t for t in (_watts(found.watts), _money(found.cost)) if t != "unknown"]
    few = f"{len(found.pools):,} pool{'' if len(found.pools) == 1 else 's'}"
    counted = [] if replicas is None else [f"{replicas:,} replicas", f"{each:,} GPUs"]
    by = f"(formulas {FORMULAS}, GPUs {gpus.VERSION})"
    return f"{', '.join([few, *counted, *total])} {by}"


def _band(band: Band, unit: str) -> str:
    low, high = f"{band.low:.3g}", f"{band.high:.3g}"
    return f"{low}{unit}" if low == high else f"{low}..{high}{unit}"


def _seconds(band: Band | None) -> str:
    if band is None:
        return "unknown"
    low, high = seconds(band.low), seconds(band.high)
    return low if low == high else f"{low}..{high}"


def _watts(power: Band | None) -> str:
    if power is None:
        return "unknown"
    return _band(power * 0.001, "kW") if power.high >= 1000 else _band(power, "W")


def _money(cost: Band | None) -> str:
    if cost is None:
        return "unknown"
    low, high = f"{cost.low:,.2f}", f"{cost.high:,.2f}"
    return f"{low}USD/h" if low == high else f"{low}..{high}USD/h"
