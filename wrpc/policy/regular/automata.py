"""Regular expressions as automata: one of several expressions at once, made as far as it is walked.

A state is the set of steps that may come next, before the places in it (`^`, `\\b`) are passed: those need to know the
character on both sides. So it also knows what kind the last character was, where any expression asks for places.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import assert_never

from wrpc.policy.regular.classes import NEWLINE, WORD
from wrpc.policy.regular.node import SURROGATES, At, Chars, Either, Joined, Node, Place, Ranges, Repeated

State = tuple[frozenset[int], int]
Steps = frozenset[int]

BEGIN, PLAIN, LETTER, LINE = range(4)
"""What stands before: nothing, a letter of no kind, one of a word, a newline."""
FULL = 20_000
"""Transitions that are remembered; beyond, all are made anew."""


class Automaton:
    """Of several expressions, each of which has to match the whole string."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._sets: list[Ranges] = []
        self._next: list[int] = []  # of a set: the step behind it
        self._splits: dict[int, tuple[int, ...]] = {}
        self._places: dict[int, tuple[Place, int]] = {}
        self._ends: dict[int, int] = {}  # which expression has been matched
        starts = []
        for number, node in enumerate(nodes):
            end = self._step()
            self._ends[end] = number
            starts.append(self._made(node, end))
        self.start: State = frozenset(starts), BEGIN if self._places else PLAIN
        self._cut()
        self._closed: dict[tuple[Steps, int, int | None], Steps] = {}
        self._walked: dict[tuple[State, int], State] = {}
        self._accepted: dict[State, int] = {}
        self.work = 0
        """Steps that have been looked at: what a budget counts."""

    # ── Steps ─────────────────────────────────────────────────────────────

    def _step(self) -> int:
        self._sets.append(())
        self._next.append(-1)
        return len(self._sets) - 1

    def _made(self, node: Node, then: int) -> int:
        """The first step of a part, behind which stands another."""
        match node:
            case Chars(ranges):
                at = self._step()
                self._sets[at], self._next[at] = ranges, then
                return at
            case At(place):
                at = self._step()
                self._places[at] = place, then
                return at
            case Joined(parts):
                for part in reversed(parts):
                    then = self._made(part, then)
                return then
            case Either(parts):
                at = self._step()
                self._splits[at] = tuple(self._made(p, then) for p in parts)
                return at
            case Repeated(part, least, None):
                again = self._step()
                first = self._made(part, again)
                self._splits[again] = first, then
                for _ in range(least):
                    again = self._made(part, again)
                return again
            case Repeated(part, least, most):
                assert most is not None, "the other case"
                out = then
                for _ in range(most - least):
                    skip = self._step()
                    self._splits[skip] = self._made(part, then), out
                    then = skip
                for _ in range(least):
                    then = self._made(part, then)
                return then
        assert_never(node)

    # ── Characters ────────────────────────────────────────────────────────

    def _cut(self) -> None:
        """Characters that no expression tells apart are one letter."""
        cuts = {0, SURROGATES[0], SURROGATES[1] + 1}
        sets = [*self._sets, *((WORD, NEWLINE) if self._places else ())]
        for ranges in sets:
            for low, high in ranges:
                cuts |= {low, high + 1}
        self.letters = sorted(c for c in cuts if c <= 0x10FFFF)
        """The first code point of each letter."""
        self._masks = [self._mask(r) for r in self._sets]
        self._kinds = [self._kind(c) for c in self.letters]

    def _mask(self, ranges: Ranges) -> int:
        mask = 0
        for low, high in ranges:
            first, last = bisect_right(self.letters, low) - 1, bisect_right(self.letters, high) - 1
            mask |= (2 << last) - (1 << first)
        return mask

    def _kind(self, code: int) -> int:
        if not self._places:
            return PLAIN
        if code == 0x0A:
            return LINE
        return LETTER if any(low <= code <= high for low, high in WORD) else PLAIN

    def letter(self, character: str) -> int:
        return bisect_right(self.letters, ord(character)) - 1

    # ── Walking ───────────────────────────────────────────────────────────

    def walk(self, state: State, letter: int) -> State:
        """The state behind one more character."""
        found = self._walked.get((state, letter))
        if found is None:
            steps, before = state
            kind = self._kinds[letter]
            bit = 1 << letter
            masks = self._masks
            after = frozenset(self._next[s] for s in self._closure(steps, before, kind) if masks[s] & bit)
            found = after, kind
            if len(self._walked) > FULL:
                self._walked.clear()
                self._closed.clear()
            self._walked[state, letter] = found
        return found

    def accepted(self, state: State) -> int:
        """The expressions, as bits, that match what has been walked."""
        found = self._accepted.get(state)
        if found is None:
            found = 0
            for step in self._closure(*state, None):
                if step in self._ends:
                    found |= 1 << self._ends[step]
            if len(self._accepted) > FULL:
                self._accepted.clear()
            self._accepted[state] = found
        return found

    def run(self, text: str) -> int:
        """The expressions, as bits, that match a string."""
        state = self.start
        for character in text:
            state = self.walk(state, self.letter(character))
            if not state[0]:
                return 0
        return self.accepted(state)

    def after(self, text: str) -> State:
        state = self.start
        for character in text:
            state = self.walk(state, self.letter(character))
        return state

    def _closure(self, steps: Steps, before: int, following: int | None) -> Steps:
        """The steps that take a character or end, once all that take none are passed. `following` is the kind of the
        next character; None at the end."""
        key = steps, before, following
        found = self._closed.get(key)
        if found is None:
            seen = set(steps)
            todo = list(steps)
            while todo:
                step = todo.pop()
                if step in self._splits:
                    more: tuple[int, ...] = self._splits[step]
                elif step in self._places and _stands(self._places[step][0], before, following):
                    more = (self._places[step][1],)
                else:
                    continue
                for other in more:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
            self.work += len(seen)
            found = self._closed[key] = frozenset(s for s in seen if s not in self._splits and s not in self._places)
        return found


def _stands(place: Place, before: int, following: int | None) -> bool:
    match place:
        case "begin":
            return before == BEGIN
        case "end":
            return following is None
        case "begin line":
            return before in (BEGIN, LINE)
        case "end line":
            return following in (None, LINE)
        case "word":
            return (before == LETTER) != (following == LETTER)
        case "no word":
            return (before == LETTER) == (following == LETTER)


@lru_cache(maxsize=256)
def automaton(pattern: str) -> Automaton:
    """Of one pattern of RE2's, made once. The pattern has been read before: it is none that is refused."""
    from wrpc.policy.regular.syntax import read

    return Automaton((read(pattern),))


def matches(text: str, pattern: str) -> bool:
    """The whole string, in time that grows with its length alone."""
    return bool(automaton(pattern).run(text))
