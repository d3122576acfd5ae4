"""One replica of a serving engine under continuous batching, from event to event.

A step writes one token for each sequence that decodes, then fills what is left of its budget (`chunk`) with waiting
prompts, first come, first served; a prompt that does not fit goes on in the next steps. A prompt is admitted while
there is a free slot and its next chunk fits the KV cache; where the tokens to be written do not fit, the newest
sequence gives up its cache, goes back to the head of the queue, and is read again. A prompt whose next chunk does not
fit waits with what it has.

Between two events (an arrival that can be admitted, the end of a prompt, the end of an answer, a full cache) all steps
are alike but for the context, which grows by the same amount each step: their times are an arithmetic series, so that
any number of them costs one addition. Steps of a prompt that takes the whole budget are alike in the same way. What is
worked out therefore grows with the requests and not with the steps. A law holds it to a loop over single steps.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import field
from heapq import heappop, heappush
from math import ceil, inf, sqrt

from wrpc.fleet.steps import Engine
from wrpc.values import record

FREE, SLOTS, CACHE, BUDGET = 0, 1, 2, 3
"""Why the first of a queue is not admitted: there is none, no slot is free, the KV cache is full, the budget of the
step is used up by others' prompts."""


@record
class Requests:
    """Columns with a row a request. `enter`: when it reaches the engine's queue, in seconds. `prompt` and `answer` in
    tokens, at least one each; `todo` is what of the prompt no shared prefix holds, at least one; `ready` is what of
    `todo` comes with it (from a prefill pool), so that it takes room in the cache but is not read. Filled by the
    engine, infinite until then: `began` (admitted for the first time), `first` and `last` token."""

    enter: list[float] = field(default_factory=list)
    prompt: list[int] = field(default_factory=list)
    answer: list[int] = field(default_factory=list)
    todo: list[int] = field(default_factory=list)
    ready: list[int] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)

    def extend(
        self,
        enter: list[float],
        prompt: list[int],
        answer: list[int],
        todo: list[int] | None = None,
        ready: list[int] | None = None,
    ) -> range:
        """Adds some; their numbers. Without `todo` the whole prompt is read."""
        start, many = len(self.enter), [inf] * len(enter)
        self.enter += enter
        self.prompt += prompt
        self.answer += answer
        self.todo += prompt if todo is None else todo
        self.ready += [0] * len(enter) if ready is None else ready
        self.began += many
        self.first += many
        self.last += many
        return range(start, start + len(enter))


@record
class Replica:
    """What a replica is given and what became of it. `inbox`: numbers of requests by time of arrival. `done`: those
    that are finished, in that order. `refused`: those that its cache could never hold. `held` has the seconds for which
    the first of the queue was not admitted, by the reason; `batches` the seconds at each number of sequences that
    write; `reading` the seconds of steps that read prompts. `cleared`: when its queue was last empty."""

    engine: Engine
    kept: float = 0.0
    """The share of its cache that a sequence finds again after it gave it up."""
    inbox: list[int] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    preempted: int = 0
    held: list[float] = field(default_factory=lambda: [0.0] * 4)
    batches: list[float] = field(default_factory=list)
    reading: float = 0.0
    cleared: float = 0.0
    now: float = 0.0
    wake: float = 0.0
    """Before this time it finishes no request of those that it was told of."""


def running(replica: Replica, requests: Requests) -> Generator[int, float, None]:
    """The replica as a generator: sent a time, it does every step up to that time and says how many requests it has
    finished. Every arrival before that time has to be in its `inbox`, in order, with its `enter` in `requests`."""
    engine = replica.engine
    step_model = engine.step
    base_w, a, h, k, q = (
        step_model.fixed, step_model.per_token, step_model.per_sequence, step_model.per_cached, step_model.per_pair,
    )  # fmt: skip
    most, slots, chunk, kept = engine.kv_tokens, min(engine.slots, engine.chunk), engine.chunk, replica.kept
    enter, prompt, answer, todo = requests.enter, requests.prompt, requests.answer, requests.todo
    ready = requests.ready
    began, first, last = requests.began, requests.first, requests.last
    inbox, done, held = replica.inbox, replica.done, replica.held
    batches = replica.batches = [0.0] * (slots + 1)

    now, step = 0.0, 0
    n, cached, used = 0, 0, 0  # sequences that write, their tokens in the cache, tokens of the cache in use
    writing: dict[int, int] = {}  # by admission: its context less the number of the step
    ends: dict[int, list[int]] = {}  # by the number of the last step of an answer
    due: list[int] = []
    at = 0  # the next of the inbox
    back: list[tuple[int, int, int]] = []  # given up: number, tokens written, tokens found again; the head is last
    part, left, before = -1, 0, 0  # the prompt that is being read, what is left of it, its context
    written = 0  # of that prompt, where it is read again
    horizon = yield 0

    while True:
        if not n and part < 0 and not back:
            while at >= len(inbox):
                replica.cleared = replica.now = now
                replica.wake = inf
                horizon = yield len(done)
            start = enter[inbox[at]]
            if start > now:
                now = start
        while now >= horizon:
            replica.now = replica.wake = now
            horizon = yield len(done)

        # ── Who gives up its cache ────────────────────────────────────────
        lost = False
        while used + n > most:
            lost = True
            replica.preempted += 1
            if part >= 0:
                own = todo[part] + written - left
                used -= own
                back.append((part, written, int(kept * own)))
                part = -1
                continue
            number = next(reversed(writing))
            context = writing.pop(number) + step
            own = context - prompt[number] + todo[number]
            wrote = context - prompt[number] + 1
            ends[step + answer[number] - wrote].remove(number)
            used -= own
            cached -= context
            n -= 1
            back.append((number, wrote, int(kept * own)))

        # ── What of prompts the next step reads ───────────────────────────
        why = FREE
        room = chunk - n
        finished: list[tuple[int, int]] | None = None
        tokens, pairs = 0, 0.0
        whole = 0  # steps that are alike, of one prompt with the whole budget
        if part >= 0:
            if left > room:
                if used + n + room > most:
                    why = CACHE
                else:
                    whole = (left - 1) // room
            elif used + n + left > most:
                why = CACHE
            else:
                tokens, pairs = left, left * (before + left / 2)
                room -= left
                finished = [(part, written)]
                part = -1
        if part < 0 and not lost:
            free = slots - n - (0 if finished is None else 1)
            while True:
                if back:
                    number, wrote, found = back[-1]
                elif at < len(inbox) and enter[inbox[at]] <= now:
                    number = inbox[at]
                    wrote, found = 0, ready[number]
                else:
                    replica.cleared = now
                    break
                if not free:
                    why = SLOTS
                    break
                if not room:
                    why = BUDGET
                    break
                own = todo[number] + wrote
                want = own - found
                if own + answer[number] - wrote - 1 > most:
                    replica.refused.append(number)
                    at += 1
                    continue
                size = min(room, want)
                if used + n + tokens + found + size > most:
                    why = CACHE
                    break
                if back:
                    back.pop()
                else:
                    at += 1
                    began[number] = now
                used += found
                context = prompt[number] - todo[number] + found
                if want > room:
                    part, left, before, written = number, want, context, wrote
                    if finished is None:
                        whole = (left - 1) // room
                    else:
                        tokens += room
                        pairs += room * (before + room / 2)
                        left -= room
                        before += room
                        room = 0
                    break
                tokens += want
                pairs += want * (context + want / 2)
                room -= want
                free -= 1
                if finished is None:
                    finished = [(number, wrote)]
                else:
                    finished.append((number, wrote))
        elif part < 0:
            why = CACHE
        elif back or (at < len(inbox) and enter[inbox[at]] <= now):
            why = why or BUDGET
        else:
            replica.cleared = now

        # ── One step that ends prompts ────────────────────────────────────
        if finished is not None:
            took = base_w + a * tokens + h * n + k * cached + q * pairs
            batches[n] += took
            held[why] += took
            replica.reading += took
            now += took
            step += 1
            cached += n
            used += n + tokens
            if due and due[0] == step:
                heappop(due)
                for number in ends.pop(step):
                    del writing[number]
                    last[number] = now
                    done.append(number)
                    n -= 1
                    context = prompt[number] + answer[number] - 1
                    cached -= context
                    used -= context - prompt[number] + todo[number]
            for number, wrote in finished:
                if not wrote:
                    first[number] = now
                context = prompt[number] + wrote
                rest = answer[number] - wrote - 1
                if rest:
                    n += 1
                    cached += context
                    writing[number] = context - step
                    final = step + rest
                    if final in ends:
                        ends[final].append(number)
                    else:
                        ends[final] = [number]
                        heappush(due, final)
                else:
                    last[number] = now
                    done.append(number)
                    used -= todo[number] + wrote
            continue

        # ── Steps that are alike ──────────────────────────────────────────
        if whole:
            length = base_w + a * room + h * n + k * cached + q * room * (before + room / 2)
            grows = k * n + q * room * room
            steps = whole
            each = n + room
        elif n:
            length = base_w + h * n + k * cached
            grows = k * n
            steps = due[0] - step
            each = n
        else:
            continue  # nothing runs: what was waiting has been refused
        if due and due[0] - step < steps:
            steps = due[0] - step
        if used + each * steps > most:
            steps = int((most - used) // each)
        if lost and steps > 1:
            steps = 1
        blocked = why or whole
        took = steps * length + grows * (steps * (steps - 1) / 2)
        while True:
            if not blocked and at < len(inbox):
                wait = enter[inbox[at]] - now
                if wait < took:
                    steps = _until(wait, length, grows, steps)
                    took = steps * length + grows * (steps * (steps - 1) / 2)
                break
            if now + took <= horizon:
                break
            replica.now = now
            replica.wake = now + took
            horizon = yield len(done)
        batches[n] += took
        held[why] += took
        now += took
        step += steps
        cached += n * steps
        used += each * steps
        if whole:
            replica.reading += took
            left -= room * steps
            before += room * steps
        if due and due[0] == step:
            heappop(due)
            for number in ends.pop(step):
                del writing[number]
                last[number] = now
                done.append(number)
                n -= 1
                context = prompt[number] + answer[number] - 1
                cached -= context
                used -= context - prompt[number] + todo[number]


def _until(wait: float, length: float, grows: float, most: int) -> int:
    """After how many steps, of which the first takes `length` and each further one `grows` more, at least `wait`
    seconds have passed; at most `most`."""
    if grows > 0:
        middle = length - grows / 2
        about = ceil((sqrt(middle * middle + 2 * grows * wait) - middle) / grows)
    else:
        about = ceil(wait / length)
    steps = max(1, about)
    # A square root is rounded: the series itself decides.
    while steps > 1 and (steps - 1) * length + grows * ((steps - 1) * (steps - 2) / 2) >= wait:
        steps -= 1
    while steps < most and steps * length + grows * (steps * (steps - 1) / 2) < wait:
        steps += 1
    return min(most, steps)
