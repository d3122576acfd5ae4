"""A set of requests as a condition in the language that is true for just these.

The set is covered by boxes, each as wide as it can be: what a box says of one signal is a list of names, a range, or
nothing at all. A box that is written down is then read as a condition again, and the set of requests for which it is
true is compared with what was to be said; a region that is not exact is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from wrpc.decide.cells import Domain
from wrpc.decide.request import Request, RequestValue
from wrpc.decide.strings import held
from wrpc.policy.expr import (
    All,
    Any,
    Condition,
    Constant,
    Failed,
    Fires,
    Has,
    Interval,
    Linear,
    Not,
    OneOf,
    Raw,
    StringLiteral,
    StringSignal,
    Text,
    Within,
    walk,
)  # fmt: skip
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Set, Signal, String
from wrpc.policy.reading import conditions
from wrpc.policy.reading import signals as signals_of
from wrpc.solver.sets import Ground, Requests, Unsettled
from wrpc.solver.spelling import Unwritable, spelled
from wrpc.solver.terms import Term, conj

SHOWN = 3  # boxes that a region is written with
COUNTED = 12  # boxes that are looked for, so that "and N more" can be said
NAMES = 12  # names of one list
EFFORT = 2_000  # questions that the regions of one ground may cost together
MANY = 64  # cells of a name or string that are each asked for


@dataclass(frozen=True, slots=True)
class Region:
    """`condition` is true for the requests of the set, or where `more` are left out, for some of them. `points` is the
    share of the points of the space that the set has, None where sums decide, or where it was not counted."""

    text: str
    condition: Condition
    more: int = 0
    points: float | None = None

    @property
    def exact(self) -> bool:
        return not self.more


Sides = Mapping[str, Sequence[Condition]]  # by signal: what a box says of it, all of which has to hold


class TooLong(Exception):
    """More questions than regions are worth."""


class Regions:
    """Sets of one ground, said in the language of a policy over its signals."""

    def __init__(self, ground: Ground, reader: Policy, readers: Sequence[Policy]) -> None:
        self.ground = ground
        self.reader = reader
        read = set().union(*(signals_of(p, conditions(p)) for p in readers))
        ignored = {g.default for g in reader.groups.values()}
        self._names = [n for n in ground.space.signals if n in read and n not in ignored]
        self._members = _members(readers)
        self._prefixes = _prefixes(readers)
        self._left = EFFORT
        self._known: dict[Condition, Term] = {}

    def of(self, term: Term) -> Region | None:
        """None where no such condition is found: the set hangs on sums, or the bodies do not come to an end."""
        try:
            return self._of(Requests(self.ground, term))
        except (Unsettled, TooLong, Unwritable):
            return None

    def points(self, term: Term) -> float | None:
        try:
            some, every = Requests(self.ground, term).points(), self.ground.all.points()
        except Unsettled:
            return None
        return None if some is None or not every else some / every

    def _of(self, requests: Requests) -> Region | None:
        boxes: list[Condition] = []
        left = requests
        most = COUNTED if self.ground.engine.body == "diagrams" else SHOWN + 1
        while len(boxes) < most and (found := left.request()) is not None:
            box = self._box(found, requests)
            if box is None:
                return None
            boxes.append(box)
            left = left - self._set(box)
        if not boxes:
            return None
        if len(boxes) > SHOWN:
            widest = max(boxes, key=lambda b: self._set(b).points() or 0)
            rest = len(boxes) - 1
            more = f"{rest} more" if not left else f"at least {rest + 1} more"
            return Region(f"{spelled(self.reader, widest)}, and {more}", widest, rest, self.points(requests.term))
        condition = boxes[0] if len(boxes) == 1 else Any(tuple(boxes))
        if self._set(condition) != requests:
            return None
        return Region(spelled(self.reader, condition), condition, 0, self.points(requests.term))

    def _set(self, condition: Condition) -> Requests:
        """The requests for which a condition is true."""
        return Requests(self.ground, self._true(condition))

    def _within(self, sides: Sides, requests: Requests) -> bool:
        """What the sides say together holds for no request outside the set. Raises TooLong."""
        self._left -= 1
        if self._left < 0:
            raise TooLong
        return self._terms(sides) <= requests

    # ── One box ───────────────────────────────────────────────────────────

    def _box(self, request: Request, requests: Requests) -> Condition | None:
        """As wide as it can be about a request, within a set."""
        sides: dict[str, list[Condition]] = {}
        for name in self._names:
            point = self._point(name, request[name])
            if point is None:
                return None
            sides[name] = point
        if not self._within(sides, requests):
            return None
        for name in reversed(self._names):
            for part in list(sides[name]):
                kept = [p for p in sides[name] if p is not part]
                if self._within({**sides, name: kept}, requests):
                    sides[name] = kept
        for name in self._names:
            if sides[name]:
                wide = self._widened(name, request[name], {n: s for n, s in sides.items() if n != name}, requests)
                if wide is not None and self._within({**sides, name: wide}, requests):
                    sides[name] = wide
        parts = [p for s in sides.values() for p in s]
        return parts[0] if len(parts) == 1 else All(tuple(parts)) if parts else Constant(True)

    def _terms(self, sides: Sides) -> Requests:
        return Requests(self.ground, conj(self._true(p) for s in sides.values() for p in s))

    def _true(self, condition: Condition) -> Term:
        if condition not in self._known:
            self._known[condition] = self.ground.reads(self.reader).encoding.condition(condition).true
        return self._known[condition]

    def _point(self, name: str, value: RequestValue) -> list[Condition] | None:
        """What a request says of a signal, as narrow as the cells are."""
        signal = self.reader.signals[name]
        if value is None:
            return [Failed(name)]
        if isinstance(signal.type, Set):
            assert isinstance(value, frozenset), "a set's value"
            return [Has(name, m) if m in value else Not(Has(name, m)) for m in self._members.get(name, ())]
        domain = self.ground.engine.table.domains.get(name)
        if domain is None:
            return None
        if domain.size == 1:
            return []
        return self._cells(signal, domain, 1 << domain.cell(value), value)

    def _widened(self, name: str, value: RequestValue, others: Sides, requests: Requests) -> list[Condition] | None:
        """All that a box may say of one signal, the rest of it as it is."""
        signal = self.reader.signals[name]
        domain = self.ground.engine.table.domains.get(name)
        if value is None or domain is None or isinstance(signal.type, Set):
            return None
        fails = signal.can_fail and self._within({**others, name: [Failed(name)]}, requests)
        cells = self._allowed(signal, domain, domain.cell(value), others, requests)
        found = self._cells(signal, domain, cells, value)
        if found is None or not fails:
            return found
        inside = found[0] if len(found) == 1 else All(tuple(found)) if found else Not(Failed(name))
        failed = self.ground.failed(name)
        natural = self._set(inside) & failed
        return found if natural == failed and natural else [Any((inside, Failed(name)))]

    def _allowed(self, signal: Signal, domain: Domain, at: int, others: Sides, requests: Requests) -> int:
        """The cells that a signal which did not fail may lie in; of a number those about one that have no gap."""
        name = signal.name
        if domain.intervals:
            low, high = 0, at  # the least cell from which on all are allowed lies between
            while low < high:
                middle = (low + high) // 2
                inside = {**others, name: self._range(signal, domain, middle, at)}
                low, high = (low, middle) if self._within(inside, requests) else (middle + 1, high)
            first, low, high = low, at, domain.size - 1
            while low < high:
                middle = (low + high + 1) // 2
                inside = {**others, name: self._range(signal, domain, first, middle)}
                low, high = (middle, high) if self._within(inside, requests) else (low, middle - 1)
            return (2 << low) - (1 << first)
        if domain.size > MANY:
            return 1 << at
        self._left -= domain.size
        cells = (1 << domain.size) - 1
        for cell in (self._terms(others) - requests - self.ground.failed(name)).cells(name):
            cells &= ~(1 << cell)
        return cells

    # ── What is said of a signal that did not fail ────────────────────────

    def _cells(self, signal: Signal, domain: Domain, cells: int, value: RequestValue) -> list[Condition] | None:
        """The cells about a value as conditions: of numbers the range without a gap."""
        name = signal.name
        allowed = [i for i in range(domain.size) if cells >> i & 1]
        match signal.type:
            case Bool():
                return [] if len(allowed) == 2 else [Fires(name) if value else Not(Fires(name))]
            case Enum(names):
                kept = [str(domain.values[i]) for i in allowed]
                return _listed(name, names, kept)
            case Int() | Real() | Score():
                at = domain.cell(value)
                low = high = at
                while low - 1 in allowed:
                    low -= 1
                while high + 1 in allowed:
                    high += 1
                return self._range(signal, domain, low, high)
            case String():
                return self._strings(name, domain, allowed, value)
            case _:
                return None

    def _range(self, signal: Signal, domain: Domain, low: int, high: int) -> list[Condition]:
        name, last = signal.name, domain.size - 1
        if (low, high) == (0, last):
            return []
        first, end = domain.intervals[low], domain.intervals[high]
        interval = Interval(
            first.low if low else None, end.high if high < last else None, first.low_open if low else False,
            end.high_open if high < last else False,
        )  # fmt: skip
        if isinstance(signal.type, Score) and signal.type.threshold is not None:
            cut = (signal.type.threshold, signal.type.above)
            if high == last and (interval.low, interval.low_open) == cut:
                return [Fires(name)]
            if not low and (interval.high, not interval.high_open) == cut:
                return [Not(Fires(name))]
        return [Within(Linear(Fraction(0), ((Fraction(1), Raw(name)),)), (interval,))]

    def _strings(self, name: str, domain: Domain, allowed: list[int], value: RequestValue) -> list[Condition] | None:
        assert domain.words is not None, "a string's cells are of words"
        words = domain.words.at.words
        gaps = [i for i in range(domain.size) if i >= len(words)]
        shut = [w for i, w in enumerate(words) if i not in allowed]
        if all(g in allowed for g in gaps):
            if len(shut) > NAMES:
                return None
            return [Not(_one_of(name, shut))] if shut else []
        assert isinstance(value, str), "a string's value"
        for prefix in self._prefixes.get(name, ()):
            if not value.startswith(prefix):
                continue
            inside = 0
            for found in domain.words.at.ranges("prefix", prefix, turned=False):
                inside |= domain.words.within(*found)
            within = [i for i in range(domain.size) if inside >> i & 1]
            between = [i for i in within if i in gaps]
            if between and all(i in allowed for i in between):
                out = [words[i] for i in within if i < len(words) and i not in allowed]
                starts: Condition = Text("prefix", StringSignal(name), StringLiteral(prefix))
                return [starts, Not(_one_of(name, out))] if out else [starts]
        if value in words:
            return [_one_of(name, [words[i] for i in allowed if i < len(words)])]
        return None


def _listed(name: str, names: Sequence[str], kept: Sequence[str]) -> list[Condition] | None:
    if len(kept) == len(names):
        return []
    if len(kept) > len(names) - len(kept):
        left = [n for n in names if n not in kept]
        return [Not(OneOf(name, frozenset(left)))] if len(left) <= NAMES else None
    return [OneOf(name, frozenset(kept))]


def _one_of(name: str, words: Sequence[str]) -> Condition:
    parts = [Text("equals", StringSignal(name), StringLiteral(w)) for w in words]
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def _members(readers: Iterable[Policy]) -> Mapping[str, list[str]]:
    """The names of each set that conditions ask for."""
    found: dict[str, dict[str, None]] = {}
    for node in (n for p in readers for c in conditions(p) for n in walk(c)):
        if isinstance(node, Has):
            found.setdefault(node.signal, {})[node.member] = None
    return {n: sorted(m) for n, m in found.items()}


def _prefixes(readers: Iterable[Policy]) -> Mapping[str, list[str]]:
    """The prefixes that each string is asked for, the shortest first."""
    found: dict[str, set[str]] = {}
    for policy in readers:
        for node in (n for c in conditions(policy) for n in walk(c)):
            if isinstance(node, Text) and node.relation == "prefix":
                for name, text, turned in held(policy, node):
                    if not turned:
                        found.setdefault(name, set()).add(text)
    return {n: sorted(p, key=lambda t: (len(t), t)) for n, p in found.items()}
