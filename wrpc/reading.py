"""Which files a run has read, and what they were then: for whoever runs it again when one of them changes, and does
again only what they change."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

Stamp = tuple[int, int, int] | None
"""What tells one state of a file from another; None where there is none."""

_recorders: list[dict[Path, Stamp]] = []


def noticed(path: Path) -> None:
    """Called before a file is read, or looked for in vain."""
    for recorder in _recorders:
        # As it was first read: what changes while a run goes on has changed after it.
        recorder.setdefault(path.absolute(), stamp(path))


def stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


@contextmanager
def recorded() -> Iterator[dict[Path, Stamp]]:
    """The files that are read inside, each as it was then."""
    recorder: dict[Path, Stamp] = {}
    _recorders.append(recorder)
    try:
        yield recorder
    finally:
        # By what it is, not by what it holds: two that stand in each other may hold the same.
        del _recorders[next(i for i, each in enumerate(_recorders) if each is recorder)]


class Kept(Generic[T]):
    """What was made of files, given again as long as each of them is as it was read. What is made may depend on nothing
    else but the key; where a file was missed nothing is kept, for what is said then may speak of others beside it."""

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[dict[Path, Stamp], T]] = {}

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, or gave. Who records meanwhile is told of the same files either way."""
        known = self._known.get(key)
        if known is not None and all(stamp(path) == was for path, was in known[0].items()):
            for recorder in _recorders:
                for path, was in known[0].items():
                    recorder.setdefault(path, was)
            return known[1]
        with recorded() as read:
            made = make()
        self._known.pop(key, None)
        if None not in read.values():
            self._known[key] = read, made
        return made
