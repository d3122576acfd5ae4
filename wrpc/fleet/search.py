"""The best placement: what is preferred least, then fewer replicas, then by names.

Three things keep the questions small, and none changes the answer. Clauses that most often hold by themselves (power,
budgets, limits) are asked only once a placement breaks them: the best without them is the best with them where it
breaks none. What shares no row is settled apart, since every aim is a sum over pairs. And parts that no row tells apart
(of one size and type, allowed at the same sites) are counted together; names part them at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from wrpc.fleet.problem import TOGETHER, Problem
from wrpc.solver.whole import Row, Term, Terms, Values, Whole, holds
from wrpc.values import value

ONE = Fraction(1)


def best(problem: Problem, *, optimal: bool = True) -> Values | None:
    """How many replicas of each pair; None where there is no placement. Without `optimal` any placement will do.

    Raises whole.Undecided where the solver gives up.
    """
    rows = [row for c in problem.clauses if c.kind not in TOGETHER for row in c.rows]
    waiting = [row for c in problem.clauses if c.kind in TOGETHER for row in c.rows]
    aims = (*problem.aims, tuple((ONE, at) for at in range(len(problem.pairs)))) if optimal else ()
    known: dict[object, _Group] = {}
    found = [0] * len(problem.pairs)
    # Names part what is equal only among placements that break nothing, since that takes longest.
    for settled in (False, True) if optimal else (False,):
        while True:
            groups = _groups(problem, rows, aims, known)
            if groups is None:
                return None
            found = [0] * len(problem.pairs)
            for group in groups:
                values = group.settled() if settled else group.aimed()
                if values is None:
                    return None
                for at, count in values.items():
                    found[at] = count
            broken = [row for row in waiting if not holds(row, found)]
            if not broken:
                break
            rows += broken
            waiting = [row for row in waiting if row not in broken]
    return tuple(found)


def _groups(
    problem: Problem, rows: Sequence[Row], aims: Sequence[Terms], known: dict[object, _Group]
) -> list[_Group] | None:
    """Each group of parts that rows or aims tie together, by itself; None where a row cannot hold whatever stands."""
    owner = {id(part): number for number, part in enumerate(problem.parts)}
    of = [owner[id(pair.part)] for pair in problem.pairs]
    rows = [row for row in rows if not _idle(row, problem.most)]
    tied = _Tied(len(problem.parts))
    for tie in (*(row.terms for row in rows), *((each,) for terms in aims for each in terms)):
        tied.together(of[at] for at in _pairs(tie) if problem.most[at])
    if not all(holds(row, [0] * len(of)) for row in rows if not any(problem.most[at] for at in _pairs(row.terms))):
        return None
    groups = []
    for top in sorted({tied.top(at) for at in range(len(problem.parts))}):
        pairs = tuple(at for at in range(len(of)) if tied.top(of[at]) == top)
        mine = set(pairs)
        own = tuple(row for row in rows if any(at in mine and problem.most[at] for at in _pairs(row.terms)))
        if (pairs, own) not in known:
            known[pairs, own] = _Group(problem, pairs, own, [_of(terms, mine) for terms in aims], of)
        groups.append(known[pairs, own])
    return groups


class _Tied:
    """Numbers that hang together."""

    def __init__(self, count: int) -> None:
        self._above = list(range(count))

    def top(self, at: int) -> int:
        while self._above[at] != at:
            self._above[at] = self._above[self._above[at]]
            at = self._above[at]
        return at

    def together(self, numbers: Iterable[int]) -> None:
        first: int | None = None
        for at in numbers:
            if first is None:
                first = self.top(at)
            else:
                self._above[self.top(at)] = first


def _idle(row: Row, most: Sequence[int]) -> bool:
    """Whether nothing can break a row; all coefficients are at least 0."""
    if row.low is not None and row.low > 0:
        return False
    high = sum((c * (most[t] if isinstance(t, int) else any(most[at] for at in t)) for c, t in row.terms), Fraction(0))
    return row.high is None or high <= row.high


def _pairs(terms: Terms) -> Iterable[int]:
    for _, term in terms:
        yield from (term,) if isinstance(term, int) else sorted(term)


def _of(terms: Terms, mine: set[int]) -> Terms:
    """What a sum says of some pairs."""
    kept: list[tuple[Fraction, Term]] = []
    for coefficient, term in terms:
        if isinstance(term, int):
            if term in mine:
                kept.append((coefficient, term))
        elif term & mine:
            kept.append((coefficient, term & mine))
    return tuple(kept)


@value
class _Like:
    """Parts that no row tells apart, and their pairs: a row of pairs for each part, a column for each site."""

    pairs: tuple[tuple[int, ...], ...]


class _Group:
    """One group of parts; its own problem has a variable for each class of parts and site."""

    def __init__(
        self, problem: Problem, pairs: Sequence[int], rows: Sequence[Row], aims: Sequence[Terms], of: Sequence[int]
    ) -> None:
        self.problem = problem
        self.pairs = pairs
        self.rows = rows
        self.aims = aims
        self.of = of
        self._aimed: tuple[Whole, list[_Like], Values | None] | None = None
        self._settled: dict[int, int] | None = None

    def aimed(self) -> dict[int, int] | None:
        """Replicas of each pair that are best but for names; None where there are none."""
        if self._aimed is None:
            self._aimed = self._aim()
        whole, classes, values = self._aimed
        return None if values is None else self._parted(whole, classes, values, settle=False)

    def settled(self) -> dict[int, int] | None:
        """The one that is best."""
        if self._settled is None and self.aimed() is not None and self._aimed is not None:
            whole, classes, values = self._aimed
            assert values is not None, "there are some"
            self._settled = self._parted(whole, classes, values, settle=True)
        return self._settled

    def _aim(self) -> tuple[Whole, list[_Like], Values | None]:
        whole, classes, place = self._counted()
        values: Values | None = None
        for terms in self.aims:
            values = whole.least(_merged(terms, place), values)
            if values is None:
                return whole, classes, None
        return whole, classes, whole.find() if values is None else values

    def _counted(self) -> tuple[Whole, list[_Like], dict[int, int]]:
        """The problem over counts, its classes, and the variable of each pair that can stand."""
        classes = self._classes()
        place: dict[int, int] = {}
        most: list[int] = []
        for like in classes:
            for column in zip(*like.pairs, strict=True):
                for at in column:
                    place[at] = len(most)
                most.append(sum(self.problem.most[at] for at in column))
        rows: dict[Row, None] = {}
        for like in classes:
            if len(like.pairs) > 1:
                low = sum(self._part(each).low for each in like.pairs)
                terms = tuple((ONE, place[at]) for at in like.pairs[0])
                rows[Row(terms, Fraction(low), Fraction(low))] = None
        several = {self.of[row[0]] for like in classes if len(like.pairs) > 1 for row in like.pairs}
        for row in self.rows:
            about = {self.of[at] for at in _pairs(row.terms)}
            if row.low is not None and row.high is not None and about <= several:
                continue  # the number of replicas of one of several like it
            rows[Row(_merged(row.terms, place), row.low, row.high)] = None
        return Whole(most, rows), classes, place

    def _part(self, pairs: Sequence[int]) -> _Bounds:
        replicas = self.problem.pairs[pairs[0]].part.replicas
        assert replicas is not None, "a part that is placed has replicas"
        return _Bounds(*replicas)

    def _classes(self) -> list[_Like]:
        of: dict[int, list[int]] = {}
        for at in self.pairs:
            of.setdefault(self.of[at], []).append(at)
        said: dict[int, list[tuple[object, ...]]] = {at: [] for at in self.pairs}
        alone: set[int] = set()
        for number, row in enumerate([*(r.terms for r in self.rows), *self.aims]):
            replicas = number < len(self.rows) and self.rows[number].low is not None
            for coefficient, term in row:
                if not isinstance(term, int):
                    alone.update(self.of[at] for at in term)
                elif not replicas and term in said:
                    said[term].append((number, coefficient))
        like: dict[object, list[tuple[int, ...]]] = {}
        for part, pairs in of.items():
            standing = tuple(at for at in pairs if self.problem.most[at])
            sites = tuple(self.problem.pairs[at].site.name for at in standing)
            kind = (part,) if part in alone or not standing else (sites, tuple(tuple(said[at]) for at in standing))
            like.setdefault(kind, []).append(standing)
        return [_Like(tuple(rows)) for rows in like.values()]

    def _parted(self, whole: Whole, classes: list[_Like], values: Values, *, settle: bool) -> dict[int, int]:
        """Counts of classes as replicas of parts; by the names of the parts, most on the first pair that differs."""
        first: dict[int, tuple[int, _Like, tuple[int, ...]]] = {}
        start = 0
        for like in classes:
            first.update((pairs[0], (start, like, pairs)) for pairs in like.pairs if pairs)
            start += len(like.pairs[0])
        taken: dict[int, int] = {}
        found: dict[int, int] = {}
        for _, (begin, like, pairs) in sorted(first.items()):
            columns = range(begin, begin + len(pairs))
            bounds = self._part(pairs)
            high = bounds.low if len(like.pairs) > 1 else bounds.high
            now = self._mine(columns, taken, values, high)
            while settle and (better := self._better(whole, columns, pairs, taken, now, high)) is not None:
                values = better
                now = self._mine(columns, taken, values, high)
            for column, at, count in zip(columns, pairs, now, strict=True):
                taken[column] = taken.get(column, 0) + count
                found[at] = count
                if settle:
                    kept = Fraction(taken[column])
                    whole.add(Row(((ONE, column),), kept, kept if len(like.pairs) == 1 else None))
        return found

    def _mine(self, columns: Iterable[int], taken: dict[int, int], values: Values, high: int) -> list[int]:
        """What the first part of a class takes of its counts: all that it can, site by site."""
        now: list[int] = []
        for column in columns:
            now.append(min(values[column] - taken.get(column, 0), high - sum(now)))
        return now

    def _better(
        self, whole: Whole, columns: Sequence[int], pairs: Sequence[int], taken: dict[int, int], now: list[int],
        high: int,
    ) -> Values | None:  # fmt: skip
        """Counts that let the part stand more on the first site that differs."""
        options: list[list[Row]] = []
        before: list[Row] = []
        for at, (column, pair) in enumerate(zip(columns, pairs, strict=True)):
            kept = taken.get(column, 0) + now[at]
            if sum(now[: at + 1]) < high and now[at] < self.problem.most[pair]:
                options.append([*before, Row(((ONE, column),), Fraction(kept + 1))])
            before.append(Row(((ONE, column),), Fraction(kept)))
        return whole.find(*options) if options else None


@value
class _Bounds:
    low: int
    high: int


def _merged(terms: Terms, place: dict[int, int]) -> Terms:
    """A sum over pairs as one over the variables of their classes."""
    merged: dict[Term, Fraction] = {}
    for coefficient, term in terms:
        if isinstance(term, int):
            if term in place:
                merged[place[term]] = coefficient
        else:
            used = frozenset(place[at] for at in term if at in place)
            if used:
                merged[used] = merged.get(used, Fraction(0)) + coefficient
    return tuple((c, term) for term, c in merged.items())
