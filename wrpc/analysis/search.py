"""Which of many things some request shows, and which of them matter: one question about many, then by halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from wrpc.solver.ask import Room
    from wrpc.solver.terms import Term

T = TypeVar("T")


class Unseen(Exception):
    """No sample says what a term is."""


class Seen:
    """The samples of a room, none where there are none: what one of them shows needs no question."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.full = room.seen(True) or 0

    def of(self, term: Term) -> int:
        """Those for which a term holds, as the bits of a number. Raises Unseen where nobody can say."""
        found = self.room.seen(term)
        if found is None:
            raise Unseen
        return found


def suspects(room: Room, things: Sequence[T], shown: Callable[[T], Term]) -> Iterator[T]:
    """Those that a request may show, in order; what stands alone is not asked about again here. `shown` may become
    impossible of things that were found otherwise in the meantime."""
    yield from (things[i] for i in room.among([shown(thing) for thing in things]))


def minimal(
    known: Sequence[T], rest: Sequence[T], enough: Callable[[Sequence[T]], bool], *, changed: bool
) -> Sequence[T]:
    """The fewest of `rest` that with `known` suffice, by halves: few questions where few are needed. What stands first
    is kept rather than what stands behind it. All of them are known to suffice; `changed`: `known` may do so alone."""
    if changed and enough(known):
        return []
    if len(rest) == 1:
        return rest
    half = len(rest) // 2
    first, second = rest[:half], rest[half:]
    behind = minimal([*known, *first], second, enough, changed=True)
    before = minimal([*known, *behind], first, enough, changed=bool(behind))
    return [*before, *behind]
