"""A set of requests as a condition in the language that is true for just these.

The set is covered by boxes, each as wide as it can be: what a box says of one signal is a list of names, a range, or
nothing at all; of a sum that conditions hold against a bound, that it is so or that it is not. A box that is written
down is then read as a condition again, and the set of requests for which it is true is compared with what was to be
said; a region that is not exact is not told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from wrpc.decide.cells import Domain
from wrpc.decide.interpret import Interpreter
from wrpc.decide.request import Request, RequestValue
from wrpc.decide.state import state
from wrpc.policy.expr import (
    All,
    Any,
    Condition,
    Confidence,
    Constant,
    Failed,
    Fires,
    Has,
    Indicator,
    Interval,
    Linear,
    NamedNumber,
    Not,
    OneOf,
    Raw,
    StringSignal,
    Text,
    Within,
    walk,
)  # fmt: skip
from wrpc.policy.intervals import complement
from wrpc.policy.model import Policy, Set, Signal
from wrpc.policy.numbers import everywhere
from wrpc.policy.reading import conditions
from wrpc.policy.reading import signals as signals_of
from wrpc.solver.index.circuit import Circuit
from wrpc.solver.sets import Ground, Requests, Unsettled
from wrpc.solver.sides import Words, between, one_of, terms, texts
from wrpc.solver.spelling import Unwritable, spelled
from wrpc.solver.terms import Term, conj, negate

SHOWN = 3  # boxes that a region is written with
TERMS = 16  # comparisons that it is written with
COUNTED = 12  # boxes that are looked for, so that "and N more" can be said
NAMES = 12  # names of one list
EFFORT = 2_000  # questions that the regions of one ground may cost together
EACH = 500  # questions that one may cost
MISSED = 20  # sets one after the other of which nothing can be said, behind which nothing is tried
DEAR = 5  # questions that one costs as much as, where clauses answer
DEAREST = 40  # the same, where values have to be found
MANY = 64  # cells of a name or string that are each asked for, where diagrams do not answer
SUMS = 6  # comparisons of sums, and of strings with each other, that a region may be about


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

    def only(self, where: str) -> Region:
        """The same, of requests of which it says something that no condition does."""
        return replace(self, text=f"{self.text}, {where}", points=None)


Sides = Mapping[str, Sequence[Condition]]  # by signal: what a box says of it, all of which has to hold; sums first
Parts = list[Condition]


class TooLong(Exception):
    """More questions than regions are worth, or more words."""


class Regions:
    """Sets of one ground, said in the language of a policy over its signals."""

    def __init__(self, ground: Ground, reader: Policy, readers: Sequence[Policy], effort: int = EFFORT) -> None:
        self.ground = ground
        self.reader = reader
        self._readers = readers
        read = set().union(*(signals_of(p, conditions(p)) for p in readers))
        ignored = {g.default for g in reader.groups.values()}
        self._names = [n for n in ground.space.signals if n in read and n not in ignored]
        self._words = Words(readers)
        self._left = effort
        self._asked = 0
        self._missed = 0
        self._known: dict[Condition, Term] = {}

    def of(self, term: Term) -> Region | None:
        """None where no such condition is found: it would be long, or the bodies do not come to an end."""
        self._asked = 0
        if self._missed == MISSED:
            return None
        try:
            found = self._of(Requests(self.ground, term))
        except (Unsettled, TooLong, Unwritable):
            found = None
        self._missed = 0 if found is not None else self._missed + 1
        return found

    def points(self, term: Term) -> float | None:
        try:
            some, every = Requests(self.ground, term).points(), self._every
        except Unsettled:
            return None
        return None if some is None or not every else some / every

    @cached_property
    def _every(self) -> int | None:
        return self.ground.all.points()

    # ── Boxes ─────────────────────────────────────────────────────────────

    def _of(self, requests: Requests) -> Region | None:
        boxes: list[Parts] = []
        left = requests
        sums = self._sums(requests.term)
        most = COUNTED if self._cheap else SHOWN + 1
        while len(boxes) < most and (found := left.request()) is not None:
            box = self._box(found, requests, sums)
            if box is None:
                return None
            boxes.append(box)
            left = left - self._set(_all(box))
        if not boxes:
            return None
        whole = _factored(boxes)
        if not left and len(boxes) <= SHOWN and terms(whole) <= TERMS and not any(map(_long, boxes)):
            if self._set(whole) != requests:
                return None
            return Region(spelled(self.reader, whole), whole, 0, self.points(requests.term))
        widest, cut = _cut(max(boxes, key=lambda b: self._set(_all(b)).points() or 0))
        if terms(_all(widest)) > TERMS:
            return None
        rest = len(boxes) - 1 + cut
        more = f"{rest} more" if not left else f"at least {rest + 1} more"
        condition = _all(widest)
        return Region(
            f"{spelled(self.reader, condition)}, and {more}", condition, rest or 1, self.points(requests.term)
        )

    @property
    def _cheap(self) -> bool:
        engine = self.ground.engine
        return engine.body == "diagrams" and not engine.table.atoms

    def _set(self, condition: Condition) -> Requests:
        """The requests for which a condition is true."""
        return Requests(self.ground, self._true(condition))

    def _within(self, sides: Sides, requests: Requests) -> bool:
        """What the sides say together holds for no request outside the set. Raises TooLong."""
        self._pay(self._price)
        return self._terms(sides) <= requests

    @property
    def _price(self) -> int:
        return 1 if self._cheap else DEAREST if self.ground.engine.table.atoms else DEAR

    def _pay(self, questions: int) -> None:
        self._left -= questions
        self._asked += questions
        if self._left < 0 or self._asked > EACH:
            raise TooLong

    # ── One box ───────────────────────────────────────────────────────────

    def _box(self, request: Request, requests: Requests, sums: Sequence[Condition]) -> Parts | None:
        """As wide as it can be about a request, within a set."""
        sides: dict[str, Sequence[Condition]] = {"": self._told(request, sums)}
        for name in self._names:
            point = self._point(name, request[name])
            if point is None:
                return None
            sides[name] = point
        if not self._within(sides, requests):
            return None
        if self._cheap:
            self._without(sides, [*reversed(self._names), ""], requests)
        else:
            self._blamed(sides, requests)
        for name in self._names:
            if sides[name]:
                wide = self._widened(name, request[name], {n: s for n, s in sides.items() if n != name}, requests)
                if wide is not None and self._within({**sides, name: wide}, requests):
                    sides[name] = wide
        return [p for s in sides.values() for p in s]

    def _without(self, sides: dict[str, Sequence[Condition]], names: list[str], requests: Requests) -> None:
        """Leaves out what the rest does without: many at once where none of them is needed."""
        said = [n for n in names if sides[n]]
        if len(said) > 3:
            half = len(said) // 2
            for some in (said[:half], said[half:]):
                without = {**sides, **dict.fromkeys(some, ())}
                if self._within(without, requests):
                    sides.update(without)
                else:
                    self._without(sides, some, requests)
            return
        for name in said:
            for part in list(sides[name]):
                kept = [p for p in sides[name] if p is not part]
                if self._within({**sides, name: kept}, requests):
                    sides[name] = kept

    def _blamed(self, sides: dict[str, Sequence[Condition]], requests: Requests) -> None:
        """As `_without`, by what a body blames at once."""
        self._pay(self._price)
        parts = [(name, part) for name, said in sides.items() for part in said]
        outside = [self.ground.admitted, negate(requests.term)]
        kept = self.ground.engine.blamed(outside, [self._true(part) for _, part in parts])
        if kept is not None:
            for name in sides:
                sides[name] = [p for i, (n, p) in enumerate(parts) if n == name and i in kept]

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
            return [Has(name, m) if m in value else Not(Has(name, m)) for m in self._words.members(name)]
        domain = self.ground.engine.table.domains.get(name)
        if domain is None:
            return None
        if domain.size == 1:
            return []
        return self._words.of_cells(signal, domain, 1 << domain.cell(value), value)

    def _widened(self, name: str, value: RequestValue, others: Sides, requests: Requests) -> list[Condition] | None:
        """All that a box may say of one signal, the rest of it as it is."""
        signal = self.reader.signals[name]
        domain = self.ground.engine.table.domains.get(name)
        if value is None or domain is None or isinstance(signal.type, Set):
            return None
        fails = self.ground.failures and signal.can_fail and self._within({**others, name: [Failed(name)]}, requests)
        cells = self._allowed(signal, domain, domain.cell(value), others, requests)
        found = self._words.of_cells(signal, domain, cells, value)
        if found is None or not fails:
            return found
        inside = found[0] if len(found) == 1 else All(tuple(found)) if found else Not(Failed(name))
        failed = self.ground.failed(name)
        natural = self._set(inside) & failed
        return found if natural == failed and natural else [Any((inside, Failed(name)))]

    def _allowed(self, signal: Signal, domain: Domain, at: int, others: Sides, requests: Requests) -> int:
        """The cells that a signal which did not fail may lie in; of a number those about one that have no gap."""
        name = signal.name
        if domain.intervals and not self._cheap:
            low, high = 0, at  # the least cell from which on all are allowed lies between
            while low < high:
                middle = (low + high) // 2
                inside = {**others, name: between(signal, domain, middle, at)}
                low, high = (low, middle) if self._within(inside, requests) else (middle + 1, high)
            first, low, high = low, at, domain.size - 1
            while low < high:
                middle = (low + high + 1) // 2
                inside = {**others, name: between(signal, domain, first, middle)}
                low, high = (middle, high) if self._within(inside, requests) else (low, middle - 1)
            return (2 << low) - (1 << first)
        if domain.size > MANY and not self._cheap:
            return 1 << at
        self._pay(1 if self._cheap else domain.size)
        cells = (1 << domain.size) - 1
        for cell in (self._terms(others) - requests - self.ground.failed(name)).cells(name):
            cells &= ~(1 << cell)
        return cells

    # ── Sums ──────────────────────────────────────────────────────────────

    def _sums(self, term: Term) -> list[Condition]:
        """The comparisons of sums, and of strings with each other, that the set may hang on. Raises TooLong."""
        if not self.ground.engine.table.atoms or not (atoms := _atoms(term)):
            return []
        found = [c for c in self._compared if _atoms(self._true(c)) & atoms]
        if len(found) > SUMS:
            raise TooLong
        return found

    @cached_property
    def _compared(self) -> list[Condition]:
        found: dict[Condition, None] = {}
        known = self.reader.signals.keys()
        for policy in self._readers:
            for node in (n for c in everywhere(policy, conditions(policy)) for n in walk(c)):
                match node:
                    case Within(number) if not _single(number) and self._sayable(policy, number):
                        found[node] = None
                    case Text(_, StringSignal(a), StringSignal(b)) if {a, b} <= known:
                        found[node] = None
                    case _:
                        pass
        return [*found]

    def _sayable(self, policy: Policy, number: Linear) -> bool:
        """The reader takes it for the same. A name may stand for something else there."""
        kinds = (Raw, Confidence, NamedNumber) if policy is self.reader else (Raw, Confidence)
        return all(
            isinstance(q, kinds) or (isinstance(q, Indicator) and isinstance(q.condition, Fires))
            for _, q in number.terms
        )

    def _told(self, request: Request, sums: Sequence[Condition]) -> Parts:
        """Those of the comparisons that are true of a request, and the opposite of those that are false."""
        if not sums:
            return []
        seen = state(self.reader, {n: request[n] for n in self.reader.signals})
        truths = [(c, self._machine.holds(c, seen)) for c in sums]
        return [c if truth else _opposite(c) for c, truth in truths if truth is not None]

    @cached_property
    def _machine(self) -> Interpreter:
        return Interpreter(self.reader)


def _single(number: Linear) -> bool:
    """Cells say all of it."""
    return len(number.terms) == 1 and isinstance(number.terms[0][1], Raw)


def _opposite(condition: Condition) -> Condition:
    if isinstance(condition, Within) and len(other := complement(condition.ranges)) == 1:
        return Within(condition.number, other)
    return Not(condition)


def _atoms(term: Term) -> set[int]:
    """The atoms that a term is made of, by number."""
    found: set[int] = set()
    seen: set[int] = set()
    todo = [term] if isinstance(term, Circuit) else []
    while todo:
        last = todo.pop()
        if id(last) not in seen:
            seen.add(id(last))
            todo += last.inside
            if last.operation == "atom":
                found.add(last.parts[0].number)
    return found


# ── Writing boxes ─────────────────────────────────────────────────────────


def _all(parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts)) if parts else Constant(True)


def _factored(boxes: Sequence[Parts]) -> Condition:
    """Any of the boxes; what all of them say is said once."""
    if len(boxes) == 1:
        return _all(boxes[0])
    apart = [[side for p in box for side in _ends(p)] for box in boxes]
    shared = [p for p in apart[0] if all(p in box for box in apart)]
    rest = [[left for p in box for left in _without(p, shared)] for box in boxes]
    if not all(rest):
        return _all(shared)
    parts: Parts = []
    for box in rest:
        parts += box[0].parts if len(box) == 1 and isinstance(box[0], Any) and texts(box[0]) is None else [_all(box)]
    return _all([*shared, Any(tuple(dict.fromkeys(parts)))])


def _ends(part: Condition) -> tuple[Condition, ...]:
    """A range as where it begins and where it ends."""
    match part:
        case Within(number, (Interval(Fraction() as low, Fraction() as high, low_open, high_open),)) if low != high:
            return (
                Within(number, (Interval(low=low, low_open=low_open),)),
                Within(number, (Interval(high=high, high_open=high_open),)),
            )
        case _:
            return (part,)


def _without(part: Condition, said: Sequence[Condition]) -> tuple[Condition, ...]:
    """What a part says beyond what is said already."""
    ends = _ends(part)
    left = tuple(p for p in ends if p not in said)
    return (part,) if left == ends else left


def _lists(parts: Iterable[Condition]) -> Iterator[tuple[int, Condition, list[str]]]:
    """Which of the parts is a list of names, or denies one, and the names."""
    for i, part in enumerate(parts):
        inner = part.operand if isinstance(part, Not) else part
        if isinstance(inner, OneOf):
            yield i, part, sorted(inner.names)
        elif (words := texts(inner)) is not None:
            yield i, part, words[1]


def _long(parts: Iterable[Condition]) -> bool:
    return any(len(names) > NAMES for _, _, names in _lists(parts))


def _cut(parts: Parts) -> tuple[Parts, int]:
    """Without the names that are too many for one list; how many boxes these would be. Raises TooLong where what is
    denied is too long."""
    made, left = list(parts), 0
    for i, part, names in _lists(parts):
        if len(names) <= NAMES:
            continue
        match part:
            case OneOf(name, _):
                made[i] = OneOf(name, frozenset(names[:NAMES]))
            case Any(((Text(_, StringSignal(name), _)), *_)):
                made[i] = one_of(name, names[:NAMES])
            case _:
                raise TooLong
        left += len(names) - NAMES
    return made, left
