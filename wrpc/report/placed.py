"""Where pools stand, or why they cannot, for people."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from wrpc.fleet.placement import Placement
from wrpc.report import units
from wrpc.report.screen import Line
from wrpc.source import Span

STYLES = {"placed": "proved", "impossible": "error", "open": "open"}


def render(found: Placement) -> Iterator[Line]:
    if found.standings:
        yield from _table(found)
        yield ()
    for cause in found.clash:
        mend = f": {cause.change}" if cause.change else ""
        unsure = "" if cause.needed else " (not known to be needed)"
        yield (("cause: ", "label"), (cause.name, ""), (unsure, "open"), (mend, "proved"))
        yield (("  --> ", "label"), (_at(cause.span), "place"))
    for each in found.open:
        yield (("open: ", "open"), (f"{each.cause}: {each.what}", ""))
        yield (("  --> ", "label"), (_at(each.span), "place"))
        yield (("  help: ", "label"), (each.settle, ""))
    if found.clash or found.open:
        yield ()
    yield ((f"{found.verdict}: {_means(found)}", STYLES[found.verdict]),)


def _table(found: Placement) -> Iterator[Line]:
    rows = [("pool", "site", "replicas", "GPUs", "power", "cost")]
    for s in found.standings:
        pool = f"{units.name(s.pool)} {s.phase}" if s.phase else units.name(s.pool)
        rows.append((pool, units.name(s.site), f"{s.replicas}", f"{s.gpus}", _watts(s.watts), _money(s.cost)))
    wide = [max(len(row[at]) for row in rows) for at in range(6)]
    for number, row in enumerate(rows):
        cells = [cell.ljust(wide[at]) if at < 2 else cell.rjust(wide[at]) for at, cell in enumerate(row)]
        yield (("  ".join(cells).rstrip(), "" if number else "label"),)


def _means(found: Placement) -> str:
    match found.verdict:
        case "placed":
            if not found.standings:
                return "no pool has `gpu` and `replicas`, so nothing stands on a site"
            pools = len({s.pool for s in found.standings})
            used = len({s.site for s in found.standings})
            total = [t for t in (_watts(found.watts), _money(found.cost)) if t != "unknown"]
            said = f"{_count(pools, 'pool')} on {_count(used, 'site')}"
            return ", ".join([said, f"{_count(sum(s.gpus for s in found.standings), 'GPU')}", *total])
        case "impossible":
            few, unsure = len(found.clash), sum(not cause.needed for cause in found.clash)
            if few == 1:
                return "it cannot hold by itself"
            if unsure == 0:
                return f"these {few} cannot hold together, and each is needed"
            which = "any of them" if unsure == few else f"{unsure} of them"
            return f"these {few} cannot hold together; the solver gives up before it tells whether {which} could go"
        case "open":
            return "where the pools stand is not known"


def _at(span: Span) -> str:
    return f"{span.file}:{span.line}:{span.column}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _watts(power: Fraction | None) -> str:
    if power is None:
        return "unknown"
    return f"{units.decimal(power / 1000)}kW" if power >= 1000 else f"{units.decimal(power)}W"


def _money(cost: Fraction | None) -> str:
    return "unknown" if cost is None else f"{float(cost):,.2f}USD/h"
