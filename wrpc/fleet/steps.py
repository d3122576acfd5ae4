"""What one step of a serving engine takes: five numbers a replica, and what bounds its batch.

A step of continuous batching writes one token for each of `n` sequences and reads `p` tokens of waiting prompts. Its
time in seconds is

    t = W + a·p + h·n + k·S + q·P

with `S` the tokens in the KV cache of the sequences that write, and `P` the pairs of a prompt token and a token before
it. The numbers belong to one model on one kind of replica under one engine: they are fitted to a run of it, or come
from data sheets. A fitted `W` is no physics: it trades off with `h` and `k`.
"""

from __future__ import annotations

from math import inf

from wrpc.values import value


@value
class StepModel:
    """Seconds. `fixed` is W, `per_token` a, `per_sequence` h, `per_cached` k, `per_pair` q."""

    fixed: float
    per_token: float
    per_sequence: float
    per_cached: float = 0.0
    per_pair: float = 0.0

    def seconds(self, prompt: float = 0.0, sequences: float = 0.0, cached: float = 0.0, pairs: float = 0.0) -> float:
        """A step that reads `prompt` tokens and `pairs` of them with earlier ones (`pairs_of`), and writes a token for
        each of `sequences`, whose contexts are together `cached` tokens."""
        return (
            self.fixed
            + self.per_token * prompt
            + self.per_sequence * sequences
            + self.per_cached * cached
            + self.per_pair * pairs
        )

    def reading(self, prompt: float, before: float = 0.0) -> float:
        """What `prompt` tokens after `before` others of the same request add to the steps that read them, however they
        are cut into chunks."""
        return self.per_token * prompt + self.per_pair * pairs_of(prompt, before)


def pairs_of(chunk: float, before: float) -> float:
    """How many pairs of a token and an earlier one of its request `chunk` tokens after `before` others make. It adds up
    over the chunks of a prompt to half its square."""
    return chunk * (before + chunk / 2)


@value
class Engine:
    """One replica. `kv_tokens` is how many tokens its KV cache holds, `slots` how many sequences it serves at once,
    `chunk` the most tokens of a step, those that are written included. `overhead` in seconds passes before a request
    reaches the queue, and after its first token is written until the client has it."""

    step: StepModel
    kv_tokens: float = inf
    slots: int = 256
    chunk: int = 2048
    overhead: float = 0.0
