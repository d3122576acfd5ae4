"""Cells as Envoy's header matchers.

Every matcher stands behind the checks that refuse headers which are no value of their signal. So an inverted matcher
leaves only other values of the signal (unguarded, an inverted range also matches garbage), and an absent header, read
as the empty string, is no value of any type but `string`, whose cells are split where that matters.

From 1.39 on Envoy matches expressions with the bytes of a header, up to 1.38 with the characters of its UTF-8; they are
written for bytes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from wrpc.policy.expr import Interval
from wrpc.policy.intervals import merged
from wrpc.policy.regular.utf8 import in_bytes
from wrpc.targets.envoy import decimals
from wrpc.targets.envoy.cells import Atom, Cell, Choice, Literals, Numbers
from wrpc.targets.envoy.headers import alternatives, escape
from wrpc.targets.envoy.rows import Row

Matcher = dict[str, object]

# `range_match` reads int64, its end is outside, and beyond 2^53 some YAML readers round.
_SAFE = 2**53


def present(header: str, *, there: bool = True) -> Matcher:
    return {"name": header, "present_match": there}


def regex(header: str, pattern: str) -> Matcher:
    return {"name": header, "string_match": {"safe_regex": {"regex": pattern}}}


def exact(header: str, text: str) -> Matcher:
    return {"name": header, "string_match": {"exact": text}}


def inverted(matcher: Matcher, *, absent_too: bool = False) -> Matcher:
    """Everything else; an absent header only where it is asked for."""
    found = {**matcher, "invert_match": True}
    return {**found, "treat_missing_header_as_empty": True} if absent_too else found


def row_matchers(row: Row, headers: Mapping[str, str]) -> list[list[Matcher]]:
    """The lists of matchers, one a route entry, that together match a row; mostly one."""
    cells = [cell_matchers(headers[signal], cell) for signal, cell in sorted(row.items())]
    return [[m for part in parts for m in part] for parts in product(*cells)]


def cell_matchers(header: str, cell: Cell) -> list[list[Matcher]]:
    match cell:
        case Choice():
            return [_choice(header, cell)]
        case Numbers():
            return [_numbers(header, cell)]
        case Literals():
            return _literals(header, cell)


def _choice(header: str, cell: Choice) -> list[Matcher]:
    if not cell.words:
        return [present(header, there=False)]
    if cell.words == cell.of:
        return [present(header)]
    others = sorted(cell.of - cell.words)
    if cell.absent:
        return [inverted(_words(header, others), absent_too=True)]
    if len(others) == 1 and len(cell.words) > 1:
        return [inverted(_words(header, others))]
    return [_words(header, sorted(cell.words))]


def _words(header: str, words: list[str]) -> Matcher:
    return exact(header, words[0]) if len(words) == 1 else regex(header, alternatives(words))


def _numbers(header: str, cell: Numbers) -> list[Matcher]:
    if not cell.ranges:
        return [present(header, there=False)]
    if cell.ranges == (cell.of,):
        return [present(header)]
    if cell.whole and _safe(cell.of):
        if cell.absent:
            return [inverted(_range(header, r), absent_too=True) for r in cell.missing]
        whole = Interval(cell.ranges[0].low, cell.ranges[-1].high)
        gaps = [] if len(cell.ranges) == 1 else [r for r in cell.missing if _inside(r, whole)]
        outer = [] if whole == cell.of else [_range(header, whole)]
        return outer + [inverted(_range(header, r)) for r in gaps]
    spelled = decimals.integers if cell.whole else decimals.numbers
    if cell.absent:
        return [inverted(regex(header, spelled(cell.missing)), absent_too=True)]
    return [regex(header, spelled(cell.ranges))]


def _safe(r: Interval) -> bool:
    return r.low is not None and r.high is not None and r.low > -_SAFE and r.high < _SAFE


def _inside(r: Interval, whole: Interval) -> bool:
    return merged((r, whole)) == (whole,)


def _range(header: str, r: Interval) -> Matcher:
    assert r.low is not None, "integers have a range"
    assert r.high is not None, "integers have a range"
    if r.low == r.high:
        return exact(header, str(r.low))
    return {"name": header, "range_match": {"start": int(r.low), "end": int(r.high) + 1}}


def _literals(header: str, cell: Literals) -> list[list[Matcher]]:
    absent = [present(header, there=False)]
    if not cell.present:
        return [absent]
    if not cell.required and not cell.refused:
        return [[present(header)]]
    atoms = [(a, True) for a in _sorted(cell.required)] + [(a, False) for a in _sorted(cell.refused)]
    if not cell.absent:
        return [[_atom(header, a) if wanted else inverted(_atom(header, a)) for a, wanted in atoms]]
    if not cell.required and not any(a.holds("") for a in cell.refused):
        return [[inverted(_atom(header, a), absent_too=True) for a, _ in atoms]]
    there = Literals(cell.required, cell.refused, True, False, cell.fails)
    return [absent, *_literals(header, there)]


def _sorted(atoms: Iterable[Atom]) -> list[Atom]:
    return sorted(atoms, key=lambda a: (a.kind, a.value))


def _atom(header: str, atom: Atom) -> Matcher:
    match atom.kind:
        case "equals":
            return exact(header, atom.value)
        case "prefix" | "suffix" | "contains":
            return {"name": header, "string_match": {atom.kind: atom.value}}
        case "matches":
            return regex(header, in_bytes(atom.value))
        case "has":
            return regex(header, rf"(?:.*,)?{escape(atom.value)}(?:,.*)?")
        case "before":
            return regex(header, in_bytes(before(atom.value)))


def before(text: str) -> str:
    r"""Strings that stand before a text by code point: its beginnings, and what is smaller at the first difference."""
    found: list[str] = []
    for i, c in enumerate(text):
        # Headers hold no control characters, so that the space is the least one.
        smaller = rf"[\x{{20}}-\x{{{ord(c) - 1:X}}}].*" if c > " " else ""
        start = escape(text[:i])
        found.append(start + (f"(?:{smaller})?" if smaller else ""))
    return "(?:" + "|".join(found) + ")" if found else "$.^"
