"""What an example of a law is drawn from: numbers out of one seed.

Hypothesis draws the seed alone, so that drawing a policy costs little beside what is done with it; it says which seed
fails, and at night keeps it. Making such an example small is done here, on the numbers that were drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

T = TypeVar("T")

SEEDS = 1 << 24
"""Of so many Hypothesis draws each alike; of more it prefers the small ones, and few examples would differ."""


class Dice:
    """Draws numbers, and keeps them."""

    lane = (1, 0)
    """Into how many parts a law is cut, and which this is: each has seeds of its own."""
    last: Dice | None = None
    """The one that was made last: it drew the example that failed."""

    def __init__(self, seed: int, replayed: Sequence[int] | None = None) -> None:
        self.seed = seed
        self.taken: list[int] = []
        self._random = Random(seed).random
        self._replayed = None if replayed is None else iter(replayed)
        Dice.last = self

    def __repr__(self) -> str:
        return f"Dice({self.seed})" if self._replayed is None else f"Dice({self.seed}, {self.taken})"

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends among them."""
        if self._replayed is None:
            above = int(self._random() * (high - low + 1))
        else:
            above = min(next(self._replayed, 0), high - low)
        self.taken.append(above)
        return low + above

    def chance(self, of_ten: int) -> bool:
        """True in so many cases of ten; what a small example has is False."""
        return self.number(0, 9) >= 10 - of_ten

    def one(self, options: Sequence[T]) -> T:
        return options[self.number(0, len(options) - 1)]

    def some(self, options: Sequence[T], least: int = 0, most: int | None = None) -> list[T]:
        """So many different ones, in any order; all where there are fewer than `least`."""
        left = list(options)
        count = self.number(min(least, len(left)), len(left) if most is None else min(len(left), most))
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(count)]

    def draw(self, what: Callable[[Dice], T]) -> T:
        return what(self)


def dices() -> st.SearchStrategy[Dice]:
    return st.integers(0, SEEDS - 1).map(_thrown)


def _thrown(number: int) -> Dice:
    parts, part = Dice.lane
    return Dice(number * parts + part)


def smaller(fails: Callable[[Dice], bool], dice: Dice, rounds: int = 6) -> Dice:
    """One with fewer and lesser numbers that fails too: stretches are left out, then numbers made less."""
    best = list(dice.taken)
    for _ in range(rounds):
        before = list(best)
        for tried in _candidates(best):
            made = Dice(dice.seed, tried())
            if fails(made) and _size(made.taken) < _size(best):
                best[:] = made.taken
        if best == before:
            break
    return Dice(dice.seed, best)


def _size(taken: Sequence[int]) -> tuple[int, int]:
    return len(taken), sum(taken)


def _candidates(best: list[int]) -> Iterator[Callable[[], list[int]]]:
    """Of the numbers as they are by then, from the end on."""
    length = len(best)
    while length:
        for start in range(len(best) - length, -1, -length):
            if start < len(best):
                yield lambda start=start, length=length: best[:start] + best[start + length :]  # type: ignore[misc]
        length //= 2
    for at in range(len(best) - 1, -1, -1):
        for less in (0, 1):
            if at < len(best) and best[at] > less:
                yield lambda at=at, less=less: [*best[:at], less, *best[at + 1 :]]  # type: ignore[misc]
