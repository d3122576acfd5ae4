"""Values for sums on a grid of few decimals: what most ways for sums to lie have, found without Z3.

On the grid a value is a whole number of tenths, hundredths or thousandths, and each bound of a sum a row
`a·x + b·y + … <= c` of whole numbers. Ranges are narrowed by the rows (bounds propagation: a quantity may be no more
than what the least of the others leaves), then one value after the other is chosen, and others where that fails. What
is found satisfies every row; where nothing is, there may still be values beside the grid, and Z3 is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, lcm
from typing import TYPE_CHECKING, NamedTuple

from wrpc.decide.request import RequestValue
from wrpc.policy.expr import Confidence, Fires, Indicator, Linear, NamedNumber, Quantity, Raw
from wrpc.policy.model import Bool, Real, Score
from wrpc.solver.index.leaves import Below, Cut, Sum, Table

if TYPE_CHECKING:
    from wrpc.solver.index.realise import Found

GRIDS = (10, 100, 1000)  # parts of one that a value is counted in, the coarsest first
TRIED = 60  # choices of a value, for one grid

Row = tuple[list[tuple[int, int]], int]  # factors of variables, by index; and what they add up to at most


class Beyond(Exception):
    """The sums read what is on no grid."""


class _Flat(NamedTuple):
    """A sum of quantities of single signals, over one denominator."""

    terms: Sequence[tuple[int, Quantity]]
    constant: int
    bottom: int


class Grid:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._policy = table.policy
        self._flat: dict[int, tuple[Sum, _Flat | None]] = {}  # the sum is kept, so that its address stays its own
        self._ranges: dict[tuple[str, int, int], tuple[int, int]] = {}

    def values(self, found: Found) -> dict[str, RequestValue] | None:
        """Values of the signals that the atoms speak of, for which these are as they were found; None where the grid
        has none, or the atoms speak of more."""
        bounds: dict[Sum, tuple[Cut | None, Cut | None]] = {}  # at or behind the first, and before the second
        for number, so in found.atoms.items():
            make = self._table.atoms[number].make
            if not isinstance(make, Below):
                return None
            low, high = bounds.get(make.of, (None, None))
            if so:
                high = make.cut if high is None else min(high, make.cut)
            else:
                low = make.cut if low is None else max(low, make.cut)
            bounds[make.of] = low, high
        names = sorted({n for of in bounds for n in of.signals})
        try:
            asked = [(*self._linear(of, found), *between) for of, between in bounds.items()]
            fixed = {name: self._fixed(name, found) for name in names}
            for parts in GRIDS:
                numbers = self._numbers(asked, [n for n, value in fixed.items() if value is None], found, parts)
                if numbers is not None:
                    return {n: numbers[n] if value is None else value for n, value in fixed.items()}
        except Beyond:
            pass
        return None

    def _numbers(
        self,
        asked: Sequence[tuple[Mapping[str, int], int, int, Cut | None, Cut | None]],
        names: Sequence[str],
        found: Found,
        parts: int,
    ) -> dict[str, Fraction] | None:
        index = {name: i for i, name in enumerate(names)}
        ranges = [self._range(name, self._cell(name, found), parts) for name in names]
        rows: list[Row] = []
        for factors, constant, bottom, low, high in asked:
            whole, added = bottom * parts, constant * parts
            terms = [(factor, index[name]) for name, factor in factors.items()]
            if high is not None:
                bound, behind = high[0] * whole, high[1]
                rows.append((terms, (floor(bound) if behind else ceil(bound) - 1) - added))
            if low is not None:
                bound, behind = low[0] * whole, low[1]
                least = (floor(bound) + 1 if behind else ceil(bound)) - added
                rows.append(([(-factor, i) for factor, i in terms], -least))
        liked = [self._table.domains[name].values[self._cell(name, found)] for name in names]
        wanted = [floor(value * parts) for value in liked if isinstance(value, Fraction)]
        made = Search(rows, len(names)).solved([low for low, _ in ranges], [high for _, high in ranges], wanted)
        return None if made is None else {name: Fraction(made[i], parts) for name, i in index.items()}

    def _range(self, name: str, cell: int, parts: int) -> tuple[int, int]:
        """The least and the greatest place of the grid in a cell."""
        key = name, cell, parts
        if key not in self._ranges:
            interval = self._table.domains[name].intervals[cell]
            assert interval.low is not None, "a signal has a least number"
            assert interval.high is not None, "a signal has a greatest number"
            low, high = interval.low * parts, interval.high * parts
            least = floor(low) + 1 if interval.low_open else ceil(low)
            self._ranges[key] = least, ceil(high) - 1 if interval.high_open else floor(high)
        return self._ranges[key]

    def _cell(self, name: str, found: Found) -> int:
        return found.cells[name] if name in found.cells else self._table.domains[name].liked[0]

    def _fixed(self, name: str, found: Found) -> RequestValue:
        """The value of a bool; None for a number, which is looked for."""
        if name not in self._table.domains or name in self._policy.group_of:
            raise Beyond
        match self._policy.signals[name].type:
            case Bool():
                return self._table.domains[name].values[self._cell(name, found)]
            case Real() | Score():
                return None
            case _:
                raise Beyond

    # ── Sums ──────────────────────────────────────────────────────────────

    def _linear(self, of: Sum, found: Found) -> tuple[Mapping[str, int], int, int]:
        """The factor of each number that the sum then has, what is added to them, and the denominator of it all."""
        flat = self._flattened(of)
        factors: dict[str, int] = {}
        constant = flat.constant
        for factor, quantity in flat.terms:
            value = self._quantity(of, quantity, found)
            if isinstance(value, str):
                factors[value] = factors.get(value, 0) + factor
            else:
                constant += factor * value
        return factors, constant, flat.bottom

    def _quantity(self, of: Sum, quantity: Quantity, found: Found) -> str | int:
        """The signal whose number it is; or a number that does not hang on one. What is unknown is what the reference
        takes it for."""
        name = _signal(quantity)
        signal = self._policy.signals[name]
        failed = of.failures and signal.can_fail and found.failed.get(name, False)
        meaning = signal.on_error if failed and of.meanings else None
        meant = {"fires": 1, "silent": 0}.get(meaning or "")
        if isinstance(quantity, Raw):
            return name if meant is None else meant
        if not isinstance(signal.type, Score):
            assert isinstance(quantity, Indicator), "only a score has a confidence"
            return (meant or 0) if failed else int(self._fixed(name, found) is True)
        if signal.type.threshold is None or (failed and meant is None):
            return 0
        if meant is not None:
            fires = signal.type.fires(Fraction(meant))
            return int(fires) if isinstance(quantity, Indicator) else meant * fires
        if isinstance(quantity, Indicator):
            return int(self._fires(name, signal.type, self._cell(name, found)))
        return name if self._fires(name, signal.type, self._cell(name, found)) else 0

    def _fires(self, name: str, score: Score, cell: int) -> bool:
        """A score fires in a cell, which its threshold does not cut."""
        interval = self._table.domains[name].intervals[cell]
        assert interval.low is not None, "a signal has a least number"
        assert interval.high is not None, "a signal has a greatest number"
        low = score.fires(interval.low) or (interval.low_open and interval.low == score.threshold)
        high = score.fires(interval.high) and not (interval.high_open and interval.high == score.threshold)
        if low is not high:
            raise Beyond
        return low

    def _flattened(self, of: Sum) -> _Flat:
        if id(of) not in self._flat:
            try:
                if of.reader is not self._policy:
                    raise Beyond
                terms: list[tuple[Fraction, Quantity]] = []
                constant = self._flatten(of.number, Fraction(1), terms)
                bottom = lcm(constant.denominator, *(f.denominator for f, _ in terms))
                made = _Flat([(int(f * bottom), q) for f, q in terms], int(constant * bottom), bottom)
                self._flat[id(of)] = of, made
            except Beyond:
                self._flat[id(of)] = of, None
        flat = self._flat[id(of)][1]
        if flat is None:
            raise Beyond
        return flat

    def _flatten(self, number: Linear, factor: Fraction, terms: list[tuple[Fraction, Quantity]]) -> Fraction:
        """The terms of a number times a factor; what it adds to them is returned."""
        constant = number.constant * factor
        for own, quantity in number.terms:
            if isinstance(quantity, NamedNumber):
                constant += self._flatten(self._policy.numbers[quantity.name], own * factor, terms)
            else:
                _signal(quantity)
                terms.append((own * factor, quantity))
        return constant


def _signal(quantity: Quantity) -> str:
    match quantity:
        case Raw(name) | Confidence(name) | Indicator(Fires(name)):
            return name
        case _:
            raise Beyond


class Search:
    """Whole numbers of ranges that satisfy rows."""

    def __init__(self, rows: Sequence[Row], count: int) -> None:
        self._rows = rows
        self._reading: list[list[int]] = [[] for _ in range(count)]
        for at, (terms, _) in enumerate(rows):
            for _, i in terms:
                self._reading[i].append(at)
        self._left = TRIED

    def solved(self, lows: list[int], highs: list[int], wanted: Sequence[int]) -> list[int] | None:
        """Near to what is wanted, where that is possible; None where nothing is found."""
        if any(low > high for low, high in zip(lows, highs, strict=True)):
            return None
        if not self._narrowed(lows, highs, list(range(len(self._rows)))):
            return None
        return self._chosen(lows, highs, wanted)

    def _chosen(self, lows: list[int], highs: list[int], wanted: Sequence[int]) -> list[int] | None:
        i = next((i for i, low in enumerate(lows) if low < highs[i]), None)
        if i is None:
            return lows if all(self._holds(row, lows, highs) for row in self._rows) else None
        low, high = lows[i], highs[i]
        for value in dict.fromkeys((min(max(wanted[i], low), high), (low + high) // 2, low, high)):
            self._left -= 1
            if self._left < 0:
                return None
            below, above = [*lows], [*highs]
            below[i] = above[i] = value
            if self._narrowed(below, above, [*self._reading[i]]):
                made = self._chosen(below, above, wanted)
                if made is not None:
                    return made
        return None

    def _narrowed(self, lows: list[int], highs: list[int], todo: list[int]) -> bool:
        """What the rows leave of the ranges; False where one of them leaves nothing."""
        rows, steps = self._rows, 0
        while todo:
            steps += 1
            if steps > 20 * len(rows):  # narrower and narrower: the rows are looked at again once values are chosen
                return all(self._holds(row, lows, highs) for row in rows)
            terms, most = rows[todo.pop()]
            left = most
            for factor, i in terms:
                left -= factor * (lows[i] if factor > 0 else highs[i])
            if left < 0:
                return False
            for factor, i in terms:
                if factor > 0:
                    high = lows[i] + left // factor
                    if high < highs[i]:
                        highs[i] = high
                        todo += [r for r in self._reading[i] if r not in todo]
                elif factor < 0:
                    low = highs[i] - left // -factor
                    if low > lows[i]:
                        lows[i] = low
                        todo += [r for r in self._reading[i] if r not in todo]
        return True

    @staticmethod
    def _holds(row: Row, lows: list[int], highs: list[int]) -> bool:
        """Something is left to a row."""
        return sum(f * (lows[i] if f > 0 else highs[i]) for f, i in row[0]) <= row[1]
