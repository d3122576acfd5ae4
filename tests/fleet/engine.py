"""An engine, step by step, as an oracle for closed forms: decodes first, then prompts in chunks, in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from wrpc.fleet.sizing.load import Load
from wrpc.fleet.steps import Engine, pairs_of


@dataclass
class Run:
    arrival: float
    prompt: int
    answer: int
    read: int = 0
    written: int = 0
    hit: int = 0
    started: float = -1.0
    first: float = -1.0
    done: float = -1.0


def drawn(load: Load, count: int, seed: int) -> list[Run]:
    """Poisson arrivals with lengths of the load."""
    random = Random(seed)
    now = 0.0
    made = []
    classes = [c for c in load.lengths if c.share > 0]
    for length in random.choices(classes, [c.share for c in classes], k=count):
        now += random.expovariate(load.rate)
        made.append(
            Run(now, max(1, round(length.prompt)), max(1, round(length.answer)), hit=round(length.prompt * length.hit))
        )
    return made


def serve(engine: Engine, runs: Sequence[Run]) -> list[Run]:
    """Fills in when each request starts, gives its first token, and ends."""
    step, now = engine.step, 0.0
    waiting = deque(sorted(runs, key=lambda r: r.arrival))
    reading: deque[Run] = deque()
    writing: list[Run] = []
    held = 0
    while waiting or reading or writing:
        if not reading and not writing and waiting[0].arrival + engine.overhead > now:
            now = waiting[0].arrival + engine.overhead
        while held + len(writing) > engine.kv_tokens and len(writing) > 1:
            last = writing.pop()
            held -= last.prompt + last.written
            last.hit = last.read = 0
            waiting.appendleft(last)
        budget, prompt, pairs = engine.chunk - len(writing), 0, 0.0
        chunks: list[tuple[Run, int]] = []
        at = 0
        while budget > 0:
            if at == len(reading):
                if not waiting or waiting[0].arrival + engine.overhead > now:
                    break
                if len(reading) + len(writing) >= engine.slots:
                    break
                if held + waiting[0].prompt + waiting[0].written > engine.kv_tokens and (reading or writing):
                    break
                new = waiting.popleft()
                new.started = now if new.started < 0 else new.started
                new.read = new.hit
                held += new.prompt + new.written
                reading.append(new)
            run = reading[at]
            size = min(budget, run.prompt + run.written - run.read)
            pairs += pairs_of(size, run.read)
            chunks.append((run, size))
            prompt, budget, at = prompt + size, budget - size, at + 1
        cached = sum(r.prompt + r.written for r in writing)
        now += step.seconds(prompt, len(writing), cached, pairs)
        for run in writing:
            run.written += 1
        held += len(writing)
        for run, size in chunks:
            run.read += size
        while reading and reading[0].read == reading[0].prompt + reading[0].written:
            run = reading.popleft()
            run.written += 1
            held += 1
            run.first = now if run.first < 0 else run.first
            writing.append(run)
        for run in [r for r in writing if r.written >= r.answer]:
            run.done = now
            held -= run.prompt + run.written
            writing.remove(run)
    return list(runs)
