"""What answered: how many questions each body settled. Counts, so that they are the same on every machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

BODIES = {
    "points": "sets of points",
    "samples": "samples",
    "diagrams": "decision diagrams",
    "clauses": "the SAT solver",
    "strings": "searches of strings",
    "values": "Z3, for the values of sums and strings",
    "z3": "Z3",
}

_counts: ContextVar[Counter[str] | None] = ContextVar("counts", default=None)


def answered(body: str) -> None:
    """Said by a body where it has settled a question."""
    counts = _counts.get()
    if counts is not None:
        counts[body] += 1


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """The answers given within, by body."""
    counts: Counter[str] = Counter()
    token = _counts.set(counts)
    try:
        yield counts
    finally:
        _counts.reset(token)


def summed(counts: Counter[str]) -> str:
    """In one line, the bodies in the order in which they are asked."""
    each = [f"{counts[body]:,} by {name}" for body, name in BODIES.items() if counts[body]]
    return "answers: " + (", ".join(each) or "none was needed")
