"""How long the requests are that arrive somewhere: prompt and answer, exactly, as classes or as something to draw from.

A workload says how long its requests are as a whole, and how much of that is the prompt, so that prompt and answer grow
together. Between two points of its distribution every whole number of tokens is equally likely. What a route shortens
is shorter here: the prompt alone, to so many tokens.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import comb

from wrpc.values import value

ZERO, ONE = Fraction(0), Fraction(1)


@value
class Stretch:
    """Requests of more than `above` tokens and at most `upto`, prompt and answer together, every whole length alike.
    `weight` is their share of all that the distribution is of. `prompt` and `answer`: tokens of each at either end,
    straight between."""

    above: int
    upto: int
    weight: Fraction
    prompt: tuple[Fraction, Fraction]
    answer: tuple[Fraction, Fraction]

    def moment(self, prompt: int, answer: int) -> Fraction:
        """The mean of prompt ** `prompt` × answer ** `answer` over the stretch."""
        first, last = _powers(self.prompt, prompt), _powers(self.answer, answer)
        return sum((a * b / (i + j + 1) for i, a in enumerate(first) for j, b in enumerate(last)), ZERO)


def _powers(ends: tuple[Fraction, Fraction], power: int) -> list[Fraction]:
    """(low + (high - low) t) ** power, as the coefficients of the powers of t."""
    low, step = ends[0], ends[1] - ends[0]
    return [comb(power, k) * low ** (power - k) * step**k for k in range(power + 1)]


@value
class Lengths:
    """A distribution of requests by the tokens of prompt and answer. The weights add up to 1; the stretches ascend, and
    do not overlap where they come of one workload."""

    stretches: tuple[Stretch, ...]

    @cached_property
    def prompt(self) -> Fraction:
        """Mean tokens of a prompt."""
        return self.moment(1, 0)

    @cached_property
    def answer(self) -> Fraction:
        """Mean tokens of an answer."""
        return self.moment(0, 1)

    def moment(self, prompt: int, answer: int) -> Fraction:
        """E[prompt ** `prompt` × answer ** `answer`], exactly: `moment(1, 1)` is that of their product."""
        return sum((s.weight * s.moment(prompt, answer) for s in self.stretches), ZERO)

    def longest(self) -> tuple[int, int]:
        """The most tokens of a prompt and of an answer."""
        prompts = (max(s.prompt) for s in self.stretches)
        answers = (max(s.answer) for s in self.stretches)
        return -int(-max(prompts, default=ZERO) // 1), -int(-max(answers, default=ZERO) // 1)

    def quantile(self, share: float) -> tuple[float, float]:
        """Prompt and answer of the request than which so large a share of all is no longer: `quantile(0.99)`. With a
        uniform random number in place of the share it draws a request."""
        if not self.stretches:
            return 0.0, 0.0
        ends = self._ends
        at = min(bisect_left(ends, share), len(ends) - 1)
        before = ends[at - 1] if at else 0.0
        width = ends[at] - before
        within = min(max((share - before) / width, 0.0), 1.0) if width else 1.0
        stretch = self.stretches[at]
        return _between(stretch.prompt, within), _between(stretch.answer, within)

    @cached_property
    def _ends(self) -> list[float]:
        return [float(end) for end in accumulate(s.weight for s in self.stretches)]

    def classes(self, most: int = 64) -> list[tuple[float, float, float]]:
        """At most so many classes of length, each as its weight and the mean tokens of its prompts and answers; at
        least one a stretch, long stretches in several. The weights add up to 1."""
        made: list[tuple[float, float, float]] = []
        spare = most - len(self.stretches)
        for stretch in self.stretches:
            pieces = 1 + max(0, int(spare * stretch.weight))
            for number in range(pieces):
                middle = (number + 0.5) / pieces
                weight = float(stretch.weight) / pieces
                made.append((weight, _between(stretch.prompt, middle), _between(stretch.answer, middle)))
        return made


def _between(ends: tuple[Fraction, Fraction], share: float) -> float:
    low, high = float(ends[0]), float(ends[1])
    return low + (high - low) * share


def mixture(parts: Iterable[tuple[Fraction, Lengths]]) -> Lengths:
    """Several distributions together, each with its weight (a rate, a share); none where all weights are 0."""
    known = [(weight, lengths) for weight, lengths in parts if weight > 0 and lengths.stretches]
    whole = sum((weight for weight, _ in known), ZERO)
    found: dict[tuple[object, ...], Stretch] = {}
    for weight, lengths in known:
        for s in lengths.stretches:
            key = s.above, s.upto, s.prompt, s.answer
            before = found[key].weight if key in found else ZERO
            found[key] = Stretch(s.above, s.upto, before + s.weight * weight / whole, s.prompt, s.answer)
    return Lengths(tuple(sorted(found.values(), key=lambda s: (s.above, s.upto, s.prompt, s.answer))))


def lengths_of(stretches: Sequence[Stretch]) -> Lengths:
    """Stretches of any weights as a distribution; those of no weight left out."""
    whole = sum((s.weight for s in stretches), ZERO)
    kept = [s for s in stretches if s.weight]
    return Lengths(tuple(Stretch(s.above, s.upto, s.weight / whole, s.prompt, s.answer) for s in kept))
