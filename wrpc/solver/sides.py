"""What a region says of one signal: some of its cells as conditions in the language."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from wrpc.decide.cells import Domain
from wrpc.decide.request import RequestValue
from wrpc.decide.strings import held
from wrpc.policy.expr import (
    PATTERNS,
    All,
    Any,
    Condition,
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
from wrpc.policy.model import Bool, Enum, Int, Policy, Real, Score, Signal, String
from wrpc.policy.numbers import everywhere
from wrpc.policy.reading import conditions

MOST = 64  # prefixes that are denied at once


class Words:
    """What conditions ask of strings and sets, and what can be said of them with that."""

    def __init__(self, readers: Sequence[Policy]) -> None:
        self._members: dict[str, dict[str, None]] = {}
        self._prefixes: dict[str, list[str]] = {}
        self._patterns: dict[str, dict[Text, None]] = {}
        self._holding: dict[Text, int] = {}
        found: dict[str, set[str]] = {}
        for policy in readers:
            for node in (n for c in everywhere(policy, conditions(policy)) for n in walk(c)):
                if isinstance(node, Has):
                    self._members.setdefault(node.signal, {})[node.member] = None
                elif isinstance(node, Text) and node.relation == "prefix":
                    for name, text, turned in held(policy, node):
                        if not turned:
                            found.setdefault(name, set()).add(text)
                elif isinstance(node, Text) and node.relation in PATTERNS:
                    for name, text, _ in held(policy, node):
                        own = Text(node.relation, StringSignal(name), StringLiteral(text))
                        self._patterns.setdefault(name, {})[own] = None
        for name, prefixes in found.items():
            self._prefixes[name] = sorted(prefixes, key=lambda t: (len(t), t))

    def members(self, name: str) -> list[str]:
        """The names of a set that conditions ask for."""
        return sorted(self._members.get(name, ()))

    def of_cells(self, signal: Signal, domain: Domain, cells: int, value: RequestValue) -> list[Condition] | None:
        """A signal that did not fail lies in one of the cells, all of which has to hold: of a number in the range about
        a value that has no gap, of a string in what constants and prefixes say of the cells about the value. None where
        they say nothing of the kind."""
        name = signal.name
        match signal.type:
            case Bool():
                return [] if cells == 3 else [Fires(name) if value else Not(Fires(name))]
            case Enum(names):
                return listed(name, names, [str(v) for i, v in enumerate(domain.values) if cells >> i & 1])
            case Int() | Real() | Score():
                low = high = domain.cell(value)
                while low and cells >> (low - 1) & 1:
                    low -= 1
                while cells >> (high + 1) & 1:
                    high += 1
                return between(signal, domain, low, high)
            case String():
                assert isinstance(value, str), "a string's value"
                return self._strings(name, domain, cells, value)
            case _:
                return None

    def _strings(self, name: str, domain: Domain, cells: int, value: str) -> list[Condition] | None:
        """All strings, or those with a prefix, without those of other prefixes and without words; else some words."""
        assert domain.words is not None, "a string's cells are of words"
        words, prefixes = domain.words.at.words, self._prefixes.get(name, ())
        gaps = (1 << domain.size) - (1 << len(words))
        for base in ("", *(p for p in prefixes if value.startswith(p))):
            inside = self._beginning(domain, base) if base else (1 << domain.size) - 1
            out: dict[str, None] = {}  # the shortest of those that have to be denied
            for prefix in prefixes if inside & gaps & ~cells else ():
                if prefix.startswith(base) and not value.startswith(prefix):
                    shut = self._beginning(domain, prefix) & gaps & ~cells
                    if shut and not any(prefix[:end] in out for end in range(len(prefix))):
                        out[prefix] = None
            for prefix in out:
                inside &= ~self._beginning(domain, prefix)
            if len(out) > MOST or not inside & gaps or inside & gaps & ~cells:
                continue
            left = [w for i, w in enumerate(words) if inside >> i & 1 and not cells >> i & 1]
            parts: list[Condition] = [starts(name, base)] if base else []
            parts += [Not(starts(name, p)) for p in out]
            return [*parts, Not(one_of(name, left))] if left else parts
        found, within = self._matched(name, domain, cells, value)
        if value in words and not within:
            return [one_of(name, [w for i, w in enumerate(words) if cells >> i & 1])]
        return found

    def _matched(self, name: str, domain: Domain, cells: int, value: str) -> tuple[list[Condition] | None, bool]:
        """What patterns and prefixes say of a string, as far as it is needed to stay within the cells; all that they
        say, and False, where that is more than the cells."""
        every, asked = (1 << domain.size) - 1, (starts(name, p) for p in self._prefixes.get(name, ()))
        assert domain.words is not None, "a string's cells are of words"
        words, at = domain.words.at.words, 1 << domain.cell(value)
        gaps = every + 1 - (1 << len(words))
        said: dict[Condition, int] = {}
        for own in (*self._patterns.get(name, ()), *asked):
            inside = self._cells(domain, own)
            said[own if inside & at else Not(own)] = inside if inside & at else every & ~inside

        def left(parts: Sequence[Condition]) -> int:
            inside = every
            for part in parts:
                inside &= said[part]
            return inside

        parts = [*said]
        if not parts or len(parts) > MOST:
            return None, False
        if left(parts) & gaps & ~cells:
            return parts, False
        # What a string is not goes before what it is: that says less.
        for part in sorted(parts, key=lambda p: not isinstance(p, Not)):
            without = [p for p in parts if p is not part]
            if not left(without) & gaps & ~cells:
                parts = without
        out = [w for i, w in enumerate(words) if left(parts) >> i & 1 and not cells >> i & 1]
        return ([*parts, Not(one_of(name, out))] if out else parts), True

    def _beginning(self, domain: Domain, prefix: str) -> int:
        """The cells of the strings that begin with a prefix."""
        return self._cells(domain, starts(domain.signal.name, prefix))

    def _cells(self, domain: Domain, asked: Text) -> int:
        """The cells of the strings of which it holds."""
        assert domain.words is not None, "a string's cells are of words"
        assert isinstance(asked.right, StringLiteral), "what strings are held against is constant"
        if asked not in self._holding:
            self._holding[asked] = domain.words.asked(asked.relation, asked.right.value, turned=False)
        return self._holding[asked]


def between(signal: Signal, domain: Domain, low: int, high: int) -> list[Condition]:
    """A number lies in the cells from one to another."""
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


def starts(name: str, prefix: str) -> Text:
    return Text("prefix", StringSignal(name), StringLiteral(prefix))


def one_of(name: str, words: Sequence[str]) -> Condition:
    parts = [Text("equals", StringSignal(name), StringLiteral(w)) for w in words]
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def listed(name: str, names: Sequence[str], kept: Sequence[str]) -> list[Condition]:
    """The shorter of the names that are meant and those that are not."""
    if len(kept) == len(names):
        return []
    if len(kept) > len(names) - len(kept):
        return [Not(OneOf(name, frozenset(n for n in names if n not in kept)))]
    return [OneOf(name, frozenset(kept))]


def terms(condition: Condition) -> int:
    """How long it is to read: comparisons and the names in them."""
    match condition:
        case All(parts) | Any(parts):
            return sum(terms(p) for p in parts)
        case Not(operand):
            return terms(operand)
        case OneOf(_, names):
            return 1 + len(names) // 4
        case _:
            return 1


def texts(condition: Condition) -> tuple[str, list[str]] | None:
    """The constants that any of several comparisons holds one string against, where that is all it is."""
    if not isinstance(condition, Any):
        return None
    found: list[str] = []
    name: str | None = None
    for part in condition.parts:
        match part:
            case Text("equals", StringSignal(own), StringLiteral(value)) if name in (None, own):
                name = own
                found.append(value)
            case _:
                return None
    return (name, found) if name is not None else None
