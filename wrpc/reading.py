"""Which files a run has read, and what they were then: for whoever runs it again when one of them changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        _recorders.remove(recorder)
