"""What a policy asks of its signals: how often, where numbers are cut, which names of sets, how strings are held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from math import ceil, floor

from wrpc.decide.cells import Cut, Domain, Rounds, Words, plain
from wrpc.decide.request import RequestValue, default
from wrpc.decide.strings import Cells, cells, held
from wrpc.policy.expr import (
    PATTERNS,
    All,
    Any,
    Condition,
    Confidence,
    Has,
    Interval,
    Linear,
    NamedNumber,
    Not,
    Quantity,
    Raw,
    StringSignal,
    Text,
    Within,
    reads,
    walk,
)  # fmt: skip
from wrpc.policy.intervals import scaled, shifted
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Set, Signal, String
from wrpc.policy.numbers import everywhere
from wrpc.policy.reading import conditions

FEW = 16  # whole numbers that each have a cell of their own, so that sums of them are exact
MEMBERS = 6  # names of a set that conditions may ask for


class Asked:
    """What conditions ask of signals: how often, where numbers are cut, which names of a set, how strings are held."""

    def __init__(self, policy: Policy, *, apart: bool = False, readers: Sequence[Policy] = ()) -> None:
        """`apart`: a string that is held against others still has the cells that constants tell apart. `readers` are
        the policies whose conditions ask, where that is not `policy` alone."""
        self.policy = policy
        self.reads: Counter[str] = Counter()
        self.together = False  # several signals in one sum, or two strings in one comparison
        self._made: dict[tuple[str, bool], Domain | None] = {}
        self._cuts: dict[str, set[Cut]] = {}
        self._members: dict[str, set[str]] = {}
        self._ranges: dict[str, set[tuple[int, int | None]]] = {}
        self._strings = cells(readers or (policy,))
        if apart:
            alone = {id(c): c if c.slots == 1 else Cells(c.words) for c in self._strings.values()}
            self._strings = {name: alone[id(c)] for name, c in self._strings.items()}
        for reader in readers or (policy,):
            self._read(reader)

    def _read(self, policy: Policy) -> None:
        for condition in everywhere(policy, conditions(policy)):
            for node in walk(condition):
                if not isinstance(node, All | Any | Not):
                    self._note(policy, node)
        for signal in policy.signals.values():
            self._sizes(policy, signal)
            if signal.on_error == "deny":
                self.reads[signal.name] += 0  # whoever reads it, its failure counts
            if policy is not self.policy and isinstance(signal.type, Score) and signal.type.threshold is not None:
                self._cuts.setdefault(signal.name, set()).add((plain(signal.type.threshold), signal.type.above))

    def domain(self, name: str, *, failures: bool) -> Domain | None:
        """The cells of a signal; None where they are too many, or strings are held against each other."""
        key = name, failures
        if key not in self._made:
            self._made[key] = self._domain(name, failures)
        return self._made[key]

    def _domain(self, name: str, failures: bool) -> Domain | None:
        signal = self.policy.signals[name]
        intervals: tuple[Interval, ...] = ()
        values: Sequence[RequestValue]
        words = None
        fails = failures and signal.can_fail
        match signal.type:
            case _ if not self.reads[name] and name not in self.policy.group_of:
                values = (default(signal),)
            case Bool():
                values = (False, True)
            case Enum(names):
                values = names
            case Set():
                members = sorted(self._members.get(name, ()))
                if len(members) > MEMBERS:
                    return None
                values = [frozenset(c) for size in range(len(members) + 1) for c in combinations(members, size)]
            case String():
                if name not in self._strings or self._strings[name].slots > 1:
                    return None
                words = Words(self._strings[name], self._ranges.get(name, ()))
                values = [*words.at.words, *words.examples]
            case _:
                intervals = tuple(_between(signal, self._cuts.get(name, ())))
                return Domain(signal, Rounds(signal, intervals, fails), intervals, words, fails)
        return Domain(signal, (*values, *((None,) if fails else ())), intervals, words, fails)

    def members(self, name: str) -> list[str]:
        """The names of a set that conditions ask for."""
        return sorted(self._members.get(name, ()))

    def _note(self, policy: Policy, node: Condition | Linear | Quantity) -> None:
        self.reads.update(reads(node))
        match node:
            case Within(number, ranges):
                self._cut(policy, number, ranges)
            case Has(signal, member):
                self._members.setdefault(signal, set()).add(member)
            case Linear(_, terms) if len(terms) > 1:
                self.together = True
            case Text(_, StringSignal(), StringSignal()):
                self.together = True
            case Text(relation):
                self.together |= any(name not in self._strings for name in reads(node))
                for name, text, turned in held(policy, node):
                    if relation not in ("equals", *PATTERNS) and name in self._strings:
                        found = self._strings[name].ranges(relation, text, turned=turned)
                        self._ranges.setdefault(name, set()).update(found)
            case _:
                pass

    def _cut(self, policy: Policy, number: Linear, ranges: tuple[Interval, ...]) -> None:
        """Where the value of the only signal that a number depends on enters or leaves a range."""
        while len(number.terms) == 1 and number.terms[0][0] != 0:
            coefficient, quantity = number.terms[0]
            if coefficient != 1 or number.constant:
                ranges = scaled(shifted(ranges, -number.constant), 1 / coefficient)
            match quantity:
                case Raw(signal) | Confidence(signal):
                    cuts = self._cuts.setdefault(signal, set())
                    cuts |= {(plain(r.low), r.low_open) for r in ranges if r.low is not None}
                    cuts |= {(plain(r.high), not r.high_open) for r in ranges if r.high is not None}
                    return
                case NamedNumber(name):
                    number = policy.numbers[name]
                case _:
                    return

    def _sizes(self, policy: Policy, signal: Signal) -> None:
        """How long a prompt a pool can take is asked as well (WRP501), though no condition says so."""
        if signal.source is None or signal.source.name not in ("prompt_tokens", "total_tokens"):
            return
        for pool in policy.pools.values():
            model = policy.models.get(pool.model or "")
            context = pool.context if pool.context is not None else model.context if model is not None else None
            if context is not None:
                output = (model.max_output or 0) if model and signal.source.name == "prompt_tokens" else 0
                self._cuts.setdefault(signal.name, set()).add((context - output, True))
                self.reads[signal.name] += 1


def _between(signal: Signal, cuts: Iterable[Cut]) -> Iterator[Interval]:
    """The ranges of a number between its cuts."""
    match signal.type:
        case Int(low, high):
            bounds = {floor(b) + 1 if after else ceil(b) for b, after in cuts}
            if high - low < FEW:
                bounds = set(range(low, high + 1))
            starts = [low, *sorted(b for b in bounds if low < b <= high), high + 1]
            for first, behind in pairwise(starts):
                yield Interval(Fraction(first), Fraction(behind - 1))
        case Real(low, high) | Score(low, high):
            of_score: set[Cut] = set()
            if isinstance(signal.type, Score) and signal.type.threshold is not None:
                of_score = {(signal.type.threshold, signal.type.above)}
            least, most = (low, False), (high, True)
            all_cuts = [least, *sorted(c for c in {*cuts, *of_score} if least < c < most), most]
            for (start, start_open), (end, after) in pairwise(all_cuts):
                yield Interval(Fraction(start), Fraction(end), start_open, not after)
        case _:
            raise AssertionError(signal.type)
