"""A role that no pool serves, although nothing denies it.

Every value of a verified claim should keep at least one pool after all guards. Here each request of this one that is
let in ends with nothing: the guards remove every destination, or no route takes it. Whoever has that role cannot use
the service, and nothing in the file says that this is meant.

Bad:

    signal role: one_of(staff, guest) { source claim("role")  on_error deny }
    #      ^^^^ WRP306
    pool workbench { trust "staff" }
    default { to workbench }
    guard staff_only { forbid destination.trust == "staff" when role == guest }
    #     ^^^^^^^^^^ WRP406

Good:

    signal role: one_of(staff, guest) { source claim("role")  on_error deny }
    pool workbench { trust "staff" }
    default { to workbench }
    guard staff_only { deny "guests have no account here" when role == guest }

Values that a deny guard, a deny route or a default that denies keeps out are meant to be. Signals with more than 32
values are names, not roles.

To repair, give the role a pool that the guards leave to it, or deny it in so many words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wrpc.analysis.check import Found, is_library, shown
from wrpc.diagnostics import Code
from wrpc.policy import reading
from wrpc.policy.expr import OneOf
from wrpc.policy.model import Enum, Policy, Signal

if TYPE_CHECKING:
    from wrpc.solver.ask import Asker, Confirm, Replay, Room
    from wrpc.solver.terms import Term

CODE = Code("WRP306", "role-without-pool", "warning", __doc__ or "")
MOST = 32


def check(policy: Policy, ask: Asker) -> Found:
    from wrpc.solver.terms import conj

    if is_library(policy):
        return
    room = ask.healthy
    for signal, names in _roles(policy):
        for name in names:
            if not room.settle(conj([_has(room, signal, name), room.decision.served])).impossible:
                continue
            answer = room.possible(_stranded(room, signal, name), _confirm(signal, name))
            if not answer.possible:
                continue
            yield shown(
                CODE,
                f"no pool serves a request with `{signal.name} == {name}`",
                signal.span,
                policy,
                answer,
                subjects=(f"signal {signal.name}",),
                help="give it a route to a pool that the guards leave, or deny it in so many words",
            )


def _roles(policy: Policy) -> Iterator[tuple[Signal, tuple[str, ...]]]:
    read = reading.signals(policy, reading.conditions(policy))  # to what reads no role all are alike
    for signal in policy.signals.values():
        if (
            signal.name in read
            and isinstance(signal.type, Enum)
            and signal.source is not None
            and signal.source.name == "claim"
        ):
            names = signal.type.names
            if len(names) <= MOST:
                yield signal, names


def _has(room: Room, signal: Signal, name: str) -> Term:
    return room.decision.encoding.condition(OneOf(signal.name, frozenset({name}))).true


def _stranded(room: Room, signal: Signal, name: str) -> Term:
    """Let in, taken by no route that denies, and not served."""
    from wrpc.solver.terms import conj, disj, negate

    d = room.decision
    denied = disj(d.takes(r) for r in d.policy.answering if r.action.kind == "deny")
    return conj([_has(room, signal, name), d.goes_on, negate(d.conflict), negate(denied), negate(d.served)])


def _confirm(signal: Signal, name: str) -> Confirm:
    def confirm(replay: Replay) -> bool:
        d = replay.decision
        if d is None or d.destinations or replay.request[signal.name] != name:
            return False
        return d.action == "unrouted" or bool(d.removed)

    return confirm
