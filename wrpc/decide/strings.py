"""String signals as positions: all that a policy asks of a string, put in order, is a few ranges.

By code point, a string that equals a word is one point, one that begins with a prefix lies in a range, one that stands
before a word lies below it. So a string signal is an integer, the number of the cell that its value lies in: the words
themselves, and what lies in the gaps between them. That is exact, and for a policy with a route a tenant hundreds of
times as fast as a theory of strings.

Signals that are compared with each other share one line of cells, on which a gap has a cell for each of them: however
their values lie in it, the cells can lie so too, and the other way round, as long as the gap has room for so many
strings. Where it has not, it has as many cells as strings: between `a` and `a\\0\\0` lies `a\\0` and nothing else. Only
a signal that is asked to be the prefix of another, or they of it, stays a string of Z3's; and one of which patterns are
asked that are too many, or that is compared with another besides (`languages.py`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, islice, pairwise

from wrpc.decide.languages import Languages, Piece
from wrpc.policy.expr import PATTERNS, Among, Attribute, StringLiteral, StringSignal, Text, TextTerm, walk
from wrpc.policy.model import Policy
from wrpc.policy.reading import conditions
from wrpc.policy.vocabulary import PLAN_ROLES

FILLERS = "xa0-_ !\t\x01\0"  # what a gap's own strings go on with, the most readable that fits first
LONGEST = 64  # characters of a constant whose beginnings are each a word, where a signal may be one of them

Range = tuple[int, int | None]  # the first cell and the last; None where it has no end


class Cells:
    """At every `slots + 1`-th number a word, and behind each so many cells of the gap before the next. With
    `languages`, which one signal alone has, a gap has a cell for each of what patterns can say of its strings."""

    def __init__(self, words: Iterable[str], slots: int = 1, languages: Languages | None = None) -> None:
        self.words = sorted({"", *words})
        self.slots = slots
        self.languages = languages
        self._step = slots + 1

    @cached_property
    def gaps(self) -> list[dict[int, str | Piece]]:
        """By gap, what patterns say of its strings, as bits, with where such a string is found; with patterns alone."""
        assert self.languages is not None, "only patterns divide gaps"
        return [self.languages.between(a, b) for a, b in zip(self.words, [*self.words[1:], None], strict=True)]

    @cached_property
    def starts(self) -> Sequence[int]:
        """The cell of each word."""
        if self.languages is None:
            return range(0, self._step * len(self.words), self._step)
        return [*accumulate((1 + len(g) for g in self.gaps[:-1]), initial=0)]

    def of(self, text: str) -> int:
        """The cell that a string lies in; of a gap without patterns, the first."""
        at = bisect_left(self.words, text)
        if self.words[at : at + 1] == [text]:
            return self.starts[at]
        first = self.starts[at - 1] + 1
        if self.languages is None:
            return first
        return first + [*self.gaps[at - 1]].index(self.languages.held(text))

    def word(self, text: str) -> int:
        """The cell of a word. It is one of those the cells were made of."""
        at = bisect_left(self.words, text)
        assert self.words[at : at + 1] == [text], "every word that a policy names is known beforehand"
        return self.starts[at]

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
            case "suffix" | "contains" | "matches":
                return self.holding(relation, text)
            case _ if turned:
                return [(self.word(text[:end]),) * 2 for end in range(len(text) + 1)]
            case _:
                return [self.beginning_with(text)]

    def holding(self, relation: str, text: str) -> list[Range]:
        """The cells of the strings of which a pattern holds."""
        if (relation, text) not in self._holding:
            assert self.languages is not None, "every pattern that a policy names is known beforehand"
            bit = 1 << self.languages.patterns.index((relation, text))
            found: list[Range] = []
            for word, start, gap in zip(self.words, self.starts, self.gaps, strict=True):
                for cell, held in enumerate((self.languages.held(word), *gap), start):
                    if held & bit and found and found[-1][1] == cell - 1:
                        found[-1] = found[-1][0], cell
                    elif held & bit:
                        found.append((cell, cell))
            self._holding[relation, text] = found
        return self._holding[relation, text]

    @cached_property
    def _holding(self) -> dict[tuple[str, str], list[Range]]:
        return {}

    @cached_property
    def count(self) -> int:
        if self.languages is not None:
            return self.starts[-1] + 1 + len(self.gaps[-1])
        return self._step * len(self.words)

    def example(self, cell: int) -> str | None:
        """A string of the cell, greater than those of the cells before it; None for one with nothing in it."""
        if self.languages is not None:
            word = bisect_right(self.starts, cell) - 1
            if self.starts[word] == cell:
                return self.words[word]
            return self.languages.example(*[*self.gaps[word].items()][cell - self.starts[word] - 1])
        at, slot = divmod(cell, self._step)
        if slot == 0:
            return self.words[at]
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        return next(islice(between(self.words[at], following), slot - 1, None), None)

    @cached_property
    def empty(self) -> list[int]:
        if self.languages is not None:
            return []
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
        self._patterns: dict[str, dict[tuple[str, str], None]] = {}

    def note(self, policy: Policy, node: Text) -> None:
        signals = [t.name for t in (node.left, node.right) if isinstance(t, StringSignal)]
        for name in signals:
            self._line.setdefault(name, {name})
        if len(signals) == 2:
            self._join(*signals)
            if node.relation == "prefix":
                self._strings.update(signals)
        for name, text, turned in held(policy, node):
            if node.relation in PATTERNS:
                self._patterns.setdefault(name, {})[node.relation, text] = None
                continue
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
            if name in found or line & self._strings:
                continue
            words = {w for n in line for w in self._words.get(n, ())}
            patterns = tuple(sorted({p: None for n in line for p in self._patterns.get(n, ())}))
            if not patterns:
                found |= dict.fromkeys(line, Cells(words, len(line)))
            elif len(line) == 1 and (languages := _languages(patterns)).fits:
                found[name] = Cells(words, 1, languages)
        return found


@lru_cache(maxsize=64)
def _languages(patterns: tuple[tuple[str, str], ...]) -> Languages:
    return Languages(patterns)


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
