"""What arrives: a rate, and how long prompts and answers are."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from wrpc.values import value


@value
class Length:
    """One class of requests: its share of them, prompt and answer in tokens. `hit` of the prompt's tokens are found in
    the prefix cache: they are not read again, and still stand in the context."""

    share: float
    prompt: float
    answer: float
    hit: float = 0.0

    @property
    def read(self) -> float:
        """Tokens of the prompt that the engine has to read."""
        return self.prompt * (1 - self.hit)

    @property
    def more(self) -> float:
        """Steps that write: the first token of an answer comes with the last of the prompt."""
        return max(self.answer - 1, 0.0)

    @property
    def held(self) -> float:
        """Token-steps in the KV cache over its life: each step that writes holds the prompt and what is written."""
        return self.more * (self.prompt + self.answer / 2)

    @property
    def square(self) -> float:
        """The same of the square of its context."""
        return self.more * (self.prompt**2 + self.prompt * self.answer + self.answer**2 / 3)

    @property
    def pairs(self) -> float:
        """Pairs of a prompt token that is read and one before it."""
        return (self.prompt**2 - (self.prompt - self.read) ** 2) / 2


@value
class Load:
    """`rate` requests a second; `lengths` have shares that add up to 1. `burst` is the peakedness of the arrivals: 1
    for a Poisson stream, more for bursts and for what other pools spill."""

    rate: float
    lengths: tuple[Length, ...]
    burst: float = 1.0

    def of(self, rate: float) -> Load:
        return replace(self, rate=rate)

    @cached_property
    def prompt(self) -> float:
        return sum(c.share * c.prompt for c in self.lengths)

    @cached_property
    def answer(self) -> float:
        return sum(c.share * c.answer for c in self.lengths)

    @cached_property
    def read(self) -> float:
        return sum(c.share * c.read for c in self.lengths)

    @cached_property
    def pairs(self) -> float:
        return sum(c.share * c.pairs for c in self.lengths)

    @cached_property
    def more(self) -> float:
        return sum(c.share * c.more for c in self.lengths)

    @cached_property
    def held(self) -> float:
        return sum(c.share * c.held for c in self.lengths)

    @cached_property
    def context(self) -> float:
        """The mean context of a sequence that is being written: long answers are met more often."""
        return self.held / self.more if self.more > 0 else self.prompt

    @cached_property
    def unequal(self) -> float:
        """E[c²]/E[c]² of the contexts of sequences that are being written."""
        square = sum(c.share * c.square for c in self.lengths)
        return max(1.0, square * self.more / self.held**2) if self.held > 0 else 1.0


def mixed(loads: list[Load]) -> Load:
    """Several streams as one: rates add up, shares are by rate."""
    rate = sum(load.rate for load in loads)
    if rate <= 0:
        return Load(0.0, loads[0].lengths if loads else ())
    lengths = tuple(
        replace(c, share=c.share * load.rate / rate) for load in loads if load.rate > 0 for c in load.lengths
    )
    return Load(rate, lengths, sum(load.burst * load.rate for load in loads) / rate)
