"""Which of many things some request shows: one question about all of them where none does, then by halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from wrpc.solver.ask import Room
    from wrpc.solver.terms import Term

T = TypeVar("T")


def suspects(room: Room, things: Sequence[T], shown: Callable[[T], Term]) -> Iterator[T]:
    """Those that a request may show, in order; what stands alone is not asked about again here. `shown` may become
    impossible of things that were found otherwise in the meantime."""
    from wrpc.solver.terms import disj

    pending = [things]
    while pending:
        among = pending.pop()
        if len(among) == 1:
            yield among[0]
        elif among and not room.settle(disj(shown(thing) for thing in among)).impossible:
            half = len(among) // 2
            pending += [among[half:], among[:half]]
