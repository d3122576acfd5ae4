"""Two pools for each boundary between them, for people."""

from __future__ import annotations

from collections.abc import Iterator

from wrpc.fleet.divided import Divided
from wrpc.fleet.sizing.boundary import Row
from wrpc.report import units
from wrpc.report.screen import Line


def render(found: Divided) -> Iterator[Line]:
    """Of each boundary the row of its best γ."""
    unit = "USD/h" if found.money else "GPUs"
    table: list[tuple[str, ...]] = [
        ("boundary", "gamma", "share", units.name(found.short), units.name(found.long), unit)
    ]
    rows: dict[float, Row] = {}
    for row in found.rows:
        before = rows.get(row.boundary)
        if before is None or (row.cost is not None and (before.cost is None or row.cost < before.cost)):
            rows[row.boundary] = row
    table += [_cells(row) for row in rows.values()]
    wide = [max(len(cells[at]) for cells in table) for at in range(len(table[0]))]
    best = found.best
    styles = ["label", *("proved" if row is best else "" for row in rows.values())]
    for cells, style in zip(table, styles, strict=True):
        yield (("  ".join(cell.rjust(wide[at]) for at, cell in enumerate(cells)), style),)
    yield ()
    if best is None:
        yield (("no boundary keeps what is promised, with any number of replicas", "error"),)
        return
    where = "one pool for all is best" if best.boundary == 0 else f"best: up to {best.boundary:,.0f} tokens are short"
    gamma = f", up to {best.gamma:g} times as many are shortened" if best.gamma > 1 else ""
    yield ((f"{where}{gamma}", "proved"),)


def _cells(row: Row) -> tuple[str, ...]:
    def count(found: int | None) -> str:
        return "none" if found is None else f"{found:,}"

    cost = "" if row.cost is None else f"{row.cost:,.2f}"
    share = f"{row.share * 100:.3g}%"
    return (f"{row.boundary:,.0f}", f"{row.gamma:g}", share, count(row.short), count(row.long), cost)
