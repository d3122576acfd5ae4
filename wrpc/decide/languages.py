"""What patterns tell apart of the strings between two words: which of them can hold together there, with a string each.

One automaton runs all patterns at once, so that what is told apart is exact, and its strings are found without a search
of strings. Where it would be too large, there is none, and a theory of strings has to answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence

from wrpc.policy.regular.automata import Automaton, State
from wrpc.policy.regular.classes import ANY
from wrpc.policy.regular.node import LAST, SURROGATES, Chars, Joined, Node, Repeated
from wrpc.policy.regular.syntax import read

Pattern = tuple[str, str]  # "suffix", "contains" or "matches", and its text

STATES = 2_000
COMBINATIONS = 64
WORK = 400_000
"""Budgets of one signal: states of its automaton, what can hold together, steps that are looked at."""
READABLE = "xa0-_ !"

Piece = tuple[str, int, int]  # a beginning, and the first and last code point of the next character; anything follows


def node(pattern: Pattern) -> Node:
    relation, text = pattern
    if relation == "matches":
        return read(text)
    every = Repeated(Chars(ANY), 0, None)
    said = [Chars(((ord(c), ord(c)),)) for c in text]
    return Joined((every, *said)) if relation == "suffix" else Joined((every, *said, every))


class Languages:
    """The patterns of one signal. `fits` is false where they are too many, or too large: then nothing more is asked."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = list(patterns)
        self.automaton = Automaton([node(p) for p in self.patterns])
        self._states: dict[State, int] = {}
        self._next: list[list[int]] = []
        self._held: list[int] = []
        self._letters = [
            i for i, first in enumerate(self.automaton.letters) if not SURROGATES[0] <= first <= SURROGATES[1]
        ]
        self.fits = self._explore() and self._reach()

    def _explore(self) -> bool:
        """Every state, from the first on."""
        walker = self.automaton
        self._states[walker.start] = 0
        todo = deque([walker.start])
        while todo:
            state = todo.popleft()
            row = []
            for letter in range(len(walker.letters)):
                after = walker.walk(state, letter)
                if after not in self._states:
                    self._states[after] = len(self._states)
                    todo.append(after)
                row.append(self._states[after])
            self._next.append(row)
            self._held.append(walker.accepted(state))
            if len(self._states) > STATES or walker.work + len(self._next) * len(row) > WORK:
                return False
        return True

    def _reach(self) -> bool:
        """By state, what may hold of a string that goes on from there, as a set of combinations."""
        self.combinations = sorted(set(self._held))
        if len(self.combinations) > COMBINATIONS:
            return False
        number = {held: i for i, held in enumerate(self.combinations)}
        self._reached = [1 << number[held] for held in self._held]
        after = [sorted({row[i] for i in self._letters}) for row in self._next]
        changed = True
        while changed:
            changed = False
            for state in range(len(after) - 1, -1, -1):
                found = self._reached[state]
                for other in after[state]:
                    found |= self._reached[other]
                if found != self._reached[state]:
                    self._reached[state] = found
                    changed = True
        return True

    # ── Strings ───────────────────────────────────────────────────────────

    def held(self, text: str) -> int:
        """The patterns, as bits, that hold of a string."""
        return self.automaton.run(text)

    def _at(self, text: str) -> int:
        """The state behind a string."""
        state = 0
        for character in text:
            state = self._next[state][self.automaton.letter(character)]
        return state

    def between(self, low: str, high: str | None) -> dict[int, str | Piece]:
        """What can hold of the strings between two, with one of them or where to find one, in a fixed order."""
        found: dict[int, str | Piece] = {}
        plain = frozenset(self._letters)
        for piece in pieces(low, high):
            if isinstance(piece, str):
                found.setdefault(self._held[self._at(piece)], piece)
                continue
            start, first, last = piece
            state = self._at(start)
            letters = self.automaton.letters
            reached = 0
            for letter in range(bisect_right(letters, first) - 1, bisect_right(letters, last)):
                if letter in plain:
                    reached |= self._reached[self._next[state][letter]]
            for i, held in enumerate(self.combinations):
                if reached >> i & 1:
                    found.setdefault(held, piece)
        return dict(sorted(found.items()))

    def example(self, held: int, where: str | Piece) -> str:
        """A string of a piece for which just these patterns hold, as short as there is."""
        if isinstance(where, str):
            return where
        start, first, last = where
        wanted = 1 << self.combinations.index(held)
        state = self._at(start)
        best: str | None = None
        for letter in self._letters:
            character = self._character(letter, first, last)
            if character is not None and self._reached[self._next[state][letter]] & wanted:
                text = start + character + self._rest(self._next[state][letter], held)
                if best is None or len(text) < len(best):
                    best = text
        assert best is not None, "the piece reaches it"
        return best

    def _rest(self, state: int, held: int) -> str:
        """The shortest end behind which just these hold."""
        seen: dict[int, tuple[int, int]] = {state: (-1, -1)}
        todo = deque([state])
        while todo:
            at = todo.popleft()
            if self._held[at] == held:
                letters = []
                while seen[at][0] >= 0:
                    letters.append(seen[at][1])
                    at = seen[at][0]
                return "".join(self._character(i, 0, LAST) or "" for i in reversed(letters))
            for letter in self._letters:
                other = self._next[at][letter]
                if other not in seen:
                    seen[other] = at, letter
                    todo.append(other)
        raise AssertionError(held)

    def _character(self, letter: int, first: int, last: int) -> str | None:
        """One of a letter within a range of code points, the most readable."""
        letters = self.automaton.letters
        low = max(letters[letter], first)
        high = min(letters[letter + 1] - 1 if letter + 1 < len(letters) else LAST, last)
        if low > high:
            return None
        for sign in READABLE:
            if low <= ord(sign) <= high:
                return sign
        printable = max(low, 0x21)
        return chr(printable if printable <= high else low)


def pieces(low: str, high: str | None) -> Iterator[str | Piece]:
    """The strings between two, each once: some by themselves, the others by how they begin."""
    common = 0
    if high is not None:
        while common < len(low) and low[common] == high[common]:
            common += 1
    if high is None or common < len(low):
        yield low, 0, LAST
        for end in range(len(low) - 1, common - (high is None), -1):
            yield from _piece(low[:end], ord(low[end]) + 1, LAST)
    if high is None:
        return
    first = ord(low[common]) + 1 if common < len(low) else 0
    yield from _piece(high[:common], first, ord(high[common]) - 1)
    for end in range(common + 1, len(high)):
        yield high[:end]
        yield from _piece(high[:end], 0, ord(high[end]) - 1)


def _piece(start: str, first: int, last: int) -> Iterator[Piece]:
    if SURROGATES[0] <= first <= SURROGATES[1]:
        first = SURROGATES[1] + 1
    if SURROGATES[0] <= last <= SURROGATES[1]:
        last = SURROGATES[0] - 1
    if first <= last:
        yield start, first, last
