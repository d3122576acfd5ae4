"""When requests come and how long they are: drawn from a rate and a distribution, or taken from a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from math import log
from random import Random

from wrpc.fleet.arriving import Lengths
from wrpc.values import value

HOUR = 3600.0


@value
class Sampler:
    """Lengths to be drawn: stretches with the sums of their weights, the last of which is 1, and the tokens of prompt
    and answer at the start of each and how many more there are at its end."""

    sums: tuple[float, ...]
    rows: tuple[tuple[float, float, float, float], ...]

    def draw(self, rng: Random, many: int) -> tuple[list[int], list[int]]:
        """Tokens of prompts and of answers, at least one each."""
        rows = rng.choices(self.rows, cum_weights=self.sums, k=many)
        random = rng.random
        within = [random() for _ in range(many)]
        prompt = [int(row[0] + row[1] * share + 0.5) or 1 for row, share in zip(rows, within, strict=True)]
        answer = [int(row[2] + row[3] * share + 0.5) or 1 for row, share in zip(rows, within, strict=True)]
        return prompt, answer


def sampler(lengths: Lengths) -> Sampler:
    sums = tuple(float(s) for s in accumulate(s.weight for s in lengths.stretches))
    rows = tuple(
        (float(s.prompt[0]), float(s.prompt[1] - s.prompt[0]), float(s.answer[0]), float(s.answer[1] - s.answer[0]))
        for s in lengths.stretches
    )
    return Sampler(sums, rows)


def poisson(rng: Random, rate: float, start: float, end: float) -> list[float]:
    """Times from `start` up to `end` at which requests come, `rate` a second."""
    times: list[float] = []
    if rate <= 0:
        return times
    random, now, mean = rng.random, start, 1 / rate
    while True:
        now -= mean * log(1.0 - random())
        if now >= end:
            return times
        times.append(now)


def _pieces(rates: Sequence[float], start: float, end: float) -> Iterator[tuple[float, float, float]]:
    """What lies between, with a rate for each hour of the day or one for all: each rate, from when and until when."""
    if len(rates) == 1:
        yield rates[0], start, end
        return
    while start < end:
        hour = int(start // HOUR)
        until = min((hour + 1) * HOUR, end)
        yield rates[hour % len(rates)], start, until
        start = until


def expected_of(rates: Sequence[float], start: float, end: float) -> float:
    """How many requests come on average from `start` up to `end`."""
    return sum(rate * (until - since) for rate, since, until in _pieces(rates, start, end))


def hourly(rng: Random, rates: Sequence[float], start: float, end: float) -> list[float]:
    """The times of `poisson` with a rate for each hour of the day, or one for all. They are counted from midnight."""
    return [time for rate, since, until in _pieces(rates, start, end) for time in poisson(rng, rate, since, until)]
