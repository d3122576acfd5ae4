"""Requests of a size that their destination cannot take.

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
model's, where the pool has none: a warning, because nobody said what the pool was started with). A route with
`compress` shortens the prompt first.

To repair, send long requests elsewhere, deny them, or compress them.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, shown
from wrpc.diagnostics import Code
from wrpc.policy.expr import Interval, Linear, Raw, Within
from wrpc.policy.model import Policy, Pool, Route

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP501", "too-long-for-pool", "error", __doc__ or "")


def check(policy: Policy, ask: Asker) -> Found:
    sizes = [s for s in policy.signals.values() if s.source is not None and s.source.name in SIZES]
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
            answer = ask.anywhere(
                lambda room, n=signal.name, p=pool, c=context - output, s=sending: _sent(room, n, p, c, s),  # type: ignore[misc]  # bound
                _confirm(signal.name, pool.name, context - output, sending),
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


def _sent(room: Room, signal: str, pool: Pool, most: int, sending: list[Route]) -> Term:
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    size = Within(Linear(Fraction(0), ((Fraction(1), Raw(signal)),)), (Interval(low=Fraction(most), low_open=True),))
    through = disj(conj([d.takes(r), d.serves(r)]) for r in sending)
    return conj([negate(d.conflict), d.encoding.condition(size).true, d.left(pool.name), through])


def _confirm(signal: str, pool: str, most: int, sending: list[Route]) -> Confirm:
    names = {r.name for r in sending}

    def confirm(replay: Replay) -> bool:
        d, size = replay.decision, replay.request[signal]
        return d is not None and d.route in names and pool in d.pools and isinstance(size, Fraction) and size > most

    return confirm
