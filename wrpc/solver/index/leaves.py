"""The signals of a request as leaves of circuits, shared by all rooms of a policy.

A leaf says which value a signal has, whether it failed or not: what a failed signal's value would be is part of a
request here, so that two requests of which one hides what the other shows are one point.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from wrpc.decide.asked import Asked
from wrpc.decide.cells import Domain
from wrpc.override import override
from wrpc.policy import reading
from wrpc.policy.expr import Confidence, Interval, Linear, Quantity, Raw, StringSignal, Text
from wrpc.policy.intervals import overlap
from wrpc.policy.model import Policy, Set
from wrpc.solver.index.acceptors import Asked as AskedString
from wrpc.solver.index.acceptors import asked, implied
from wrpc.solver.index.circuit import Atom, Circuit
from wrpc.solver.index.signals import ONE, Form, Measure, Signals, holds, spanned
from wrpc.solver.terms import Term, conj, disj, negate

if TYPE_CHECKING:
    from wrpc.solver.index.realise import Literal, Values

Make = Callable[["Values"], Term]
Cut = tuple[Fraction, bool]  # before a number, or behind it

PAIRS = 1_000  # relations of one signal, each of which is held against the others


class Table:
    """Every leaf of a policy, each once; of a space that several policies read, given its signals and groups."""

    def __init__(self, policy: Policy, readers: Sequence[Policy] = (), asked: Asked | None = None) -> None:
        self.policy = policy
        self.readers = readers or (policy,)
        self.asked = asked or Asked(policy, apart=True, readers=readers)
        self.asked.reads.update([*policy.signals])  # what no condition reads, a check may
        self.domains: dict[str, Domain] = {}
        for signal in policy.signals.values():
            domain = None if isinstance(signal.type, Set) else self.asked.domain(signal.name, failures=False)
            if domain is not None:
                self.domains[signal.name] = domain
        self.speaks_of_atoms = self.asked.together
        self.atoms: list[Atom] = []
        self.lines: list[tuple[Atom, Atom, bool]] = []  # where the first holds, the second does, or does not
        self._strings: dict[str, list[tuple[Atom, AskedString]]] = {}
        self._leaves: dict[tuple[object, ...], Circuit] = {}
        self._numbers: dict[object, int] = {}  # of atoms
        self._cuts: dict[Sum, dict[Cut, Circuit]] = {}
        self._orders: dict[Sum, list[Cut]] = {}
        self._sums: dict[tuple[int, Linear, bool, bool], Sum] = {}

    def cells(self, name: str, cells: int) -> Term:
        every = (1 << self.domains[name].size) - 1
        cells &= every
        if not cells or cells == every:
            return bool(cells)
        return self.leaf("cells", name, cells)

    def leaf(self, operation: str, *parts: object) -> Circuit:
        found = self._leaves.get((operation, *parts))
        if found is None:
            found = self._leaves[operation, *parts] = Circuit(operation, parts)
        return found

    def atom(self, key: object, names: frozenset[str], make: Make, failures: bool | None = None) -> Circuit:
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.atoms)
            self.atoms.append(Atom(number, names, make, failures))
            self._leaves["atom", number] = Circuit("atom", (self.atoms[number],))
        return self._leaves["atom", number]

    def leaf_of(self, literal: Literal) -> Circuit:
        """The leaf that a literal speaks of."""
        kind, name, what, _ = literal
        match kind:
            case "atom":
                return self._leaves["atom", what]
            case "failed":
                return self.leaf("failed", name)
            case _:
                return self.leaf(kind, name, what)

    def sum(
        self,
        reader: Policy,
        number: Linear,
        failures: bool,
        meanings: bool,
        names: frozenset[str],
        read_in: bool | None,
    ) -> Sum:
        key = id(reader), number, failures, meanings
        if key not in self._sums:
            self._sums[key] = Sum(reader, number, failures, meanings, names, read_in)
        return self._sums[key]

    def below(self, of: Sum, cut: Cut) -> Circuit:
        """The sum lies below the cut. Of two cuts the higher is passed by whatever is below the lower."""
        cuts = self._cuts.setdefault(of, {})
        if cut not in cuts:
            cuts[cut] = self.atom((of, cut), of.signals, Below(of, cut), of.read_in)
            order = self._orders.setdefault(of, [])
            at = bisect(order, cut)
            order.insert(at, cut)
            atoms = [cuts[c].parts[0] for c in order[max(at - 1, 0) : at + 2]]
            self.lines += ((a, b, True) for a, b in pairwise(atoms))
        return cuts[cut]

    def related(self, node: Text, names: Sequence[str]) -> Circuit:
        """A relation of strings. What words say of each other is known beforehand."""
        made = len(self.atoms)
        leaf = self.atom(node, frozenset(names), Related(node))
        if len(self.atoms) > made and (of := asked(node)) is not None:
            name, new = of
            others = self._strings.setdefault(name, [])
            for atom, old in others if len(others) < PAIRS else ():
                if (so := implied(new, old)) is not None:
                    self.lines.append((self.atoms[-1], atom, so))
                if so is not False and (so := implied(old, new)) is not None:
                    self.lines.append((atom, self.atoms[-1], so))
            others.append((self.atoms[-1], new))
        return leaf


class Sum:
    """Several quantities as one number, as a policy reads them. `failures` and `meanings` say how failed signals count
    in it, `read_in` in which room it stands; None for both."""

    def __init__(
        self,
        reader: Policy,
        number: Linear,
        failures: bool,
        meanings: bool,
        signals: frozenset[str],
        read_in: bool | None,
    ) -> None:
        self.reader = reader
        self.number = number
        self.failures = failures
        self.meanings = meanings
        self.signals = signals
        self.read_in = read_in


class Below:
    """Makes the term of a sum's atom."""

    def __init__(self, of: Sum, cut: Cut) -> None:
        self.of = of
        self.cut = cut

    def __call__(self, values: Values) -> Term:
        bound, behind = self.cut
        return values.inside(self.of, Interval(high=bound, high_open=not behind))


class Related:
    """Makes the term of an atom over strings."""

    def __init__(self, node: Text) -> None:
        self.node = node

    def __call__(self, values: Values) -> Term:
        return values.related(self.node)


class Leaves(Signals):
    """The leaves as a room with or without failures takes them."""

    def __init__(self, table: Table, *, failures: bool, reader: Policy | None = None) -> None:
        """`reader`: one of several policies, with what it takes the space's signals and groups for."""
        super().__init__()
        self.table = table
        self.policy = reader or table.policy
        self.domains = table.domains
        self.failures = failures
        self._sums: dict[tuple[Linear, bool, bool], Sum] = {}
        self._asked: dict[
            tuple[int, tuple[Interval, ...], bool], tuple[Measure, Term]
        ] = {}  # by number, which it keeps

    @property
    def anything(self) -> Term:
        raise AssertionError("every signal has leaves")

    def at(self, name: str, cells: int) -> Term:
        return self.table.cells(name, cells)

    def failed(self, name: str) -> Term:
        return self.failures and self.policy.signals[name].can_fail and self.table.leaf("failed", name)

    def member(self, name: str, member: str) -> Term:
        return self.table.leaf("member", name, member)

    def related(self, node: Text, names: Sequence[str]) -> Term:
        left, right = node.left, node.right
        if len(names) == 2 and left == right:
            return node.relation != "before"
        if node.relation == "equals" and isinstance(right, StringSignal) and repr(right) < repr(left):
            node = Text("equals", right, left)
        return self.table.related(node, names)

    @override
    def within(self, number: Measure, ranges: Sequence[Interval], *, meanings: bool) -> Term:
        if len(number.pieces) < 3:
            return self._within(number, ranges, meanings)
        key = id(number), tuple(ranges), meanings
        if key not in self._asked:
            self._asked[key] = number, self._within(number, ranges, meanings)
        return self._asked[key][1]

    def _within(self, number: Measure, ranges: Sequence[Interval], meanings: bool) -> Term:
        sure: list[Term] = []
        unsure: list[Term] = []
        for interval, where in number.pieces:
            if where is False:
                continue
            if any(holds(r, interval) for r in ranges):
                sure.append(where)
            elif any(overlap(interval, r) for r in ranges):
                unsure.append(where)
        if number.scale is not None:
            where, name = number.scale.where, number.scale.domain.signal.name
            reaching, inside = spanned(number.scale, ranges)
            sure.append(conj([where, self.at(name, inside)]))
            if reaching != inside:
                unsure.append(conj([where, self.at(name, reaching & ~inside)]))
        if not unsure:
            return disj(sure)
        assert number.form is not None, "what cells do not settle is a sum, or a bound that they were not made for"
        return disj([*sure, conj([disj(unsure), self._in(number.form, ranges, meanings)])])

    def _in(self, form: Form, ranges: Sequence[Interval], meanings: bool) -> Term:
        of = self._sum(form.of, meanings)
        parts: list[Term] = []
        for r in form.base(ranges):
            low: Term = False if r.low is None else self.table.below(of, (r.low, r.low_open))
            high: Term = True if r.high is None else self.table.below(of, (r.high, not r.high_open))
            parts.append(conj([negate(low), high]))
        return disj(parts)

    @override
    def form(self, node: Linear) -> Form:
        return Form(Linear(Fraction(0), node.terms), ONE, node.constant)

    @override
    def raw(self, name: str, *, meanings: bool) -> Measure:
        return self._one(super().raw(name, meanings=meanings), Raw(name))

    @override
    def confidence(self, name: str, *, meanings: bool) -> Measure:
        return self._one(super().confidence(name, meanings=meanings), Confidence(name))

    def _one(self, measure: Measure, quantity: Quantity) -> Measure:
        return measure._replace(form=Form(Linear(Fraction(0), ((ONE, quantity),))))

    def _sum(self, base: Linear, meanings: bool) -> Sum:
        key = base, self.failures, meanings
        found = self._sums.get(key)
        if found is None:
            names = frozenset(reading.signals(self.policy, [base]))
            fallible = any(self.policy.signals[n].can_fail for n in names)
            failures = self.failures and fallible
            shared = self.policy, base, failures, meanings or not failures
            found = self._sums[key] = self.table.sum(*shared, names, failures if fallible else None)
        return found
