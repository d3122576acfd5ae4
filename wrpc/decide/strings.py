"""String signals as positions: all that a policy asks of a string, put in order, is a few ranges.

By code point, a string that equals a word is one point, one that begins with a prefix lies in a range, one that stands
before a word lies below it. So a string signal is an integer, the number of the cell that its value lies in: the words
themselves, and what lies in the gaps between them. That is exact, and for a policy with a route a tenant hundreds of
times as fast as a theory of strings.

Signals that are compared with each other share one line of cells, on which a gap has a cell for each of them: however
their values lie in it, the cells can lie so too, and the other way round, as long as the gap has room for so many
strings. Where it has not, it has as many cells as strings: between `a` and `a\\0\\0` lies `a\\0` and nothing else. Only
a signal that is asked to be the prefix of another, or they of it, stays a string of Z3's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice, pairwise

from wrpc.policy.expr import Among, Attribute, StringLiteral, StringSignal, Text, TextTerm, walk
from wrpc.policy.model import Policy
from wrpc.policy.reading import conditions
from wrpc.policy.vocabulary import PLAN_ROLES

FILLERS = "xa0-_ !\t\x01\0"  # what a gap's own strings go on with, the most readable that fits first
LONGEST = 64  # characters of a constant whose beginnings are each a word, where a signal may be one of them

Range = tuple[int, int | None]  # the first cell and the last; None where it has no end


class Cells:
    """At every `slots + 1`-th number a word, and behind each so many cells of the gap before the next."""

    def __init__(self, words: Iterable[str], slots: int = 1) -> None:
        self.words = sorted({"", *words})
        self.slots = slots
        self._step = slots + 1

    def of(self, text: str) -> int:
        """The cell that a string lies in; of a gap, the first."""
        at = bisect_left(self.words, text)
        return self._step * at if self.words[at : at + 1] == [text] else self._step * (at - 1) + 1

    def word(self, text: str) -> int:
        """The cell of a word. It is one of those the cells were made of."""
        cell = self.of(text)
        assert cell % self._step == 0, "every word that a policy names is known beforehand"
        return cell

    def beginning_with(self, prefix: str) -> Range:
        end = after(prefix)
        return self.word(prefix), None if end is None else self.word(end) - 1

    def ranges(self, relation: str, text: str, *, turned: bool) -> list[Range]:
        """The cells of the strings that stand in a relation to a word, or, `turned`, to which the word does."""
        match relation:
            case "equals":
                return [(self.word(text),) * 2]
            case "before":
                at = self.word(text)
                return [(at + 1, None) if turned else (0, at - 1)]
            case _ if turned:
                return [(self.word(text[:end]),) * 2 for end in range(len(text) + 1)]
            case _:
                return [self.beginning_with(text)]

    @cached_property
    def count(self) -> int:
        return self._step * len(self.words)

    def example(self, cell: int) -> str | None:
        """A string of the cell, greater than those of the cells before it; None for one with nothing in it."""
        at, slot = divmod(cell, self._step)
        if slot == 0:
            return self.words[at]
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        return next(islice(between(self.words[at], following), slot - 1, None), None)

    @cached_property
    def empty(self) -> list[int]:
        cramped = [
            i for i, (low, high) in enumerate(pairwise(self.words)) if high.startswith(low + "\0")
        ]  # no other gap is full ever
        return [c for i in cramped for c in range(i * self._step + 1, (i + 1) * self._step) if self.example(c) is None]


def between(low: str, high: str | None) -> Iterator[str]:
    """Strings between two, in ascending order: all where they are few, else without an end."""
    while high is not None and high.startswith(low + "\0"):
        low += "\0"
        if low == high:
            return
        yield low
    going_on = (low + f for f in FILLERS)
    text = next(t for t in going_on if high is None or (t < high and not high.startswith(t)))
    while True:
        yield text
        text += text[-1]


def after(prefix: str) -> str | None:
    """The least string behind all that begin with a prefix; None where there is none."""
    for end in range(len(prefix), 0, -1):
        code = ord(prefix[end - 1]) + 1
        if 0xD800 <= code < 0xE000:
            code = 0xE000  # no text holds what lies between
        if code <= 0x10FFFF:
            return prefix[: end - 1] + chr(code)
    return None


def cells(policies: Iterable[Policy]) -> dict[str, Cells]:
    """The cells of each string signal, over all that these policies say; none of those that are asked for a prefix of
    each other, or are compared with such a one."""
    lines = _Lines()
    for policy in policies:
        for condition in conditions(policy):
            for node in walk(condition):
                if isinstance(node, Text):
                    lines.note(policy, node)
                elif isinstance(node, Among):
                    lines.among(node)
    return lines.cells()


class _Lines:
    """Which signals are compared with each other, and the words that each is held against."""

    def __init__(self) -> None:
        self._line: dict[str, set[str]] = {}  # by signal: all on its line, itself among them
        self._words: dict[str, set[str]] = {}
        self._strings: set[str] = set()  # that have to be strings

    def note(self, policy: Policy, node: Text) -> None:
        signals = [t.name for t in (node.left, node.right) if isinstance(t, StringSignal)]
        for name in signals:
            self._line.setdefault(name, {name})
        if len(signals) == 2:
            self._join(*signals)
            if node.relation == "prefix":
                self._strings.update(signals)
        for name, text, turned in held(policy, node):
            words = self._words.setdefault(name, set())
            words.add(text)
            if node.relation != "prefix":
                continue
            if turned and len(text) > LONGEST:
                self._strings.add(name)
            elif turned:
                words.update(text[:end] for end in range(len(text)))
            elif (end := after(text)) is not None:
                words.add(end)

    def among(self, node: Among) -> None:
        self._line.setdefault(node.signal, {node.signal})
        self._words.setdefault(node.signal, set()).update(node.texts)

    def _join(self, a: str, b: str) -> None:
        joined = self._line[a] | self._line[b]
        for name in joined:
            self._line[name] = joined

    def cells(self) -> dict[str, Cells]:
        found: dict[str, Cells] = {}
        for name, line in self._line.items():
            if name not in found and not line & self._strings:
                words = {w for n in line for w in self._words.get(n, ())}
                found |= dict.fromkeys(line, Cells(words, len(line)))
        return found


def held(policy: Policy, node: Text) -> Iterator[tuple[str, str, bool]]:
    """Each constant that a relation holds its only string signal against, and whether the signal stands on the
    right."""
    for signal, other, turned in ((node.left, node.right, False), (node.right, node.left, True)):
        if isinstance(signal, StringSignal) and not isinstance(other, StringSignal):
            yield from ((signal.name, text, turned) for text in _texts(policy, other))


def _texts(policy: Policy, term: TextTerm) -> list[str]:
    match term:
        case StringLiteral(value):
            return [value]
        case Attribute("role"):
            return [*PLAN_ROLES]
        case Attribute(name):
            return [v for p in policy.pools.values() if (v := p.attribute(name)) is not None]
        case _:
            return []
