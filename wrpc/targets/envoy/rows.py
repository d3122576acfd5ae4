"""Conditions as rows: a row is an "and" of cells, one a signal; rows are the "or" of them. Bounded, because a table of
header matchers has no other "or" than one more entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from wrpc.targets.envoy.cells import Cell, Numbers, covers, join, meet

Row = Mapping[str, Cell]
Rows = tuple[Row, ...]

NEVER: Rows = ()
ALWAYS: Rows = ({},)

STEP_LIMIT = 256
PRODUCT_LIMIT = 4096


class TooWide(Exception):
    """More rows than one step of an expansion may have."""


def either(parts: Iterable[Rows], limit: int = STEP_LIMIT) -> Rows:
    """Requests in any of the parts."""
    return _simple([row for rows in parts for row in rows], limit)


def both(a: Rows, b: Rows, limit: int = STEP_LIMIT) -> Rows:
    """Requests in both."""
    if a == ALWAYS or not b:
        return b
    if b == ALWAYS or not a:
        return a
    if len(a) * len(b) > PRODUCT_LIMIT:
        raise TooWide
    return _simple([row for x in a for y in b if (row := meet_rows(x, y)) is not None], limit)


def every(parts: Iterable[Rows], limit: int = STEP_LIMIT) -> Rows:
    """Requests in all of the parts; narrow parts first, so that what cannot be together is seen early."""
    found = ALWAYS
    for part in sorted(parts, key=len):
        found = both(found, part, limit)
        if not found:
            break
    return found


def meet_rows(a: Row, b: Row) -> Row | None:
    """The requests of both rows; None where there is none."""
    if len(b) > len(a):
        a, b = b, a
    found = dict(a)
    for signal, theirs in b.items():
        mine = found.get(signal)
        both_cells = theirs if mine is None else meet(mine, theirs)
        if both_cells.empty:
            return None
        found[signal] = both_cells
    return found


def with_cell(row: Row, signal: str, cell: Cell) -> Row:
    """The row with another cell for a signal; a cell that allows everything is none."""
    found = dict(row)
    if cell.full:
        found.pop(signal, None)
    else:
        found[signal] = cell
    return found


def cell(signal: str, allowed: Cell) -> Rows:
    """The requests that one cell allows."""
    return NEVER if allowed.empty else ALWAYS if allowed.full else ({signal: allowed},)


def covers_row(a: Row, b: Row) -> bool:
    """Whether every request of `b` is one of `a`, as far as one row can tell."""
    if len(a) > len(b):
        return False
    numbers = []
    for signal, wide in a.items():
        other = b.get(signal)
        if other is None:
            return False
        if isinstance(wide, Numbers):
            numbers.append((wide, other))  # they take longest
        elif not covers(wide, other):
            return False
    return all(covers(wide, other) for wide, other in numbers)


def subset(a: Rows, b: Rows) -> bool:
    """Whether each row of `a` is covered by one of `b`."""
    return all(any(covers_row(wide, row) for wide in b) for row in a)


def signals(rows: Rows) -> Iterator[str]:
    for row in rows:
        yield from row


def key(row: Row) -> tuple[tuple[str, Cell], ...]:
    return tuple(sorted(row.items(), key=lambda item: item[0]))


def _simple(rows: Sequence[Row], limit: int) -> Rows:
    """The same requests in fewer rows: rows that differ in one signal merged, covered rows left out."""
    unique = list({key(r): r for r in rows}.values())
    if any(not r for r in unique):
        return ALWAYS
    unique = _uncovered(unique)
    while True:
        merged = _merged(unique)
        if len(merged) == len(unique):
            break
        unique = _uncovered(merged)
    if len(unique) > limit:
        raise TooWide
    return tuple(unique)


def _uncovered(rows: list[Row]) -> list[Row]:
    # A cover has no more signals than what it covers, so it stands before it in this order.
    kept: list[tuple[int, Row]] = []
    for position, row in sorted(enumerate(rows), key=lambda item: len(item[1])):
        if not any(covers_row(wide, row) for _, wide in kept):
            kept = [(p, r) for p, r in kept if len(r) < len(row) or not covers_row(row, r)]
            kept.append((position, row))
    return [row for _, row in sorted(kept, key=lambda item: item[0])]


def _merged(rows: list[Row]) -> list[Row]:
    """One pass over every signal: rows that agree on all the others become one where their cells have a union."""
    for signal in dict.fromkeys(s for row in rows for s in row):
        groups: dict[object, list[int]] = {}
        for i, row in enumerate(rows):
            if signal in row:
                groups.setdefault(tuple(item for item in key(row) if item[0] != signal), []).append(i)
        gone: set[int] = set()
        replaced: dict[int, Row] = {}
        for members in groups.values():
            for j, second in enumerate(members):
                for first in members[:j]:
                    if first in gone:
                        continue
                    mine = replaced.get(first, rows[first]).get(signal)
                    union = None if mine is None else join(mine, rows[second][signal])
                    if union is not None:
                        replaced[first] = with_cell(rows[first], signal, union)
                        gone.add(second)
                        break
        if gone:
            rows = [replaced.get(i, row) for i, row in enumerate(rows) if i not in gone]
    return rows
