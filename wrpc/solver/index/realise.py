"""Requests of what a body finds: a value of every signal, and where no cell decides what was found, values by Z3.

What Z3 refutes it refutes for few of the leaves; the bodies are told of them, and find nothing of the kind again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from wrpc.decide.cells import Domain
from wrpc.decide.request import RequestValue, unread
from wrpc.policy.expr import Interval, StringLiteral, StringSignal, Text, TextTerm, fold_number
from wrpc.policy.model import Bool, Enum, Int, Real, Score, String
from wrpc.solver.index.acceptors import TooLarge, asked
from wrpc.solver.index.grid import Grid
from wrpc.solver.index.leaves import Related, Sum, Table
from wrpc.solver.index.strings import Strings, Wanted
from wrpc.solver.stats import answered
from wrpc.solver.terms import Term, conj, disj, negate

if TYPE_CHECKING:
    from wrpc.solver.encode import Encoding
    from wrpc.solver.space import Variables


@dataclass(frozen=True, slots=True)
class Found:
    """One way for a term to hold: a cell of each signal, which failed, which names a set has, which atoms hold. What it
    does not speak of is anything."""

    cells: dict[str, int] = field(default_factory=dict)
    failed: dict[str, bool] = field(default_factory=dict)
    members: dict[tuple[str, str], bool] = field(default_factory=dict)
    atoms: dict[int, bool] = field(default_factory=dict)

    def values(self, table: Table) -> dict[str, RequestValue]:
        """Every signal's value, whether it failed or not; what atoms say is not looked at."""
        made: dict[str, RequestValue] = {}
        members: dict[str, dict[str, bool]] = {}
        for (name, member), has in self.members.items():
            members.setdefault(name, {})[member] = has
        for name, value in unread(table.policy).items():
            if name in self.cells:
                made[name] = table.domains[name].values[self.cells[name]]
            else:
                made[name] = value
                if name in members:  # what it does not say is as in a request without the signal
                    asked = members[name]
                    absent = made[name]
                    assert isinstance(absent, frozenset)
                    made[name] = frozenset((absent - asked.keys()) | {m for m, has in asked.items() if has})
        return made


Literal = tuple[str, str, Any, bool]  # kind of the leaf, its signal, what it says, and whether that is so


class Unsettled(Exception):
    """Z3 gives up. The message says why."""


class Values:
    """The reference's variables, for the signals that atoms speak of. The axioms of groups are the bodies' own."""

    def __init__(self, table: Table, resources: int) -> None:
        from wrpc.solver.alone import Context
        from wrpc.solver.space import Space

        self._table = table
        self.policy = table.policy
        readers = table.readers
        self._spaces = {f: Space(self.policy, failures=f, grouped=False, readers=readers) for f in (False, True)}
        self._encodings: dict[tuple[int, bool, bool], Encoding] = {}
        self._context = Context(resources)
        self._solver = self._context.solver()
        self._seen = {False: 0, True: 0}
        self._strings: dict[str, Strings] = {}
        self._named: dict[Literal, Term] = {}
        self._terms: dict[Literal, Term] = {}
        self._known: dict[tuple[Literal, ...], dict[str, RequestValue] | list[Literal]] = {}
        self._plain: dict[tuple[Literal, ...], dict[str, RequestValue]] = {}
        self._grid = Grid(table)

    def realised(self, found: Found, *, shown: bool = True) -> dict[str, RequestValue] | list[Literal]:
        """The values of the signals that its atoms speak of, short ones where somebody is shown them; or few of its
        leaves, which no values satisfy together. Raises Unsettled."""
        texts, clash = self._texts(found, shown)
        if clash is not None:
            return clash
        atoms = {n: so for n, so in found.atoms.items() if not self._table.atoms[n].signals & texts.keys()}
        if not atoms:
            return {**texts}
        made = self._asked(replace(found, atoms=atoms), shown)
        return {**made, **texts} if isinstance(made, dict) else made

    def _texts(self, found: Found, shown: bool) -> tuple[dict[str, str], list[Literal] | None]:
        """Strings of the signals that are held against constants alone; or few of the leaves, which no string
        satisfies. What goes beyond a search is left to Z3."""
        wanted: dict[str, list[tuple[int, Wanted]]] = {}
        others: set[str] = set()
        for number, so in sorted(found.atoms.items()):
            atom = self._table.atoms[number]
            of = asked(atom.make.node) if isinstance(atom.make, Related) else None
            if of is None:
                others |= atom.signals
            else:
                wanted.setdefault(of[0], []).append((number, (of[1], so)))
        made: dict[str, str] = {}
        for name, those in wanted.items():
            if name in others or name in found.cells:
                continue
            strings = self._strings.setdefault(name, Strings())
            try:
                text = strings.settled([w for _, w in those], shown=shown)
            except TooLarge:
                continue
            answered("strings")
            if isinstance(text, list):
                return made, [("atom", "", those[i][0], those[i][1][1]) for i in text]
            made[name] = text
        return made, None

    def _asked(self, found: Found, shown: bool) -> dict[str, RequestValue] | list[Literal]:
        literals = tuple(self._literals(found))
        if not shown and literals in self._plain:
            return self._plain[literals]
        if literals not in self._known:
            made = self._grid.values(found) or self._ask(literals, found, shown)
            if not shown and isinstance(made, dict):
                self._plain[literals] = made
                return made
            self._known[literals] = made
        return self._known[literals]

    def _literals(self, found: Found) -> Iterator[Literal]:
        names: set[str] = set()
        for number, so in sorted(found.atoms.items()):
            yield "atom", "", number, so
            names |= self._table.atoms[number].signals
        for name in sorted(names):
            if self.policy.signals[name].can_fail:  # what is not said to have failed is shown with its value
                yield "failed", name, None, found.failed.get(name, False)
            if name in found.cells:
                yield "cells", name, 1 << found.cells[name], True
        for (name, member), so in sorted(found.members.items()):
            if name in names:
                yield "member", name, member, so

    def _ask(self, literals: tuple[Literal, ...], found: Found, shown: bool) -> dict[str, RequestValue] | list[Literal]:
        import z3

        answered("values")
        names = [self._name(literal) for literal in literals]
        self._catch_up()
        verdict = z3.sat if shown and literals in self._plain else self._solver.check(*names)
        if verdict == z3.sat:
            short = self._short(literals, found) if shown else None
            return short or self._plain.get(literals) or self._valued(self._solver.model(), found)
        if verdict == z3.unknown:
            raise Unsettled(f"the solver gives up: {self._solver.reason_unknown()}")
        kept = [(literals[i], names[i]) for i in self._solver.blamed(names)]
        for one in reversed(kept):  # the fewer it says, the more it refutes
            rest = [k for k in kept if k is not one]
            if self._solver.check(*(name for _, name in rest)) == z3.unsat:
                kept = rest
        return [literal for literal, _ in kept]

    def _short(self, literals: tuple[Literal, ...], found: Found) -> dict[str, RequestValue] | None:
        """Values with few digits: nobody can write a third. Whole numbers are dear, so that each is looked for by
        itself."""
        import z3

        space = self._spaces[True]
        reals = [v.value for n in self._speaking(found) if isinstance((v := space.of(n)).signal.type, (Real, Score))]
        for digits in (1, 3) if reals else ():
            solver = self._context.solver()
            for made in self._spaces.values():
                solver.add(*made.axioms)
            solver.add(*(self._terms[literal] for literal in literals))
            solver.add(*(z3.IsInt(value * 10**digits) for value in reals))
            if solver.check() == z3.sat:
                return self._valued(solver.model(), found)
        return None

    def _valued(self, model: Any, found: Found) -> dict[str, RequestValue]:
        from wrpc.solver.session import valued

        return {name: valued(self._spaces[True].of(name), model, real=True) for name in self._speaking(found)}

    def _speaking(self, found: Found) -> list[str]:
        """The signals that its atoms speak of."""
        return sorted({n for number in found.atoms for n in self._table.atoms[number].signals})

    def _catch_up(self) -> None:
        for failures, space in self._spaces.items():
            for axiom in space.axioms[self._seen[failures] :]:
                self._solver.add(axiom)
            self._seen[failures] = len(space.axioms)

    def _name(self, literal: Literal) -> Term:
        if literal not in self._named:
            import z3

            term = self._terms[literal] = self._term(literal)
            name = self._named[literal] = z3.Bool(f"#{len(self._named)}")
            self._solver.add(name == term)
        return self._named[literal]

    def _term(self, literal: Literal) -> Term:
        kind, name, what, so = literal
        space = self._spaces[True]
        term: Term
        match kind:
            case "atom":
                term = self._table.atoms[what].make(self)
            case "failed":
                term = space.of(name).failed
            case "member":
                term = space.of(name).members[what]
            case _:
                domain = self._table.domains[name]
                cells = [i for i in range(domain.size) if what >> i & 1]
                term = disj(_in_cell(space.of(name), domain, cell) for cell in cells)
        return term if so else negate(term)

    # ── What atoms make of it ─────────────────────────────────────────────

    def inside(self, of: Sum, interval: Interval) -> Term:
        from wrpc.solver.encode import inside

        return inside(fold_number(of.number, self._encoding(of)), interval)

    def related(self, node: Text) -> Term:
        from wrpc.solver.encode import related

        space = self._spaces[True]
        left, right = (
            space.of(t.name) if isinstance(t, StringSignal) else _literal(t) for t in (node.left, node.right)
        )
        return related(node.relation, left, right)

    def _encoding(self, of: Sum) -> Encoding:
        from wrpc.solver.encode import Encoding

        key = id(of.reader), of.failures, of.meanings
        if key not in self._encodings:
            space = self._spaces[of.failures]
            if of.reader is not self.policy:
                space = space.seen_by(of.reader)
            self._encodings[key] = Encoding(of.reader, space, meanings=of.meanings)
        return self._encodings[key]


def _literal(term: TextTerm) -> str:
    assert isinstance(term, StringLiteral), "an attribute is one where its pool is known"
    return term.value


def _in_cell(v: Variables, domain: Domain, cell: int) -> Term:
    from wrpc.solver.encode import inside, related
    from wrpc.solver.space import Measure

    value = domain.values[cell]
    match v.signal.type:
        case Bool():
            return v.value if value else negate(v.value)
        case Enum():
            return v.members[str(value)]
        case String():
            assert domain.words is not None, "a string's cells are of words"
            words = domain.words.at.words
            if cell < len(words):
                return related("equals", v, words[cell])
            low, high = domain.words.gap(cell)
            between: list[Term] = [related("before", words[low], v)]
            if high is not None:
                between.append(related("before", v, words[high]))
            inner = words[low + 1 : len(words) if high is None else high]
            said = ((related(relation, v, text), holds) for (relation, text), holds in domain.words.patterns(cell))
            between += [term if holds else negate(term) for term, holds in said]
            return conj([*between, *(negate(related("equals", v, w)) for w in inner)])
        case _:
            return inside(Measure(True, v.value, isinstance(v.signal.type, Int)), domain.intervals[cell])
