"""Requests that are too long for their destination.

The engine refuses them after they have waited, or cuts them off.

Bad:

    signal tokens: int(0..100k) { source total_tokens }
    pool small { context 8_192 }
    #    ^^^^^ WRP501
    default { to small }

Good:

    signal tokens: int(0..100k) { source total_tokens }
    pool small { context 8_192 }
    pool large { context 131_072 }
    route short { when tokens <= 8k  to small }
    default { to large }

What counts is `total_tokens`, or `prompt_tokens` and the model's `max_output`, against the pool's context (or its
model's, where the pool has none: a warning, because the policy does not say what the pool was started with). A signal
from `max_tokens` limits the answer: a request gets no more than it asks for. A route with `compress` shortens the
prompt first.

To repair, send long requests elsewhere, deny them, or compress them.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.diagnostics import Code
from wrpc.policy.expr import Condition, Interval, Linear, Raw, Within
from wrpc.policy.model import Policy, Pool, Route
from wrpc.values import value

if TYPE_CHECKING:
    from wrpc.decide.request import RequestValue
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP501", "too-long-for-pool", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    sizes = [s for s in policy.signals.values() if s.source is not None and s.source.name in SIZES]
    own = next(
        (s.name for s in policy.signals.values() if s.source is not None and s.source.name == "max_tokens"), None
    )
    for signal in sizes:
        for pool in policy.pools.values():
            model = policy.models.get(pool.model or "")
            context = pool.context if pool.context is not None else model.context if model is not None else None
            if context is None:
                continue
            output = (model.max_output or 0) if model and signal.source and signal.source.name == "prompt_tokens" else 0
            sending = [r for r in policy.naming.get(pool.name, ()) if not _fits(r, context, output)]
            if not sending:
                continue
            size = Size(signal.name, context, output, own if output else None)
            answer = ask.anywhere(
                partial(_sent, size, pool, sending),
                _confirm(size, pool.name, sending),
            )
            if not answer.impossible:
                limit = f"{context:,} tokens" + (f", {output:,} of them for the answer" if output else "")
                yield shown(
                    CODE,
                    f"pool `{pool.name}` is sent requests longer than its context of {limit}",
                    pool.span,
                    policy,
                    answer,
                    severity="error" if pool.context is not None else "warning",
                    subjects=(f"pool {pool.name}",),
                    help="send them elsewhere, deny them, or `compress`",
                )


SIZES = ("prompt_tokens", "total_tokens")


def _fits(route: Route, context: int, output: int) -> bool:
    """The route compresses every prompt to what fits."""
    return route.action.compress is not None and route.action.compress + output <= context


@value
class Size:
    """What a request takes of a pool: the number of `signal`, and an answer of `output` tokens, or of as many as the
    signal `own` allows where that is less."""

    signal: str
    context: int
    output: int
    own: str | None

    @property
    def conditions(self) -> list[Condition]:
        """All of them hold of what is too long."""
        found = [_above(Linear(Fraction(0), ((Fraction(1), Raw(self.signal)),)), self.context - self.output)]
        if self.own is not None:
            both = Linear(Fraction(0), ((Fraction(1), Raw(self.signal)), (Fraction(1), Raw(self.own))))
            found.append(_above(both, self.context))
        return found

    def too_long(self, request: Mapping[str, RequestValue]) -> bool:
        prompt, own = request[self.signal], request[self.own] if self.own is not None else None
        if not isinstance(prompt, Fraction):
            return False
        answer = min(Fraction(self.output), own) if isinstance(own, Fraction) else self.output
        return prompt + answer > self.context


def _above(number: Linear, most: int) -> Condition:
    return Within(number, (Interval(low=Fraction(most), low_open=True),))


def _sent(size: Size, pool: Pool, sending: list[Route], room: Room) -> Term:
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    through = disj(conj([d.takes(r), d.serves(r), d.left(pool.name, r)]) for r in sending)
    long = [d.encoding.condition(c).true for c in size.conditions]
    return conj([negate(d.conflict), *long, through])


def _confirm(size: Size, pool: str, sending: list[Route]) -> Confirm:
    names = {r.name for r in sending}

    def confirm(replay: Replay) -> bool:
        d = replay.decision
        return d is not None and d.route in names and pool in d.pools and size.too_long(replay.request)

    return confirm
