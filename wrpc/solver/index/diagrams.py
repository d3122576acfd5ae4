"""The first body: a term is a decision diagram over the cells' numbers in binary, a failure and a name of a set a
variable each, an atom one as well.

The last cell of a signal has all numbers that are left over, so that whatever the variables are is a request. A signal
with more cells lies lower. The nodes are counted, never the seconds; nothing is thrown away while they are within the
budget, so that the count is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from oxidd.bdd import BDDManager
from oxidd.util import DDMemoryError

from wrpc.solver.index.bits import runs
from wrpc.solver.index.circuit import Circuit
from wrpc.solver.index.leaves import Table
from wrpc.solver.index.realise import Found
from wrpc.solver.terms import Term

Diagram = Any  # oxidd's BDDFunction
Owner = tuple[str, Any, Any]  # the kind of a variable's leaf, its signal, and its bit, name, or atom

P = ParamSpec("P")
T = TypeVar("T")

START = 1 << 16  # nodes that a policy may cost at once
CELL = 1 << 6  # nodes more for each cell of a signal
EACH = 1 << 8  # nodes more for each term that was asked for: where they grow faster, they will not stop
PARTS = 120  # of a term that diagrams are asked for although others cost too much
ROOM = 1 << 8  # atoms that may lie above everything else; those beyond lie below


class Spent(Exception):
    """The budget of nodes is."""


def bounded(method: Callable[P, T]) -> Callable[P, T]:
    """What runs out of nodes in the middle raises Spent as well."""

    @wraps(method)
    def within(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except DDMemoryError:
            raise Spent from None

    return within


class Diagrams:
    def __init__(self, table: Table, nodes: int) -> None:
        self._table = table
        routes = sum(len(reader.routes) for reader in table.readers)
        self._budget = min(nodes, START + 4 * EACH * (routes + 100))
        self._start = START + CELL * sum(d.size for d in table.domains.values())
        self._asked = 0
        self._kept: list[Circuit] = []
        self._large: set[Circuit] = set()  # terms of many parts
        self._manager = BDDManager(self._budget + self._budget // 4, max(self._budget // 8, 1 << 12), 1)
        self.true: Diagram = self._manager.true()
        self.false: Diagram = self._manager.false()
        self._owner: list[Owner] = []  # of each variable
        self._atoms: dict[int, Diagram] = {}
        self._room = list(self._added(ROOM if table.speaks_of_atoms else 0, ("atom", None, None)))
        self._failed: dict[str, int] = {}
        self._bits: dict[str, list[Diagram]] = {}
        self._members: dict[tuple[str, str], int] = {}
        self._from: dict[tuple[str, int], Diagram] = {}
        self._rank: dict[str, list[int]] = {}
        order = {name: i for i, name in enumerate(table.policy.signals)}
        domains = table.domains
        for name in sorted(order, key=lambda n: (domains[n].size if n in domains else 0, order[n])):
            self._signal(name)
        self.known: Diagram = self.true
        self._lines = 0

    def _added(self, count: int, owner: Owner) -> range:
        self._owner += [owner] * count
        return self._manager.add_vars(count)

    def _signal(self, name: str) -> None:
        signal = self._table.policy.signals[name]
        if signal.can_fail:
            (self._failed[name],) = self._added(1, ("failed", name, None))
        for member in self._table.asked.members(name):
            (self._members[name, member],) = self._added(1, ("member", name, member))
        domain = self._table.domains.get(name)
        if domain is not None and domain.size > 1:
            count = (domain.size - 1).bit_length()
            made = [self._added(1, ("cells", name, place))[0] for place in reversed(range(count))]
            self._bits[name] = [self._manager.var(v) for v in reversed(made)]  # by place, the least first

    # ── Terms ─────────────────────────────────────────────────────────────

    @bounded
    def of(self, term: Term) -> Diagram:
        """Raises Spent."""
        if isinstance(term, bool):
            return self.true if term else self.false
        if term.diagram is None:
            self._make(term)
            self._asked += 1
            self._limited(self.false)
        return term.diagram

    def _make(self, term: Circuit) -> None:
        todo = [term]
        while todo:
            last = todo[-1]
            if last.diagram is not None:
                todo.pop()
                continue
            parts = last.inside
            missing = [p for p in parts if p.diagram is None]
            if missing:
                todo += missing
                continue
            todo.pop()
            last.diagram = self._one(last, [p.diagram for p in parts])
            self._kept.append(last)

    def _one(self, term: Circuit, parts: list[Diagram]) -> Diagram:
        match term.operation:
            case "and":
                found = parts[0]
                for part in parts[1:]:
                    found = found & part
                return found
            case "or":
                while len(parts) > 1:  # in pairs, so that few of them are large
                    parts = [a | b for a, b in zip(parts[::2], parts[1::2], strict=False)] + parts[len(parts) & ~1 :]
                return parts[0]
            case "not":
                return ~parts[0]
            case "named" | "leaf":
                return parts[0]
            case "cells":
                return self._cells(*term.parts)
            case "failed":
                return self._manager.var(self._failed[term.parts[0]])
            case "member":
                return self._manager.var(self._member(*term.parts))
            case _:
                return self._atom(term.parts[0].number)

    def _member(self, name: str, member: str) -> int:
        if (name, member) not in self._members:  # no condition of the policy asks for it
            (self._members[name, member],) = self._added(1, ("member", name, member))
        return self._members[name, member]

    def _cells(self, name: str, cells: int) -> Diagram:
        size, parts = self._table.domains[name].size, []
        for first, behind in runs(cells):
            there = self._at_least(name, first)
            parts.append(there if behind >= size else there & ~self._at_least(name, behind))
        while len(parts) > 1:
            parts = [a | b for a, b in zip(parts[::2], parts[1::2], strict=False)] + parts[len(parts) & ~1 :]
        return parts[0]

    def _at_least(self, name: str, cell: int) -> Diagram:
        found = self._from.get((name, cell))
        if found is None:
            found = self.true
            for place, bit in enumerate(self._bits[name]):
                if found is not self.true:
                    found = bit & found if cell >> place & 1 else bit | found
                elif cell >> place & 1:
                    found = bit
            self._from[name, cell] = found
        return found

    def _atom(self, number: int) -> Diagram:
        self._settle()
        return self._claim(number)

    def _claim(self, number: int) -> Diagram:
        if number not in self._atoms:
            var = self._room.pop(0) if self._room else self._added(1, ("atom", None, None))[0]
            self._owner[var] = "atom", None, number
            self._atoms[number] = self._manager.var(var)
        return self._atoms[number]

    def _settle(self) -> None:
        """What is known of atoms is part of what is known."""
        lines = self._table.lines
        while self._lines < len(lines):
            first, second, so = lines[self._lines]
            self._lines += 1
            then = self._claim(second.number)
            self.known = self.known & ~(self._claim(first.number) & (~then if so else then))

    # ── Questions ─────────────────────────────────────────────────────────

    def holds(self, terms: Sequence[Term]) -> bool:
        """There is a way for all of the terms to hold. Raises Spent."""
        return bool(self.conj(terms) != self.false)

    def found(self, terms: Sequence[Term], *, shown: bool = True) -> Found | None:
        """A way for all of the terms to hold; any, where nobody is shown it. Raises Spent."""
        left = self.conj(terms)
        return None if left == self.false else self.way(left, shown=shown)

    @bounded
    def conj(self, terms: Sequence[Term]) -> Diagram:
        made = [self.of(term) for term in terms]
        left = self.known
        for diagram in made:
            left = left & diagram
            if left == self.false:
                break
        return self._limited(left)

    @bounded
    def refuted(self, leaves: Sequence[tuple[Circuit, bool]]) -> None:
        """These never hold together."""
        together = self.true
        for leaf, so in leaves:
            together = together & (self.of(leaf) if so else ~self.of(leaf))
        self.known = self.known & ~together

    @bounded
    def blamed(self, terms: Sequence[Term], parts: Sequence[Term]) -> list[int] | None:
        """The first parts that take something of the terms away, without those that others make superfluous; None where
        they leave something."""
        start = left = self.conj(terms)
        taking: list[tuple[int, Diagram]] = []
        for i, part in enumerate(parts):
            rest = left & self.of(part)
            if rest != left:
                taking.append((i, self.of(part)))
                left = rest
            if left == self.false:
                return self._needed(taking, start)
        return None

    def _needed(self, taking: list[tuple[int, Diagram]], left: Diagram) -> list[int]:
        """Without each part that the rest does without, the last first."""
        before = [left]
        for _, part in taking:
            before.append(before[-1] & part)
        kept: list[int] = []
        behind = self.true
        for i in reversed(range(len(taking))):
            if before[i] & behind != self.false:
                kept.append(taking[i][0])
                behind = behind & taking[i][1]
        return kept[::-1]

    # ── Counts ────────────────────────────────────────────────────────────

    @bounded
    def cells(self, terms: Sequence[Term], name: str) -> int:
        """The set of a signal's cells for which all of the terms can hold."""
        domain, left = self._table.domains[name], self.conj(terms)
        every = (1 << domain.size) - 1
        if left == self.false:
            return 0
        if domain.size == 1:
            return every
        bits = self._bits[name]
        own = {bit.node_var() for bit in bits}
        others = [v for v in range(self._manager.num_vars()) if v not in own]
        cube = self.true
        for variable in reversed(others):
            cube = cube & self._manager.var(variable)
        left = self._limited(left.exists(cube))
        found, last = 0, domain.size - 1
        for _, low, high in self._blocks(name, left):
            found |= (2 << min(high, last)) - (1 << min(low, last))
        return found

    @bounded
    def points(self, terms: Sequence[Term], *, failures: bool) -> int | None:
        """How many ways there are to choose a cell of each signal, or that it failed; None where atoms have a say."""
        left = self.conj(terms)
        once = self.true
        for name, domain in self._table.domains.items():
            if domain.size > 1:
                once = once & ~(self._at_least(name, domain.size) if self._spare(name) else self.false)
        for name, variable in self._failed.items():
            failed = self._manager.var(variable)
            if not failures:
                once = once & ~failed
                continue
            for bit in self._bits.get(name, ()):
                once = once & ~(failed & bit)
            for (of, _), member in self._members.items():
                if of == name:
                    once = once & ~(failed & self._manager.var(member))
        left = self._limited(left & once)
        if self._atoms and any(left != self._without(left, v) for v in self._atoms.values()):
            return None
        count = self._manager.num_vars()
        unused = sum(kind == "atom" for kind, _, _ in self._owner)
        return int(left.sat_count(count)) >> unused

    def _spare(self, name: str) -> bool:
        """Some numbers of the bits are no cell's, but the last one's as well."""
        return self._table.domains[name].size < 1 << len(self._bits[name])

    def _without(self, diagram: Diagram, variable: Diagram) -> Diagram:
        return self._limited(diagram.exists(variable))

    def _limited(self, diagram: Diagram) -> Diagram:
        """What was made last. Raises Spent where the nodes are more than all that was asked may cost."""
        if self._manager.num_inner_nodes() > min(self._budget, self._start + EACH * self._asked):
            raise Spent
        return diagram

    def tidied(self) -> bool:
        """What no term keeps is thrown away; whether that leaves room for terms of few parts."""
        for term in self._kept:
            term.diagram = None
        self._kept.clear()
        self._manager.gc()
        self._start = self._manager.num_inner_nodes() + START
        return self._start < self._budget

    def few(self, terms: Sequence[Term], most: int = PARTS) -> bool:
        """The terms have few parts."""
        seen: set[int] = set()
        roots = [t for t in terms if not isinstance(t, bool)]
        todo = [*roots]
        large = self._large
        while todo:
            term = todo.pop()
            if id(term) in seen:
                continue
            seen.add(id(term))
            inside = term.inside
            if term in large or len(seen) + len(inside) > most or any(part in large for part in inside):
                # The term at hand may be a small one that came late: only what is known to have many parts is noted.
                large.update([term] if len(inside) > most else roots if len(roots) == 1 else ())
                return False
            todo += inside
            if len(todo) > 4 * most:
                return False
        return True

    # ── Ways ──────────────────────────────────────────────────────────────

    def way(self, diagram: Diagram, *, shown: bool = True) -> Found:
        """A way to the end, from the top: false, empty, no failure, the cells that a reader would rather see, where
        there is a choice."""
        found = Found()
        while (variable := diagram.node_var()) is not None:
            kind, name, what = self._owner[variable]
            if kind == "cells":
                _, found.cells[name], diagram = (self._best if shown else self._first)(name, diagram)
                continue
            low = diagram.cofactor_false()
            so = low == self.false
            diagram = diagram.cofactor_true() if so else low
            if kind == "failed":
                found.failed[name] = so
            elif kind == "member":
                found.members[name, what] = so
            else:
                found.atoms[what] = so
        return found

    def _first(self, name: str, diagram: Diagram) -> tuple[int, int, Diagram]:
        code = 0
        while (place := self._place(name, diagram)) is not None:
            low = diagram.cofactor_false()
            if low == self.false:
                diagram = diagram.cofactor_true()
                code |= 1 << place
            else:
                diagram = low
        return 0, min(code, self._table.domains[name].size - 1), diagram

    def _best(self, name: str, diagram: Diagram) -> tuple[int, int, Diagram]:
        domain, false = self._table.domains[name], self.false
        liked = domain.liked
        code, end = liked[0], diagram
        while (place := self._place(name, end)) is not None:
            end = end.cofactor_true() if code >> place & 1 else end.cofactor_false()
        if end != false:
            return 0, code, end
        rank = self._rank.get(name)
        if rank is None:
            rank = self._rank[name] = [0] * domain.size
            for i, cell in enumerate(liked):
                rank[cell] = i
        last = domain.size - 1
        best = (len(rank), 0, false)
        for node, low, high in self._blocks(name, diagram):
            first = min(rank[min(low, last) : min(high, last) + 1])
            if first < best[0]:
                best = first, liked[first], node
        return best

    def _blocks(self, name: str, diagram: Diagram) -> Iterator[tuple[Diagram, int, int]]:
        """What lies below a signal's bits and is not empty, with the numbers that lead there, in runs."""
        todo = [(diagram, 0, len(self._bits[name]))]  # each with the bits that are settled, above a place
        while todo:
            node, settled, above = todo.pop()
            if node == self.false:
                continue
            place = self._place(name, node)
            if place is None:
                yield node, settled << above, ((settled + 1) << above) - 1
                continue
            low, high = node.cofactor_false(), node.cofactor_true()
            skipped = above - place - 1  # both values of these bits lead here
            for middle in range(1 << skipped):
                at = (settled << skipped | middle) << 1
                todo += [(low, at, place), (high, at | 1, place)]

    def _place(self, name: str, diagram: Diagram) -> int | None:
        variable = diagram.node_var()
        if variable is None:
            return None
        kind, owner, place = self._owner[variable]
        return place if kind == "cells" and owner == name else None
