"""What takes longer than a second says on a terminal what it is doing, and takes it back when it is done."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from rich.status import Status

T = TypeVar("T")

Tell = Callable[[str], None]


@contextmanager
def progress(after: float = 1.0, stream: TextIO | None = None) -> Iterator[Tell]:
    """Gives a function that says what is being done; shown from `after` seconds on, on a terminal alone."""
    stream = stream or sys.stderr
    if not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    from threading import Timer

    shown = _Shown(stream)
    timer = Timer(after, shown.start)
    timer.daemon = True
    timer.start()
    try:
        yield shown.tell
    finally:
        timer.cancel()
        shown.stop()


class _Shown:
    """The line on the terminal. A timer starts it while the run goes on, and the run ends it: one at a time."""

    def __init__(self, stream: TextIO) -> None:
        from threading import Lock

        self.stream = stream
        self.text = ""
        self.status: Status | None = None
        self.over = False
        self.lock = Lock()

    def tell(self, text: str) -> None:
        with self.lock:
            self.text = text
            if self.status is not None:
                self.status.update(_styled(text))

    def start(self) -> None:
        from rich.console import Console

        with self.lock:
            if not self.over:
                console = Console(file=self.stream, highlight=False, markup=False, emoji=False)
                self.status = console.status(_styled(self.text))
                self.status.start()

    def stop(self) -> None:
        with self.lock:
            self.over = True
            if self.status is not None:
                self.status.stop()


def _styled(text: str) -> str:
    from rich.markup import escape

    from wrpc.letters import visible

    return escape(visible(text))


def told(items: Iterable[T], tell: Tell, what: str = "checking") -> Iterator[T]:
    """Each item, said before it is worked on: `checking a.wrp (2 of 7)`."""
    every = list(items)
    for number, item in enumerate(every, 1):
        tell(f"{what} {item}" + (f" ({number} of {len(every)})" if len(every) > 1 else ""))
        yield item


def shares(what: str, tell: Tell) -> Callable[[int, int], None]:
    """Says which share is done: `checking a.wrp: 40%`."""
    return lambda done, of: tell(f"checking {what}: {100 * done // of}%")
