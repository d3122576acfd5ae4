"""What may be asked of one string, each relation by itself as an automaton that is made as far as it is walked.

A state knows whether the relation holds, and how many characters at least have to follow until it does, or does not.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from wrpc.decide.evaluate import RELATIONS
from wrpc.decide.languages import READABLE
from wrpc.policy.expr import PATTERNS, StringLiteral, StringSignal, Text
from wrpc.policy.regular.automata import Automaton, State
from wrpc.policy.regular.node import LAST, SURROGATES
from wrpc.policy.regular.syntax import read

LARGE = 2_000  # states of one pattern's automaton
WORK = 100_000  # steps that are looked at for one


class TooLarge(Exception):
    """An automaton, or a search, goes beyond its budget."""


class Asked(NamedTuple):
    """A relation of Text's between a string and a constant; `turned`, between the constant and the string."""

    relation: str
    text: str
    turned: bool

    def holds(self, string: str) -> bool:
        sides = (self.text, string) if self.turned else (string, self.text)
        return RELATIONS[self.relation](*sides)


def asked(node: Text) -> tuple[str, Asked] | None:
    """The signal and what is asked of it; None of a relation between two signals."""
    match node.left, node.right:
        case StringSignal(name), StringLiteral(text):
            return name, Asked(node.relation, text, False)
        case StringLiteral(text), StringSignal(name) if node.relation not in PATTERNS:
            return name, Asked(node.relation, text, node.relation != "equals")
        case _:
            return None


class Acceptor(ABC):
    """Of one relation. States are numbers, the first is 0."""

    cuts: frozenset[int]
    """Code points at which characters begin to be told apart."""

    @abstractmethod
    def step(self, state: int, character: str) -> int: ...

    @abstractmethod
    def holds(self, state: int) -> bool: ...

    @abstractmethod
    def needs(self, state: int, so: bool) -> int | None:
        """Characters that have to follow at least until the relation holds, or does not; None where it never will."""


@lru_cache(maxsize=4_096)
def acceptor(of: Asked) -> Acceptor:
    """Raises TooLarge."""
    match of.relation:
        case "matches":
            return Matching(of.text)
        case "contains":
            return Holding(of.text, anywhere=True)
        case "suffix":
            return Holding(of.text, anywhere=False)
        case _:
            return Standing(of)


def _cuts(text: str) -> frozenset[int]:
    return frozenset(code for c in text for code in (ord(c), ord(c) + 1))


class Holding(Acceptor):
    """Contains a word, or ends with it: the state is how much of the word stands at the end."""

    def __init__(self, word: str, *, anywhere: bool) -> None:
        self._word = word
        self._anywhere = anywhere
        self.cuts = _cuts(word)
        self._back = [0] * (len(word) + 1)  # the longest end that is a beginning, of each beginning
        end = 0
        for i in range(1, len(word)):
            while end and word[i] != word[end]:
                end = self._back[end]
            end += word[i] == word[end]
            self._back[i + 1] = end

    def step(self, state: int, character: str) -> int:
        word = self._word
        if state == len(word):
            if self._anywhere:
                return state
            state = self._back[state]
        while True:
            if state < len(word) and word[state] == character:
                return state + 1
            if not state:
                return 0
            state = self._back[state]

    def holds(self, state: int) -> bool:
        return state == len(self._word)

    def needs(self, state: int, so: bool) -> int | None:
        left = len(self._word) - state
        if so or left:
            return left if so else 0
        return None if self._anywhere or not self._word else 1


class Standing(Acceptor):
    """Equals a word, stands before or behind it, begins with it or begins it. The state is how many characters have
    been the word's; one more where the string has gone below, two more where it has gone above or beyond."""

    def __init__(self, of: Asked) -> None:
        self._kind = of.relation, of.turned
        self._word = of.text
        self._whole, self._below, self._above = (len(of.text) + i for i in range(3))
        self.cuts = _cuts(of.text)

    def step(self, state: int, character: str) -> int:
        if state > self._whole:
            return state
        if state == self._whole:
            return state if self._kind == ("prefix", False) else self._above
        expected = self._word[state]
        if character == expected:
            return state + 1
        return self._below if character < expected else self._above

    def holds(self, state: int) -> bool:
        match self._kind:
            case "before", False:
                return state < self._whole or state == self._below
            case "before", True:
                return state == self._above
            case "prefix", True:
                return state <= self._whole
            case _:
                return state == self._whole

    def needs(self, state: int, so: bool) -> int | None:
        if self.holds(state) == so:
            return 0
        if state > self._whole:
            return None  # it stays what it is
        match self._kind:
            case "before", False:
                return None if so else 1
            case "prefix", False:
                return self._whole - state if so else None
            case "equals", _ if so:
                return self._whole - state
            case _:
                return 1


class Matching(Acceptor):
    """A pattern of RE2's."""

    def __init__(self, pattern: str) -> None:
        self._walker = Automaton([read(pattern)])
        self.cuts = frozenset(self._walker.letters)
        self._numbers: dict[State, int] = {}
        self._next: list[list[int]] = []
        self._held: list[bool] = []
        self._explore()
        self._needs = {so: self._distances(so) for so in (False, True)}

    def _explore(self) -> None:
        walker = self._walker
        self._numbers[walker.start] = 0
        todo = deque([walker.start])
        while todo:
            state = todo.popleft()
            row: list[int] = []
            for letter in range(len(walker.letters)):
                after = walker.walk(state, letter)
                if after not in self._numbers:
                    self._numbers[after] = len(self._numbers)
                    todo.append(after)
                row.append(self._numbers[after])
            self._next.append(row)
            self._held.append(bool(walker.accepted(state)))
            if len(self._numbers) > LARGE or walker.work + len(self._next) * len(row) > WORK:
                raise TooLarge

    def _distances(self, so: bool) -> dict[int, int]:
        """By state, as far as there is a way. Letters that no text holds lead nowhere."""
        letters = [i for i, first in enumerate(self._walker.letters) if not SURROGATES[0] <= first <= SURROGATES[1]]
        before: dict[int, set[int]] = {}
        for state, row in enumerate(self._next):
            for letter in letters:
                before.setdefault(row[letter], set()).add(state)
        found = {state: 0 for state, held in enumerate(self._held) if held is so}
        todo = deque(found)
        while todo:
            state = todo.popleft()
            for other in before.get(state, ()):
                if other not in found:
                    found[other] = found[state] + 1
                    todo.append(other)
        return found

    def step(self, state: int, character: str) -> int:
        return self._next[state][self._walker.letter(character)]

    def holds(self, state: int) -> bool:
        return self._held[state]

    def needs(self, state: int, so: bool) -> int | None:
        return self._needs[so].get(state)


# ── Two of them ───────────────────────────────────────────────────────────


def implied(one: Asked, other: Asked) -> bool | None:
    """What the second is of every string of which the first holds, as far as the words tell; None where they do not."""
    if one.relation == "equals":
        return other.holds(one.text)
    if one.turned or other.turned:
        return None
    match one.relation, other.relation:
        case "prefix", "prefix" if one.text.startswith(other.text):
            return True
        case "prefix", "prefix" if not other.text.startswith(one.text):
            return False
        case "suffix", "suffix" if one.text.endswith(other.text):
            return True
        case "suffix", "suffix" if not other.text.endswith(one.text):
            return False
        case (("contains" | "prefix" | "suffix"), "contains") if other.text in one.text:
            return True
        case _:
            return None


def letters(acceptors: Iterable[Acceptor]) -> list[str]:
    """A character of each kind that they tell apart, the most readable."""
    cuts = sorted({0, SURROGATES[0], SURROGATES[1] + 1}.union(*(a.cuts for a in acceptors)) - {LAST + 1})
    found = []
    for low, behind in zip(cuts, [*cuts[1:], LAST + 1], strict=True):
        if not SURROGATES[0] <= low <= SURROGATES[1]:
            plain = next((c for c in READABLE if low <= ord(c) < behind), None)
            printable = max(low, 0x21)
            found.append(plain or chr(printable if printable < behind else low))
    return sorted(found, key=lambda c: (c not in READABLE, c))
