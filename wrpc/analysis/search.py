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
    yield from (things[i] for i in room.among([shown(thing) for thing in things]))
