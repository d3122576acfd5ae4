"""The same engine, one step at a time, written to be read beside the rules and not to be fast."""

from __future__ import annotations

from dataclasses import dataclass

from wrpc.fleet.steps import Engine, pairs_of


@dataclass
class Sequence:
    number: int
    enter: float
    prompt: int
    answer: int
    todo: int
    ready: int = 0
    written: int = 0
    own: int = 0  # tokens of its own in the cache
    found: int = 0
    first: float | None = None
    last: float | None = None
    began: float | None = None

    @property
    def wanted(self) -> int:
        """What has to be read before it can write again."""
        return self.todo + self.written - self.own

    @property
    def context(self) -> int:
        return self.prompt - self.todo + self.own


def simulate(
    engine: Engine, arrivals: list[tuple[float, int, int, int, int]], kept: float
) -> tuple[list[Sequence], list[int], int]:
    """Of arrivals (enter, prompt, answer, todo, ready): what became of each, who was refused, how many gave up."""
    every = [Sequence(i, *a, found=a[-1]) for i, a in enumerate(arrivals)]
    coming, refused = list(every), list[int]()
    waiting: list[Sequence] = []
    reading: list[Sequence] = []
    writing: list[Sequence] = []
    now, preempted = 0.0, 0
    slots = min(engine.slots, engine.chunk)
    while coming or waiting or reading or writing:
        if not (waiting or reading or writing):
            now = max(now, coming[0].enter)
        while coming and coming[0].enter <= now:
            waiting.append(coming.pop(0))
        used = sum(s.own for s in reading + writing)
        lost = False
        while used + len(writing) > engine.kv_tokens:
            lost = True
            preempted += 1
            newest = reading.pop() if reading else writing.pop()
            used -= newest.own
            newest.found = int(kept * newest.own)
            newest.own = 0
            waiting.insert(0, newest)
        # What this step reads.
        room = engine.chunk - len(writing)
        used += len(writing)
        pieces: list[tuple[Sequence, int]] = []
        stuck = False
        for s in reading:
            size = min(s.wanted, room)
            if used + size > engine.kv_tokens:
                stuck = True
            else:
                pieces.append((s, size))
                room -= size
                used += size
                stuck = size < s.wanted
        while waiting and not stuck and not lost:
            s = waiting[0]
            if len(writing) + len(reading) >= slots or not room:
                break
            if s.todo + s.answer - 1 > engine.kv_tokens:
                refused.append(waiting.pop(0).number)
                continue
            want = s.todo + s.written - s.found
            size = min(want, room)
            if used + s.found + size > engine.kv_tokens:
                break
            waiting.pop(0)
            s.own, s.found = s.found, 0
            used += s.own + size
            room -= size
            reading.append(s)
            pieces.append((s, size))
            if s.began is None:
                s.began = now
            stuck = size < want
        if not pieces and not writing:
            continue
        now += engine.step.seconds(
            sum(size for _, size in pieces),
            len(writing),
            sum(s.context for s in writing),
            sum(pairs_of(size, s.context) for s, size in pieces),
        )
        for s in list(writing):
            s.own += 1
            s.written += 1
            if s.written == s.answer:
                s.last = now
                writing.remove(s)
        for s, size in pieces:
            s.own += size
            if s.wanted == 0:
                reading.remove(s)
                s.written += 1
                if s.first is None:
                    s.first = now
                if s.written == s.answer:
                    s.last = now
                else:
                    writing.append(s)
    return every, refused, preempted
